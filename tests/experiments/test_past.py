"""What a test is planned by: customers of the past, as if the test had started then."""

from __future__ import annotations

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.experiments.past import past_units

DAY = pd.Timestamp("2026-03-01", tz="UTC")


@pytest.fixture
def world():
    """Four customers; the orders end on 20 March, ten days before the study does."""
    days = {"a": [-30, 2], "b": [-20], "c": [-10, 19], "d": [5]}
    orders = pd.DataFrame(
        [(c, DAY + pd.Timedelta(days=d), 100.0) for c, ds in days.items() for d in ds],
        columns=["customer_id", "ordered_at", "amount"],
    )
    empty = pd.DataFrame()
    return SimpleNamespace(
        study=SimpleNamespace(tzinfo=ZoneInfo("UTC")), as_of=pd.Timestamp("2026-03-30"),
        orders=orders, events=empty, outcomes=empty, exposures=empty, customers=empty,
    )  # fmt: skip


def test_those_who_had_ordered_before_are_the_units(world, plan):
    units = past_units(world, plan({"within_days": 14}), day="2026-03-01")
    assert dict(zip(units["unit_id"], units["bought"], strict=True)) == {"a": 1, "b": 0, "c": 0}


def test_the_day_leaves_every_metric_its_window_within_the_data(world, plan):
    units = past_units(world, plan({"within_days": 14}))
    assert units["exposed_at"].unique() == [pd.Timestamp("2026-03-06", tz="UTC")]


def test_units_of_the_experiment_itself_come_first(world, plan):
    world.exposures = pd.DataFrame({"experiment": ["test"], "unit_id": ["d"], "arm": ["offer"],
                                    "exposed_at": [DAY]})  # fmt: skip
    assert past_units(world, plan({"within_days": 14}))["unit_id"].tolist() == ["d"]


def test_a_day_before_all_data_has_no_units(world, plan):
    with pytest.raises(NoDataError, match="Nobody ordered or came by before 2020-01-01"):
        past_units(world, plan(), day="2020-01-01")


def test_a_day_that_is_none_is_refused(world, plan):
    with pytest.raises(ParameterError, match="day must be an ISO date"):
        past_units(world, plan(), day="yesterday-ish")


@pytest.mark.parametrize("day", ["now", "today", "NaT", "2026-03-01T10:00Z", "March"])
def test_a_day_is_a_date_and_no_clock_is_read(world, plan, day):
    with pytest.raises(ParameterError, match="day must be an ISO date"):
        past_units(world, plan({"within_days": 14}), day=day)


def test_a_past_day_begins_where_clocks_skip_its_midnight(world, plan):
    world.study.tzinfo = ZoneInfo("Africa/Cairo")
    world.orders["ordered_at"] -= pd.Timedelta(days=720)
    units = past_units(world, plan({"within_days": 14}), day="2024-04-26")
    assert units["exposed_at"].unique() == [pd.Timestamp("2024-04-25T22:00", tz="UTC")]
