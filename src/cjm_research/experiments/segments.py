"""Does the effect differ between segments: the interaction is asked before any segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import SchemaError
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.grouping import segment_codes
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.segment_tables import (
    Interaction,
    Interactions,
    SegmentEffect,
    SegmentEffects,
    SegmentMoneyEffects,
    SegmentNumberEffects,
    segment_table,
)
from cjm_research.stats.heterogeneity import cochran_q, shrunken_estimates
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.results import Status
    from cjm_research.stats.heterogeneity import Heterogeneity
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class BySegment:
    """The interaction tests, and the effects by segment, one table per measure."""

    interactions: Interactions
    effects: tuple[SegmentEffects, ...]


def segment_effects(
    units: pd.DataFrame | Participants,
    experiment: Experiment,
    segments: pd.DataFrame,
    *,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> BySegment:
    """Compare effects on the success metrics between segments.

    First Cochran's test asks, for each grouping, metric and arm, whether the effect is the same
    in all segments (Holm over all these questions). Only where it is not may a segment be
    named; its own p-values are adjusted over all segments by Benjamini-Hochberg. Otherwise the
    largest of many noisy effects would be called a winner.

    Parameters
    ----------
    units : pandas.DataFrame
        Units as `unit_metrics` gives them.
    experiment : Experiment
        Arms, control and metrics.
    segments : pandas.DataFrame
        `unit_id` and one text column per grouping.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a segment needs in the smaller of both arms.

    Returns
    -------
    BySegment
        Segments below ``limits.hidden_below`` are counted among the rows and never shown.
    """
    if "unit_id" not in segments:
        raise SchemaError.missing_column("unit_id", table="segments", found=segments.columns)
    need_control(experiment)
    part = taking_part(units, experiment)
    groupings = [str(c) for c in segments if c != "unit_id"]
    metrics = [m for m in experiment.metrics if m.role == "success" and m.kind != "quantile"]
    rows: list[SegmentEffect] = []
    tests: list[Interaction] = []
    for grouping in groupings:
        groups, names = segment_codes(part, segments, grouping)
        for metric in metrics:
            samples = part.samples_by(metric, groups, n_groups=len(names))
            own = [
                SegmentEffect(grouping=grouping, segment=segment, effect=effect)
                for segment, arms in zip(names, samples, strict=True)
                for effect in compare_arms(metric, arms, experiment.control, confidence=confidence)
            ]
            rows += _shrunken(own, limits, confidence)
            whole = compare_arms(
                metric, part.samples(metric), experiment.control, confidence=confidence
            )
            tests += _interactions(own, grouping, metric, limits, {e.arm: e for e in whole})
    tests = _adjusted_tests(tests, 1 - confidence)
    rows = _judged(rows, tests, limits=limits, level=1 - confidence)
    kinds = (SegmentEffects, SegmentMoneyEffects, SegmentNumberEffects)
    chosen = {k: tuple(r for r in rows if segment_table(r.effect) is k) for k in kinds}
    return BySegment(
        interactions=Interactions(experiment=experiment.id, tests=tuple(tests)),
        effects=tuple(
            k(experiment=experiment.id, rows=r, confidence=confidence)
            for k, r in chosen.items()
            if r
        ),
    )


def _shrunken(
    rows: Sequence[SegmentEffect], limits: Limits, confidence: float
) -> Iterator[SegmentEffect]:
    """Draw the segments of each arm towards each other as far as chance explains them."""
    for arm in dict.fromkeys(r.effect.arm for r in rows):
        own = [r for r in rows if r.effect.arm == arm]
        errors = [
            NAN if limits.level(r.effect.smaller_n) == "hidden" else _error(r.effect) for r in own
        ]
        found = shrunken_estimates(
            [r.effect.difference for r in own], errors, confidence=confidence
        )
        for row, value, low, high in zip(own, *found[:3], strict=True):
            yield replace(
                row, shrunken=float(value), shrunken_low=float(low), shrunken_high=float(high)
            )


def _is_reversed(whole: Effect, test: Heterogeneity) -> bool:
    """Tell whether all together and the segments on average point clearly different ways.

    Segments that the arms hold in unlike shares do that (Simpson's paradox).
    """
    if not (test.common_se > 0 and whole.se > 0):
        return False
    z = (whole.difference / whole.se, test.common / test.common_se)
    return z[0] * z[1] < 0 and min(abs(z[0]), abs(z[1])) > 1.96


def _interactions(
    rows: Sequence[SegmentEffect],
    grouping: str,
    metric: Metric,
    limits: Limits,
    whole: Mapping[str, Effect],
) -> Iterator[Interaction]:
    for arm in dict.fromkeys(r.effect.arm for r in rows):
        used = [
            r.effect
            for r in rows
            if r.effect.arm == arm and limits.level(r.effect.smaller_n) != "hidden"
        ]
        test = cochran_q([e.difference for e in used], [_error(e) for e in used])
        yield Interaction(
            grouping=grouping,
            metric=metric.id,
            arm=arm,
            n_segments=len(used),
            n=sum(e.n for e in used),
            q=test.q,
            df=test.df,
            p=test.p,
            p_adjusted=test.p,
            is_reversed=_is_reversed(whole[arm], test),
            verdict="not_checked",
        )


def _error(effect: Effect) -> float:
    """Return the standard error that weighs a segment.

    For shares with one success and one failure added to each arm (Agresti and Caffo 2000,
    doi:10.1080/00031305.2000.10474560): without them a segment where nobody converts would
    count as known exactly.
    """
    if effect.method != "score_test":
        return effect.se
    square = 0.0
    for sample in (effect.treated, effect.control):
        rate = (sample.successes + 1) / (sample.n + 2)
        square += rate * (1 - rate) / (sample.n + 2)
    return float(np.sqrt(square))


def _adjusted_tests(tests: Sequence[Interaction], level: float) -> list[Interaction]:
    adjusted = adjust_p_values([t.p for t in tests], correction="holm")
    return [
        replace(t, p_adjusted=float(p), verdict="differs" if p < level else "not_shown")
        if p == p
        else t
        for t, p in zip(tests, adjusted, strict=True)
    ]


def _judged(
    rows: Sequence[SegmentEffect],
    tests: Sequence[Interaction],
    *,
    limits: Limits,
    level: float,
) -> list[SegmentEffect]:
    differs = {(t.grouping, t.metric, t.arm) for t in tests if t.verdict == "differs"}
    levels = [limits.level(r.effect.smaller_n) for r in rows]
    p = [NAN if at == "hidden" else r.effect.p for r, at in zip(rows, levels, strict=True)]
    adjusted = adjust_p_values(p, correction="benjamini_hochberg")
    judged = []
    for row, at, q in zip(rows, levels, adjusted, strict=True):
        told = (row.grouping, row.effect.metric, row.effect.arm) in differs and q < level
        status: Status = "shown" if told and at == "claims" else "not_significant"
        if at in {"hidden", "facts"}:
            status = "hidden_small_n"
        judged.append(replace(row, p_adjusted=float(q), status=status))
    return judged
