"""Effects of every arm on every metric, and the sums they are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.blocks import section
from cjm_research.present.bodies import html
from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.experiments import effects_forest
from cjm_research.present.sentences import note, say, sentence
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.effect_tables import ConversionEffects
    from cjm_research.present.blocks import Section
    from cjm_research.present.bodies import Body
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence
    from cjm_research.present.words import Words

_MAIN = ("metric", "arm", "effect_verdict", "control_value", "treated_value", "difference", "low",
         "high", "relative_change")  # fmt: skip
_COUNTS = ("metric", "arm", "n_control", "total_control", "n_arm", "total_arm")
_SPREADS = (*_COUNTS, "sd_control", "sd_arm")


@measured
def effects_section(campaign: CampaignResult) -> Section:  # noqa: ARG001
    """Return the heading of the effects."""
    return section("campaign_effects")


@measured
def effects(campaign: CampaignResult) -> ExhibitBlock:
    """Return the forest of all effects; below it what correction took back, in words."""
    return Exhibit(
        title=_title(campaign),
        body=(chart(effects_forest, campaign, twin=False), *_uncorrected(campaign)),
        note=note("campaign_effects", confidence=campaign.confidence),
    )


def _title(campaign: CampaignResult) -> Sentence:
    """Return how many of the success metrics changed."""
    if campaign.checks.is_broken:
        return say("campaign.effects_invalid")
    asked = [e for e in campaign.rows if e.role == "success" and e.is_main]
    better = sum(e.verdict == "better" for e in asked)
    worse = sum(e.verdict == "worse" for e in asked)
    return say("campaign.effects", n=len(asked), better=better, worse=worse)


def _uncorrected(campaign: CampaignResult) -> tuple[Body, ...]:
    """Say of each effect whose interval and verdict differ that correction made the difference."""
    if campaign.checks.is_broken:
        return ()
    told = [f for t in campaign.effects for f in t.findings() if f.kind == "effect_uncorrected"]
    if not told:
        return ()

    def written(words: Words) -> str:
        items = (markup.tag("li", markup.text(sentence(f).text(words))) for f in told)
        return markup.tag("ul", "".join(items))

    return (html(written),)


@measured
def effects_table(campaign: CampaignResult) -> ExhibitBlock:
    """Return values, differences and verdicts."""
    return Exhibit(title=say("campaign.effects_table"), body=effects_body(campaign))


@measured
def counts(campaign: CampaignResult) -> ExhibitBlock:
    """Return all that is needed to compute the effects again."""
    return Exhibit(
        title=say("campaign.counts"), body=counts_body(campaign), note=note("campaign_table")
    )


def effects_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return one table per measure: values, differences, verdicts."""
    return tuple(
        filled(t.plain, _MAIN, always=_MAIN, unless_same=("arm",)) for t in campaign.effects
    )


def counts_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return one table per measure: all that is needed to compute the effects again."""
    return tuple(
        filled(t.plain, columns, always=columns, unless_same=("arm",))
        for t, columns in ((t, _COUNTS if is_conversion(t) else _SPREADS) for t in campaign.effects)
    )


def is_conversion(effects: ConversionEffects) -> bool:
    """Tell whether a table holds shares."""
    return effects.units["difference"] is Unit.POINTS
