"""The journey map as a table: one row per number that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjm_research.journey.map_result import JourneyMap, MapStage

Row = dict[str, object]
SHARES = ("share", "low", "high")
SHOWN = 3
"""Touchpoints and pains of a stage that the map has room for."""
TRIGGERS = 2
"""Triggers of a stage that the map has room for."""


def map_rows(journey: JourneyMap) -> Iterator[Row]:
    """Give the rows of the table: of the card first, then stage by stage."""
    changes = {(c.map_row, c.stage, c.name): c for c in journey.changes}
    for row in _all_rows(journey):
        name = row.get("touchpoint") or row.get("theme") or ""
        change = changes.get((str(row["map_row"]), str(row.get("stage") or ""), str(name)))
        if change is None:
            yield row
        else:
            column = next((f"{c}_change" for c in ("mood", "nps") if c in row), "change")
            yield row | {column: change.difference, f"{column}_low": change.low,
                         f"{column}_high": change.high}  # fmt: skip


def _all_rows(journey: JourneyMap) -> Iterator[Row]:
    yield from _card(journey)
    for stage in journey.stages:
        here = {"stage": stage.stage}
        yield {**here, "map_row": "reach", "n": stage.flow.customers, "share": stage.flow.share}
        for rows in (
            _touchpoints,
            _triggers,
            _mood,
            _emotions,
            _pains,
            _flow,
            _planned,
            _opportunity,
        ):
            for row in rows(journey, stage):
                yield here | row


def _card(journey: JourneyMap) -> Iterator[Row]:
    yield {"map_row": "customers", "n": journey.n_customers}
    if journey.card.share == journey.card.share:
        yield {"map_row": "segment_share", "n": journey.card.n_all, "share": journey.card.share}
    if journey.card.channel:
        yield {"map_row": "channel", "channel": journey.card.channel,
               "n": journey.n_customers, "share": journey.card.channel_share}  # fmt: skip
    mood = journey.mood
    if journey.is_shown(mood.n):
        yield {"map_row": "overall_mood", "n": mood.n, "mood": mood.overall,
               "mood_low": mood.overall_low, "mood_high": mood.overall_high}  # fmt: skip
    through = journey.through
    if through is not None:
        yield {"map_row": "through", "n": through.started, "share": through.share,
               "low": through.low, "high": through.high}  # fmt: skip
    for score in journey.scores:
        if journey.is_shown(score.n):
            names = ("nps", "nps_low", "nps_high") if score.kind == "nps" else SHARES
            ends = (score.score, score.low, score.high)
            yield {"map_row": score.kind, "n": score.n, **dict(zip(names, ends, strict=True))}


def _touchpoints(_journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    for t in stage.touchpoints:
        yield {"map_row": "touchpoint", "touchpoint": t.touchpoint,
               "n": t.customers, "share": t.share, "low": t.low, "high": t.high}  # fmt: skip


def _triggers(_journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    for t in (stage.triggers or ())[:TRIGGERS]:
        yield {"map_row": "trigger", "touchpoint": t.touchpoint, "n": t.n,
               "times": t.times, "times_low": t.low, "times_high": t.high}  # fmt: skip


def _mood(journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    for m in stage.mood:
        row: Row = {"map_row": "mood", "touchpoint": m.touchpoint, "n": m.n}
        known = {"mood": m.mood, "mood_low": m.low, "mood_high": m.high}
        yield row | known if journey.is_shown(m.n) else row
    others = [("mood_lost", m) for m in journey.lost_mood if m.stage == stage.stage]
    others += [("rivals", stage.rivals_mood)] if stage.rivals_mood is not None else []
    for map_row, m in others:
        if journey.is_shown(m.n):
            yield {"map_row": map_row, "touchpoint": m.touchpoint, "n": m.n,
                   "mood": m.mood, "mood_low": m.low, "mood_high": m.high}  # fmt: skip


def _emotions(journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    for e in stage.emotions:
        if journey.is_shown(e.n):
            yield {"map_row": "emotion", "touchpoint": e.touchpoint, "emotion": e.emotion,
                   "n": e.n, "share": e.share, "low": e.low, "high": e.high}  # fmt: skip


def _pains(journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    for p in stage.pains[:SHOWN]:
        if journey.is_shown(p.n):
            yield {"map_row": "pain", "theme": p.theme,
                   "n": p.n, "share": p.share, "low": p.low, "high": p.high}  # fmt: skip


def _flow(journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    flow = stage.flow
    if not journey.is_shown(flow.customers):
        return
    if stage is not journey.stages[-1]:
        yield {"map_row": "on", "n": flow.customers, "share": flow.on, "low": flow.on_low,
               "high": flow.on_high, "days": flow.half_moved_days}  # fmt: skip
    if stage is not journey.stages[0]:
        yield {"map_row": "back", "n": flow.customers, "share": flow.back,
               "low": flow.back_low, "high": flow.back_high}  # fmt: skip
    if flow.began_again:
        yield {"map_row": "again", "n": flow.customers, "share": flow.again,
               "low": flow.again_low, "high": flow.again_high}  # fmt: skip


def _planned(journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    arrival = stage.arrival
    if arrival is not None and journey.is_shown(arrival.n):
        yield {"map_row": "planned", "n": arrival.n, "share": arrival.share,
               "low": arrival.low, "high": arrival.high}  # fmt: skip
        if arrival.other:
            yield {"map_row": "otherwise", "from_stage": arrival.other, "n": arrival.n,
                   "share": arrival.other_share}  # fmt: skip
    if stage.planned_days is not None:
        yield {"map_row": "planned_days", "days": stage.planned_days}


def _opportunity(_journey: JourneyMap, stage: MapStage) -> Iterator[Row]:
    best = stage.best
    if best is not None:
        yield {"map_row": "opportunity", "theme": best.theme, "score": best.score,
               "n": round(best.affected), "mood": best.loss,
               "mood_low": best.loss_low, "mood_high": best.loss_high}  # fmt: skip
