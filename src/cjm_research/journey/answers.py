"""Which mood an answer tells: its grade, else the tone of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.journey.placing import need, placed, touchpoint_stages

if TYPE_CHECKING:
    from cjm_research.journey.coded_events import EventStages

GRADED = ("nps", "csat", "ces", "rating", "satisfaction")
"""Kinds of feedback whose score says how the customer feels, more being better."""
NPS_SCALE = (0.0, 10.0)
"""Scale of an NPS answer that names none."""


def mood_answers(
    feedback: pd.DataFrame,
    feedback_codes: pd.DataFrame,
    event_stages: EventStages | pd.Series[str],
) -> pd.DataFrame:
    """Return one row per answer that tells a mood.

    The mood of an answer is its score, put on -1 to 1 by the ends of its scale; where there is
    no such score, the mean tone of its sentences.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Canonical feedback. A score without a scale, or of a kind that is not a grade, tells
        no mood; an NPS answer without a scale has that of `NPS_SCALE`. With `low_is_good`, where
        a question's low grades are the good ones.
    feedback_codes : pandas.DataFrame
        Sentences with `feedback_id`, `sentence` and `sentiment`.
    event_stages : pandas.DataFrame, CodedEvents or Series
        Tells the stage of each touchpoint; or these stages, as `touchpoint_stages` gives them.

    Returns
    -------
    pandas.DataFrame
        `feedback_id`, `customer_id`, `stage`, `touchpoint`, `mood`, `is_graded`.
    """
    need(feedback, ("feedback_id", "kind"), table="feedback")
    need(feedback_codes, ("feedback_id", "sentence", "sentiment"), table="feedback_codes")
    stages = touchpoint_stages(event_stages)
    answers = placed(feedback, stages)
    said = _places_said(feedback_codes, stages)
    answers["stage"] = answers["stage"].fillna(answers["feedback_id"].map(said))
    sentences = feedback_codes.drop_duplicates(["feedback_id", "sentence"])
    tone = sentences.groupby("feedback_id", observed=True)["sentiment"].mean()
    grade = _grades(upright(feedback))
    answers["mood"] = grade.fillna(answers["feedback_id"].map(tone).astype("float64"))
    answers["is_graded"] = grade.notna()
    columns = ["feedback_id", "customer_id", "stage", "touchpoint", "mood", "is_graded"]
    return answers.loc[answers["mood"].notna(), columns].reset_index(drop=True)


def upright(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return feedback in which a high grade is the good one: others are turned on their scale.

    Examples
    --------
    >>> effort = pd.DataFrame({"score": [2.0], "scale_min": 1, "scale_max": 7, "low_is_good": True})
    >>> upright(effort)["score"].tolist()
    [6.0]
    """
    if not {"low_is_good", "score", "scale_min", "scale_max"} <= set(feedback):
        return feedback
    score, low, high = (feedback[c].astype("float64") for c in ("score", "scale_min", "scale_max"))
    is_turned = feedback["low_is_good"].fillna(value=False).astype(bool)
    return feedback.assign(score=score.mask(is_turned, low + high - score))


def _grades(feedback: pd.DataFrame) -> pd.Series[float]:
    empty = pd.Series(np.nan, index=feedback.index, dtype="float64")
    score, low, high = (feedback.get(c, empty).astype("float64")
                        for c in ("score", "scale_min", "scale_max"))  # fmt: skip
    is_nps = feedback["kind"] == "nps"
    low = low.mask(is_nps & low.isna(), NPS_SCALE[0])
    high = high.mask(is_nps & high.isna(), NPS_SCALE[1])
    usable = feedback["kind"].isin(GRADED) & (high > low) & (score >= low) & (score <= high)
    return (2 * (score - low) / (high - low) - 1).where(usable)


def _places_said(feedback_codes: pd.DataFrame, stage_of: pd.Series[str]) -> pd.Series[str]:
    """Return the stage of each feedback that speaks of one stage only."""
    rows = placed(feedback_codes, stage_of).dropna(subset=["stage"])
    stages = rows.groupby("feedback_id", observed=True)["stage"].agg(["first", "nunique"])
    return stages.loc[stages["nunique"] == 1, "first"]
