"""Checks of what units were before, of odd values and effects, and of when it was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.experiments.checks import Check, CheckVerdict
from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.grouping import day_codes
from cjm_research.experiments.samples import ArmSample
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.segment_tables import Interactions
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")

BALANCE_P = 0.001
"""Arms that differ before the start with a smaller p were not drawn alike."""
SKEW_RULE = 355
"""Units that a mean needs for each unit of squared skewness (Kohavi and others 2014)."""
IMPLAUSIBLE = 0.5
"""Relative change from which on an error is likelier than a success, if surely that large."""


def before_checks(part: Participants, experiment: Experiment) -> Iterator[Check]:
    """Compare what was known of the units before: the arms must not differ in it yet."""
    if not experiment.has_control:
        return
    own = {f"{m.id}:before": m for m in experiment.metrics if m.before_days is not None}
    names = dict.fromkeys(c for m in experiment.metrics for c in m.adjusted_for)
    tests = [(name, _largest_gap(part, name, experiment)) for name in names]
    adjusted = adjust_p_values([t.p for _, t in tests], correction="holm")
    for (name, test), p in zip(tests, adjusted, strict=True):
        verdict: CheckVerdict = "warning" if p < BALANCE_P else "passed"
        yield Check(
            check="before_difference" if name in own else "covariate_balance",
            verdict=verdict if p == p else "not_checked",
            metric=own[name].id if name in own else None,
            covariate=None if name in own else name,
            n=test.n,
            share=abs(test.lift),
            p=float(p),
        )


def _largest_gap(part: Participants, name: str, experiment: Experiment) -> Effect:
    """Return the comparison of a covariate that is the furthest from chance."""
    values = part.covariate(name)
    samples = {}
    for code, arm in enumerate(part.arms):
        own = values[part.codes == code]
        known = own[~np.isnan(own)]
        samples[arm] = ArmSample(
            n=len(known),
            n_null=len(own) - len(known),
            mean=float(known.mean()) if len(known) else NAN,
            variance=float(known.var(ddof=1)) if len(known) > 1 else NAN,
        )
    metric = experiment.metrics[0].model_copy(update={"kind": "mean", "margin": None})
    rows = compare_arms(metric, samples, experiment.control, confidence=0.95)
    tested = [r for r in rows if r.p == r.p]
    return min(tested, key=lambda r: r.p) if tested else rows[0]


def value_checks(part: Participants, experiment: Experiment, metric: Metric) -> Iterator[Check]:
    """Check money for negative values, and means for values too uneven for so few units.

    The rule asks for 355 s^2 units for a skewness s: then the mean's own skewness is below
    1 / sqrt(355). Here the same is asked of the difference of two means, in which skewness that
    both arms share cancels as far as they are of one size.

    References
    ----------
    Kohavi R., Deng A., Longbotham R., Xu Y. (2014). Seven rules of thumb for web site
    experimenters. KDD '14, 1857-1866, rule 7. doi:10.1145/2623330.2623341
    """
    if metric.kind == "conversion":
        return
    values = part.values(metric)
    known = ~np.isnan(values)
    n_negative = int((values[known] < 0).sum())
    if metric.is_money:
        yield Check(
            check="negative_values",
            verdict="warning" if n_negative else "passed",
            metric=metric.id,
            count=n_negative,
            n=int(known.sum()),
            share=n_negative / known.sum() if known.any() else NAN,
        )
    if metric.kind == "mean":
        arms = [values[known & (part.codes == code)] for code in range(len(part.arms))]
        control = part.arms.index(experiment.control) if experiment.has_control else 0
        others = [a for i, a in enumerate(arms) if i != control]
        worst = max((_skewness(a, arms[control]) for a in others), default=0.0)
        least = min(len(a) for a in arms)
        needed = SKEW_RULE * worst**2 * least
        yield Check(
            check="skewness",
            verdict="warning" if least < needed else "passed",
            metric=metric.id,
            count=round(needed),
            n=least,
        )


def _skewness(treated: np.ndarray, control: np.ndarray) -> float:
    """Return the absolute skewness of the difference of two means."""
    third = square = 0.0
    for sign, values in ((1, treated), (-1, control)):
        if len(values) < 2:
            return 0.0
        centred = values - values.mean()
        third += sign * float((centred**3).mean()) / len(values) ** 2
        square += float((centred**2).mean()) / len(values)
    return float(abs(third)) / square**1.5 if square > 0 else 0.0


def effect_checks(found: Sequence[Effect]) -> Iterator[Check]:
    """Ask whether an effect is too large to be true (Twyman's law)."""
    for row in found:
        if not row.is_main or row.role != "success":
            continue
        ends = (row.lift_low, row.lift_high)
        is_large = row.p < BALANCE_P and min(abs(x) for x in ends) >= IMPLAUSIBLE
        yield Check(
            check="implausible_lift",
            verdict="warning" if is_large else "passed",
            metric=row.metric,
            arm=row.arm,
            n=row.n,
            share=abs(row.lift),
        )


def reversed_checks(interactions: Interactions) -> Iterator[Check]:
    """Warn of an effect that all together and the segments on average show in opposite ways."""
    for test in interactions.tests:
        if test.is_reversed:
            yield Check(
                check="segments_reversed",
                verdict="warning",
                metric=test.metric,
                grouping=test.grouping,
                arm=test.arm,
                n=test.n,
            )


def calendar_checks(
    part: Participants,
    experiment: Experiment,
    *,
    until: pd.Timestamp | None = None,
    zone: tzinfo | str = "UTC",
) -> Iterator[Check]:
    """Check that every weekday took part alike, and that no look was taken unplanned."""
    _, days = day_codes(part, zone)
    if days:
        first = pd.Timestamp(experiment.starts_on or days[0])
        last = min(pd.Timestamp(experiment.ends_on or days[-1]), pd.Timestamp(days[-1]))
        length = max((last - first).days + 1, 1)
        windows = [m.within_days or 0.0 for m in experiment.metrics if m.role == "success"]
        # A window of a week sees every weekday of each unit, whenever it was exposed.
        is_whole = length % 7 == 0 or length >= 28 or min(windows, default=0.0) >= 7
        yield Check(
            check="weekday_coverage",
            verdict="passed" if is_whole else "warning",
            count=length,
            n=len(part),
        )
    if until is None or experiment.ends_on is None:
        return
    is_early = until.tz_localize(None).normalize() < pd.Timestamp(experiment.ends_on)
    yield Check(
        check="undeclared_looks",
        verdict="warning" if is_early and experiment.looks == 1 else "passed",
        count=int(is_early),
        n=len(part),
    )
