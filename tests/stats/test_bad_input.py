"""Numbers that cannot be are refused in one sentence, never by numpy."""

from __future__ import annotations

import numpy as np
import pytest

from cjm_research.errors import ParameterError
from cjm_research.stats.adjusted import stratified_pair
from cjm_research.stats.bootstrap import spread_of
from cjm_research.stats.competing import cumulative_incidence, log_rank
from cjm_research.stats.drivers import correlations
from cjm_research.stats.exact import exact_odds
from cjm_research.stats.kano import kano_counts
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    mean_power,
    proportion_power,
)
from cjm_research.stats.raking import rake
from cjm_research.stats.reliability import cronbach_alpha
from cjm_research.stats.sample_ratio import sample_ratio_test
from cjm_research.stats.sequential import (
    always_valid_width,
    crossing_chance,
    look_bounds,
    repeated_p_value,
)

EMPTY_ARM = ArmSizes(0, 50)
HALVES = [[0.5, 0.5]]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: proportion_power(0.1, 0.1, sizes=EMPTY_ARM), "two arms with units"),
        (lambda: mean_power(1, variance=1, sizes=EMPTY_ARM), "two arms with units"),
        (lambda: detectable_mean_difference(-1, sizes=ArmSizes(9, 9)), "not negative; got -1"),
        (lambda: exact_odds((3, 4), (1, 4), confidence=95), "between 0 and 1; got 95"),
        (lambda: always_valid_width(9, planned=9, confidence=95), "between 0 and 1; got 95"),
        (lambda: repeated_p_value(2.0, []), "above 0 and rising"),
        (lambda: crossing_chance([0.5, 0.4], [2, 2]), "above 0 and rising"),
        (lambda: look_bounds([0.5, 1], spending="pocok"), "Did you mean 'pocock'"),
        (lambda: adjust_p_values([0.1], correction="hoim"), "Did you mean 'holm'"),
        (lambda: cumulative_incidence([1, 2], [1, np.nan], n_ways=1), "whole numbers from 0 on"),
        (lambda: cumulative_incidence([1, 2], [1, 3], n_ways=2), "from 0 to 2; got 3"),
        (lambda: log_rank([1, 2], [1, 1], [0, -1]), "whole numbers from 0 on; got -1"),
        (lambda: sample_ratio_test([1, 2], [np.inf, 1]), "finite and not negative"),
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
    ],
)
def test_it_is_said_what_is_wrong(ask, message):
    with pytest.raises(ParameterError, match=message):
        ask()
