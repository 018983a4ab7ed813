"""Effects: differences of two arms from one row per unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.experiments.plan import (
    METRICS,
    arm_grams,
    experiment,
    make_units,
    read_units,
    units_arrays,
)

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

MEANS = ("spent", "visits")


def make(folder: Path, size: int) -> None:
    """Write `units.parquet`: two arms; a conversion, its money, a count; no real difference."""
    make_units(folder, size, seed=20260103)


CONTEST = Contest(
    name="experiments.effects",
    task="From one row per unit in memory to the difference of two arms in three metrics, with "
    "the Welch test of both means.",
    size=1_000_000,
    of="units",
    make=make,
    promises=(
        Promise(at_most=2.0, of="wall", against=("bare numpy",)),
        Promise(
            at_most=1.0, of="wall", against=("statsmodels", "tea-tasting", "gbstats", "ambrosia")
        ),
    ),
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "units.parquet", columns=["unit_id", "arm", *METRICS])


def _arrays(folder: Path) -> Any:
    return units_arrays(folder, METRICS)


def _plain(folder: Path) -> Any:
    return read_units(folder, METRICS)


def _welch(n: Any, mean: Any, variance: Any) -> Answer:
    """Answer from size, means and variances of both arms, metrics in their order."""
    from scipy.stats import ttest_ind_from_stats

    found: Answer = {}
    for i, metric in enumerate(METRICS):
        found[f"{metric}_difference"] = float(mean[1][i] - mean[0][i])
        if metric in MEANS:
            test = ttest_ind_from_stats(
                mean[1][i], variance[1][i] ** 0.5, n[1], mean[0][i], variance[0][i] ** 0.5, n[0],
                equal_var=False,
            )  # fmt: skip
            found[f"{metric}_p"] = float(test.pvalue)
    return found


@CONTEST.tool(
    "bare numpy",
    role="floor",
    load=_arrays,
    needs=("numpy", "scipy"),
    note="one pass of a Gram matrix for each arm; arms are codes and metrics one array "
    "before the clock starts",
)
def effects_numpy(data: Any) -> Answer:
    """Means and centred products."""
    import numpy as np

    grams = arm_grams(data)
    size, mean = [n for n, _, _ in grams], [m for _, m, _ in grams]
    return _welch(size, mean, [np.diagonal(cross) / (n - 1) for n, _, cross in grams])


def _answer_of(rows: Any) -> Answer:
    found: Answer = {}
    for row in rows:
        found[f"{row.metric}_difference"] = row.difference
        if row.metric in MEANS:
            found[f"{row.metric}_p"] = row.p
    return found


@CONTEST.tool(
    "ours",
    role="ours",
    load=_frame,
    needs=("cjm_research",),
    note="`arm_effects`: also the score test and its interval for the conversion, "
    "intervals, relative lift by Fieller, correction, verdicts",
)
def effects_ours(units: Any) -> Answer:
    """Compare the arms."""
    from cjm_research.experiments.effects import arm_effects

    return _answer_of(arm_effects(units, experiment(3)))


@CONTEST.tool(
    "ours, whole analysis",
    load=_frame,
    needs=("cjm_research",),
    note="`analyse`: the checks of trust, effects, detectable effects, decision",
)
def effects_analysis(units: Any) -> Answer:
    """Analyse the campaign."""
    from cjm_research.experiments.campaign import analyse

    return _answer_of(analyse(experiment(3), units).rows)


@CONTEST.tool("pandas", load=_frame, needs=("pandas", "scipy"))
def effects_pandas(units: Any) -> Answer:
    """Group by arm."""
    found = units.groupby("arm")[list(METRICS)].agg(["size", "mean", "var"]).sort_index()
    column = found.swaplevel(axis=1)
    return _welch(
        column["size"].to_numpy()[:, 0], column["mean"].to_numpy(), column["var"].to_numpy()
    )


@CONTEST.tool("DuckDB", load=_frame, needs=("duckdb", "scipy"))
def effects_duckdb(units: Any) -> Answer:
    """Add up by arm in one statement."""
    import duckdb

    connection = duckdb.connect()
    connection.register("units", units)
    asked = ", ".join(f"avg({m}), var_samp({m})" for m in METRICS)
    rows = connection.sql(
        f"select arm, count(*), {asked} from units group by arm order by arm"
    ).fetchall()
    return _welch([r[1] for r in rows], [r[2::2] for r in rows], [r[3::2] for r in rows])


@CONTEST.tool("statsmodels", load=_frame, needs=("statsmodels", "pandas"))
def effects_statsmodels(units: Any) -> Answer:
    """Welch's tests, and the score test of the conversion."""
    from statsmodels.stats.proportion import test_proportions_2indep
    from statsmodels.stats.weightstats import CompareMeans

    is_treated = units["arm"] == "letter"
    treated, control = units[is_treated], units[~is_treated]
    counts = [x for rows in (treated, control) for x in (rows["bought"].sum(), len(rows))]
    test_proportions_2indep(*counts, method="score")
    found: Answer = {"bought_difference": counts[0] / counts[1] - counts[2] / counts[3]}
    for metric in MEANS:
        both = CompareMeans.from_data(treated[metric].to_numpy(), control[metric].to_numpy())
        found[f"{metric}_difference"] = float(both.d1.mean - both.d2.mean)
        found[f"{metric}_p"] = float(both.ttest_ind(usevar="unequal")[1])
        both.tconfint_diff(usevar="unequal")
    return found


@CONTEST.tool("tea-tasting", load=_plain, needs=("tea_tasting", "pandas"))
def effects_tea(units: Any) -> Answer:
    """Run its experiment, on codes of the arms, as it wants them."""
    import tea_tasting as tea

    units = units.assign(variant=(units["arm"] == "letter").astype(int))
    asked = {m: tea.Mean(m, use_t=True, equal_var=False) for m in METRICS}
    found = tea.Experiment(asked, variant="variant").analyze(units)
    answer: Answer = {f"{m}_difference": float(found[m].effect_size) for m in METRICS}
    return answer | {f"{m}_p": float(found[m].pvalue) for m in MEANS}


@CONTEST.tool("gbstats", load=_plain, needs=("gbstats", "pandas", "pyarrow"))
def effects_gbstats(units: Any) -> Answer:
    """Add up with pandas, test with gbstats."""
    from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
    from gbstats.models.statistics import SampleMeanStatistic

    found: Answer = {}
    arms = dict(iter(units.groupby("arm")))
    for metric in METRICS:
        sides = [
            SampleMeanStatistic(
                n=len(rows), sum=rows[metric].sum(), sum_squares=(rows[metric] ** 2).sum()
            )
            for rows in (arms["control"], arms["letter"])
        ]
        config = FrequentistConfig(difference_type="absolute")
        result = TwoSidedTTest(*sides, config).compute_result()
        found[f"{metric}_difference"] = float(result.expected)
    return found


@CONTEST.tool("ambrosia", load=_plain, needs=("ambrosia", "pandas", "pyarrow"))
def effects_ambrosia(units: Any) -> Answer:
    """Run its tester, which takes Welch's test for every metric."""
    from ambrosia.tester import Tester

    tester = Tester(
        dataframe=units,
        column_groups="arm",
        group_labels=("control", "letter"),
        metrics=list(METRICS),
    )
    rows = tester.run(method="theory", criterion="ttest", correction_method=None, as_table=False)
    found: Answer = {f"{row['metric name']}_difference": float(row["effect"]) for row in rows}
    return found | {
        f"{row['metric name']}_p": float(row["pvalue"])
        for row in rows
        if row["metric name"] in MEANS
    }
