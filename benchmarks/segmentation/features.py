"""Features: one row per customer from order lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest
from benchmarks.segmentation.lines import AS_OF, CATEGORIES, frame, make, nobody

if TYPE_CHECKING:
    from benchmarks.contest import Answer

CONTEST = Contest(
    name="segmentation.features",
    task="From order lines in memory to one row per customer: orders, order days, revenue, "
    "recency, first order, median and 80th percentile of the gaps, commonest category and its "
    "share.",
    size=500_000,
    of="order lines",
    make=make,
)


def _sums(found: Any) -> Answer:
    """Sum the columns over customers; what is not known of a customer does not count."""
    names = ("orders", "order_days", "revenue", "recency", "first", "gap_median", "gap_p80",
             "category_share")  # fmt: skip
    answer: Answer = {name: float(found[name].sum()) for name in names}
    main = found["category"].value_counts()
    return answer | {
        "n": len(found),
        "main_categories": [float(main.get(c, 0)) for c in CATEGORIES],
    }


@CONTEST.tool("bare numpy", role="floor", load=frame, needs=("numpy", "pandas"))
def features_numpy(lines: Any) -> Answer:
    """Codes, then sorts of whole numbers that hold customer and day together."""
    import numpy as np
    import pandas as pd

    as_of = int(np.datetime64(AS_OF).astype(np.int64))
    code, ids = pd.factorize(lines["customer_id"])
    n, amount = len(ids), lines["amount"].to_numpy()
    order, _ = pd.factorize(lines["order_id"])
    is_new = ~pd.Series(order).duplicated().to_numpy()
    day = lines["ordered_at"].to_numpy("M8[D]").astype(np.int64)
    span = int(day.max() - day.min() + 1)
    who, when = np.divmod(np.unique(code * span + (day - day.min())), span)
    first_of = np.append(True, who[1:] != who[:-1])
    last_of = np.append(who[1:] != who[:-1], True)
    gap, owner = np.diff(when)[~first_of[1:]], who[1:][~first_of[1:]]
    ranked = gap[np.lexsort((gap, owner))].astype(float)
    n_gaps = np.bincount(owner, minlength=n)
    start = np.cumsum(n_gaps) - n_gaps

    def quantile(q: float) -> Any:
        at = (start + q * np.maximum(n_gaps - 1, 0))[n_gaps > 0]
        low = np.floor(at).astype(int)
        high = np.ceil(at).astype(int)
        return ranked[low] + (ranked[high] - ranked[low]) * (at - low)

    label, names = pd.factorize(lines["category"], sort=True)
    table = np.bincount(code * len(names) + label, minlength=n * len(names)).reshape(n, -1)
    return {
        "n": n,
        "orders": float(is_new.sum()),
        "order_days": float(len(who)),
        "revenue": float(np.bincount(code, amount, minlength=n).sum()),
        "recency": float((as_of - day.min() - when[last_of]).sum()),
        "first": float((as_of - day.min() - when[first_of]).sum()),
        "gap_median": float(quantile(0.5).sum()),
        "gap_p80": float(quantile(0.8).sum()),
        "category_share": float((table.max(axis=1) / table.sum(axis=1)).sum()),
        "main_categories": [
            float((table.argmax(axis=1) == list(names).index(c)).sum()) for c in CATEGORIES
        ],
    }


@CONTEST.tool(
    "ours",
    role="ours",
    load=frame,
    needs=("cjm_research",),
    note="`customer_features`, which also tells rates of a year, returns, profit, service",
)
def features_ours(lines: Any) -> Answer:
    """Ask for the features."""
    import pandas as pd

    from cjm_research.segmentation.features import customer_features

    found = customer_features(nobody(), lines, nobody(), nobody(), as_of=pd.Timestamp(AS_OF))
    names = {"n_orders": "orders", "n_order_days": "order_days", "recency_days": "recency",
             "first_order_days": "first", "gap_median_days": "gap_median",
             "gap_p80_days": "gap_p80", "main_category": "category",
             "main_category_share": "category_share"}  # fmt: skip
    return _sums(found.rename(columns=names))


@CONTEST.tool("DuckDB", load=frame, needs=("duckdb", "pandas"))
def features_duckdb(lines: Any) -> Answer:
    """Statements that build on each other."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", lines)
    return _sums(
        connection.sql(
            f"""with l as (select *, (ordered_at at time zone 'UTC')::date as day from lines),
            days as (select customer_id, day, day - lag(day) over
                (partition by customer_id order by day) as gap
                from (select distinct customer_id, day from l)),
            rhythm as (select customer_id, count(*) as order_days, min(day) as a, max(day) as b,
                quantile_cont(gap, 0.5) as gap_median, quantile_cont(gap, 0.8) as gap_p80
                from days group by customer_id),
            counted as (select customer_id, category, count(*) as n,
                sum(count(*)) over (partition by customer_id) as total
                from l group by customer_id, category),
            main as (select customer_id, category, n / total as category_share from counted
                qualify row_number() over
                (partition by customer_id order by n desc, category) = 1),
            money as (select customer_id, count(distinct order_id) as orders,
                sum(amount) as revenue from l group by customer_id)
            select *, date '{AS_OF}' - b as recency, date '{AS_OF}' - a as first
            from money join rhythm using (customer_id) join main using (customer_id)"""
        ).df()
    )


@CONTEST.tool("pandas", load=frame, needs=("pandas",))
def features_pandas(lines: Any) -> Answer:
    """Group-bys that are joined at the end."""
    import pandas as pd

    as_of = pd.Timestamp(AS_OF)
    day = lines["ordered_at"].dt.tz_localize(None).dt.floor("D")
    lines = lines.assign(day=day)
    by = lines.groupby("customer_id")
    found = by.agg(orders=("order_id", "nunique"), revenue=("amount", "sum"),
                   last=("day", "max"), begin=("day", "min"))  # fmt: skip
    days = lines[["customer_id", "day"]].drop_duplicates().sort_values(["customer_id", "day"])
    gaps = days.groupby("customer_id")["day"].diff().dt.days.groupby(days["customer_id"])
    counts = lines.groupby(["customer_id", "category"]).size().rename("n").reset_index()
    counts = counts.sort_values(["customer_id", "n", "category"], ascending=[True, False, True])
    main = counts.drop_duplicates("customer_id").set_index("customer_id")
    return _sums(
        found.assign(
            order_days=days.groupby("customer_id").size(),
            recency=(as_of - found["last"]).dt.days,
            first=(as_of - found["begin"]).dt.days,
            gap_median=gaps.quantile(0.5),
            gap_p80=gaps.quantile(0.8),
            category=main["category"],
            category_share=main["n"] / by.size(),
        )
    )
