"""How many customers name each theme, how bad it is for them, what stands behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from cjm_research.needs.codebook import ThemeKind
from cjm_research.needs.severity import customer_severity
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.voices import Voices

NAN = float("nan")
_DIRECTIONS: Mapping[str, Literal["good", "bad", "neutral"]] = {"pain": "bad", "delight": "good"}
_KINDS = get_args(ThemeKind)
_SENTENCES = {
    "pain": "pain_share",
    "delight": "delight_share",
    "need_basic": "need_share",
    "need_form": "need_share",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeShare:
    """One theme: who names it, how bad it is."""

    theme: str
    theme_kind: str
    stage: str | None
    customers: int
    """Customers who name it."""
    n: int
    """Customers with a text."""
    share: float
    low: float
    high: float
    severity: float
    severity_low: float
    severity_high: float
    pain: float
    """Share times severity; NaN for what is no pain."""
    revenue: float
    """Of the customers who name it; NaN where it is not known."""


@dataclass(frozen=True, slots=True)
class AnyPain:
    """Customers who name at least one pain."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeShares(Result):
    """Themes: pains in the order of pain, then needs, delights and others by share."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "severity": Unit.SHARE,
        "severity_low": Unit.SHARE,
        "severity_high": Unit.SHARE,
        "pain": Unit.SHARE,
        "revenue": Unit.MONEY,
    }

    rows: tuple[ThemeShare, ...]
    n: int
    """Customers with a text: the base of every share."""
    n_unknown: int
    """Texts without a customer, each counted as a customer of its own."""
    any_pain: AnyPain
    telling: Telling

    def leading(self) -> ThemeShares:
        """Return the first theme that may be told, alone: the pain of the largest product."""
        told = [r for r in self.rows if self._finding(r).status == "shown"]
        return replace(self, rows=tuple(told[:1]))

    def most_named(self) -> ThemeShares:
        """Return the most named theme that may be told, alone."""
        ranked = sorted(self.rows, key=lambda r: (-r.share, r.theme))
        return replace(self, rows=tuple(ranked)).leading()

    def of_kind(self, *kinds: str) -> ThemeShares:
        """Return the themes of some kinds only."""
        return replace(self, rows=tuple(r for r in self.rows if r.theme_kind in kinds))

    def public(self) -> ThemeShares:
        """Return the themes that enough customers name, so that none is given away."""
        least = self.telling.min_customers
        enough = self.telling.limits.level(self.n) != "hidden"
        return replace(self, rows=tuple(r for r in self.rows if enough and r.customers >= least))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return what share of customers names each theme that may be shown."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: ThemeShare) -> Finding:
        return Finding(
            id=f"needs/theme_share/theme={row.theme}",
            kind=_kind_of(row),
            subject={"theme": row.theme} | ({"stage": row.stage} if row.stage else {}),
            estimate=row.share,
            low=row.low,
            high=row.high,
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="wilson on customers",
            window=self.telling.window,
            direction=_DIRECTIONS.get(row.theme_kind, "neutral"),
            customers=row.customers,
            money=None if row.revenue != row.revenue else row.revenue,
            status=self.telling.status(row.n, named=row.customers, theme=row.theme),
            values={
                "severity": row.severity,
                "named": row.customers,
                "theme_kind": row.theme_kind,
            },
        )


def theme_shares(
    codes: pd.DataFrame,
    themes: Sequence[tuple[str, str]] | None = None,
    *,
    features: pd.DataFrame | None = None,
    telling: Telling = USUAL,
) -> ThemeShares:
    """Count the customers who name each theme, among all customers with a text.

    Interviews are not counted here: see `interview_themes`. Texts that say nothing and doubles
    of one customer are left out. A theme that fewer than `Telling.min_customers` name keeps
    its count and loses its words: its finding is hidden.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    themes : sequence of (theme, kind), optional
        The themes to count, so that one that nobody names is a zero; those found if absent.
    features : pandas.DataFrame, optional
        `customer_id` and `revenue`, for the money behind a theme.
    telling : Telling
        Limits, confidence and window.

    Returns
    -------
    ThemeShares
        Shares with Wilson intervals (clustered by customer and weighted, where the feedback
        has weights); severity with t intervals over customers.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    heard = voices(codes)
    known = list(themes) if themes is not None else _found(heard)
    names = [name for name, _ in known]
    hits = heard.named(names)
    found = clustered_share(hits, heard.weights, confidence=telling.confidence)
    customers = (hits > 0).sum(axis=0)
    by_theme = dict(iter(heard.said.groupby("theme", observed=True)))
    money = _revenue(features, heard.units)
    rows = [
        _row(
            heard,
            (name, kind, by_theme.get(name, heard.said.iloc[:0])),
            ends=(float(found.share[i]), float(found.low[i]), float(found.high[i])),
            customers=int(customers[i]),
            money=money,
            confidence=telling.confidence,
        )
        for i, (name, kind) in enumerate(known)
    ]
    rows.sort(key=_order)
    unknown = heard.said.loc[heard.said["customer_id"].isna(), "unit"].nunique()
    pains = np.array([kind == "pain" for _, kind in known], dtype=bool)
    return ThemeShares(
        rows=tuple(rows),
        n=len(heard.units),
        n_unknown=unknown,
        any_pain=_any_pain(hits[:, pains], heard, telling.confidence),
        telling=telling,
    )


def _any_pain(hits: NDArray[np.float64], heard: Voices, confidence: float) -> AnyPain:
    pained = hits.max(axis=1, initial=0.0)
    found = clustered_share(pained, heard.weights, confidence=confidence)
    return AnyPain(float(found.share), float(found.low), float(found.high))


def _row(
    heard: Voices,
    theme: tuple[str, str, pd.DataFrame],
    *,
    ends: tuple[float, float, float],
    customers: int,
    money: pd.Series[float] | None,
    confidence: float,
) -> ThemeShare:
    name, kind, said = theme
    severity = customer_severity(said, confidence=confidence)
    stages = said["stage"].dropna() if "stage" in said else said["theme"].iloc[:0]
    revenue = NAN
    if money is not None and len(said):
        revenue = float(money.iloc[said["unit"].unique()].sum())
    return ThemeShare(
        theme=name,
        theme_kind=kind,
        stage=str(stages.mode().iloc[0]) if len(stages) else None,
        customers=customers,
        n=len(heard.units),
        share=ends[0],
        low=ends[1],
        high=ends[2],
        severity=severity.mean,
        severity_low=severity.low,
        severity_high=severity.high,
        pain=ends[0] * severity.mean if kind == "pain" else NAN,
        revenue=revenue,
    )


def _kind_of(row: ThemeShare) -> str:
    kind = _SENTENCES.get(row.theme_kind, "theme_share")
    return f"{kind}_at_stage" if row.stage and kind == "pain_share" else kind


def _order(row: ThemeShare) -> tuple[int, float, str]:
    return (_KINDS.index(row.theme_kind), -(row.share if row.pain != row.pain else row.pain),
            row.theme)  # fmt: skip


def _found(heard: Voices) -> list[tuple[str, str]]:
    pairs = heard.said[["theme", "theme_kind"]].dropna().drop_duplicates().sort_values("theme")
    return [(str(t), str(k)) for t, k in pairs.itertuples(index=False)]


def _revenue(features: pd.DataFrame | None, units: pd.Index) -> pd.Series[float] | None:
    """Return the revenue of each unit, missing where none is known; None of customers without."""
    if features is None or "revenue" not in features or not features["revenue"].any():
        return None
    known = features.set_index("customer_id")["revenue"]
    at = positions_of(units, known.index)
    return known.reset_index(drop=True).reindex(at)
