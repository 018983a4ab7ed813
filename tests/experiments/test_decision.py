"""The decision, and what it rests on."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.study.model import Limits

WON = {"control": (100, 1000), "offer": (160, 1000)}
SAME = {"control": (1000, 10_000), "offer": (1010, 10_000)}
LOST = {"control": (160, 1000), "offer": (100, 1000)}
GUARD = {"id": "left", "role": "guardrail", "better": "down", "margin": 0.02}


def decision(plan, counted, bought, left=None, **given):
    units = counted(bought)
    metrics = [{"id": "bought"}]
    if left is not None:
        units["left"] = counted(left)["bought"]
        metrics.append(GUARD)
    return analyse(plan(*metrics, **given), units).decision


def test_an_improvement_with_guardrails_that_hold_is_shipped(plan, counted):
    left = {"control": (10, 1000), "offer": (10, 1000)}
    found = decision(plan, counted, WON, left)
    assert (found.state, found.arms[0].reason, found.shipped) == ("ship", "improved", ("offer",))


def test_an_unclear_guardrail_wants_a_person(plan, counted):
    left = {"control": (10, 1000), "offer": (22, 1000)}
    found = decision(plan, counted, WON, left)
    assert (found.state, found.arms[0].reason) == ("review", "guardrail_unclear")
    assert found.arms[0].metric == "left"


def test_a_harmed_guardrail_outweighs_the_gain(plan, counted):
    left = {"control": (10, 1000), "offer": (90, 1000)}
    found = decision(plan, counted, WON, left)
    assert (found.state, found.arms[0].reason) == ("do_not_ship", "guardrail_harmed")


def test_no_effect_is_not_shipped(plan, counted):
    found = decision(plan, counted, SAME)
    assert (found.state, found.arms[0].reason) == ("do_not_ship", "no_effect")


def test_no_effect_in_a_test_that_could_not_see_one_is_no_answer(plan, counted):
    # 100 of 1000: changes from two fifths on are seen, see test_campaign.
    found = decision(plan, counted, {"control": (100, 1000), "offer": (103, 1000)})
    assert (found.state, found.arms[0].reason) == ("keep_running", "cannot_tell")
    assert found.arms[0].detectable_change == pytest.approx(0.407, abs=1e-3)


def test_a_loss_is_not_shipped(plan, counted):
    found = decision(plan, counted, LOST)
    assert (found.state, found.arms[0].reason) == ("do_not_ship", "worse")


def test_a_gain_beside_a_loss_wants_a_person(plan, counted):
    units = counted(WON)
    units["visited"] = counted(LOST)["bought"]
    found = analyse(plan({"id": "bought"}, {"id": "visited"}), units).decision
    assert (found.state, found.arms[0].reason) == ("review", "mixed")


def test_a_broken_split_is_invalid_and_has_no_winner(plan, counted):
    found = analyse(plan(), counted({"control": (84, 840), "offer": (300, 1000)}))
    assert found.decision.state == "invalid"
    assert found.decision.failed_check == "sample_ratio"
    assert found.decision.shipped == ()
    effects = [f for f in found.findings() if f.kind.startswith("effect_")]
    assert {f.status for f in effects} == {"not_reliable"}


def test_a_test_that_is_not_over_runs_on_whatever_it_shows(plan, counted):
    experiment = plan(starts_on="2026-03-01", ends_on="2026-03-20")
    found = analyse(experiment, counted(WON), until=pd.Timestamp("2026-03-12")).decision
    assert (found.state, found.days_left) == ("keep_running", 8)


def test_a_test_on_its_last_day_is_over(plan, counted):
    experiment = plan(starts_on="2026-03-01", ends_on="2026-03-20")
    found = analyse(experiment, counted(WON), until=pd.Timestamp("2026-03-20")).decision
    assert found.state == "ship"


def test_too_few_units_are_no_ground_for_a_claim(plan, counted):
    found = analyse(plan(), counted({"control": (0, 40), "offer": (30, 40)}))
    assert (found.decision.state, found.decision.arms[0].reason) == ("keep_running", "too_few")
    assert {f.status for f in found.effects[0].findings()} == {"hidden_small_n"}


def test_limits_of_the_study_decide_what_is_too_few(plan, counted):
    limits = Limits(hidden_below=5, facts_below=10, claims_from=20)
    found = analyse(plan(), counted({"control": (2, 40), "offer": (30, 40)}), limits=limits)
    assert found.decision.state == "ship"


def test_each_arm_has_a_decision_of_its_own(plan, counted):
    planned = plan(arms={"control": 1 / 3, "offer": 1 / 3, "gift": 1 - 2 / 3})
    counts = {"control": (1000, 10_000), "offer": (1300, 10_000), "gift": (1001, 10_000)}
    found = analyse(planned, counted(counts)).decision
    assert {a.arm: a.state for a in found.arms} == {"offer": "ship", "gift": "do_not_ship"}
    assert found.state == "ship"


def test_a_metric_of_nulls_leaves_nothing_to_decide_by(plan, counted):
    found = analyse(plan(), counted(WON).assign(bought=float("nan"))).decision
    assert (found.state, found.failed_check) == ("invalid", "missing_values")


def test_an_arm_without_units_is_invalid(plan, counted):
    assert analyse(plan(), counted({"control": (100, 1000)})).decision.state == "invalid"


@pytest.mark.parametrize("bought", [WON, SAME, LOST])
def test_the_decision_is_the_first_finding_and_names_its_numbers(plan, counted, bought):
    found = analyse(plan(), counted(bought))
    first = found.findings()[0]
    assert first.id == "experiments/decision/experiment=test/arm=offer"
    assert first.to_dict()["values"]["difference"] == found.rows[0].difference


THREE = {"control": 1 / 3, "offer": 1 / 3, "gift": 1 - 2 / 3}


@pytest.mark.parametrize(("unit", "customers"), [("company", 2000), ("impression", None)])
def test_impressions_are_no_customers(plan, counted, unit, customers):
    finding = decision(plan, counted, WON, unit=unit).findings()[0]
    assert finding.customers == customers


def test_of_two_good_arms_the_better_is_named_only_where_that_is_shown(plan, counted):
    clear = analyse(plan(arms=THREE), counted({**WON, "gift": (240, 1000)})).decision
    assert (clear.best, clear.shipped) == ("gift", ("offer", "gift"))
    close = analyse(plan(arms=THREE), counted({**WON, "gift": (165, 1000)})).decision
    assert close.best is None
    assert [f.kind for f in close.findings()][-1] == "arms_alike"


def test_one_good_arm_has_no_rival(plan, counted):
    found = analyse(plan(arms=THREE), counted({**WON, "gift": (101, 1000)})).decision
    assert (found.best, found.rivals) == (None, ())
