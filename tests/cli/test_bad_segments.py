"""Groupings that cannot be, each through `cjm run`: one message of its own, and code 2."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cjm_research.cli.main import run_app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
title = {{en = "Shop"}}
languages = ["en"]
currency = "EUR"
as_of = 2025-12-31

[research]
question = {{en = "Who?"}}

[[sources]]
table = "orders"
file = "orders.csv"
columns = {{order_id = "id", customer_id = "customer_id", ordered_at = "at", amount = "amount"}}

[[sources]]
table = "customers"
file = "customers.csv"
columns = {{customer_id = "customer_id", city = "city", town = "town"}}
kinds = {{town = "text"}}
{groupings}
"""
RULE = """
[[groupings]]
id = "{name}"
label = {{en = "{name}"}}
segments = [{{id = "some", label = {{en = "Some"}}, when = '''{condition}'''}}]
"""
COLUMN = """
[[groupings]]
id = "{name}"
label = {{en = "{name}"}}
column = "{column}"
"""
CLUSTERS = """
[[groupings]]
id = "{name}"
label = {{en = "{name}"}}
kind = "clusters"
features = [{features}]
n_clusters = 20
"""
CONDITIONS = {
    "misspelt": ("n_ordrs >= 3", "there is no column 'n_ordrs'. Did you mean 'n_orders'?"),
    "no_sql": ("n_orders >= ", "it cannot be read as SQL"),
    "no_answer": ("n_orders + 1", "and not yes or no"),
    "reads": ("(SELECT count(*) FROM read_csv('/etc/hostname')) > 0", "subquery is not allowed"),
    "copies": ("true); COPY customer TO 'taken.csv'; SELECT (true", "cannot be read as SQL"),
    "attaches": ("true); ATTACH 'taken.db' AS other; --", "cannot be read as SQL"),
    "installs": ("INSTALL httpfs", "it cannot be read as SQL"),
    "asks": ("PRAGMA database_list", "it cannot be read as SQL"),
    "looks": ("getenv('HOME') = 'x'", "function 'getenv' is not allowed"),
}
OTHERS = {
    "no_column": "there is no column 'cty'. Did you mean 'city'?",
    "too_many": "column 'town' has 70 values; at most 60 can be segments",
    "alike": "Column 'n_returns' does not vary, so it makes no clusters.",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project over 70 customers, each of a town of its own."""
    (tmp_path / "studies").mkdir()
    raw = tmp_path / "data" / "raw" / "shop"
    raw.mkdir(parents=True)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    orders = [f"o{i},c{i % 70},2025-{1 + i % 12:02}-{1 + i % 28:02},{10 + i % 7}"
              for i in range(210)]  # fmt: skip
    people = [f"c{i},{'ab'[i % 2]},town {i}" for i in range(70)]
    (raw / "orders.csv").write_text("\n".join(["id,customer_id,at,amount", *orders]))
    (raw / "customers.csv").write_text("\n".join(["customer_id,city,town", *people]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_grouping_that_cannot_be_fails_by_a_message_of_its_own(project, capsys):
    rules = [RULE.format(name=k, condition=c) for k, (c, _) in CONDITIONS.items()]
    columns = [COLUMN.format(name="no_column", column="cty"),
               COLUMN.format(name="too_many", column="town")]  # fmt: skip
    found = [CLUSTERS.format(name="alike", features='"revenue", "n_returns"')]
    (project / "studies" / "shop.toml").write_text(
        STUDY.format(groupings="".join([*rules, *columns, *found]))
    )
    code = run_app(["run", "shop", "segment_portraits", "--workers", "1"])
    told = capsys.readouterr()
    lines = {name: line for line in told.out.splitlines()
             for name in (*CONDITIONS, *OTHERS)
             if line.startswith(f"segment_portraits-{name}: ")}  # fmt: skip
    expected = {k: text for k, (_, text) in CONDITIONS.items()} | OTHERS
    assert code == 2
    assert set(lines) == set(expected)
    assert [k for k, text in expected.items() if text not in lines[k]] == []
    assert "Traceback" not in told.out + told.err
    assert not list(project.rglob("taken.*"))
