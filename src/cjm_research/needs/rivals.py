"""Our brand beside others, where feedback names the brand it is about."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.answers import answers_of
from cjm_research.needs.by_segment import SegmentThemes, themes_by_segment
from cjm_research.needs.scope import BRAND, with_brand
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.stats.clustered import ClusteredShare

_GRADED = ("csat", "ces", "rating", "satisfaction")
_TWO = 2
_WIDE = 4  # of five grades and more the two best count, else the best alone
_NO_ESTIMATE = ("hidden", "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandScore:
    """One measure of one brand, against all other brands together."""

    brand: str
    measure: str
    """``any_pain``; ``nps_promoters`` and ``nps_detractors``; else a kind of graded answer."""
    n: int
    """People who wrote, or answered."""
    share: float
    """Who name a pain; who give the highest grade."""
    low: float
    high: float
    elsewhere: float
    p: float
    p_adjusted: float
    standing: str
    """``better``, ``worse``, or ``alike`` where the difference does not stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brands(Result):
    """Brands by how many people speak of them: never by a score that may be noise."""

    units: ClassVar[Mapping[str, Unit]] = {
        "brand": Unit.LABEL,
        "measure": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "standing": Unit.LABEL,
    }

    rows: tuple[BrandScore, ...]
    own: str
    """The study's own brand; empty if it has none."""
    telling: Telling

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands that are compared, our own first, then by people."""
        return tuple(dict.fromkeys(r.brand for r in self.rows))

    @property
    def n_asked(self) -> int:
        """Comparisons, corrected as one family."""
        return len(self.rows)

    @property
    def n_clear(self) -> int:
        """Comparisons that stand after the correction."""
        return sum(r.standing != "alike" for r in self.rows)

    def of(self, measure: str) -> Brands:
        """Return one measure only."""
        return replace(self, rows=tuple(r for r in self.rows if r.measure == measure))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per brand and measure."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the differences between a brand and the others; told where they stand."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: BrandScore) -> Finding:
        about = "pain" if row.measure == "any_pain" else "grade"
        more = "more" if row.share > row.elsewhere else "less"
        is_ours = bool(self.own) and row.brand == self.own
        good = {"better": "good", "worse": "bad"}.get(row.standing, "neutral")
        bad = {"better": "bad", "worse": "good"}.get(row.standing, "neutral")
        return Finding(
            id=f"needs/brand/brand={row.brand}/measure={row.measure}",
            kind=f"brand_{about}_{more}",
            subject={"brand": row.brand, "measure": row.measure},
            estimate=row.share,
            low=row.low,
            high=row.high,
            reference=row.elsewhere,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="needs/brand",
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="newcombe on people, benjamini-hochberg",
            window=self.telling.window,
            direction=good if is_ours or not self.own else bad,  # type: ignore[arg-type]
            customers=row.n,
            status=self.telling.status(row.n, is_clear=row.standing != "alike"),
        )


def brand_scores(
    feedback: pd.DataFrame, codes: pd.DataFrame, *, own: str = "", telling: Telling = USUAL
) -> Brands:
    """Compare each brand with all other brands: pains, highest grades, promoters.

    Only feedback that names a brand takes part. A person who speaks of two brands is counted
    with each. Brands of too few people for an estimate are left out. The grades of a kind are
    compared only where all are on one scale that the data name.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`, with `brand`.
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    own : str
        The study's own brand, which stands first.
    telling : Telling
        Limits, confidence and window.

    Returns
    -------
    Brands
        No row where fewer than two brands are spoken of by enough people.
    """
    people = _people(codes)
    rows = _compared("any_pain", people.assign(hit=people["is_pain"]), telling, bad=True)
    for kind in _GRADED:
        rows += _compared(kind, _highest(feedback, kind), telling)
    answers = _answers(feedback, "nps", scale=(0.0, 10.0))
    rows += _compared("nps_promoters", answers.assign(hit=answers["score"] >= 9), telling)
    rows += _compared(
        "nps_detractors", answers.assign(hit=answers["score"] <= 6), telling, bad=True
    )
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    rows = [
        replace(
            r,
            p_adjusted=float(q),
            standing=r.standing if q < 1 - telling.confidence else "alike",
        )
        for r, q in zip(rows, adjusted, strict=True)
    ]
    size: dict[str, int] = {}
    for row in rows:
        size[row.brand] = max(size.get(row.brand, 0), row.n)
    measures = list(dict.fromkeys(r.measure for r in rows))
    rows.sort(key=lambda r: (r.brand != own, -size[r.brand], r.brand, measures.index(r.measure)))
    return Brands(rows=tuple(rows), own=own, telling=telling)


def brand_themes(codes: pd.DataFrame, *, own: str = "", telling: Telling = USUAL) -> SegmentThemes:
    """Compare each brand with all others, theme by theme; one family of tests.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave, with `brand`.
    own : str
        The study's own brand, which stands first.
    telling : Telling
        Limits, confidence and window.
    """
    named = with_brand(codes)
    groups = named[["customer_id", BRAND]].drop_duplicates()
    if groups[BRAND].nunique() < _TWO:
        return SegmentThemes(rows=(), n_asked=0, telling=telling)
    groups = groups.rename(columns={BRAND: "segment"})
    found = themes_by_segment(named, groups, grouping=BRAND, telling=telling)
    return replace(found, rows=tuple(sorted(found.rows, key=lambda r: r.segment != own)))


def _people(codes: pd.DataFrame) -> pd.DataFrame:
    """Return brand, person and whether they name a pain, a row per sentence and theme."""
    heard = voices(with_brand(codes))
    said = heard.said
    return pd.DataFrame(
        {
            "brand": said[BRAND].astype(object),
            "unit": said["unit"],
            "is_pain": said["theme_kind"].eq("pain").fillna(value=False).astype(bool),
        }
    )


def _answers(
    feedback: pd.DataFrame, kind: str, *, scale: tuple[float, float] | None = None
) -> pd.DataFrame:
    named = with_brand(feedback)
    answers, _ = answers_of(named, kind, scale=scale)
    return answers.assign(brand=answers["unit"].str.rsplit("@", n=1).str[-1])


def _highest(feedback: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return who gives one of the highest grades; nobody where the scales differ."""
    answers = _answers(feedback, kind)
    scales = answers[["scale_min", "scale_max"]].drop_duplicates()
    if len(scales) != 1:
        return answers.iloc[:0].assign(hit=pd.Series(dtype="bool"))
    low, high = (float(v) for v in scales.iloc[0])
    n_top = _TWO if high - low >= _WIDE else 1
    is_top = answers["score"] > high - n_top
    lowest = answers["score"] < low + n_top  # of scales where 1 is best, as of effort
    return answers.assign(hit=is_top.where(~answers["low_is_good"].astype(bool), lowest))


def _compared(
    measure: str, people: pd.DataFrame, telling: Telling, *, bad: bool = False
) -> list[BrandScore]:
    per = people.groupby(["brand", "unit"], observed=True)["hit"].agg(["max", "sum", "size"])
    counts = per.groupby(level="brand", observed=True).size()
    limits = telling.limits
    brands = [str(b) for b, n in counts.items() if limits.level(n) not in _NO_ESTIMATE]
    if len(brands) < _TWO:
        return []
    # Of texts a person names a pain or not; of answers each counts, those of one person together.
    hits = per["max"].astype(float) if measure == "any_pain" else per["sum"].astype(float)
    trials = hits * 0 + 1 if measure == "any_pain" else per["size"].astype(float)
    rows = []
    for brand in brands:
        inside = np.asarray(per.index.get_level_values("brand") == brand)
        mine, rest = (
            _share(hits.to_numpy()[s], trials.to_numpy()[s], telling.confidence)
            for s in (inside, ~inside)
        )
        apart = share_difference(mine, rest, confidence=telling.confidence)
        is_better = (float(mine.share) < float(rest.share)) == bad
        rows.append(
            BrandScore(
                brand=brand,
                measure=measure,
                n=int(inside.sum()),
                share=float(mine.share),
                low=float(mine.low),
                high=float(mine.high),
                elsewhere=float(rest.share),
                p=float(apart.p),
                p_adjusted=float(apart.p),
                standing="better" if is_better else "worse",
            )
        )
    return rows


def _share(hits: np.ndarray, trials: np.ndarray, confidence: float) -> ClusteredShare:
    return clustered_share(hits, trials, confidence=confidence)
