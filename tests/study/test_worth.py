"""Costs, money and ideas of a study file are checked before anything is computed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cjm_research.study.ideas import Hypothesis
from cjm_research.study.plans import Experiment

METRICS = [
    {"id": "ordered", "label": "Ordered", "kind": "conversion", "table": "orders"},
    {"id": "revenue", "label": "Revenue", "kind": "mean", "table": "orders", "is_money": True},
]


def experiment(**given):
    plan = {
        "id": "offer",
        "label": "Offer",
        "control": "none",
        "arms": {"none": {"label": "none", "share": 0.5}, "mail": {"label": "mail", "share": 0.5}},
        "metrics": METRICS,
    }
    return Experiment.model_validate({**plan, **given})


def test_a_campaign_without_a_control_is_allowed_and_has_none():
    plan = experiment(control="", arms={"mail": {"label": "mail"}})
    assert not plan.has_control
    assert plan.arms["mail"].share == 1


def test_one_arm_with_a_control_is_refused():
    with pytest.raises(ValidationError, match="needs at least two arms"):
        experiment(control="mail", arms={"mail": {"label": "mail"}})


def test_a_control_that_is_no_arm_is_refused_with_the_nearest_name():
    with pytest.raises(ValidationError, match=r"'none' is not an arm.*Did you mean 'non'"):
        experiment(arms={"non": {"label": "x", "share": 0.5}, "mail": {"label": "y", "share": 0.5}})


def test_money_must_name_a_metric_of_the_experiment():
    with pytest.raises(ValidationError, match=r"names the metric 'orderd'.*Did you mean 'ordered'"):
        experiment(money={"margin": 0.3, "orders": "orderd"})


def test_revenue_must_be_a_mean_of_money():
    with pytest.raises(ValidationError, match="'ordered' must be a mean with is_money"):
        experiment(money={"margin": 0.3, "revenue": "ordered"})


@pytest.mark.parametrize(
    "money", [{}, {"margin": 0}, {"margin": 1.2}, {"margin": 0.3, "order_value": -5},
              {"margin": 0.3, "currency": "rubles"}],
)  # fmt: skip
def test_money_out_of_range_is_refused(money):
    with pytest.raises(ValidationError):
        experiment(money=money)


def test_a_negative_cost_is_refused():
    with pytest.raises(ValidationError):
        experiment(arms={"none": {"label": "x", "share": 0.5},
                         "mail": {"label": "y", "share": 0.5, "costs": {"fixed": -1}}})  # fmt: skip


@pytest.mark.parametrize(
    "scores",
    [{}, {"ice": {"impact": 11, "confidence": 5, "ease": 5}},
     {"rice": {"reach": 100, "impact": 1, "confidence": 80, "effort": 1}},
     {"rice": {"reach": 100, "impact": 1, "confidence": 0.8, "effort": 0}}],
)  # fmt: skip
def test_an_idea_without_a_sound_score_is_refused(scores):
    with pytest.raises(ValidationError):
        Hypothesis.model_validate({"id": "idea", "label": "An idea", **scores})
