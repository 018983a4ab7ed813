"""Everything that the customer journey map shows, computed from one study's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.journey.answers import mood_answers
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.flow import flow
from cjm_research.journey.map_quotes import first_quotes
from cjm_research.journey.map_result import JourneyMap, MapStage
from cjm_research.journey.map_table import SHOWN
from cjm_research.journey.mood import mood_at, mood_by_stage, mood_by_touchpoint
from cjm_research.journey.opportunities import opportunities
from cjm_research.journey.pains import named_pains, stage_pains
from cjm_research.journey.telling import USUAL
from cjm_research.journey.touchpoints import as_met, touchpoint_reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.coded_events import CodedEvents
    from cjm_research.journey.data import JourneyData
    from cjm_research.journey.mood import MoodPoint
    from cjm_research.journey.touchpoints import Touchpoint
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Stage


def journey_map(
    data: JourneyData,
    stages: Sequence[Stage],
    *,
    segment: str = "",
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> JourneyMap:
    """Compute the customer journey map.

    Parameters
    ----------
    data : JourneyData
        Events, feedback and its codes, of all customers or of one segment.
    stages : sequence of Stage
        Stages in the order of the journey; goals, expectations, actions and owners are theirs.
    segment : str
        Name of the segment that the data are of; empty for all customers.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If there is no stage, or a value is out of its range.
    """
    ids = tuple(s.id for s in stages)
    events = coded_events(data.event_stages)
    moved = flow(
        events, ids, purchases=data.purchases, observed_until=observed_until,
        confidence=confidence, limits=limits,
    )  # fmt: skip
    reach = touchpoint_reach(events, ids, confidence=confidence)
    answers = mood_answers(data.feedback, data.feedback_codes, events)
    mood = mood_by_stage(answers, events, stages=ids, confidence=confidence, limits=limits)
    finer = mood_by_touchpoint(answers, events, stages=ids, confidence=confidence, limits=limits)
    pains = stage_pains(
        data.feedback_codes, events, stages=ids, confidence=confidence, limits=limits
    )
    named = named_pains(data.feedback_codes, events)
    ranked = opportunities(pains, named, answers=answers, flow=moved)
    met = {s: _most_met(reach.of(s), as_met(events, s)) for s in ids}
    drawn = tuple(
        MapStage(
            stage=stage.id,
            goal=stage.goal,
            expectation=stage.expectation,
            action=stage.opportunity,
            owner=stage.owner or "",
            flow=moved.of(stage.id),
            touchpoints=met[stage.id],
            mood=_points(met[stage.id], finer.of(stage.id), mood.of(stage.id)[0], limits),
            pains=pains.of(stage.id),
            writers=dict(pains.writers)[stage.id],
            best=ranked.best_of(stage.id),
        )
        for stage in stages
    )
    places = [(p.stage, p.touchpoint) for s in drawn for p in s.mood]
    left = answers.loc[answers["customer_id"].isin(data.lost)]
    return JourneyMap(
        stages=drawn,
        segment=segment,
        n_customers=moved.n_customers,
        n_events=len(events),
        window=_window(events, observed_until),
        flow=moved,
        pains=pains,
        mood=mood,
        touchpoint_mood=finer,
        opportunities=ranked,
        quotes=first_quotes(data.feedback_codes, events, ranked),
        lost_mood=mood_at(left, events, places=places, confidence=confidence),
        confidence=confidence,
        limits=limits,
    )


def _most_met(reach: tuple[Touchpoint, ...], order: list[str]) -> tuple[Touchpoint, ...]:
    """Return the touchpoints that most customers meet, in the order in which they do."""
    return tuple(sorted(reach[:SHOWN], key=lambda t: order.index(t.touchpoint)))


def _points(
    met: tuple[Touchpoint, ...],
    by_touchpoint: tuple[MoodPoint, ...],
    whole: MoodPoint,
    limits: Limits,
) -> tuple[MoodPoint, ...]:
    """Return the mood at each touchpoint of the map, or at the stage if too few spoke there."""
    known = {p.touchpoint: p for p in by_touchpoint}
    points = tuple(known[t.touchpoint] for t in met if t.touchpoint in known)
    is_enough = any(limits.level(p.n) in ("estimates", "claims") for p in points)
    return points if is_enough else (whole,)


def _window(events: CodedEvents, until: pd.Timestamp | str | None) -> tuple[str, str] | None:
    """Return the first and last day, in the zone of the end; UTC if it has none."""
    if events.window is None:
        return None
    zone = (pd.Timestamp(until).tz if until is not None else None) or "UTC"
    first, last = (pd.Timestamp(t, unit="us", tz="UTC").tz_convert(zone) for t in events.window)
    return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
