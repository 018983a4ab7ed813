"""Whether the effect differs between segments, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.campaigns.opening import leading
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.experiments import segments_forest
from cjm_research.present.sentences import note, say
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.segment_tables import Interaction
    from cjm_research.present.blocks import Section
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence

_SEGMENTS = ("segment", "metric", "arm", "difference", "low", "high", "p", "p_adjusted",
             "segment_verdict")  # fmt: skip
_SHRUNKEN = ("grouping", "segment", "metric", "arm", "difference", "shrunken", "shrunken_low",
             "shrunken_high")  # fmt: skip
_COUNTS = ("grouping", "segment", "metric", "arm", "n_control", "control_value", "n_arm",
           "treated_value")  # fmt: skip
_MOST_FIGURES = 3


@measured
def segments_section(campaign: CampaignResult) -> Section | None:
    """Return the heading of the segments, where there is something below it."""
    return section("campaign_segments") if _tests(campaign) else None


@measured
def segments(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return a forest of every effect that differs between segments, else of the leading one."""
    tests = _tests(campaign)
    shown = _differing(campaign) or _leading_test(campaign)
    if not shown:
        return None
    return Exhibit(
        title=_title(campaign, len(tests)),
        body=tuple(
            chart(
                segments_forest, campaign, twin=False,
                grouping=t.grouping, metric=t.metric, arm=t.arm,
            )
            for t in shown[:_MOST_FIGURES]
        ),
        note=note("campaign_segments"),
    )  # fmt: skip


@measured
def segment_counts(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return the units and values of every segment: what its effects are computed from."""
    if campaign.by_segment is None or not _tests(campaign):
        return None
    effects = campaign.by_segment.effects
    return Exhibit(
        title=say("campaign.segment_counts"),
        body=(
            *(table(t, columns=_COUNTS) for t in effects),
            *(filled(t, _SHRUNKEN, always=_SHRUNKEN[:5], unless_same=("arm",)) for t in effects),
        ),
        note=note("campaign_shrunken"),
    )


@measured
def segments_tables(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return the interaction tests and every effect by segment."""
    if not _tests(campaign) or campaign.by_segment is None:
        return None
    effects = campaign.by_segment.effects
    return Exhibit(
        title=say("campaign.segments_table"),
        body=(
            table(campaign.by_segment.interactions),
            *(table(t, columns=_SEGMENTS) for t in effects),
        ),
        note=note("campaign_segments"),
    )


def _title(campaign: CampaignResult, n: int) -> Sentence:
    differing = _differing(campaign)
    if not differing:
        return say("campaign.segments_alike", n=n)
    first = differing[0]
    return say("campaign.segments_differ", grouping=first.grouping, metric=first.metric,
               arm=first.arm, experiment=campaign.experiment.id)  # fmt: skip


def _tests(campaign: CampaignResult) -> tuple[Interaction, ...]:
    return campaign.by_segment.interactions.tests if campaign.by_segment is not None else ()


def _differing(campaign: CampaignResult) -> list[Interaction]:
    return [t for t in _tests(campaign) if t.verdict == "differs"]


def _leading_test(campaign: CampaignResult) -> list[Interaction]:
    effect = leading(campaign)
    if effect is None:
        return []
    key = (effect.metric, effect.arm)
    return [t for t in _tests(campaign) if (t.metric, t.arm) == key][:1]
