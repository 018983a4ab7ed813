"""One row per customer: what they bought, did and said up to a day.

Every column is declared in `columns.FEATURES` with its unit and meaning. The computation is
three steps, so that it runs on one bucket or many: `features_partial`, `merge_features`,
`finish_features`. What needs the whole (a share of all revenue, where a theme belongs) is
filled by the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.schema.tables import TABLES
from cjm_research.segmentation.columns import FEATURES
from cjm_research.segmentation.divided import breadth, counts, shares
from cjm_research.segmentation.kernels import day_numbers, known_ids
from cjm_research.segmentation.order_features import contract_share, order_features, read_lines
from cjm_research.segmentation.order_traits import (
    OF_SCHEMA,
    joined_mains,
    main_columns,
    main_values,
)
from cjm_research.segmentation.person_features import person_features
from cjm_research.segmentation.themes import joined, theme_columns
from cjm_research.segmentation.voice_features import event_features, voice_features

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cjm_research.segmentation.order_traits import Mains
    from cjm_research.segmentation.themes import Voices

NEEDED = {"customers": ("customer_id",), "orders": ("customer_id", "amount"),
          "events": ("customer_id",), "feedback_codes": ("customer_id",)}  # fmt: skip

USED = {
    "customers": ("customer_id", "acquired_on", "birth_date", "age", "contract_until"),
    "orders": ("customer_id", "order_id", "ordered_at", "amount", "status", "cost", "category",
               "cargo_type", "channel", "is_charge", "promised_at", "delivered_at", "is_damaged",
               *OF_SCHEMA),
    "events": ("customer_id", "occurred_at", "session_id"),
    "contracts": ("customer_id", "starts_on", "ends_on"),
}  # fmt: skip
"""Columns of the schema that features are made of."""

ZERO_WITHOUT_ROWS = {
    "orders": ("n_orders", "n_order_days", "revenue", "orders_per_year", "order_value_rate"),
    "events": ("n_events",),
    "feedback_codes": ("n_feedback",),
}
"""Columns that are 0, not unknown, for a customer without a row in a table that has rows."""


def used_columns(table: str, there: Iterable[str]) -> list[str]:
    """Return which columns of a table features are made of: some of the schema's, all others.

    Examples
    --------
    >>> used_columns("events", ["customer_id", "event_id", "section", "source_line"])
    ['customer_id', 'section']
    """
    declared = TABLES[table]
    return [
        c for c in there
        if c in USED[table] or (declared.column(c) is None and not c.startswith("source_"))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePartial:
    """The features of one bucket's customers, before what needs all of them."""

    frame: pd.DataFrame
    revenue: float
    """Sum over these customers."""
    ignored: Mapping[str, int]
    """Rows after the as-of day, by table; a table without any row is not there."""
    voices: Voices | None
    divided: pd.DataFrame | None
    """Lines bought by customer, column and value."""
    mains: Mains
    """Commonest values of the other texts of order lines and events."""


def customer_features(
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    events: pd.DataFrame,
    feedback_codes: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    contracts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Summarise every customer known in any table, as of the end of a day.

    Parameters
    ----------
    customers, orders, events, feedback_codes : pandas.DataFrame
        The canonical tables and the derived `feedback_codes`. An empty table says nothing:
        its columns are unknown, not zero.
    as_of : pandas.Timestamp
        The day. Rows after it are left out and counted. With a zone it is a day there, else
        a day in UTC. Rows without a time cannot be placed and are kept.
    contracts : pandas.DataFrame, optional
        Contracts with their days; `has_contract` falls back on ``customers.contract_until``.

    Returns
    -------
    pandas.DataFrame
        `customer_id` (sorted, unique) and the columns of `columns.FEATURES`, then shares of
        purchases by value, the commonest value of each other text of order lines
        (``main_COLUMN``) and events (``seen_COLUMN``) and a yes/no column per theme.
        ``attrs["ignored"]`` counts the rows left out, by table.

    Raises
    ------
    SchemaError
        If a table lacks `customer_id`, or `orders` lacks `amount`.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b"],
    ...         "amount": [10.0, 30.0, 60.0],
    ...         "ordered_at": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21"], utc=True),
    ...     }
    ... )
    >>> nothing = pd.DataFrame({"customer_id": []})
    >>> found = customer_features(
    ...     nothing, orders, nothing, nothing, as_of=pd.Timestamp("2026-01-31")
    ... )
    >>> found[["customer_id", "n_orders", "revenue_share", "recency_days"]].values.tolist()
    [['a', 2, 0.4, 20.0], ['b', 1, 0.6, 10.0]]
    """
    tables = {"customers": customers, "orders": orders, "events": events,
              "feedback_codes": feedback_codes}  # fmt: skip
    if contracts is not None:
        tables["contracts"] = contracts
    return finish_features(features_partial(tables, as_of))


def features_partial(tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp) -> FeaturePartial:
    """Summarise the customers of one bucket; `tables` as in `customer_features`, by name."""
    _check(tables)
    zone = str(as_of.tz) if as_of.tz is not None else "UTC"
    day = int(day_numbers(pd.Series([as_of.tz_localize(None)]), zone)[0])
    known = known_ids(tables[t]["customer_id"] for t in NEEDED)

    columns: dict[str, object] = {}
    ignored: dict[str, int] = {}
    voices, divided = None, None
    mains: Mains = {}
    contracts = tables.get("contracts")
    if contracts is not None and len(contracts):
        ignored["contracts"] = 0
    if len(tables["orders"]):
        lines = read_lines(tables["orders"], known, day=day, zone=zone)
        columns |= order_features(lines, len(known), day=day, zone=zone)
        divided = counts(lines, known)
        columns |= breadth(divided, known)
        mains = main_values(lines, known)
        if "contracts" in ignored:
            columns["contract_share"] = contract_share(lines, tables["contracts"], known)
        ignored["orders"] = lines.n_later
    if len(tables["events"]):
        found, seen, ignored["events"] = event_features(tables["events"], known, day=day, zone=zone)
        columns |= found
        mains |= seen
    if len(tables["feedback_codes"]):
        found, voices, ignored["feedback_codes"] = voice_features(
            tables["feedback_codes"], known, day=day, zone=zone
        )
        columns |= found
    columns |= person_features(tables, known, day=day, columns=columns)
    return FeaturePartial(
        frame=_typed(known, columns),
        revenue=float(np.asarray(columns.get("revenue", 0.0), np.float64).sum()),
        ignored=ignored,
        voices=voices,
        divided=divided,
        mains=mains,
    )


def merge_features(*parts: FeaturePartial) -> FeaturePartial:
    """Join the features of sets of customers that share none; one set or more."""
    names = sorted({name for p in parts for name in p.ignored})
    divided = [p.divided for p in parts if p.divided is not None]
    return FeaturePartial(
        frame=pd.concat([p.frame for p in parts], ignore_index=True),
        revenue=sum((p.revenue for p in parts), 0.0),
        ignored={k: sum(p.ignored.get(k, 0) for p in parts) for k in names},
        voices=reduce(joined, (p.voices for p in parts)),
        divided=pd.concat(divided, ignore_index=True) if divided else None,
        mains=reduce(joined_mains, (p.mains for p in parts)),
    )


def finish_features(partial: FeaturePartial) -> pd.DataFrame:
    """Fill what needs all customers: shares of all revenue, themes."""
    frame = _without_gaps(partial).sort_values("customer_id", ignore_index=True)
    if partial.revenue > 0:
        frame["revenue_share"] = frame["revenue"] / partial.revenue
    if partial.divided is not None:
        ids = pd.Index(frame["customer_id"])
        found = shares(partial.divided, ids)
        frame = pd.concat([frame, pd.DataFrame(found, index=frame.index)], axis=1)
    if partial.mains:
        mains = main_columns(partial.mains, pd.Index(frame["customer_id"]))
        frame = pd.concat([frame, pd.DataFrame(mains, index=frame.index)], axis=1)
    if partial.voices is not None:
        themes = theme_columns(partial.voices, pd.Index(frame["customer_id"]))
        frame = pd.concat([frame, pd.DataFrame(themes, index=frame.index)], axis=1)
    frame.attrs["ignored"] = dict(partial.ignored)
    return frame


def _without_gaps(partial: FeaturePartial) -> pd.DataFrame:
    """Fill what one bucket could not know: that a table it has no row of has rows elsewhere."""
    frame = partial.frame.copy()
    for table, columns in ZERO_WITHOUT_ROWS.items():
        if table in partial.ignored:
            frame.loc[frame[columns[0]].isna(), list(columns)] = 0
    if "contracts" in partial.ignored:
        frame["has_contract"] = frame["has_contract"].fillna(False)  # noqa: FBT003
        bought = frame["recency_days"].notna()
        frame["contract_share"] = frame["contract_share"].mask(
            bought & frame["contract_share"].isna(), 0.0
        )
    return frame


def _check(tables: Mapping[str, pd.DataFrame]) -> None:
    for table, columns in NEEDED.items():
        found = list(map(str, tables[table].columns))
        for column in columns:
            if column not in found and (column == "customer_id" or len(tables[table])):
                raise SchemaError.missing_column(column, table=table, found=found)


def _typed(known: pd.Index, columns: Mapping[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": pd.Series(known, dtype="string[pyarrow]")})
    made = {f.name: _series(columns.get(f.name), len(known), f.dtype) for f in FEATURES.values()}
    return pd.concat([frame, pd.DataFrame(made)], axis=1)


def _series(values: object, n: int, dtype: str) -> pd.Series:
    if values is None:
        empty = np.full(n, np.nan) if dtype == "float64" else [pd.NA] * n
        return pd.Series(empty, dtype=dtype)
    if dtype == "Int64":
        return pd.Series(np.asarray(values, dtype=np.float64)).astype("Int64")
    return pd.Series(values, dtype=dtype)
