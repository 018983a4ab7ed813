"""Which pains customers name at each stage, and how many name any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.placing import need, placed
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.model import Limits

PAIN = "pain"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePain:
    """A pain at a stage."""

    stage: str
    theme: str
    """Empty: any pain at all."""
    customers: int
    """Customers who named it."""
    n: int
    """Customers who wrote something at the stage."""
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePains(Result):
    """Pains of each stage, most frequent first; shares of the customers who wrote there."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "theme": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[StagePain, ...]
    writers: tuple[tuple[str, int], ...]
    """Stage, and customers who wrote something there."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def of(self, stage: str) -> tuple[StagePain, ...]:
        """Return the pains of one stage, most frequent first."""
        return tuple(r for r in self.rows if r.stage == stage)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and pain."""
        return _frame(self.rows, self.units, self.limits)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per stage and pain."""
        return tuple(
            Finding(
                id=f"journey/stage_pain/stage={r.stage}/theme={r.theme}",
                kind="stage_pain",
                subject={"stage": r.stage, "theme": r.theme},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=r.n,
                window=self.window,
                method="wilson",
                direction="bad",
                customers=r.customers,
                status=told(self.limits, r.n),
            )
            for r in self.rows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProblems(Result):
    """Share of the customers who wrote at a stage that named any pain there."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[StagePain, ...]
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage, in the order of the journey."""
        return _frame(self.rows, self.units, self.limits)

    def findings(self) -> tuple[Finding, ...]:
        """Return the stage with the most problems, against the next.

        The two stages may share customers, so the guard is that their intervals do not meet:
        stricter than a test.
        """
        known = [r for r in self.rows if self.limits.level(r.n) in ("estimates", "claims")]
        if not known:
            return ()
        worst, *others = sorted(known, key=lambda r: (-r.share, r.stage))
        is_clear = not others or worst.low > others[0].high
        return (
            Finding(
                id="journey/most_problems",
                kind="most_problems",
                subject={"stage": worst.stage},
                estimate=worst.share,
                low=worst.low,
                high=worst.high,
                confidence=self.confidence,
                reference=others[0].share if others else None,
                unit=Unit.SHARE,
                n=worst.n,
                window=self.window,
                method="wilson, apart from the next",
                direction="bad",
                customers=worst.customers,
                status=told(self.limits, worst.n, is_clear=is_clear),
            ),
        )


def stage_pains(
    feedback_codes: pd.DataFrame,
    event_stages: EventStages,
    *,
    stages: Sequence[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> StagePains:
    """Count the customers who named each pain at each stage.

    Parameters
    ----------
    feedback_codes : pandas.DataFrame
        One row per sentence and theme, with `theme` and `theme_kind`.
    event_stages : pandas.DataFrame
        Tells the stage of each touchpoint; a text without one belongs to its theme's stage.
    stages : sequence of str
        Stages in the order of the journey.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.
    """
    pairs, writers = _pains_and_writers(feedback_codes, event_stages)
    rows: list[StagePain] = []
    for stage in stages:
        here = pairs.loc[pairs["stage"] == stage]
        counts = here.groupby("theme", observed=True)["customer_id"].nunique()
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        found = {str(theme): int(n) for theme, n in counts.items()}
        rows += _shares(stage, found, int(writers.get(stage, 0)), confidence)
    return StagePains(
        rows=tuple(rows),
        writers=tuple((stage, int(writers.get(stage, 0))) for stage in stages),
        confidence=confidence,
        limits=limits,
    )


def stage_problems(
    feedback_codes: pd.DataFrame,
    event_stages: EventStages,
    *,
    stages: Sequence[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> StageProblems:
    """Count the customers who named any pain at each stage; parameters as in `stage_pains`."""
    pairs, writers = _pains_and_writers(feedback_codes, event_stages)
    with_pain = pairs.groupby("stage", observed=True)["customer_id"].nunique()
    rows = [
        _shares(s, {"": int(with_pain.get(s, 0))}, int(writers.get(s, 0)), confidence)[0]
        for s in stages
    ]
    return StageProblems(rows=tuple(rows), confidence=confidence, limits=limits)


def named_pains(feedback_codes: pd.DataFrame, event_stages: EventStages) -> pd.DataFrame:
    """Return `customer_id`, `stage` and `theme`: who named which pain where, each once."""
    need(feedback_codes, ("theme", "theme_kind"), table="feedback_codes")
    rows = placed(feedback_codes, event_stages)
    is_pain = (rows["theme_kind"] == PAIN).fillna(value=False)
    columns = ["customer_id", "stage", "theme"]
    return rows.loc[is_pain & rows["stage"].notna(), columns].drop_duplicates(ignore_index=True)


def _pains_and_writers(
    feedback_codes: pd.DataFrame, event_stages: EventStages
) -> tuple[pd.DataFrame, Mapping[str, int]]:
    events = coded_events(event_stages)
    rows = placed(feedback_codes, events).dropna(subset=["stage"])
    writers = rows.groupby("stage", observed=True)["customer_id"].nunique()
    return named_pains(feedback_codes, events), {str(s): int(n) for s, n in writers.items()}


def _shares(stage: str, customers: Mapping[str, int], n: int, confidence: float) -> list[StagePain]:
    low, high = wilson_interval(list(customers.values()), n, confidence=confidence)
    return [
        StagePain(
            stage=stage,
            theme=theme,
            customers=count,
            n=n,
            share=count / n if n else float("nan"),
            low=float(low[i]),
            high=float(high[i]),
        )
        for i, (theme, count) in enumerate(customers.items())
    ]


def _frame(rows: Sequence[StagePain], units: Mapping[str, Unit], limits: Limits) -> pd.DataFrame:
    frame = pd.DataFrame([[getattr(r, c) for c in units] for r in rows], columns=list(units))
    return without_small(frame, limits, n="n", columns=("share", "low", "high"))
