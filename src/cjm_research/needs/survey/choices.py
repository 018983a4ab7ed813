"""Which options people choose: one or several of a question, of everybody and by segment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.answers import ALL, units_of
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.survey import SurveyPlan

NAN = float("nan")
_MIRRORED = 2  # segments: what one chooses more often, the other chooses less


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionShare:
    """One option of one question, among everybody who answered it or a segment of them."""

    question: str
    option: str
    grouping: str
    segment: str
    """``all`` for everybody."""
    customers: int
    n: int
    """Customers who answered the question."""
    share: float
    low: float
    high: float
    elsewhere: float
    """Share among the other customers; NaN for everybody."""
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices(Result):
    """Options by question: in the order of the study file, else the most chosen first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "question": Unit.LABEL,
        "option": Unit.LABEL,
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[OptionShare, ...]
    telling: Telling

    def questions(self) -> tuple[str, ...]:
        """Return the questions, in order."""
        return tuple(dict.fromkeys(r.question for r in self.rows))

    def of(self, question: str) -> Choices:
        """Return one question, such as why the last purchase was made."""
        return replace(self, rows=tuple(r for r in self.rows if r.question == question))

    def but(self, question: str) -> Choices:
        """Return all questions but one, which is shown elsewhere."""
        return replace(self, rows=tuple(r for r in self.rows if r.question != question))

    def everybody(self) -> Choices:
        """Return the shares of everybody, of questions with enough answers to be shown."""
        kept = (r for r in self.rows if r.segment == ALL and self._is_public(r))
        return replace(self, rows=tuple(kept))

    def differing(self) -> Choices:
        """Return the segments' shares that differ from the others after the correction.

        Of two segments the one that chooses an option more often is told: the other is its mirror.
        """
        segments = {r.segment for r in self.rows} - {ALL}
        kept = (
            r
            for r in self.rows
            if r.p_adjusted < 1 - self.telling.confidence
            and self._is_public(r)
            and (len(segments) != _MIRRORED or r.share > r.elsewhere)
        )
        return replace(self, rows=tuple(kept))

    def _is_public(self, row: OptionShare) -> bool:
        few = row.customers < self.telling.min_customers and row.segment != ALL
        return self.telling.limits.is_enough(row.n) and not few

    def to_frame(self) -> pd.DataFrame:
        """Return one row per question, segment and option."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the most chosen option of each question, and segments that differ."""
        top: dict[str, tuple[float, OptionShare]] = {}
        for row in self.rows:
            if row.segment == ALL and row.share > top.get(row.question, (0.0, row))[0]:
                top[row.question] = (row.share, row)
        told = [row for _, row in top.values()] + [r for r in self.rows if r.segment != ALL]
        return tuple(self._finding(r) for r in told)

    def _finding(self, row: OptionShare) -> Finding:
        subject = {"question": row.question, "option": row.option}
        is_all = row.segment == ALL
        if not is_all:
            subject |= {"grouping": row.grouping, "segment": row.segment}
        return Finding(
            id="/".join(["needs/choice", *(f"{k}={v}" for k, v in subject.items())]),
            kind="choice_share" if is_all else "choice_segment",
            subject=subject,
            estimate=row.share,
            low=row.low,
            high=row.high,
            reference=None if is_all else row.elsewhere,
            p=None if is_all else row.p,
            p_adjusted=None if is_all else row.p_adjusted,
            family=None if is_all else "needs/choice",
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="wilson on customers, weighted",
            window=self.telling.window,
            customers=row.customers,
            status=self.telling.status(
                row.n,
                named=row.customers,
                is_clear=is_all or row.p_adjusted < 1 - self.telling.confidence,
            ),
        )


def choices(
    feedback: pd.DataFrame,
    groups: pd.DataFrame | None = None,
    *,
    plan: SurveyPlan,
    grouping: str = "",
    telling: Telling = USUAL,
) -> Choices:
    """Count who chose each option, among those who answered the question.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`: answers of kind ``choice``, the option in `text`.
    groups : pandas.DataFrame, optional
        `customer_id` and `segment`: each segment is compared with the other customers of the
        table. All questions, options and segments are one family (Benjamini-Hochberg).
    plan : SurveyPlan
        Where several options stand in one cell, and the order of the options.
    grouping : str
        Id of the grouping, for findings.
    telling : Telling
        Limits, confidence and window.
    """
    answers = _chosen(feedback, plan)
    rows: list[OptionShare] = []
    compared: list[OptionShare] = []
    for question, own in answers.groupby("question", sort=False):
        name = str(question)
        units, hits, weights = _table(own, _options(own, name, plan))
        options = list(hits.columns)
        everybody = np.ones(len(units), dtype=bool)
        all_of = (name, "", ALL)
        rows += _rows((hits.to_numpy(), weights), everybody, all_of, options, telling)
        for segment, inside, within in _sides(units, groups):
            if telling.limits.level(int(inside.sum())) == "hidden" or not (within & ~inside).any():
                continue
            these = (name, grouping, segment)
            compared += _rows(
                (hits.to_numpy(), weights), inside, these, options, telling, within & ~inside
            )
    adjusted = adjust_p_values([r.p for r in compared], correction="benjamini_hochberg")
    rows += [replace(r, p_adjusted=float(q)) for r, q in zip(compared, adjusted, strict=True)]
    return Choices(rows=tuple(rows), telling=telling)


def _chosen(feedback: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    """Return one row per unit, question and option."""
    columns = ["unit", "customer_id", "question", "option", "weight"]
    if not {"question", "text"} <= set(feedback.columns):
        return pd.DataFrame(columns=columns)
    is_choice = feedback["kind"].eq("choice") & feedback["question"].notna()
    rows = feedback.loc[(is_choice & feedback["text"].notna()).to_numpy(dtype=bool)]
    texts = rows["text"].astype(object).tolist()
    names = rows["question"].astype(object).tolist()
    split = [
        [t.strip() for t in text.split(plan.questions[q].separator) if t.strip()]
        if q in plan.questions and plan.questions[q].several
        else [text.strip()]
        for text, q in zip(texts, names, strict=True)
    ]
    made = pd.DataFrame(
        {
            "unit": units_of(rows),
            "customer_id": rows.get("customer_id", pd.Series(pd.NA, rows.index)),
            "question": names,
            "option": split,
            "weight": rows.get("weight", pd.Series(1.0, rows.index)).fillna(1.0),
        }
    )
    return made.explode("option").dropna(subset=["option"]).reset_index(drop=True)


def _options(own: pd.DataFrame, question: str, plan: SurveyPlan) -> list[str]:
    counts = own["option"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    found = [str(o) for o in counts.index]
    declared = plan.questions[question].options if question in plan.questions else {}
    return [*(o for o in declared if o in found), *(o for o in found if o not in declared)]


def _table(
    own: pd.DataFrame, options: Sequence[str]
) -> tuple[pd.Index, pd.DataFrame, NDArray[np.float64]]:
    codes, units = pd.factorize(own["unit"], sort=True)
    hits = np.zeros((len(units), len(options)))
    hits[codes, pd.Index(options).get_indexer(pd.Index(own["option"]))] = 1.0
    weights = own["weight"].groupby(codes).mean().sort_index().to_numpy()
    return pd.Index(units), pd.DataFrame(hits, columns=list(options)), weights / weights.mean()


def _sides(
    units: pd.Index, groups: pd.DataFrame | None
) -> list[tuple[str, NDArray[np.bool_], NDArray[np.bool_]]]:
    if groups is None:
        return []
    pairs = groups[["customer_id", "segment"]].dropna()
    within = np.asarray(units.isin(pairs["customer_id"].astype(object)))
    return [
        (str(name), np.asarray(units.isin(own["customer_id"].astype(object))), within)
        for name, own in pairs.groupby("segment", sort=True)
    ]


def _rows(  # one shape for everybody and for a segment
    said: tuple[NDArray[np.float64], NDArray[np.float64]],
    inside: NDArray[np.bool_],
    name: tuple[str, str, str],
    options: Sequence[str],
    telling: Telling,
    rest: NDArray[np.bool_] | None = None,
) -> list[OptionShare]:
    hits, weights = said
    sides = [inside] if rest is None else [inside, rest]
    found = [
        clustered_share(hits[s] * weights[s, None], weights[s], confidence=telling.confidence)
        for s in sides
    ]
    own = found[0]
    apart = (
        share_difference(own, found[1], confidence=telling.confidence) if rest is not None else None
    )
    return [
        OptionShare(
            question=name[0],
            option=option,
            grouping=name[1],
            segment=name[2],
            customers=int(hits[inside, i].sum()),
            n=int(inside.sum()),
            share=float(own.share[i]),
            low=float(own.low[i]),
            high=float(own.high[i]),
            elsewhere=float(found[1].share[i]) if apart is not None else NAN,
            p=float(apart.p[i]) if apart is not None else NAN,
            p_adjusted=float(apart.p[i]) if apart is not None else NAN,
        )
        for i, option in enumerate(options)
    ]
