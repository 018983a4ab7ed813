"""How a customer's purchases divide by category, cargo type and channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.segmentation.kernels import distinct
from cjm_research.segmentation.order_features import DIVIDED, column_of
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.order_features import Lines

PREFIX = {"category": "category_share_", "cargo_type": "cargo_share_", "channel": "channel_share_"}
"""Beginning of the columns of each; the value follows as it is: ``category_share_kids``."""
FEWEST = 4
"""Lines from which the shares of a customer are known: one purchase is no taste."""
MOST = 12
"""Commonest values that have a column of their own."""


def counts(lines: Lines, known: pd.Index) -> pd.DataFrame:
    """Count the lines bought of each customer by value: `customer_id`, `column`, `level`, `n`."""
    parts = []
    for column in DIVIDED:
        bought = lines.told_of(column)
        values = column_of(lines.frame, column, "string[pyarrow]")[bought]
        label, names = pd.factorize(values, sort=True)
        told = label >= 0
        width = max(len(names), 1)
        keys, n = distinct(lines.codes[bought][told] * width + label[told])
        parts.append(
            pd.DataFrame({
                "customer_id": known.take(keys // width),
                "column": pd.array([column] * len(keys), dtype="string[pyarrow]"),
                "level": pd.Index(names, dtype="string[pyarrow]").take(keys % width),
                "n": n,
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def shares(found: pd.DataFrame, known: pd.Index) -> dict[str, np.ndarray]:
    """Return the share of each of the commonest values, in the order of their names.

    NaN for a customer of whom fewer than four purchases are known by the column.
    """
    columns: dict[str, np.ndarray] = {}
    for column in DIVIDED:
        own = found[found["column"] == column]
        at = positions_of(own["customer_id"], known)
        n = own["n"].to_numpy(dtype=np.float64)
        total = np.bincount(at, n, minlength=len(known))
        sums = own.groupby("level")["n"].sum()
        top = sorted(map(str, sums.index), key=lambda v: (-sums[v], v))[:MOST]
        for level in sorted(top) if len(sums) > 1 else ():
            here = (own["level"] == level).to_numpy(dtype=bool)
            with np.errstate(invalid="ignore"):
                share = np.bincount(at[here], n[here], minlength=len(known)) / total
            columns[f"{PREFIX[column]}{level}"] = np.where(total >= FEWEST, share, np.nan)
    return columns


def divided_by(column: str) -> tuple[str, str] | None:
    """Return what a share is divided by, and its value; None for any other column.

    Examples
    --------
    >>> divided_by("category_share_kids"), divided_by("revenue_share")
    (('category', 'kids'), None)
    """
    return next(
        ((name, column.removeprefix(p)) for name, p in PREFIX.items() if column.startswith(p)), None
    )


def breadth(found: pd.DataFrame, known: pd.Index) -> Mapping[str, np.ndarray]:
    """Return how many categories each customer bought of; NaN where none is known."""
    own = found[found["column"] == "category"]
    n = np.bincount(positions_of(own["customer_id"], known), minlength=len(known))
    return {"n_categories": np.where(n > 0, n, np.nan)}
