"""A campaign without a control group: no effect is told, a hold-out is proposed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.experiments.descriptive import describe_campaign
from cjm_research.experiments.totals import describe_sums
from cjm_research.stats.power import ArmSizes, proportion_power


@pytest.fixture
def mailing(plan):
    def make(*metrics, **given):
        made = plan(*metrics)
        label = {"mail": {"label": "mail", "costs": {"fixed": 100, "per_unit": 0.5}}}
        return made.model_validate({**made.model_dump(), "control": "", "arms": label, **given})

    return make


def test_no_effect_is_told_and_a_holdout_is_proposed(mailing, counted):
    found = describe_campaign(mailing(target_change=0.2), counted({"mail": (4_000, 20_000)}))
    kinds = [f.kind for f in found.findings()]
    assert kinds[:2] == ["no_control", "holdout_enough"]
    assert not [k for k in kinds if k.startswith(("effect", "decision", "money"))]


def test_the_proposed_holdout_sees_the_target_with_the_stated_chance(mailing, counted):
    found = describe_campaign(
        mailing(target_change=0.2), counted({"mail": (4_000, 20_000)})
    ).holdout
    row = found.advised
    sizes = ArmSizes(row.n - row.held_units, row.held_units)
    assert row.detectable_change <= row.target_change
    power = proportion_power(0.2, 0.2 * row.detectable_change, sizes=sizes)
    assert power == pytest.approx(found.power, abs=1e-6)
    smaller = [r for r in found.rows if r.holdout_share < row.holdout_share]
    assert all(r.detectable_change > r.target_change for r in smaller)


def test_a_small_campaign_is_told_how_many_it_would_need(mailing, counted):
    found = describe_campaign(mailing(), counted({"mail": (30, 300)}))
    (advice,) = [f for f in found.findings() if f.kind == "holdout_small"]
    assert dict(advice.values)["needed"] > 300
    assert advice.estimate == 0.5


def test_costs_are_divided_by_all_deeds(mailing, counted):
    found = describe_campaign(mailing(), counted({"mail": (50, 1000)}))
    (row,) = found.costs.rows
    assert (row.cost, row.cost_per_unit, row.cost_per_deed) == (600, 0.6, 12)


def test_a_mean_has_students_interval(mailing, measured):
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    found = describe_campaign(
        mailing({"id": "revenue", "kind": "mean", "is_money": True}), measured({"mail": values})
    )
    (row,) = found.reach[0].rows
    # R: t.test(1:10)$conf.int
    assert (row.low, row.high) == pytest.approx((3.334149, 7.665851), abs=1e-6)


def test_segments_are_set_beside_all_others(mailing, counted):
    units = counted({"mail": (300, 2000)})
    place = np.where(np.arange(2000) < 500, "near", "far")  # all 300 who bought are near
    found = describe_campaign(
        mailing(), units, segments=pd.DataFrame({"unit_id": units["unit_id"], "place": place})
    )
    rows = {r.segment: r for r in found.by_segment[0].rows}
    assert rows["near"].reached.value == pytest.approx(0.6)
    assert rows["near"].elsewhere == 0
    assert rows["near"].status == "shown"


def test_sums_of_an_advertising_export_give_cost_per_click(plan):
    made = plan({"id": "clicked"}, {"id": "bought"})
    experiment = made.model_validate(
        {**made.model_dump(), "control": "", "money": {"margin": 0.5, "spend": "spend"},
         "arms": {"search": {"label": "s", "share": 0.5}, "social": {"label": "n", "share": 0.5}}}
    )  # fmt: skip
    totals = pd.DataFrame(
        {
            "experiment": "test",
            "arm": ["search", "social"] * 3,
            "metric": np.repeat(["clicked", "bought", "spend"], 2),
            "n": [1000, 4000, 50, 40, 1000, 4000],
            "total": [50, 40, 5, 0, 200, 80],
        }
    )
    found = describe_sums(experiment, totals)
    per_deed = {(r.metric, r.arm): r.cost_per_deed for r in found.costs.rows}
    assert per_deed["clicked", "search"] == 4
    assert per_deed["bought", "search"] == 40
    assert per_deed["clicked", "social"] == 2
    assert np.isnan(per_deed["bought", "social"])
    assert found.reach[0].rows[0].value == pytest.approx(0.05)


def test_a_campaign_that_reached_nobody_has_nothing_to_report(mailing, counted):
    with pytest.raises(NoDataError, match="reached nobody"):
        describe_campaign(mailing(), counted({"mail": (0, 0)}))


def test_nobody_who_bought_leaves_no_holdout_to_plan(mailing, counted):
    found = describe_campaign(mailing(), counted({"mail": (0, 500)}))
    assert found.holdout.advised is None
    assert [f.kind for f in found.holdout.findings()] == ["no_control"]


def test_a_single_arm_of_several_days_has_no_split_to_check(plan, counted):
    units = counted({"letter": (90, 600)})
    days = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(np.arange(600) % 3, unit="D")
    found = describe_campaign(plan(arms={"letter": 1.0}, control=""), units.assign(exposed_at=days))
    assert found.n == 600
