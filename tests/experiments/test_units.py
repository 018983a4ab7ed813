"""Units of an experiment: arms, exclusions and metrics within the window."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.experiments.units import unit_metrics, unit_segments

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2026-03-01 10:00", tz="UTC")


def exposures(*rows):
    table = pd.DataFrame(rows, columns=["unit_id", "arm", "exposed_at"])
    return table.assign(experiment="test").astype({"unit_id": "string", "arm": "string"})


def orders(*rows):
    columns = ["customer_id", "ordered_at", "amount", "order_id", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"customer_id": "string"})


def by_id(units, column):
    return units.set_index("unit_id")[column].to_dict()


SHOWN = exposures(("a", "control", START), ("b", "offer", START), ("c", "offer", START))


def test_orders_count_from_the_exposure_to_the_end_of_the_window(plan):
    bought = orders(
        ("a", START - DAY, 10.0, "1", "completed"),  # before
        ("b", START, 10.0, "2", "completed"),  # at the same time
        ("c", START + 7 * DAY, 10.0, "3", "completed"),  # just outside
    )
    units = unit_metrics(plan({"within_days": 7}), SHOWN, orders=bought)
    assert by_id(units, "bought") == {"a": 0.0, "b": 1.0, "c": 0.0}


def test_revenue_sums_lines_and_leaves_out_what_came_back(plan):
    bought = orders(
        ("b", START + DAY, 10.0, "1", "completed"),
        ("b", START + DAY, 5.0, "1", None),
        ("b", START + DAY, 99.0, "2", "cancelled"),
        ("c", START + DAY, 99.0, "3", "returned"),
    )
    experiment = plan({"id": "revenue", "kind": "mean", "is_money": True})
    assert by_id(unit_metrics(experiment, SHOWN, orders=bought), "revenue") == {
        "a": 0.0, "b": 15.0, "c": 0.0,
    }  # fmt: skip


def test_lines_of_one_order_are_one_order(plan):
    bought = orders(
        ("b", START + DAY, 10.0, "1", None),
        ("b", START + DAY, 5.0, "1", None),
        ("b", START + 2 * DAY, 5.0, "2", None),
    )
    experiment = plan({"id": "n_orders", "kind": "mean"})
    assert by_id(unit_metrics(experiment, SHOWN, orders=bought), "n_orders")["b"] == 2.0


def test_an_event_that_never_occurs_is_a_zero_and_not_unknown(plan):
    events = pd.DataFrame({"customer_id": ["a"], "name": ["view"], "occurred_at": [START]})
    experiment = plan({"id": "paid", "table": "events", "event": "pay"})
    units = unit_metrics(experiment, SHOWN, events=events)
    assert by_id(units, "paid") == {"a": 0.0, "b": 0.0, "c": 0.0}


def test_money_of_events_is_summed(plan):
    events = pd.DataFrame(
        {"customer_id": ["b", "b"], "name": "pay", "occurred_at": START + DAY, "value": [3.0, 4.0]}
    )
    experiment = plan({"id": "paid", "table": "events", "event": "pay", "kind": "mean",
                       "is_money": True})  # fmt: skip
    assert by_id(unit_metrics(experiment, SHOWN, events=events), "paid")["b"] == 7.0


def test_a_unit_without_an_outcome_is_not_known(plan):
    outcomes = pd.DataFrame(
        {"experiment": "test", "unit_id": ["a", "b"], "metric": "left", "value": [0.0, 1.0],
         "observed_at": START + DAY}
    )  # fmt: skip
    experiment = plan({"id": "unsubscribed", "table": "outcomes", "event": "left"})
    found = by_id(unit_metrics(experiment, SHOWN, outcomes=outcomes), "unsubscribed")
    assert (found["a"], found["b"]) == (0.0, 1.0)
    assert found["c"] != found["c"]


def test_covariates_are_no_outcomes(plan):
    outcomes = pd.DataFrame(
        {"experiment": "test", "unit_id": ["a"], "metric": "bought", "value": [1.0],
         "is_covariate": [True]}
    )  # fmt: skip
    units = unit_metrics(plan({"table": "outcomes"}), SHOWN, outcomes=outcomes)
    assert units["bought"].isna().all()


def test_a_window_that_is_not_over_gives_no_value(plan):
    late = exposures(("a", "control", START), ("b", "offer", START + 20 * DAY))
    bought = orders(("b", START + 21 * DAY, 10.0, "1", None))
    until = pd.Timestamp("2026-03-25")
    units = unit_metrics(plan({"within_days": 7}), late, orders=bought, until=until)
    found = by_id(units, "bought")
    assert found["a"] == 0.0
    assert found["b"] != found["b"]


def test_a_missing_table_gives_no_values(plan):
    assert unit_metrics(plan(), SHOWN)["bought"].isna().all()


def test_a_unit_without_a_time_is_not_known(plan):
    shown = exposures(("a", "control", START), ("b", "offer", pd.NaT))
    bought = orders(("b", START + DAY, 10.0, "1", None))
    found = by_id(unit_metrics(plan(), shown, orders=bought), "bought")
    assert found["b"] != found["b"]


def test_exposures_without_times_count_from_the_declared_start(plan):
    shown = exposures(("a", "control", pd.NaT), ("b", "offer", pd.NaT))
    bought = orders(("b", START + DAY, 10.0, "1", None), ("a", START - 9 * DAY, 1.0, "2", None))
    units = unit_metrics(plan(starts_on="2026-03-01"), shown, orders=bought)
    assert by_id(units, "bought") == {"a": 0.0, "b": 1.0}


def test_a_unit_in_two_arms_stays_in_the_table_and_takes_no_part(plan):
    shown = exposures(("a", "control", START), ("a", "offer", START + DAY), ("b", "offer", START))
    units = unit_metrics(plan(), shown)
    assert by_id(units, "exclusion")["a"] == "two_arms"
    assert units["arm"].isna().tolist() == [True, False]


def test_a_unit_shown_its_arm_twice_is_one_unit_from_the_first_time(plan):
    shown = exposures(("a", "offer", START + DAY), ("a", "offer", START))
    units = unit_metrics(plan(), shown)
    assert (len(units), units["n_exposures"][0], units["exposed_at"][0]) == (1, 2, START)


def test_every_reason_to_leave_a_unit_out_is_named(plan):
    shown = exposures(
        (None, "offer", START), ("b", None, START), ("c", "other", START), ("d", "offer", START),
        ("e", "offer", START - 30 * DAY),
    )  # fmt: skip
    units = unit_metrics(plan(starts_on="2026-02-27"), shown)
    reasons = units.set_index("unit_id")["exclusion"]
    assert reasons[["b", "c", "e"]].tolist() == ["no_arm", "unknown_arm", "outside_dates"]
    assert (units["exclusion"] == "no_unit").sum() == 1
    assert pd.isna(reasons["d"])


def test_other_experiments_are_left_aside(plan):
    shown = pd.concat([SHOWN, SHOWN.assign(experiment="other", arm="offer")])
    assert len(unit_metrics(plan(), shown)) == 3


def test_nobody_exposed_is_nothing_to_report(plan):
    with pytest.raises(NoDataError, match="Nobody was exposed to the experiment 'test'"):
        unit_metrics(plan(), SHOWN.assign(experiment="other"))


def test_a_missing_column_is_named(plan):
    with pytest.raises(SchemaError, match="'exposures' has no column 'arm'"):
        unit_metrics(plan(), SHOWN.drop(columns="arm"))


def test_the_order_of_rows_does_not_matter(plan):
    bought = orders(("b", START + DAY, 10.0, "1", None), ("a", START + DAY, 10.0, "2", None))
    one = unit_metrics(plan(), SHOWN, orders=bought)
    other = unit_metrics(plan(), SHOWN[::-1], orders=bought[::-1])
    pd.testing.assert_frame_equal(one, other)


def test_segments_come_from_groupings_columns_and_strata(plan):
    units = unit_metrics(plan(), SHOWN.assign(stratum="s"))
    customers = pd.DataFrame({"customer_id": ["a", "b"], "city": ["x", "y"]})
    memberships = pd.DataFrame(
        {"customer_id": ["a", "b", "b"], "grouping": "life", "segment": ["old", "young", "old"]}
    )
    names = ["city", "life", "stratum", "nobody"]
    found = unit_segments(
        units, names, customers=customers, memberships=memberships, groupings=["life", "nobody"]
    ).set_index("unit_id")
    assert list(found) == ["city", "life", "stratum"]
    assert found.loc["a"].tolist() == ["x", "old", "s"]
    assert pd.isna(found.loc["b", "life"])  # in two segments


def test_a_misspelt_way_to_divide_units_is_named_with_the_nearest(plan):
    customers = pd.DataFrame({"customer_id": ["a", "b"], "city": ["x", "y"]})
    with pytest.raises(ParameterError, match=r"no grouping or column 'citty'.*'city'"):
        unit_segments(unit_metrics(plan(), SHOWN), ["citty"], customers=customers)
