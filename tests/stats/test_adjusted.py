"""Regression adjustment and strata from moments, beside statsmodels and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from cjm_research.stats.adjusted import Stratum, adjusted_pair, compare_pair, stratified_pair
from cjm_research.stats.means import Sample, compare_means
from cjm_research.stats.moments import moments


def made(rng, n=4000, slopes=(1.0, 2.5), share=0.3):
    arm = rng.random(n) < share
    x = rng.gamma(2.0, 1.0, (n, 2))
    y = np.where(arm, slopes[1], slopes[0]) * x[:, 0] + 0.5 * x[:, 1] + rng.normal(0, 1, n)
    return arm, x, y


def pair_of(arm, x, y):
    rows = np.column_stack([y, x])
    return adjusted_pair(moments(rows[arm]), moments(rows[~arm]))


# Lin (2013): OLS with the arm, centred covariates and their interactions; HC2 by statsmodels.
def test_the_estimate_is_lins_and_its_error_hc2_with_the_part_of_the_covariates_means():
    arm, x, y = made(np.random.default_rng(3))
    centred = x - x.mean(axis=0)
    design = np.column_stack([np.ones(len(y)), arm, centred, centred * arm[:, None]])
    fit = sm.OLS(y, design).fit(cov_type="HC2")
    apart = fit.params[4:]
    spread = apart @ np.cov(x.T) @ apart / len(y)
    found = compare_pair(pair_of(arm, x, y))
    assert found.estimate == pytest.approx(fit.params[1], rel=1e-9)
    assert found.se == pytest.approx(np.sqrt(fit.bse[1] ** 2 + spread), rel=5e-3)


def test_without_covariates_it_is_welchs_comparison():
    rng = np.random.default_rng(4)
    one, none = rng.exponential(1, 60), rng.exponential(2, 90)
    pair = adjusted_pair(moments(one[:, None]), moments(none[:, None]))
    welch = compare_means(Sample(60, one.mean(), one.var(ddof=1)),
                          Sample(90, none.mean(), none.var(ddof=1)))  # fmt: skip
    assert [float(v) for v in compare_pair(pair)] == pytest.approx([float(v) for v in welch])


def test_a_covariate_given_twice_counts_once():
    arm, x, y = made(np.random.default_rng(5))
    once = compare_pair(pair_of(arm, x, y))
    twice = compare_pair(pair_of(arm, np.column_stack([x, x[:, 0]]), y))
    assert twice.se == pytest.approx(once.se, rel=1e-6)


# notes: with shares 10/90 and slopes 1 and .2 one pooled slope has 1.5 times the raw variance.
def test_unlike_slopes_and_shares_never_cost_precision():
    arm, x, y = made(np.random.default_rng(6), n=40_000, slopes=(1.0, 0.2), share=0.1)
    raw = compare_pair(pair_of(arm, x[:, :0], y))
    assert compare_pair(pair_of(arm, x, y)).se < raw.se


def test_one_stratum_is_no_stratum():
    arm, x, y = made(np.random.default_rng(7))
    rows = np.column_stack([y, x])
    one, none, both = moments(rows[arm]), moments(rows[~arm]), moments(rows)
    found = stratified_pair([Stratum(one, none, both)])
    assert found[:4] == pytest.approx(adjusted_pair(one, none)[:4])


# Miratrix, Sekhon and Yu (2013), equation 2: strata weighed by their shares.
def test_strata_are_weighed_as_they_occur():
    rng = np.random.default_rng(8)
    groups = [(rng.normal(m, 1, 50), rng.normal(0, 1, k)) for m, k in ((1, 100), (3, 150))]
    strata = [
        Stratum(*(moments(v[:, None]) for v in (one, none, np.concatenate([one, none]))))
        for one, none in groups
    ]
    found = stratified_pair(strata)
    gaps = [one.mean() - none.mean() for one, none in groups]
    assert found.treated - found.control == pytest.approx((150 * gaps[0] + 200 * gaps[1]) / 350)


# 2,000 experiments of 400 units with unlike slopes; the truth is that of all customers. Seed
# fixed beforehand; three simulation standard errors are 1.5 points.
@pytest.mark.slow
def test_intervals_hold_the_effect_on_customers_like_these():
    rng = np.random.default_rng(20260403)
    hits = 0
    for _ in range(2000):
        found = compare_pair(pair_of(*made(rng, n=400)))
        hits += found.low <= 3.0 <= found.high  # (2.5 - 1) * E x = 1.5 * 2
    assert hits / 2000 == pytest.approx(0.95, abs=0.015)
