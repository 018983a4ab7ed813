"""What the study file adds to the journey map: rows, people, plans and rivals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.journey.answers import mood_answers
from cjm_research.journey.arrivals import arrivals
from cjm_research.journey.card_scores import card_scores
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.contacts import customers_of_channels
from cjm_research.journey.emotions import EmotionMap, emotion_map
from cjm_research.journey.map_parts import MapCard, Through
from cjm_research.journey.map_quotes import stage_quotes
from cjm_research.journey.mood import MoodPoint, mood_at
from cjm_research.journey.triggers import triggers

if TYPE_CHECKING:
    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.data import JourneyData
    from cjm_research.journey.emotions import TouchpointEmotion
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.map_result import JourneyMap, MapStage
    from cjm_research.journey.triggers import Trigger, Triggers
    from cjm_research.study.journey_plan import JourneyPlan
    from cjm_research.study.plans import Stage

ALL = "all"
"""Name of the persona of the map of all customers."""


def dressed_map(
    drawn: JourneyMap,
    data: JourneyData,
    stages: list[Stage] | tuple[Stage, ...],
    *,
    plan: JourneyPlan,
    n_all: int = 0,
) -> JourneyMap:
    """Add to a map what the study's journey section asks for.

    Parameters
    ----------
    drawn : JourneyMap
        What `journey_map` gave for these data.
    data : JourneyData
        Of the same customers; answers about rivals may be among them.
    stages : sequence of Stage
        Stages with their texts and planned days.
    plan : JourneyPlan
        Rows, personas, the own brand.
    n_all : int
        Customers of the whole journey, for the share of a segment; 0 if this is all of them.
    """
    own = replace(data, event_stages=coded_events(data.event_stages)).of_brand(plan.brand)
    limits, confidence = drawn.limits, drawn.confidence
    ids = [s.stage for s in drawn.stages]
    came = arrivals(own.event_stages, ids, confidence=confidence, limits=limits)
    felt = emotion_map(own, ids, confidence=confidence, limits=limits)
    rivals = _rivals(data.of_rivals(plan.brand), ids, confidence=confidence)
    texts = {s.id: s for s in stages}
    quotes = stage_quotes(own.feedback_codes, own.event_stages, drawn.stages)
    led = None
    if "triggers" in plan.rows:
        led = triggers(own.event_stages, ids, confidence=confidence, limits=limits)
    return replace(
        drawn,
        scores=card_scores(own.feedback, confidence=confidence),
        rows=tuple(plan.rows),
        emotions=felt,
        card=_card(drawn, own.event_stages, plan, n_all),
        stages=tuple(
            replace(
                _of_study(stage, texts.get(stage.stage)),
                arrival=came.of(stage.stage),
                emotions=_felt_at(felt, stage),
                rivals_mood=rivals.get(stage.stage),
                quotes=quotes.get(stage.stage, ()),
                triggers=_led_on(led, stage.stage),
            )
            for stage in drawn.stages
        ),
    )


def through_of(steps: Funnel) -> Through:
    """Return the end of a funnel as the card shows it."""
    end = steps.end
    return Through(
        started=steps.n_started,
        reached=end.reached,
        share=end.share,
        low=end.low,
        high=end.high,
        within_days=float(steps.within) if isinstance(steps.within, (int, float)) else 0.0,
    )


def _of_study(stage: MapStage, texts: Stage | None) -> MapStage:
    if texts is None:
        return stage
    return replace(
        stage, actions=texts.actions, rivals=texts.rivals, planned_days=texts.planned_days
    )


def _felt_at(felt: EmotionMap, stage: MapStage) -> tuple[TouchpointEmotion, ...]:
    """Return the most frequent emotion at each touchpoint of the map, else of the stage."""
    known = {e.touchpoint: e for e in felt.of(stage.stage)}
    names = [t.touchpoint for t in stage.touchpoints if t.touchpoint in known]
    return tuple(known[name] for name in names or ([""] if "" in known else []))


def _led_on(led: Triggers | None, stage: str) -> tuple[Trigger, ...] | None:
    """Return the clear triggers of a stage; None where no touchpoint could be judged."""
    if led is None or not any(r.stage == stage for r in led.rows):
        return None
    return led.of(stage)


def _rivals(data: JourneyData, stages: list[str], *, confidence: float) -> dict[str, MoodPoint]:
    if data.feedback.empty:
        return {}
    answers = mood_answers(data.feedback, data.feedback_codes, data.event_stages)
    points = mood_at(
        answers, data.event_stages, places=[(s, "") for s in stages], confidence=confidence
    )
    return {p.stage: p for p in points if p.n}


def _card(drawn: JourneyMap, events: EventStages, plan: JourneyPlan, n_all: int) -> MapCard:
    channel, share = "", float("nan")
    if "channel" in events and drawn.n_customers:
        counts = customers_of_channels(coded_events(events))
        if counts:
            channel = max(counts, key=lambda name: (counts[name], name))
            share = counts[channel] / drawn.n_customers
    return MapCard(
        persona=plan.personas.get(drawn.segment or ALL),
        share=drawn.n_customers / n_all if n_all else float("nan"),
        n_all=n_all,
        channel=channel,
        channel_share=share,
    )
