"""The executive summary and the action log on it."""

from __future__ import annotations

from datetime import date

import pytest

from cjm_research.report.exhibits import MAIN, exhibit_of
from cjm_research.report.gate import page_faults
from cjm_research.report.page import Shown
from cjm_research.report.request import SummaryRequest
from cjm_research.report.summary import ranked, summary_headline, summary_pages
from cjm_research.study.actions import Action


def finding(name, *, customers=None, money=None, direction="bad", estimate=0.3):
    return {
        "id": name, "kind": "a", "subject": {}, "estimate": estimate, "unit": "share", "n": 50,
        "method": "wilson", "status": "shown", "direction": direction, "customers": customers,
        "money": money, "exhibit": "ex", "words": {
            "en": {"sentence": f"<b>{name}</b> hurts."}, "ru": {"sentence": f"Болит: {name}."},
        },
    }  # fmt: skip


def page(stem, *, report=None, status="fresh", pages=True, **more):
    return {
        "study": "shop", "report": report or stem, "stem": stem, "status": status,
        "title": {"en": stem.title(), "ru": stem.title()}, "headline": {"en": f"{stem} answer"},
        "pages": {"en": {"file": f"{stem}.en.html", "sha256": ""}} if pages else {}, **more,
    }  # fmt: skip


def request(pages, findings, **more):
    told = {
        stem: {"findings": found, "told": [f["id"] for f in found]}
        for stem, found in findings.items()
    }
    return SummaryRequest(
        study="shop", title={"en": "Shop", "ru": "Магазин"},
        research={"question": {"en": "Who buys?"}, "questions": {"pains": {"en": "What hurts?"}}},
        languages=("en", "ru"), currency="RUB", made_at="2026-05-10T09:00:00+03:00",
        manifests=pages, findings=told, **more,
    )  # fmt: skip


def test_findings_stand_by_money_and_customers_and_action_first():
    found = {
        "pains": [finding("few", customers=10), finding("second", customers=9000)],
        "map": [finding("many", customers=5000, money=9e6)],
        "sizes": [finding("size", customers=20_000, money=9e9, direction="neutral")],
        "data_quality": [finding("gaps", customers=20_000)],
    }
    about = request([page(stem) for stem in found], found)
    assert [f["id"] for f in ranked(about)] == ["many", "few", "size", "gaps", "second"]


def test_the_index_says_the_weightiest_finding_of_a_study():
    found = {"pains": [finding("few", customers=10)], "map": [finding("many", customers=5000)]}
    about = request([page(stem) for stem in found], found)
    assert summary_headline(about) == {"en": "<b>many</b> hurts.", "ru": "Болит: many."}


def test_the_index_says_nothing_of_a_study_without_findings():
    assert summary_headline(request([page("pains")], {"pains": []})) == {}


def test_rows_that_are_no_customers_put_nothing_first_and_are_not_called_so():
    banner = finding("banner", direction="good") | {"n": 1_700_000}
    about = request(
        [page("banners"), page("pains"), page("matrix")],
        {
            "banners": [banner],
            "pains": [finding("form", customers=5000)],
            "matrix": [finding("due", customers=900, money=9e6)],
        },
    )
    assert [f["id"] for f in ranked(about)] == ["due", "form", "banner"]
    assert "700,000" not in summary_pages(about)["en"]


def test_a_test_is_answered_by_its_decision_whatever_its_page_opens_with():
    opening, decided = finding("smallest"), {**finding("ship it"), "kind": "decision_improved"}
    about = request([page("offer")], {"offer": [opening, decided]})
    answers = summary_pages(about)["en"].split('class="answers"')[1].split("</dl>")[0]
    assert "ship it" in answers
    assert "smallest" not in answers


def test_what_may_not_be_told_is_not_ranked():
    hidden = {**finding("hidden"), "status": "hidden_small_n"}
    assert ranked(request([page("pains")], {"pains": [hidden]})) == []


def test_a_page_answers_questions_and_links_each_finding_to_its_exhibit():
    about = request(
        [page("pains"), page("map", status="skipped", pages=False, reason="index.failed_never")],
        {"pains": [finding("slow", customers=10)]},
    )
    pages = summary_pages(about)
    assert list(pages) == ["en", "ru"]
    assert 'href="pains.en.html#ex"' in pages["en"]
    assert "What hurts?" in pages["en"]
    assert "&lt;b&gt;slow&lt;/b&gt; hurts." in pages["en"]  # text of data stays text
    assert all(not page_faults(p)[0] for p in pages.values())


def test_a_finding_of_a_test_names_the_test_and_ends_with_a_full_stop():
    found = {
        **finding("push"),
        "subject": {"experiment": "push"},
        "words": {"en": {"sentence": "The test is invalid"}},
    }
    about = request([page("push", subject={"en": "Push reminder"})], {"push": [found]})
    shown = summary_pages(about)["en"]
    assert '<li class="bad">Push reminder. The test is invalid.<span' in shown
    assert "Ordered by the mean of two places, by money and by customers" in shown


@pytest.mark.parametrize(
    ("due", "said"), [(date(2026, 5, 9), "overdue"), (date(2026, 5, 10), "planned")]
)
def test_an_open_action_is_overdue_the_day_after_it_was_due(due, said):
    action = Action(finding="slow", action="Cut the form", due=due)
    about = request([page("pains")], {"pains": [finding("slow")]}, actions=[action])
    assert f">{said}</span>" in summary_pages(about)["en"]


def test_a_done_action_shows_before_and_after_as_association():
    action = Action(finding="slow", action="Cut it", status="done", done_on=date(2026, 3, 1))
    about = request(
        [page("pains")], {"pains": [finding("slow", estimate=0.1)]}, actions=[action],
        earlier={"slow@2026-03-01": finding("slow", estimate=0.4)},
    )  # fmt: skip
    shown = summary_pages(about)["en"]
    assert "40% before, 10% now" in shown
    assert "not that the action was the cause" in shown


def test_actions_and_owners_are_told_in_the_language_of_the_page():
    action = Action(
        finding="slow", action="Cut it", owner="product", translated={"ru": "Сократить"}
    )
    about = request(
        [page("pains")], {"pains": [finding("slow")]}, actions=[action],
        owners={"product": {"en": "Product team", "ru": "Продукт"}},
    )  # fmt: skip
    shown = summary_pages(about)
    assert "Cut it" in shown["en"]
    assert "Product team" in shown["en"]
    assert "Сократить" in shown["ru"]
    assert "Cut it" not in shown["ru"]
    assert "<td>Продукт</td>" in shown["ru"]


def test_an_action_about_no_finding_says_so():
    about = request([page("pains")], {"pains": []}, actions=[Action(finding="gone", action="Do")])
    assert "not in the reports now" in summary_pages(about)["en"]


def test_the_exhibit_of_a_finding_is_its_own_or_the_table_with_its_row():
    table = {"keys": ["stage", "theme"], "rows": [["cart", "slow"]]}
    blocks = [
        {"kind": "exhibit", "id": "first", "tables": [table]},
        {"kind": "exhibit", "id": "needs-a", "tables": []},
    ]
    shown = [Shown(block=b, code="") for b in blocks]
    assert exhibit_of({"id": "needs/a"}, shown) == "needs-a"
    about = {"id": "b", "subject": {"stage": "cart", "theme": "slow"}}
    assert exhibit_of(about, shown) == "first"
    assert exhibit_of({"id": "b", "subject": {"stage": "other"}}, shown) == MAIN
