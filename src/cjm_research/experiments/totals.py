"""An experiment of which only sums are known, as advertising exports and papers give them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.errors import DesignError, NoDataError, SchemaError
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.campaign import Basis, concluded
from cjm_research.experiments.checks import Check, CheckVerdict, TrustChecks, in_order
from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.descriptive import describe_totals, described_metrics
from cjm_research.experiments.judging import judge
from cjm_research.experiments.looks import with_looks
from cjm_research.experiments.more_checks import effect_checks
from cjm_research.experiments.samples import ArmSample, arm_total
from cjm_research.experiments.totals_looks import look_days, total_looks
from cjm_research.experiments.trust import TrustLimits, split_checks
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.descriptive import Description
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment


def analyse_totals(
    experiment: Experiment,
    totals: pd.DataFrame,
    *,
    until: pd.Timestamp | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> CampaignResult:
    """Analyse an experiment from the sums of its arms.

    Parameters
    ----------
    experiment : Experiment
        The plan. A metric is found by its `event`, else by its id.
    totals : pandas.DataFrame
        `experiment`, `arm`, `metric`, `n`, `total`; `variance` for means. Rows of several days
        add up; of cumulative rows (`is_cumulative`) the newest counts. A row without n or
        total is left out: so many days are unknown, not empty.
    until : pandas.Timestamp, optional
        Last day of the data.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a statement needs.

    Returns
    -------
    CampaignResult
        The split is checked on the largest n of each arm. What needs single units, such as
        segments or units in two arms, is not checked and says so.

    Raises
    ------
    DesignError
        If no arm is the control, or the plan needs more than sums: quantiles, or arms that were
        drawn for clusters, whose units are not independent.
    SchemaError
        If a column is missing.
    NoDataError
        If there is no row of the experiment.
    """
    need_control(experiment)
    _need_sums_only(experiment)
    every = _rows_of(experiment, totals)
    rows = _newest(every)
    samples = {m.id: _samples(rows, m, experiment) for m in experiment.metrics}
    effects = [
        effect
        for m in experiment.metrics
        for effect in compare_arms(m, samples[m.id], experiment.control, confidence=confidence)
    ]
    looks = total_looks(experiment, every, confidence=confidence)
    found = judge(with_looks(effects, looks, experiment, until=until), confidence=confidence)
    counts = {a: max(s[a].n for s in samples.values()) for a in experiment.arms}
    checks = TrustChecks(
        experiment=experiment.id,
        checks=in_order(
            [
                *split_checks(counts, experiment, TrustLimits()),
                *_unknown(experiment, samples),
                *_looked(experiment, len(look_days(every)), sum(counts.values())),
                *effect_checks(found),
                Check(check="exposures", verdict="not_checked", n=sum(counts.values())),
            ]
        ),
        n_units=sum(counts.values()),
    )
    basis = Basis(
        experiment=experiment,
        found=found,
        checks=checks,
        counts=counts,
        days=_days(rows),
        spend=spend_of(rows, experiment),
        until=until,
        confidence=confidence,
        limits=limits,
    )
    return replace(concluded(basis), looks=looks, is_from_units=False)


def describe_sums(
    experiment: Experiment,
    totals: pd.DataFrame,
    *,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Description:
    """Describe a campaign without a control from the sums of its arms; see `analyse_totals`."""
    rows = _newest(_rows_of(experiment, totals))
    return describe_totals(
        experiment,
        {m.id: _samples(rows, m, experiment) for m in described_metrics(experiment)},
        spend=spend_of(rows, experiment),
        confidence=confidence,
        limits=limits,
    )


def _need_sums_only(experiment: Experiment) -> None:
    wrong = next((m.id for m in experiment.metrics if m.kind == "quantile"), None)
    if wrong is not None or experiment.is_clustered:
        what = f"the quantile {wrong!r}" if wrong else "clusters"
        raise DesignError(f"{experiment.id!r} has {what}: sums of the arms are not enough for it.")


def _rows_of(experiment: Experiment, totals: pd.DataFrame) -> pd.DataFrame:
    for column in ("experiment", "arm", "metric", "n", "total"):
        if column not in totals:
            raise SchemaError.missing_column(column, table="campaign_totals", found=totals.columns)
    rows = totals[
        (totals["experiment"] == experiment.id) & totals[["n", "total"]].notna().all(axis=1)
    ]
    if rows.empty:
        raise NoDataError(f"There are no totals of the experiment {experiment.id!r}.")
    return rows


def spend_of(rows: pd.DataFrame, experiment: Experiment) -> dict[str, float]:
    """Return what was spent on each arm, where the plan names the metric of it."""
    name = experiment.money.spend if experiment.money is not None else None
    own = rows[rows["metric"] == name] if name is not None else rows.iloc[:0]
    return {str(arm): float(x) for arm, x in own.groupby("arm")["total"].sum().items()}


def _days(rows: pd.DataFrame) -> float | None:
    """Return of how many days the sums are; None where they are of one day or undated."""
    if "date" not in rows or rows["date"].isna().all():
        return None
    days = (rows["date"].max() - rows["date"].min()).days + 1
    return float(days) if days > 1 else None


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the last of the rows that already add up all before them."""
    if "is_cumulative" not in rows or not rows["is_cumulative"].fillna(value=False).any():
        return rows
    clock = next((c for c in ("looked_at", "date") if c in rows and rows[c].notna().any()), None)
    ordered = rows.sort_values(clock, kind="stable") if clock else rows
    return ordered.drop_duplicates(["arm", "metric"], keep="last")


def _samples(rows: pd.DataFrame, metric: Metric, experiment: Experiment) -> dict[str, ArmSample]:
    return {arm: arm_total(rows[rows["arm"] == arm], metric) for arm in experiment.arms}


def _looked(experiment: Experiment, n_looks: int, n: int) -> list[Check]:
    """Warn of more looks than were planned; sums that were looked at once need no word."""
    if n_looks < 2:
        return []
    is_more = n_looks > experiment.looks
    verdict: CheckVerdict = "warning" if is_more and experiment.looks == 1 else "passed"
    return [Check(check="undeclared_looks", verdict=verdict, count=n_looks, n=n)]


def _unknown(experiment: Experiment, samples: dict[str, dict[str, ArmSample]]) -> list[Check]:
    """Fail every metric of which an arm has no sum."""
    return [
        Check(check="missing_values", verdict="failed", metric=metric.id, count=0, n=0)
        for metric in experiment.metrics
        if not all(s.n for s in samples[metric.id].values())
    ]
