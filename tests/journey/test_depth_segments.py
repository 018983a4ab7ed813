"""Below the map: segments where they can be compared, and nothing that rests on few."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.journey.depth import journey_depth
from cjm_research.journey.details import journey_details
from cjm_research.journey.funnel import funnel
from cjm_research.journey.lost import lost
from cjm_research.journey.moving_up import moving_up
from cjm_research.journey.scope import JourneyTables
from cjm_research.study.model import Limits
from cjm_research.study.plans import Stage

DEALS = pd.DataFrame(
    {
        "deal_id": [f"d{i}" for i in range(300)],
        "customer_id": [f"c{i:04d}" for i in range(300)],
        "outcome": ["won" if i % 3 else "lost" for i in range(300)],
        "lost_reason": [None if i % 3 else ("price" if i % 2 else "late") for i in range(300)],
    }
)
ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b"],
        "order_id": ["1", "2", "3"],
        "amount": 10.0,
        "category": "tea",
        "status": "completed",
        "ordered_at": pd.to_datetime(["2025-01-01", "2025-01-20", "2025-01-05"], utc=True),
    }
)


def halves(n=300):
    who = [f"c{i:04d}" for i in range(n)]
    segment = ["even" if i % 2 == 0 else "odd" for i in range(n)]
    return pd.DataFrame({"customer_id": who, "segment": segment})


def tables(small, data, segments):
    return JourneyTables(
        events=small.event_rows(),
        event_stages=data.event_stages,
        orders=ORDERS.iloc[:0],
        feedback=data.feedback,
        feedback_codes=data.feedback_codes,
        segments=segments,
        deals=DEALS,
    )


def test_time_reasons_and_deals_are_told_by_segment(small, data):
    found = journey_depth(tables(small, data, halves()), small.STAGES)
    assert {r.segment for r in found.times.rows} == {"", "even", "odd"}
    assert {r.segment for r in found.leaving.rows} == {"", "even", "odd"}
    assert {"segment=even", "segment=odd"} <= {r.trait for r in found.quotes.rows}


def test_segments_that_share_customers_are_compared_nowhere(small, data):
    both = pd.concat([halves(), halves().assign(segment="all")], ignore_index=True)
    found = journey_depth(tables(small, data, both), small.STAGES)
    assert {r.segment for r in found.times.rows} == {""}
    assert {r.segment for r in found.leaving.rows} == {""}
    assert not any(r.trait.startswith("segment=") for r in found.quotes.rows)


def test_the_chain_comes_to_the_goal_as_often_as_customers_do(small, data):
    found = journey_depth(tables(small, data, None), small.STAGES).chances
    assert found.goal == "use"
    assert found.rows[0].chance == pytest.approx(found.n_reached / found.n_customers)


def test_periods_and_sessions_stand_below_the_funnel(small, data):
    known = tables(small, data, None)
    like = funnel(data.event_stages, small.IDS, within=2)
    found = journey_details(known, small.STAGES, like=like)
    assert {r.began for r in found.periods.rows} == {"2026-01-01"}
    assert found.sessions.n_events == len(data.event_stages)
    assert found.periods in found.results


def test_without_a_window_periods_are_given_the_same_time(small, data):
    # Six days of data: nobody was watched for thirty, so nobody is in a period yet.
    like = funnel(data.event_stages, small.IDS)
    found = journey_details(tables(small, data, None), small.STAGES, like=like).periods
    assert (found.window_days, found.rows, found.n_open) == (30, (), like.n_started)


def test_shares_of_few_are_in_no_table():
    frame = moving_up(ORDERS, observed_until=pd.Timestamp("2026-06-01", tz="UTC")).to_frame()
    assert frame["n"].max() == 2
    assert frame[["share", "low", "high", "eventual"]].isna().all(axis=None)


def test_what_became_of_few_is_counted_and_not_estimated(small, data):
    strict = Limits(hidden_below=10, facts_below=10_000, claims_from=20_000)
    frame = lost(data.event_stages, small.IDS, limits=strict).to_frame()
    assert frame["customers"].sum() > 0
    assert frame[["share", "low", "high"]].isna().all(axis=None)


def test_a_goal_that_nobody_came_to_costs_the_credit_and_not_the_page(small, data):
    never = Stage.model_validate({"id": "never", "label": "Never", "events": [{"names": ["pey"]}]})
    found = journey_depth(tables(small, data, None), [*small.STAGES, never])
    assert found.credit is None
    assert (found.chances.goal, found.chances.n_reached) == ("never", 0)
