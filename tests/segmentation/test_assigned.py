"""Frozen clusters and the customers of another day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import SchemaError
from cjm_research.segmentation.assigned import assigned
from cjm_research.segmentation.cluster_card import assign
from cjm_research.segmentation.clusters import found_clusters
from cjm_research.study.model import Limits
from cjm_research.study.plans import Grouping

CENTRES = np.log([[2, 300], [30, 300], [3, 9000]])


def plan(**other):
    return Grouping.model_validate(
        {"id": "found", "label": "x", "kind": "clusters", "n_clusters": 3,
         "features": ["orders_per_year", "average_order", "niche"], "unknown": "level", **other}
    )  # fmt: skip


def customers(n=900, *, times=1.0, seed=4):
    rng = np.random.default_rng(seed)
    points = np.exp(CENTRES[rng.integers(0, 3, n)] + rng.normal(0, 0.25, (n, 2))) * times
    return pd.DataFrame({
        "customer_id": [f"c{i:04}" for i in range(n)],
        "orders_per_year": np.where(rng.random(n) < 0.05, np.nan, points[:, 0]),
        "average_order": points[:, 1],
        "niche": pd.array(rng.choice(["food", "toys", None], n), dtype="string[pyarrow]"),
    })  # fmt: skip


@pytest.fixture(scope="module", params=["kmeans", "mixture"])
def card(request):
    return found_clusters(customers(), plan(method=request.param), found_on="2026-06-30").card


@pytest.mark.parametrize("n_buckets", [2, 7])
def test_buckets_are_assigned_as_the_whole_is(card, n_buckets, monkeypatch):
    # Customers whom the card has not seen, in buckets of the store's kind and few at a time.
    new = customers(700, seed=9)
    whole = assign(new, card)
    bucket = pd.util.hash_array(new["customer_id"].to_numpy(object)) % n_buckets
    monkeypatch.setattr("cjm_research.segmentation.cluster_card.AT_ONCE", 13)
    parts = pd.concat([assign(new[bucket == b], card) for b in range(n_buckets)])
    joined = parts.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(joined, whole, rtol=1e-9)


def test_customers_like_those_before_fit_the_clusters(card):
    found = assigned(customers(800, seed=11), card, limits=Limits())
    assert not found.is_outgrown
    assert [f.status for f in found.findings()] == ["not_significant"]
    assert found.n_customers + found.n_unknown == 800
    assert sum(c.n for c in found.clusters) == found.n_customers
    assert all(c.borderline_share < 0.2 for c in found.clusters)


def test_customers_unlike_all_before_are_said_to_have_outgrown_them(card):
    found = assigned(customers(800, times=40, seed=11), card, limits=Limits())
    assert found.is_outgrown
    (told,) = found.findings()
    assert (told.status, told.direction) == ("shown", "bad")
    assert told.estimate > 0.5


def test_halfway_between_two_centres_is_the_border():
    card = found_clusters(customers(), plan(features=["orders_per_year"], n_clusters=2)).card
    first, second = (c[0] for c in card.centres)
    scale = card.scales[0]
    at = np.expm1((first + second) / 2 * scale.sd / scale.weight + scale.mean)
    between = pd.DataFrame({"customer_id": ["a"], "orders_per_year": [at]})
    limits = Limits(hidden_below=1, facts_below=1, claims_from=1)
    assert [c.borderline_share for c in assigned(between, card, limits=limits).clusters] == [1.0]


def test_a_cluster_of_few_is_not_shown_and_nobody_is_no_error(card):
    few = assigned(customers(9, seed=2), card, limits=Limits())
    assert few.clusters == ()
    nobody = assigned(customers(0), card, limits=Limits())
    assert (nobody.n_customers, nobody.findings()) == (0, ())


def test_other_columns_are_refused(card):
    with pytest.raises(SchemaError, match="no column 'average_order'"):
        assigned(customers().drop(columns="average_order"), card, limits=Limits())
