"""What the statistics are not asked with: one clear error that names the parameter and what it got.

A table of calls, so that no refusal is left without having been provoked; never numpy's own words.
"""

from __future__ import annotations

import numpy as np
import pytest

from cjm_research.errors import DataError, ParameterError
from cjm_research.stats.adjusted import adjusted_pair, compare_pair, stratified_pair
from cjm_research.stats.agreement import cohen_kappa, krippendorff_alpha
from cjm_research.stats.bayes import beta_binomial, normal_effect
from cjm_research.stats.bootstrap import cluster_draws, spread_of
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.comparison import two_sided_quantile
from cjm_research.stats.competing import cumulative_incidence, log_rank
from cjm_research.stats.contrast import clustered_contrast
from cjm_research.stats.drivers import correlations
from cjm_research.stats.exact import LARGEST, exact_odds
from cjm_research.stats.fieller import fieller_lift
from cjm_research.stats.heterogeneity import shrunken_estimates
from cjm_research.stats.kano import kano_counts
from cjm_research.stats.least_squares import clustered_fit
from cjm_research.stats.log_odds import log_odds
from cjm_research.stats.means import Sample, compare_means
from cjm_research.stats.moments import moments
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.nps import nps_difference, nps_interval
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    detectable_proportion_difference,
    expected_exaggeration,
    mean_power,
    mean_sample_size,
    proportion_power,
    proportion_sample_size,
)
from cjm_research.stats.proportions import wilson_interval
from cjm_research.stats.quantiles import compare_quantiles, quantile_law
from cjm_research.stats.raking import rake
from cjm_research.stats.ranks import chance_above, rank_correlation
from cjm_research.stats.ratios import lift_interval
from cjm_research.stats.reliability import cronbach_alpha
from cjm_research.stats.sample_ratio import sample_ratio_test
from cjm_research.stats.sequential import (
    always_valid_width,
    crossing_chance,
    look_bounds,
    repeated_p_value,
    spent_error,
)
from cjm_research.stats.survival import kaplan_meier, time_to
from cjm_research.stats.two_proportions import (
    compare_proportions,
    newcombe_interval,
    proportion_ratio_interval,
    score_p_value,
)

ONE, TWO = moments(np.array([[1.0], [2.0]])), moments(np.array([[1.0, 2.0], [2.0, 1.0]]))
SHARE = clustered_share([1, 0, 2], [2, 2, 2])
A, B = Sample(9, 2.0, 1.0), Sample(9, 3.0, 1.0)
LAW = quantile_law(np.arange(50.0), 0.5)
EMPTY_ARM, HALVES = ArmSizes(0, 50), [[0.5, 0.5]]
BAD_LEVELS = (0.0, 1.0, 95.0, -0.5, float("nan"))

NEED_A_LEVEL = {
    "spread": lambda c: spread_of(np.zeros((9, 1)), np.zeros(1), confidence=c),
    "quantile": two_sided_quantile,
    "odds": lambda c: exact_odds((1, 2), (1, 2), confidence=c),
    "fit": lambda c: clustered_fit(np.ones((4, 1)), np.arange(4), np.arange(4), confidence=c),
    "quantiles": lambda c: compare_quantiles(LAW, LAW, confidence=c),
    "ranks": lambda c: rank_correlation([1, 2, 3], [1, 3, 2], confidence=c),
    "lift": lambda c: lift_interval((1, 2), (1, 2), confidence=c),
    "alpha": lambda c: cronbach_alpha(np.eye(4), confidence=c),
    "spending": lambda c: spent_error([0.5], spending="pocock", confidence=c),
    "survival": lambda c: kaplan_meier([1.0, 2.0], [True, False], confidence=c),
    "wilson": lambda c: wilson_interval(1, 2, confidence=c),
    "pair": lambda c: compare_pair(adjusted_pair(TWO, TWO), confidence=c),
    "kappa": lambda c: cohen_kappa(["a", "b"], ["a", "a"], confidence=c),
    "alpha of raters": lambda c: krippendorff_alpha(
        [["a", "b"], ["b", "b"]], rng=np.random.default_rng(0), confidence=c
    ),
    "clustered": lambda c: clustered_share([1, 0, 2], [2, 2, 2], confidence=c),
    "difference": lambda c: share_difference(SHARE, SHARE, confidence=c),
    "fieller": lambda c: fieller_lift(A, B, confidence=c),
    "shrunken": lambda c: shrunken_estimates([1.0, 2, 3], [1.0, 1, 1], confidence=c),
    "means": lambda c: compare_means(A, B, confidence=c),
    "nps": lambda c: nps_interval([3, 2, 5], confidence=c),
    "nps difference": lambda c: nps_difference([3, 2, 5], [1, 2, 5], confidence=c),
    "power": lambda c: proportion_power(0.1, 0.02, sizes=ArmSizes(900, 900), confidence=c),
    "size": lambda c: proportion_sample_size(0.1, 0.02, confidence=c),
    "detectable": lambda c: detectable_proportion_difference(
        0.1, sizes=ArmSizes(900, 900), confidence=c
    ),
    "power of a mean": lambda c: mean_power(
        0.1, variance=1.0, sizes=ArmSizes(900, 900), confidence=c
    ),
    "size of a mean": lambda c: mean_sample_size(0.1, variance=1.0, confidence=c),
    "detectable mean": lambda c: detectable_mean_difference(
        1.0, sizes=ArmSizes(900, 900), confidence=c
    ),
    "exaggeration": lambda c: expected_exaggeration(1.0, se=1.0, confidence=c),
    "chance": lambda c: chance_above([1.0, 2, 3], [2.0, 3, 1], confidence=c),
    "looks": lambda c: look_bounds([0.5, 1.0], confidence=c),
    "always valid": lambda c: always_valid_width(10, planned=100, confidence=c),
    "proportions": lambda c: compare_proportions((1, 9), (2, 9), confidence=c),
    "ratio": lambda c: proportion_ratio_interval((1, 9), (2, 9), confidence=c),
    "newcombe": lambda c: newcombe_interval((1, 9), (2, 9), confidence=c),
}
REFUSED = [
    (lambda: adjusted_pair(ONE, TWO), "must be of 1 columns; got 2"),
    (lambda: ONE.merge(TWO), "^other must be of 1 columns; got 2"),
    (lambda: moments(np.arange(3.0)), "values must be a table of rows and columns"),
    (lambda: beta_binomial((1, 2), (1, 2), prior=(0, 1)), "prior must be two positive numbers"),
    (lambda: normal_effect(1.0, se=0.0), "se and prior_sd must be larger than 0"),
    (lambda: [*cluster_draws(0, np.random.default_rng(0))], "n_clusters must be 1 or more; got 0"),
    (lambda: cumulative_incidence([1.0, 2.0], [0], n_ways=1), "as long as durations"),
    (lambda: clustered_contrast([1, 0], [True, True], [0, 1]), "inside must be rows on both sides"),
    (lambda: exact_odds((3, 2), (1, 2)), "successes among trials"),
    (lambda: exact_odds((1, LARGEST), (1, 2)), "trials must be at most"),
    (lambda: log_odds([1], [1], [0]), "prior must be above 0; got 0.0"),
    (
        lambda: adjust_p_values([0.5, 1.2], correction="holm"),
        r"p_values must be between 0 and 1; got",
    ),
    (lambda: proportion_sample_size(0.1, 0.0), "difference"),
    (lambda: mean_power(1.0, variance=0.0, sizes=ArmSizes(9, 9)), "variance and sizes"),
    (lambda: mean_sample_size(1.0, variance=1.0, power=1.0), "power, control_share"),
    (lambda: expected_exaggeration(0.0, se=1.0), "difference and se must be not zero"),
    (lambda: wilson_interval(3, 2), r"successes must be at most trials; got \[3.0\]"),
    (lambda: wilson_interval(1.5, 2), r"successes must be whole and not negative; got \[1.5\]"),
    (lambda: quantile_law([1.0, np.inf], 0.5), "values must be finite numbers"),
    (lambda: rake([[0, 1]], HALVES, trim=(2, 3)), "trim must be an end from 0 to 1"),
    (lambda: lift_interval((-1, 2), (1, 2)), "counts must be whole and not negative"),
    (lambda: cronbach_alpha([[1.0], [2.0]]), "items must be two columns or more"),
    (lambda: cronbach_alpha([[1, 5], [3, 3], [5, 1]]), "the sums of the items do not"),
    (lambda: sample_ratio_test([5, np.inf], [1, 1]), "finite and not negative"),
    (lambda: always_valid_width(10, planned=0.0), "planned must be larger than 0"),
    (lambda: kaplan_meier([1.0, 2.0], [True]), "is_finished must be as long as durations"),
    (lambda: time_to(kaplan_meier([1.0], [True]), 1.5), "finished must be between 0 and 1"),
    (lambda: score_p_value((1, 2), (1, 2), difference=2), "difference must be between -1 and 1"),
    (lambda: proportion_power(0.1, 0.1, sizes=EMPTY_ARM), "two arms with units"),
    (lambda: mean_power(1, variance=1, sizes=EMPTY_ARM), "two arms with units"),
    (lambda: detectable_mean_difference(-1, sizes=ArmSizes(9, 9)), "not negative; got -1"),
    (lambda: repeated_p_value(2.0, []), "above 0 and rising"),
    (lambda: crossing_chance([0.5, 0.4], [2, 2]), "above 0 and rising"),
    (lambda: look_bounds([0.5, 1], spending="pocok"), "Did you mean 'pocock'"),
    (lambda: adjust_p_values([0.1], correction="hoim"), "Did you mean 'holm'"),
    (lambda: cumulative_incidence([1, 2], [1, np.nan], n_ways=1), "whole numbers from 0 on"),
    (lambda: cumulative_incidence([1, 2], [1, 3], n_ways=2), "from 0 to 2; got 3"),
    (lambda: log_rank([1, 2], [1, 1], [0, -1]), "whole numbers from 0 on; got -1"),
    (lambda: sample_ratio_test([1, 2], [0, 0]), "finite and not negative"),
    (lambda: cronbach_alpha([[1, 2], [np.inf, 2], [3, 3]]), "finite; got 'infinity'"),
    (lambda: correlations([[1, 1], [np.nan, 2], [2, 3]], [1, 2, 1]), "must be finite"),
    (lambda: correlations([[1, 1], [3, 2], [2, 3]], [1, 1, 1]), "a constant outcome"),
    (lambda: kano_counts([1, 2], [1, 2, 3]), "must be 2 answers; got 3"),
    (lambda: rake([], []), "one margin or more"),
    (lambda: rake([[0, -1]], HALVES), "from 0 to 1; got -1"),
    (lambda: rake([[0, 2]], HALVES), "from 0 to 1; got 2"),
    (lambda: rake([[0, 1]], HALVES, base=[0, 1]), "weights above 0; got 0.0"),
    (lambda: stratified_pair([]), "one or more"),
    (lambda: spread_of([0.3], 0.3), "two or more; got 1"),
]


@pytest.mark.parametrize("ask", NEED_A_LEVEL.values(), ids=NEED_A_LEVEL)
@pytest.mark.parametrize("level", BAD_LEVELS)
def test_a_confidence_is_a_share_strictly_between_0_and_1(ask, level):
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1; got"):
        ask(level)


@pytest.mark.parametrize(("ask", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_answered_is_refused_by_name(ask, says):
    with pytest.raises((ParameterError, DataError), match=says):
        ask()
