"""Adjusted effects of millions of units that lie in a Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.experiments.plan import (
    BEFORE,
    METRICS,
    adjusted_differences,
    adjusted_experiment,
    arm_grams,
    make_units,
    units_arrays,
)

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer


def make(folder: Path, size: int) -> None:
    """Write `units.parquet`: three metrics that follow what each unit did before."""
    make_units(folder, size, seed=20260107)


CONTEST = Contest(
    name="experiments.files",
    task="From one row per unit in a Parquet file to the difference of two arms in three metrics, "
    "each adjusted for its value before the test with a line of its own per arm (Lin). Reading "
    "counts, but for the floor, which has the numbers in memory.",
    size=5_000_000,
    of="units",
    make=make,
    promises=(Promise(at_most=3.0, of="wall", against=("bare numpy",)),),
    tolerance=1e-6,
)


def _arrays(folder: Path) -> Any:
    return units_arrays(folder, (*METRICS, *BEFORE))


def _file(folder: Path) -> Any:
    return folder / "units.parquet"


@CONTEST.tool(
    "bare numpy",
    role="floor",
    load=_arrays,
    needs=("numpy",),
    note="one chunked pass of a Gram matrix over an array in memory; nothing is read",
)
def files_numpy(data: Any) -> Answer:
    """Means and centred products of both arms, then one slope for each."""
    return adjusted_differences(arm_grams(data))


@CONTEST.tool(
    "ours",
    role="ours",
    load=_file,
    needs=("cjm_research",),
    note="`files_moments` and `effects_of_moments`: reads the file batch by batch, proves that no "
    "unit stands twice; intervals, relative lift by Fieller, correction, verdicts",
)
def files_ours(path: Any) -> Answer:
    """Add up the moments of each batch and compare the arms."""
    from cjm_research.experiments.folded import effects_of_moments
    from cjm_research.experiments.from_files import files_moments

    plan = adjusted_experiment()
    rows = effects_of_moments(files_moments(path, plan), plan)
    return {f"{r.metric}_difference": r.difference for r in rows if r.is_main}


def _of_sums(row: Any) -> tuple[int, Any, Any]:
    """Return size, means and centred products, as far as the lines need them."""
    import numpy as np

    n, k = int(row[0]), len(METRICS)
    cross = np.zeros((2 * k, 2 * k))
    for i in range(k):
        cross[i, i + k] = row[1 + 2 * k + i] * n
        cross[i + k, i + k] = row[1 + 3 * k + i] * n
    return n, np.array(row[1 : 1 + 2 * k]), cross


@CONTEST.tool(
    "DuckDB", load=_file, needs=("duckdb", "numpy"), note="one statement over the file; no test"
)
def files_duckdb(path: Any) -> Answer:
    """Add up by arm in one statement."""
    import duckdb

    pairs = [*zip(METRICS, BEFORE, strict=True)]
    asked = [f"avg({c})" for c in (*METRICS, *BEFORE)]
    asked += [f"covar_pop({m}, {b})" for m, b in pairs] + [f"var_pop({b})" for _, b in pairs]
    rows = duckdb.sql(
        f"select count(*), {', '.join(asked)} from '{path}' group by arm order by arm"
    ).fetchall()
    return adjusted_differences([_of_sums(row) for row in rows])


@CONTEST.tool(
    "polars", load=_file, needs=("polars", "numpy"), note="one query over the file; no test"
)
def files_polars(path: Any) -> Answer:
    """Add up by arm in one query."""
    import polars as pl

    pairs = [*zip(METRICS, BEFORE, strict=True)]
    asked = [pl.col(c).mean() for c in (*METRICS, *BEFORE)]
    asked += [pl.cov(m, b, ddof=0).alias(f"{m}_{b}") for m, b in pairs]
    asked += [pl.col(b).var(ddof=0).alias(f"{b}_var") for _, b in pairs]
    found = pl.scan_parquet(path).group_by("arm").agg(pl.len(), *asked).sort("arm").collect()
    return adjusted_differences([_of_sums(row[1:]) for row in found.rows()])
