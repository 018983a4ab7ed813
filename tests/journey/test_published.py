"""Values that stand in books, from the logs that stand beside them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.journey.attribution import AttributionPlan
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.flow import flow
from cjm_research.journey.funnel import funnel
from cjm_research.journey.log import journey_log
from cjm_research.journey.moves import END, transitions
from cjm_research.journey.patterns import loops, path_variants
from cjm_research.journey.planned import planned_order
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.touch_paths import touch_paths

START = pd.Timestamp("2026-01-01", tz="UTC")


def log(traces):
    rows = [
        (f"{trace}-{i}", day, stage)
        for trace, count in traces.items()
        for i in range(count)
        for day, stage in enumerate(trace)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    return frame.assign(occurred_at=START + pd.to_timedelta(frame.pop("day"), unit="D"))


# van der Aalst W. M. P. (2016). Process Mining: Data Science in Action, 2nd ed., log L1.
L1 = {"abcd": 3, "acbd": 2, "aed": 1}
# The same, section 7.2 (heuristic mining), with its table of direct successions.
HEURISTIC = {"ae": 5, "abce": 10, "acbe": 10, "abe": 1, "ace": 1, "ade": 10, "adde": 2, "addde": 1}
SUCCESSIONS = {
    ("a", "b"): 11, ("a", "c"): 11, ("a", "d"): 13, ("a", "e"): 5, ("b", "c"): 10, ("b", "e"): 11,
    ("c", "b"): 10, ("c", "e"): 11, ("d", "e"): 13,
}  # fmt: skip


def test_direct_successions_of_the_heuristic_log():
    # The table's d > d of 4 is inside a visit here: events in a row at one stage are one visit.
    moves = transitions(log(HEURISTIC), "abcde").moves
    assert {(m.stage, m.next_stage): m.moves for m in moves if m.next_stage != END} == SUCCESSIONS


def test_repeats_of_the_heuristic_log_are_events_and_not_visits():
    # |d > d| = 4 in the table: 17 events of d in 13 visits.
    frame = log(HEURISTIC)
    assert (frame["stage"] == "d").sum() - flow(frame, "abcde").of("d").visits == 4


def test_variants_of_l1():
    got = path_variants(log(L1), "abcde")
    assert [("".join(v.path), v.customers) for v in got.variants] == [
        ("abcd", 3), ("acbd", 2), ("aed", 1),
    ]  # fmt: skip
    assert [v.coverage for v in got.variants] == pytest.approx([3 / 6, 5 / 6, 1])


def test_b_and_c_of_l1_are_parallel_as_its_footprint_has_it():
    moves = {(m.stage, m.next_stage): m.moves for m in transitions(log(L1), "abcde").moves}
    assert (moves["b", "c"], moves["c", "b"]) == (3, 2)
    assert ("b", "e") not in moves
    assert ("e", "b") not in moves


def test_every_trace_of_l1_comes_to_its_end():
    got = goal_chances(log(L1), "abced", goal="d")
    assert got.rows[0].chance == pytest.approx(1)
    # Mean length of the traces: (3 * 4 + 2 * 4 + 3) / 6 visits.
    assert got.rows[0].steps == pytest.approx(23 / 6)


# The same, table 1.1: six requests for compensation (a register, b examine thoroughly, c examine
# casually, d check ticket, e decide, f reinitiate, g pay, h reject).
RUNNING = {"abdeh": 1, "adceg": 1, "acdefbdeg": 1, "adbeh": 1, "acdefdcefcdeh": 1, "acdeg": 1}
# Counted by hand on the printed table.
RUNNING_MOVES = {
    "ab": 1, "ac": 3, "ad": 2, "bd": 2, "be": 1, "cd": 4, "ce": 2, "db": 1, "dc": 2, "de": 6,
    "ef": 3, "eg": 3, "eh": 3, "fb": 1, "fc": 1, "fd": 1,
}  # fmt: skip


def test_direct_successions_of_the_running_example():
    moves = transitions(log(RUNNING), "abcdefgh").moves
    got = {m.stage + m.next_stage: m.moves for m in moves if m.next_stage != END}
    assert got == RUNNING_MOVES


def test_half_of_the_running_examples_requests_are_paid():
    got = goal_chances(log(RUNNING), "abcdefgh", goal="g")
    assert got.rows[0].chance == pytest.approx(3 / 6)
    assert funnel(log(RUNNING), "aeg").steps[2].reached == 3


def test_two_requests_of_the_running_example_are_decided_again():
    # Cases 3 and 5 are reinitiated, the latter twice: decided in 6 cases, 9 times.
    rows = {row.stage: row for row in loops(log(RUNNING), "abcdefgh").loops}
    assert rows["e"].customers == 2
    assert flow(log(RUNNING), "abcdefgh").of("e").visits == 9


# --- properties that hold for every log -----------------------------------------------

events = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.integers(0, 30), st.sampled_from("abcx")), max_size=25
)


def table(rows, shift=0.0, names=None):
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    days = pd.to_timedelta(frame.pop("day").astype("float64") + shift, unit="D")
    if names:
        frame["customer_id"] = frame["customer_id"].map(names)
    return frame.assign(occurred_at=START + days)


COUNTS = [flow, transitions, path_variants, loops, planned_order, goal_chances, time_in_stage]


@pytest.mark.parametrize("count", COUNTS)
@settings(max_examples=25, deadline=None)
@given(events, st.floats(0, 1e4), st.permutations("wxyz"))
def test_neither_names_nor_the_clock_change_a_count(count, rows, shift, names):
    one = count(table(rows), "abc").to_frame()
    other = count(table(rows, shift, dict(zip("pqrs", names, strict=True))), "abc").to_frame()
    pd.testing.assert_frame_equal(one, other, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(events, st.integers(0, 30))
def test_rows_in_another_order_change_nothing_where_no_stamps_are_equal(rows, turn):
    kept = list({(c, d): (c, d, s) for c, d, s in rows}.values())
    turned = kept[turn % len(kept) :] + kept[: turn % len(kept)] if kept else kept
    pd.testing.assert_frame_equal(
        transitions(table(kept), "abc").to_frame(), transitions(table(turned), "abc").to_frame()
    )


@settings(max_examples=40, deadline=None)
@given(events)
def test_who_passes_the_funnels_first_step_is_seen_at_a_later_stage(rows):
    # Both rest on those who came to the first stage: the funnel asks for the next stage, the
    # flow for any later one.
    frame = table(rows)
    passed = funnel(frame, "abc").steps[1].reached
    moved = flow(frame, "abc").of("a")
    assert funnel(frame, "abc").n_started == moved.customers
    assert passed <= moved.moved_on


@settings(max_examples=40, deadline=None)
@given(events)
def test_touch_paths_hold_every_touch_before_the_first_conversion_once(rows):
    frame = table(rows).assign(channel=lambda f: f["stage"])
    before = 0
    for customer in {r[0] for r in rows}:
        own = [s for _, _, s in sorted((r for r in rows if r[0] == customer), key=lambda r: r[1])]
        before += own.index("c") if "c" in own else len(own)
    known = any(r[2] == "c" for r in rows) and any(r[2] != "c" for r in rows)
    plan = AttributionPlan(conversion="c")
    if known:
        paths = touch_paths(frame, plan.conversion)
        assert len(paths.touch) == before
        assert journey_log(frame, ["c"]).n_customers >= paths.n_journeys
