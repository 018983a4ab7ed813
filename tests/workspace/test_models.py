"""Kept models of clusters: a damaged file, or one of other columns, is named and not used."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import StoreError
from cjm_research.study.plans import Grouping
from cjm_research.workspace.models import frozen_model

N = 300


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return a study in which two groupings were found."""
    rng = np.random.default_rng(5)
    far = np.repeat([0.0, 50.0, 100.0], N // 3)
    ids = pd.array([f"c{i}" for i in range(N)], dtype="string[pyarrow]")
    features = {"customer_id": ids, **{name: far + rng.normal(size=N) for name in ("a", "b", "c")}}
    world = SimpleNamespace(
        store=SimpleNamespace(folder=tmp_path_factory.mktemp("store")),
        customers=pd.DataFrame({"customer_id": ids}),
        features=pd.DataFrame(features),
        as_of=pd.Timestamp("2026-01-31"),
    )
    frozen_model(world, grouping("a", "c"))
    frozen_model(world, grouping("a", "b"))
    return world


@pytest.fixture
def world(found, tmp_path):
    """Return a copy of it."""
    shutil.copytree(found.store.folder / "models", tmp_path / "models")
    return SimpleNamespace(**{**vars(found), "store": SimpleNamespace(folder=tmp_path)})


def grouping(*features):
    return Grouping.model_validate({
        "id": "found", "label": "x", "kind": "clusters", "features": list(features),
        "n_clusters": 3,
    })  # fmt: skip


def kept(world):
    return sorted((world.store.folder / "models" / "found").glob("*.json"))


def test_a_model_is_found_once_and_kept(world):
    first = frozen_model(world, grouping("a", "b"))
    assert first.card.columns == ("a", "b")
    assert frozen_model(world, grouping("a", "b")).card == first.card
    assert len(kept(world)) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"card": {}}', "\ud83d"])
def test_a_damaged_model_is_named_with_what_to_do(world, damage):
    kept(world)[-1].write_bytes(damage.encode("utf-8", "surrogatepass"))
    with pytest.raises(StoreError, match=r"found/0002-\w+\.json cannot be read.*delete it"):
        frozen_model(world, grouping("a", "b"))


def test_a_model_of_other_columns_is_not_taken_for_the_own_one(world):
    kept(world)[-1].write_bytes(kept(world)[0].read_bytes())
    with pytest.raises(StoreError, match=r"is made from a, c, and the grouping from a, b\."):
        frozen_model(world, grouping("a", "b"))
