"""Which tests form one family, and how its p-values are adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cjm_research.stats.multiplicity import adjust_p_values, dunnett_p_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Question(NamedTuple):
    """One test: does this arm change this metric."""

    metric: str
    arm: str
    role: str
    p: float
    loading: float
    """The control's share of the variance of the difference."""


class Answer(NamedTuple):
    """The adjusted p-value of one test, and of which family it is."""

    p: float
    family: str
    """``dunnett``, ``holm`` or ``benjamini_hochberg``; empty where one test stands alone."""
    n_questions: int


def adjust_families(questions: Sequence[Question]) -> list[Answer]:
    """Adjust every p-value within its family.

    Success metrics are one family: Dunnett where several arms share one metric, Holm where
    there are several metrics (over all metrics and arms). The other metrics are explored
    together by Benjamini-Hochberg. A guardrail stands alone: each must hold, so that the
    chance of passing all wrongly is no larger than that of passing one.

    Parameters
    ----------
    questions : Sequence of Question
        In any order; a NaN p was not asked.

    Returns
    -------
    list of Answer
        One per question, in their order.
    """
    answers = [Answer(q.p, "", 1) for q in questions]
    for role in ("success", "other"):
        asked = [i for i, q in enumerate(questions) if q.role == role and q.p == q.p]
        if len(asked) < 2:
            continue
        family, adjusted = _adjusted([questions[i] for i in asked], role)
        for i, p in zip(asked, adjusted, strict=True):
            answers[i] = Answer(float(p), family, len(asked))
    return answers


def _adjusted(asked: Sequence[Question], role: str) -> tuple[str, NDArray[np.float64]]:
    p_values = [q.p for q in asked]
    if role == "other":
        adjusted = adjust_p_values(p_values, correction="benjamini_hochberg")
        return "benjamini_hochberg", adjusted
    loadings = [q.loading for q in asked]
    has_loadings = all(x == x for x in loadings)
    if len({q.metric for q in asked}) == 1 and has_loadings:
        return "dunnett", dunnett_p_values(p_values, loadings)
    return "holm", adjust_p_values(p_values, correction="holm")
