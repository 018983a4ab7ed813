"""What every arm cost and brought beyond the control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say, sentence
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.present.blocks import Section
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence

_ORDERS = (
    ("arm", "n_arm", "extra_orders", "extra_orders_low", "extra_orders_high"),
    ("arm", "cost", "cost_per_order", "cost_per_order_low", "cost_per_order_high"),
)
_PROFIT = (
    ("arm", "n_arm", "extra_revenue", "extra_revenue_low", "extra_revenue_high"),
    ("arm", "margin", "cost", "extra_profit", "extra_profit_low", "extra_profit_high"),
)
_EVEN = (("arm", "romi", "romi_low", "romi_high", "break_even", "break_even_change", "seen_change",
         "money_verdict"),)  # fmt: skip
_COSTS = (("arm", "n_arm", "orders_made", "fixed_cost", "unit_cost", "order_cost", "spend", "cost",
           "order_value"),)  # fmt: skip
_WORTH = ("metric", "arm", "per_thousand", "per_thousand_low", "per_thousand_high")
_ROLLOUT = (
    ("arm", "rollout_units", "rollout_profit", "rollout_profit_low", "rollout_profit_high"),
)


@measured
def money_section(campaign: CampaignResult) -> Section | None:
    """Return the heading of the money, where the plan has any."""
    return section("campaign_money") if campaign.money is not None else None


@measured
def worth(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return what every success metric brings per thousand units, where no money is planned."""
    tables = [t.success for t in campaign.effects if t.success.rows]
    if campaign.checks.is_broken or campaign.money is not None or not tables:
        return None
    return Exhibit(
        title=say("campaign.worth"),
        body=tuple(table(t, columns=_WORTH) for t in tables),
        note=note("campaign_worth"),
    )


@measured
def money_profit(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return extra revenue, cost and extra profit."""
    return _exhibit(campaign, _PROFIT, _title(campaign), "campaign_money")


@measured
def money_orders(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return extra orders and the cost of one."""
    rows = campaign.money.rows if campaign.money is not None else ()
    if not any(r.extra_orders[0] == r.extra_orders[0] for r in rows):
        return None
    return _exhibit(campaign, _ORDERS, say("campaign.money_orders"), "campaign_money")


@measured
def money_even(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return the return on the cost and the break-even."""
    return _exhibit(campaign, _EVEN, say("campaign.money_even"), "campaign_money_even")


@measured
def money_costs(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return what the costs are made of."""
    return _exhibit(campaign, _COSTS, say("campaign.money_costs"), "campaign_money_costs")


@measured
def money_rollout(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return what shipped arms would bring, where the plan says to how many."""
    rows = campaign.money.rows if campaign.money is not None else ()
    if campaign.checks.is_broken or not any(r.rollout_units for r in rows):
        return None
    return _exhibit(campaign, _ROLLOUT, say("campaign.money_rollout"), "campaign_money_rollout")


def _title(campaign: CampaignResult) -> Sentence:
    """Return the finding of the arm with the largest profit."""
    if campaign.checks.is_broken or campaign.money is None:
        return say("campaign.money_invalid")
    found = campaign.money.findings()
    plain = say("campaign.money_profit")
    return sentence(max(found, key=lambda f: f.estimate)) if found else plain


def _exhibit(
    campaign: CampaignResult, tables: Sequence[Sequence[str]], title: Sentence, fine_print: str
) -> ExhibitBlock | None:
    if campaign.money is None:
        return None
    body = tuple(filled(campaign.money, columns, always=columns[:2]) for columns in tables)
    return Exhibit(title=title, body=body, note=note(fine_print))
