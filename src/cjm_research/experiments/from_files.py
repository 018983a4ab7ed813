"""An experiment whose units lie in Parquet files: read once, batch by batch, answered at once."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from cjm_research.errors import DataError, NoDataError, SchemaError
from cjm_research.experiments.campaign import Basis, concluded
from cjm_research.experiments.checks import Check, TrustChecks, in_order
from cjm_research.experiments.columns import metric_parts
from cjm_research.experiments.folded import CampaignMoments, effects_of_moments, units_moments
from cjm_research.experiments.judging import judge
from cjm_research.experiments.looks import with_looks
from cjm_research.experiments.more_checks import effect_checks
from cjm_research.experiments.participants import arm_places, of_distinct, taking_part
from cjm_research.experiments.trust import TrustLimits, metric_checks, split_checks
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.participants import Participants
    from cjm_research.study.plans import Experiment

_BATCH = 262_144
_TEXTS = {t: pd.StringDtype("pyarrow") for t in (pa.string(), pa.large_string())}


class _FilePart(NamedTuple):
    """Moments of one file, and whether its units are in the order of their ids."""

    moments: CampaignMoments | None
    first: pa.Scalar | None
    last: pa.Scalar | None
    rises: bool


def files_moments(
    files: str | Path | Sequence[str | Path],
    experiment: Experiment,
    *,
    executor: Executor | None = None,
) -> CampaignMoments:
    """Return the moments of the units in Parquet files, never holding more than a few row groups.

    Parameters
    ----------
    files : path, or sequence of paths
        Files, or one folder of them, with one row per unit: `unit_id`, `arm`, a column per
        metric and covariate, and `exclusion` where some take no part, as `unit_metrics` gives
        them. Where units are in the order of their ids, files too, no unit can stand twice;
        elsewhere the ids are read once more and compared.
    experiment : Experiment
        The plan. Quantiles, clusters and strata need the units in one piece.
    executor : concurrent.futures.Executor, optional
        Reads the files elsewhere, one a task.

    Raises
    ------
    DataError
        If a file is no Parquet, or a metric holds what it may not.
    NoDataError
        If there is no unit in any file.
    SchemaError
        If a column is missing.
    DesignError
        If a unit stands in two rows, or the plan needs more than moments of units.
    """
    paths = _paths(files)
    ask = partial(_of_file, experiment=experiment)
    parts = [*(map(ask, paths) if executor is None else executor.map(ask, paths))]
    parts = [p for p in parts if p.moments is not None]
    found = [p.moments for p in parts if p.moments is not None]
    if not found:
        raise NoDataError(f"No file holds a unit of the experiment {experiment.id!r}.")
    apart = all(_is_less(a.last, b.first) for a, b in pairwise(parts))
    if not (apart and all(p.rises for p in parts)):
        _refuse_doubles(paths, experiment)
    whole = found[0]
    for part in found[1:]:
        whole = whole.merge(part)
    return whole


def analyse_files(
    files: str | Path | Sequence[str | Path],
    experiment: Experiment,
    *,
    until: pd.Timestamp | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> CampaignResult:
    """Analyse an experiment from its units in Parquet files, read once; see `files_moments`.

    Returns
    -------
    CampaignResult
        Split, unknown values, effects, decision and money as from the units in memory. What
        needs rows beyond their moments (capped means, segments, days) is not in it. Looks that
        were planned count as taken, evenly.
    """
    moments = files_moments(files, experiment)
    effects = effects_of_moments(moments, experiment, confidence=confidence)
    found = judge(with_looks(effects, None, experiment, until=until), confidence=confidence)
    cells = moments.cells[experiment.metrics[0].id]
    counts = {arm: cells[arm].moments.n + cells[arm].n_null for arm in experiment.arms}
    total = sum(counts.values())
    checks = TrustChecks(
        experiment=experiment.id,
        checks=in_order(
            [
                *split_checks(counts, experiment, TrustLimits()),
                *_value_checks(moments, experiment),
                *effect_checks(found),
                Check(check="exposures", verdict="not_checked", n=total),
            ]
        ),
        n_units=total,
    )
    return concluded(
        Basis(
            experiment=experiment,
            found=found,
            checks=checks,
            counts=counts,
            until=until,
            confidence=confidence,
            limits=limits,
        )
    )


def _value_checks(moments: CampaignMoments, experiment: Experiment) -> Iterable[Check]:
    for metric in experiment.metrics:
        cells = moments.cells[metric.id]
        is_ratio = metric.kind == "ratio"
        samples = {arm: cells[arm].sample(is_ratio=is_ratio) for arm in experiment.arms}
        yield from metric_checks(samples, metric, TrustLimits())


def _paths(files: str | Path | Sequence[str | Path]) -> list[str]:
    one = [str(f) for f in files] if isinstance(files, list | tuple) else str(files)
    try:
        return sorted(ds.dataset(one, format="parquet").files)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(f"{one!r} cannot be read as Parquet: {error}") from None


def _of_file(path: str, *, experiment: Experiment) -> _FilePart:
    whole: CampaignMoments | None = None
    first = last = None
    rises = True
    for batch in _batches(path, _columns(experiment), optional=("exclusion",)):
        ids = batch.column("unit_id")
        rises = rises and _rises(ids) and (last is None or _is_less(last, ids[0]))
        first, last = (ids[0] if first is None else first), ids[-1]
        part = units_moments(experiment, _participants(batch, experiment))
        whole = part if whole is None else whole.merge(part)
    return _FilePart(whole, first, last, rises)


def _participants(batch: pa.RecordBatch, experiment: Experiment) -> Participants:
    """Return the units of a batch that are analysed; their numbers are not copied."""
    arms, columns = tuple(experiment.arms), {}
    codes = arm_places(batch.column("arm"), arms)
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        kind = values.type
        if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
            columns[name] = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
        elif name not in {"unit_id", "arm"}:
            columns[name] = values.to_pandas()
    return of_distinct(pd.DataFrame(columns, copy=False), experiment, codes)


def _batches(
    path: str, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> Iterable[pa.RecordBatch]:
    # Arms are few: their numbers are read, not a text for each unit.
    source = ds.dataset(path, format=ds.ParquetFileFormat(dictionary_columns=["arm"]))
    known = source.schema.names
    for name in columns:
        if name not in known:
            raise SchemaError.missing_column(name, table="units", found=known)
    chosen = [*columns, *(c for c in optional if c in known)]
    found = source.to_batches(columns=chosen, batch_size=_BATCH, batch_readahead=4)
    return (batch for batch in found if batch.num_rows)


def _columns(experiment: Experiment) -> list[str]:
    own = [c for m in experiment.metrics for c in (*metric_parts(m), *m.adjusted_for)]
    return [*dict.fromkeys(["unit_id", "arm", *own])]


def _rises(ids: pa.Array) -> bool:
    """Tell whether each id is greater than the one before it: then none stands twice."""
    return bool(pc.all(pc.greater(ids[1:], ids[:-1]), skip_nulls=False).as_py())


def _is_less(one: pa.Scalar, other: pa.Scalar) -> bool:
    """Tell whether an id comes before another; not known of a null."""
    return bool(pc.less(one, other).as_py())


def _refuse_doubles(paths: Sequence[str], experiment: Experiment) -> None:
    """Look at the ids of all files together: parts, each without doubles, may share units."""
    parts = [
        batch.to_pandas(types_mapper=_TEXTS.get).astype({"arm": "string"})
        for path in paths
        for batch in _batches(path, ["unit_id", "arm"], optional=("exclusion",))
    ]
    taking_part(pd.concat(parts, ignore_index=True), experiment)
