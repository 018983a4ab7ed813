"""Where and when a pain is named more often: stage, touchpoint, channel, period."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.answers import period_of
from cjm_research.needs.stages import CORRECTION, stage_of_rows, with_corrected
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share
from cjm_research.stats.contrast import clustered_contrast
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.answers import Wave
    from cjm_research.needs.by_segment import SegmentThemes
    from cjm_research.needs.stages import StagePains
    from cjm_research.needs.voices import Voices
    from cjm_research.study.plans import Stage

DIMENSIONS = ("stage", "touchpoint", "channel", "period")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePain:
    """One pain at one place or in one period, against all other feedback."""

    dimension: str
    """``stage``, ``touchpoint``, ``channel`` or ``period``."""
    place: str
    """A stage, a touchpoint, a channel, or the first day of a period."""
    theme: str
    customers: int
    """Customers who name the pain there."""
    n: int
    """Customers who wrote there."""
    share: float
    low: float
    high: float
    elsewhere: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePains(Result):
    """Pains by place: the clearest difference first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "channel": Unit.LABEL,
        "period": Unit.DATE,
        "theme": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[PlacePain, ...]
    n_asked: int
    """Members of the family of tests."""
    telling: Telling

    def is_clear(self, row: PlacePain) -> bool:
        """Tell whether a row's difference stands after the correction."""
        return row.p_adjusted < 1 - self.telling.confidence

    def clear(self) -> PlacePains:
        """Return the pains that are clearly more frequent at a place, the largest gap first."""
        least = self.telling.min_customers
        kept = [
            r
            for r in self.rows
            if self.is_clear(r) and r.share > r.elsewhere and r.customers >= least
        ]
        kept.sort(key=lambda r: (r.elsewhere - r.share, r.place, r.theme))
        return replace(self, rows=tuple(kept))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per place and pain."""
        rows = [{**asdict(r), r.dimension: r.place} for r in self.rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return where each pain is more or less frequent; told when clear after correction."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: PlacePain) -> Finding:
        is_more = row.share > row.elsewhere
        way = ("_more" if is_more else "_less") if self.is_clear(row) else ""
        return Finding(
            id=f"needs/pain_place/{row.dimension}={row.place}/theme={row.theme}",
            kind=f"pain_{row.dimension}{way}",
            subject={row.dimension: row.place, "theme": row.theme},
            estimate=row.share,
            low=row.low,
            high=row.high,
            reference=row.elsewhere,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="needs/pain_place",
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="difference clustered by customer, benjamini-hochberg",
            window=self.telling.window,
            direction="bad" if is_more else "good",
            customers=row.customers,
            status=self.telling.status(
                row.n,
                named=row.customers if is_more else None,
                is_clear=self.is_clear(row),
                theme=row.theme,
            ),
        )


def pains_by_place(
    codes: pd.DataFrame,
    *,
    stages: Sequence[Stage] = (),
    wave: Wave = "quarter",
    telling: Telling = USUAL,
) -> PlacePains:
    """Compare each stage, touchpoint, channel and period with all other feedback, pain by pain.

    The unit is a customer at a place; one who wrote at several is on both sides, which the
    variance, clustered by customer, takes into account. A pain that the codebook gives a stage
    of its own is not compared by stage: it is nowhere else by definition. Left out before any
    result is known: places below the limit for facts, and pains that fewer than
    `Telling.min_customers` name.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    stages : sequence of Stage, optional
        Of the study: they say at which stage a touchpoint is.
    wave : {"quarter", "month", "year", ""}
        Length of a period; none if empty.
    telling : Telling
        Limits, confidence and window.
    """
    heard = voices(codes)
    named = heard.said.loc[heard.said["theme_kind"].eq("pain").fillna(value=False)]
    counts = named.groupby("theme", observed=True)["unit"].nunique()
    pains = sorted(counts.index[counts >= telling.min_customers])
    at = stage_of_rows(heard.said, stages)
    rows: list[PlacePain] = []
    for dimension in DIMENSIONS if pains else ():
        asked = pains if dimension != "stage" else _at_several_stages(heard.said, at, pains)
        where = (
            at["at"] if dimension == "stage" else _places(heard.said, dimension, wave, telling.zone)
        )
        rows += _of_dimension(heard, dimension, where, asked, telling) if asked else []
    q = adjust_p_values([r.p for r in rows], correction=CORRECTION).tolist()
    kept = tuple(replace(r, p_adjusted=v) for r, v in zip(rows, q, strict=True))
    return PlacePains(rows=kept, n_asked=len(kept), telling=telling)


def one_family(
    segments: SegmentThemes, places: PlacePains, stages: StagePains
) -> tuple[SegmentThemes, PlacePains, StagePains]:
    """Correct segments, places and stages for all questions of the three at once.

    Parameters
    ----------
    segments : SegmentThemes
        Themes by segment.
    places : PlacePains
        Pains by stage, touchpoint, channel and period.
    stages : StagePains
        Problems by stage.

    Returns
    -------
    tuple of SegmentThemes, PlacePains, StagePains
        With p-values adjusted (Benjamini-Hochberg) over the whole family.
    """
    p = [r.p for r in segments.rows] + [r.p for r in places.rows] + [r.p for r in stages.rows]
    q = iter(adjust_p_values(p, correction=CORRECTION).tolist())
    n = sum(not math.isnan(v) for v in p)
    own = tuple(replace(r, p_adjusted=next(q)) for r in segments.rows)
    rest = tuple(replace(r, p_adjusted=next(q)) for r in places.rows)
    return (
        replace(segments, rows=own, n_asked=n),
        replace(places, rows=rest, n_asked=n),
        replace(stages, rows=with_corrected(stages.rows, q)),
    )


def _at_several_stages(said: pd.DataFrame, at: pd.DataFrame, pains: list[str]) -> list[str]:
    """Return the pains that have no stage of their own."""
    told = at.loc[said["theme"].isin(pains).to_numpy(dtype=bool), "told"]
    counts = told.groupby(said["theme"].loc[told.index], observed=True).nunique()
    return [p for p in pains if counts.get(p, 0) > 1]


def _places(said: pd.DataFrame, dimension: str, wave: Wave, zone: str) -> pd.Series[str]:
    if dimension == "period":
        return period_of(said, wave, zone=zone)
    missing = pd.Series(pd.NA, said.index, dtype="string[pyarrow]")
    return said.get(dimension, missing)


def _of_dimension(  # one loop of `pains_by_place`
    heard: Voices, dimension: str, places: pd.Series[str], pains: list[str], telling: Telling
) -> list[PlacePain]:
    said = heard.said.assign(place=places)
    said = said.loc[said["place"].notna()]
    cells = said[["unit", "place"]].drop_duplicates().sort_values(["place", "unit"])
    if cells["place"].nunique() < 2:
        return []
    index = pd.MultiIndex.from_frame(cells)
    hits = np.zeros((len(cells), len(pains)))
    named = said.loc[said["theme"].isin(pains), ["unit", "place", "theme"]]
    at = index.get_indexer(pd.MultiIndex.from_frame(named[["unit", "place"]]))
    hits[at, pd.Index(pains).get_indexer(pd.Index(named["theme"]))] = 1.0
    units = cells["unit"].to_numpy()
    weights = heard.weights[units]
    rows: list[PlacePain] = []
    for place, own in cells.reset_index(drop=True).groupby("place", sort=True):
        inside = np.zeros(len(cells), dtype=bool)
        inside[own.index.to_numpy()] = True
        if telling.limits.level(len(own)) == "hidden" or inside.all():
            continue
        rows += _compared((hits, weights, units), inside, (dimension, str(place)), pains, telling)
    return rows


def _compared(  # one place of `_of_dimension`
    said: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    inside: NDArray[np.bool_],
    name: tuple[str, str],
    pains: list[str],
    telling: Telling,
) -> list[PlacePain]:
    hits, weights, units = said
    own = clustered_share(
        hits[inside] * weights[inside, None], weights[inside], confidence=telling.confidence
    )
    apart = clustered_contrast(hits, inside, units, weights=weights)
    return [
        PlacePain(
            dimension=name[0],
            place=name[1],
            theme=pain,
            customers=int(hits[inside, i].sum()),
            n=int(inside.sum()),
            share=float(own.share[i]),
            low=float(own.low[i]),
            high=float(own.high[i]),
            elsewhere=float(apart.second[i]),
            p=float(apart.p[i]),
            p_adjusted=float(apart.p[i]),
        )
        for i, pain in enumerate(pains)
    ]
