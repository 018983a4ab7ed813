"""Found clusters: planted groups come back, a cloud is called a cloud, the card assigns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.alignment import aligned_names
from cjm_research.segmentation.cluster_card import ClusterCard, assign
from cjm_research.segmentation.cluster_criteria import distances, judge, silhouettes
from cjm_research.segmentation.cluster_scales import scaled, scales_of
from cjm_research.segmentation.clusters import ClusterModel, cluster_sample, found_clusters
from cjm_research.segmentation.conditions import evaluate
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


@pytest.fixture(scope="module")
def found():
    base, truth = customers()
    return base, truth, found_clusters(base, grouping())


def test_planted_groups_come_back_and_their_number_too(found):
    base, truth, model = found
    assert len(model.card.centres) == 3
    assert adjusted_rand_score(truth, assign(base, model.card)["segment"]) > 0.95


def test_the_order_of_rows_does_not_matter(found):
    base, _, model = found
    shuffled = base.sample(frac=1, random_state=8)
    assert found_clusters(shuffled, grouping()).to_json() == model.to_json()


def test_the_sample_of_parts_is_the_sample_of_the_whole(found, monkeypatch):
    base, _, _ = found
    monkeypatch.setattr("cjm_research.segmentation.clusters.SAMPLE", 200)
    parts = [cluster_sample(base[i::3], grouping()) for i in range(3)]
    joined = cluster_sample(pd.concat(parts), grouping())
    pd.testing.assert_frame_equal(joined, cluster_sample(base, grouping()))


def test_groups_stand_out_from_a_cloud_of_the_same_covariance(found):
    _, _, model = found
    assert model.criteria.has_structure
    assert model.criteria.chosen.stability > 0.9
    assert min(model.stabilities.values()) > 0.9
    assert model.criteria.findings()[0].kind == "clusters_groups"


def test_the_criteria_of_information_agree_on_planted_groups(found):
    table = found[2].criteria.to_frame().set_index("k")
    assert table["bic"].idxmin() == 3
    assert table["davies_bouldin"].idxmin() == 3


def test_a_cloud_without_groups_is_called_a_continuum():
    found = found_clusters(cloud(), grouping(n_clusters=3)).criteria
    assert not found.has_structure
    assert found.findings()[0].kind == "clusters_continuum"


def test_silhouettes_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    points, labels = rng.normal(size=(200, 4)), rng.integers(0, 4, 200)
    labels[0] = 4  # alone in its cluster
    ours = silhouettes(distances(points), labels)
    assert ours == pytest.approx(silhouette_samples(points, labels), abs=1e-12)


def test_iris_has_its_known_criteria():
    # R: cluster 2.1.4 and fpc 2.2.10 (silhouette .5528, Calinski-Harabasz 561.63), mclust 6.0.0
    # (BIC of three clouds of any shape); scikit-learn agrees.
    iris = load_iris().data
    table = judge(iris, (), grouping="iris", numbers=[2, 3]).to_frame().set_index("k")
    assert table.loc[3, "silhouette"] == pytest.approx(0.5528, abs=5e-5)
    assert table.loc[3, "calinski_harabasz"] == pytest.approx(561.63, abs=0.01)
    assert table.loc[2, "silhouette"] == pytest.approx(0.6810, abs=5e-5)


def test_rules_place_customers_as_the_model_does(found):
    base, _, model = found
    rules = {r.segment: r.sql() for r in model.recognition.rows}
    told = evaluate(base, rules)
    placed = assign(base, model.card)["segment"]
    agree = np.mean([bool(told.loc[i, s]) for i, s in placed.items()])
    assert model.recognition.fidelity > 0.95
    assert agree > 0.95


def test_the_rules_become_declared_segments(found):
    base, _, model = found
    segments = [{"id": r.segment, "label": "x", "when": r.sql()} for r in model.recognition.rows]
    declared = Grouping.model_validate({"id": "rules", "label": "x", "segments": segments})
    assert coverage(base[["customer_id"]], base, declared).n_covered == len(base)


def _answers(dtype, known):
    """Return customers told apart by a yes or no, of whom some gave no answer."""
    n = 300
    answer = pd.Series([known[i % len(known)] for i in range(n)], dtype=dtype)
    ids = [f"c{i:03d}" for i in range(n)]
    return pd.DataFrame({"customer_id": ids, "answer": answer})


@pytest.mark.parametrize(
    ("dtype", "known"),
    [
        ("string[pyarrow]", ["yes", "no"]),
        ("string[pyarrow]", ["yes", "no", None]),
        ("boolean", [True, False]),
        ("boolean", [True, False, None]),
    ],
)
def test_rules_of_yes_and_no_hold_for_texts_and_for_flags(dtype, known):
    base = _answers(dtype, known)
    asked = {"id": "g", "label": "G", "kind": "clusters", "features": ["answer"]}
    model = found_clusters(base, Grouping.model_validate({**asked, "n_clusters": len(known)}))
    assert model.recognition.fidelity == 1.0
    assert all(r.recall == 1.0 for r in model.recognition.rows)
    again = ClusterModel.from_json(model.to_json())
    assert [r.sql() for r in again.recognition.rows] == [r.sql() for r in model.recognition.rows]


def test_the_model_survives_as_text(found):
    _, _, model = found
    again = ClusterModel.from_json(model.to_json())
    assert again.to_json() == model.to_json()
    with pytest.raises(ParameterError, match="not a model of clusters"):
        ClusterModel.from_json(model.to_json().replace("centres", "centers"))


def test_clouds_of_unlike_shape_come_back_as_a_mixture():
    rng = np.random.default_rng(6)
    truth = np.repeat([0, 1], 500)
    long = rng.normal(0, [3.0, 0.15], (500, 2))
    other = rng.normal([0, 1.5], [3.0, 0.15], (500, 2))
    points = np.concatenate([long, other])
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(1000)],
                         "a": points[:, 0], "b": points[:, 1]})  # fmt: skip
    plan = grouping(features=["a", "b"], method="mixture", n_clusters=2)
    card = found_clusters(base, plan).card
    placed = assign(base, card)
    assert adjusted_rand_score(truth, placed["segment"]) > 0.99
    assert ClusterCard.from_json(card.to_json()) == card
    assert (placed["margin"] >= 1).all()


def mixed(n=900):
    rng = np.random.default_rng(12)
    truth = rng.integers(0, 2, n)
    cargo = np.where(rng.random(n) < 0.95, np.where(truth, "metal", "food"), None)
    orders = np.where(rng.random(n) < 0.9, 3 + 20 * truth + rng.poisson(3, n), np.nan)
    return pd.DataFrame({
        "customer_id": [f"c{i:04}" for i in range(n)],
        "cargo": pd.array(cargo, dtype="string[pyarrow]"),
        "orders": orders,
    }), truth  # fmt: skip


def test_choices_and_unknown_numbers_are_values_of_their_own():
    base, truth = mixed()
    plan = grouping(features=["cargo", "orders"], unknown="level", n_clusters=2)
    placed = assign(base, found_clusters(base, plan).card)
    assert placed["segment"].notna().all()
    assert adjusted_rand_score(truth, placed["segment"]) > 0.9


def test_a_weight_moves_points_apart():
    base, _ = customers()
    scales = scales_of(base, grouping())
    heavy = scales_of(base, grouping(weights={"average_order": 3}))
    ratio = scaled(base, heavy)[:, 1] / scaled(base, scales)[:, 1]
    assert ratio == pytest.approx(3)


def test_equal_values_share_a_rank():
    base = pd.DataFrame({"customer_id": list("abcdef"), "orders_per_year": [1, 1, 1, 2, 3, 50.0],
                         "average_order": [1.0, 2, 3, 4, 5, 6]})  # fmt: skip
    points = scaled(base, scales_of(base, grouping(scale="rank")))
    assert len(set(points[:3, 0])) == 1
    assert (np.diff(points[2:, 0]) > 0).all()


def test_a_weight_of_something_else_is_refused():
    with pytest.raises(ValidationError, match="which is no feature of it"):
        grouping(weights={"average_ordr": 2})


def test_names_follow_the_customers_when_clusters_are_found_anew():
    old = np.array([0] * 50 + [1] * 30 + [2] * 20)
    new = np.array([2] * 45 + [0] * 5 + [0] * 28 + [1] * 2 + [1] * 5 + [3] * 15)
    names = aligned_names(old, new, names=["cluster_1", "cluster_2", "cluster_3"], n_new=4)
    assert names == ("cluster_2", "cluster_4", "cluster_1", "cluster_3")


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
    card = found_clusters(base, grouping()).card
    again = ClusterCard.from_json(card.to_json())
    assert again == card
    pd.testing.assert_frame_equal(assign(base, again), assign(base, card))


def test_a_new_customer_beyond_the_range_is_flagged():
    card = found_clusters(customers()[0], grouping()).card
    new = pd.DataFrame({
        "customer_id": ["usual", "huge"],
        "orders_per_year": [30.0, 5000.0],
        "average_order": [300.0, 9e6],
    })  # fmt: skip
    assert assign(new, card)["is_outside"].tolist() == [False, True]


def test_a_customer_between_two_centres_is_borderline():
    base, _ = customers()
    card = found_clusters(base, grouping(n_clusters=3)).card
    margin = assign(base, card).set_index("customer_id")["margin"]
    assert (margin >= 1).all()


def test_a_card_from_other_columns_is_refused():
    base, _ = customers()
    card = found_clusters(base, grouping()).card
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
        scales_of(base.assign(average_order=1.0), grouping())


def test_the_scale_of_skewed_money_is_its_logarithm():
    base, _ = customers()
    plan = grouping(features=[*COLUMNS, "mood"])
    scales = scales_of(base.assign(mood=np.linspace(-1, 1, len(base))), plan)
    assert [s.transform for s in scales] == ["log", "log", "plain"]


@pytest.mark.parametrize("n", [0, 1, 9])
def test_few_customers_are_said_before_their_columns_are_looked_at(n):
    plan = Grouping.model_validate(
        {"id": "g", "label": "G", "kind": "clusters", "features": ["a", "b"], "n_clusters": 12}
    )
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(n)], "a": 1.0, "b": 2.0})
    with pytest.raises(NoDataError, match=f"{n} customers are too few for clusters"):
        found_clusters(base, plan)


def test_a_column_that_is_known_of_nobody_is_said_to_be():
    plan = Grouping.model_validate(
        {"id": "g", "label": "G", "kind": "clusters", "features": ["a", "b"]}
    )
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(50)], "a": np.nan, "b": 2.0})
    with pytest.raises(ParameterError, match="'a' is not known of any customer"):
        found_clusters(base, plan)
