"""Funnels over time and over buckets: the same answers, however they are cut."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import ParameterError
from cjm_research.journey.folds import FunnelQuestion, fold_funnel, fold_transitions
from cjm_research.journey.funnel import funnel
from cjm_research.journey.log import event_log
from cjm_research.journey.moves import transitions
from cjm_research.journey.period_funnel import period_funnel
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.step_curves import step_curves
from cjm_research.store.store import Store, commit
from cjm_research.study.model import Limits
from cjm_research.study.plans import Stage

STEPS = ("a", "b", "c")
STAGES = [Stage.model_validate({"id": i, "label": i, "events": [{"names": [i]}]}) for i in STEPS]
START = pd.Timestamp("2026-01-01", tz="UTC")


def table(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "day", "stage"])
    days = pd.to_timedelta(frame.pop("day").astype("float64"), unit="D")
    return frame.assign(occurred_at=START + days)


def made(n_customers, seed=0, n_events=8):
    rng = np.random.default_rng(seed)
    n = n_customers * n_events
    return pd.DataFrame(
        {
            "customer_id": pd.Series(rng.integers(0, n_customers, n)).astype("str"),
            "occurred_at": START + pd.to_timedelta(rng.integers(0, 90 * 86_400, n), unit="s"),
            "name": rng.choice([*STEPS, "x"], n),
        }
    )


# --- curves ---------------------------------------------------------------------------


def test_open_windows_are_neither_success_nor_loss():
    # Day 30: p came to b after 5 days, q not within 20, r is watched for 2 days only.
    # By hand: at day 5 two are at risk (p, q), one comes: 1/2; a plain share says 1/3.
    frame = table(("p", 0, "a"), ("p", 5, "b"), ("q", 10, "a"), ("r", 28, "a"))
    like = funnel(frame, STEPS, observed_until=START + pd.Timedelta(days=30))
    rows = {(r.stage, r.within_days): r for r in step_curves(frame, like=like).rows}
    assert rows["b", 7].share == pytest.approx(1 / 2)
    assert (rows["b", 1].share, rows["b", 7].at_risk) == (0, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("pqrs"), st.integers(0, 20), st.sampled_from("abc")), max_size=20
    )
)
def test_with_nobody_left_to_watch_the_curve_ends_at_the_funnel(rows):
    frame = table(*rows)
    like = funnel(frame, STEPS, observed_until=START + pd.Timedelta(days=1_000))
    ends = [r.share for r in step_curves(frame, like=like, days=(900,)).rows]
    assert ends == pytest.approx([s.share for s in like.steps[1:]], nan_ok=True)


def test_a_curve_ends_where_nobody_was_watched_any_longer():
    # Watched for 40 days at most: what came by day 90 is not known, and not what came by day 40.
    frame = table(("p", 0, "a"), ("p", 5, "b"), ("q", 10, "a"))
    like = funnel(frame, STEPS, observed_until=START + pd.Timedelta(days=40))
    shares = {r.within_days: r.share for r in step_curves(frame, like=like).rows if r.stage == "b"}
    assert shares[30] == pytest.approx(1 / 2)
    assert np.isnan(shares[90])


def test_the_ways_out_of_a_stage_are_not_known_beyond_what_was_watched():
    frame = table(("p", 0, "a"), ("p", 5, "b"), ("q", 0, "a"))
    end = START + pd.Timedelta(days=20)
    found = {
        days: time_in_stage(frame, STEPS, within_days=days, observed_until=end) for days in (20, 21)
    }
    assert found[20].of("a").later == pytest.approx(1 / 2)
    assert np.isnan(found[21].of("a").later)


def test_days_are_above_zero():
    frame = table(("p", 0, "a"))
    with pytest.raises(ParameterError, match="days must be numbers above zero"):
        step_curves(frame, like=funnel(frame, STEPS), days=(0,))


def test_an_unordered_funnel_has_no_curve_and_no_periods():
    frame = table(("p", 0, "a"))
    like = funnel(frame, STEPS, order="unordered")
    with pytest.raises(ParameterError, match="steps have an order"):
        step_curves(frame, like=like)
    with pytest.raises(ParameterError, match="steps have an order"):
        period_funnel(frame, like=like)


# --- periods --------------------------------------------------------------------------


def test_a_customer_belongs_to_the_period_of_the_first_start():
    frame = table(("p", 0, "a"), ("p", 40, "b"), ("q", 35, "a"), ("q", 36, "b"), ("r", 36, "a"))
    got = period_funnel(frame, like=funnel(frame, ("a", "b")))
    assert [(r.began, r.n, r.passed) for r in got.rows] == [
        ("2026-01-01", 1, 1), ("2026-02-01", 2, 0.5),
    ]  # fmt: skip
    assert (got.rows[1].before, got.rows[1].difference) == (1, -0.5)


def test_periods_add_up_to_the_funnel():
    frame = made(200).rename(columns={"name": "stage"})
    like = funnel(frame, STEPS, within=20).judged(
        Limits(hidden_below=1, facts_below=1, claims_from=1)
    )
    got = period_funnel(frame, like=like).to_frame()
    started = got.loc[got["stage"] == "b", "n"].sum()
    assert started == like.n_started
    assert (got["passed"] * got["n"])[got["stage"] == "b"].sum() == pytest.approx(
        like.steps[1].reached
    )


def test_the_night_of_a_clock_change_belongs_to_its_day():
    # Berlin, 2026-03-29: 02:00 becomes 03:00. 22:30 UTC on 31 March is 00:30 on 1 April there.
    at = pd.to_datetime(["2026-03-29 00:59", "2026-03-29 01:01", "2026-03-31 22:30"], utc=True)
    frame = pd.DataFrame({"customer_id": list("pqr"), "occurred_at": at, "stage": "a"})
    got = period_funnel(frame, like=funnel(frame, ("a", "b")), zone="Europe/Berlin")
    assert [(r.began, r.n) for r in got.rows] == [("2026-03-01", 2), ("2026-04-01", 1)]


def test_an_unknown_period_names_the_nearest():
    frame = table(("p", 0, "a"))
    with pytest.raises(ParameterError, match=r"period 'months'.*'month'"):
        period_funnel(frame, like=funnel(frame, STEPS), period="months")


def test_a_planted_fall_is_found():
    rows = [(f"a{i}", i % 20, "a") for i in range(300)] + [(f"a{i}", 21, "b") for i in range(200)]
    rows += [(f"b{i}", 32 + i % 20, "a") for i in range(300)]
    rows += [(f"b{i}", 58, "b") for i in range(100)]
    frame = table(*rows)
    (told,) = period_funnel(frame, like=funnel(frame, ("a", "b"))).findings()
    assert (told.status, told.direction, told.reference) == ("shown", "bad", 2 / 3)


# --- buckets --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def events():
    return made(3_000)


@pytest.fixture(scope="module", params=[10**6, 4_000])
def store(request, events, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    commit(folder, {"events": events}, info={}, rows_per_bucket=request.param)
    return Store.open(folder)


@pytest.mark.parametrize(("order", "within"), [("ordered", 20), ("strict", None),
                                               ("unordered", 9), ("ordered", (5, 9))])  # fmt: skip
def test_a_folded_funnel_is_the_funnel(store, events, order, within):
    folded = fold_funnel(store, STAGES, FunnelQuestion(steps=STEPS, order=order, within=within))
    whole = funnel(event_log(events, STAGES), STEPS, order=order, within=within)
    pd.testing.assert_frame_equal(folded.to_frame(), whole.to_frame())
    assert (folded.n_open, folded.n_elsewhere) == (whole.n_open, whole.n_elsewhere)


def test_folded_moves_are_the_moves(store, events):
    folded = fold_transitions(store, STAGES).to_frame()
    whole = transitions(event_log(events, STAGES), STEPS).to_frame()
    pd.testing.assert_frame_equal(folded, whole, rtol=1e-10)


def test_an_executor_changes_nothing(store):
    with ThreadPoolExecutor(2) as pool:
        apart = fold_transitions(store, STAGES, executor=pool)
    assert apart == fold_transitions(store, STAGES)


@pytest.mark.slow
def test_memory_is_bounded_by_the_bucket_and_not_by_the_log(tmp_path):
    # The same bucket size, four times the events. Of moves nothing is kept of a bucket; of a
    # funnel the time to each step of those who started, once more while they are joined, and of
    # one step once more while its median is found.
    moves, funnels = [], []
    sizes = (10_000, 40_000)
    for n in sizes:
        commit(tmp_path / str(n), {"events": made(n)}, info={}, rows_per_bucket=20_000)
        store = Store.open(tmp_path / str(n))
        question = FunnelQuestion(steps=STEPS)
        fold_transitions(store, STAGES)
        moves.append(_peak(partial(fold_transitions, store, STAGES)))
        asked = partial(fold_funnel, store, STAGES, question, observed_until="2027-01-01")
        funnels.append(_peak(asked))
    assert moves[1] < 1.5 * moves[0]
    assert funnels[1] - funnels[0] < 8 * (2 * len(STEPS) + 1) * (sizes[1] - sizes[0])


def _peak(work):
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
