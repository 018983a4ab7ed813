"""Cuts of RFM scores are taken once and kept: by a file that a later run reads."""

from __future__ import annotations

import dataclasses
import shutil

import pandas as pd
import pytest

from cjm_research.errors import StoreError
from cjm_research.segmentation.rfm import RfmCard, rfm_scores
from cjm_research.store.store import Store, commit


@pytest.fixture
def world(retail, tmp_path):
    folder = tmp_path / "store"
    shutil.copytree(
        retail.store.folder, folder, ignore=shutil.ignore_patterns("derived", "models", "loaded")
    )
    return dataclasses.replace(retail, store=Store.open(folder))


def test_a_later_day_is_scored_by_the_cuts_of_the_first(world):
    first = world.at(world.as_of - pd.Timedelta(days=120))
    card = first.rfm_card()
    (path,) = (world.store.folder / "models" / "rfm-card").glob("*.json")
    assert RfmCard.from_json(path.read_text(encoding="utf-8")) == card
    assert card.as_of == f"{first.as_of:%Y-%m-%d}"
    assert world.rfm_card() == card
    # With kept cuts the sizes of scores may change; quintiles of each day would be fifths anew.
    shares = rfm_scores(world.features, card)["r"].value_counts(normalize=True)
    assert (shares - 0.2).abs().max() > 0.01


def test_the_table_of_several_buckets_is_that_of_all_lines(world, tmp_path):
    folder = tmp_path / "many"
    commit(folder, {"orders": world.orders}, info={}, rows_per_bucket=len(world.orders) // 4)
    many = dataclasses.replace(world, store=Store.open(folder))
    assert len(many.buckets) > 2
    pd.testing.assert_frame_equal(many.rfm_table(), world.rfm_table())
    long = world.features.loc[world.features["n_orders"] > 0, ["customer_id", "n_orders"]]
    found = many.rfm_table().merge(long, on="customer_id", suffixes=("", "_long"))
    assert len(found) == len(long)
    assert (found["n_orders"] == found["n_orders_long"]).all()


def test_other_settings_take_the_cuts_anew_and_leave_the_older_ones(world):
    old = world.rfm_card()
    plan = world.study.rfm.model_copy(update={"model": 2, "orders": [1, 2, 4, 8]})
    study = world.study.model_copy(update={"rfm": plan})
    assert dataclasses.replace(world, study=study).rfm_card().frequency_cuts == (1, 2, 4, 8)
    assert world.rfm_card() == old


def test_a_damaged_card_is_named_and_not_replaced(world):
    world.rfm_card()
    (path,) = (world.store.folder / "models" / "rfm-card").glob("*.json")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(
        StoreError, match=rf"rfm-card/{path.name} cannot.*not an RFM card.*Delete it"
    ):
        world.rfm_card()
    assert path.read_text(encoding="utf-8") == "{}"
