"""Which themes a segment names more or less often than the other customers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.needs.codebook import ThemeKind
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cjm_research.needs.voices import Voices

_KINDS = get_args(ThemeKind)
_BAD_KINDS, _GOOD_KINDS = ("pain",), ("delight",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTheme:
    """One theme in one segment, against all other customers of the grouping."""

    grouping: str
    segment: str
    theme: str
    theme_kind: str
    customers: int
    """Customers of the segment who name the theme."""
    n: int
    """Customers of the segment with a text."""
    share: float
    low: float
    high: float
    elsewhere: float
    """Share among the other customers."""
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentThemes(Result):
    """Themes by segment: segments by size, themes by how many name them."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[SegmentTheme, ...]
    n_asked: int
    """Members of the family of tests: segment x theme."""
    telling: Telling

    def of_kind(self, *kinds: str) -> SegmentThemes:
        """Return the themes of some kinds; the correction stays that of the whole family."""
        return replace(self, rows=tuple(r for r in self.rows if r.theme_kind in kinds))

    def is_clear(self, row: SegmentTheme) -> bool:
        """Tell whether a row's difference stands after the correction."""
        return row.p_adjusted < 1 - self.telling.confidence

    def public(self) -> SegmentThemes:
        """Return the cells of enough customers, so that none is given away."""
        least = self.telling.min_customers
        return replace(self, rows=tuple(r for r in self.rows if r.customers >= least))

    def clear(self) -> SegmentThemes:
        """Return the differences that stand after the correction, the largest first."""
        rows = sorted((r for r in self.rows if self.is_clear(r)), key=lambda r: -abs(r.difference))
        return replace(self, rows=tuple(rows))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the difference of each segment and theme; told when clear after correction."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: SegmentTheme) -> Finding:
        way = ("_more" if row.difference > 0 else "_less") if self.is_clear(row) else ""
        where = f"grouping={row.grouping}/segment={row.segment}/theme={row.theme}"
        return Finding(
            id=f"needs/segment_theme/{where}",
            kind=f"segment_theme{way}",
            subject={"grouping": row.grouping, "segment": row.segment, "theme": row.theme},
            estimate=row.share,
            low=row.low,
            high=row.high,
            reference=row.elsewhere,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family=f"needs/segment_theme/grouping={row.grouping}",
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="newcombe on customers, benjamini-hochberg",
            window=self.telling.window,
            direction=_direction(row),
            customers=row.customers,
            status=self.telling.status(
                row.n,
                named=row.customers if row.difference > 0 else None,
                is_clear=self.is_clear(row),
                theme=row.theme,
            ),
            values={"difference": row.difference, "theme_kind": row.theme_kind},
        )


def themes_by_segment(
    codes: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    grouping: str,
    telling: Telling = USUAL,
) -> SegmentThemes:
    """Compare each segment with all other customers of the grouping, theme by theme.

    The unit is the customer: several texts of one customer count once. All segments x themes
    are one family (Benjamini-Hochberg). Left out of the family before any result is known:
    segments below the limit for facts, and themes that fewer than `Telling.min_customers`
    customers of the grouping name.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    groups : pandas.DataFrame
        `customer_id` and `segment`; a customer may stand in several segments.
    grouping : str
        Id of the grouping, for findings.
    telling : Telling
        Limits, confidence and window.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    for column in ("customer_id", "segment"):
        if column not in groups:
            raise SchemaError.missing_column(column, table="groups", found=list(groups.columns))
    heard = voices(codes)
    pairs = groups[["customer_id", "segment"]].dropna()
    within = heard.among(pairs["customer_id"])
    themes = _asked(heard, within, telling.min_customers)
    hits = heard.named([name for name, _ in themes])
    members = {
        str(name): heard.among(own["customer_id"])
        for name, own in pairs.groupby("segment", sort=True)
    }
    rows: list[SegmentTheme] = []
    for segment in sorted(members, key=lambda s: (-int(members[s].sum()), s)):
        inside = members[segment]
        if telling.limits.level(int(inside.sum())) == "hidden" or not (within & ~inside).any():
            continue
        rows += _compared(
            (hits, heard.weights), (inside, within & ~inside), (grouping, segment), themes,
            confidence=telling.confidence,
        )  # fmt: skip
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    rows = [replace(r, p_adjusted=float(q)) for r, q in zip(rows, adjusted, strict=True)]
    return SegmentThemes(rows=tuple(rows), n_asked=len(rows), telling=telling)


def _asked(heard: Voices, within: NDArray[np.bool_], least: int) -> list[tuple[str, str]]:
    """Return the themes that enough customers name, pains first, the most named of each kind."""
    said = heard.said.loc[heard.said["theme"].notna().to_numpy()]
    said = said.loc[within[said["unit"].to_numpy()]]
    counts = said.groupby(["theme", "theme_kind"], observed=True)["unit"].nunique()
    counts = counts.loc[counts >= least].sort_index().sort_values(ascending=False, kind="stable")
    found = [(str(theme), str(kind)) for theme, kind in counts.index]
    return sorted(found, key=lambda pair: _KINDS.index(pair[1]))


def _compared(
    said: tuple[NDArray[np.float64], NDArray[np.float64]],
    sides: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    name: tuple[str, str],
    themes: list[tuple[str, str]],
    *,
    confidence: float,
) -> list[SegmentTheme]:
    hits, weights = said
    own, rest = (clustered_share(hits[s], weights[s], confidence=confidence) for s in sides)
    apart = share_difference(own, rest, confidence=confidence)
    return [
        SegmentTheme(
            grouping=name[0],
            segment=name[1],
            theme=theme,
            theme_kind=kind,
            customers=int((hits[sides[0], i] > 0).sum()),
            n=int(sides[0].sum()),
            share=float(own.share[i]),
            low=float(own.low[i]),
            high=float(own.high[i]),
            elsewhere=float(rest.share[i]),
            difference=float(apart.difference[i]),
            difference_low=float(apart.low[i]),
            difference_high=float(apart.high[i]),
            p=float(apart.p[i]),
            p_adjusted=float(apart.p[i]),
        )
        for i, (theme, kind) in enumerate(themes)
    ]


def _direction(row: SegmentTheme) -> Literal["good", "bad", "neutral"]:
    is_more = row.difference > 0
    if row.theme_kind in _BAD_KINDS:
        return "bad" if is_more else "good"
    if row.theme_kind in _GOOD_KINDS:
        return "good" if is_more else "bad"
    return "neutral"
