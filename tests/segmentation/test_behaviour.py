"""Tests of numbers of customers as they differ between segments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cjm_research.segmentation.behaviour import behaviours
from cjm_research.study.model import Limits

_LIMITS = Limits()


def _found(base, members, *, defined_by=frozenset(), also=("milk", "noise")):
    found = behaviours(
        base, members, grouping="g", defined_by=defined_by, limits=_LIMITS, also=also
    )
    return found.corrected([], confidence=0.95)


@pytest.fixture
def base():
    rng = np.random.default_rng(11)
    shop = np.arange(600) < 240
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(600)],
            "n_orders": 3,
            "revenue": rng.lognormal(5, 1, 600),
            "average_order": rng.lognormal(5 + shop, 1),
            "milk": rng.lognormal(8 + shop, 1),
            "noise": rng.normal(size=600),
        }
    )


@pytest.fixture
def members():
    shop = np.arange(600) < 240
    return {"shop": shop, "hotel": ~shop}


def test_a_number_that_differs_is_told_in_both_segments(base, members):
    found = _found(base, members)
    told = {s: {r.feature for r in found.told(s)} for s in members}
    assert told == {s: {"average_order", "milk"} for s in members}


def test_the_p_is_that_of_brunner_and_munzel(base, members):
    row = next(r for r in _found(base, members).of("shop") if r.feature == "noise")
    there = base.loc[~members["shop"], "noise"]
    expected = stats.brunnermunzel(base.loc[members["shop"], "noise"], there)
    assert row.p == pytest.approx(expected.pvalue)


def test_noise_is_not_told(base, members):
    row = next(r for r in _found(base, members).of("shop") if r.feature == "noise")
    assert row.status == "not_significant"


def test_what_made_the_segments_is_not_tested(base, members):
    found = _found(base, members, defined_by=frozenset(["milk"]))
    assert [r.p for r in found.rows if r.feature == "milk"] == pytest.approx(
        [np.nan] * 2, nan_ok=True
    )


def test_segments_made_of_orders_are_not_tested_by_other_numbers_of_orders(base, members):
    found = _found(base, members, defined_by=frozenset(["revenue"]))
    assert {r.feature for r in found.rows if r.p == r.p} == {"milk", "noise"}


def test_segments_that_do_not_overlap_at_all_are_told_apart(base, members):
    apart = base.assign(milk=np.where(members["shop"], 1.0, 2.0))
    row = next(r for r in _found(apart, members).of("shop") if r.feature == "milk")
    assert (row.above, row.status) == (0.0, "shown")


def test_other_questions_of_the_page_make_the_correction_stricter(base, members):
    alone = _found(base, members)
    among = alone.corrected([0.9] * 500, confidence=0.95)
    pairs = zip(alone.rows, among.rows, strict=True)
    assert all(a.p_adjusted <= b.p_adjusted or a.p != a.p for a, b in pairs)


@pytest.mark.slow
def test_twenty_numbers_of_noise_are_told_in_at_most_one_run_of_twenty():
    rng = np.random.default_rng(5)
    n, n_runs, claims = 600, 200, 0
    names = [f"noise_{i}" for i in range(20)]
    for _ in range(n_runs):
        base = pd.DataFrame(rng.normal(size=(n, 20)), columns=names)
        base["customer_id"], base["n_orders"] = np.arange(n).astype(str), 1
        own = rng.integers(0, 4, n)
        members = {str(i): own == i for i in range(4)}
        found = _found(base, members, also=names)
        claims += any(found.told(s) for s in members)
    assert claims <= n_runs * 0.05 + 2 * np.sqrt(n_runs * 0.05 * 0.95)
