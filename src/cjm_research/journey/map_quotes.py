"""Customers' own sentences for the journey map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.journey.map_parts import Quote
from cjm_research.journey.placing import need, placed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.map_result import MapStage
    from cjm_research.journey.opportunities import Opportunities

QUOTE_LENGTH = (25, 90)
"""Characters of a sentence that may stand on the map; a Chinese one is as wide as two letters."""


def first_quotes(
    feedback_codes: pd.DataFrame, event_stages: EventStages, ranked: Opportunities
) -> tuple[Quote, ...]:
    """Return one sentence per language about the first opportunity: the saddest short one.

    Parameters
    ----------
    feedback_codes : pandas.DataFrame
        Redacted sentences with themes, language and sentiment.
    event_stages : pandas.DataFrame
        Tells the stage of each touchpoint.
    ranked : Opportunities
        The first of them is spoken about.
    """
    if not ranked.rows:
        return ()
    first = ranked.rows[0]
    rows = _short(feedback_codes, event_stages)
    if rows is None:
        return ()
    return _one_per_language(_about(rows, first.stage, first.theme))


def stage_quotes(
    feedback_codes: pd.DataFrame, event_stages: EventStages, stages: Iterable[MapStage]
) -> dict[str, tuple[Quote, ...]]:
    """Return one sentence per language and stage: about its most frequent pain, else its mood.

    Where nobody names a pain at a stage, the sentence is the one farthest from indifferent on
    the side of the stage's mean tone.

    Parameters
    ----------
    feedback_codes : pandas.DataFrame
        Redacted sentences with themes, language and sentiment.
    event_stages : pandas.DataFrame
        Tells the stage of each touchpoint.
    stages : iterable of MapStage
        Stages with their pains, the most frequent first.
    """
    rows = _short(feedback_codes, event_stages)
    if rows is None:
        return {}
    found = {}
    for stage in stages:
        here = rows.loc[(rows["stage"] == stage.stage).fillna(value=False)]
        pain = stage.best.theme if stage.best is not None else ""
        told = _about(here, stage.stage, pain) if pain else here.iloc[:0]
        if told.empty:
            is_sad = bool(here["sentiment"].mean() < 0)
            told = here.assign(sentiment=here["sentiment"] * (1 if is_sad else -1))
        found[stage.stage] = _one_per_language(told)
    return found


def _short(feedback_codes: pd.DataFrame, event_stages: EventStages) -> pd.DataFrame | None:
    """Return the sentences that fit on a map; None where there are no texts at all."""
    if "text" not in feedback_codes:
        return None
    need(feedback_codes, ("language", "text", "sentiment"), table="feedback_codes")
    rows = placed(feedback_codes, event_stages)
    wide = 1 + (rows["language"] == "zh").fillna(value=False).astype("int8")
    return rows.loc[(rows["text"].str.len() * wide).between(*QUOTE_LENGTH).fillna(value=False)]


def _about(rows: pd.DataFrame, stage: str, theme: str) -> pd.DataFrame:
    return rows.loc[
        (rows["stage"] == stage).fillna(value=False) & (rows["theme"] == theme).fillna(value=False)
    ]


def _one_per_language(rows: pd.DataFrame) -> tuple[Quote, ...]:
    """Return the saddest sentence of each language."""
    rows = rows.dropna(subset=["sentiment", "language"])
    rows = rows.sort_values(["sentiment", "feedback_id", "sentence"], kind="stable")
    best = rows.drop_duplicates("language").sort_values("language")
    return tuple(
        Quote(language=str(language), text=str(text))
        for language, text in best[["language", "text"]].itertuples(index=False)
    )
