"""Scores of the map's card: the Net Promoter Score, and the share of satisfied answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cjm_research.journey.answers import NPS_SCALE, upright
from cjm_research.journey.placing import need
from cjm_research.journey.shares import Difference
from cjm_research.stats.clustered import ClusteredShare, clustered_share, share_difference
from cjm_research.stats.nps import nps_difference, nps_interval, nps_parts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ScoreKind = Literal["nps", "csat"]
TOP_GRADES, POINTS_FOR_TWO = 2, 5
"""Satisfied is who gives one of the two highest grades; of fewer than five, the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardScore:
    """One score of all customers of a map, with what a comparison needs."""

    kind: ScoreKind
    n: int
    """Answers."""
    score: float
    """NPS on -100..100; a share for CSAT."""
    low: float
    high: float
    counts: tuple[float, float, float]
    """Detractors, passives, promoters; for CSAT others, none, satisfied."""
    design_effect: float
    """Answers that tell as much as one, for customers may answer several times."""


def card_scores(feedback: pd.DataFrame, *, confidence: float = 0.95) -> tuple[CardScore, ...]:
    """Return the scores that the answers allow: NPS, then CSAT.

    Counted as the report of pains and needs counts them: an NPS answer is on a scale that the
    data say is 0 to 10; CSAT answers are on their most used scale, and satisfied is one of its
    two highest grades. Several answers of one customer widen the interval.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Canonical feedback.
    confidence : float, default 0.95
        Of the intervals: Rocks' for NPS, Wilson's clustered by customer for CSAT.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If `confidence` is out of range.
    """
    need(feedback, ("feedback_id", "kind"), table="feedback")
    feedback = upright(feedback)
    promoters = _answers(feedback, "nps")
    is_nps = (promoters["scale_min"] == NPS_SCALE[0]) & (promoters["scale_max"] == NPS_SCALE[1])
    satisfied = _answers(feedback, "csat")
    scales = satisfied.groupby(["scale_min", "scale_max"]).size().sort_values(kind="stable")
    if len(scales):
        low, high = scales.index[-1]
        on_scale = (satisfied["scale_min"] == low) & (satisfied["scale_max"] == high)
        satisfied = satisfied.loc[on_scale]
    found = (_nps(promoters.loc[is_nps], confidence), _csat(satisfied, confidence))
    return tuple(score for score in found if score.n)


def compare_scores(first: CardScore, second: CardScore, *, confidence: float) -> Difference:
    """Compare one score of two maps: NPS in points of its scale, CSAT as shares.

    Parameters
    ----------
    first, second : CardScore
        Of one kind.
    confidence : float
        Of the interval.
    """
    if first.kind == "nps":
        gap = nps_difference(
            first.counts,
            second.counts,
            confidence=confidence,
            design_effects=(first.design_effect, second.design_effect),
        )
        return Difference(float(gap.difference), float(gap.low), float(gap.high), float(gap.p))
    ends = share_difference(_clustered(first), _clustered(second), confidence=confidence)
    return Difference(*(float(x) for x in ends))


def _answers(feedback: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the graded answers of a kind on a scale that the data name, each answer once."""
    columns = ["feedback_id", "customer_id", "score", "scale_min", "scale_max"]
    rows = feedback.reindex(columns=[*columns, "kind"])
    rows = rows.loc[(rows["kind"] == kind).fillna(value=False).to_numpy(dtype=bool), columns]
    grades = dict.fromkeys(("score", "scale_min", "scale_max"), "float64")
    rows = rows.astype(grades).drop_duplicates("feedback_id")
    rows = rows.loc[rows["score"].between(rows["scale_min"], rows["scale_max"])]
    own = "#" + rows["feedback_id"].astype("string[pyarrow]")
    return rows.assign(unit=rows["customer_id"].astype("string[pyarrow]").fillna(own))


def _units(answers: pd.DataFrame) -> NDArray[np.int64]:
    return np.unique(answers["unit"].to_numpy(dtype=object), return_inverse=True)[1]


def _nps(answers: pd.DataFrame, confidence: float) -> CardScore:
    parts = nps_parts(answers["score"], clusters=_units(answers) if len(answers) else ())
    found = nps_interval(parts.counts, confidence=confidence, design_effect=parts.design_effect)
    detractors, passives, promoters = (float(n) for n in parts.counts)
    return CardScore(
        kind="nps",
        n=len(answers),
        score=float(found.score),
        low=float(found.low),
        high=float(found.high),
        counts=(detractors, passives, promoters),
        design_effect=float(parts.design_effect),
    )


def _csat(answers: pd.DataFrame, confidence: float) -> CardScore:
    units = _units(answers) if len(answers) else np.empty(0, dtype=np.int64)
    top = 0.0
    if len(answers):
        low, high = answers["scale_min"].iloc[0], answers["scale_max"].iloc[0]
        top = high - (TOP_GRADES if high - low + 1 >= POINTS_FOR_TWO else 1)
    is_satisfied = (answers["score"] > top).to_numpy(dtype=np.float64)
    hits, trials = np.bincount(units, weights=is_satisfied), np.bincount(units)
    found = clustered_share(hits, trials, confidence=confidence)
    return CardScore(
        kind="csat",
        n=len(answers),
        score=float(found.share),
        low=float(found.low),
        high=float(found.high),
        counts=(len(answers) - float(hits.sum()), 0.0, float(hits.sum())),
        design_effect=float(found.design_effect),
    )


def _clustered(score: CardScore) -> ClusteredShare:
    effective = score.n / score.design_effect
    plain = (score.score, score.low, score.high, effective, score.design_effect)
    return ClusteredShare(*(np.asarray(x) for x in plain))
