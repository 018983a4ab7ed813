"""RFM: recency, orders and revenue of each customer, and their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.segmentation.lines import AS_OF, frame, make

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

CONTEST = Contest(
    name="segmentation.rfm",
    task="From order lines in memory to recency, number of orders and revenue of each customer, "
    "and their scores by quintiles.",
    size=5_000_000,
    of="order lines",
    make=make,
    promises=(Promise(at_most=1.3, of="wall", against=("polars", "DuckDB", "pandas")),),
)


def _polars(folder: Path) -> Any:
    import polars

    return polars.read_parquet(folder / "lines.parquet")


def _scored(recency: Any, orders: Any, revenue: Any) -> Answer:
    """Score by the same rule for all: quintiles that occur, equal values share a score."""
    import numpy as np

    found: Answer = {"n": len(recency)}
    levels = np.arange(1, 5) / 5
    named = {"recency": recency, "orders": orders, "revenue": revenue}
    for name, values in named.items():
        values = np.asarray(values, dtype=float)  # noqa: PLW2901
        cuts = np.quantile(values, levels, method="inverted_cdf")
        found[name] = float(values.sum())
        score = np.searchsorted(cuts, values, side="left")
        found[f"{name}_scores"] = np.bincount(score, minlength=5).astype(float).tolist()
    return found


@CONTEST.tool(
    "bare numpy",
    role="floor",
    load=frame,
    needs=("numpy", "pandas"),
    note="`pandas.factorize` for the codes, `bincount` and `maximum.at` for the rest",
)
def rfm_numpy(lines: Any) -> Answer:
    """Codes of customers and orders, then counts and sums by code."""
    import numpy as np
    import pandas as pd

    code, ids = pd.factorize(lines["customer_id"])
    is_new = ~pd.Series(pd.factorize(lines["order_id"])[0]).duplicated().to_numpy()
    day = lines["ordered_at"].to_numpy("M8[D]").astype(np.int64)
    last = np.full(len(ids), np.iinfo(np.int64).min)
    np.maximum.at(last, code, day)
    return _scored(
        np.datetime64(AS_OF).astype(np.int64) - last,
        np.bincount(code[is_new], minlength=len(ids)),
        np.bincount(code, lines["amount"].to_numpy(), minlength=len(ids)),
    )


@CONTEST.tool(
    "ours",
    role="ours",
    load=frame,
    needs=("cjm_research",),
    note="`rfm_table`, `rfm_card`, `rfm_scores`",
)
def rfm_ours(lines: Any) -> Answer:
    """Ask for the table and score it."""
    import numpy as np
    import pandas as pd

    from cjm_research.segmentation.rfm import rfm_card, rfm_scores
    from cjm_research.segmentation.rfm_table import rfm_table

    features = rfm_table(lines, as_of=pd.Timestamp(AS_OF))
    scores = rfm_scores(features, rfm_card(features, as_of=AS_OF))
    # Scores count from the best end for recency: 5 is the fewest days.
    counted = {
        f"{name}_scores": np.bincount(level, minlength=5).astype(float).tolist()
        for name, level in (
            ("recency", 5 - scores["r"]), ("orders", scores["f"] - 1), ("revenue", scores["m"] - 1)
        )
    }  # fmt: skip
    return {
        "n": len(features),
        "recency": float(features["recency_days"].sum()),
        "orders": float(features["n_orders"].sum()),
        "revenue": float(features["revenue"].sum()),
        **counted,
    }


_RFM_SQL = f"""select customer_id,
    date '{AS_OF}' - max(ordered_at at time zone 'UTC')::date as recency,
    count(distinct order_id) as orders, sum(amount) as revenue
    from lines group by customer_id"""


@CONTEST.tool("DuckDB", load=frame, needs=("duckdb", "pandas"))
def rfm_duckdb(lines: Any) -> Answer:
    """One statement over the table in memory."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", lines)
    found = connection.sql(_RFM_SQL).fetchnumpy()
    return _scored(found["recency"], found["orders"], found["revenue"])


@CONTEST.tool("pandas", load=frame, needs=("pandas",))
def rfm_pandas(lines: Any) -> Answer:
    """Group by customer."""
    import pandas as pd

    found = lines.groupby("customer_id", sort=False).agg(
        last=("ordered_at", "max"), orders=("order_id", "nunique"), revenue=("amount", "sum")
    )
    recency = (pd.Timestamp(AS_OF, tz="UTC") - found["last"].dt.floor("D")).dt.days
    return _scored(recency, found["orders"], found["revenue"])


@CONTEST.tool("polars", load=_polars, needs=("polars",))
def rfm_polars(lines: Any) -> Answer:
    """Group by customer."""
    import polars as pl

    found = lines.group_by("customer_id").agg(
        last=pl.col("ordered_at").max(), orders=pl.col("order_id").n_unique(),
        revenue=pl.col("amount").sum(),
    )  # fmt: skip
    day = found["last"].dt.date().to_numpy().astype("M8[D]").astype(int)
    import numpy as np

    recency = np.datetime64(AS_OF).astype(int) - day
    return _scored(recency, found["orders"].to_numpy(), found["revenue"].to_numpy())
