"""What to mend first: customers affected by a pain, times the mood that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.mood import mean_mood
from cjm_research.journey.telling import told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.means import Sample, compare_means
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.flow import Flow
    from cjm_research.journey.pains import StagePain, StagePains
    from cjm_research.study.ideas import Hypothesis
    from cjm_research.study.model import Limits

TOP_SCORE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A pain at a stage, with what its score is made of."""

    stage: str
    theme: str
    share: float
    """Of the customers who wrote at the stage."""
    low: float
    high: float
    n: int
    at_stage: int
    """Customers who were seen at the stage; those who wrote, where none was seen."""
    affected: float
    """Customers with the pain, if those who did not write are like those who did."""
    mood_with: float
    mood_without: float
    loss: float
    """Mood of the others at the stage, less that of those who named the pain."""
    loss_low: float
    loss_high: float
    p: float
    p_adjusted: float
    score: float
    """Affected times loss, with 10 for the largest; 0 where no mood is lost."""
    rank: int
    hypothesis: str = ""
    """Idea of the study that should ease the pain; empty if none does."""
    experiment: str = ""
    """Experiment that tests this idea; empty if none is declared."""

    @property
    def affected_about(self) -> int:
        """`affected` in two significant digits, as an estimate is told."""
        return round(float(f"{self.affected:.2g}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities(Result):
    """Pains in the order in which mending them would matter most. Association, not effect."""

    units: ClassVar[Mapping[str, Unit]] = {
        "rank": Unit.COUNT,
        "stage": Unit.LABEL,
        "theme": Unit.LABEL,
        "score": Unit.NUMBER,
        "affected": Unit.COUNT,
        "share": Unit.SHARE,
        "n": Unit.COUNT,
        "at_stage": Unit.COUNT,
        "loss": Unit.NUMBER,
        "loss_low": Unit.NUMBER,
        "loss_high": Unit.NUMBER,
        "hypothesis": Unit.LABEL,
        "experiment": Unit.LABEL,
    }

    shown: ClassVar[tuple[str, ...]] = (
        "rank", "stage", "theme", "score", "affected", "share", "n", "loss",
    )  # fmt: skip
    """Columns that a page shows."""
    with_tests: ClassVar[tuple[str, ...]] = (*shown, "hypothesis", "experiment")
    """The same, where ideas of the study speak of the pains."""

    rows: tuple[Opportunity, ...]
    confidence: float
    limits: Limits

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a page shows: with the tests if there are any."""
        return self.with_tests if any(r.hypothesis for r in self.rows) else self.shown

    def tested_by(self, hypotheses: Sequence[Hypothesis]) -> Opportunities:
        """Return the opportunities with the idea that should ease each pain, and its test.

        Of several ideas for one pain the first that has an experiment counts, else the first.
        """
        ideas = {h.theme: h for h in reversed(hypotheses) if h.theme}
        ideas |= {h.theme: h for h in reversed(hypotheses) if h.theme and h.experiment}
        return replace(
            self,
            rows=tuple(
                replace(r, hypothesis=ideas[r.theme].id, experiment=ideas[r.theme].experiment or "")
                if r.theme in ideas
                else r
                for r in self.rows
            ),
        )

    def best_of(self, stage: str) -> Opportunity | None:
        """Return the first opportunity of a stage, if it has one."""
        return next((r for r in self.rows if r.stage == stage), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pain, the most important first."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        tests = ["hypothesis", "experiment"]
        frame[tests] = frame[tests].astype("object").replace("", None)
        return frame

    def findings(self) -> tuple[Finding, ...]:
        """Return the first opportunity."""
        return tuple(
            Finding(
                id=f"journey/opportunity/stage={r.stage}/theme={r.theme}",
                kind="top_opportunity",
                subject={"stage": r.stage, "theme": r.theme},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/opportunity",
                unit=Unit.SHARE,
                n=r.n,
                method="wilson; welch, holm for the mood",
                direction="bad",
                customers=r.affected_about,
                status=told(self.limits, r.n, is_clear=r.p_adjusted < 1 - self.confidence),
                values={
                    "affected": r.affected_about,
                    "loss": r.loss,
                    "loss_low": r.loss_low,
                    "loss_high": r.loss_high,
                },
            )
            for r in self.rows[:1]
        )


def opportunities(
    pains: StagePains, named: pd.DataFrame, *, answers: pd.DataFrame, flow: Flow
) -> Opportunities:
    """Rank the pains of all stages by customers affected times mood lost.

    Parameters
    ----------
    pains : StagePains
        How many name each pain; pains that too few wrote about are left out.
    named : pandas.DataFrame
        What `named_pains` gave.
    answers : pandas.DataFrame
        What `mood_answers` gave.
    flow : Flow
        Tells how many customers come to each stage.

    Notes
    -----
    A method of our own. Naming a pain and being in a bad mood go together; that mending the
    pain would mend the mood is not shown by it, only by a test. With Welch's interval for the
    loss, and Holm's correction over the pains.
    """
    seen = {s.stage: s.customers for s in flow.stages}
    rows = [
        _opportunity(row, named, answers=answers, at_stage=seen.get(row.stage, 0) or row.n,
                     confidence=pains.confidence)
        for row in pains.rows
        if pains.limits.level(row.n) in ("estimates", "claims")
    ]  # fmt: skip
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    weight = [r.affected * max(r.loss, 0.0) if r.loss == r.loss else 0.0 for r in rows]
    largest = max(weight, default=0.0)
    order = sorted(range(len(rows)), key=lambda i: (-weight[i], rows[i].stage, rows[i].theme))
    return Opportunities(
        rows=tuple(
            replace(
                rows[i],
                p_adjusted=float(adjusted[i]),
                score=TOP_SCORE * (weight[i] / largest) if largest else 0.0,
                rank=rank,
            )
            for rank, i in enumerate(order, start=1)
        ),
        confidence=pains.confidence,
        limits=pains.limits,
    )


def _opportunity(
    pain: StagePain,
    named: pd.DataFrame,
    *,
    answers: pd.DataFrame,
    at_stage: int,
    confidence: float,
) -> Opportunity:
    who = named.loc[(named["stage"] == pain.stage) & (named["theme"] == pain.theme), "customer_id"]
    here = answers.loc[(answers["stage"] == pain.stage).fillna(value=False)]
    has_pain = here["customer_id"].isin(who)
    with_pain = mean_mood(here.loc[has_pain], confidence=confidence)
    without = mean_mood(here.loc[~has_pain], confidence=confidence)
    gap = compare_means(
        Sample(without.n, without.mood, _variance(without.sd)),
        Sample(with_pain.n, with_pain.mood, _variance(with_pain.sd)),
        confidence=confidence,
    )
    return Opportunity(
        stage=pain.stage,
        theme=pain.theme,
        share=pain.share,
        low=pain.low,
        high=pain.high,
        n=pain.n,
        at_stage=at_stage,
        affected=pain.share * at_stage,
        mood_with=with_pain.mood,
        mood_without=without.mood,
        loss=float(gap.estimate),
        loss_low=float(gap.low),
        loss_high=float(gap.high),
        p=float(gap.p),
        p_adjusted=float("nan"),
        score=float("nan"),
        rank=0,
    )


def _variance(sd: float) -> float:
    return 0.0 if np.isnan(sd) else sd**2
