"""Made-up order lines that both contests of segmentation start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2026-01-01"
CATEGORIES = ("shoes", "clothes", "books", "toys", "kitchen", "garden", "sport", "pets")


def make(folder: Path, size: int) -> None:
    """Write `lines.parquet`: about 2.5 lines an order, 7 orders a customer, few with many."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260102)
    n_orders = max(1, int(size / 2.5))
    n_customers = max(1, n_orders // 7)
    weight = rng.gamma(0.6, 1.0, n_customers) + 0.05
    customer = rng.choice(n_customers, n_orders, p=weight / weight.sum())
    second = rng.integers(0, 730 * 86_400, n_orders).astype("m8[s]")
    order = np.sort(rng.integers(0, n_orders, size))
    stamp = (np.datetime64("2024-01-01", "us") + second)[order]
    lines = pd.DataFrame(
        {
            "customer_id": pd.Series(customer[order]).astype("string[pyarrow]").radd("C"),
            "order_id": pd.Series(order).astype("string[pyarrow]").radd("O-"),
            "ordered_at": pd.Series(stamp).dt.tz_localize("UTC"),
            "amount": rng.integers(100, 1_000_000, size) / 64,  # sums are exact in any order
            "category": pd.Series(np.array(CATEGORIES)[rng.integers(0, len(CATEGORIES), size)]),
        }
    )
    lines = lines.astype({"category": "string[pyarrow]"})
    lines.sample(frac=1, random_state=3).to_parquet(folder / "lines.parquet", index=False)


def frame(folder: Path) -> Any:
    """Return the lines as a pandas table with the dtypes of the package."""
    import pandas as pd

    types = dict.fromkeys(("customer_id", "order_id", "category"), "string[pyarrow]")
    return pd.read_parquet(folder / "lines.parquet").astype(types)


def nobody() -> Any:
    """Return a table without customers."""
    import pandas as pd

    return pd.DataFrame({"customer_id": pd.Series(dtype="string[pyarrow]")})
