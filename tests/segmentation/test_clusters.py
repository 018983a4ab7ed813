"""Found clusters: planted groups come back, a cloud is called a cloud, the card assigns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.cluster_card import ClusterCard, assign, scales_of
from cjm_research.segmentation.clusters import cluster_criteria, found_clusters
from cjm_research.segmentation.groupings import coverage, memberships
from cjm_research.study.plans import Grouping

COLUMNS = ["orders_per_year", "average_order"]
CENTRES = np.log([[2, 300], [30, 300], [3, 9000]])


def grouping(**other):
    return Grouping.model_validate(
        {"id": "found", "label": "x", "kind": "clusters", "features": COLUMNS, **other}
    )


def customers(n=900, *, spread=0.25, seed=4):
    """Three groups of log-normal customers; the third column is the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n)
    points = np.exp(CENTRES[truth] + rng.normal(0, spread, (n, 2)))
    return pd.DataFrame({
        "customer_id": [f"c{i:04}" for i in range(n)],
        "orders_per_year": points[:, 0],
        "average_order": points[:, 1],
    }), truth  # fmt: skip


def cloud(n=900, seed=5):
    rng = np.random.default_rng(seed)
    points = np.exp(rng.multivariate_normal([2, 6], [[1, 0.5], [0.5, 1]], n))
    return pd.DataFrame({
        "customer_id": [f"c{i:04}" for i in range(n)],
        "orders_per_year": points[:, 0],
        "average_order": points[:, 1],
    })  # fmt: skip


def test_planted_groups_come_back_and_their_number_too():
    base, truth = customers()
    card = found_clusters(base, grouping())
    found = assign(base, card)["segment"]
    assert len(card.centres) == 3
    assert adjusted_rand_score(truth, found) > 0.95


def test_the_order_of_rows_does_not_matter():
    base, _ = customers()
    shuffled = base.sample(frac=1, random_state=8)
    assert found_clusters(base, grouping()) == found_clusters(shuffled, grouping())


def test_groups_stand_out_from_a_cloud_of_the_same_covariance():
    found = cluster_criteria(customers()[0], grouping(n_clusters=3))
    assert found.has_structure
    assert found.chosen.stability > 0.9
    assert found.findings()[0].kind == "clusters_groups"


def test_a_cloud_without_groups_is_called_a_continuum():
    found = cluster_criteria(cloud(), grouping(n_clusters=3))
    assert not found.has_structure
    assert found.findings()[0].kind == "clusters_continuum"


def test_a_customer_with_an_unknown_value_is_in_no_cluster_and_undecided():
    base, _ = customers()
    base.loc[:9, "average_order"] = np.nan
    only_ids = base[["customer_id"]]
    one = grouping(n_clusters=3)
    assert len(memberships(only_ids, base, [one])) == len(base) - 10
    reach = coverage(only_ids, base, one)
    assert (reach.n_covered, reach.n_undecided) == (890, 10)


def test_the_card_survives_as_text_and_assigns_the_same():
    base, _ = customers()
    card = found_clusters(base, grouping())
    again = ClusterCard.from_json(card.to_json())
    assert again == card
    pd.testing.assert_frame_equal(assign(base, again), assign(base, card))


def test_a_new_customer_beyond_the_range_is_flagged():
    card = found_clusters(customers()[0], grouping())
    new = pd.DataFrame({
        "customer_id": ["usual", "huge"],
        "orders_per_year": [30.0, 5000.0],
        "average_order": [300.0, 9e6],
    })  # fmt: skip
    assert assign(new, card)["is_outside"].tolist() == [False, True]


def test_a_customer_between_two_centres_is_borderline():
    base, _ = customers()
    card = found_clusters(base, grouping(n_clusters=3))
    margin = assign(base, card).set_index("customer_id")["margin"]
    assert (margin >= 1).all()


def test_a_card_from_other_columns_is_refused():
    base, _ = customers()
    card = found_clusters(base, grouping())
    with pytest.raises(SchemaError, match="no column 'average_order'"):
        assign(base.drop(columns="average_order"), card)
    with pytest.raises(ParameterError, match="not a card of clusters"):
        ClusterCard.from_json('{"centres": []}')


def test_more_clusters_than_customers_are_refused():
    base, _ = customers(12)
    with pytest.raises(NoDataError, match="12 customers cannot make 15 clusters"):
        found_clusters(base, grouping(n_clusters=15))


def test_equal_customers_make_no_clusters():
    base, _ = customers()
    with pytest.raises(ParameterError, match="'average_order' does not vary"):
        scales_of(base.assign(average_order=1.0), tuple(COLUMNS))


def test_the_scale_of_skewed_money_is_its_logarithm():
    base, _ = customers()
    scales = scales_of(base.assign(mood=np.linspace(-1, 1, len(base))), (*COLUMNS, "mood"))
    assert [s.is_log for s in scales] == [True, True, False]
