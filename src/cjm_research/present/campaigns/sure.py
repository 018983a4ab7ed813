"""How sure the effects are: p-values, families, capped values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import Campaign, filled, measured
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.present.blocks import Section
    from cjm_research.present.bodies import Body
    from cjm_research.present.exhibit import ExhibitBlock

_SURE = ("metric", "arm", "calculation", "difference", "low", "high", "p", "p_adjusted",
         "family", "n_questions")  # fmt: skip
_ALL = (*_SURE[:3], "capped_at", "variance_saved", *_SURE[3:], "p_margin")
_MONEY = ("arm", "break_even", "p", "p_adjusted", "money_verdict")


def sure_section(campaign: Campaign) -> Section:  # noqa: ARG001
    """Return the heading of how sure the numbers are."""
    return section("campaign_sure")


@measured
def sure(campaign: CampaignResult) -> ExhibitBlock:
    """Return p-values, families and capped rows."""
    money = (filled(campaign.money, _MONEY),) if campaign.money is not None else ()
    return Exhibit(
        title=say("campaign.sure"),
        body=(*sure_body(campaign), *money),
        note=note("campaign_sure", level=1 - campaign.confidence),
    )


def sure_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return p-values, spreads and capped rows, one table per measure."""
    return tuple(
        filled(t, _ALL, always=_SURE, unless_same=("arm", "calculation")) for t in campaign.effects
    )


@measured
def bayes(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return chances to beat the control, where the plan asks for them."""
    found = campaign.bayes
    if found is None or campaign.checks.is_broken:
        return None
    return Exhibit(
        title=say("campaign.bayes"),
        body=filled(found, list(found.units), always=("metric", "arm")),
        note=note("campaign_bayes"),
    )


@measured
def other_tests(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return exact and rank tests, where metrics ask for them."""
    found = campaign.other_tests
    if found is None or campaign.checks.is_broken or not found.rows:
        return None
    return Exhibit(
        title=say("campaign.other_tests"),
        body=filled(found, list(found.units), always=("metric", "arm")),
        note=note("campaign_other_tests"),
    )
