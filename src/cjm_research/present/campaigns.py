"""What the campaign page shows: titles, tables and cards of one experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.present.blocks import section
from cjm_research.present.cards import KeyFigure, key_figures
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.experiments import segments_forest, timeline_lines, unit_of
from cjm_research.present.sentences import note, say, sentence
from cjm_research.present.tables import table
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.checks import Check
    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.effect_tables import ConversionEffects
    from cjm_research.experiments.segment_tables import Interaction
    from cjm_research.present.blocks import Section
    from cjm_research.present.bodies import Body
    from cjm_research.present.cards import KeyFigures
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence

_MAIN = ("metric", "arm", "control_value", "treated_value", "difference", "low", "high",
         "relative_change", "effect_verdict")  # fmt: skip
_COUNTS = ("metric", "arm", "n_control", "total_control", "n_arm", "total_arm")
_SPREADS = (*_COUNTS, "sd_control", "sd_arm")
_SURE = ("metric", "arm", "difference", "low", "high", "p", "p_adjusted")
_SURE_MEAN = (*_SURE, "capped_at")
_WORTH = ("metric", "arm", "per_thousand", "per_thousand_low", "per_thousand_high")
_CHECKS = {"trust_check": Unit.LABEL, "check_verdict": Unit.LABEL, "metric": Unit.LABEL,
           "segment": Unit.LABEL, "count": Unit.COUNT, "share": Unit.SHARE}  # fmt: skip
_SEGMENTS = ("segment", "metric", "arm", "difference", "low", "high", "p", "p_adjusted",
             "segment_verdict")  # fmt: skip
_SEGMENT_COUNTS = ("grouping", "segment", "metric", "arm", "n_control", "control_value", "n_arm",
                   "treated_value")  # fmt: skip
_MOST_FIGURES = 3


def cards(campaign: CampaignResult) -> KeyFigures:
    """Return the key figures: how many took part, and what the first success metric did."""
    figures = [KeyFigure("campaign_units", campaign.arms.n, Unit.COUNT)]
    effect = leading(campaign)
    if effect is None or campaign.checks.is_broken:
        return key_figures(*figures)
    base = Unit.SHARE if effect.is_share else unit_of(effect)
    detectable = next(
        (r for r in campaign.sensitivity.rows if (r.metric, r.arm) == (effect.metric, effect.arm)),
        None,
    )
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
    if detectable is not None:
        figures.append(KeyFigure("campaign_detectable", detectable.detectable_change, Unit.SHARE))
    return key_figures(*figures)


def leading(campaign: CampaignResult) -> Effect | None:
    """Return the effect on the first success metric of the arm that does best there."""
    rows = [e for e in campaign.rows if e.role == "success" and e.is_main and not e.problem]
    first = [e for e in rows if e.metric == rows[0].metric]
    return max(first, key=lambda e: e.goodness, default=None)


def decision_title(campaign: CampaignResult) -> Sentence:
    """Return the decision in a sentence: that of the arm that was decided for."""
    findings = campaign.decision.findings()
    states = [a.state for a in campaign.decision.arms]
    place = states.index(campaign.decision.state)
    return sentence(findings[place] if len(findings) > 1 else findings[0])


def trust_title(campaign: CampaignResult) -> Sentence:
    """Return whether the numbers can be read."""
    checks = campaign.checks
    if checks.is_broken:
        return say("campaign.trust_failed", check=checks.broken[0].check)
    warned = [c for c in checks.checks if c.verdict in {"warning", "failed"}]
    key = "campaign.trust_warned" if warned else "campaign.trust_passed"
    return say(key, n=len(warned), units=campaign.arms.n)


def trust_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return the units of every arm beside the plan, and every kind of check."""
    rows = [_check_row(c) for c in campaign.checks.worst()]
    frame = pd.DataFrame(rows, columns=list(_CHECKS))
    is_empty = frame[["metric", "segment"]].isna().all()
    units = {c: u for c, u in _CHECKS.items() if not is_empty.get(c, False)}
    return (table(campaign.arms), table(frame, units, name="checks"))


def _check_row(check: Check) -> dict[str, object]:
    """Return a check as a row; what it is about is named only where it did not pass."""
    row: dict[str, object] = {"trust_check": check.check, "check_verdict": check.verdict}
    if check.verdict != "passed":
        row |= {"metric": check.metric, "segment": check.segment}
    if check.verdict != "passed" or check.segment is None:
        row |= {"count": check.count, "share": check.share}
    return row


def effects_title(campaign: CampaignResult) -> Sentence:
    """Return how many of the success metrics changed."""
    if campaign.checks.is_broken:
        return say("campaign.effects_invalid")
    asked = [e for e in campaign.rows if e.role == "success" and e.is_main]
    better = sum(e.verdict == "better" for e in asked)
    worse = sum(e.verdict == "worse" for e in asked)
    return say("campaign.effects", n=len(asked), better=better, worse=worse)


def effects_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return one table per measure: values, differences, verdicts."""
    return tuple(table(t.plain, columns=_MAIN) for t in campaign.effects)


def counts_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return one table per measure: all that is needed to compute the effects again."""
    return tuple(
        table(t.plain, columns=_COUNTS if _is_conversion(t) else _SPREADS) for t in campaign.effects
    )


def worth(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return what every success metric brings per thousand units; nothing of a broken test."""
    tables = [t.success for t in campaign.effects if t.success.rows]
    if campaign.checks.is_broken or not tables:
        return None
    return Exhibit(
        title=say("campaign.worth"),
        body=tuple(table(t, columns=_WORTH) for t in tables),
        note=note("campaign_worth"),
    )


def sure_body(campaign: CampaignResult) -> tuple[Body, ...]:
    """Return p-values, spreads and capped rows."""
    return tuple(
        table(t, columns=_SURE if _is_conversion(t) else _SURE_MEAN) for t in campaign.effects
    )


def _is_conversion(effects: ConversionEffects) -> bool:
    return effects.units["difference"] is Unit.POINTS


def days(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return how the effect settled, where units came in over several days."""
    line = campaign.timeline
    if line is None or campaign.checks.is_broken:
        return None
    return Exhibit(
        title=say("campaign.timeline", metric=line.points[0].metric),
        body=chart(timeline_lines, line),
        note=note("campaign_timeline"),
    )


def segments_section(campaign: CampaignResult) -> Section | None:
    """Return the heading of the segments, where there is something below it."""
    return section("campaign_segments") if _tests(campaign) else None


def segments(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return a forest of every effect that differs between segments, else of the leading one."""
    tests = _tests(campaign)
    shown = _differing(campaign) or _leading_test(campaign)
    if not shown:
        return None
    return Exhibit(
        title=_segments_title(campaign, len(tests)),
        body=tuple(
            chart(
                segments_forest, campaign, twin=False,
                grouping=t.grouping, metric=t.metric, arm=t.arm,
            )
            for t in shown[:_MOST_FIGURES]
        ),
        note=note("campaign_segments"),
    )  # fmt: skip


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
            *(table(t, columns=_SEGMENT_COUNTS) for t in effects),
        ),
        note=note("campaign_segments"),
    )


def _segments_title(campaign: CampaignResult, n: int) -> Sentence:
    differing = _differing(campaign)
    if not differing:
        return say("campaign.segments_alike", n=n)
    first = differing[0]
    return say("campaign.segments_differ", grouping=first.grouping, metric=first.metric,
               arm=first.arm)  # fmt: skip


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
