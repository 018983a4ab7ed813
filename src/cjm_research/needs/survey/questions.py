"""Answers of a questionnaire: on the scale that is named, without "not applicable"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.needs.answers import answers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.survey import SurveyPlan


class Grades(NamedTuple):
    """Graded answers that name their question."""

    answers: pd.DataFrame
    """Columns of `answers_of`; each question on its most used scale."""
    n_left_out: int
    """Answers on no scale or on another one."""


def with_scales(feedback: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    """Return feedback with the scales of the study's questions, and no grade that is none.

    A scale that the data name is kept. A score that stands for "not applicable" becomes
    missing: it is never a grade.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    plan : SurveyPlan
        ``[survey]`` of the study.
    """
    if "question" not in feedback or not (plan.questions or plan.not_applicable):
        return feedback
    asked = feedback["question"].astype(object)
    known = {name: q for name, q in plan.questions.items() if q.scale is not None}
    filled = feedback.copy()
    for column, end in (("scale_min", 0), ("scale_max", 1)):
        planned = asked.map({n: q.scale[end] for n, q in known.items() if q.scale is not None})
        given = feedback.get(column, pd.Series(np.nan, feedback.index))
        filled[column] = given.fillna(planned.astype("float64"))
    turned = [name for name, q in plan.questions.items() if q.low_is_good]
    filled["low_is_good"] = asked.isin(turned).to_numpy(dtype=bool)
    if "score" in filled:
        filled["score"] = filled["score"].mask(_is_none(feedback, plan))
    return filled


def n_not_applicable(feedback: pd.DataFrame, plan: SurveyPlan) -> int:
    """Count the answers that stand for "not applicable"."""
    return int(_is_none(feedback, plan).sum())


def graded(feedback: pd.DataFrame, kind: str) -> Grades:
    """Return the graded answers of one kind that name a question.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave.
    kind : str
        Kind of feedback: ``satisfaction``, ``importance``, ``csat``.
    """
    answers, left_out = answers_of(feedback, kind)
    answers = answers.loc[answers["question"].notna()]
    if answers.empty:
        return Grades(answers, left_out)
    scale = answers["scale_max"] - answers["scale_min"] + answers["scale_max"] * 1e6
    usual = scale.groupby(answers["question"]).transform(lambda s: s.mode().iloc[0])
    kept = answers.loc[scale == usual].reset_index(drop=True)
    return Grades(kept, left_out + len(answers) - len(kept))


def height(answers: pd.DataFrame) -> pd.Series[float]:
    """Return each grade as 0..1 of its scale, 1 the good end."""
    share = (answers["score"] - answers["scale_min"]) / (
        answers["scale_max"] - answers["scale_min"]
    )
    return share.where(~answers["low_is_good"].astype(bool), 1 - share)


def is_top(answers: pd.DataFrame) -> NDArray[np.float64]:
    """Return 1 for one of the two best grades; of fewer than five grades, for the best."""
    width = (answers["scale_max"] - answers["scale_min"]).to_numpy()
    steps = np.where(width + 1 >= 5, 1.0, 0.0)
    best: NDArray[np.float64] = (height(answers) >= 1 - (steps + 1e-9) / width).to_numpy(np.float64)
    return best


def by_unit(answers: pd.DataFrame, values: NDArray[np.float64]) -> pd.DataFrame:
    """Return a table of units by question: the mean of the values of a unit's answers."""
    table = pd.DataFrame(
        {
            "unit": answers["unit"].to_numpy(),
            "question": answers["question"].to_numpy(),
            "value": values,
        }
    )
    return table.pivot_table(index="unit", columns="question", values="value", sort=True)


def unit_weights(answers: pd.DataFrame) -> pd.Series[float]:
    """Return the mean weight of each unit's answers."""
    weights: pd.Series[float] = answers.groupby("unit", sort=True)["weight"].mean()
    return weights


def _is_none(feedback: pd.DataFrame, plan: SurveyPlan) -> pd.Series[bool]:
    if "score" not in feedback or "question" not in feedback:
        return pd.Series(data=False, index=feedback.index)
    return feedback["score"].isin(plan.not_applicable) & feedback["question"].notna()
