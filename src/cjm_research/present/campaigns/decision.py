"""What to do with every arm, what that rests on, and the next test with its size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say, sentence

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.sensitivity import MetricSensitivity
    from cjm_research.present.blocks import Section
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence

_DECISION = ("arm", "decision", "decision_reason", "metric", "n", "detectable_change",
             "days_needed", "needed_units")  # fmt: skip
_ALWAYS = ("arm", "decision", "decision_reason", "n")
_NEXT = ("metric", "arm", "n", "detectable_change", "target_change", "needed_units", "needed_days")
_OUTLOOK = ("metric", "arm", "n", "target_change", "target_power", "exaggeration")


@measured
def decision_section(campaign: CampaignResult) -> Section:  # noqa: ARG001
    """Return the heading of the decision."""
    return section("campaign_decision")


@measured
def decision(campaign: CampaignResult) -> ExhibitBlock:
    """Return the decision on every arm with what it rests on."""
    return Exhibit(
        title=decision_title(campaign),
        body=filled(campaign.decision, _DECISION, always=_ALWAYS),
        note=note("campaign_decision"),
    )


def decision_title(campaign: CampaignResult) -> Sentence:
    """Return the decision in a sentence: that of the arm that was decided for."""
    findings = campaign.decision.findings()
    states = [a.state for a in campaign.decision.arms]
    place = states.index(campaign.decision.state)
    return sentence(findings[place] if len(findings) > 1 else findings[0])


@measured
def next_test(campaign: CampaignResult) -> ExhibitBlock:
    """Return what a test of this size can show, and how large the next one must be."""
    return Exhibit(
        title=_next_title(campaign),
        body=filled(campaign.sensitivity, _NEXT, always=_NEXT[:5], unless_same=("arm",)),
        note=note("campaign_next", power=campaign.sensitivity.power),
    )


@measured
def outlook(campaign: CampaignResult) -> ExhibitBlock:
    """Return by how much a test of this size overstates the effects that show in it."""
    return Exhibit(
        title=say("campaign.outlook"),
        body=filled(campaign.sensitivity, _OUTLOOK, always=_OUTLOOK, unless_same=("arm",)),
        note=note("campaign_outlook"),
    )


def _next_title(campaign: CampaignResult) -> Sentence:
    row = _hardest(campaign)
    if row is None:
        return say("campaign.next")
    values: dict[str, object] = {
        "experiment": campaign.experiment.id,
        "metric": row.metric,
        "needed": row.needed_units,
        "target": row.target_change,
    }
    has_days = 0 < row.needed_days <= 10 * 365
    if has_days:
        values["days"] = math.ceil(row.needed_days)
    return say("campaign.next_days" if has_days else "campaign.next_units", **values)


def _hardest(campaign: CampaignResult) -> MetricSensitivity | None:
    """Return the row of the first success metric that needs the most units."""
    rows = campaign.sensitivity.rows
    own = [r for r in rows if r.metric == rows[0].metric and r.needed_units == r.needed_units]
    return max(own, key=lambda r: r.needed_units, default=None)
