"""RFM scores: ties, frozen cuts, and a grid without a hole."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import DataError, NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.grids import GRID, NAMES
from cjm_research.segmentation.rfm import RfmCard, rfm, rfm_card, rfm_scores

rows = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 5), st.integers(0, 100)), min_size=1, max_size=60
)


def table(values):
    recency, orders, revenue = zip(*values, strict=True)
    return pd.DataFrame({
        "customer_id": [f"c{i:03}" for i in range(len(values))],
        "recency_days": np.array(recency, float),
        "n_orders": pd.array(orders, dtype="Int64"),
        "revenue": np.array(revenue, float),
    })  # fmt: skip


def test_the_grid_names_every_cell_once():
    assert set(GRID) == set(product(range(1, 6), range(1, 6)))
    assert set(GRID.values()) == set(NAMES)


@settings(deadline=None)
@given(rows)
def test_equal_values_share_a_score(values):
    features = table(values)
    scores = rfm_scores(features, rfm_card(features, as_of=""))
    for column, score in (("recency_days", "r"), ("n_orders", "f"), ("revenue", "m")):
        assert scores[score].groupby(features[column]).nunique().max() == 1


@settings(deadline=None)
@given(rows)
def test_scores_rise_with_what_they_measure(values):
    features = table(values)
    scores = rfm_scores(features, rfm_card(features, as_of=""))
    f = scores["f"].iloc[np.argsort(features["n_orders"].astype(int), kind="stable")]
    r = scores["r"].iloc[np.argsort(-features["recency_days"], kind="stable")]
    assert f.is_monotonic_increasing
    assert r.is_monotonic_increasing


@settings(deadline=None)
@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(values, random):
    features = table(values)
    shuffled = features.sample(frac=1, random_state=random.randint(0, 9999))
    assert rfm_card(shuffled, as_of="") == rfm_card(features, as_of="")
    one = rfm_scores(features, rfm_card(features, as_of="")).set_index("customer_id")
    other = rfm_scores(shuffled, rfm_card(shuffled, as_of="")).set_index("customer_id")
    pd.testing.assert_frame_equal(one, other.sort_index())


def test_distinct_values_fall_in_fifths():
    # Without ties the scores are the quintiles of R's rfm 0.3 and of pandas.qcut.
    features = table([(d, 1, d) for d in range(1, 101)])
    scores = rfm_scores(features, rfm_card(features, as_of=""))
    assert scores["m"].tolist() == (pd.qcut(features["revenue"], 5, labels=False) + 1).tolist()
    assert scores["r"].tolist() == scores["m"].tolist()[::-1]


def test_when_most_order_once_they_share_one_score_and_the_best_still_reach_five():
    features = table([(1, 1, 1)] * 70 + [(1, 2, 1)] * 15 + [(1, 7, 1)] * 15)
    scores = rfm_scores(features, rfm_card(features, as_of=""))
    assert scores["f"].groupby(features["n_orders"]).first().tolist() == [1, 4, 5]


def test_a_kept_card_lets_customers_move():
    then = table([(d, 1, d) for d in range(1, 101)])
    card = RfmCard.from_json(rfm_card(then, as_of="2026-01-31").to_json())
    later = then.assign(recency_days=then["recency_days"] + 1000)
    assert set(rfm_scores(later, card)["r"]) == {1}
    assert card.as_of == "2026-01-31"


def test_a_card_of_other_make_is_refused():
    with pytest.raises(ParameterError, match="not an RFM card"):
        RfmCard.from_json('{"cuts": [1]}')
    with pytest.raises(ParameterError, match="recency_cuts must be four rising numbers"):
        RfmCard.from_json(
            '{"recency_cuts": [4, 3, 2, 1], "frequency_cuts": [1, 2, 3, 4],'
            ' "money_cuts": [1, 2, 3, 4], "n_customers": 1, "as_of": ""}'
        )


def test_regions_hold_every_customer_who_ordered_once():
    features = table([(d, 1 + d % 4, d) for d in range(1, 51)])
    features.loc[len(features)] = ["lead", np.nan, 0, 0.0]
    found = rfm(features)
    assert sum(r.n for r in found.regions) == found.n_customers == 50
    assert found.n_without_order == 1
    assert sum(r.revenue_share for r in found.regions) == pytest.approx(1)


def test_nobody_with_dates_is_an_error():
    with pytest.raises(DataError, match="RFM needs customers with dated orders"):
        rfm_card(table([(1, 1, 1)]).assign(recency_days=np.nan), as_of="")


@pytest.mark.parametrize("grid_name", ["regions", "eight", "eleven"])
def test_a_kept_card_without_anybody_to_score_is_said(grid_name):
    card = rfm_card(table([(1, 1, 1)]), as_of="")
    nobody = table([(1, 1, 1)]).head(0)
    with pytest.raises(NoDataError, match="RFM needs customers with dated orders"):
        rfm(nobody, card, grid_name=grid_name)


def test_a_region_of_few_customers_has_a_name_and_no_numbers():
    found = rfm(table([(d, 1 + d % 4, d) for d in range(1, 51)] + [(400, 9, 9)]))
    few = [r.cell for r in found.regions if 0 < r.n < 10]
    assert few
    told = found.to_frame().set_index("cell")
    assert told.loc[few].isna().to_numpy().all()
    assert told.drop(index=few)["n"].notna().all()
    shown = {f.subject["cell"] for f in found.findings() if f.status == "shown"}
    assert shown.isdisjoint(few)


def test_by_a_kept_card_everybody_may_be_a_prospect():
    leads = table([(1, 1, 1), (2, 1, 1)]).assign(recency_days=np.nan)
    found = rfm(leads, rfm_card(table([(1, 1, 1)]), as_of=""), grid_name="eleven")
    assert [(r.cell, r.n, r.share) for r in found.regions if r.n] == [("prospects", 2, 1.0)]


def test_a_missing_column_is_named():
    with pytest.raises(SchemaError, match="'features' has no column 'revenue'"):
        rfm_card(table([(1, 1, 1)]).drop(columns="revenue"), as_of="")


def test_one_customer_has_the_lowest_score_of_its_own_cuts():
    features = table([(3, 1, 5)])
    assert rfm_scores(features, rfm_card(features, as_of=""))[["f", "m"]].to_numpy().tolist() == [
        [1, 1]
    ]
