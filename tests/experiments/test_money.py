"""Money of a campaign: every number by hand, and no claim without its test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.money import Span, cost_per_extra

ARMS = {"control": 0.5, "offer": 0.5}
COSTS = {"fixed": 500, "per_unit": 2, "per_order": 10}


def with_costs(plan, *metrics, money, costs=COSTS, control=None, arms=ARMS):
    labelled = {a: {"label": a, "share": s} for a, s in arms.items()}
    labelled["offer"]["costs"] = costs
    if control is not None:
        labelled["control"]["costs"] = control
    made = plan(*metrics, arms=arms)
    return made.model_validate({**made.model_dump(), "arms": labelled, "money": money})


@pytest.fixture
def orders(counted):
    """100 of 1000 order without the offer, 160 of 1000 with it."""
    return counted({"control": (100, 1000), "offer": (160, 1000)})


def test_extra_orders_and_profit_are_those_of_a_pocket_calculator(plan, orders):
    experiment = with_costs(plan, money={"margin": 0.4, "order_value": 500})
    (row,) = analyse(experiment, orders).money.rows
    assert row.extra_orders[0] == pytest.approx(60)  # (0.16 - 0.10) * 1000
    assert row.extra_revenue[0] == pytest.approx(30_000)  # 60 * 500
    assert row.cost == pytest.approx(500 + 2 * 1000 + 10 * 160)
    assert row.extra_profit[0] == pytest.approx(0.4 * 30_000 - 4_100)
    assert row.cost_per_order[0] == pytest.approx(4_100 / 60)
    assert row.romi[0] == pytest.approx(7_900 / 4_100)
    assert row.break_even == pytest.approx(4_100 / 0.4 / 1000)  # revenue per unit
    assert row.break_even_change == pytest.approx(4_100 / 0.4 / 500 / 1000 / 0.10)


def test_intervals_of_money_are_the_effects_own(plan, orders):
    experiment = with_costs(plan, money={"margin": 0.4, "order_value": 500})
    result = analyse(experiment, orders)
    (row,), effect = result.money.rows, result.rows[0]
    assert row.extra_orders[1:] == pytest.approx((1000 * effect.low, 1000 * effect.high))
    assert row.cost_per_order[1:] == pytest.approx((4.1 / effect.high, 4.1 / effect.low))


def test_what_the_control_costs_is_taken_off(plan, orders):
    money = {"margin": 0.4, "order_value": 500}
    same = with_costs(plan, money=money, control={"fixed": 500, "per_unit": 2, "per_order": 10})
    (row,) = analyse(same, orders).money.rows
    assert row.cost == pytest.approx(10 * (160 - 100))


def test_costs_in_another_currency_are_changed_at_the_rate(plan, orders):
    money = {"margin": 0.4, "order_value": 5, "currency": "USD", "rate": 100.0}
    (row,) = analyse(with_costs(plan, money=money), orders).money.rows
    assert row.cost == pytest.approx(410_000)
    assert row.extra_revenue[0] == pytest.approx(30_000)


REVENUE = {"id": "revenue", "kind": "mean", "is_money": True}


@pytest.fixture
def revenue(measured):
    rng = np.random.default_rng(7)
    return measured({"control": rng.normal(100, 30, 400), "offer": rng.normal(110, 40, 500)})


def test_the_break_even_test_is_welchs_with_the_offers_revenue_shifted(plan, revenue):
    experiment = with_costs(
        plan, REVENUE, money={"margin": 0.5}, costs={"per_unit": 2},
        arms={"control": 4 / 9, "offer": 5 / 9},
    )  # fmt: skip
    (row,) = analyse(experiment, revenue).money.rows
    offer, control = (revenue.loc[revenue["arm"] == a, "revenue"] for a in ("offer", "control"))
    expected = stats.ttest_ind(offer - 2 / 0.5, control, equal_var=False).pvalue
    assert row.p == pytest.approx(expected)
    assert row.verdict == "pays_off"


def test_profit_excludes_zero_exactly_when_the_test_is_passed(plan, revenue):
    verdicts = []
    for cost in (0.5, 1.5, 2.5, 3.5, 5, 7, 9):
        experiment = with_costs(
            plan, REVENUE, money={"margin": 0.5}, costs={"per_unit": cost},
            arms={"control": 4 / 9, "offer": 5 / 9},
        )  # fmt: skip
        (row,) = analyse(experiment, revenue).money.rows
        _, low, high = row.extra_profit
        assert (row.p < 0.05) == (low > 0 or high < 0)
        verdicts.append(row.verdict)
    assert verdicts[0] == "pays_off"
    assert verdicts[-1] == "loses"
    assert "not_shown" in verdicts


def test_a_rollout_pays_the_fixed_cost_once(plan, orders):
    money = {"margin": 0.4, "order_value": 500, "rollout_units": 10_000}
    (row,) = analyse(with_costs(plan, money=money), orders).money.rows
    assert row.rollout_profit[0] == pytest.approx(0.4 * 300_000 - 500 - 10 * (2_000 + 1_600))


def test_a_broken_test_makes_no_claim_about_money(plan, counted):
    units = counted({"control": (100, 700), "offer": (160, 1000)})
    result = analyse(with_costs(plan, money={"margin": 0.4, "order_value": 500}), units)
    assert result.checks.is_broken
    assert [f.status for f in result.money.findings()] == ["not_reliable"]
    assert set(result.money.to_frame()["money_verdict"]) == {"invalid"}


def test_without_a_plan_of_money_there_is_none(plan, orders):
    assert analyse(plan(), orders).money is None


def test_orders_alone_without_their_value_make_no_money(plan, orders):
    assert analyse(with_costs(plan, money={"margin": 0.4}), orders).money is None


def test_a_campaign_without_cost_has_no_return_on_it(plan, orders):
    experiment = with_costs(plan, money={"margin": 0.4, "order_value": 500}, costs={})
    (row,) = analyse(experiment, orders).money.rows
    assert np.isnan([*row.romi, *row.cost_per_order]).all()
    assert row.extra_profit[0] == pytest.approx(12_000)


def test_the_verdict_follows_the_correction_over_the_arms(plan, counted):
    units = counted({"control": (100, 1000), "offer": (130, 1000), "other": (101, 1000)})
    experiment = with_costs(
        plan, money={"margin": 0.4, "order_value": 500}, costs={},
        arms={"control": 0.4, "offer": 0.3, "other": 0.3},
    )  # fmt: skip
    rows = {r.arm: r for r in analyse(experiment, units).money.rows}
    assert rows["offer"].p < 0.05 < rows["offer"].p_adjusted
    assert rows["offer"].verdict == "not_after_correction"


@given(st.floats(1, 1e6), st.floats(-50, 50), st.floats(0, 40))
def test_the_cost_of_an_extra_order_is_bounded_above_only_where_one_is_shown(cost, at, half):
    found = cost_per_extra(cost, Span(at, at - half, at + half))
    assert (found.high == found.high) == (at - half > 0)
    assert not found.low > found.value


def test_the_break_even_of_an_adjusted_arm_is_the_regression_with_its_revenue_shifted(plan):
    rng = np.random.default_rng(3)
    before = rng.gamma(2.0, 50.0, 600)
    arm = np.where(np.arange(600) % 3 == 0, "control", "offer")
    revenue = before + rng.normal(0, 20, 600) + np.where(arm == "offer", 6.0, 0.0)
    units = pd.DataFrame({"unit_id": np.arange(600), "arm": arm, "revenue": revenue,
                          "revenue:before": before})  # fmt: skip
    metric = {**REVENUE, "before_days": 30}
    shares = {"control": 1 / 3, "offer": 2 / 3}
    experiment = with_costs(plan, metric, money={"margin": 0.5}, costs={"per_unit": 2}, arms=shares)
    (row,) = analyse(experiment, units).money.rows
    assert row.source.calculation == "adjusted"
    units["revenue"] -= np.where(arm == "offer", 2 / 0.5, 0.0)
    shifted = next(e for e in analyse(experiment, units).rows if e.is_main)
    assert row.p == pytest.approx(shifted.p, rel=1e-9)
