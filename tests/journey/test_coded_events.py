"""Coded events tell what their table tells, whole or in buckets, a piece or all at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.journey import pieces as in_pieces
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.contacts import contacts, customers_of_channels
from cjm_research.journey.flow import flow
from cjm_research.journey.funnel import funnel
from cjm_research.journey.log import journey_log
from cjm_research.journey.log_checks import log_checks
from cjm_research.journey.pieces import firsts, pairs, pieces
from cjm_research.journey.stages import unmatched_events
from cjm_research.journey.stays import stays
from cjm_research.journey.touch_paths import touch_paths
from cjm_research.study.plans import Stage

START = pd.Timestamp("2026-01-01", tz="UTC")
STAGES = ["see", "buy", "use"]
WHO = st.sampled_from(["a", "b", "c", "d", None])
ROWS = st.lists(
    st.tuples(
        WHO,
        st.sampled_from([0, 1, 2, 3, 40, None]),
        st.sampled_from(STAGES),
        st.sampled_from(["ad", "page", "till", None]),
        st.sampled_from(["web", "shop", None]),
    ),
    max_size=25,
)


def table(rows):
    columns = ["customer_id", "day", "stage", "touchpoint", "channel"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {c: "string[pyarrow]" for c in columns if c != "day"}
    )
    days = pd.to_timedelta(frame.pop("day").astype("float64"), unit="D")
    return frame.assign(occurred_at=(START + days).astype("datetime64[us, UTC]"))


def in_buckets(frame):
    """Put the rows of each customer in one of two buckets, nobody's with the first."""
    first = frame["customer_id"].isin(["a", "c"]) | frame["customer_id"].isna()
    return [frame.loc[first], frame.loc[~first]]


@given(ROWS)
def test_contacts_are_those_of_grouping_the_table(rows):
    frame = table(rows)
    found = contacts(frame)
    seen = frame.groupby(["stage", "touchpoint"])["customer_id"].agg(["size", "nunique"])
    assert found.events == dict(seen["size"].items())
    assert {p: len(found.at(*p)) for p in found.events} == dict(seen["nunique"].items())
    at_stage = frame.groupby("stage")["customer_id"].nunique()
    assert {s: len(found.at(s)) for s in at_stage.index} == dict(at_stage.items())


@given(ROWS)
def test_touchpoints_are_ranked_by_what_a_customer_had_met_before(rows):
    frame = table(rows)
    first = frame.dropna(subset=["customer_id"]).drop_duplicates(
        ["customer_id", "stage", "touchpoint"]
    )
    rank = first.groupby(["customer_id", "stage"]).cumcount()
    mean = rank.groupby([first["stage"], first["touchpoint"]]).mean()
    assert contacts(frame).rank == pytest.approx(dict(mean.items()))


@given(ROWS)
def test_customers_of_channels_are_counted_once(rows):
    frame = table(rows)
    each = frame.dropna(subset=["customer_id", "channel"]).groupby("channel")
    assert customers_of_channels(coded_events(frame)) == dict(each["customer_id"].nunique().items())


@given(ROWS)
def test_buckets_one_after_the_other_are_the_whole_table(rows):
    frame = table(rows)
    whole, parts = coded_events(frame), coded_events(iter(in_buckets(frame)))
    assert funnel(parts, STAGES).to_frame().equals(funnel(whole, STAGES).to_frame())
    assert flow(parts, STAGES).to_frame().equals(flow(whole, STAGES).to_frame())
    assert contacts(parts).events == contacts(whole).events
    assert parts.window == whole.window
    assert parts.n_customers == whole.n_customers


@given(ROWS, st.integers(1, 6))
def test_pieces_of_any_size_give_the_same(rows, at_once):
    frame = table(rows)
    whole = [stays(frame, STAGES), journey_log(frame, STAGES)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_pieces, "AT_ONCE", at_once)
        small = [stays(frame, STAGES), journey_log(frame, STAGES)]
        assert flow(frame, STAGES).to_frame().equals(flow(small[1], STAGES).to_frame())
    assert list(whole[0]) == list(small[0])
    columns = ("customer", "touchpoint", "times", "events", "has_moved", "is_last")
    assert [[getattr(s, c).tolist() for c in columns] for s in whole[0].values()] == [
        [getattr(s, c).tolist() for c in columns] for s in small[0].values()
    ]


@given(ROWS)
def test_what_was_met_before_a_purchase_is_found_customer_by_customer(rows):
    frame = table(rows)
    sold = frame["stage"] == "buy"
    if not sold.any() or not frame.loc[~sold, "channel"].notna().any():
        return
    found = touch_paths(frame, "buy", by="channel")
    timed = frame.dropna(subset=["customer_id", "occurred_at"])
    timed = timed.sort_values("occurred_at", kind="stable")
    met = []
    for who in frame["customer_id"].dropna().unique():
        own = timed.loc[timed["customer_id"] == who]
        is_end = (own["stage"] == "buy").to_numpy().cumsum() > 0
        met += [own.loc[~is_end, "channel"].dropna().tolist()]
    assert [found.names[t] for t in found.touch.tolist()] == [t for m in met for t in m]
    assert found.n_journeys == sum(bool(m) for m in met)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_first_meetings_are_those_of_a_walk_over_the_rows(rows):
    rows = sorted(rows, key=lambda r: r[0])
    who, what = (np.array([r[i] for r in rows], dtype=np.int32) for i in (0, 1))
    walked = [i for i, r in enumerate(rows) if r not in rows[:i]]
    at, times = pairs(who, what, n_what=4)
    assert firsts(who, what, n_what=4).tolist() == walked == at.tolist()
    assert times.tolist() == [rows.count(rows[i]) for i in walked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_pieces, "_MOST_CELLS", 0)
        sparse_at, sparse_times = pairs(who, what, n_what=4)
    assert (sparse_at.tolist(), sparse_times.tolist()) == (at.tolist(), times.tolist())


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 8))
def test_pieces_part_no_customer_and_leave_none_out(customers, at_once):
    who = np.sort(np.array(customers, dtype=np.int32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_pieces, "AT_ONCE", at_once)
        parts = [who[rows] for rows in pieces(who)]
    assert [c for part in parts for c in part.tolist()] == who.tolist()
    assert all(one[-1] < other[0] for one, other in pairwise(parts))


def raw(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "name", "day"])
    return frame.assign(
        occurred_at=START + pd.to_timedelta(frame.pop("day"), unit="D"), source_file="one.csv"
    )


def test_flaws_and_unmatched_names_add_up_over_buckets():
    people = pd.DataFrame(
        {"customer_id": ["a", "b"], "acquired_on": pd.to_datetime(["2026-01-03", "2025-01-01"])}
    )
    events = raw([("a", "visit", 1), ("a", "visit", 1), ("b", "oops", 2), ("c", "oops", 2.5)])
    parts = [
        (events.loc[events["customer_id"] == who], people.loc[people["customer_id"] == who])
        for who in ("a", "b", "c")
    ]
    stage = Stage.model_validate({"id": "see", "label": "See", "events": [{"names": ["visit"]}]})
    assert log_checks(parts, zone="UTC") == log_checks(events, people, zone="UTC")
    assert unmatched_events(parts, [stage]) == unmatched_events(events, [stage])
    (row,) = unmatched_events(parts, [stage]).rows
    assert (row.name, row.events, row.customers) == ("oops", 2, 2)
