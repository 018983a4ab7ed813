"""What an open study keeps for all its pages is the same from one bucket and from many."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest

from cjm_research.journey.placing import touchpoint_stages
from cjm_research.segmentation.features import USED, features_partial, finish_features
from cjm_research.segmentation.habits import habits
from cjm_research.segmentation.outlook import Settings, outlook
from cjm_research.segmentation.value.histories import purchase_days
from cjm_research.store.store import Store, commit
from cjm_research.study.days import begin_of
from cjm_research.workspace.days import at_end
from cjm_research.workspace.forecasts import study_outlook, study_purchases
from cjm_research.workspace.habits import study_habits, study_places

TABLES = ("customers", "orders", "events", "feedback", "contracts")


@pytest.fixture(scope="module")
def many(retail, tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    tables = {t: retail.store.read(t) for t in TABLES if retail.store.has(t)}
    commit(folder, tables, info={}, rows_per_bucket=len(tables["events"]) // 4)
    world = dataclasses.replace(retail, store=Store.open(folder))
    assert len(world.buckets) > 2
    yield world
    shutil.rmtree(folder)


def test_purchases_of_many_buckets_are_those_of_all_lines(retail, many):
    plain = purchase_days(retail.orders, as_of=begin_of(retail.as_of, retail.study.zone))
    found = study_purchases(many)
    assert found.ids.tolist() == plain.ids.tolist()
    assert (found.starts == plain.starts).all()
    assert (found.days == plain.days).all()
    assert found.money == pytest.approx(plain.money, rel=1e-12)


def test_habits_of_many_buckets_are_those_of_all_rows(retail, many):
    found = study_habits(many)
    plain = habits(retail.orders, retail.event_stages, zone=str(retail.study.tzinfo))
    assert (found.names, found.hours) == (plain.names, plain.hours)
    same = [
        pd.DataFrame({"c": h.ids.take(h.customer).array, "i": h.item}).sort_values(
            ["i", "c"], ignore_index=True
        )
        for h in (found, plain)
    ]
    pd.testing.assert_frame_equal(*same)


def test_stages_of_touchpoints_are_those_of_all_events(retail, many):
    assert study_places(many).to_dict() == touchpoint_stages(retail.event_stages).to_dict()


@pytest.mark.parametrize("name", ["retail", "freight"])
def test_features_are_made_of_the_columns_that_are_read(request, name):
    world = request.getfixturevalue(name)
    day = begin_of(world.as_of, world.study.zone)
    whole = {t: world.table(t) for t in USED} | {"feedback_codes": world.feedback_codes}
    plain = finish_features(features_partial(whole, day))
    found = finish_features(world.features_part(0))
    pd.testing.assert_frame_equal(found, plain)


def test_the_outlook_of_a_study_is_that_of_its_order_lines(retail):
    placed = retail.features[["customer_id"]].assign(
        cell=np.where(retail.features.index % 2, "high_high", "low_low")
    )
    asked = Settings(
        as_of=begin_of(retail.as_of, retail.study.zone),
        horizon=90,
        confidence=0.95,
        limits=retail.limits,
        rfm=retail.study.rfm,
        window=at_end(retail.window),
    )
    plain = outlook(retail.customers, retail.orders, placed, asked)
    found = study_outlook(retail, placed, horizon=90)
    assert found.missing == plain.missing
    plain_told, told = ([f for r in o.results for f in r.findings()] for o in (plain, found))
    assert repr(told) == repr(plain_told)  # NaN is not itself


def test_the_outlook_of_many_buckets_tells_the_same_needs_and_moves(retail, many):
    placed = retail.features[["customer_id"]].assign(cell="high_high")
    plain, found = (study_outlook(world, placed, horizon=90) for world in (retail, many))
    assert found.moves == plain.moves
    assert found.need is not None
    assert found.need.to_frame().equals(plain.need.to_frame())
    assert found.affinity.to_frame().equals(plain.affinity.to_frame())
