"""Blocks: what a cell gives to the page."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cjm_research import present
from cjm_research.errors import ParameterError
from cjm_research.present.blocks import MIME
from cjm_research.present.context import Context, current, using
from cjm_research.present.figures.intervals import intervals
from cjm_research.present.markup import text as escaped
from cjm_research.results import Unit

pytestmark = pytest.mark.usefixtures("context")


def bundle(block):
    return block._repr_mimebundle_()


def block_of(block):
    return bundle(block)[MIME]


@pytest.fixture
def blocks(world, pains, pain, told):
    return {
        "question": present.question(world, "pains_and_needs"),
        "headline": present.headline(told(pain())),
        "key_figures": present.key_figures(
            present.KeyFigure("nps", 21.4, Unit.NPS, low=15, high=27, n=3412)
        ),
        "data_card": present.data_card(world, tables=["orders", "customers"]),
        "section": present.section("pains"),
        "exhibit": present.Exhibit(
            title=present.say("test.title", theme="late", x=0.43),
            body=(present.chart(intervals, pains, label="theme"), present.table(pains)),
            note=present.note("how", n=12),
        ),
        "caveat": present.caveat("few"),
    }


def test_every_block_has_every_language_and_is_plain_data(blocks):
    plain = {kind: block_of(block) for kind, block in blocks.items()}
    assert {kind: block["kind"] for kind, block in plain.items()} == {k: k for k in plain}
    assert all(set(b["html"]) == set(b["title"]) == {"en", "ru", "zh"} for b in plain.values())
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_every_block_is_the_same_each_time(blocks):
    assert all(bundle(b) == bundle(b) for b in blocks.values())


def test_no_block_has_a_script_or_a_request(blocks):
    html = "".join(h for b in blocks.values() for h in block_of(b)["html"].values())
    assert not any(x in html for x in ("<script", "http", "{{", "onerror"))


def test_lab_shows_the_researchers_language(blocks):
    with using(Context(researcher="zh")):
        assert "痛点" in bundle(blocks["section"])["text/html"]
        assert "痛点" in bundle(blocks["section"])["text/plain"]


def test_lab_may_show_a_language_that_the_study_has_not(blocks):
    with using(Context(languages=("ru",), researcher="en")):
        shown = bundle(blocks["section"])
    assert set(shown[MIME]["html"]) == {"ru"}
    assert "Pains" in shown["text/html"]


def test_a_page_without_findings_says_so(told):
    html = block_of(present.headline(told()))["html"]
    assert "Nothing stands out" in html["en"]
    assert "Ничего не выделяется" in html["ru"]


def test_the_studys_own_question_comes_first(world):
    assert "Что чинить" in block_of(present.question(world, "journey_map"))["html"]["ru"]


def test_words_of_the_study_file_are_escaped(world):
    html = block_of(present.question(world, "journey_map"))["html"]["en"]
    assert "&lt;b&gt;O&lt;/b&gt;" in html


def test_a_key_figure_leaves_room_for_its_change(blocks):
    block = block_of(blocks["key_figures"])
    assert "<!--change:nps-->" in block["html"]["en"]
    assert block["key_figures"][0] == {
        "key": "nps",
        "value": 21.4,
        "unit": "nps",
        "low": 15,
        "high": 27,
        "n": 3412,
        "compared": "days",
    }


def test_a_data_card_counts_rows_customers_days_and_quarantine(blocks):
    # 22:30 UTC on the first of January is the second in Moscow
    rows = block_of(blocks["data_card"])["tables"][0]["rows"]
    assert rows[0][:4] == ["orders", 3, 2, 2]
    assert rows[0][4].startswith("2026-01-02")
    assert rows[1] == ["customers", 2, 2, 0, None, None]


def test_an_exhibit_has_caption_note_and_numbers(blocks):
    block = block_of(blocks["exhibit"])
    assert "<figcaption>Срыв сроков 43\u202f%</figcaption>" in block["html"]["ru"]
    assert '<p class="note">n = 12</p>' in block["html"]["ru"]
    assert [t["name"] for t in block["tables"]] == ["Pains", "Pains"]


def test_regions_of_one_exhibit_have_names_of_their_own(blocks):
    html = block_of(blocks["exhibit"])["html"]["en"]
    assert 'aria-label="Table. Late delivery 43%"' in html
    assert 'aria-label="Table. Late delivery 43% (2)"' in html


def test_a_picture_says_what_its_title_says_unless_told(pains):
    title = present.say("test.title", theme="late", x=0.43)
    body = present.chart(intervals, pains, label="theme")
    own = present.Exhibit(title=title, body=body, alt=present.say("table.empty"))
    assert (
        ">Chart. Late delivery 43%</title>"
        in block_of(present.Exhibit(title=title, body=body))["html"]["en"]
    )
    assert ">There is nothing to show here.</title>" in block_of(own)["html"]["en"]


def test_the_anchor_of_a_finding_is_its_id(pain):
    assert present.sentence(pain()).anchor == "needs-pain-theme-late"


def test_an_anchor_does_not_change_with_numbers_or_days():
    first = present.say("test.title", theme="late", x=0.4, day="2026-01-01")
    later = present.say("test.title", theme="late", x=0.5, day="2026-02-01")
    assert first.anchor == later.anchor


def test_quotes_keep_their_language_and_stay_text(evil):
    quotes = present.quotes(
        pd.DataFrame({"text": [evil, "Долго"], "language": ["en", "ru"], "theme": ["late", None]})
    )
    html = quotes.html(current().words("en"))
    assert escaped(f"“{evil}”") in html
    assert '<p lang="ru">«Долго»</p>' in html
    assert "<footer>Late delivery</footer>" in html


def test_no_quotes_is_said():
    assert "no quote" in present.quotes(pd.DataFrame({"text": []})).html(current().words("en"))


def test_own_markup_is_written_once_per_language():
    body = present.html(lambda words: f"<b>{words('headline.title')}</b>")
    assert body.html(current().words("ru")) == "<b>Главное</b>"


def test_a_sentence_shows_itself_in_lab():
    assert present.say("headline.title")._repr_html_() == "<p>Main findings</p>"


def test_a_key_that_is_missing_fails_where_it_is_shown():
    with pytest.raises(ParameterError, match=r"section\.pians.*section\.pains"):
        bundle(present.section("pians"))


def test_the_package_exports_its_functions():
    assert all(callable(getattr(present, name)) for name in present.__all__)


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = present.no_such_thing


@pytest.mark.usefixtures("context")
def test_an_exhibit_may_state_that_there_is_nothing_to_show():
    from cjm_research import present

    title = present.say("quality.drift_first", n=0)
    shown = present.Exhibit(title=title, body=())._repr_mimebundle_()
    assert "text/html" in shown
