"""Tests that a plan asks for beside the first one: exact for few units, ranks for odd values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.exact import LARGEST, exact_odds
from cjm_research.stats.ranks import chance_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.experiments.participants import Participants
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTest:
    """One more test of one metric of one arm."""

    metric: str
    arm: str
    test: str
    """``exact`` (the estimate is a ratio of odds) or ``rank`` (a chance to be above)."""
    n: int
    estimate: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTests(Result):
    """Tests beside the first one; no verdict rests on them."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "other_test": Unit.LABEL,
        "n": Unit.COUNT,
        "other_estimate": Unit.NUMBER,
        "other_low": Unit.NUMBER,
        "other_high": Unit.NUMBER,
        "p": Unit.P_VALUE,
    }

    experiment: str
    rows: tuple[OtherTest, ...]
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric, arm and test."""
        names = {"test": "other_test", "estimate": "other_estimate", "low": "other_low",
                 "high": "other_high"}  # fmt: skip
        rows = [{names.get(k, k): v for k, v in asdict(r).items()} for r in self.rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the first test of each metric speaks."""
        return ()


def other_tests(
    part: Participants, experiment: Experiment, *, confidence: float = 0.95
) -> OtherTests | None:
    """Run the tests that the metrics name in `also`; None where none is named or can be run."""
    rows = [
        row
        for metric in experiment.metrics
        for test in metric.also
        for row in _tested(part, metric, test, experiment.control, confidence)
    ]
    if not rows:
        return None
    return OtherTests(experiment=experiment.id, rows=tuple(rows), confidence=confidence)


def _tested(
    part: Participants, metric: Metric, test: str, control: str, confidence: float
) -> Iterator[OtherTest]:
    values = part.values(metric)
    known = ~np.isnan(values)
    own = {arm: values[known & (part.codes == code)] for code, arm in enumerate(part.arms)}
    for arm, treated in own.items():
        n = len(treated) + len(own[control])
        if arm == control or (test == "exact" and n > LARGEST):
            continue
        if test == "rank":
            ranks = chance_above(treated, own[control], confidence=confidence)
            numbers = tuple(float(x) for x in ranks[:4])
        else:
            pair = ((int(v.sum()), len(v)) for v in (treated, own[control]))
            numbers = tuple(exact_odds(*pair, confidence=confidence))
        yield OtherTest(
            metric=metric.id,
            arm=arm,
            test=test,
            n=n,
            estimate=numbers[0],
            low=numbers[1],
            high=numbers[2],
            p=numbers[3],
        )
