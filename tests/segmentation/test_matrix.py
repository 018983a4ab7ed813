"""The customer matrix: cells, axes that coincide, borderline customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.segmentation.matrix import cadences, customer_matrix, place_customers
from cjm_research.study.model import Limits
from cjm_research.study.plans import Matrix

NOBODY = pd.DataFrame({"customer_id": []})


def features(importance, value, n_orders=None):
    n = len(importance)
    return pd.DataFrame({
        "customer_id": [f"c{i:03}" for i in range(n)],
        "revenue_share": np.asarray(importance, float),
        "order_value_rate": np.asarray(value, float),
        "revenue": np.asarray(importance, float) * 1000,
        "n_orders": pd.array(n_orders or [1] * n, dtype="Int64"),
    })  # fmt: skip


def matrix_of(importance, value, **settings):
    matrix = Matrix(**settings)
    placed = place_customers(NOBODY, features(importance, value), matrix)
    return customer_matrix(placed, matrix, limits=Limits())


def test_high_is_strictly_above_the_quantile():
    placed = place_customers(NOBODY, features(range(10), range(10)), Matrix())
    cells = placed.set_index("customer_id")["cell"]
    assert cells["c007"] == "low_high"
    assert cells["c008"] == "high_high"
    assert cells["c004"] == "low_low"
    assert cells["c005"] == "low_high"


def test_equal_customers_share_a_cell():
    placed = place_customers(NOBODY, features([5] * 7, [1] * 7), Matrix())
    assert set(placed["cell"]) == {"low_low"}


def test_every_placed_customer_is_in_one_cell_and_the_money_is_shared_out():
    rng = np.random.default_rng(3)
    found = matrix_of(rng.lognormal(size=500), rng.lognormal(size=500))
    assert sum(c.n for c in found.cells) == found.n_customers == 500
    assert sum(c.revenue_share for c in found.cells) == pytest.approx(1)


def test_a_cell_of_few_customers_has_a_name_and_no_numbers():
    found = matrix_of([*range(40), 1000], [*range(40, 0, -1), 1000])
    few = [c.cell for c in found.cells if 0 < c.n < 10]
    assert few
    told = found.to_frame().set_index("cell").drop(columns="cadence_days")
    assert told.loc[few].isna().to_numpy().all()


def test_refunds_above_purchases_are_the_reason_that_nobody_has_a_place():
    refunded = features([np.nan] * 3, [1, 2, 3]).assign(revenue=[-5.0, 2.0, -4.0])
    with pytest.raises(NoDataError, match=r"Refunds are as large .* kept -7\.00"):
        place_customers(NOBODY, refunded, Matrix())


def test_customers_who_never_ordered_are_leads_and_no_part_of_it():
    placed = place_customers(
        NOBODY, features([1, 2, 3, 0], [1, 2, 3, 0], n_orders=[1, 1, 1, 0]), Matrix()
    )
    assert len(placed) == 3
    assert placed.attrs["left_out"] == 1


def test_axes_that_order_customers_alike_are_said_to_coincide():
    x = np.arange(200)
    found = matrix_of(x, x**2)
    assert found.axes_coincide
    assert found.correlation == pytest.approx(1)
    assert found.findings()[-1].kind == "matrix_axes_coincide"


def test_independent_axes_do_not_coincide():
    rng = np.random.default_rng(5)
    found = matrix_of(rng.random(300), rng.random(300))
    assert not found.axes_coincide
    assert found.correlation_low < 0 < found.correlation_high


def test_borderline_customers_stand_next_to_a_cut():
    found = matrix_of(range(100), [0] * 100, value_quantile=0.5)
    assert sum(c.borderline for c in found.cells) == 10  # ranks 75 to 85 of 100


def test_a_column_of_customers_can_be_an_axis():
    weights = pd.DataFrame({"customer_id": ["c000", "c001"], "strategic_weight": [3.0, 1.0]})
    placed = place_customers(
        weights, features([1, 2], [1, 2]), Matrix(importance="strategic_weight")
    )
    assert placed["importance"].tolist() == [3, 1]


def test_an_unknown_axis_is_named():
    with pytest.raises(SchemaError, match=r"no column 'revenu_share'\. Did you mean"):
        place_customers(NOBODY, features([1], [1]), Matrix(importance="revenu_share"))


def test_a_text_is_no_axis():
    texts = features([1], [1]).assign(revenue_share=["many"])
    with pytest.raises(SchemaError, match="'revenue_share' holds no numbers"):
        place_customers(NOBODY, texts, Matrix())


def test_nobody_to_place_is_said():
    with pytest.raises(NoDataError, match="orders that have a day and a sum"):
        place_customers(NOBODY, features([np.nan], [1]), Matrix())


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(6)
    table = features(rng.integers(0, 20, 200), rng.integers(0, 20, 200))
    one = place_customers(NOBODY, table, Matrix()).set_index("customer_id")
    other = place_customers(NOBODY, table.sample(frac=1, random_state=1), Matrix())
    pd.testing.assert_frame_equal(one, other.set_index("customer_id").sort_index())


def test_cadences_of_the_study_replace_the_defaults():
    own = Matrix.model_validate({"cells": {"high_high": {"strategy": "x", "cadence_days": 14}}})
    assert cadences(own) == {"high_high": 14, "high_low": 60, "low_high": 90, "low_low": 180}
