"""The index: every report with its state, complete without script."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from cjm_research.report.index import index_files, index_page

FRESH = {
    "study": "shop", "report": "journey_map", "stem": "journey_map", "status": "fresh",
    "languages": ["en", "ru"], "study_title": {"en": "Shop <b>", "ru": "Магазин"},
    "title": {"en": "Customer journey map", "ru": "Карта"}, "made_at": "2026-11-22T01:00:00+03:00",
    "headline": {"en": "Half leave at the <cart>.", "ru": "Половина уходит."},
    "pages": {"en": {"file": "journey_map.en.html"}, "ru": {"file": "journey_map.ru.html"}},
}  # fmt: skip
SKIPPED = {
    "study": "shop", "report": "pains_and_needs", "stem": "pains_and_needs", "status": "skipped",
    "languages": ["en", "ru"], "reason": "report.needs.pains_and_needs",
}  # fmt: skip
FAILED = {
    **FRESH, "status": "failed", "failure_page": "journey_map.failed.en.html", "stem": "x",
    "subject": {"en": "By size"},
}  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return index_page([FRESH, SKIPPED, FAILED], "en")


def test_a_report_leads_with_its_page_state_and_finding(page):
    assert 'href="shop/journey_map.en.html">Customer journey map</a>' in page
    assert "Half leave at the &lt;cart&gt;." in page
    assert "22 November 2026, 01:00" in page


def test_a_skipped_report_says_what_it_needs(page):
    assert "Pains and needs" in page
    assert "It needs feedback: answers, reviews, tickets or interviews." in page


def test_a_failed_report_leads_to_its_last_good_page_and_to_what_went_wrong(page):
    assert "Customer journey map: By size" in page
    assert 'href="shop/journey_map.failed.en.html"' in page
    assert "The last run failed; the page of the last good run is shown." in page


def test_a_study_counts_its_reports_by_state_unless_all_are_fresh(page):
    assert '<p class="meta">fresh: 1 · failed: 1 · skipped: 1</p>' in page
    assert "fresh: " not in index_page([FRESH, FRESH], "en")


def test_a_chinese_name_has_a_chinese_colon():
    assert "客户旅程地图：By size" in index_page([FAILED], "zh")


def test_words_of_a_study_are_inert(page):
    assert "Shop &lt;b&gt;" in page


def test_there_is_an_index_in_each_language_and_english_is_the_door():
    files = index_files([FRESH])
    assert sorted(files) == ["index.en.html", "index.html", "index.ru.html"]
    assert files["index.html"] == files["index.en.html"]
    assert "Половина уходит." in files["index.ru.html"]


def test_one_language_has_one_index_and_the_door():
    assert list(index_files([{**FRESH, "languages": ["zh"]}])) == ["index.zh.html", "index.html"]


def test_without_reports_it_says_so():
    assert "There are no reports yet." in index_files([])["index.html"]


def test_the_only_script_is_the_one_that_the_policy_names(page):
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_nothing_is_hidden_but_the_search(page):
    assert re.findall(r"<(\w+)[^>]* hidden", page) == ["p"]
