"""Units: one row per unit from exposures and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest
from benchmarks.experiments.plan import WINDOW_DAYS, experiment

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

STARTS = "2026-01-01"


def make(folder: Path, size: int) -> None:
    """Write `exposures.parquet` and `orders.parquet`: three order lines for each unit."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260104)
    begin = np.datetime64(STARTS, "us")
    month = 28 * 86_400_000_000
    exposures = pd.DataFrame(
        {
            "experiment": "letter",
            "unit_id": pd.Series(rng.permutation(size)).astype("string[pyarrow]").radd("C"),
            "arm": np.array(["control", "letter"])[rng.integers(0, 2, size)],
            "exposed_at": (begin + rng.integers(0, month // 4, size)).astype("M8[us]"),
        }
    )
    n = 3 * size
    order = np.sort(rng.integers(0, n // 2 + 1, n))
    orders = pd.DataFrame(
        {
            "customer_id": pd.Series(rng.integers(0, size, n // 2 + 1)[order])
            .astype("string[pyarrow]").radd("C"),
            "order_id": pd.Series(order).astype("string[pyarrow]").radd("O"),
            "ordered_at": (begin - np.timedelta64(10, "D") + rng.integers(0, month, n // 2 + 1))[
                order
            ].astype("M8[us]"),
            "amount": rng.integers(100, 100_000, n) / 64,
            "status": np.array(["completed", "cancelled"])[
                (rng.random(n // 2 + 1) < 0.1)[order].astype(int)
            ],
        }
    )  # fmt: skip
    for name, table in (("exposures", exposures), ("orders", orders)):
        for column in table.columns.intersection(["exposed_at", "ordered_at"]):
            table[column] = table[column].dt.tz_localize("UTC")
        table.to_parquet(folder / f"{name}.parquet", index=False)


CONTEST = Contest(
    name="experiments.units",
    task="From exposures and order lines in memory to one row per unit: whether it bought, and "
    f"for how much, within {WINDOW_DAYS} days of its exposure. Cancelled orders do not count.",
    size=200_000,
    of="units, with three order lines each",
    make=make,
)


def _tables(folder: Path) -> Any:
    import pandas as pd

    texts = {"unit_id", "arm", "experiment", "customer_id", "order_id", "status"}
    read = {n: pd.read_parquet(folder / f"{n}.parquet") for n in ("exposures", "orders")}
    return {
        n: t.astype(dict.fromkeys(texts & set(t.columns), "string[pyarrow]"))
        for n, t in read.items()
    }


def _polars_tables(folder: Path) -> Any:
    import polars as pl

    return {n: pl.read_parquet(folder / f"{n}.parquet") for n in ("exposures", "orders")}


def _by_arm(arm: Any, bought: Any, spent: Any) -> Answer:
    is_treated = arm == "letter"
    return {
        "units": [float((~is_treated).sum()), float(is_treated.sum())],
        "bought": [float(bought[~is_treated].sum()), float(bought[is_treated].sum())],
        "spent": [float(spent[~is_treated].sum()), float(spent[is_treated].sum())],
    }


@CONTEST.tool("bare numpy", role="floor", load=_tables, needs=("numpy", "pandas"))
def units_numpy(tables: Any) -> Answer:
    """Look the units up by code and add what lies in the window."""
    import numpy as np
    import pandas as pd

    exposures, orders = tables["exposures"], tables["orders"]
    place = pd.Index(exposures["unit_id"]).get_indexer(pd.Index(orders["customer_id"]))
    begin = exposures["exposed_at"].to_numpy("M8[us]").view(np.int64)
    since = orders["ordered_at"].to_numpy("M8[us]").view(np.int64) - begin[place]
    inside = (place >= 0) & (since >= 0) & (since < WINDOW_DAYS * 86_400_000_000)
    inside &= (orders["status"] != "cancelled").to_numpy()
    n = len(exposures)
    bought = np.bincount(place[inside], minlength=n) > 0
    spent = np.bincount(place[inside], orders["amount"].to_numpy()[inside], minlength=n)
    return _by_arm(exposures["arm"].to_numpy(), bought, spent)


@CONTEST.tool(
    "ours",
    role="ours",
    load=_tables,
    needs=("cjm_research",),
    note="`unit_metrics`; also units in two arms, zones, why a unit takes no part",
)
def units_ours(tables: Any) -> Answer:
    """Ask for the units."""
    from cjm_research.experiments.units import unit_metrics

    units = unit_metrics(experiment(2), tables["exposures"], orders=tables["orders"])
    units = units[units["exclusion"].isna()]
    return _by_arm(units["arm"].to_numpy(), units["bought"], units["spent"])


@CONTEST.tool("pandas", load=_tables, needs=("pandas",))
def units_pandas(tables: Any) -> Answer:
    """Merge, choose, group, merge."""
    import pandas as pd

    exposures, orders = tables["exposures"], tables["orders"]
    rows = orders.merge(exposures, left_on="customer_id", right_on="unit_id")
    since = rows["ordered_at"] - rows["exposed_at"]
    inside = (since >= pd.Timedelta(0)) & (since < pd.Timedelta(days=WINDOW_DAYS))
    rows = rows[inside & (rows["status"] != "cancelled")]
    per_unit = rows.groupby("unit_id").agg(spent=("amount", "sum"), lines=("amount", "size"))
    units = exposures.merge(per_unit, left_on="unit_id", right_index=True, how="left").fillna(
        {"spent": 0, "lines": 0}
    )
    return _by_arm(units["arm"].to_numpy(), units["lines"] > 0, units["spent"])


@CONTEST.tool("DuckDB", load=_tables, needs=("duckdb", "pandas"))
def units_duckdb(tables: Any) -> Answer:
    """Join and group in one statement."""
    import duckdb

    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register(name, table)
    found = connection.sql(
        f"""select any_value(arm) as arm, count(amount) > 0 as bought,
        coalesce(sum(amount), 0) as spent from exposures left join orders
        on unit_id = customer_id and status <> 'cancelled' and ordered_at >= exposed_at
        and ordered_at < exposed_at + interval {WINDOW_DAYS} day group by unit_id"""
    ).df()
    return _by_arm(found["arm"].to_numpy(), found["bought"], found["spent"])


@CONTEST.tool("polars", load=_polars_tables, needs=("polars",))
def units_polars(tables: Any) -> Answer:
    """Join, choose, group, join."""
    import polars as pl

    since = pl.col("ordered_at") - pl.col("exposed_at")
    rows = (
        tables["orders"].lazy().filter(pl.col("status") != "cancelled")
        .join(tables["exposures"].lazy(), left_on="customer_id", right_on="unit_id")
        .filter((since >= pl.duration()) & (since < pl.duration(days=WINDOW_DAYS)))
    )  # fmt: skip
    per_unit = rows.group_by("customer_id").agg(spent=pl.col("amount").sum())
    units = (
        tables["exposures"].lazy()
        .join(per_unit, left_on="unit_id", right_on="customer_id", how="left").collect()
    )  # fmt: skip
    spent = units["spent"]
    return _by_arm(
        units["arm"].to_numpy(), spent.is_not_null().to_numpy(), spent.fill_null(0).to_numpy()
    )
