"""Two groupings crossed: sizes, revenue, and nothing to be had by subtraction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.segmentation.crosses import crossed
from cjm_research.study.model import Limits


def table(segments):
    return pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(len(segments))], "segment": segments,
    }, dtype="string[pyarrow]")  # fmt: skip


def found(counts, **limits):
    first = [f"a{i}" for i, row in enumerate(counts) for n in row for _ in range(n)]
    second = [f"b{j}" for row in counts for j, n in enumerate(row) for _ in range(n)]
    features = pd.DataFrame({"customer_id": [f"c{i}" for i in range(len(first))], "revenue": 10.0})
    return crossed(features, table(first), table(second), names=("a", "b"), limits=Limits(**limits))


def test_cells_hold_customers_shares_and_revenue():
    cell = found([[60, 40], [20, 80]]).cell("a0", "b0")
    assert (cell.n, cell.share, cell.revenue) == (60, 0.6, 600)
    assert cell.revenue_share == pytest.approx(0.3)


def test_a_small_cell_takes_others_with_it_so_that_no_sum_gives_it_away():
    shown = found([[100, 4, 50], [60, 30, 70], [80, 90, 20]]).to_frame()
    hidden = shown.assign(is_hidden=shown["n"].isna())
    by_row = hidden.groupby("segment")["is_hidden"].sum()
    by_column = hidden.groupby("segment_with")["is_hidden"].sum()
    assert np.isnan(shown.set_index(["segment", "segment_with"]).loc[("a0", "b1"), "n"])
    assert not ({1} & set(by_row)) and not ({1} & set(by_column))  # noqa: PT018


def test_an_empty_cell_is_shown_as_such():
    assert found([[100, 0], [50, 60]]).cell("a0", "b1").n == 0


def test_groupings_that_share_nobody_are_refused():
    features = pd.DataFrame({"customer_id": ["x"], "revenue": [1.0]})
    other = table(["b"]).assign(customer_id="y")
    with pytest.raises(NoDataError, match="both 'a' and 'b'"):
        crossed(features, table(["a"]), other, names=("a", "b"), limits=Limits())
