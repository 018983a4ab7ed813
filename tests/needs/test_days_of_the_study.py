"""A day, a week, a month of feedback is one in the study's zone."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.occasions import occasion_orders
from cjm_research.needs.places import pains_by_place
from cjm_research.needs.scores import nps
from cjm_research.needs.telling import Telling
from cjm_research.needs.tickets import ticket_times
from cjm_research.needs.verbatims import quotes
from cjm_research.study.survey import SurveyPlan

FIRST_OF_MARCH = pd.Timestamp("2026-03-01", tz="Asia/Shanghai").tz_convert("UTC")  # 28 Feb in UTC
SHANGHAI = Telling(zone="Asia/Shanghai")


def _on_the_first(feedback, rows, **columns):
    return feedback(rows, **columns).assign(given_at=FIRST_OF_MARCH)


def test_an_answer_of_the_first_of_a_month_counts_for_that_month(feedback):
    answers = feedback([(f"c{n}", "nps", None) for n in range(20)], score=9.0)
    answers = answers.assign(scale_min=0.0, scale_max=10.0)
    earlier = FIRST_OF_MARCH - pd.Timedelta(days=20)
    answers["given_at"] = [FIRST_OF_MARCH] * 10 + [earlier] * 10
    waves = [r.wave for r in nps(answers, wave="month", telling=SHANGHAI).rows if r.wave]
    assert waves == ["2026-02-01", "2026-03-01"]


def test_a_pain_of_the_first_of_a_month_is_of_that_month(feedback, codebook):
    texts = _on_the_first(feedback, [(f"c{n}", "open", "Опоздали") for n in range(40)])
    earlier = FIRST_OF_MARCH - pd.Timedelta(days=20)
    texts["given_at"] = [FIRST_OF_MARCH] * 20 + [earlier] * 20
    found = pains_by_place(feedback_codes(texts, codebook), wave="month", telling=SHANGHAI)
    assert {r.place for r in found.rows if r.dimension == "period"} == {"2026-02-01", "2026-03-01"}


def test_a_quote_carries_the_day_of_the_study(feedback, codebook):
    said = "Курьер опоздал на целый час и даже не извинился"
    texts = _on_the_first(feedback, [(f"c{n}", "open", said) for n in range(6)])
    found = quotes(feedback_codes(texts, codebook), ["late"], telling=SHANGHAI)
    assert [r.given_on for r in found.rows] == ["2026-03-01"]


def test_a_ticket_of_an_evening_is_watched_to_the_end_of_that_day(feedback):
    came = pd.Timestamp("2026-02-01 21:00", tz="America/New_York").tz_convert("UTC")
    tickets = feedback([(f"c{n}", "ticket", None) for n in range(4)]).assign(given_at=came)
    ends = [came + pd.Timedelta(hours=h) for h in (1, 2, 4, 5)]  # the day ends after three
    tickets = tickets.assign(resolved_at=pd.to_datetime(pd.Series(ends), utc=True))
    zone = Telling(zone="America/New_York")
    found = ticket_times(tickets, as_of=pd.Timestamp("2026-02-01"), telling=zone)
    assert (found.rows[0].n, found.rows[0].done, found.n_impossible) == (4, 2, 0)


def test_an_order_of_the_first_of_a_month_is_made_on_its_day():
    days = pd.to_datetime(["2026-02-20", "2026-03-10"], utc=True)
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "ordered_at": pd.DatetimeIndex([FIRST_OF_MARCH, *days]),
            "amount": [5.0, 5.0, 5.0],
        }
    )
    found = occasion_orders(orders, _sale(), telling=SHANGHAI)
    assert [r.customers for r in found.rows] == [1]


def test_a_refund_is_no_order():
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "b", "b"],
            "order_id": ["1", "2", "C2"],
            "ordered_at": pd.to_datetime(["2026-02-01", "2026-02-20", "2026-03-01"], utc=True),
            "amount": [5.0, 5.0, -5.0],
        }
    )
    assert occasion_orders(orders, _sale()).rows == ()  # the last order is of 20 February


def _sale():
    first = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 1)}
    return SurveyPlan.model_validate({"occasions": [{"id": "sale", "label": "Sale", **first}]})


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
def test_a_period_begins_with_the_first_moment_of_its_first_day(feedback, zone):
    answers = feedback([("a", "nps", None), ("b", "nps", None)], score=9.0)
    answers = answers.assign(scale_min=0.0, scale_max=10.0)
    start = pd.Timestamp("2026-04-01", tz=zone)
    moments = [start, start - pd.Timedelta(seconds=1)]
    answers["given_at"] = pd.DatetimeIndex([m.tz_convert("UTC") for m in moments])
    waves = [r.wave for r in nps(answers, wave="month", telling=Telling(zone=zone)).rows if r.wave]
    assert waves == ["2026-03-01", "2026-04-01"]
