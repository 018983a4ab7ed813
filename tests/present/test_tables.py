"""Tables: structure, escaping, what they refuse."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

from cjm_research.errors import ParameterError, ReportError
from cjm_research.present.context import current
from cjm_research.present.sentences import say
from cjm_research.present.tables import table
from cjm_research.present.words import Words
from cjm_research.results import Unit

pytestmark = pytest.mark.usefixtures("context")


class Tags(HTMLParser):
    """Elements with their attributes, in order; and all text."""

    def __init__(self, markup):
        super().__init__()
        self.found, self.words = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):  # noqa: D102
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):  # noqa: D102
        self.words.append(data)

    def all(self, name):  # noqa: D102
        return [attributes for tag, attributes in self.found if tag == name]


def shown(body, language="en", title="Title"):
    return body.html(current().words(language), title=title)


def test_every_cell_belongs_to_a_heading(pains):
    tags = Tags(shown(table(pains)))
    assert [a.get("scope") for a in tags.all("th")] == ["col"] * 5 + ["row"] * 3
    assert len(tags.all("td")) == 4 * 3


def test_the_box_that_scrolls_can_be_reached_and_is_named(pains):
    box = Tags(shown(table(pains))).all("div")[0]
    assert box == {
        "class": "scroll",
        "role": "region",
        "tabindex": "0",
        "aria-label": "Table. Title",
    }


def test_the_caption_is_the_title_unless_it_has_its_own(pains):
    own = table(pains, caption=say("table.empty"))
    assert '<caption class="vh">Title</caption>' in shown(table(pains))
    assert "<caption>There is nothing to show here.</caption>" in shown(own)


def test_numbers_are_aligned_right_and_words_are_not(pains):
    heads = Tags(shown(table(pains))).all("th")[:5]
    assert [h.get("class") for h in heads] == [None, "num", "num", "num", "num"]


def test_no_style_stands_in_a_table(pains):
    assert "style=" not in shown(table(pains))


def test_text_of_the_data_stays_text(pains, evil):
    tags = Tags(shown(table(pains)))
    assert tags.all("script") == []
    assert evil in tags.words


def test_braces_of_the_data_are_inert_in_a_template(pains):
    assert "{{" not in shown(table(pains))


def test_a_value_that_is_not_known_is_a_dash(pains):
    assert Tags(shown(table(pains))).words.count("–") == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Theme", "late delivery", "1,200", "43.2%"]),
        ("ru", ["Тема", "срыв сроков", "1 200", "43,2 %"]),
        ("zh", ["主题", "交货延迟", "1,200", "43.2%"]),
    ],
)
def test_a_table_speaks_the_language(pains, language, words):
    text = [w.replace("\u202f", " ") for w in Tags(shown(table(pains), language)).words]
    assert set(words) <= set(text)


def test_a_limit_says_how_many_rows_there_are(pains):
    html = shown(table(pains, limit=2))
    assert len(Tags(html).all("tr")) == 3
    assert "Shown: 2 of 3 rows." in html


def test_a_limit_does_not_cut_the_numbers_that_are_kept(pains):
    words = [current().words("en")]
    assert len(table(pains, limit=2).tables(words)[0]["rows"]) == 3


def test_columns_are_chosen_in_order(pains):
    assert Tags(shown(table(pains, columns=["n", "theme"]))).words[1:3] == ["n", "Theme"]


def test_a_column_that_is_not_there_names_the_nearest(pains):
    with pytest.raises(ParameterError, match=r"'shar'.*'share'"):
        table(pains, columns=["shar"])


def test_a_column_of_identifiers_is_refused():
    frame = pd.DataFrame({"customer_id": ["C-1"]})
    with pytest.raises(ReportError, match="customer_id"):
        table(frame, {"customer_id": Unit.IDENTIFIER})


def test_an_identifier_beside_the_chosen_columns_is_no_matter():
    frame = pd.DataFrame({"customer_id": ["C-1"], "n": [3]})
    units = {"customer_id": Unit.IDENTIFIER, "n": Unit.COUNT}
    assert "C-1" not in shown(table(frame, units, columns=["n"]))


def test_a_plain_table_needs_units():
    with pytest.raises(ParameterError, match="units"):
        table(pd.DataFrame({"n": [1]}))


def test_an_empty_table_says_so():
    assert "nothing to show" in shown(table(pd.DataFrame({"n": []}), {"n": Unit.COUNT}))


def test_numbers_behind_a_table_are_plain_data_with_headings_and_labels(pains):
    plain = table(pains).tables([current().words(x) for x in ("en", "ru")])[0]
    assert plain["columns"]["ru"][0] == "Тема"
    assert plain["labels"]["ru"]["theme"]["late"] == "срыв сроков"
    assert plain["rows"][2][2] is None
    assert plain["units"] == ["label", "count", "share", "share", "share"]


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "+$12.00"), ("ru", "+12,00\u202f$"), ("zh", "+12.00")]
)
def test_a_difference_of_money_has_a_plus_and_an_amount_has_none(language, shown):
    frame = pd.DataFrame({"revenue": [12.0], "difference": [12.0], "low": [12.0], "high": [-3.0]})
    words = Words(language, currency="USD")
    html = table(frame, units=dict.fromkeys(frame, Unit.MONEY)).html(words, title="Money")
    assert html.count(shown) == 2
    assert html.count("12") == 3
    assert "−" in html
