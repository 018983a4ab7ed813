"""Portraits of real customers: known counts, known churn, clusters that part hotels from shops."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sklearn.metrics import adjusted_rand_score

from cjm_research.segmentation.portraits import portraits
from cjm_research.workspace.build import clean
from cjm_research.workspace.workspace import open_study

pytestmark = pytest.mark.slow

STUDIES = Path(__file__).parents[1] / "real" / "studies"
RAW = {"wholesale_baskets": "wholesale/wholesale_customers.csv",
       "telco_contracts": "telco_churn/Telco-Customer-Churn.csv"}  # fmt: skip


@pytest.fixture(scope="module")
def worlds(shared_data, tmp_path_factory):
    root = tmp_path_factory.mktemp("real")
    (root / "studies").mkdir()
    for name, file in RAW.items():
        shutil.copy(STUDIES / f"{name}.toml", root / "studies")
        folder = root / "data" / "raw" / name
        folder.mkdir(parents=True)
        shutil.copy(shared_data / file, folder)
        clean(name, root)
    return {name: open_study(name, root=root) for name in RAW}


def portrayed(world, name):
    plan = world.study.grouping(name)
    members = world.memberships_of(plan)
    return portraits(world.customers, world.features, members, grouping=plan, limits=world.limits)


def test_wholesale_has_its_known_channels(worlds):
    sizes = portrayed(worlds["wholesale_baskets"], "channel").sizes
    assert {s.segment: s.n for s in sizes} == {"horeca": 298, "retail": 142}


def test_what_companies_buy_parts_hotels_from_shops(worlds):
    world = worlds["wholesale_baskets"]
    both = world.segments("baskets").merge(world.customers, on="customer_id")
    assert adjusted_rand_score(both["sales_channel"], both["segment"]) > 0.45
    rows = portrayed(world, "baskets").lifts.rows
    shops = [r.lift for r in rows if r.trait == "sales_channel=retail" and r.status == "shown"]
    assert max(shops) > 2
    assert min(shops) < 0.2


def test_churn_by_contract_is_the_known_one(worlds):
    rows = portrayed(worlds["telco_contracts"], "contract").lifts.rows
    churn = {r.segment: r.share for r in rows if r.trait == "is_churned=yes"}
    assert churn == pytest.approx(
        {"Month-to-month": 0.4271, "One year": 0.1127, "Two year": 0.0283}, abs=5e-5
    )
