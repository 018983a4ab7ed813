"""The journey map as plain data for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjm_research.present.figures.journey_map.texts import headline
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.map_result import JourneyMap, MapStage
    from cjm_research.present.words import Words
    from cjm_research.study.phrase import Phrase

VERSION = 1
"""Of the form; it grows when a reader of the old form could not read the new one."""


def map_data(result: JourneyMap, words: Sequence[Words]) -> dict[str, Any]:
    """Return the map as plain data that fits ``journey_map.schema.json``.

    Parameters
    ----------
    result : JourneyMap
        The map.
    words : sequence of Words
        One per language.
    """
    frame = result.to_frame()
    first, last = result.window or (None, None)
    return {
        "$schema": "journey_map.schema.json",
        "version": VERSION,
        "languages": [w.language for w in words],
        "headline": {w.language: headline(result, w) for w in words},
        "segment": result.segment or None,
        "window": {"first": first, "last": last},
        "confidence": result.confidence,
        "hidden_below": result.limits.facts_below,
        "n_customers": result.n_customers,
        "n_events": result.n_events,
        "rows": list(result.rows),
        "stages": [_stage(s, words) for s in result.stages],
        "units": {column: unit.value for column, unit in result.units.items()},
        "numbers": [
            {k: _value(v) for k, v in row.items() if not _is_missing(v)}
            for row in frame.to_dict("records")
        ],
        "labels": {
            column: {
                str(key): {w.language: w.label(column, key) for w in words}
                for key in sorted(map(str, frame[column].dropna().unique()))
            }
            for column, unit in result.units.items()
            if unit is Unit.LABEL
        },
    }


def _stage(stage: MapStage, words: Sequence[Words]) -> dict[str, Any]:
    """Return what is assumed of a stage; what was measured stands among the numbers."""
    assumed = {
        "goal": stage.goal,
        "expectation": stage.expectation,
        "actions": stage.actions,
        "rivals": stage.rivals,
        "opportunity": stage.action,
    }
    return {
        "id": stage.stage,
        "label": {w.language: w.label("stage", stage.stage) for w in words},
        "owner": stage.owner or None,
        "planned_days": stage.planned_days,
        "assumed": {name: _texts(p, words) for name, p in assumed.items() if p is not None},
        "quotes": [{"language": q.language, "text": q.text} for q in stage.quotes],
    }


def _texts(phrase: Phrase, words: Sequence[Words]) -> dict[str, str]:
    return {w.language: phrase.text(w.language) for w in words}


def _is_missing(value: object) -> bool:
    return bool(pd.isna(value))  # type: ignore[call-overload]


def _value(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
