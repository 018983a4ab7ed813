"""The log of codes is the table of event stages, however it is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import ParameterError, SchemaError
from cjm_research.journey.funnel import funnel
from cjm_research.journey.log import event_log, journey_log
from cjm_research.journey.moves import finish_transitions, move_sums, transitions
from cjm_research.journey.ordering import coded, journey_order
from cjm_research.journey.sessions import sessions
from cjm_research.journey.stages import event_stages
from cjm_research.stats.clustered import clustered_share
from cjm_research.study.plans import Stage

STAGES = [
    Stage.model_validate({"id": i, "label": i, "events": [{"names": [i]}]}) for i in ("a", "b", "c")
]
IDS = [s.id for s in STAGES]
rows = st.lists(
    st.tuples(
        st.sampled_from("pqr"),
        st.none() | st.integers(0, 5),
        st.sampled_from("abcx"),
        st.none() | st.integers(0, 2),
    ),
    max_size=20,
)


def table(found):
    frame = pd.DataFrame(found, columns=["customer_id", "hour", "name", "sequence"])
    frame["sequence"] = frame["sequence"].astype("Int64")
    hours = pd.to_timedelta(frame.pop("hour").astype("Int64"), unit="h")
    return frame.assign(occurred_at=pd.Timestamp("2026-01-01", tz="UTC") + hours)


def paths(log):
    named = [log.stages[s] for s in log.stage]
    return pd.DataFrame({"c": log.ids[log.customer].astype(str), "t": log.time, "s": named})


@settings(max_examples=300, deadline=None)
@given(rows)
def test_events_give_the_log_that_their_stages_give(found):
    events = table(found)
    direct = paths(event_log(events, STAGES)).sort_values("c", kind="stable", ignore_index=True)
    staged = paths(journey_log(event_stages(events, STAGES), IDS))
    pd.testing.assert_frame_equal(
        direct, staged.sort_values("c", kind="stable", ignore_index=True), check_dtype=False
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 2)), max_size=20),
    st.booleans(),
)
def test_the_order_is_that_of_a_sort_by_all_keys(found, has_sequence):
    customer, time, sequence = np.array(found, dtype=np.int64).reshape(-1, 3).T
    got = journey_order(customer, time, sequence=sequence if has_sequence else None)
    keys = [(c, t, s if has_sequence else 0, i) for i, (c, t, s) in enumerate(found)]
    assert got.tolist() == [k[-1] for k in sorted(keys)]


@settings(max_examples=200, deadline=None)
@given(rows, st.integers(1, 5))
def test_a_log_asked_later_answers_as_one_made_for_it(found, hours):
    events = table(found)
    until = pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(hours=hours)
    asked = ["b", "a"]
    from_log = funnel(event_log(events, STAGES), asked, observed_until=until)
    from_table = funnel(event_stages(events, STAGES), asked, observed_until=until)
    pd.testing.assert_frame_equal(from_log.to_frame(), from_table.to_frame())
    assert from_log.n_elsewhere == from_table.n_elsewhere


@settings(max_examples=100, deadline=None)
@given(rows)
def test_moves_of_two_buckets_add_up_to_those_of_all(found):
    events = event_stages(table(found), STAGES)
    is_first = events["customer_id"] == "p"
    parts = [move_sums(journey_log(events[part], IDS)) for part in (is_first, ~is_first)]
    folded = finish_transitions(parts[0] + parts[1], IDS)
    pd.testing.assert_frame_equal(folded.to_frame(), transitions(events, IDS).to_frame())


def test_the_intervals_of_moves_are_those_of_a_clustered_share():
    # p goes a-b-a-c, q goes a-b, r stays at a: from a, b follows 1 of 2, 1 of 1 and 0 of 1.
    found = [("p", i, s, None) for i, s in enumerate("abac")]
    found += [("q", 0, "a", None), ("q", 1, "b", None), ("r", 0, "a", None)]
    moves = transitions(event_stages(table(found), STAGES), IDS).moves
    (to_b,) = [m for m in moves if (m.stage, m.next_stage) == ("a", "b")]
    known = clustered_share([1, 1, 0], [2, 1, 1])
    assert (to_b.share, to_b.low, to_b.high) == pytest.approx(
        (float(known.share), float(known.low), float(known.high))
    )


def test_a_pause_ends_a_session_and_so_does_another_customer():
    minutes = [("p", 0), ("p", 29), ("p", 60), ("q", 61), ("q", 91)]
    frame = pd.DataFrame(minutes, columns=["customer_id", "minute"])
    times = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame["minute"], unit="min")
    got = sessions(frame.assign(occurred_at=times, stage="a"), ["a"])
    assert (got.n_sessions, got.single_share, got.median_minutes) == (3, 1 / 3, 29.5)


def test_a_pause_is_above_zero():
    frame = pd.DataFrame({"customer_id": ["p"], "occurred_at": ["2026-01-01"], "stage": ["a"]})
    with pytest.raises(ParameterError, match="pause_minutes must be minutes above zero; got 0"):
        sessions(frame, ["a"], pause_minutes=0)


def test_a_log_of_events_needs_their_times():
    with pytest.raises(SchemaError, match="no column 'occurred_at'"):
        event_log(pd.DataFrame({"customer_id": ["p"], "name": ["a"]}), STAGES)


TEXTS = ["b", None, "a", "b"]
COLUMNS = {
    "pyarrow": pd.Series(TEXTS, dtype="string[pyarrow]"),
    "of two chunks": pd.concat(
        [pd.Series(t, dtype="string[pyarrow]") for t in (TEXTS, ["c", "a"])]
    ),
    "backwards": pd.Series(TEXTS, dtype="string[pyarrow]")[::-1],
    "no value": pd.Series([None, None], dtype="string[pyarrow]"),
    "empty": pd.Series([], dtype="string[pyarrow]"),
    "default": pd.Series(TEXTS),
    "python": pd.Series(TEXTS, dtype="string[python]"),
    "objects": pd.Series(TEXTS, dtype=object),
    "categories": pd.Series(TEXTS, dtype="category"),
    "numbers": pd.Series([3, 1, 3]),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_values_are_numbered_as_pandas_numbers_them(kind):
    codes, distinct = coded(COLUMNS[kind])
    known, values = pd.factorize(COLUMNS[kind])
    assert codes.tolist() == known.tolist()
    assert list(distinct) == list(values)
