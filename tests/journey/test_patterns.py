"""Paths, loops, the planned order, chances and times agree with walking through each journey."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import DataError, ParameterError
from cjm_research.journey import chain
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.patterns import LONGEST, MORE, loops, path_variants
from cjm_research.journey.planned import planned_order
from cjm_research.journey.stage_time import time_in_stage

STEPS = ("a", "b", "c")
START = pd.Timestamp("2026-01-01", tz="UTC")
events = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.integers(0, 12), st.sampled_from("abcx")), max_size=30
)


def table(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    days = pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    return frame.assign(occurred_at=START + days)


def log(**paths):
    return table([(c, d, s) for c, path in paths.items() for d, s in enumerate(path)])


def journeys(rows):
    out = {}
    for customer, day, stage in sorted(rows, key=lambda r: r[1]):
        path = out.setdefault(customer, [])
        if stage != "x" and (not path or path[-1][0] != stage):
            path.append((stage, day))
    return {c: path for c, path in out.items() if path}


@settings(max_examples=100, deadline=None)
@given(events)
def test_paths_are_counted_whole(rows):
    got = path_variants(table(rows), STEPS, n_paths=99)
    paths = ["".join(s for s, _ in p) for p in journeys(rows).values()]
    known = Counter(p if len(p) <= LONGEST else p[:LONGEST] + MORE for p in paths)
    assert {"".join(v.path): v.customers for v in got.variants} == known
    assert got.n_others == 0


def test_paths_that_are_not_listed_are_counted_as_others():
    got = path_variants(log(p="ab", q="ab", r="a", s="c"), STEPS, n_paths=1)
    assert [("".join(v.path), v.customers, v.coverage) for v in got.variants] == [("ab", 2, 0.5)]
    assert (got.n_variants, got.n_others) == (3, 2)


def test_no_path_to_list_is_an_error():
    with pytest.raises(ParameterError, match="n_paths must be 1 or more; got 0"):
        path_variants(log(p="ab"), STEPS, n_paths=0)


@settings(max_examples=100, deadline=None)
@given(events)
def test_loops_are_stages_that_a_path_holds_twice(rows):
    paths = ["".join(s for s, _ in p) for p in journeys(rows).values()]
    for r in loops(table(rows), STEPS).loops:
        assert r.n == sum(r.stage in p for p in paths)
        assert r.customers == sum(p.count(r.stage) > 1 for p in paths)


def test_a_loop_names_where_it_went():
    got = loops(log(p="aba", q="aca", r="aba"), STEPS).loops[0]
    assert (got.stage, got.customers, got.via, got.visits_each) == ("a", 3, "b", 2)


def test_a_purchase_ends_the_loop():
    bought = pd.DataFrame({"customer_id": ["p"], "ordered_at": [START + pd.Timedelta(hours=30)]})
    assert loops(log(p="aba"), STEPS, purchases=bought).loops[0].customers == 0


def way(path):
    steps = [STEPS.index(s) for s in path]
    moves = [steps[0] + 1, *np.diff(steps)]
    return 2 if min(moves) < 0 else 1 if max(moves) > 1 else 0


@settings(max_examples=100, deadline=None)
@given(events)
def test_the_planned_order_is_judged_path_by_path(rows):
    paths = ["".join(s for s, _ in p) for p in journeys(rows).values()]
    known = Counter(way(p) for p in paths if len(p) > 1)
    got = planned_order(table(rows), STEPS)
    assert got.counts == tuple(known[i] for i in range(3))
    assert got.n_single == sum(len(p) == 1 for p in paths)


@settings(max_examples=100, deadline=None)
@given(events)
def test_the_chain_comes_to_the_goal_as_often_as_the_customers(rows):
    paths = ["".join(s for s, _ in p) for p in journeys(rows).values()]
    got = goal_chances(table(rows), STEPS)
    until = [p[: p.index("c") + 1] if "c" in p else p for p in paths]
    share = sum("c" in p for p in paths) / len(paths) if paths else np.nan
    steps = sum(map(len, until)) / len(paths) if paths else np.nan
    assert got.rows[0].chance == pytest.approx(share, nan_ok=True)
    assert got.rows[0].steps == pytest.approx(steps, nan_ok=True)


def test_the_gamblers_ruin():
    # Fair play from 1, 2 or 3 coins until 0 or 4. Feller (1968), An Introduction to Probability
    # Theory, vol. I, XIV.2-3: chance i / 4, rounds i (4 - i). Stern (1975): given that it is won,
    # (16 - i^2) / 3 rounds. The last round of a lost game is no visit here.
    counts = np.zeros((5, 6))  # start, 1, 2, 3, goal; last column: the end
    for coins in (1, 2, 3):
        counts[coins, coins + 1] = counts[coins, coins - 1 or 5] = 1
    chance, steps, won = chain._solved(counts, [1, 2, 3], 4)
    assert chance == pytest.approx([1 / 4, 2 / 4, 3 / 4])
    assert steps == pytest.approx([3 - 3 / 4, 4 - 2 / 4, 3 - 1 / 4])
    assert won == pytest.approx([5, 4, 7 / 3])


def test_a_goal_that_is_no_stage_names_the_nearest():
    with pytest.raises(ParameterError, match="goal 'd'"):
        goal_chances(log(p="ab"), STEPS, goal="d")


@settings(max_examples=100, deadline=None)
@given(events)
def test_exits_and_those_still_there_add_up_to_the_entries(rows):
    for r in time_in_stage(table(rows), STEPS).rows:
        assert r.next_later + r.next_earlier + r.still == r.entries


@settings(max_examples=100, deadline=None)
@given(events)
def test_stays_are_those_of_each_path(rows):
    paths = journeys(rows)
    for r in time_in_stage(table(rows), STEPS).rows:
        at = [[s for s, _ in p].index(r.stage) for p in paths.values() if r.stage in dict(p)]
        own = [p for p in paths.values() if r.stage in dict(p)]
        later = [p[i + 1][0] > r.stage for p, i in zip(own, at, strict=True) if i + 1 < len(p)]
        assert (r.entries, r.next_later, r.next_earlier) == (
            len(own), sum(later), len(later) - sum(later),
        )  # fmt: skip


def test_time_of_those_who_are_still_there_is_not_cut_short():
    # By hand: p leaves a on day 2, q on day 4, r is watched for one day only. S = 2/3, then 1/3.
    frame = table([("p", 0, "a"), ("p", 2, "b"), ("q", 0, "a"), ("q", 4, "b"), ("r", 9, "a"),
                   ("s", 0, "a"), ("s", 10, "a")])  # fmt: skip
    got = time_in_stage(frame, STEPS, observed_until="2026-01-11", within_days=3).of("a")
    assert (got.quarter_days, got.median_days) == (2, 4)
    assert got.later == pytest.approx(1 / 3)


def test_segments_that_leave_sooner_are_found():
    rows = [(f"q{i}", 0, "a") for i in range(60)] + [(f"q{i}", 1 + i % 2, "b") for i in range(60)]
    rows += [(f"s{i}", 0, "a") for i in range(60)] + [(f"s{i}", 9 + i % 2, "b") for i in range(60)]
    segments = pd.DataFrame({"customer_id": sorted({r[0] for r in rows})})
    segments["segment"] = segments["customer_id"].str[0].map({"q": "quick", "s": "slow"})
    got = time_in_stage(table(rows), STEPS, segments=segments)
    (finding,) = got.findings()
    assert finding.subject == {"stage": "a", "segment": "slow", "other_segment": "quick"}
    assert (finding.reference, finding.p_adjusted < 0.001) == (1, True)


def test_overlapping_segments_are_refused():
    segments = pd.DataFrame({"customer_id": ["p", "p"], "segment": ["x", "y"]})
    with pytest.raises(DataError, match="more than one"):
        time_in_stage(log(p="ab"), STEPS, segments=segments)
