"""Value models: summary of order lines per customer, and the BG/NBD fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.segmentation.lines import AS_OF, frame, make

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

CONTEST = Contest(
    name="segmentation.value",
    task="From order lines in memory to repeats, time of the last, time watched and worth of a "
    "repeat of each customer, as value models take them.",
    size=1_000_000,
    of="order lines",
    make=make,
    promises=(Promise(at_most=0.25, of="wall", against=("lifetimes", "pymc-marketing")),),
    tolerance=1e-6,
)


def _sums(repeats: Any, last: Any, observed: Any, value: Any) -> Answer:
    import numpy as np

    return {
        "n": len(repeats),
        "repeats": float(np.sum(repeats)),
        "last": float(np.sum(last)),
        "observed": float(np.sum(observed)),
        "value": float(np.nansum(np.where(np.asarray(repeats) > 0, value, np.nan))),
    }


@CONTEST.tool("bare DuckDB", role="floor", load=frame, needs=("duckdb", "pandas"))
def summary_duckdb(lines: Any) -> Answer:
    """Sum days, then customers."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", lines)
    found = connection.sql(
        f"""with days as (select customer_id, (ordered_at at time zone 'UTC')::date as day,
            sum(amount) as money from lines group by all),
        firsts as (select *, min(day) over (partition by customer_id) as first from days)
        select count(*) - 1 as repeats, max(day) - min(first) as last,
            date '{AS_OF}' - min(first) as observed,
            coalesce(avg(money) filter (where day > first), 0) as value
        from firsts group by customer_id"""
    ).fetchnumpy()
    return _sums(found["repeats"], found["last"], found["observed"], found["value"])


@CONTEST.tool(
    "ours", role="ours", load=frame, needs=("cjm_research",),
    note="`purchase_days`, `purchase_histories`",
)  # fmt: skip
def summary_ours(lines: Any) -> Answer:
    """Join the lines of a day, then the days of a customer."""
    import pandas as pd

    from cjm_research.segmentation.value.histories import purchase_days, purchase_histories

    day = pd.Timestamp(AS_OF)
    found = purchase_histories(purchase_days(lines, as_of=day), as_of=day)
    return _sums(
        found["n_repeats"], found["last_days"], found["observed_days"],
        found["repeat_value"].fillna(0),
    )  # fmt: skip


def _plain(folder: Path) -> Any:
    import pandas as pd

    lines = pd.read_parquet(folder / "lines.parquet")
    lines["ordered_at"] = lines["ordered_at"].dt.tz_localize(None)
    return lines


@CONTEST.tool("lifetimes", load=_plain, needs=("lifetimes", "pandas", "pyarrow"))
def summary_lifetimes(lines: Any) -> Answer:
    """Call the package's own summary."""
    from lifetimes.utils import summary_data_from_transaction_data

    found = summary_data_from_transaction_data(
        lines, "customer_id", "ordered_at", monetary_value_col="amount",
        observation_period_end=AS_OF,
    )  # fmt: skip
    return _sums(found["frequency"], found["recency"], found["T"], found["monetary_value"])


@CONTEST.tool("pymc-marketing", load=_plain, needs=("pymc_marketing", "pandas", "pyarrow"))
def summary_pymc(lines: Any) -> Answer:
    """Call the package's own summary."""
    from pymc_marketing.clv import rfm_summary

    found = rfm_summary(
        lines, "customer_id", "ordered_at", monetary_value_col="amount",
        observation_period_end=AS_OF,
    )  # fmt: skip
    return _sums(found["frequency"], found["recency"], found["T"], found["monetary_value"])
