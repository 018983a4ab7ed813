"""An experiment from moments alone: asked of each bucket of a store, merged, and answered once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import DesignError, NoDataError
from cjm_research.experiments.adjusting import compare_cells
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.judging import judge
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.samples import CellMoments
from cjm_research.experiments.units import TABLES, unit_metrics
from cjm_research.stats.moments import Moments
from cjm_research.store.fold import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from concurrent.futures import Executor

    import pandas as pd

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.store.store import Store
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment


@dataclass(frozen=True, slots=True)
class CampaignMoments:
    """Moments of every metric in every arm; those of two halves merge into those of the whole."""

    cells: Mapping[str, Mapping[str, CellMoments]]
    """Metric, then arm: the metric's own columns, its covariates and the marks of unknown ones."""

    def merge(self, other: CampaignMoments) -> CampaignMoments:
        """Return the moments of both taken together."""
        return CampaignMoments(
            {
                metric: {arm: cell.merge(other.cells[metric][arm]) for arm, cell in arms.items()}
                for metric, arms in self.cells.items()
            }
        )


def campaign_moments(
    experiment: Experiment,
    tables: Mapping[str, pd.DataFrame],
    *,
    until: pd.Timestamp | None = None,
    held: Collection[str] = (),
) -> CampaignMoments:
    """Return the moments of the units in some tables: of a whole study, or of one bucket.

    Parameters
    ----------
    experiment : Experiment
        The plan. Quantiles, and tests of clusters, have no moments that merge.
    tables : mapping of str to pandas.DataFrame
        `exposures` and what metrics and covariates are counted from. All rows of a unit must be
        among them.
    until : pandas.Timestamp, optional
        Last day of the data.
    held : collection of str
        As in `unit_metrics`: tables that the whole study has rows of.

    Raises
    ------
    DesignError
        If the plan needs more than moments of units.
    """
    _need_moments_only(experiment)
    try:
        used = {k: t for k, t in tables.items() if k in TABLES}
        units = unit_metrics(experiment, tables["exposures"], until=until, held=held, **used)
    except NoDataError:
        return CampaignMoments({m.id: _nothing(m, experiment) for m in experiment.metrics})
    return units_moments(experiment, units)


def units_moments(experiment: Experiment, units: pd.DataFrame | Participants) -> CampaignMoments:
    """Return the moments of some units, one row each, as `unit_metrics` gives them.

    Raises
    ------
    DesignError
        If the plan needs more than moments of units, or a unit stands in two rows.
    SchemaError, DataError
        If a column is missing or holds what it may not.
    """
    _need_moments_only(experiment)
    part = taking_part(units, experiment)
    for name in dict.fromkeys(c for m in experiment.metrics for c in m.adjusted_for):
        # What is not known is marked, so that what it is filled with does not matter.
        unknown = np.isnan(part.covariate(name))
        if unknown.any():
            filled = np.where(unknown, 0.0, part.covariate(name))
            part = part.with_column(f"{name}?", unknown.astype(np.float64))
            part = part.with_column(name, filled)
    return CampaignMoments({m.id: part.marked_moments(m) for m in experiment.metrics})


def fold_campaign(
    store: Store,
    experiment: Experiment,
    *,
    until: pd.Timestamp | None = None,
    executor: Executor | None = None,
) -> CampaignMoments:
    """Return the moments of an experiment over all buckets of a store.

    Parameters
    ----------
    store : Store
        A pinned version; all rows of a unit are in one bucket.
    experiment : Experiment
        The plan.
    until : pandas.Timestamp, optional
        Last day of the data.
    executor : concurrent.futures.Executor, optional
        Runs the buckets elsewhere.
    """
    needed = {"exposures", *(m.table for m in experiment.metrics)}
    needed |= {"outcomes", "customers"} if any(m.covariates for m in experiment.metrics) else set()
    held = tuple(t for t in sorted(needed) if store.has(t))
    ask = partial(_of_bucket, experiment=experiment, until=until, held=held)
    return fold(store, ask, _merge, tables=sorted(needed), executor=executor)


def effects_of_moments(
    moments: CampaignMoments, experiment: Experiment, *, confidence: float = 0.95
) -> tuple[Effect, ...]:
    """Answer from moments what `arm_effects` answers from units; capped rows need the units."""
    need_control(experiment)
    found: list[Effect] = []
    for metric in experiment.metrics:
        cells = {arm: moments.cells[metric.id][arm] for arm in experiment.arms}
        found += compare_cells(metric, cells, experiment.control, confidence=confidence)
    return judge(found, confidence=confidence)


def _need_moments_only(experiment: Experiment) -> None:
    wrong = next((m.id for m in experiment.metrics if m.kind == "quantile"), None)
    if wrong is not None or experiment.is_clustered or experiment.is_stratified:
        what = f"the quantile {wrong!r}" if wrong else "clusters or strata"
        raise DesignError(f"{experiment.id!r} has {what}: it is analysed in one piece.")


def _of_bucket(
    tables: dict[str, pd.DataFrame],
    *,
    experiment: Experiment,
    until: pd.Timestamp | None,
    held: tuple[str, ...],
) -> CampaignMoments:
    return campaign_moments(experiment, tables, until=until, held=held)


def _merge(one: CampaignMoments, other: CampaignMoments) -> CampaignMoments:
    return one.merge(other)


def _nothing(metric: Metric, experiment: Experiment) -> dict[str, CellMoments]:
    k = (2 if metric.kind == "ratio" else 1) + 2 * len(metric.adjusted_for)
    empty = Moments(n=0, mean=np.zeros(k), cross=np.zeros((k, k)))
    return {arm: CellMoments(empty, 0) for arm in experiment.arms}
