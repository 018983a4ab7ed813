"""Strengths, weaknesses, opportunities and threats, from what people say of us and of rivals."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.needs.scope import with_brand
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.means import Sample, compare_means

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cjm_research.needs.by_segment import SegmentTheme, SegmentThemes

SIDES = ("strength", "weakness", "opportunity", "threat")
_GOOD = {"strength": "good", "weakness": "bad", "opportunity": "good", "threat": "bad"}
_WORSE_IF_MORE, _BETTER_IF_MORE = "pain", "delight"
_FEWEST = 10  # people with and without a theme, for its weight in the grade


@dataclass(frozen=True, slots=True, kw_only=True)
class SwotRow:
    """One theme on one side."""

    side: str
    brand: str
    """Whose: ours for strengths and weaknesses, a rival's for the others."""
    theme: str
    theme_kind: str
    n: int
    share: float
    low: float
    high: float
    elsewhere: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Swot(Result):
    """Strengths, weaknesses, opportunities, threats; on each side the clearest first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "side": Unit.LABEL,
        "brand": Unit.LABEL,
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[SwotRow, ...]
    telling: Telling

    def leading(self, limit: int = 5) -> Swot:
        """Return the clearest rows of each side."""
        kept = [[r for r in self.rows if r.side == side][:limit] for side in SIDES]
        return replace(self, rows=tuple(r for rows in kept for r in rows))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per side and theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return every row: only differences that stand are in it."""
        return tuple(
            Finding(
                id=f"needs/swot/side={r.side}/brand={r.brand}/theme={r.theme}",
                kind=f"swot_{r.side}",
                subject={"side": r.side, "brand": r.brand, "theme": r.theme},
                estimate=r.share,
                low=r.low,
                high=r.high,
                reference=r.elsewhere,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="needs/segment_theme/grouping=brand",
                confidence=self.telling.confidence,
                unit=Unit.SHARE,
                n=r.n,
                method="newcombe on people, benjamini-hochberg",
                window=self.telling.window,
                direction=_GOOD[r.side],  # type: ignore[arg-type]
                customers=round(r.n * r.share),
                status=self.telling.status(r.n, theme=r.theme),
                values={"theme_kind": r.theme_kind},
            )
            for r in self.rows
        )


def swot(themes: SegmentThemes, *, own: str) -> Swot:
    """Sort the clear differences between brands from our point of view.

    Strength: a theme on which we are clearly better than all others together (a pain named
    less, a praise named more). Weakness: clearly worse. Opportunity: one rival is clearly
    worse than the others, and we are not: its customers may be won. Threat: one rival is
    clearly better, and we are not. What does not stand after the correction is nowhere.

    Parameters
    ----------
    themes : SegmentThemes
        What `rivals.brand_themes` gave.
    own : str
        Our brand. Without one there are no sides.
    """
    clear = [r for r in themes.rows if own and themes.is_clear(r)]
    ours = {r.theme: _is_better(r) for r in clear if r.segment == own}
    found: list[SwotRow] = []
    for row in clear:
        better = _is_better(row)
        if better is None:
            continue
        if row.segment == own:
            found.append(_row("strength" if better else "weakness", row))
        elif ours.get(row.theme) is not better:
            found.append(_row("threat" if better else "opportunity", row))
    found.sort(key=lambda r: (SIDES.index(r.side), -abs(r.share - r.elsewhere), r.brand, r.theme))
    return Swot(rows=tuple(found), telling=themes.telling)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandDriver:
    """How the grade of a brand goes with a theme."""

    brand: str
    theme: str
    theme_kind: str
    named: int
    """People who name it, with a grade."""
    n: int
    """People with a grade."""
    difference: float
    """Their mean grade, 0..1 of the scale, less that of the others."""
    difference_low: float
    difference_high: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandDrivers(Result):
    """What goes with the grade, theme by theme, brands side by side; association, not cause.

    The theme that most surely goes with a low grade of some brand comes first.
    """

    units: ClassVar[Mapping[str, Unit]] = {
        "brand": Unit.LABEL,
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "named": Unit.COUNT,
        "n": Unit.COUNT,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
    }

    rows: tuple[BrandDriver, ...]
    telling: Telling

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme and brand."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the table is read side by side."""
        return ()


def brand_drivers(codes: pd.DataFrame, *, own: str = "", telling: Telling = USUAL) -> BrandDrivers:
    """Compare, brand by brand, the grades of those who name a theme with those of the others.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave, with `brand` and `grade`.
    own : str
        Our brand, which stands first.
    telling : Telling
        Limits, confidence and window.

    Returns
    -------
    BrandDrivers
        Welch's intervals over people; pairs of fewer than ten people on a side are left out.
    """
    rows: list[BrandDriver] = []
    known = with_brand(codes)
    known = known.loc[known["grade"].notna()] if "grade" in known else known.iloc[:0]
    for brand, said in known.groupby("brand", observed=True, sort=True):
        grade = said.drop_duplicates("feedback_id").groupby("customer_id")["grade"].mean()
        themes = said[["theme", "theme_kind"]].dropna().drop_duplicates().sort_values("theme")
        for theme, kind in themes.itertuples(index=False):
            naming = grade.index.isin(
                said.loc[said["theme"].eq(theme).fillna(value=False), "customer_id"]
            )
            if min(naming.sum(), (~naming).sum()) < _FEWEST:
                continue
            apart = compare_means(
                _sample(grade.to_numpy()[naming]), _sample(grade.to_numpy()[~naming]),
                confidence=telling.confidence,
            )  # fmt: skip
            rows.append(
                BrandDriver(
                    brand=str(brand),
                    theme=str(theme),
                    theme_kind=str(kind),
                    named=int(naming.sum()),
                    n=len(grade),
                    difference=float(apart.estimate),
                    difference_low=float(apart.low),
                    difference_high=float(apart.high),
                    p=float(apart.p),
                )
            )
    worst: dict[str, float] = {}
    for row in rows:
        worst[row.theme] = min(worst.get(row.theme, 1.0), row.difference_high)
    rows.sort(key=lambda r: (worst[r.theme], r.theme, r.brand != own, -r.n, r.brand))
    return BrandDrivers(rows=tuple(rows), telling=telling)


def _sample(values: np.ndarray) -> Sample:
    return Sample(len(values), float(values.mean()), float(values.var(ddof=1)))


def _is_better(row: SegmentTheme) -> bool | None:
    """Tell whether a difference is good for its brand; None for what is neither good nor bad."""
    if row.theme_kind == _WORSE_IF_MORE:
        return row.difference < 0
    return row.difference > 0 if row.theme_kind == _BETTER_IF_MORE else None


def _row(side: str, row: SegmentTheme) -> SwotRow:
    return SwotRow(
        side=side,
        brand=row.segment,
        theme=row.theme,
        theme_kind=row.theme_kind,
        n=row.n,
        share=row.share,
        low=row.low,
        high=row.high,
        elsewhere=row.elsewhere,
        p=row.p,
        p_adjusted=row.p_adjusted,
    )
