"""How many customers are satisfied, and how the grades are spread."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.needs.answers import ALL, answers_of, with_groups
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share

if TYPE_CHECKING:
    from collections.abc import Mapping

GRADED_KINDS = ("nps", "csat", "ces", "rating", "satisfaction")
"""Kinds of feedback that carry a grade, in the order of a page."""
_TOP_GRADES = 2
_POINTS_FOR_TWO = 5  # on a shorter scale two grades would be nearly all


@dataclass(frozen=True, slots=True, kw_only=True)
class TopBox:
    """Satisfied customers of one group, on one kind of question."""

    kind: str
    grouping: str
    segment: str
    """``all`` for everybody."""
    n: int
    """Answers."""
    share: float
    """Of answers with one of the two highest grades (the highest, below five grades)."""
    low: float
    high: float
    mean: float
    scale_min: float
    scale_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction(Result):
    """Shares of satisfied answers: everybody first, then segments."""

    units: ClassVar[Mapping[str, Unit]] = {
        "kind": Unit.LABEL,
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "mean": Unit.SCORE,
        "scale_min": Unit.NUMBER,
        "scale_max": Unit.NUMBER,
    }

    rows: tuple[TopBox, ...]
    n_other_scale: int
    """Answers left out: no scale named, or not on the most used one of their kind."""
    telling: Telling

    def to_frame(self) -> pd.DataFrame:
        """Return one row per kind and group."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the share of satisfied answers of everybody, one per kind."""
        return tuple(
            Finding(
                id=f"needs/satisfaction/kind={r.kind}",
                kind="satisfied_share",
                subject={"kind": r.kind},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.telling.confidence,
                unit=Unit.SHARE,
                n=r.n,
                method="top grades, wilson clustered by customer",
                window=self.telling.window,
                status=self.telling.status(r.n),
                values={"mean": r.mean, "scale_max": r.scale_max},
            )
            for r in self.rows
            if r.segment == ALL
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCount:
    """Answers with one grade."""

    kind: str
    grade: float
    n: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeDistribution(Result):
    """Answers by grade, every grade of the scale in order."""

    units: ClassVar[Mapping[str, Unit]] = {
        "kind": Unit.LABEL,
        "grade": Unit.NUMBER,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
    }

    rows: tuple[GradeCount, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per kind and grade."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a distribution is looked at, the scores speak."""
        return ()


def satisfaction(
    feedback: pd.DataFrame,
    groups: pd.DataFrame | None = None,
    *,
    grouping: str = "",
    telling: Telling = USUAL,
) -> Satisfaction:
    """Return the share of satisfied answers for each kind of graded question but NPS.

    Satisfied means one of the two highest grades; of fewer than five grades, the highest. The
    answers of one kind are taken from its most used scale.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    groups : pandas.DataFrame, optional
        `customer_id` and `segment`.
    grouping : str
        Id of the grouping.
    telling : Telling
        Limits, confidence and window.
    """
    rows: list[TopBox] = []
    left_out = 0
    for kind in (k for k in GRADED_KINDS if k != "nps"):
        answers, other = _on_one_scale(feedback, kind)
        left_out += other
        if answers.empty:
            continue
        rows.append(_top_box(answers, (kind, "", ALL), telling.confidence))
        if groups is not None:
            known = with_groups(answers, groups)
            rows += [
                _top_box(own, (kind, grouping, str(name)), telling.confidence)
                for name, own in known.groupby("segment")
            ]
    return Satisfaction(rows=tuple(rows), n_other_scale=left_out, telling=telling)


def grade_distribution(feedback: pd.DataFrame, *, telling: Telling = USUAL) -> GradeDistribution:
    """Count the answers of each graded kind by grade, on the kind's most used scale.

    A kind with fewer answers than the limit for anything to be shown is left out.
    """
    rows: list[GradeCount] = []
    for kind in GRADED_KINDS:
        answers, _ = _on_one_scale(feedback, kind)
        if telling.limits.level(len(answers)) == "hidden":
            continue
        low, high = answers["scale_min"].iloc[0], answers["scale_max"].iloc[0]
        grades = answers["score"].round().clip(low, high)
        weights = answers["weight"] / answers["weight"].sum()
        for grade in range(int(low), int(high) + 1):
            here = grades == grade
            share = float(weights[here].sum())
            rows.append(GradeCount(kind=kind, grade=grade, n=int(here.sum()), share=share))
    return GradeDistribution(rows=tuple(rows))


def _on_one_scale(feedback: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, int]:
    answers, left_out = answers_of(feedback, kind)
    if kind == "satisfaction" or len(set(answers["question"].dropna())) > 1:
        answers = answers.loc[answers["question"].isna()]  # parts stand apart, see `likert`
    if answers.empty:
        return answers, left_out
    scales = answers.groupby(["scale_min", "scale_max"]).size().sort_values(kind="stable")
    low, high = scales.index[-1]
    kept = answers.loc[(answers["scale_min"] == low) & (answers["scale_max"] == high)]
    return kept, left_out + len(answers) - len(kept)


def _top_box(answers: pd.DataFrame, name: tuple[str, str, str], confidence: float) -> TopBox:
    low, high = answers["scale_min"].iloc[0], answers["scale_max"].iloc[0]
    top = _TOP_GRADES if high - low + 1 >= _POINTS_FOR_TWO else 1
    is_good = answers["score"] > high - top
    is_good = is_good.where(~answers["low_is_good"].astype(bool), answers["score"] < low + top)
    weight = answers["weight"] / answers["weight"].mean()
    own = pd.DataFrame({"hits": is_good * weight, "trials": weight})
    own = own.groupby(answers["unit"]).sum()
    found = clustered_share(own["hits"], own["trials"], confidence=confidence)
    return TopBox(
        kind=name[0],
        grouping=name[1],
        segment=name[2],
        n=len(answers),
        share=float(found.share),
        low=float(found.low),
        high=float(found.high),
        mean=float((answers["score"] * weight).mean()),
        scale_min=float(low),
        scale_max=float(high),
    )
