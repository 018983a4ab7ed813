"""Adjusted effects: three metrics, each with what it was before.

The answers are the differences. The p-values of the tools part in the third digit, as each
estimates the variance in its own way.
"""

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
    read_units,
    units_arrays,
)

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

PEERS = ("statsmodels", "tea-tasting, polars", "tea-tasting, pandas", "gbstats",
         "spotify-confidence")  # fmt: skip


def make(folder: Path, size: int) -> None:
    """Write `units.parquet`: three metrics that follow what each unit did before."""
    make_units(folder, size, seed=20260105)


CONTEST = Contest(
    name="experiments.adjusted",
    task="From one row per unit in memory to the difference of two arms in three metrics, each "
    "adjusted for its value before the test with a line of its own per arm (Lin), and its p.",
    size=1_000_000,
    of="units",
    make=make,
    promises=(
        Promise(at_most=2.0, of="wall", against=("bare numpy",)),
        Promise(at_most=1.0, of="wall", against=PEERS),
    ),
    tolerance=1e-6,
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "units.parquet")


def _plain(folder: Path) -> Any:
    return read_units(folder, (*METRICS, *BEFORE))


def _polars(folder: Path) -> Any:
    import polars as pl

    return pl.read_parquet(folder / "units.parquet", columns=["arm", *METRICS, *BEFORE])


def _arrays(folder: Path) -> Any:
    return units_arrays(folder, (*METRICS, *BEFORE))


def _common_slopes(grams: Any) -> Answer:
    """Return the differences with one slope for both arms (CUPED), the slope of all units."""
    (n0, mean0, cross0), (n1, mean1, cross1) = grams
    found: Answer = {}
    for i, metric in enumerate(METRICS):
        gap, both = mean1 - mean0, n0 * n1 / (n0 + n1)
        shared = cross0[i, i + 3] + cross1[i, i + 3] + both * gap[i] * gap[i + 3]
        own = cross0[i + 3, i + 3] + cross1[i + 3, i + 3] + both * gap[i + 3] ** 2
        found[f"{metric}_cuped"] = float(gap[i] - shared / own * gap[i + 3])
    return found


@CONTEST.tool(
    "bare numpy",
    role="floor",
    load=_arrays,
    needs=("numpy", "scipy"),
    note="one chunked pass of a Gram matrix, and lines solved from it; arms are codes and metrics "
    "one array before the clock starts",
)
def adjusted_numpy(data: Any) -> Answer:
    """Means and centred products of both arms, then one slope for each, and one for both."""
    grams = arm_grams(data)
    return {**adjusted_differences(grams), **_common_slopes(grams)}


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
            found[f"{row.metric}_difference"] = row.difference
    return found


@CONTEST.tool("statsmodels", load=_plain, needs=("statsmodels", "pandas"))
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
        found[f"{metric}_difference"] = float(fit.params[1])
    return found


_CUPED = "one slope for both arms (CUPED)"


def _tea_tasting(units: Any) -> Answer:
    import tea_tasting as tt

    means = {m: tt.Mean(m, f"{m}_before") for m in METRICS}
    result = tt.Experiment(means, variant="arm").analyze(units, control="control")
    return {f"{m}_cuped": float(result[m].effect_size) for m in METRICS}


@CONTEST.tool(
    "tea-tasting, polars", load=_polars, needs=("tea_tasting", "polars"), note=_CUPED
)  # fmt: skip
def adjusted_tea_polars(units: Any) -> Answer:
    """Ask for means with a covariate."""
    return _tea_tasting(units)


@CONTEST.tool(
    "tea-tasting, pandas", load=_plain, needs=("tea_tasting", "pandas", "pyarrow"), note=_CUPED
)
def adjusted_tea_pandas(units: Any) -> Answer:
    """Ask for means with a covariate."""
    return _tea_tasting(units)


@CONTEST.tool(
    "gbstats", load=_plain, needs=("gbstats", "pandas", "pyarrow"), note=f"{_CUPED}, of pandas sums"
)
def adjusted_gbstats(units: Any) -> Answer:
    """Add up with pandas, test with gbstats."""
    from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
    from gbstats.models.statistics import (
        RegressionAdjustedStatistic,
        SampleMeanStatistic,
        compute_theta,
    )

    arms = dict(iter(units.groupby("arm")))
    found: Answer = {}
    for metric in METRICS:
        parts = []
        for arm in ("control", "letter"):
            after, before = arms[arm][metric], arms[arm][f"{metric}_before"]
            post, pre = (
                SampleMeanStatistic(n=len(v), sum=v.sum(), sum_squares=(v * v).sum())
                for v in (after, before)
            )
            parts.append({"n": len(after), "post_statistic": post, "pre_statistic": pre,
                          "post_pre_sum_of_products": (after * before).sum()})  # fmt: skip
        theta = compute_theta(*(RegressionAdjustedStatistic(theta=0, **p) for p in parts))
        pair = [RegressionAdjustedStatistic(theta=theta, **p) for p in parts]
        config = FrequentistConfig(difference_type="absolute")
        found[f"{metric}_cuped"] = float(TwoSidedTTest(*pair, config).compute_result().expected)
    return found


@CONTEST.tool(
    "spotify-confidence", load=_plain, needs=("spotify_confidence", "pandas", "pyarrow"),
    note=f"{_CUPED}, of numpy sums",
)  # fmt: skip
def adjusted_spotify(units: Any) -> Answer:
    """Add up by arm, then its z test with a linear regression."""
    import pandas as pd
    import spotify_confidence as sc

    rows = []
    for arm, own in units.groupby("arm"):
        for metric in METRICS:
            after, before = own[metric].to_numpy(), own[f"{metric}_before"].to_numpy()
            rows.append({"metric": metric, "arm": arm, "total": after.sum(),
                         "squares": after @ after, "n": len(after), "x": before.sum(),
                         "xx": before @ before, "xy": after @ before,
                         "method": "z-test-linreg"})  # fmt: skip
    test = sc.Experiment(
        pd.DataFrame(rows), numerator_column="total", numerator_sum_squares_column="squares",
        denominator_column="n", categorical_group_columns=["arm", "metric"],
        method_column="method", metric_column="metric", treatment_column="arm",
        feature_column="x", feature_sum_squares_column="xx", feature_cross_sum_column="xy",
    )  # fmt: skip
    result = test.difference(level_1="control", level_2="letter", groupby="metric", absolute=True)
    return {f"{r['metric']}_cuped": float(r["difference"]) for r in result.to_dict("records")}
