"""Bad input gets one clear message, exit code 2, and leaves what stands as it was."""

from __future__ import annotations

import shutil

import pytest

pytestmark = pytest.mark.path

STUDY = """
title = "Shop"
languages = ["en"]
currency = "RUB"
[research]
question = "Who buys?"
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "client", amount = "sum", ordered_at = "day"}
"""
ORDERS = "client,sum,day\n" + "".join(
    f"c{i % 30},{i},2026-01-{1 + i % 28:02d}\n" for i in range(300)
)


@pytest.fixture
def shop(demo_project, tmp_path):
    shutil.copytree(demo_project / "notebooks", tmp_path / "notebooks")
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "shop.toml").write_text(STUDY, encoding="utf-8")
    raw = tmp_path / "data" / "raw" / "shop"
    raw.mkdir(parents=True)
    (raw / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def refused(cjm):
    def _refused(root, *words):
        done = cjm(root, *words)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout + done.stderr

    return _refused


def test_a_missing_source_file(shop, refused):
    (shop / "data" / "raw" / "shop" / "orders.csv").unlink()
    assert "orders.csv" in refused(shop, "run", "shop")


def test_an_empty_source_file(shop, refused):
    (shop / "data" / "raw" / "shop" / "orders.csv").write_bytes(b"")
    assert "empty" in refused(shop, "run", "shop")


def test_a_wrong_column_map_names_the_nearest_header(shop, refused):
    (shop / "studies" / "shop.toml").write_text(
        STUDY.replace('"client"', '"clientt"'), encoding="utf-8"
    )
    said = refused(shop, "check", "shop")
    assert "clientt" in said
    assert "Did you mean 'client'" in said


def test_an_unknown_key_of_the_study(shop, refused):
    (shop / "studies" / "shop.toml").write_text(
        STUDY.replace("currency", "curency"), encoding="utf-8"
    )
    assert "Did you mean 'currency'" in refused(shop, "run", "shop")


def test_an_unknown_study(shop, refused):
    assert "Did you mean 'shop'" in refused(shop, "run", "shopp")


def test_an_unknown_report(shop, refused):
    assert "customer_matrix" in refused(shop, "run", "shop", "customer_matrixx")


def test_an_unknown_parameter(shop, refused):
    said = refused(shop, "run", "shop", "data_quality", "-p", "confidnce=0.9")
    assert "Did you mean 'confidence'" in said


def test_a_parameter_of_the_wrong_type(shop, refused):
    said = refused(shop, "run", "shop", "data_quality", "-p", "confidence=high")
    assert "confidence" in said


def test_a_failed_load_keeps_store_and_pages(shop, refused, cjm):
    assert cjm(shop, "run", "shop", "data_quality").returncode == 0
    page = shop / "reports" / "shop" / "data_quality.en.html"
    current = shop / "data" / "processed" / "shop" / "CURRENT"
    before = page.read_bytes(), current.read_bytes()
    (shop / "data" / "raw" / "shop" / "orders.csv").write_bytes(b"")
    refused(shop, "run", "shop", "data_quality")
    assert (page.read_bytes(), current.read_bytes()) == before
