"""Experiments known by their sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DataError, DesignError, NoDataError, SchemaError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.totals import analyse_totals


def totals(*rows, **given):
    table = pd.DataFrame(rows, columns=["arm", "metric", "n", "total"])
    return table.assign(experiment="test", **given)


def test_sums_give_the_same_answer_as_units(plan, counted):
    counts = {"control": (100, 1000), "offer": (160, 1000)}
    rows = [(a, "bought", n, x) for a, (x, n) in counts.items()]
    by_sum, by_unit = analyse_totals(plan(), totals(*rows)), analyse(plan(), counted(counts))
    assert by_sum.rows[0].p == by_unit.rows[0].p
    assert by_sum.rows[0].low == by_unit.rows[0].low
    assert by_sum.decision.state == by_unit.decision.state == "ship"


def test_days_add_up_to_the_moments_of_the_whole(plan, measured):
    rng = np.random.default_rng(3)
    values = {"control": rng.exponential(5, 300), "offer": rng.exponential(7, 300)}
    rows, variances = [], []
    for arm, all_values in values.items():
        for day in (all_values[:120], all_values[120:]):
            rows.append((arm, "revenue", len(day), day.sum()))
            variances.append(day.var(ddof=1))
    experiment = plan({"id": "revenue", "kind": "mean", "is_money": True})
    by_sum = analyse_totals(experiment, totals(*rows, variance=variances)).rows[0]
    by_unit = analyse(experiment, measured(values)).rows[0]
    assert (by_sum.p, by_sum.low) == pytest.approx((by_unit.p, by_unit.low), rel=1e-10)


def test_of_cumulative_rows_the_newest_counts(plan):
    rows = [("control", "bought", 500, 50), ("control", "bought", 1000, 100),
            ("offer", "bought", 500, 80), ("offer", "bought", 1000, 160)]  # fmt: skip
    days = pd.to_datetime(["2026-03-01", "2026-03-02"] * 2)
    result = analyse_totals(plan(), totals(*rows, date=days, is_cumulative=True))
    assert (result.rows[0].control.n, result.rows[0].treated.successes) == (1000, 160)


def test_days_without_a_total_are_left_out(plan):
    rows = [("control", "bought", 500, 50), ("control", "bought", 500, np.nan),
            ("offer", "bought", 500, 80), ("offer", "bought", 500, np.nan)]  # fmt: skip
    assert analyse_totals(plan(), totals(*rows)).rows[0].n == 1000


def test_a_mean_without_a_variance_has_no_test(plan):
    experiment = plan({"id": "revenue", "kind": "mean"})
    result = analyse_totals(
        experiment, totals(("control", "revenue", 1000, 1e4), ("offer", "revenue", 1000, 2e4))
    )
    assert result.rows[0].verdict == "unknown"
    assert result.decision.shipped == ()


def test_a_metric_without_a_sum_is_not_usable(plan):
    rows = totals(("control", "bought", 1000, 100), ("offer", "bought", 1000, 100))
    result = analyse_totals(plan({"id": "bought"}, {"id": "visited"}), rows)
    assert result.checks.unusable == {"visited"}


def test_more_conversions_than_units_are_refused(plan):
    with pytest.raises(DataError, match="whole total of 0 to n; got 11 of 10"):
        analyse_totals(plan(), totals(("control", "bought", 10, 11), ("offer", "bought", 10, 1)))


def test_no_totals_are_nothing_to_report(plan):
    with pytest.raises(NoDataError, match="no totals of the experiment 'test'"):
        analyse_totals(plan(), totals())


def test_a_missing_column_is_named(plan):
    with pytest.raises(SchemaError, match="'campaign_totals' has no column 'n'"):
        analyse_totals(plan(), totals().drop(columns="n"))


CTR = {"id": "clicks", "kind": "ratio", "table": "events", "event": "click", "per": "view"}


def test_a_ratio_of_sums_is_divided_by_the_sum_that_the_plan_names(plan):
    rows = totals(
        ("control", "click", 1000, 60.0), ("control", "view", 1000, 1500.0),
        ("offer", "click", 1000, 90.0), ("offer", "view", 1000, 1800.0),
    )  # fmt: skip
    (row,) = analyse_totals(plan(CTR), rows).rows
    assert (row.control.mean, row.treated.mean) == (0.04, 0.05)
    assert row.difference == pytest.approx(0.01)
    assert row.problem == "unknown_variance"


def test_a_ratio_of_sums_with_its_spread_is_tested_as_one_of_units(plan):
    rng = np.random.default_rng(11)
    units, sums = [], []
    for arm in ("control", "offer"):
        views = rng.poisson(3, 500) + 1.0
        clicks = rng.binomial(views.astype(int), 0.1 if arm == "control" else 0.13).astype(float)
        units.append(pd.DataFrame({"arm": arm, "clicks": clicks, "clicks:per": views}))
        linear = (clicks - clicks.sum() / views.sum() * views) / views.mean()
        sums += [(arm, "click", 500, clicks.sum(), linear.var(ddof=1)),
                 (arm, "view", 500, views.sum(), np.nan)]  # fmt: skip
    table = pd.DataFrame(sums, columns=["arm", "metric", "n", "total", "variance"])
    (mine,) = analyse_totals(plan(CTR), table.assign(experiment="test")).rows
    (whole,) = arm_effects(pd.concat(units).assign(unit_id=range(1000)), plan(CTR))
    assert (mine.difference, mine.p) == pytest.approx((whole.difference, whole.p), rel=1e-9)


def test_a_ratio_without_the_sum_below_it_is_not_usable(plan):
    rows = totals(("control", "click", 1000, 60.0), ("offer", "click", 1000, 90.0))
    assert analyse_totals(plan(CTR), rows).decision.state == "invalid"


def test_a_day_of_one_unit_needs_no_variance(plan, measured):
    rng = np.random.default_rng(5)
    values = {"control": rng.exponential(5, 201), "offer": rng.exponential(9, 201)}
    rows = [
        (arm, "revenue", len(day), day.sum())
        for arm, v in values.items()
        for day in (v[:200], v[200:], v[:0])
    ]
    spreads = [s for v in values.values() for s in (v[:200].var(ddof=1), np.nan, np.nan)]
    experiment = plan({"id": "revenue", "kind": "mean", "is_money": True})
    by_sum = analyse_totals(experiment, totals(*rows, variance=spreads)).rows[0]
    by_unit = analyse(experiment, measured(values)).rows[0]
    assert (by_sum.p, by_sum.low) == pytest.approx((by_unit.p, by_unit.low), rel=1e-10)


@pytest.mark.parametrize(
    ("metric", "given", "message"),
    [
        ({"kind": "quantile", "quantile": 0.9}, {}, "the quantile 'bought'"),
        ({}, {"is_clustered": True}, "clusters"),
    ],
)
def test_what_sums_cannot_answer_is_refused(plan, metric, given, message):
    rows = [("control", "bought", 100, 10), ("offer", "bought", 100, 20)]
    with pytest.raises(DesignError, match=f"{message}: sums of the arms are not enough"):
        analyse_totals(plan(metric, **given), totals(*rows))
