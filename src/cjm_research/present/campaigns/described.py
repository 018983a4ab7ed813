"""A campaign without a control group: what was seen, and how to measure the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import described, filled
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.rates import rates_forest
from cjm_research.present.sentences import note, say, sentence
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from cjm_research.experiments.descriptive import Description
    from cjm_research.present.blocks import Section
    from cjm_research.present.exhibit import ExhibitBlock

_SEGMENTS = ("grouping", "segment", "metric", "n", "value", "low", "high", "elsewhere",
             "p_adjusted", "segment_verdict")  # fmt: skip
_MOST_FIGURES = 3


@described
def reach_section(campaign: Description) -> Section:  # noqa: ARG001
    """Return the heading of what was seen."""
    return section("campaign_reach")


@described
def reach(campaign: Description) -> ExhibitBlock:
    """Return what the units did, by arm and metric."""
    return Exhibit(
        title=say("campaign.reach"),
        body=tuple(table(t) for t in campaign.reach),
        note=note("campaign_reach"),
    )


@described
def costs(campaign: Description) -> ExhibitBlock | None:
    """Return costs per unit and per deed, where costs are known."""
    if campaign.costs is None:
        return None
    return Exhibit(
        title=say("campaign.costs"), body=table(campaign.costs), note=note("campaign_costs")
    )


@described
def reach_segments(campaign: Description) -> ExhibitBlock | None:
    """Return a figure per grouping: where more and where less was seen."""
    if not campaign.by_segment:
        return None
    rates = campaign.by_segment[0]
    groupings = list(dict.fromkeys(r.grouping for r in rates.rows))[:_MOST_FIGURES]
    metric = rates.rows[0].reached.metric
    return Exhibit(
        title=say(
            "campaign.reach_by_segment", metric=metric, grouping=groupings[0],
            experiment=campaign.experiment.id,
        ),
        body=tuple(
            chart(rates_forest, rates, twin=False, grouping=g, metric=metric) for g in groupings
        ),
        note=note("campaign_reach_segments"),
    )  # fmt: skip


@described
def reach_segments_table(campaign: Description) -> ExhibitBlock | None:
    """Return every segment beside all others."""
    if not campaign.by_segment:
        return None
    return Exhibit(
        title=say("campaign.reach_segments_table"),
        body=tuple(filled(t, _SEGMENTS, always=_SEGMENTS[:5]) for t in campaign.by_segment),
        note=note("campaign_reach_segments"),
    )


@described
def holdout(campaign: Description) -> ExhibitBlock | None:
    """Return what a hold-out of each size would show."""
    plan = campaign.holdout
    if not plan.rows:
        return None
    advice = next((f for f in plan.findings() if f.kind.startswith("holdout")), None)
    return Exhibit(
        title=sentence(advice) if advice is not None else say("campaign.holdout"),
        body=filled(plan, list(plan.units), unless_same=("metric",)),
        note=note("campaign_holdout", power=plan.power, confidence=plan.confidence),
    )
