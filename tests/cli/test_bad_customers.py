"""Orders and customers that tell little, each through `cjm run`: a statement, never a traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cjm_research.cli.main import run_app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = """
title = {en = "Shop"}
languages = ["en"]
currency = "EUR"
as_of = 2025-12-31

[research]
question = {en = "Who?"}

[[sources]]
table = "customers"
file = "customers.csv"
columns = {customer_id = "customer_id", city = "city", spend = "spend"}
kinds = {spend = "number"}

[[groupings]]
id = "rule"
label = {en = "Rule"}
segments = [
  {id = "often", label = {en = "Often"}, when = "n_orders >= 3"},
  {id = "rest", label = {en = "The rest"}, when = "n_orders < 3 OR n_orders IS NULL"},
]

[[groupings]]
id = "found"
label = {en = "Found"}
kind = "clusters"
features = ["n_orders", "revenue"]
n_clusters = 20
"""
ORDERS = """
[[sources]]
table = "orders"
file = "orders.csv"
columns = {order_id = "id", customer_id = "customer_id", ordered_at = "at", amount = "amount"}
"""
VARIED = [(f"c{i}", f"2025-{1 + j:02}-05", 10 + i + j) for i in range(60) for j in range(1 + i % 7)]
FIFTEEN = [(f"c{i % 15}", f"2025-{1 + i % 12:02}-05", 10 + i) for i in range(40)]
UNSEEN = re.compile(r"<(style|script|svg|details)\b.*?</\1>", re.DOTALL)


@pytest.fixture
def shop(tmp_path, monkeypatch, capsys):
    """Return a function that runs a study of such orders: code, what was said, words of pages."""
    raw = tmp_path / "data" / "raw" / "shop"
    raw.mkdir(parents=True)
    (tmp_path / "studies").mkdir()
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)

    def _run(orders=None, *, n=60, reports=("segment_portraits", "customer_matrix")):
        people = [f"c{i},{'ab'[i % 2]},{i}" for i in range(n)]
        (raw / "customers.csv").write_text("\n".join(["customer_id,city,spend", *people]))
        lines = [f"o{i},{c},{at},{amount}" for i, (c, at, amount) in enumerate(orders or ())]
        (raw / "orders.csv").write_text("\n".join(["id,customer_id,at,amount", *lines]))
        study = CUSTOMERS + (ORDERS if orders is not None else "")
        (tmp_path / "studies" / "shop.toml").write_text(study)
        code = run_app(["run", "shop", *reports, "--workers", "1"])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, _by_page(said.out), said.err, _pages(tmp_path)

    return _run


def _by_page(said):
    lines = (line.split(": ", 1) for line in said.splitlines() if ": " in line)
    return {page: text for page, text in lines if page.startswith(("segment_", "customer_"))}


def _pages(root):
    """Return the plain words of each page."""
    found = {}
    for path in (root / "reports" / "shop").glob("*.en.html"):
        text = UNSEEN.sub(" ", path.read_text())
        found[path.name.removesuffix(".en.html")] = " ".join(re.sub("<[^>]+>", " ", text).split())
    return found


def test_without_orders_segments_tell_what_is_known_and_the_matrix_says_what_it_needs(shop):
    code, said, _, pages = shop()
    assert code == 2
    assert said["customer_matrix"] == "skipped: It needs orders."
    assert "Column 'n_orders' is not known of any customer" in said["segment_portraits-found"]
    assert "The rest: 60 customers, 100% of all" in pages["segment_portraits-rule"]
    assert " nan" not in pages["segment_portraits-rule"].casefold()


def test_orders_without_a_row_are_named_before_anything_is_made(shop):
    code, said, error, pages = shop([])
    assert (code, said, pages) == (2, {}, {})
    assert error.strip() == "orders: File 'orders.csv' has a header and no rows."


def test_one_customer_is_not_described(shop):
    code, said, _, pages = shop([("c0", "2025-01-01", 5)], n=1)
    assert code == 0
    assert "1 customers are too few for clusters" in said["segment_portraits-found"]
    assert "Too few customers: not described." in pages["segment_portraits-rule"]
    assert "Nothing stands out" in pages["segment_portraits-rule"]
    assert "Nothing stands out" in pages["customer_matrix"]
    assert "Who moved: " not in pages["segment_portraits-rule"]


def test_customers_who_are_all_alike_make_no_clusters_and_no_claims(shop):
    code, said, _, pages = shop([(f"c{i}", "2025-01-01", 5) for i in range(60)])
    assert code == 2
    assert "Column 'n_orders' does not vary" in said["segment_portraits-found"]
    assert said["customer_matrix"].startswith("made")
    assert " nan" not in " ".join(pages.values()).casefold()


def test_orders_without_day_and_sum_leave_nobody_to_portray(shop):
    code, said, _, _ = shop([(f"c{i}", "", "") for i in range(60)])
    assert code == 2
    assert said["customer_matrix"] == "skipped: It needs orders."
    assert "is not known of any customer" in said["segment_portraits-found"]


def test_refunds_above_purchases_are_said_where_shares_of_revenue_would_stand(shop):
    lines = [*FIFTEEN, *((f"c{i}", "2025-11-01", -500) for i in range(15))]
    code, said, _, pages = shop(lines, n=15)
    assert code == 0
    assert "15 customers cannot make 20 clusters" in said["segment_portraits-found"]
    assert "Refunds are as large as purchases, or nothing was paid" in said["customer_matrix"]
    assert "there are no shares of revenue" in pages["segment_portraits-rule"]


def test_what_came_after_the_end_is_left_out_and_a_strange_model_is_named(shop, tmp_path):
    code, said, _, pages = shop([*VARIED, ("c5", "2031-01-01", 5)])
    assert (code, set(map(_first, said.values()))) == (0, {"made"})
    assert "Data: 5 January 2025 to 5 July 2025" in pages["segment_portraits-rule"]
    assert "2031" not in pages["segment_portraits-rule"] + pages["customer_matrix"]
    (kept,) = tmp_path.rglob("models/found/*.json")
    kept.write_text(kept.read_text().replace('"n_orders"', '"recency_days"'))
    code, said, _, _ = shop([*VARIED, ("c6", "2025-12-30", 5)], reports=["segment_portraits"])
    assert code == 2
    assert "is made from recency_days, revenue" in said["segment_portraits-found"]
    assert "delete it to have the clusters found anew" in said["segment_portraits-found"]
    assert said["segment_portraits-rule"].startswith("made")


def _first(text):
    return text.split()[0]
