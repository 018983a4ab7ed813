"""What stands behind each theme: the score of those who name it, how many they are, their money."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.bootstrap import cluster_draws, spread_of
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.pains import ThemeShares

    Floats = NDArray[np.float64]

OUTCOMES = ("nps", "rating", "csat")
"""Kinds of feedback whose grade a theme is held against; the one with the most texts."""
KINDS = ("pain", "delight")
_SEED = 20_260_103
_FEWEST = 10
"""Answers that name a theme, below which its score is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeImpact:
    """One theme."""

    theme: str
    theme_kind: str
    customers: int
    """Customers who name it, of all who wrote."""
    revenue: float
    """Of these customers; NaN where it is not known."""
    answers: int
    """Graded answers whose text names it."""
    n: int
    """Graded answers with a text."""
    with_it: float
    """Score of the answers that name it: NPS, else the mean grade on 0..10."""
    without_it: float
    difference: float
    """`with_it` less `without_it`."""
    low: float
    high: float
    pull: float
    """Score of all answers less that of the answers without it."""
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeImpacts(Result):
    """Themes: the one that pulls the score down most comes first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "customers": Unit.COUNT,
        "revenue": Unit.MONEY,
        "answers": Unit.COUNT,
        "n": Unit.COUNT,
        "with_it": Unit.SCORE,
        "without_it": Unit.SCORE,
        "difference": Unit.SCORE,
        "low": Unit.SCORE,
        "high": Unit.SCORE,
        "pull": Unit.SCORE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[ThemeImpact, ...]
    outcome: str
    """Kind of feedback whose grade it is."""
    telling: Telling

    def is_clear(self, row: ThemeImpact) -> bool:
        """Tell whether the effect stands after the correction."""
        return row.p_adjusted < 1 - self.telling.confidence

    def public(self) -> ThemeImpacts:
        """Return the themes that enough answers name, among enough answers."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n) and r.answers >= _FEWEST)
        return replace(self, rows=kept)

    def harming(self) -> ThemeImpacts:
        """Return the pains that pull the score down."""
        rows = tuple(r for r in self.rows if r.theme_kind == "pain" and r.pull < 0)
        return replace(self, rows=rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the score that goes with each theme: told when clear after correction."""
        is_nps = self.outcome == "nps"
        return tuple(
            Finding(
                id=f"needs/theme_impact/theme={r.theme}",
                kind="theme_impact_nps" if is_nps else "theme_impact",
                subject={"theme": r.theme, "kind": self.outcome},
                estimate=r.difference,
                low=r.low,
                high=r.high,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="needs/theme_impact",
                confidence=self.telling.confidence,
                unit=Unit.NPS if is_nps else Unit.SCORE,
                n=r.n,
                method="difference of scores, bootstrap of customers, benjamini-hochberg",
                window=self.telling.window,
                direction="bad" if r.difference < 0 else "good",
                customers=r.customers,
                money=None if r.revenue != r.revenue else r.revenue,
                status=self.telling.status(
                    r.n, named=r.answers, is_clear=self.is_clear(r), theme=r.theme
                ),
                values={
                    "with_it": r.with_it,
                    "without_it": r.without_it,
                    "pull": r.pull,
                    "named": r.answers,
                },
            )
            for r in self.rows
        )


def theme_impact(
    codes: pd.DataFrame, shares: ThemeShares, *, outcome: str = "", telling: Telling = USUAL
) -> ThemeImpacts:
    """Compare the score of the answers that name a theme with that of the others.

    It says what goes with what: an angry customer names more pains. Intervals: percentiles of
    draws of customers, the same in every run; all themes are one family (Benjamini-Hochberg).

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave: texts that came with a grade on a known scale.
    shares : ThemeShares
        Of the same texts: customers and money behind each theme.
    outcome : str
        Kind of feedback: ``nps``, ``rating``, ``csat``; the one with the most texts if empty.
    telling : Telling
        Limits, confidence and window.
    """
    graded = _graded(codes, outcome)
    known = [r for r in shares.rows if r.theme_kind in KINDS]
    if graded.empty or not known:
        return ThemeImpacts(rows=(), outcome="", telling=telling)
    kind = str(graded["kind"].iloc[0])
    answers = graded.drop_duplicates("feedback_id")
    ids = pd.Index(answers["feedback_id"])
    value = _value(answers["grade"].to_numpy(dtype=np.float64), kind)
    weight = answers["weight"].fillna(1.0).to_numpy(dtype=np.float64)
    hits = _hits(graded, ids, [r.theme for r in known])
    units = pd.factorize(answers["unit"])[0]
    sums = _sums(units, hits, value, weight)
    estimate = _effects(np.ones((1, sums.shape[1])), sums)[0]
    batches = cluster_draws(sums.shape[1], np.random.default_rng(_SEED))
    draws = np.concatenate([_effects(c, sums) for c in batches])
    ends = spread_of(draws, estimate, confidence=telling.confidence)
    everybody = float(np.average(value, weights=weight))
    rows = []
    for i, row in enumerate(known):
        with_it, without_it = _means(sums[:, :, i].sum(axis=1))
        if not hits[:, i].any() or without_it != without_it:
            continue
        rows.append(
            ThemeImpact(
                theme=row.theme,
                theme_kind=row.theme_kind,
                customers=row.customers,
                revenue=row.revenue,
                answers=int(hits[:, i].sum()),
                n=len(answers),
                with_it=with_it,
                without_it=without_it,
                difference=with_it - without_it,
                low=float(ends.low[i]),
                high=float(ends.high[i]),
                pull=everybody - without_it,
                p=float(ends.p[i]),
                p_adjusted=float(ends.p[i]),
            )
        )
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    rows = [replace(r, p_adjusted=float(q)) for r, q in zip(rows, adjusted, strict=True)]
    rows.sort(key=lambda r: (r.pull, r.theme))
    return ThemeImpacts(rows=tuple(rows), outcome=kind, telling=telling)


def _graded(codes: pd.DataFrame, outcome: str) -> pd.DataFrame:
    said = voices(codes).said
    if "grade" not in said:
        return said.iloc[:0]
    kinds = [outcome] if outcome else list(OUTCOMES)
    rows = said.loc[said["grade"].notna() & said["kind"].isin(kinds)]
    if rows.empty:
        return rows
    counts = rows.drop_duplicates("feedback_id")["kind"].value_counts()
    most = max(counts.index, key=lambda k: (counts[k], -kinds.index(k)))
    chosen: pd.DataFrame = rows.loc[rows["kind"] == most]
    return chosen


def _value(grade: Floats, kind: str) -> Floats:
    if kind != "nps":
        return 10 * grade
    return np.select([grade >= 0.9, grade >= 0.7], [100.0, 0.0], -100.0)


def _hits(graded: pd.DataFrame, ids: pd.Index, themes: list[str]) -> NDArray[np.bool_]:
    hits = np.zeros((len(ids), len(themes)), dtype=bool)
    rows = graded.loc[graded["theme"].isin(themes)]
    hits[ids.get_indexer(pd.Index(rows["feedback_id"])),
         pd.Index(themes).get_indexer(pd.Index(rows["theme"]))] = True  # fmt: skip
    return hits


def _sums(
    units: NDArray[np.intp], hits: NDArray[np.bool_], value: Floats, weight: Floats
) -> Floats:
    """Return sums by unit and theme, shape (4, units, themes): value and weight, with, without."""
    n = int(units.max()) + 1
    out = np.zeros((4, n, hits.shape[1]))
    for k, own in enumerate((hits, hits, ~hits, ~hits)):
        each = own * (weight * (value if k % 2 == 0 else 1.0))[:, None]
        np.add.at(out[k], units, each)
    return out


def _means(sums: Floats) -> tuple[float, float]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(sums[0] / sums[1]), float(sums[2] / sums[3])


def _effects(counts: Floats, sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        with_it, without_it = (counts @ sums[k] / (counts @ sums[k + 1]) for k in (0, 2))
    effect: Floats = with_it - without_it
    return effect
