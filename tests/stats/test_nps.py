"""The Net Promoter Score and its interval."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.errors import ParameterError
from cjm_research.stats.clustered import clustered_share
from cjm_research.stats.nps import nps_difference, nps_interval, nps_parts

COUNTS = st.tuples(*[st.integers(0, 500)] * 3).filter(any)


def test_interval_agrees_with_the_formula_worked_by_hand():
    # Rocks (2016): 36 answers become 39, 20 promoters 20.75, 6 detractors 6.75.
    # (20.75 - 6.75) / 39 = .35897; variance (27.5 / 39 - .35897 ** 2) / 39 = .0147763
    interval = nps_interval([6, 10, 20])
    assert interval.score == pytest.approx(100 * 14 / 36)
    assert interval.low == pytest.approx(100 * (0.358974 - 1.959964 * 0.1215579), abs=1e-3)
    assert interval.high == pytest.approx(100 * (0.358974 + 1.959964 * 0.1215579), abs=1e-3)


@pytest.mark.parametrize(
    ("n", "shares", "at_least"),
    [
        # Measured apart from this code, by simulation: 93.0 % in the first case, 93.0 to 96.0 %
        # in all; the plain Wald interval covers 64.8 % in the first.
        (10, (0.02, 0.08, 0.90), 0.925),
        (10, (0.10, 0.20, 0.70), 0.925),
        (30, (0.02, 0.08, 0.90), 0.925),
        (30, (0.30, 0.40, 0.30), 0.925),
    ],
)
def test_interval_covers_exactly_summed_over_every_outcome(n, shares, at_least):
    detractors, passives = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    inside = detractors + passives <= n
    d, p = detractors[inside], passives[inside]
    counts = np.stack([d, p, n - d - p], axis=1)
    ways = np.array([comb(n, i) * comb(n - i, j) for i, j in zip(d, p, strict=True)], dtype=float)
    chance = ways * np.prod(np.asarray(shares) ** counts, axis=1)
    interval = nps_interval(counts)
    truth = 100 * (shares[2] - shares[0])
    covered = chance[(interval.low <= truth) & (truth <= interval.high)].sum()
    assert chance.sum() == pytest.approx(1)
    assert covered >= at_least


@given(COUNTS)
def test_interval_stays_on_the_scale_and_mirrors(counts):
    interval, mirrored = nps_interval(counts), nps_interval(counts[::-1])
    assert -100 <= interval.low <= interval.high <= 100
    assert interval.low == pytest.approx(-mirrored.high)


@given(COUNTS, COUNTS)
def test_p_value_and_interval_of_a_difference_agree(first, second):
    apart = nps_difference(first, second)
    assert (apart.low > 0 or apart.high < 0) == (apart.p < 0.05)


def test_clustered_answers_widen_the_interval():
    alone, clustered = nps_interval([6, 10, 20]), nps_interval([6, 10, 20], design_effect=2)
    assert clustered.high - clustered.low > alone.high - alone.low


def test_no_answer_is_not_a_score_of_zero():
    assert np.isnan(nps_interval([0, 0, 0])).all()
    assert np.isnan(nps_difference([0, 0, 0], [1, 2, 3])).all()


def test_errors_name_what_is_wrong():
    with pytest.raises(ParameterError, match="counts must be detractors, passives and promoters"):
        nps_interval([1, 2])
    with pytest.raises(ParameterError, match="counts must be finite and not negative"):
        nps_interval([1, -2, 3])
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1; got 95"):
        nps_interval([1, 2, 3], confidence=95)
    with pytest.raises(ParameterError, match="design_effect must be 1 or more"):
        nps_interval([1, 2, 3], design_effect=0.5)


def test_answers_of_one_customer_tell_no_more_than_one():
    parts = nps_parts([10] * 25 + [0] * 25, clusters=[0] * 50)
    assert parts.design_effect == 50
    assert float(nps_interval(parts.counts, design_effect=parts.design_effect).high) > 60


def test_customers_who_all_answer_alike_are_counted_as_customers():
    assert nps_parts([10] * 60, clusters=np.repeat([0, 1, 2], 20)).design_effect == 20


def test_the_design_effect_of_alike_answers_is_that_of_a_clustered_share():
    # Promoters and detractors only: the score is twice a share, less one.
    grades = np.repeat([10, 0, 10, 0, 10, 0], [5, 5, 3, 3, 2, 1])
    customers = np.repeat([0, 1, 2, 3, 4, 5], [5, 5, 3, 3, 2, 1])
    share = clustered_share(np.bincount(customers, grades == 10), np.bincount(customers))
    parts = nps_parts(grades, clusters=customers)
    assert parts.design_effect == pytest.approx(float(share.design_effect))


@pytest.mark.parametrize("grade", [float("nan"), 11, -1])
def test_a_grade_that_is_none_is_refused_and_no_detractor(grade):
    with pytest.raises(ParameterError, match="grades must be known and from 0 to 10"):
        nps_parts([10, grade], clusters=[0, 1])
