"""Needs of each segment: who names them, how well they are met, which pains block them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.answers import ALL
from cjm_research.needs.survey.questions import graded, is_top
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.voices import Voices
    from cjm_research.study.model import Study
    from cjm_research.study.survey import SurveyPlan

NAN = float("nan")
NEEDS = ("need_basic", "need_form")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMet:
    """One need in one segment."""

    theme: str
    theme_kind: str
    grouping: str
    segment: str
    """``all`` for everybody."""
    customers: int
    n: int
    """Customers of the segment who wrote."""
    share: float
    low: float
    high: float
    met: float
    """Share who are satisfied with it, of those asked; NaN where no question asks about it."""
    asked: int
    """Customers who were asked."""
    pain_theme: str | None
    """The pain that blocks it and that most of the segment name; None without one."""
    pain_share: float
    """Share of the segment's writers who name that pain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsMet(Result):
    """Needs: everybody first, then segments, the most named need first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "met": Unit.SHARE,
        "asked": Unit.COUNT,
        "pain_theme": Unit.LABEL,
        "pain_share": Unit.SHARE,
    }

    rows: tuple[NeedMet, ...]
    telling: Telling

    def public(self) -> NeedsMet:
        """Return the rows of enough customers; what too few were asked about has no share."""
        is_enough, least = self.telling.limits.is_enough, self.telling.min_customers
        kept = (
            replace(r, met=r.met if is_enough(r.asked) else NAN)
            for r in self.rows
            if is_enough(r.n) and r.customers >= least
        )
        return replace(self, rows=tuple(kept))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and need."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: shares and differences of needs are told by other results."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """What follows from one pain."""

    need_theme: str | None
    """The need that the pain blocks."""
    pain_theme: str
    share: float
    """Of all who wrote, who name the pain."""
    customers: int
    remedy: str | None
    """Key of what to change: the pain's own id, where the codebook says something."""
    owner: str | None
    test: str | None
    """Id of a hypothesis or an experiment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Result):
    """Need, pain, what to change, owner, test: the most named pain first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "need_theme": Unit.LABEL,
        "pain_theme": Unit.LABEL,
        "share": Unit.SHARE,
        "customers": Unit.COUNT,
        "remedy": Unit.LABEL,
        "owner": Unit.LABEL,
        "test": Unit.LABEL,
    }

    rows: tuple[ChainLink, ...]
    telling: Telling

    def public(self) -> Chain:
        """Return the pains that enough customers name."""
        least = self.telling.min_customers
        return replace(self, rows=tuple(r for r in self.rows if r.customers >= least))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pain."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the chain repeats what pains and needs tell."""
        return ()


def needs_met(
    codes: pd.DataFrame,
    feedback: pd.DataFrame,
    groups: tuple[pd.DataFrame, str],
    *,
    codebook: Codebook | None,
    plan: SurveyPlan,
    telling: Telling = USUAL,
) -> NeedsMet:
    """Say for each need and segment who names it, how well it is met and what blocks it.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    feedback : pandas.DataFrame
        What `with_scales` gave: answers of kind ``satisfaction`` to the questions that the
        study links with a need.
    groups : tuple of pandas.DataFrame, str
        `customer_id` and `segment`, and the grouping's id: what `groups_of` gave.
    codebook : Codebook or None
        Whose pains name the need that they block.
    plan : SurveyPlan
        Whose questions name the need that they ask about.
    telling : Telling
        Limits, confidence and window.
    """
    if codebook is None:
        return NeedsMet(rows=(), telling=telling)
    members_of, grouping = groups
    heard = voices(codes)
    kinds = codebook.kinds
    themes = [t for t in kinds if kinds[t] in NEEDS]
    blocking = {t.id: t.need for t in codebook.themes if t.kind == "pain" and t.need}
    met = _satisfied(feedback, plan)
    everybody = np.ones(len(heard.units), dtype=bool)
    sides: list[tuple[str, str, NDArray[np.bool_], pd.Series[str] | None]] = [
        ("", ALL, everybody, None)
    ]
    for name, table in members_of.dropna(subset=["segment"]).groupby("segment", sort=True):
        members = table["customer_id"].dropna()
        sides.append((grouping, str(name), heard.among(members), members))
    rows = []
    for of, segment, inside, own in sides:
        answers = met if own is None else met.loc[rows_of(met["unit"], own)]
        found = [
            _row(heard, inside, (theme, kinds[theme]), blocking, telling)
            for theme in themes
            if inside.any()
        ]
        found = [replace(_with_met(r, answers), grouping=of, segment=segment) for r in found]
        rows += sorted(found, key=lambda r: (-r.share, r.theme))
    return NeedsMet(rows=tuple(rows), telling=telling)


def chain(
    codes: pd.DataFrame,
    codebook: Codebook | None,
    *,
    study: Study,
    telling: Telling = USUAL,
) -> Chain:
    """Return for each pain the need that it blocks, what to change, who owns it, the test.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    codebook : Codebook or None
        Whose pains carry ``need``, ``change``, ``owner`` and ``test``.
    study : Study
        Owner of each stage, for pains without one of their own; ideas and experiments that
        name the pain, for pains without a test of their own.
    telling : Telling
        Limits, confidence and window.
    """
    pains = [t for t in codebook.themes if t.kind == "pain"] if codebook is not None else []
    heard = voices(codes)
    owners = {s.id: s.owner for s in study.stages}
    tests = {h.theme: h.experiment or h.id for h in reversed(study.hypotheses) if h.theme}
    hits = heard.named([t.id for t in pains])
    shares = hits.sum(axis=0) / heard.weights.sum() if len(heard.units) else hits.sum(axis=0)
    rows = [
        ChainLink(
            need_theme=t.need,
            pain_theme=t.id,
            share=float(shares[i]),
            customers=int((hits[:, i] > 0).sum()),
            remedy=t.id if t.change is not None else None,
            owner=t.owner or owners.get(t.stage or "") or None,
            test=t.test or tests.get(t.id),
        )
        for i, t in enumerate(pains)
        if t.need or t.change or t.test or t.id in tests
    ]
    rows.sort(key=lambda r: (-r.share, r.pain_theme))
    return Chain(rows=tuple(rows), telling=telling)


def _satisfied(feedback: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    """Return unit, need, weight and 1 for satisfied, of the questions about a need."""
    of_need = {name: q.need for name, q in plan.questions.items() if q.need}
    answers = graded(feedback, "satisfaction").answers
    answers = answers.loc[answers["question"].isin(list(of_need))]
    return pd.DataFrame(
        {
            "unit": answers["unit"],
            "need": answers["question"].astype(object).map(of_need),
            "weight": answers["weight"],
            "top": is_top(answers) if len(answers) else np.zeros(0),
        }
    )


def _row(
    heard: Voices,
    inside: NDArray[np.bool_],
    theme: tuple[str, str],
    blocking: Mapping[str, str | None],
    telling: Telling,
) -> NeedMet:
    pains = [p for p, need in blocking.items() if need == theme[0]]
    hits = heard.named([theme[0], *pains])[inside]
    weights = heard.weights[inside]
    found = clustered_share(hits, weights, confidence=telling.confidence)
    counts = (hits > 0).sum(axis=0)
    worst = max(range(1, len(counts)), key=lambda i: found.share[i], default=0)
    is_named = worst > 0 and counts[worst] >= telling.min_customers
    return NeedMet(
        theme=theme[0],
        theme_kind=theme[1],
        grouping="",
        segment=ALL,
        customers=int(counts[0]),
        n=int(inside.sum()),
        share=float(found.share[0]),
        low=float(found.low[0]),
        high=float(found.high[0]),
        met=NAN,
        asked=0,
        pain_theme=pains[worst - 1] if is_named else None,
        pain_share=float(found.share[worst]) if is_named else NAN,
    )


def _with_met(row: NeedMet, answers: pd.DataFrame) -> NeedMet:
    own = answers.loc[answers["need"] == row.theme]
    if own.empty:
        return row
    met = float(np.average(own["top"], weights=own["weight"]))
    return replace(row, met=met, asked=int(own["unit"].nunique()))
