"""Occasions, care plans against fact, ABC and XYZ, customers who may become valuable."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.abc_xyz import abc_xyz, abc_xyz_classes
from cjm_research.segmentation.care_done import care_execution
from cjm_research.segmentation.matrix_axes import axes
from cjm_research.segmentation.occasions import LUNAR, holidays, occasions
from cjm_research.segmentation.potential import candidates, potential
from cjm_research.study.model import Limits
from cjm_research.study.plans import Matrix

DAY = pd.Timestamp("2026-06-30")
NOBODY = pd.DataFrame({"customer_id": pd.Series(dtype="string[pyarrow]")})


def texts(values):
    return pd.Series(values, dtype="string[pyarrow]")


def people(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer_id": texts([f"c{i}" for i in range(n)]),
                         **{k: pd.to_datetime(v) for k, v in columns.items()}})  # fmt: skip


def contacts(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "kind", "made_at"])
    return frame.assign(customer_id=texts(frame["customer_id"]), kind=texts(frame["kind"]),
                        made_at=pd.to_datetime(frame["made_at"], utc=True))  # fmt: skip


# --- occasions


@pytest.mark.parametrize(
    ("name", "age"), [("spring_festival", 0), ("dragon_boat", 4), ("mid_autumn", 14)]
)
def test_lunar_holidays_stand_at_their_age_of_the_moon(name, age):
    # Mean new moon of 6 January 2000, 18:14 UTC, and a month of 29.530588 days (Meeus 1998);
    # the true moon strays from the mean by up to .6 of a day, the calendar counts whole days.
    new_moon = pd.Timestamp("2000-01-06 18:14") + pd.Timedelta(hours=8)
    days = [(pd.Timestamp(d) + pd.Timedelta(hours=12) - new_moon) for d in LUNAR[name]]
    ages = np.array([d / pd.Timedelta(days=1) % 29.530588 for d in days])
    off = (ages - age + 14.77) % 29.530588 - 14.77
    assert np.abs(off).max() < 1.7
    assert len({d[:4] for d in LUNAR[name]}) == 16


def test_known_dates_of_both_calendars():
    # 2026: Spring Festival 17 February, Dragon Boat 19 June, Mid-Autumn 25 September.
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    assert {n: d for d, n in holidays("zh", **year)}["mid_autumn"] == date(2026, 9, 25)
    # Labour Code of Russia, article 112 (its first week of January counts by its two feasts).
    assert [f"{d:%m-%d}" for d, _ in holidays("ru", **year)] == [
        "01-01", "01-07", "02-23", "03-08", "05-01", "05-09", "06-12", "11-04",
    ]  # fmt: skip
    with pytest.raises(ParameterError, match="2020 to 2035"):
        holidays("zh", first=date(2040, 1, 1), last=date(2040, 1, 2))
    with pytest.raises(ParameterError, match="calendar 'jp'"):
        holidays("jp", **year)


def test_birthdays_of_the_next_days_with_the_age():
    found = occasions(people(birth_date=["1990-07-04", "1990-07-20", None, "1990-06-30"]), NOBODY,
                      as_of=DAY)  # fmt: skip
    assert found["customer_id"].tolist() == ["c3", "c0"]
    assert found["years"].tolist() == [36, 36]


def test_the_list_goes_over_the_end_of_the_year():
    end = pd.Timestamp("2026-12-28")
    found = occasions(people(acquired_on=["2020-01-03"]), NOBODY, as_of=end, calendars=("ru",))
    assert found["occasion"].tolist() == ["new_year", "anniversary", "christmas"]
    assert found["years"].iloc[1] == 7


def test_a_leap_day_is_greeted_on_the_28th_in_other_years():
    born = people(birth_date=["2000-02-29"])
    dates = [occasions(born, NOBODY, as_of=pd.Timestamp(f"{y}-02-20"))["on"].iloc[0]
             for y in (2026, 2028)]  # fmt: skip
    assert [f"{d:%m-%d}" for d in dates] == ["02-28", "02-29"]


def test_who_was_greeted_leaves_the_list_and_who_was_called_does_not():
    born = people(birth_date=["1990-07-01", "1990-07-01", "1990-07-01"])
    made = contacts(("c0", "greeting", "2026-06-29"), ("c1", "call", "2026-06-29"),
                    ("c2", "greeting", "2025-07-01"))  # fmt: skip
    assert occasions(born, made, as_of=DAY)["customer_id"].tolist() == ["c1", "c2"]


def test_calls_alone_have_greeted_nobody():
    born = people(birth_date=["1990-07-01"])
    made = contacts(("c0", "call", "2026-06-29"))
    assert occasions(born, made, as_of=DAY)["customer_id"].tolist() == ["c0"]


def test_a_greeting_of_a_later_day_has_greeted_nobody_yet():
    born = people(birth_date=["1990-07-01"])
    made = contacts(("c0", "greeting", "2026-12-31"))
    assert occasions(born, made, as_of=DAY)["customer_id"].tolist() == ["c0"]


def test_nobody_without_a_date_has_an_occasion():
    assert occasions(people(birth_date=[None]), NOBODY, as_of=DAY).empty
    assert occasions(people(birth_date=[None])[["customer_id"]], NOBODY, as_of=DAY).empty


# --- plan and fact


def due(n=40):
    return pd.DataFrame({"customer_id": texts([f"c{i}" for i in range(n)]),
                         "cell": ["high_high", "low_low"] * (n // 2), "manager": "Ли",
                         "cadence_days": [30.0, 90.0] * (n // 2)})  # fmt: skip


def test_plan_is_days_by_cadence_and_extra_contacts_fill_nobody_elses():
    made = contacts(*[("c0", "call", "2026-06-20")] * 7, ("c2", "call", "2026-05-01"),
                    ("c1", "call", "2026-01-01"), ("c1", "call", "2026-07-01"))  # fmt: skip
    found = care_execution(due(), made, as_of=DAY, limits=Limits())
    high, low = found.groups
    assert (
        high.contacts_planned,
        high.contacts_made,
        high.contacts_extra,
        high.customers_contacted,
    ) == (60, 8, 4, 2)
    assert high.plan_share == pytest.approx(4 / 60)
    assert (low.contacts_planned, low.contacts_made) == (20, 0)
    assert found.window == ("2026-04-02", "2026-06-30")
    assert [g.group for g in care_execution(due(), made, "manager", as_of=DAY,
                                            limits=Limits()).groups] == ["Ли"]  # fmt: skip


# --- ABC and XYZ


def monthly(customer, money, last=DAY):
    stamps = [last - pd.Timedelta(days=30 * i) for i in range(len(money))]
    return pd.DataFrame({"customer_id": texts([customer] * len(money)), "amount": money,
                         "ordered_at": pd.to_datetime(stamps).tz_localize("UTC")})  # fmt: skip


def test_abc_goes_by_cumulative_revenue_and_xyz_by_the_spread_of_months():
    orders = pd.concat([
        monthly("even", [100.0] * 12), monthly("uneven", [0.0] * 5 + [300.0] + [0] * 5 + [0.1]),
        monthly("small", [5.0] * 12), monthly("newcomer", [20.0]),
    ])  # fmt: skip
    found = abc_xyz_classes(orders, as_of=DAY).set_index("customer_id")
    # 1200 + 300.1 + 60 + 20 = 1580.1: above uneven stand 76 %, small 94.9, newcomer 98.7
    assert found["abc"].to_dict() == {"even": "a", "uneven": "a", "small": "b", "newcomer": "c"}
    assert found["xyz"].to_dict() == {"even": "x", "uneven": "z", "small": "x", "newcomer": "new"}


def test_customers_of_equal_revenue_share_a_class():
    orders = pd.concat([monthly(f"c{i}", [10.0]) for i in range(20)])
    classes = abc_xyz_classes(orders, as_of=DAY)
    assert set(classes["abc"]) == {"a"}
    found = abc_xyz(classes, limits=Limits())
    assert sum(c.n for c in found.cells) == 20
    assert found.findings()[0].status == "hidden_small_n"


def test_where_nobody_paid_for_a_year_there_are_no_classes():
    with pytest.raises(NoDataError, match="Nobody paid"):
        abc_xyz_classes(monthly("c", [10.0] * 3), as_of=DAY + pd.Timedelta(days=500))


# --- potential and axes


def shop(seed=1, n=3000):
    """Return orders of a shop where a quarter orders for much, some of them since lately."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        rich = i % 4 == 0
        start = rng.integers(0, 500)
        gap = 25 if rich else 80
        days = range(int(start), 540, gap)
        rows += [(f"c{i}", d, rng.lognormal(6 if rich else 3.5, 0.3)) for d in days]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    start = pd.Timestamp("2025-01-06", tz="UTC")
    return frame.assign(customer_id=texts(frame["customer_id"]),
                        ordered_at=start + pd.to_timedelta(frame["day"], "D"))  # fmt: skip


def test_who_resembles_the_valuable_becomes_valuable_more_often():
    found = potential(shop(), as_of=DAY, limits=Limits(facts_below=20, claims_from=20))
    assert found.is_proved
    assert found.groups[0].share > 2 * found.groups[1].share
    assert found.findings()[0].status == "shown"
    now = candidates(shop(), as_of=DAY)
    assert len(now) == found.n_now
    assert (now.str[1:].astype(int) % 4 == 0).mean() > 0.9


def test_a_short_past_has_no_potential():
    orders = shop()
    late = orders[orders["day"] > 400]
    with pytest.raises(NoDataError, match="less than 270 days"):
        potential(late, as_of=DAY, limits=Limits())


def test_value_is_profit_where_cost_is_known_of_most_buyers():
    table = pd.DataFrame({"n_orders": pd.array([1, 1, 1, 1, 1, 0], dtype="Int64"),
                          "profit": [1.0, 2, 3, 4, np.nan, np.nan]})  # fmt: skip
    assert axes(Matrix(), table).value == "profit"
    assert axes(Matrix(), table.assign(profit=np.nan)).value == "order_value_rate"
    assert axes(Matrix(value="revenue"), table).value == "revenue"
    assert axes(Matrix(), table, value="mood", importance="age").importance == "age"
