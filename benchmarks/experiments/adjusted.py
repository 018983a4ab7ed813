"""Adjusted effects: three metrics, each with what it was before.

The answers are the differences. The p-values of the tools part in the third digit, as each
estimates the variance in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.experiments.plan import adjusted_experiment

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

METRICS = ("bought", "spent", "visits")


def make(folder: Path, size: int) -> None:
    """Write `units.parquet`: three metrics that follow what each unit did before."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260105)
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


CONTEST = Contest(
    name="experiments.adjusted",
    task="From one row per unit in memory to the difference of two arms in three metrics, each "
    "adjusted for its value before the test with a line of its own per arm (Lin), and its p.",
    size=1_000_000,
    of="units",
    make=make,
    promises=(
        Promise(at_most=2.0, of="wall", against=("bare numpy",)),
        Promise(at_most=1.0, of="wall", against=("statsmodels", "tea-tasting", "gbstats")),
    ),
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "units.parquet")


def _arrays(folder: Path) -> Any:
    import numpy as np

    units = _frame(folder)
    names = [*METRICS, *(f"{m}_before" for m in METRICS)]
    values = np.ascontiguousarray(units[names].to_numpy(float))
    return (units["arm"] == "letter").to_numpy(np.int8), values


@CONTEST.tool(
    "bare numpy",
    role="floor",
    load=_arrays,
    needs=("numpy", "scipy"),
    note="one chunked pass of a Gram matrix for each arm, and a line solved from it; arms are "
    "codes and metrics one array before the clock starts",
)
def adjusted_numpy(data: Any) -> Answer:
    """Means and centred products of both arms, then one slope for each."""
    import numpy as np

    arm, values = data
    step, parts = 65_536, {0: [], 1: []}
    for start in range(0, len(arm), step):
        for code in (0, 1):
            rows = values[start : start + step][arm[start : start + step] == code]
            mean = rows.mean(axis=0)
            rows = rows - mean
            parts[code].append((len(rows), mean, rows.T @ rows))
    merged = []
    for code in (0, 1):
        n = sum(p[0] for p in parts[code])
        mean = sum(p[0] * p[1] for p in parts[code]) / n
        gaps = [(p[0], p[1] - mean) for p in parts[code]]
        merged.append((n, mean, sum(p[2] for p in parts[code])
                       + sum(k * np.outer(g, g) for k, g in gaps)))  # fmt: skip
    total = merged[0][0] + merged[1][0]
    middle = sum(n * mean for n, mean, _ in merged) / total
    found: Answer = {}
    for i, metric in enumerate(METRICS):
        at, square = [], 0.0
        for n, mean, cross in merged:
            slope = cross[i, i + 3] / cross[i + 3, i + 3]
            at.append(mean[i] + slope * (middle[i + 3] - mean[i + 3]))
            square += (cross[i, i] - slope * cross[i, i + 3]) / (n - 2) / n
        found[f"{metric}_difference"] = round(float(at[1] - at[0]), 9)
    return found


@CONTEST.tool(
    "ours",
    role="ours",
    load=_frame,
    needs=("cjm_research",),
    note="`arm_effects`: the unadjusted rows beside, the score test of the conversion, intervals, "
    "relative lift by Fieller, correction, verdicts",
)
def adjusted_ours(units: Any) -> Answer:
    """Compare the arms."""
    from cjm_research.experiments.effects import arm_effects

    found: Answer = {}
    for row in arm_effects(units, adjusted_experiment()):
        if row.is_main:
            found[f"{row.metric}_difference"] = round(row.difference, 9)
    return found


@CONTEST.tool("statsmodels", load=_frame, needs=("statsmodels", "pandas"))
def adjusted_statsmodels(units: Any) -> Answer:
    """Fit one regression for each metric, with interactions and robust errors."""
    import numpy as np
    import statsmodels.api as sm

    found: Answer = {}
    arm = (units["arm"] == "letter").to_numpy(float)
    for metric in METRICS:
        before = units[f"{metric}_before"].to_numpy()
        centred = before - before.mean()
        design = np.column_stack([np.ones(len(arm)), arm, centred, centred * arm])
        fit = sm.OLS(units[metric].to_numpy(), design).fit(cov_type="HC2")
        found[f"{metric}_difference"] = round(float(fit.params[1]), 9)
    return found


@CONTEST.tool(
    "tea-tasting", load=_frame, needs=("tea_tasting",), note="one slope for both arms (CUPED)"
)
def adjusted_tea_tasting(units: Any) -> Answer:
    """Ask for means with a covariate."""
    import tea_tasting as tt

    means = {m: tt.Mean(m, f"{m}_before") for m in METRICS}
    result = tt.Experiment(means, variant="arm").analyze(units, control="control")
    return {f"{m}_difference": round(float(result[m].effect_size), 3) for m in METRICS}
