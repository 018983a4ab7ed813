"""Who is due for contact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.segmentation.care import care_plans, due_for_contact
from cjm_research.study.model import Limits

AS_OF = pd.Timestamp("2026-06-30")
CADENCE = {"high_high": 30, "high_low": 60, "low_high": 90, "low_low": 180}


def placed(*rows):
    columns = ["customer_id", "cell", "recency_days", "gap_p80_days", "n_order_days"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        manager="Иванов", last_contact_at=np.nan, revenue=np.arange(len(frame), 0, -1.0),
        n_order_days=frame["n_order_days"].astype("Int64"),
    )  # fmt: skip


def contacts(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "made_at"])
    return frame.assign(made_at=pd.to_datetime(frame["made_at"], utc=True))


def due(rows, made, as_of=AS_OF):
    found = due_for_contact(placed(*rows), contacts(*made), cadence=CADENCE, as_of=as_of)
    return found.set_index("customer_id")


def quiet(customer, cell="high_high"):
    return (customer, cell, 5.0, 10.0, 6)


def test_a_contact_is_due_on_the_day_its_cadence_has_passed():
    found = due([quiet("a"), quiet("b")], [("a", "2026-05-31"), ("b", "2026-06-01")])
    assert found["overdue_days"].to_dict() == {"a": 0, "b": -1}
    assert found["reason"].fillna("").to_dict() == {"a": "cadence", "b": ""}


def test_a_contact_made_takes_the_customer_off_the_list():
    before = due([quiet("a")], [("a", "2026-01-01")])
    after = due([quiet("a")], [("a", "2026-01-01"), ("a", "2026-06-20")])
    assert before.loc["a", "reason"] == "cadence"
    assert after.loc["a", "reason"] is pd.NA


def test_a_contact_after_the_day_was_not_made_yet():
    assert due([quiet("a")], [("a", "2026-07-01")]).loc["a", "reason"] == "never"


def test_who_was_never_contacted_is_said_to_be():
    found = due([quiet("a")], [])
    assert found.loc["a", "reason"] == "never"
    assert np.isnan(found.loc["a", "overdue_days"])


def test_the_customers_own_column_counts_as_a_contact():
    rows = placed(quiet("a")).assign(last_contact_at=pd.to_datetime(["2026-06-25"], utc=True))
    found = due_for_contact(rows, contacts(), cadence=CADENCE, as_of=AS_OF)
    assert found["contact_days"].tolist() == [5]


@pytest.mark.parametrize(
    ("recency", "gap", "order_days", "expected"),
    [(50.0, 20.0, 4, 30.0), (50.0, 20.0, 3, None), (15.0, 20.0, 9, None), (50.0, np.nan, 1, None)],
)
def test_silence_is_measured_against_the_own_rhythm(recency, gap, order_days, expected):
    found = due([("a", "low_low", recency, gap, order_days)], [("a", "2026-06-29")])
    silent = found.loc["a", "silent_days"]
    assert (None if np.isnan(silent) else silent) == expected


def test_a_day_is_a_day_of_the_zone():
    evening = [("a", "2026-05-31T22:30:00Z")]  # 1 June in Moscow
    found = due([quiet("a")], evening, AS_OF.tz_localize("Europe/Moscow"))
    assert found["overdue_days"].tolist() == [-1]


def test_without_a_manager_of_its_own_a_customer_has_that_of_the_last_contact():
    rows = placed(quiet("a"), quiet("b")).assign(manager=pd.array([None, "Зорина"], dtype="string"))
    made = contacts(("a", "2026-01-01"), ("a", "2026-02-01"), ("b", "2026-02-01")).assign(
        manager=["Петров", "Лугов", "Петров"]
    )
    found = due_for_contact(rows, made, cadence=CADENCE, as_of=AS_OF).set_index("customer_id")
    assert found["manager"].to_dict() == {"a": "Лугов", "b": "Зорина"}


def test_plans_count_each_customer_once():
    rows = [quiet(f"c{i}", ["high_high", "low_low"][i % 2]) for i in range(40)]
    made = [(f"c{i}", "2026-01-01") for i in range(30)]
    plans = care_plans(due(rows, made).reset_index(), limits=Limits())
    assert [p.group for p in plans.plans] == ["high_high", "low_low"]
    assert all(p.in_time + p.due + p.never == p.n for p in plans.plans)
    assert sum(p.never for p in plans.plans) == 10


def test_a_manager_with_few_customers_is_not_shown():
    table = due([quiet(f"c{i}") for i in range(12)], []).reset_index()
    table.loc[0, "manager"] = "Петров"
    plans = care_plans(table, "manager", limits=Limits())
    assert [p.group for p in plans.plans] == ["Иванов"]
    assert plans.n_hidden == 1
    assert plans.findings() == ()
