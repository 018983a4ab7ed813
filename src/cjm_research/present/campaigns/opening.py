"""The top of the campaign page: main findings in the order of a decision, key figures, caveats."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cjm_research.experiments.campaign import CampaignResult
from cjm_research.present.blocks import caveat
from cjm_research.present.cards import KeyFigure, key_figures
from cjm_research.present.figures.experiments import unit_of
from cjm_research.present.headlines import Headline, ranked
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.experiments.descriptive import Description
    from cjm_research.experiments.effect import Effect
    from cjm_research.present.blocks import Caveat
    from cjm_research.present.campaigns.kinds import Campaign
    from cjm_research.present.cards import KeyFigures
    from cjm_research.results import Finding, Status

_FIRST = ("smallest_effect", "no_control", "holdout_", "decision_", "best_arm", "arms_alike",
          "money_", "check_", "campaign_reach", "segment_rate")  # fmt: skip
"""Kinds of findings in the order in which a reader decides; all others follow by weight."""
_GUARDS: tuple[Status, ...] = ("not_significant", "hidden_small_n", "not_reliable")
_MOST = {"check_": 2, "campaign_reach": 3, "segment_rate": 2}


def headline(campaign: Campaign, *, limit: int = 6) -> Headline:
    """Return the main findings: what this base can show, what to do, what it earned.

    Parameters
    ----------
    campaign : CampaignResult or Description
        All that is known of the campaign.
    limit : int
        Tell at most so many.
    """
    found = campaign.summary if isinstance(campaign, CampaignResult) else campaign.results
    findings = tuple({f.id: f for r in found for f in r.findings()}.values())
    shown = [f for f in findings if f.status == "shown"]
    first = [f for kind in _FIRST for f in _of_kind(shown, kind)]
    rest = ranked(f for f in shown if f not in first)
    count = Counter(f.status for f in findings)
    held_back = tuple((guard, count[guard]) for guard in _GUARDS if count[guard])
    told = [f for f in rest if not f.kind.startswith(tuple(_MOST))]
    return Headline((*first, *told)[: max(limit, len(first))], held_back)


def _of_kind(findings: list[Finding], kind: str) -> list[Finding]:
    own = [f for f in findings if f.kind.startswith(kind)]
    if kind == "segment_rate":
        own.sort(key=lambda f: (f.reference or 0.0) - f.estimate)
    return own[: _MOST.get(kind, len(own))]


def cards(campaign: Campaign) -> KeyFigures:
    """Return the key figures: how many took part, and what the first success metric did."""
    if not isinstance(campaign, CampaignResult):
        return _described(campaign)
    figures = [KeyFigure("campaign_units", campaign.arms.n, Unit.COUNT)]
    effect = leading(campaign)
    if effect is None or campaign.checks.is_broken:
        return key_figures(*figures)
    base = Unit.SHARE if effect.is_share else unit_of(effect)
    figures += [
        KeyFigure("campaign_control", effect.control.mean, base, n=effect.control.n),
        KeyFigure("campaign_arm", effect.treated.mean, base, n=effect.treated.n),
        KeyFigure(
            "campaign_difference",
            effect.difference,
            unit_of(effect),
            low=effect.low,
            high=effect.high,
        ),
    ]
    figures += _profit(campaign, effect.arm)
    row = campaign.sensitivity.of(effect.metric, effect.arm)
    if row is not None:
        seen = KeyFigure("campaign_detectable", row.detectable_change, Unit.SHARE)
        # A small base is told before anything that it seems to show.
        figures.insert(1 if campaign.experiment.unit == "company" else len(figures), seen)
    return key_figures(*figures)


def leading(campaign: CampaignResult) -> Effect | None:
    """Return the effect on the first success metric of the arm that does best there."""
    rows = [e for e in campaign.rows if e.role == "success" and e.is_main and not e.problem]
    first = [e for e in rows if e.metric == rows[0].metric]
    return max(first, key=lambda e: e.goodness, default=None)


def caveats(campaign: Campaign) -> Caveat:
    """Return what a reader must not conclude."""
    sums = ("campaign_impressions",) if campaign.experiment.unit == "impression" else ()
    if not isinstance(campaign, CampaignResult):
        return caveat("campaign_no_control", *sums)
    return caveat("campaign_window", "campaign_who", "campaign_none", "campaign_exaggerated", *sums)


def _profit(campaign: CampaignResult, arm: str) -> list[KeyFigure]:
    rows = campaign.money.rows if campaign.money is not None else ()
    return [
        KeyFigure("campaign_profit", r.extra_profit[0], Unit.MONEY,
                  low=r.extra_profit[1], high=r.extra_profit[2])
        for r in rows if r.arm == arm
    ]  # fmt: skip


def _described(campaign: Description) -> KeyFigures:
    figures = [KeyFigure("campaign_reached", campaign.n, Unit.COUNT)]
    for reach in campaign.reach[:1]:
        row = reach.rows[0]
        figures.append(
            KeyFigure("campaign_seen", row.value, reach.units["value"],
                      low=row.low, high=row.high, n=row.n)
        )  # fmt: skip
    advised = campaign.holdout.advised
    if advised is not None:
        figures += [
            KeyFigure("campaign_hold", advised.held_units, Unit.COUNT),
            KeyFigure("campaign_hold_sees", advised.detectable_change, Unit.SHARE),
        ]
    return key_figures(*figures)
