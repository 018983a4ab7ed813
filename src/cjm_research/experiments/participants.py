"""The units of an experiment that are analysed, and the moments of what they did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.errors import DesignError, SchemaError
from cjm_research.experiments.columns import filled, metric_column, metric_parts, number_column
from cjm_research.experiments.samples import ArmSample, CellMoments
from cjm_research.stats.moments import cell_moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from cjm_research.stats.moments import Moments
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

    Floats = NDArray[np.float64]


class Participants:
    """The units of an experiment that are analysed, with the number of each one's arm.

    Made by `taking_part`; every check, effect and segment of one analysis shares it, so that
    each column is read once.
    """

    __slots__ = ("_columns", "_joint", "_samples", "arms", "codes", "frame", "metrics")

    def __init__(
        self, frame: pd.DataFrame, codes: NDArray[np.int8], experiment: Experiment
    ) -> None:
        self.frame, self.codes = frame, codes
        self.arms, self.metrics = tuple(experiment.arms), tuple(experiment.metrics)
        self._columns: dict[str, Floats] = {}
        self._joint: tuple[dict[str, int], list[Moments]] | None = None
        self._samples: dict[str, dict[str, ArmSample]] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def dealt(self, codes: NDArray[np.int8]) -> Participants:
        """Return the same units with other arms; what was read of them is shared."""
        other = Participants.__new__(Participants)
        other.frame, other.codes = self.frame, codes
        other.arms, other.metrics = self.arms, self.metrics
        other._columns, other._joint, other._samples = self._columns, None, {}  # noqa: SLF001
        return other

    def with_column(self, name: str, values: Floats) -> Participants:
        """Return the same units with one column of numbers more, or another one of that name."""
        other = self.dealt(self.codes)
        other._columns = {**self._columns, name: values}  # noqa: SLF001
        return other

    def marked_moments(self, metric: Metric) -> dict[str, CellMoments]:
        """Return a metric's moments by arm, each covariate with its mark ``NAME?`` behind it."""
        own, others = metric_parts(metric), metric.adjusted_for
        if not any(f"{name}?" in self._columns for name in others) and self._covers(
            [*own, *others]
        ):
            # A mark that no unit has is a column of zeros.
            behind = np.arange(len(own) + 1, len(own) + len(others) + 1)
            marked = np.insert(np.eye(len(own) + len(others)), behind, 0.0, axis=0)
            found = self._selected([*own, *others])
            return {a: CellMoments(c.moments.combine(marked), 0) for a, c in found.items()}
        nothing = np.zeros(len(self))
        parts = [self.values(metric), *(self.covariate(c) for c in own[1:])]
        for name in others:
            parts += [self.covariate(name), self._columns.get(f"{name}?", nothing)]
        known = ~np.isnan(np.sum(parts, axis=0))
        nulls = np.bincount(self.codes[~known], minlength=len(self.arms))
        cells = cell_moments([p[known] for p in parts], self.codes[known], n_cells=len(self.arms))
        rows = (CellMoments(m, int(k)) for m, k in zip(cells, nulls, strict=True))
        return dict(zip(self.arms, rows, strict=True))

    @property
    def counts(self) -> dict[str, int]:
        """Units of each arm of the plan."""
        n = np.bincount(self.codes, minlength=len(self.arms))
        return {arm: int(x) for arm, x in zip(self.arms, n, strict=True)}

    def values(self, metric: Metric) -> Floats:
        """Return a metric of every unit; of a ratio what is divided. NaN where not known."""
        if metric.id not in self._columns:
            self._columns[metric.id] = metric_column(self.frame, metric).to_numpy()
        return self._columns[metric.id]

    def covariate(self, name: str) -> Floats:
        """Return a covariate of every unit, NaN where it is not known."""
        if name not in self._columns:
            self._columns[name] = number_column(self.frame, name).to_numpy()
        return self._columns[name]

    def samples(self, metric: Metric, *, cap: float | None = None) -> dict[str, ArmSample]:
        """Return one metric's sample of each arm, nulls left out and counted.

        Parameters
        ----------
        metric : Metric
            Which column.
        cap : float, optional
            Value above which a unit counts as this value.
        """
        if cap is not None:
            return _samples(self.moments(metric, cap=cap)[0], metric)
        if metric.id not in self._samples:
            self._samples[metric.id] = _samples(self.moments(metric)[0], metric)
        return self._samples[metric.id]

    def samples_by(
        self, metric: Metric, groups: NDArray[np.int64], *, n_groups: int
    ) -> list[dict[str, ArmSample]]:
        """Return the samples of each arm in each group of units.

        Parameters
        ----------
        metric : Metric
            Which column.
        groups : numpy.ndarray of int
            Number of each unit's group; -1 for none.
        n_groups : int
            Groups.
        """
        cells = self.moments(metric, groups=groups, n_groups=n_groups)
        return [_samples(group, metric) for group in cells]

    def moments(
        self,
        metric: Metric,
        *,
        groups: NDArray[np.int64] | None = None,
        n_groups: int = 1,
        cap: float | None = None,
        is_adjusted: bool = False,
    ) -> list[dict[str, CellMoments]]:
        """Return the moments of a metric for each group and arm, over units that it is known of.

        Parameters
        ----------
        metric : Metric
            Which column, or both parts of a ratio.
        groups : numpy.ndarray of int, optional
            Number of each unit's group, -1 for none; all units are one group if absent.
        n_groups : int
            Groups.
        cap : float, optional
            Value above which a unit counts as this value.
        is_adjusted : bool, default False
            With the covariates of the metric behind its own columns, each with a mark of the
            units that it is not known of where there are some.
        """
        parts = [self.values(metric), *(self.covariate(c) for c in metric_parts(metric)[1:])]
        names = [*metric_parts(metric), *(metric.adjusted_for if is_adjusted else ())]
        if groups is None and cap is None and self._covers(names):
            return [self._selected(names)]
        if cap is not None:
            parts[0] = np.minimum(parts[0], cap)
        for name in metric.adjusted_for if is_adjusted else ():
            column, mark = filled(self.covariate(name))
            parts += [column] if mark is None else [column, mark]
        here = np.zeros(len(self), dtype=np.int64) if groups is None else groups
        n_arms = len(self.arms)
        cells = np.where(here >= 0, here * n_arms + self.codes, -1)
        known = ~np.isnan(parts[0]) if len(parts) == 1 else ~np.isnan(np.sum(parts, axis=0))
        nulls = np.bincount(cells[~known & (cells >= 0)], minlength=n_groups * n_arms)
        if not known.all():
            parts, cells = [p[known] for p in parts], cells[known]
        found = cell_moments(parts, cells, n_cells=n_groups * n_arms)
        rows = [CellMoments(m, int(k)) for m, k in zip(found, nulls, strict=True)]
        return [
            dict(zip(self.arms, rows[g * n_arms : (g + 1) * n_arms], strict=True))
            for g in range(n_groups)
        ]

    def _covers(self, names: Sequence[str]) -> bool:
        """Tell whether the one pass over all complete columns has these."""
        if self._joint is None:
            self._joint = self._one_pass()
        return all(name in self._joint[0] for name in names)

    def _selected(self, names: Sequence[str]) -> dict[str, CellMoments]:
        places, found = self._joint or ({}, [])
        chosen = [places[name] for name in names]
        return {
            arm: CellMoments(m.select(chosen), 0) for arm, m in zip(self.arms, found, strict=True)
        }

    def _one_pass(self) -> tuple[dict[str, int], list[Moments]]:
        columns: dict[str, Floats] = {}
        for metric in self.metrics:
            columns[metric.id] = self.values(metric)
            for name in (*metric_parts(metric)[1:], *metric.adjusted_for):
                columns[name] = self.covariate(name)
        columns = {k: v for k, v in columns.items() if np.isfinite(v.sum())}
        found = cell_moments([*columns.values()], self.codes, n_cells=len(self.arms))
        return {name: i for i, name in enumerate(columns)}, found


def _samples(cells: dict[str, CellMoments], metric: Metric) -> dict[str, ArmSample]:
    return {arm: cell.sample(is_ratio=metric.kind == "ratio") for arm, cell in cells.items()}


def taking_part(units: pd.DataFrame | Participants, experiment: Experiment) -> Participants:
    """Return the units that are analysed: those of an arm of the plan that are not excluded.

    Raises
    ------
    SchemaError
        If a column is missing.
    DesignError
        If one unit stands in two rows: its arm is not clear.
    """
    if isinstance(units, Participants):
        return units
    for column in ("unit_id", "arm"):
        if column not in units:
            raise SchemaError.missing_column(column, table="units", found=units.columns)
    with ThreadPoolExecutor(2) as beside:  # Arrow lets other threads run while it compares texts
        of_all = beside.submit(_n_doubled, units["unit_id"])
        codes = _arm_codes(units["arm"], tuple(experiment.arms), beside)
    part = of_distinct(units, experiment, codes)
    n_doubled = of_all.result()
    if n_doubled and len(part) < len(units):
        n_doubled = _n_doubled(part.frame["unit_id"])
    if n_doubled:
        raise DesignError(
            f"{n_doubled} rows of {experiment.id!r} name a unit that stands in another row too."
            " One row per unit is needed; unit_metrics makes them."
        )
    return part


def of_distinct(
    units: pd.DataFrame, experiment: Experiment, codes: NDArray[np.int8]
) -> Participants:
    """Return the units that are analysed, where it is known that none stands in two rows.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per unit.
    experiment : Experiment
        Arms and metrics.
    codes : numpy.ndarray of int
        Number of each unit's arm in the plan, -1 for none of them.
    """
    chosen = codes >= 0
    if "exclusion" in units and units["exclusion"].notna().any():
        chosen &= units["exclusion"].isna().to_numpy()
    if chosen.all():
        return Participants(units, codes, experiment)
    return Participants(units[chosen], codes[chosen], experiment)


def _arm_codes(arm: pd.Series, arms: tuple[str, ...], beside: Executor) -> NDArray[np.int8]:
    """Return the number of each row's arm in the plan, -1 for none of them."""
    if isinstance(arm.dtype, pd.StringDtype) and arm.dtype.storage == "pyarrow":
        texts = pa.chunked_array(arm.array.__arrow_array__()).chunks
        found = beside.map(partial(arm_places, arms=arms), texts)
        return np.concatenate([np.zeros(0, np.int8), *found])
    codes, names = pd.factorize(arm)
    place = np.array([arms.index(n) if n in arms else -1 for n in names] + [-1], dtype=np.int8)
    return place[codes]


def arm_places(texts: pa.Array, arms: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the number of each text among the arms, -1 for none of them."""
    if pa.types.is_dictionary(texts.type):
        names = texts.dictionary.to_pylist()
        place = np.array([arms.index(n) if n in arms else -1 for n in names] + [-1], dtype=np.int8)
        return np.asarray(place[texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)])
    known = pa.array(arms, type=texts.type)
    found = pc.fill_null(pc.index_in(texts, value_set=known), -1)
    return np.asarray(found.to_numpy().astype(np.int8))


def _n_doubled(ids: pd.Series) -> int:
    """Count the rows whose unit stands in an earlier row too; sorted ids need no hash table."""
    if isinstance(ids.dtype, pd.StringDtype) and len(ids) > 1:
        rises = ids.iloc[1:].array > ids.iloc[:-1].array
        if bool(np.asarray(pd.array(rises).fillna(value=False), dtype=bool).all()):
            return 0
    known = ids.dropna()
    return 0 if known.is_unique else len(known) - known.nunique()
