"""Which touchpoints go with moving on from a stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.coded_events import CodedEvents
from cjm_research.journey.kernel import opens
from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.stays import Stays, stays
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.model import Limits

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """Moving on with and without a touchpoint."""

    stage: str
    touchpoint: str
    n_met: int
    """Customers of the stage who met it there before they moved on, if they did."""
    n_unmet: int
    moved_with: float
    moved_without: float
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointInfluence(Result):
    """Touchpoints that go with moving on more or less often. Association, not effect."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "n_met": Unit.COUNT,
        "n_unmet": Unit.COUNT,
        "moved_with": Unit.SHARE,
        "moved_without": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "stage", "touchpoint", "n_met", "moved_with", "n_unmet", "moved_without", "difference",
        "difference_low", "difference_high",
    )  # fmt: skip

    rows: tuple[Influence, ...]
    """In the order of the stages, the largest difference first."""
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and touchpoint."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per stage and touchpoint; told when clear after correction."""
        return tuple(
            Finding(
                id=f"journey/influence/stage={r.stage}/touchpoint={r.touchpoint}",
                kind="touchpoint_influence",
                subject={"stage": r.stage, "touchpoint": r.touchpoint},
                estimate=r.difference,
                low=r.difference_low,
                high=r.difference_high,
                confidence=self.confidence,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/influence",
                unit=Unit.POINTS,
                n=r.n_met + r.n_unmet,
                method="newcombe, holm",
                direction="good" if r.difference > 0 else "bad",
                customers=r.n_met,
                status=told(
                    self.limits,
                    min(r.n_met, r.n_unmet),
                    is_clear=r.p_adjusted < 1 - self.confidence,
                ),
                values={"moved_with": r.moved_with, "moved_without": r.moved_without},
            )
            for r in self.rows
        )


def touchpoint_influence(
    event_stages: EventStages | Mapping[str, Stays],
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> TouchpointInfluence:
    """Compare who moves on from a stage with and without each of its touchpoints.

    Only what was met before moving on counts, so that a later visit does not look like a
    reason. Those who met a touchpoint may differ in other ways from those who did not.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or mapping of str to Stays
        What `event_stages` gave, or `stays` made of it.
    stages : sequence of str
        Stages in the order of the journey; from the last nobody moves on.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of Newcombe's intervals; Holm's correction is over all touchpoints with enough
        customers on both sides.
    limits : Limits
        How many customers, with and without it, a touchpoint needs to be listed.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    found: Mapping[str, Stays] = (
        stays(event_stages, stages, observed_until=observed_until)
        if isinstance(event_stages, pd.DataFrame | CodedEvents)
        else event_stages
    )
    rows = [
        row
        for stage in list(stages)[:-1]
        if stage in found
        for row in _influences(stage, found[stage], limits, confidence)
    ]
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    return TouchpointInfluence(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        confidence=confidence,
        limits=limits,
    )


def _influences(stage: str, here: Stays, limits: Limits, confidence: float) -> list[Influence]:
    opening = opens(here.customer)
    n, n_moved = int(opening.sum()), int((opening & here.has_moved).sum())
    n_met, n_went = (
        np.bincount(touchpoint, minlength=len(here.names))
        for touchpoint in (here.touchpoint, here.touchpoint[here.has_moved])
    )
    rows = []
    for i, name in enumerate(here.names):
        sizes = int(n_met[i]), n - int(n_met[i])
        if limits.level(min(sizes)) not in ("estimates", "claims"):
            continue
        went = int(n_went[i])
        others = n_moved - went
        gap = difference_of_shares((went, sizes[0]), (others, sizes[1]), confidence=confidence)
        rows.append(
            Influence(
                stage=stage,
                touchpoint=name,
                n_met=sizes[0],
                n_unmet=sizes[1],
                moved_with=went / sizes[0],
                moved_without=others / sizes[1],
                difference=gap.estimate,
                difference_low=gap.low,
                difference_high=gap.high,
                p=gap.p,
                p_adjusted=NAN,
            )
        )
    return sorted(rows, key=lambda r: (-abs(r.difference), r.touchpoint))
