"""Which effects hold: corrections family by family, margins, and a verdict for each row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.experiments.families import Question, adjust_families
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.experiments.effect import Effect, Verdict

NAN = float("nan")


def judge(rows: Sequence[Effect], *, confidence: float) -> tuple[Effect, ...]:
    """Adjust the p-values family by family and give each row its verdict."""
    plain = [row for row in rows if row.is_main]
    questions = [
        Question(
            metric=row.metric, arm=row.arm, role=row.role, p=_asked(row), loading=_loading(row)
        )
        for row in plain
    ]
    answers = {
        (q.metric, q.arm): a for q, a in zip(questions, adjust_families(questions), strict=True)
    }
    judged = []
    for row in rows:
        if row.is_main:
            answer = answers[row.metric, row.arm]
            row = replace(  # noqa: PLW2901
                row, p_adjusted=answer.p, family=answer.family, n_questions=answer.n_questions
            )
        judged.append(replace(row, verdict=_verdict(row, 1 - confidence)))
    return tuple(judged)


def judge_rivals(rows: Sequence[Effect], *, confidence: float) -> tuple[Effect, ...]:
    """Judge one arm against several others: Holm, since no control is shared."""
    adjusted = adjust_p_values([row.p for row in rows], correction="holm")
    judged = []
    for row, p in zip(rows, adjusted, strict=True):
        family = "holm" if len(rows) > 1 else ""
        known = replace(row, p_adjusted=float(p), family=family, n_questions=len(rows))
        judged.append(replace(known, verdict=_verdict(known, 1 - confidence)))
    return tuple(judged)


def _asked(row: Effect) -> float:
    """Return the p that is corrected: with all looks counted where there are several."""
    return row.p_look if row.p_look == row.p_look else row.p


def _loading(row: Effect) -> float:
    """Return the control's share of the variance of the difference, were there no effect."""
    if not row.smaller_n:
        return NAN
    control, treated = 1 / row.control.n, 1 / row.treated.n
    if row.method != "score_test":
        control, treated = control * row.control.variance, treated * row.treated.variance
    both = control + treated
    return control / both if both > 0 else NAN


def _verdict(row: Effect, level: float) -> Verdict:
    if row.p != row.p:
        return "unknown"
    if row.role == "guardrail":
        return _guardrail_verdict(row)
    p = row.p_adjusted if row.is_main else row.p
    if p < level:
        return "better" if row.goodness > 0 else "worse"
    if row.p < level:
        return "not_after_correction"
    return "same" if row.margin is not None and row.p_margin < level else "no_difference"


def _guardrail_verdict(row: Effect) -> Verdict:
    """Judge harm by the interval: all within the margin, all beyond it, or neither."""
    least, most = (-row.high, -row.low) if row.better == "up" else (row.low, row.high)
    if row.margin is None:
        return "harmed" if least > 0 else "quiet"
    if most < row.margin:
        return "safe"
    return "harmed" if least > row.margin else "unclear"
