"""Public data that none of us wrote go the same path; the known results hold (SOURCES.md there)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cjm_research.workspace.build import clean
from cjm_research.workspace.workspace import open_study

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
RAW = {
    "online_retail": "online_retail/online_retail.parquet",
    "hillstrom": "hillstrom/hillstrom.csv",
    "cdnow": "cdnow/CDNOW_master.txt",
    "simple_shop": "simple_shop/simple-onlineshop.csv",
    "waimai": "waimai/waimai_10k.csv",
    "bpic2012": "bpic2012/bpic2012.xes.gz",
}


@pytest.fixture(scope="session")
def real_project(shared_data, tmp_path_factory):
    """Return a project with a study over each real data set, cleaned."""
    root = tmp_path_factory.mktemp("real")
    shutil.copytree(HERE / "studies", root / "studies")
    shutil.copytree(HERE.parents[1] / "notebooks", root / "notebooks")
    for name, file in RAW.items():
        folder = root / "data" / "raw" / name
        folder.mkdir(parents=True)
        shutil.copy(shared_data / file, folder)
        clean(name, root)
    return root


@pytest.fixture(scope="session")
def world(real_project):
    """Return a function that opens one of the studies."""
    return lambda name: open_study(name, root=real_project)


@pytest.mark.parametrize("name", RAW)
def test_rows_in_are_rows_kept_and_rows_put_aside(world, name):
    loads = world(name).loads
    assert (loads["rows_in"] == loads["rows_kept"] + loads["rows_quarantined"]).all()


def test_online_retail_has_its_known_counts(world):
    opened = world("online_retail")
    assert opened.loads["rows_in"].sum() == 541_909
    bought = opened.orders[opened.orders["status"] == "completed"]
    assert len(bought) == 397_884
    assert bought["customer_id"].nunique() == 4_338
    assert bought["order_id"].nunique() == 18_532
    assert bought["amount"].sum() == pytest.approx(8_911_407.90, abs=0.01)


def test_online_retail_ids_are_text_without_decimals(world):
    assert world("online_retail").orders["customer_id"].str.fullmatch(r"\d{5}").all()


def test_cdnow_has_its_known_counts(world):
    orders = world("cdnow").orders
    assert len(orders) == 69_659
    assert orders["customer_id"].nunique() == 23_570
    assert orders["customer_id"].str.fullmatch(r"\d{5}").all()
    assert world("cdnow").window == ("1997-01-01", "1998-06-30")


def test_simple_shop_has_its_known_event_counts(world):
    counts = world("simple_shop").events["name"].value_counts()
    assert counts[["catalog", "main", "cart", "payment_done"]].tolist() == [
        14_518,
        5_635,
        2_842,
        706,
    ]
    assert world("simple_shop").events["customer_id"].nunique() == 3_751


def test_bpic_2012_has_its_known_counts(world):
    # van Dongen (2012), BPI Challenge: 13,087 applications, 262,200 events of 24 kinds.
    events = world("bpic2012").events
    assert len(events) == 262_200
    assert events["customer_id"].nunique() == 13_087
    counts = events["name"].value_counts()
    assert len(counts) == 24
    assert counts[["A_SUBMITTED", "A_DECLINED"]].tolist() == [13_087, 7_635]


def test_hillstrom_rows_that_look_like_doubles_are_kept(world):
    assert len(world("hillstrom").exposures) == 64_000
    assert len(world("hillstrom").customers) == 64_000


def test_hillstrom_has_its_known_visit_rates(world):
    opened = world("hillstrom")
    visits = opened.outcomes[opened.outcomes["metric"] == "visit"]
    rates = visits.merge(opened.exposures[["unit_id", "arm"]]).groupby("arm")["value"].mean()
    assert rates[["mens", "womens", "none"]].tolist() == pytest.approx(
        [0.18276, 0.15140, 0.10617], abs=5e-6
    )


def test_waimai_reviews_that_name_slowness_are_mostly_negative(world):
    feedback = world("waimai").feedback
    assert len(feedback) == 11_987
    slow = feedback["text"].str.contains("慢|小时")
    assert slow.sum() == 2_239
    assert (feedback.loc[slow, "score"] == 0).mean() == pytest.approx(0.908, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("online_retail", "customer_matrix.en"),
        ("online_retail", "segment_portraits-value.en"),
        ("hillstrom", "campaign_results-email.en"),
        ("cdnow", "segment_portraits-lifecycle.en"),
        ("simple_shop", "journey_map.en"),
        ("bpic2012", "journey_map.zh"),
        ("online_retail", "journey_map.en"),
        ("waimai", "pains_and_needs.zh"),
    ],
)
def test_the_path_ends_in_a_page(run, name, page):
    root = run(name)
    assert (root / "reports" / name / f"{page}.html").is_file()


def test_the_campaign_page_tells_hillstroms_result(run):
    plain = json.loads(
        (run("hillstrom") / "reports/hillstrom/campaign_results-email.findings.json").read_text()
    )
    rows = plain["findings"] if isinstance(plain, dict) else plain
    visits = {
        f["subject"]["arm"]: f["estimate"] for f in rows
        if f["kind"].startswith("effect_") and f["subject"]["metric"] == "visit"
    }  # fmt: skip
    assert visits["mens"] == pytest.approx(0.18276 - 0.10617, abs=1e-5)
    assert visits["womens"] == pytest.approx(0.15140 - 0.10617, abs=1e-5)


@pytest.fixture(scope="session")
def run(real_project):
    """Return a function that runs a study's reports once."""
    done = {}

    def _run(name):
        if name not in done:
            command = [sys.executable, "-m", "cjm_research.cli.main", "run", name]
            done[name] = subprocess.run(
                command, cwd=real_project, capture_output=True, text=True, check=False
            )
        assert done[name].returncode == 0, done[name].stdout + done[name].stderr
        return real_project

    return _run
