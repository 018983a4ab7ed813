"""Customers who write scripts, links, templates and formulas: a browser shows what they wrote."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from cjm_research.report.run import run_study

pytestmark = [pytest.mark.path, pytest.mark.slow]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STUDY = """
title = "Shop"
languages = ["en"]
currency = "EUR"
codebook = "shop.codebook.toml"
[research]
question = "What hurts?"
[[sources]]
table = "feedback"
file = "said.csv"
columns = {customer_id = "client", given_at = "day", text = "said", feedback_id = "id", channel = "way"}
constants = {kind = "open"}
[[stages]]
id = "delivery"
label = "Delivery"
[[reports]]
id = "pains_and_needs"
"""  # noqa: E501  # an inline table of TOML is one line
CODEBOOK = """
[[themes]]
id = "late"
kind = "pain"
stage = "delivery"
label = "Late"
[themes.any]
en = ["courier"]
"""
HOSTILE = (
    "The courier came late <script>window.hit = 1</script>",
    'The courier <img src=x onerror="window.hit = 2"> came late',
    'The courier came late <a href="javascript:window.hit = 3">here</a>',
    "The late courier {{ 7 * 7 }} {% raw %} ${7 * 7} <%= 7 * 7 %>",
    '=HYPERLINK("courier"; "came late")',
    '</style></svg></template><svg onload="window.hit = 4">the courier came late',
)
CHANNELS = ('<b onclick="window.hit = 5">mail</b>', "=1+1", "shop")
LOOK = """<script>addEventListener('load', () => setTimeout(() => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  const all = [...document.querySelectorAll('*')], own = document.currentScript;
  const out = document.createElement('pre'); out.id = 'found';
  const found = {hit: window.hit === undefined, title: document.title,
    scripts: document.scripts.length,
    handlers: all.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    links: all.filter(e => /^\\s*javascript:/i.test(e.getAttribute('href') || '')).length,
    images: document.images.length, text: document.body.textContent};
  out.textContent = JSON.stringify(found); document.body.append(out); }, 200));</script>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def _row(i):
    said, way = HOSTILE[i % len(HOSTILE)], CHANNELS[i % len(CHANNELS)]
    quoted = [v.replace('"', '""') for v in (said, way)]
    return f'f{i},c{i},2026-05-{1 + i % 28:02d},"{quoted[0]}","{quoted[1]}"'


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the page of a study whose customers wrote nothing but attacks."""
    root = tmp_path_factory.mktemp("hostile")
    for folder in ("studies", "data/raw/shop", "notebooks"):
        (root / folder).mkdir(parents=True)
    shutil.copy(NOTEBOOKS / "03_pains_and_needs.ipynb", root / "notebooks")
    (root / "studies/shop.toml").write_text(STUDY, encoding="utf-8")
    (root / "studies/shop.codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    rows = ["id,client,day,said,way", *(_row(i) for i in range(600))]
    path = root / "data/raw/shop/said.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert [d.status for d in run_study("shop", root)] == ["fresh"]
    return root / "reports/shop/pains_and_needs.en.html"


@pytest.fixture(scope="module")
def seen(chromium, page, tmp_path_factory):
    """Return what a browser makes of the page without the policy that forbids scripts."""
    folder = tmp_path_factory.mktemp("seen")
    copy = folder / "page.html"
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    copy.write_text(text.replace("</body>", LOOK + "</body>"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--virtual-time-budget=5000"]  # fmt: skip
    command = [chromium, *flags, f"--user-data-dir={folder / 'p'}", "--dump-dom", copy.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


def test_nothing_that_a_customer_wrote_runs_or_becomes_an_element(seen):
    assert seen["hit"]
    assert {k: seen[k] for k in ("scripts", "handlers", "links", "images")} == {
        "scripts": 1, "handlers": 0, "links": 0, "images": 0,
    }  # fmt: skip


def test_the_words_are_shown_as_they_were_written(seen):
    assert HOSTILE[3] in seen["text"]
    assert CHANNELS[0] in seen["text"]


def test_no_cell_of_the_workbook_is_a_formula(page):
    book = openpyxl.load_workbook(page.with_suffix(".xlsx"))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert cells
    assert [c.value for c in cells if c.data_type == "f"] == []
