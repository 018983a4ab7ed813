"""How the grades of several questions are spread: from the good end to the bad one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from cjm_research.needs.survey.questions import graded, height
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.nps import nps_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS = ("csat", "ces", "rating", "importance", "satisfaction")
"""Kinds of feedback whose questions are drawn side by side."""
_MOST_GRADES = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeShare:
    """Answers to one question with one grade."""

    kind: str
    question: str
    grade: float
    """As it was given."""
    share: float
    n: int
    """Answers to the question."""
    net: float
    """Of the question: share above the middle of its scale less the share below, -1..1."""
    low: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likert(Result):
    """Grades by question: kinds in order, in each the best net score first, grades rising."""

    units: ClassVar[Mapping[str, Unit]] = {
        "kind": Unit.LABEL,
        "question": Unit.LABEL,
        "grade": Unit.NUMBER,
        "share": Unit.SHARE,
        "n": Unit.COUNT,
        "net": Unit.POINTS,
        "low": Unit.POINTS,
        "high": Unit.POINTS,
        "mean": Unit.SCORE,
    }

    rows: tuple[GradeShare, ...]
    n_left_out: int
    """Answers on no scale or on another one than the usual of their question."""
    turned: tuple[str, ...]
    """Questions whose low grades are the good ones."""
    telling: Telling

    def questions(self) -> tuple[GradeShare, ...]:
        """Return the first row of each question, in order."""
        first: dict[tuple[str, str], GradeShare] = {}
        for row in self.rows:
            first.setdefault((row.kind, row.question), row)
        return tuple(first.values())

    def public(self) -> Likert:
        """Return the questions with enough answers for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def grades(self) -> Likert:
        """Return the questions whose grades are good or bad: all but those about importance."""
        return replace(self, rows=tuple(r for r in self.rows if r.kind != "importance"))

    def worst(self) -> Likert:
        """Return the questions with more bad grades than good ones, the worst first.

        How important something is, is neither good nor bad.
        """
        bad = [q for q in self.questions() if q.net < 0 and q.kind != "importance"]
        bad.sort(key=lambda q: (q.net, q.question))
        rows = tuple(
            r for q in bad for r in self.rows if (r.kind, r.question) == (q.kind, q.question)
        )
        return replace(self, rows=rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per question and grade."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the net score of each question: clear where its interval leaves out zero."""
        return tuple(
            Finding(
                id=f"needs/net_grade/kind={r.kind}/question={r.question}",
                kind="net_importance" if r.kind == "importance" else "net_grade",
                subject={"question": r.question, "kind": r.kind},
                estimate=r.net,
                low=r.low,
                high=r.high,
                confidence=self.telling.confidence,
                unit=Unit.POINTS,
                n=r.n,
                method="adjusted wald of a net share",
                window=self.telling.window,
                direction="neutral" if r.kind == "importance" else _direction(r.net),
                status=self.telling.status(r.n, is_clear=r.low > 0 or r.high < 0),
                values={"mean": r.mean},
            )
            for r in self.questions()
        )


def likert(
    feedback: pd.DataFrame, kinds: Sequence[str] = KINDS, *, telling: Telling = USUAL
) -> Likert:
    """Count the grades of each question, weighted, with its net score.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave: an answer without a scale is left out.
    kinds : sequence of str
        Kinds of feedback.
    telling : Telling
        Limits, confidence and window.
    """
    rows: list[GradeShare] = []
    left_out, turned = 0, []
    for kind in kinds:
        answers, other = graded(feedback, kind)
        left_out += other
        of_kind = []
        for question, own in answers.groupby("question", sort=True):
            if own["scale_max"].iloc[0] - own["scale_min"].iloc[0] < _MOST_GRADES:
                of_kind.append(_question(own, (kind, str(question)), telling.confidence))
            if bool(own["low_is_good"].iloc[0]):
                turned.append(str(question))
        of_kind.sort(key=lambda rows: (-rows[0].net, rows[0].question))
        rows += [r for own_rows in of_kind for r in own_rows]
    return Likert(rows=tuple(rows), n_left_out=left_out, turned=tuple(turned), telling=telling)


def _question(own: pd.DataFrame, name: tuple[str, str], confidence: float) -> list[GradeShare]:
    low, high = int(own["scale_min"].iloc[0]), int(own["scale_max"].iloc[0])
    weights = (own["weight"] / own["weight"].mean()).to_numpy()
    grades = own["score"].round().clip(low, high).to_numpy()
    side = np.sign(np.round(height(own).to_numpy() - 0.5, 9))
    counts = np.array([weights[side == s].sum() for s in (-1, 0, 1)])
    net = float((counts[2] - counts[0]) / counts.sum())
    off = pd.Series(weights * (side - net)).groupby(own["unit"].to_numpy()).sum()
    alone = float((weights * (side - net) ** 2).sum())
    effect = max(1.0, float((off**2).sum()) / alone) if alone > 0 else 1.0
    ends = nps_interval(counts, confidence=confidence, design_effect=effect)
    return [
        GradeShare(
            kind=name[0],
            question=name[1],
            grade=float(grade),
            share=float(weights[grades == grade].sum() / weights.sum()),
            n=len(own),
            net=net,
            low=float(ends.low) / 100,
            high=float(ends.high) / 100,
            mean=float(np.average(own["score"], weights=weights)),
        )
        for grade in range(low, high + 1)
    ]


def _direction(net: float) -> Literal["good", "bad"]:
    return "good" if net > 0 else "bad"
