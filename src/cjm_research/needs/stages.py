"""At which stage of the journey customers have problems."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.severity import customer_severity
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share
from cjm_research.stats.contrast import clustered_contrast
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cjm_research.needs.voices import Voices
    from cjm_research.stats.multiplicity import Correction
    from cjm_research.study.plans import Stage

CORRECTION: Correction = "benjamini_hochberg"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePain:
    """Problems at one stage."""

    stage: str
    customers: int
    """Customers who name a pain of the stage."""
    n: int
    """Customers who speak of the stage."""
    share: float
    low: float
    high: float
    severity: float
    theme: str | None
    """The pain that most of them name."""
    theme_share: float
    """Share of the stage's speakers who name it."""
    elsewhere: float = float("nan")
    """The same share at the other stages; missing where the stage is not asked about."""
    p: float = float("nan")
    p_adjusted: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePains(Result):
    """Problems by stage, in the order of the journey."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "severity": Unit.SHARE,
        "theme": Unit.LABEL,
        "theme_share": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[StagePain, ...]
    has_touchpoints: bool
    """The base is who speaks of the stage; else everybody with a text."""
    telling: Telling

    def is_clear(self, row: StagePain) -> bool:
        """Tell whether a stage differs from the others after the correction."""
        return row.p_adjusted < 1 - self.telling.confidence

    @property
    def worst(self) -> StagePain | None:
        """The stage where the largest share has a problem, of those with enough customers."""
        enough = [r for r in self.rows if self.telling.limits.level(r.n) == "claims"]
        return max(enough, key=lambda r: r.share) if enough else None

    @property
    def has_problems(self) -> bool:
        """Whether any stage has a customer with a problem."""
        return any(r.customers for r in self.rows)

    def public(self) -> StagePains:
        """Return the stages that enough customers speak of, without giving anyone away."""
        rows = tuple(
            r
            for r in self.rows
            if self.telling.limits.level(r.n) != "hidden"
            and (r.customers == 0 or r.customers >= self.telling.min_customers)
        )
        return replace(self, rows=rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage, in the order of the journey."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the share with a problem of each stage; of the worst, if all have one base."""
        told = [r for r in self.rows if self.has_touchpoints or r is self.worst]
        return tuple(
            Finding(
                id=f"needs/problem_share/stage={r.stage}",
                kind=self._kind(r),
                subject={"stage": r.stage} | ({"theme": r.theme} if r.theme else {}),
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.telling.confidence,
                unit=Unit.SHARE,
                reference=r.elsewhere,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="needs/problem_share",
                n=r.n,
                method="wilson on customers; stages: clustered by customer, benjamini-hochberg",
                window=self.telling.window,
                direction="bad",
                customers=r.customers,
                status=self.telling.status(r.n, named=r.customers),
                values={"theme_share": r.theme_share, "named": r.customers},
            )
            for r in told
            if r.customers
        )

    def _kind(self, row: StagePain) -> str:
        if not self.has_touchpoints:
            return "problem_share_of_all"
        return "problem_share_apart" if self.is_clear(row) else "problem_share"


def pains_by_stage(
    codes: pd.DataFrame, stages: Sequence[Stage], *, telling: Telling = USUAL
) -> StagePains:
    """Count, at each stage, the customers with a problem among those who speak of the stage.

    A customer speaks of a stage by a theme that belongs to it, or by feedback given at one of
    its touchpoints (those that the stage's event rules name). Where the feedback of a study
    names no touchpoint, everybody with a text is the base. Each stage is compared with the others:
    one who speaks of several stands on both sides, which the variance, clustered by customer,
    takes into account. The stages are one family (Benjamini-Hochberg).

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    stages : sequence of Stage
        Of the study, in the order of the journey.
    telling : Telling
        Limits, confidence and window.
    """
    heard = voices(codes)
    own = stage_of_rows(heard.said, stages)
    has_touchpoints = bool(own["asked"].notna().any())
    rows, cells = [], []
    for stage in stages:
        pained = heard.said.loc[(own["told"] == stage.id) & own["is_pain"]]
        speaks = own["told"].eq(stage.id) | own["asked"].eq(stage.id)
        base = heard.said.loc[speaks.to_numpy(dtype=bool), "unit"].unique()
        units = np.sort(base) if has_touchpoints else np.arange(len(heard.units))
        rows.append(_row(heard, stage.id, (units, pained), telling.confidence))
        cells.append((units, np.isin(units, pained["unit"].unique())))
    compared = _compared(rows, cells, heard.weights, telling)
    return StagePains(rows=compared, has_touchpoints=has_touchpoints, telling=telling)


def _compared(
    rows: list[StagePain],
    cells: list[tuple[np.ndarray, np.ndarray]],
    weights: np.ndarray,
    telling: Telling,
) -> tuple[StagePain, ...]:
    """Compare each stage that enough customers speak of with the other stages."""
    units = np.concatenate([u for u, _ in cells]) if cells else np.array([], dtype=int)
    hits = np.concatenate([h for _, h in cells]) if cells else np.array([], dtype=bool)
    place = np.repeat(np.arange(len(cells)), [len(u) for u, _ in cells])
    asked = []
    for n, row in enumerate(rows):
        inside = place == n
        if telling.limits.level(row.n) == "hidden" or not inside.any() or inside.all():
            asked.append(row)
            continue
        apart = clustered_contrast(hits, inside, units, weights=weights[units])
        asked.append(replace(row, elsewhere=float(apart.second), p=float(apart.p)))
    return with_corrected(asked, adjust_p_values([r.p for r in asked], correction=CORRECTION))


def with_corrected(rows: Sequence[StagePain], p_adjusted: Iterable[float]) -> tuple[StagePain, ...]:
    """Return rows with the p-values of a family."""
    return tuple(replace(r, p_adjusted=float(q)) for r, q in zip(rows, p_adjusted, strict=True))


def stage_of_rows(said: pd.DataFrame, stages: Sequence[Stage]) -> pd.DataFrame:
    """Return the stage that each row tells of by its theme, is at, and was asked at."""
    touchpoints = {
        rule.touchpoint: s.id for s in reversed(stages) for rule in s.events if rule.touchpoint
    }
    asked = said["touchpoint"].map(touchpoints) if "touchpoint" in said else None
    if "stage" in said and asked is not None:
        asked = asked.where(asked.notna(), said["stage"].where(said["theme"].isna()))
    asked = pd.Series(asked, said.index, dtype=object)
    told = said["stage"].astype(object).where(said["stage"].notna(), asked)
    return pd.DataFrame(
        {
            "told": told.where(said["theme"].notna()),
            "at": told,
            "asked": asked,
            "is_pain": said["theme_kind"].eq("pain").fillna(value=False).astype(bool),
        }
    )


def _row(
    heard: Voices, stage: str, found: tuple[np.ndarray, pd.DataFrame], confidence: float
) -> StagePain:
    units, pained = found
    has_pain = np.isin(units, pained["unit"].unique())
    weights = heard.weights[units]
    share = clustered_share(has_pain * weights, weights, confidence=confidence)
    counts = pained.groupby("theme", observed=True)["unit"].nunique().sort_index()
    top = str(counts.idxmax()) if len(counts) else None
    return StagePain(
        stage=stage,
        customers=int(has_pain.sum()),
        n=len(units),
        share=float(share.share),
        low=float(share.low),
        high=float(share.high),
        severity=customer_severity(pained, confidence=confidence).mean,
        theme=top,
        theme_share=float(counts.max() / len(units)) if len(counts) else float("nan"),
    )
