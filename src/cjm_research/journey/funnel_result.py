"""What a funnel says: customers at each step, the end, the weakest step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import pandas as pd

from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.kernel import Order
    from cjm_research.study.model import Limits

Within = float | tuple[float, ...] | None
"""Days from the start, or days for each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step of a funnel. Shares of the start, and of those who passed the step before."""

    stage: str
    """Of an unordered funnel ``any_1``, ``any_2``, ...: so many different stages."""
    reached: int
    share: float
    low: float
    high: float
    passed: float
    """Share of those at the step before who came here; NaN for the start."""
    passed_low: float
    passed_high: float
    lost: int
    """Customers of the step before who did not come here."""
    median_days: float
    """Days from the start of the first completed attempt, over those who came here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel(Result):
    """Customers at each step of a path, of those who could be watched long enough."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "reached": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "passed": Unit.SHARE,
        "passed_low": Unit.SHARE,
        "passed_high": Unit.SHARE,
        "lost": Unit.COUNT,
        "median_days": Unit.DAYS,
    }

    steps: tuple[FunnelStep, ...]
    stages: tuple[str, ...]
    order: Order
    within: Within
    observed_until: str
    """ISO, UTC."""
    n_open: int
    """Customers whose window was still open: in none of the counts."""
    n_elsewhere: int
    """Customers of the log who never came to the start."""
    n_without_time: int
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which findings carry that reports may compare."""

    @property
    def n_started(self) -> int:
        """Customers at the start: the base of every share."""
        return self.steps[0].reached

    @property
    def end(self) -> FunnelStep:
        """The last step."""
        return self.steps[-1]

    @property
    def weakest(self) -> FunnelStep:
        """The step that the smallest share passes; the last one where nobody came to any."""
        known = [s for s in self.steps[1:] if s.passed == s.passed]
        return min(known, key=lambda s: s.passed, default=self.steps[-1])

    def judged(self, limits: Limits) -> Self:
        """Return the same funnel under a study's limits of what may be said."""
        return replace(self, limits=limits)

    def over(self, window: tuple[str, str] | None) -> Self:
        """Return the same funnel with the days of its data, if reports may compare it.

        Without a limit of time the newest customers have had less of it than others: more data
        move such a funnel though nobody behaves differently.
        """
        return replace(self, window=window if self.within is not None else None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step, in the order of the path."""
        plain = [[getattr(s, c) for c in self.units] for s in self.steps]
        frame = pd.DataFrame(plain, columns=list(self.units))
        frame["lost"] = frame["lost"].astype("Int64")
        frame.loc[0, "lost"] = pd.NA
        return frame

    def findings(self) -> tuple[Finding, ...]:
        """Return how many reach the end, and the weakest step against the next weakest."""
        if len(self.steps) < 2 or not self.n_started:
            return ()
        return (self._end(), *self._weakest())

    def _end(self) -> Finding:
        last = self.steps[-1]
        return Finding(
            id=f"journey/funnel/stage={last.stage}",
            kind="funnel_end",
            subject={"stage": last.stage, "from_stage": self.steps[0].stage},
            estimate=last.share,
            low=last.low,
            high=last.high,
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=self.n_started,
            window=self.window,
            method="wilson",
            customers=last.reached,
            status=told(self.limits, self.n_started),
            values={"reached": last.reached, "lost": self.n_started - last.reached},
        )

    def _weakest(self) -> tuple[Finding, ...]:
        if self.order == "unordered":  # its rows are counts of stages, not steps
            return ()
        asked = [(a, b) for a, b in pairwise(self.steps) if a.reached]
        before, weakest = min(asked, key=lambda step: step[1].passed)
        others = [step for step in asked if step[1] is not weakest]
        p, reference = None, None
        if others:
            rival_before, rival = min(others, key=lambda step: step[1].passed)
            reference = rival.passed
            p = difference_of_shares(
                (weakest.reached, before.reached),
                (rival.reached, rival_before.reached),
                confidence=self.confidence,
            ).p
        is_clear = p is None or p < 1 - self.confidence
        return (
            Finding(
                id="journey/funnel/weakest_step",
                kind="weakest_step",
                subject={"stage": weakest.stage, "from_stage": before.stage},
                estimate=weakest.passed,
                low=weakest.passed_low,
                high=weakest.passed_high,
                reference=reference,
                p=p,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=before.reached,
                window=self.window,
                method="wilson, newcombe against the next weakest",
                direction="bad",
                customers=weakest.lost,
                status=told(self.limits, before.reached, is_clear=is_clear),
                values={"lost": weakest.lost, "reached": weakest.reached},
            ),
        )
