"""Novelty and primacy: whether an effect wears off, or grows, with the days since exposure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.ledger import Ledger
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.since_days import DAY, day_samples, units_deeds
from cjm_research.experiments.since_tables import (
    Halves,
    MoneySinceExposure,
    MoneySinceHalves,
    NumberSinceExposure,
    NumberSinceHalves,
    SinceExposure,
    SinceHalves,
    SincePoint,
)
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.since_days import Deeds
    from cjm_research.experiments.since_tables import Course
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

FEWEST_DAYS, MOST_DAYS = 4, 28
"""Days after exposure that can be followed, and that are followed where no window is declared."""
FEWEST_DOERS = 30
"""Units of each arm that must have done something in each half before halves are compared."""
NAN = float("nan")


def since_exposure(
    experiment: Experiment,
    units: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame | None],
    *,
    until: pd.Timestamp | None = None,
    confidence: float = 0.95,
) -> SinceExposure | None:
    """Follow the first success metric by the days since each unit's exposure.

    Only units that were followed over all days count, so that every day is of the same units.
    An effect that is large in the first days and wears off is one of novelty; one that grows is
    one of primacy: people had to get used to what changed. What is tested is whether the relative
    effect is the same in both halves of the days; a metric that falls with the days in both arms
    alike does not count as fading.

    Parameters
    ----------
    experiment : Experiment
        The plan; the metric is the first success that is a share or a mean of orders or events.
    units : pandas.DataFrame
        Units as `unit_metrics` gives them.
    tables : mapping of str to pandas.DataFrame
        `orders` and `events`, with their times.
    until : pandas.Timestamp, optional
        Last day of the data; the newest row of the metric's table if absent.
    confidence : float, default 0.95
        Of each interval.

    Returns
    -------
    SinceExposure or None
        None where nothing can be followed: no such metric, no times, a window of under four days.

    Notes
    -----
    With m1 and m2 the means of an arm in both halves, log(m1 / m2) has the variance of
    (y1 / m1 - y2 / m2) over the units, divided by n (delta method); the halves of one unit may
    depend on each other. The statistic is the difference of two such logarithms. By simulation it
    errs in 5 % of tests without a change (``tests/experiments/test_since.py``).
    """
    metric = next((m for m in experiment.metrics if _can_follow(m)), None)
    part = taking_part(units, experiment)
    if metric is None or not len(part) or "exposed_at" not in part.frame:
        return None
    if part.frame["exposed_at"].isna().all():
        return None
    at = pd.to_datetime(part.frame["exposed_at"], utc=True)
    ledger = Ledger(part.frame.assign(begin=at), tables, experiment=experiment.id)
    if not ledger.has(metric.table) or np.isnan(ledger.newest(metric.table)):
        return None
    followed = _followed_days(ledger, metric, until)
    n_days = int(metric.within_days or min(np.quantile(followed, 0.25), MOST_DAYS))
    if n_days < FEWEST_DAYS:
        return None
    arm = np.where(followed >= n_days, part.codes.astype(np.int64), -1)
    if min(np.bincount(arm[arm >= 0], minlength=len(part.arms)), default=0) < 2:
        return None
    deeds = units_deeds(metric, ledger, arm=arm, n_days=n_days)
    return _result(experiment, metric, deeds, confidence=confidence)


def with_since(
    campaign: CampaignResult,
    units: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame | None],
    *,
    until: pd.Timestamp | None = None,
) -> CampaignResult:
    """Add the effect by days since exposure to what is known of a campaign.

    Parameters
    ----------
    campaign : CampaignResult
        As `analyse` gives it; a broken experiment makes no claim here either.
    units : pandas.DataFrame
        The units that it was made of.
    tables : mapping of str to pandas.DataFrame
        `orders` and `events`.
    until : pandas.Timestamp, optional
        Last day of the data.
    """
    if campaign.experiment.is_clustered:
        return campaign
    found = since_exposure(
        campaign.experiment, units, tables, until=until, confidence=campaign.confidence
    )
    if found is None:
        return campaign
    halves = replace(
        found.halves, is_reliable=not campaign.checks.is_broken, limits=campaign.limits
    )
    return replace(campaign, since=replace(found, halves=halves))


def _can_follow(metric: Metric) -> bool:
    is_kind = metric.kind in {"conversion", "mean"} and metric.table in {"orders", "events"}
    return metric.role == "success" and is_kind


def _followed_days(ledger: Ledger, metric: Metric, until: pd.Timestamp | None) -> Floats:
    """Return for how many days each unit was followed."""
    if until is None:
        ticks = ledger.newest(metric.table)
    else:
        end = until.tz_localize("UTC") if until.tzinfo is None else until.tz_convert("UTC")
        ticks = (end + pd.Timedelta(days=1)).timestamp() * 1e6
    return np.asarray(np.nan_to_num((ticks - ledger.begin) / DAY, nan=-1.0))


def _result(
    experiment: Experiment, metric: Metric, deeds: Deeds, *, confidence: float
) -> SinceExposure:
    daily = day_samples(experiment, metric, deeds, is_so_far=False)
    so_far = day_samples(experiment, metric, deeds, is_so_far=True)
    points = []
    for day in range(deeds.n_days):
        pairs = zip(
            *(compare_arms(metric, s[day], experiment.control, confidence=confidence)
              for s in (daily, so_far)), strict=True
        )  # fmt: skip
        points += [
            SincePoint(
                since_day=day + 1,
                metric=metric.id,
                arm=own.arm,
                n=own.n,
                daily_control=own.control.mean,
                daily_treated=own.treated.mean,
                daily_difference=own.treated.mean - own.control.mean,
                daily_low=own.low,
                daily_high=own.high,
                so_far_difference=both.treated.mean - both.control.mean,
                so_far_low=both.low,
                so_far_high=both.high,
            )
            for own, both in pairs
        ]
    whole: type[SinceExposure] = SinceExposure
    parts: type[SinceHalves] = SinceHalves
    if metric.kind != "conversion":
        is_money = metric.is_money
        whole = MoneySinceExposure if is_money else NumberSinceExposure
        parts = MoneySinceHalves if is_money else NumberSinceHalves
    halves = parts(
        experiment=experiment.id,
        metric=metric.id,
        first_days=deeds.n_days // 2,
        n_days=deeds.n_days,
        rows=_judged([*_halves(experiment, metric, deeds)], 1 - confidence),
    )
    return whole(
        experiment=experiment.id,
        points=tuple(points),
        halves=halves,
        n_left_out=int((deeds.arm < 0).sum()),
        confidence=confidence,
    )


def _halves(experiment: Experiment, metric: Metric, deeds: Deeds) -> Iterator[Halves]:
    names = list(experiment.arms)
    is_late = deeds.day >= deeds.n_days // 2
    early, late = (
        np.bincount(deeds.place[s], weights=deeds.value[s], minlength=len(deeds.arm))
        for s in (~is_late, is_late)
    )
    if metric.kind == "conversion":
        early, late = (early > 0).astype(np.float64), (late > 0).astype(np.float64)
    logs = {}
    for code, name in enumerate(names):
        own = deeds.arm == code
        y1, y2 = early[own], late[own]
        m1, m2 = float(y1.mean()), float(y2.mean())
        is_enough = min((y1 != 0).sum(), (y2 != 0).sum()) >= FEWEST_DOERS and min(m1, m2) > 0
        square = float((y1 / m1 - y2 / m2).var(ddof=1)) / len(y1) if is_enough else NAN
        logs[name] = (m1, m2, np.log(m1 / m2) if is_enough else NAN, square, len(y1))
    none = logs[experiment.control]
    for name in names:
        if name == experiment.control:
            continue
        m1, m2, log, square, n = logs[name]
        z = abs(log - none[2]) / np.sqrt(square + none[3])
        yield Halves(
            arm=name,
            n=n + none[4],
            early_control=none[0],
            early_treated=m1,
            late_control=none[1],
            late_treated=m2,
            p=float(2 * special.ndtr(-z)),
        )


def _judged(rows: list[Halves], level: float) -> tuple[Halves, ...]:
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    n = sum(r.p == r.p for r in rows)
    return tuple(
        replace(r, p_adjusted=float(p), n_questions=n, course=_course(r, float(p), level))
        for r, p in zip(rows, adjusted, strict=True)
    )


def _course(row: Halves, p: float, level: float) -> Course:
    """Return where the effect goes: towards nothing it fades, else it grows."""
    if p != p:
        return "unknown"
    if p >= level:
        return "not_after_correction" if row.p < level else "steady"
    return "fades" if abs(row.late_lift) < abs(row.early_lift) else "grows"
