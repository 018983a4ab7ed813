"""Moves between stages agree with walking through each journey by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import ParameterError
from cjm_research.journey.flow import flow
from cjm_research.journey.lost import RECENT, SILENT, lost
from cjm_research.journey.moves import END, transitions

STEPS = ("a", "b", "c")
events = st.lists(
    st.tuples(st.sampled_from("pqr"), st.integers(0, 9), st.sampled_from("abcx")), max_size=25
)


def table(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    days = pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    frame["occurred_at"] = pd.Timestamp("2026-01-01", tz="UTC") + days
    return frame


def journeys(rows):
    """Stages of each customer in order, the first event of a run only."""
    out = {}
    for customer, _, stage in sorted(rows, key=lambda r: r[1]):
        path = out.setdefault(customer, [])
        if stage != "x" and (not path or path[-1] != stage):
            path.append(stage)
    return [path for path in out.values() if path]


def goes_on(path, stage):
    return any(s > stage for s in path[path.index(stage) :])


@settings(max_examples=200, deadline=None)
@given(events)
def test_who_moves_on_and_who_steps_back_agree_with_each_journey(rows):
    paths = journeys(rows)
    for s in flow(table(rows), STEPS).stages:
        at = [p for p in paths if s.stage in p]
        steps = [list(pairwise(p)) for p in at]
        assert s.customers == len(at)
        assert s.moved_on == sum(goes_on(p, s.stage) for p in at)
        assert s.stepped_back == sum(any(x == s.stage > y for x, y in pairs) for pairs in steps)
        assert s.visits == sum(p.count(s.stage) for p in at)


@settings(max_examples=200, deadline=None)
@given(events)
def test_moves_from_a_stage_add_up_to_its_visits(rows):
    got = transitions(table(rows), STEPS).to_frame()
    visits = {s.stage: s.visits for s in flow(table(rows), STEPS).stages if s.visits}
    assert got.groupby("stage")["moves"].sum().to_dict() == visits
    assert got.loc[got["next_stage"] == END, "moves"].sum() == len(journeys(rows))


@settings(max_examples=200, deadline=None)
@given(events)
def test_those_who_do_not_move_on_are_all_somewhere(rows):
    got = lost(table(rows), STEPS, quiet_days=3).to_frame()
    stayed = {s.stage: s.customers - s.moved_on for s in flow(table(rows), STEPS).stages[:-1]}
    assert got.groupby("stage")["customers"].sum().to_dict() == {
        stage: n for stage, n in stayed.items() if n
    }


def test_what_was_last_seen_of_the_lost():
    frame = table(
        [
            ("back", 0, "b"),
            ("back", 1, "a"),
            ("gone", 0, "b"),
            ("late", 28, "b"),
            ("on", 0, "b"),
            ("on", 30, "c"),
        ]
    )
    got = lost(frame, STEPS, quiet_days=10).to_frame()
    assert got.loc[got["stage"] == "b"].set_index("then_stage")["customers"].to_dict() == {
        RECENT: 1, SILENT: 1, "a": 1,
    }  # fmt: skip


def test_time_counts_those_who_are_still_watched():
    # By hand: r is watched for one day only, so on day 2 one of three moves on and on day 4 one
    # of two: S = 2/3, then 1/3. Half of those who ever move on (1/3) have done so on day 2.
    frame = table(
        [
            ("p", 0, "a"),
            ("p", 2, "b"),
            ("q", 0, "a"),
            ("q", 4, "b"),
            ("r", 9, "a"),
            ("s", 0, "a"),
            ("s", 10, "a"),
        ]
    )
    got = flow(frame, STEPS, observed_until="2026-01-11").of("a")
    assert (got.customers, got.moved_on, got.median_days) == (4, 2, 4)
    assert got.half_moved_days == 2


def test_a_median_that_fewer_than_half_reach_is_not_known():
    frame = table([("p", 0, "a"), ("p", 2, "b"), ("q", 0, "a"), ("r", 0, "a")])
    got = flow(frame, STEPS).of("a")
    assert np.isnan(got.median_days)
    assert got.half_moved_days == 2


def test_no_events_give_zeros():
    got = flow(table([]), STEPS)
    assert [s.customers for s in got.stages] == [0, 0, 0]
    assert np.isnan(got.of("a").on)
    assert lost(table([]), STEPS).rows == ()
    assert transitions(table([]), STEPS).moves == ()


def test_one_stage_has_nothing_to_move_on_to():
    got = flow(table([("p", 0, "a")]), ["a"])
    assert got.findings() == ()
    assert got.of("a").moved_on == 0


def test_quiet_days_must_be_days():
    with pytest.raises(ParameterError, match="quiet_days must be days above zero"):
        lost(table([]), STEPS, quiet_days=0)


def test_that_the_last_stage_leads_back_is_no_finding():
    # From the last stage every move is a move back: the share says nothing about the customers.
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"], utc=True)
    events = pd.DataFrame(
        {"customer_id": "a", "stage": ["look", "buy", "return", "look"], "occurred_at": days}
    )
    found = flow(events, ["look", "buy", "return"]).findings()
    told = [f.subject["stage"] for f in found if f.kind == "stage_stepped_back"]
    assert told == ["buy"]
