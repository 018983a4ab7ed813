"""The made-up experiment: its plan, for ours, and its units, for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

WINDOW_DAYS = 14
METRICS = ("bought", "spent", "visits")
"""A conversion, its money, a count."""
BEFORE = tuple(f"{metric}_before" for metric in METRICS)
"""The same, before the test."""


def make_units(folder: Path, size: int, *, seed: int) -> None:
    """Write `units.parquet`: two arms without a difference; what units did follows their taste.

    Metrics that follow the same taste before and after are what covariates are for; a tool that
    adjusts for nothing reads the first five columns.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    taste = rng.gamma(2.0, 0.5, size)
    table = {
        "unit_id": pd.Series(np.arange(size) + 10_000_000).astype("string[pyarrow]").radd("U"),
        "arm": pd.array(np.array(["control", "letter"])[rng.integers(0, 2, size)],
                        dtype="string[pyarrow]"),
    }  # fmt: skip
    for suffix in ("", "_before"):
        bought = rng.random(size) < np.minimum(0.1 * taste, 1)
        table[f"bought{suffix}"] = bought.astype(float)
        table[f"spent{suffix}"] = np.where(bought, taste * rng.lognormal(3, 1, size), 0.0)
        table[f"visits{suffix}"] = rng.poisson(3 * taste).astype(float)
    pd.DataFrame(table).to_parquet(folder / "units.parquet", index=False)


def read_units(folder: Path, columns: tuple[str, ...]) -> Any:
    """Return arms and numbers as a frame, in whatever pandas the tool has."""
    import pandas as pd
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "units.parquet", columns=["arm", *columns])
    return pd.DataFrame({name: table[name].to_numpy() for name in table.column_names})


def units_arrays(folder: Path, columns: tuple[str, ...]) -> Any:
    """Return the arms as codes and the columns as one array."""
    import numpy as np

    units = read_units(folder, columns)
    values = np.ascontiguousarray(units[[*columns]].to_numpy(float))
    return (units["arm"] == "letter").to_numpy(np.int8), values


def arm_grams(data: Any) -> list[tuple[int, Any, Any]]:
    """Return size, means and centred products of each arm from one pass in chunks.

    One Gram matrix of all rows and one of the treated, shifted by the means of the first rows,
    as fast as numpy goes.
    """
    import numpy as np

    arm, values = data
    step, k = 32_768, values.shape[1]
    shift = values[:1000].mean(axis=0)
    rows = np.empty((step, k + 1))
    total, one = np.zeros((k + 1, k + 1)), np.zeros((k + 1, k + 1))
    for start in range(0, len(arm), step):
        part = values[start : start + step]
        here = rows[: len(part)]
        np.subtract(part, shift, out=here[:, :k])
        here[:, k] = 1.0
        total += here.T @ here
        here *= arm[start : start + step, None]
        one += here.T @ here
    found = []
    for gram in (total - one, one):
        n, mean = int(gram[k, k]), gram[k, :k] / gram[k, k]
        found.append((n, mean + shift, gram[:k, :k] - n * np.outer(mean, mean)))
    return found


def adjusted_differences(grams: list[tuple[int, Any, Any]]) -> dict[str, float]:
    """Return Lin's differences from the moments: a line of its own for each arm."""
    total = sum(n for n, _, _ in grams)
    middle = sum(n * mean for n, mean, _ in grams) / total
    found: dict[str, float] = {}
    for i, metric in enumerate(METRICS):
        at = []
        for _, mean, cross in grams:
            slope = cross[i, i + 3] / cross[i + 3, i + 3]
            at.append(mean[i] + slope * (middle[i + 3] - mean[i + 3]))
        found[f"{metric}_difference"] = float(at[1] - at[0])
    return found


def experiment(n_metrics: int) -> Any:
    """Return the plan, with the first `n_metrics`: a conversion, its money, a count."""
    from cjm_research.study.plans import Experiment

    arm = {"label": "Arm", "share": 0.5}
    rows: list[dict[str, Any]] = [
        {"id": "bought", "kind": "conversion", "table": "orders", "within_days": WINDOW_DAYS},
        {"id": "spent", "kind": "mean", "table": "orders", "within_days": WINDOW_DAYS,
         "is_money": True},
        {"id": "visits", "kind": "mean", "table": "events", "event": "visit"},
    ]  # fmt: skip
    metrics = [{"label": "Metric", **row} for row in rows]
    return Experiment.model_validate(
        {"id": "letter", "label": "Letter", "control": "control",
         "arms": {"control": arm, "letter": arm}, "metrics": metrics[:n_metrics]}
    )  # fmt: skip


def adjusted_experiment() -> Any:
    """Return the plan with each metric adjusted for its value before."""
    from cjm_research.study.plans import Experiment

    declared = experiment(3).model_dump()
    for metric in declared["metrics"]:
        metric["covariates"] = [f"{metric['id']}_before"]
    return Experiment.model_validate(declared)
