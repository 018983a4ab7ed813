"""Funnels count customers by their best attempt, and keep open windows apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import DataError, ParameterError, SchemaError
from cjm_research.journey.funnel import funnel
from cjm_research.journey.segment_funnel import segment_funnel
from cjm_research.study.model import Limits

STEPS = ("a", "b", "c")
events = st.lists(
    st.tuples(st.sampled_from("pqr"), st.integers(0, 9), st.sampled_from("abcx")), max_size=20
)


def table(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    days = pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    frame["occurred_at"] = pd.Timestamp("2026-01-01", tz="UTC") + days
    return frame


def reached(frame, **options):
    got = funnel(frame, STEPS, observed_until="2027-01-01", **options)
    return [s.reached for s in got.steps]


def crowd(*groups):
    """Make customers who come to the first n of the steps: ``crowd((10, 3), (5, 1))``."""
    rows, number = [], 0
    for size, depth in groups:
        for _ in range(size):
            rows += [(f"c{number}", day, STEPS[day]) for day in range(depth)]
            number += 1
    return table(rows)


@settings(max_examples=150, deadline=None)
@given(events, st.none() | st.integers(1, 9), st.sampled_from(["ordered", "strict", "unordered"]))
def test_counts_never_rise_along_the_steps(rows, within, order):
    counts = reached(table(rows), within=within, order=order)
    assert counts == sorted(counts, reverse=True)


@settings(max_examples=150, deadline=None)
@given(events, st.integers(1, 8), st.sampled_from(["ordered", "strict", "unordered"]))
def test_a_wider_window_never_lowers_a_count(rows, within, order):
    narrow = reached(table(rows), within=within, order=order)
    wide = reached(table(rows), within=within + 1, order=order)
    assert all(n <= w for n, w in zip(narrow, wide, strict=True))


@settings(max_examples=150, deadline=None)
@given(events, st.none() | st.integers(1, 9))
def test_strict_is_at_most_ordered_is_at_most_unordered(rows, within):
    strict, ordered, unordered = (
        reached(table(rows), within=within, order=order)
        for order in ("strict", "ordered", "unordered")
    )
    assert all(a <= b <= c for a, b, c in zip(strict, ordered, unordered, strict=True))


@settings(max_examples=80, deadline=None)
@given(events, st.integers(1, 9), st.integers(-20_000, 20_000), st.permutations("pqr"))
def test_other_names_and_another_time_change_nothing(rows, within, days, names):
    frame = table(rows)
    other = frame.assign(
        customer_id=frame["customer_id"].map(dict(zip("pqr", names, strict=True))),
        occurred_at=frame["occurred_at"] + pd.Timedelta(days, unit="D"),
    )
    other = other.sort_values("customer_id", kind="stable")
    pd.testing.assert_frame_equal(
        funnel(frame, STEPS, within=within).to_frame(),
        funnel(other, STEPS, within=within).to_frame(),
    )


def test_a_customer_whose_window_is_open_is_apart():
    frame = table([("old", 0, "a"), ("old", 1, "b"), ("new", 8, "a"), ("new", 9, "b")])
    got = funnel(frame, STEPS, within=5, observed_until="2026-01-11")
    assert (got.n_open, [s.reached for s in got.steps]) == (1, [1, 1, 0])


def test_customers_who_never_start_are_counted_apart():
    got = funnel(table([("p", 0, "b"), ("q", 0, "a")]), STEPS)
    assert (got.n_started, got.n_elsewhere) == (1, 1)


def test_each_step_may_have_its_own_window():
    frame = table([("p", 0, "a"), ("p", 3, "b"), ("p", 4, "c")])
    assert reached(frame, within=[3, 1]) == [1, 1, 1]
    assert reached(frame, within=[2, 1]) == [1, 0, 0]


def test_the_median_is_of_the_attempt_that_came_first_to_the_step():
    frame = table([("p", 0, "a"), ("p", 4, "a"), ("p", 6, "b"), ("q", 0, "a"), ("q", 4, "b")])
    assert [s.median_days for s in funnel(frame, ("a", "b")).steps] == [0, 3]


def test_a_stage_that_nobody_came_to_is_zero_and_not_an_error():
    got = funnel(table([("p", 0, "a")]), ["a", "never", "c"])
    assert [s.reached for s in got.steps] == [1, 0, 0]
    assert np.isnan(got.steps[2].passed)


def test_no_events_give_zeros_and_nothing_to_say():
    got = funnel(table([]), STEPS)
    assert [s.reached for s in got.steps] == [0, 0, 0]
    assert np.isnan(got.steps[0].share)
    assert got.findings() == ()


def test_the_weakest_step_is_named_when_it_is_clearly_the_weakest():
    got = funnel(crowd((100, 3), (50, 2), (450, 1)), STEPS)
    (finding,) = [f for f in got.findings() if f.kind == "weakest_step"]
    assert finding.subject == {"stage": "b", "from_stage": "a"}
    assert (finding.estimate, finding.customers, finding.status) == (0.25, 450, "shown")


def test_a_weakest_step_that_could_be_another_is_not_claimed():
    got = funnel(crowd((50, 3), (51, 2), (100, 1)), STEPS)
    (finding,) = [f for f in got.findings() if f.kind == "weakest_step"]
    assert finding.status == "not_significant"


def test_the_limits_of_the_study_decide_what_is_told():
    got = funnel(crowd((20, 3), (40, 1)), STEPS)
    assert {f.status for f in got.findings()} == {"hidden_small_n"}
    told = got.judged(Limits(facts_below=10, claims_from=10))
    assert "shown" in {f.status for f in told.findings()}


def test_the_interval_is_wilsons():
    # Newcombe (1998), Table I, method 3: 81 of 263.
    last = funnel(crowd((81, 2), (182, 1)), ("a", "b")).steps[-1]
    assert (last.reached, round(last.low, 4), round(last.high, 4)) == (81, 0.2553, 0.3662)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": 0}, "within must be days above zero"),
        ({"within": [1.0]}, "within must be 2 numbers"),
        ({"order": "loose"}, "order must be"),
        ({"order": "unordered", "within": [1, 1]}, "within must be one number"),
        ({"observed_until": "soon"}, "observed_until must be a time"),
        ({"confidence": 95}, "confidence must be between 0 and 1"),
    ],
)
def test_values_that_cannot_be_are_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        funnel(table([("p", 0, "a")]), STEPS, **options)


@pytest.mark.parametrize("stages", [["a"], ["a", "a"]])
def test_steps_must_be_two_or_more_different_ones(stages):
    with pytest.raises(ParameterError, match="stages must be"):
        funnel(table([]), stages)


def test_a_missing_column_is_named():
    with pytest.raises(SchemaError, match="no column 'stage'"):
        funnel(table([]).drop(columns="stage"), STEPS)


def segments(frame, name_of):
    ids = frame["customer_id"].drop_duplicates()
    return pd.DataFrame({"customer_id": ids, "segment": ids.map(name_of)})


def test_a_segment_is_compared_with_the_other_customers():
    # Newcombe (1998), table II, example (a): 56 of 70 against 48 of 80, method 10.
    frame = crowd((56, 2), (14, 1), (48, 2), (32, 1))
    own = segments(frame, lambda c: "first" if int(c[1:]) < 70 else "second")
    got = segment_funnel(frame, own, like=funnel(frame, ("a", "b")))
    first = got.rows[0]
    assert (first.segment, first.n, round(first.difference, 6)) == ("first", 70, 0.2)
    assert (round(first.difference_low, 4), round(first.difference_high, 4)) == (0.0524, 0.3339)


def test_segments_that_share_a_customer_are_refused():
    frame = crowd((5, 2))
    own = pd.DataFrame({"customer_id": ["c0", "c0", "c1"], "segment": ["x", "y", "x"]})
    with pytest.raises(DataError, match=r"1 customers are in more than one .*\['x', 'y'\]"):
        segment_funnel(frame, own, like=funnel(frame, ("a", "b")))


def test_a_customer_in_no_segment_is_compared_with_nobody():
    frame = crowd((5, 2), (5, 1))
    own = pd.DataFrame({"customer_id": ["c0", "c9"], "segment": ["x", "y"]})
    got = segment_funnel(frame, own, like=funnel(frame, ("a", "b")))
    assert got.n_unassigned == 8
    assert [r.n for r in got.rows] == [1, 1]


def test_many_steps_of_many_segments_are_one_family():
    frame = crowd((60, 2), (40, 1), (50, 2), (50, 1))
    own = segments(frame, lambda c: "first" if int(c[1:]) < 100 else "second")
    rows = segment_funnel(frame, own, like=funnel(frame, ("a", "b"))).rows
    assert [r.p_adjusted for r in rows] == pytest.approx([min(2 * r.p, 1) for r in rows])
