"""Which findings lead a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.present.context import current
from cjm_research.present.headlines import headline, headline_led_by, importance, lead, ranked
from cjm_research.results import Finding, Unit

pytestmark = pytest.mark.usefixtures("context")


def test_only_findings_that_may_be_told_are_told(pain, told):
    guards = ("not_significant", "hidden_small_n", "not_reliable")
    hidden = [pain(g, status=g) for g in guards]
    block = headline(told(pain("late"), *hidden))
    assert [f.subject["theme"] for f in block.findings()] == ["late"]
    html = block.html(current().words("en"))
    assert "Also looked at and not told: 1 within the noise; 1 with too little data; 1 that" in html


def test_more_customers_come_first(pain):
    few, many = pain("few", customers=50), pain("many", customers=500)
    assert ranked([few, many]) == (many, few)


def test_a_larger_effect_comes_first(pain):
    small, large = pain("small", estimate=0.12), pain("large", estimate=0.5)
    assert ranked([small, large]) == (large, small)


def test_an_effect_downwards_weighs_the_same(pain):
    up, down = pain("a", estimate=0.3, reference=0.1), pain("b", estimate=0.1, reference=0.3)
    assert importance(up) == importance(down)


def test_one_kind_does_not_fill_the_page(pain):
    pains = [pain(f"p{i}", customers=1000) for i in range(5)]
    other = pain("other", kind="nps", customers=10)
    assert ranked([*pains, other], limit=3)[2] == other


def test_a_finding_that_two_results_tell_is_told_once(pain, told):
    assert len(headline(told(pain()), told(pain())).findings()) == 1


def test_a_limit_holds(pain, told):
    assert len(headline(told(*(pain(f"p{i}") for i in range(9))), limit=4).findings()) == 4


@given(
    unit=st.sampled_from([u for u in Unit if u is not Unit.IDENTIFIER]),
    estimate=st.floats(allow_nan=True, allow_infinity=False, width=32),
    reference=st.none() | st.floats(-1e6, 1e6, width=32),
    n=st.integers(0, 10**9),
)
def test_importance_is_never_negative_or_unknown(unit, estimate, reference, n):
    finding = Finding(
        id="x", kind="x", subject={}, estimate=estimate, reference=reference, unit=unit, n=n,
        method="m",
    )  # fmt: skip
    assert importance(finding) >= 0


def test_a_direction_marks_the_line(pain, told):
    html = headline(told(pain(direction="bad"))).html(current().words("en"))
    assert '<li class="bad">Late delivery: 30% (25% to 36%, n = 200).</li>' in html


def test_an_exhibit_leads_with_its_main_finding(pain, told):
    title = lead(told(pain("late"), pain("docs", estimate=0.9)), "section.pains")
    assert title.text(current().words("en")) == "Late documents: 90% (25% to 36%, n = 200)"


def test_an_exhibit_without_a_finding_has_a_plain_title(pain, told):
    title = lead(told(pain(status="not_significant")), "section.pains")
    assert title.text(current().words("en")) == "Pains"


def test_the_anchor_of_an_exhibit_stays_when_its_finding_changes(pain, told):
    titles = [lead(told(*f), "section.pains") for f in ([pain("late")], [pain("docs")], [])]
    assert {t.anchor for t in titles} == {"section-pains"}


def test_the_subject_of_the_page_leads_in_its_own_order_whatever_else_weighs_more(pain, told):
    own = told(*(pain(t, customers=n) for t, n in (("b", 5), ("a", 9), ("c", 7), ("d", 99))))
    other = told(pain("loud", customers=9_000), pain("dim", customers=1))
    block = headline_led_by(own, other, first=3, limit=5)
    assert [f.subject["theme"] for f in block.findings()] == ["b", "a", "c", "loud", "dim"]


def test_findings_of_the_subject_fill_what_others_leave_free(pain, told):
    own = told(*(pain(t) for t in "abcde"))
    block = headline_led_by(own, told(pain("x", status="hidden_small_n")), first=2, limit=4)
    assert [f.subject["theme"] for f in block.findings()] == list("abcd")
    assert block.held_back == (("hidden_small_n", 1),)


def test_a_finding_of_the_subject_is_told_once_though_others_have_it_too(pain, told):
    own, other = told(pain("a"), pain("b")), told(pain("a"), pain("c"))
    block = headline_led_by(own, other, first=1, limit=5)
    assert [f.subject["theme"] for f in block.findings()] == ["a", "c", "b"]


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_limit_below_what_comes_first_holds(pain, told, limit):
    own, other = told(*(pain(t) for t in "abc")), told(*(pain(t) for t in "xyz"))
    assert len(headline_led_by(own, other, first=3, limit=limit).findings()) == limit
