"""Can the numbers of an experiment be read at all: the checks that come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import SchemaError
from cjm_research.experiments.checks import Check, CheckVerdict, TrustChecks, in_order
from cjm_research.experiments.grouping import day_codes, segment_codes
from cjm_research.experiments.more_checks import before_checks, value_checks
from cjm_research.experiments.participants import taking_part
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.sample_ratio import log_chi_square_tail, sample_ratio_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.stats.sample_ratio import SampleRatio
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")


_SEGMENT_MIN = 100
"""Units that a segment needs before its split is tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLimits:
    """From where on a check warns or fails."""

    ratio_p: float = 0.001
    """Sample ratio fails below: low, because it is looked at often."""
    mixed_share: float = 0.05
    """Share of units in two arms, or in an arm that nobody planned, that breaks a test."""
    missing_p: float = 0.001
    """Unknown values that differ between arms with a smaller p make a metric unusable."""


def trust_checks(
    units: pd.DataFrame,
    experiment: Experiment,
    *,
    segments: pd.DataFrame | None = None,
    part: Participants | None = None,
    zone: tzinfo | str = "UTC",
    limits: TrustLimits = TrustLimits(),
) -> TrustChecks:
    """Check whether the numbers of an experiment can be read.

    Parameters
    ----------
    units : pandas.DataFrame
        All units as `unit_metrics` gives them, with those that take no part.
    experiment : Experiment
        Planned shares of the arms, metrics.
    segments : pandas.DataFrame, optional
        `unit_id` and one column per way to divide the units.
    part : Participants, optional
        The units that take part, where they were found already.
    zone : tzinfo or str, default UTC
        Where a day is a day.
    limits : TrustLimits
        From where on a check warns or fails.

    Returns
    -------
    TrustChecks
        ``is_broken`` says that there can be no winner.
    """
    if "unit_id" not in units:
        raise SchemaError.missing_column("unit_id", table="units", found=units.columns)
    part = taking_part(units, experiment) if part is None else part
    checks = [
        *split_checks(part.counts, experiment, limits),
        *_exclusion_checks(units, limits),
        *(c for m in experiment.metrics for c in metric_checks(part.samples(m), m, limits)),
        *(c for m in experiment.metrics for c in value_checks(part, experiment, m)),
        *before_checks(part, experiment),
        *_day_check(part, experiment, zone, limits),
        *_segment_checks(part, experiment, segments, limits),
    ]
    return TrustChecks(experiment=experiment.id, checks=in_order(checks), n_units=len(part))


def split_checks(
    counts: Mapping[str, int], experiment: Experiment, limits: TrustLimits
) -> Iterator[Check]:
    """Check the units of each arm against the planned shares."""
    n, empty = sum(counts.values()), sum(c == 0 for c in counts.values())
    yield Check(check="empty_arm", verdict="failed" if empty else "passed", count=empty, n=n)
    shares = [a.share for a in experiment.arms.values()]
    test = sample_ratio_test([counts[a] for a in experiment.arms], shares)
    verdict: CheckVerdict = "failed" if test.p < limits.ratio_p else "passed"
    yield Check(
        check="sample_ratio",
        verdict=verdict if test.p == test.p else "not_checked",
        n=n,
        share=test.deviation,
        p=test.p,
        log10_p=test.log10_p,
    )


def _exclusion_checks(units: pd.DataFrame, limits: TrustLimits) -> Iterator[Check]:
    if "exclusion" not in units:
        yield Check(check="exposures", verdict="not_checked", n=len(units))
        return
    n = len(units)
    breaking = {"two_arms", "unknown_arm"}
    for reason in ("two_arms", "unknown_arm", "no_arm", "no_unit", "outside_dates"):
        count = int((units["exclusion"] == reason).sum())
        is_broken = reason in breaking and count >= limits.mixed_share * n
        verdict: CheckVerdict = "failed" if count and is_broken else "passed"
        if count and not is_broken:
            verdict = "warning"
        yield Check(check=reason, verdict=verdict, count=count, n=n, share=count / n if n else NAN)
    if "n_exposures" in units:
        again = int((units["n_exposures"] > 1).sum())
        # A unit may well be shown its arm twice; it counts once.
        yield Check(check="shown_again", verdict="passed", count=again, n=n,
                    share=again / n if n else NAN)  # fmt: skip


def metric_checks(
    samples: Mapping[str, ArmSample], metric: Metric, limits: TrustLimits
) -> Iterator[Check]:
    """Check what is not known of a metric in each arm, and whether it varies at all."""
    known = np.array([s.n for s in samples.values()])
    nulls = np.array([s.n_null for s in samples.values()])
    n, missing = int(known.sum() + nulls.sum()), int(nulls.sum())
    if n == 0:
        return
    p = _missing_p(known, nulls)
    verdict: CheckVerdict = "warning" if missing else "passed"
    if not known.sum() or p < limits.missing_p:
        verdict = "failed"
    yield Check(
        check="missing_values",
        verdict=verdict,
        metric=metric.id,
        count=missing,
        n=n,
        share=missing / n,
        p=p,
    )
    if known.sum():
        means = {x.mean for x in samples.values() if x.n}
        is_constant = len(means) == 1 and not any(x.variance > 0 for x in samples.values())
        yield Check(
            check="constant",
            verdict="warning" if is_constant else "passed",
            metric=metric.id,
            n=int(known.sum()),
        )


def _missing_p(known: np.ndarray, nulls: np.ndarray) -> float:
    """Return the p of equal shares of unknown values in all arms; NaN where none can differ."""
    per_arm = known + nulls
    if not nulls.sum() or not known.sum():
        return NAN
    test = sample_ratio_test(nulls, per_arm)
    other = sample_ratio_test(known, per_arm)
    # Pearson's statistic of the 2 x k table is the sum of both rows' parts.
    statistic = test.statistic + other.statistic
    if not np.isfinite(statistic) or test.df < 1:
        return NAN
    return float(np.exp(log_chi_square_tail(statistic, df=test.df)))


def _segment_checks(
    part: Participants,
    experiment: Experiment,
    segments: pd.DataFrame | None,
    limits: TrustLimits,
) -> Iterator[Check]:
    if segments is None:
        return
    tests = [
        (grouping, *test)
        for grouping in (str(c) for c in segments if c != "unit_id")
        for test in _ratios(part, experiment, segment_codes(part, segments, grouping))
    ]
    adjusted = adjust_p_values([t.p for *_, t in tests], correction="holm")
    for (grouping, segment, n, test), p in zip(tests, adjusted, strict=True):
        verdict: CheckVerdict = "warning" if p < limits.ratio_p else "passed"
        yield Check(
            check="segment_ratio",
            verdict=verdict,
            grouping=grouping,
            segment=segment,
            n=n,
            share=test.deviation,
            p=float(p),
            log10_p=test.log10_p,
        )


def _day_check(
    part: Participants, experiment: Experiment, zone: tzinfo | str, limits: TrustLimits
) -> Iterator[Check]:
    """Check the split of every day of exposure: a logging fault may last for one day only."""
    tests = [t for t in _ratios(part, experiment, day_codes(part, zone)) if t[2].p == t[2].p]
    if len(tests) < 2:
        return
    adjusted = adjust_p_values([t.p for *_, t in tests], correction="holm")
    n_failed = int((adjusted < limits.ratio_p).sum())
    yield Check(
        check="day_ratio",
        verdict="warning" if n_failed else "passed",
        count=n_failed,
        n=len(part),
        p=float(adjusted.min()),
    )


def _ratios(
    part: Participants, experiment: Experiment, coded: tuple[NDArray[np.int64], tuple[str, ...]]
) -> Iterator[tuple[str, int, SampleRatio]]:
    """Test the split within every group of units that is large enough."""
    groups, names = coded
    if not names:
        return
    shares = [a.share for a in experiment.arms.values()]
    used = groups >= 0
    cells = groups[used] * len(shares) + part.codes[used]
    counts = np.bincount(cells, minlength=len(names) * len(shares)).reshape(len(names), -1)
    for name, row in zip(names, counts, strict=True):
        if row.sum() >= _SEGMENT_MIN:
            yield name, int(row.sum()), sample_ratio_test(row, shares)
