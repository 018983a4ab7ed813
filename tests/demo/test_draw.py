"""Draws that give out exactly what they were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.demo.draw import at_daytime, deal, deal_by, generator, mark_by, pick, some


@given(n=st.integers(0, 300), seed=st.integers(0, 99))
def test_dealing_keeps_every_share_to_within_one_row(n, seed):
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    dealt = deal(np.random.default_rng(seed), n, shares)
    assert all(abs((dealt == name).sum() - share * n) <= 1 for name, share in shares.items())


@given(n=st.integers(1, 200), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_marks_are_exactly_the_share_of_each_group(n, share, seed):
    groups = np.array(["a", "b"], dtype=object)[np.arange(n) % 2]
    marks = mark_by(np.random.default_rng(seed), groups, {"a": share, "": 0.0})
    in_a = groups == "a"
    assert marks[in_a].sum() == round(share * in_a.sum())
    assert not marks[~in_a].any()


def test_marks_lie_evenly_over_what_they_are_spread_by():
    groups = np.full(400, "", dtype=object)
    spread = np.array(["x", "y", "z", "w"], dtype=object)[np.arange(400) % 4]
    marks = mark_by(np.random.default_rng(0), groups, {"": 0.3}, spread=spread)
    assert [abs(marks[spread == s].sum() - 30) <= 1 for s in "xyzw"] == [True] * 4


def test_a_group_without_its_own_shares_gets_the_common_ones():
    groups = np.array(["a", "b"] * 50, dtype=object)
    dealt = deal_by(np.random.default_rng(0), groups, {"": {"x": 1.0}, "b": {"y": 1.0}})
    assert set(dealt[groups == "a"]) == {"x"}
    assert set(dealt[groups == "b"]) == {"y"}


@given(k=st.integers(0, 50))
def test_some_marks_exactly_so_many(k):
    assert some(np.random.default_rng(0), 50, k).sum() == k


def test_generators_of_two_names_differ():
    assert generator(1, "a").random() != generator(1, "b").random()


def test_picked_shares_are_near_the_asked_ones():
    picked = pick(np.random.default_rng(0), 20_000, {"a": 0.8, "b": 0.2})
    assert (picked == "a").mean() == pytest.approx(0.8, abs=0.015)  # five standard errors


@given(hours=st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_daytime_keeps_the_day(hours):
    times = np.datetime64("2026-01-01", "s") + np.array(hours, dtype="timedelta64[h]")
    moved = at_daytime(np.random.default_rng(0), times, first=8, last=20)
    assert (moved.astype("datetime64[D]") == times.astype("datetime64[D]")).all()
    hour = (moved - moved.astype("datetime64[D]")).astype(int) / 3600
    assert ((hour >= 8) & (hour <= 20)).all()
