"""The search of the index in a browser: a file that is opened, no server behind it."""

from __future__ import annotations

import json

import pytest
from tests.path.lab import browser, until

from cjm_research.report.index import index_files

pytestmark = [pytest.mark.path, pytest.mark.slow]


def _manifest(study, report, headline):
    return {
        "study": study, "report": report, "stem": report, "status": "fresh", "languages": ["en"],
        "study_title": {"en": f"The {study}"}, "title": {"en": report.replace("_", " ")},
        "made_at": "2026-11-22T01:00:00+03:00", "headline": {"en": headline},
        "pages": {"en": {"file": f"{report}.en.html"}},
    }  # fmt: skip


SHOWN = "[...document.querySelectorAll('.reports li')].filter(e => e.offsetHeight).length"


@pytest.fixture(scope="module")
def tab(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    manifests = [
        _manifest("freight", "journey_map", "Half wait for a quote."),
        _manifest("shop", "journey_map", "Half leave at the cart."),
        _manifest("shop", "pains_and_needs", "Late delivery is named most."),
    ]
    (folder / "index.html").write_text(index_files(manifests)["index.html"], encoding="utf-8")
    with browser(chromium, folder / "profile") as led:
        led.ask("Page.navigate", url=(folder / "index.html").as_uri())
        until(lambda: led.see("!!document.querySelector('#search')?.offsetHeight"), what="the box")
        yield led


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("", 3), ("journey", 2), ("SHOP late", 1), ("freight", 1), ("half cart", 1), ("xyz", 0)],
)
def test_every_word_that_is_typed_is_looked_for(tab, typed, shown):
    tab.see("document.querySelector('#search').focus(), document.querySelector('#search').select()")
    if typed:
        tab.ask("Input.insertText", text=typed)
    assert tab.see("document.querySelector('#search').value") == typed
    assert json.loads(str(tab.see(SHOWN))) == shown
