"""Charts inside a page: repeatable, readable without sight, in the page's colours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # what it reads, we wrote

import numpy as np
import pytest

from cjm_research.present import theme
from cjm_research.present.charts import chart
from cjm_research.present.context import current
from cjm_research.present.figures.intervals import intervals
from cjm_research.present.svg import standalone, svg
from cjm_research.present.words import capital

pytestmark = pytest.mark.usefixtures("context")


def drawn(draw, alt="What it shows"):
    with theme.style():
        figure = theme.new_figure(4, 2)
        draw(figure.subplots())
        return svg(figure, alt=alt)


def labelled(axes):
    axes.plot([0, 1], [0, 1], color=theme.INK)
    axes.set_xlabel("客户 x")


def test_the_same_figure_gives_the_same_bytes():
    assert drawn(labelled) == drawn(labelled)


def test_two_figures_share_no_id():
    one, other = drawn(labelled), drawn(lambda axes: axes.plot([0, 1], [1, 0]))
    ids = [set(re.findall(r'id="([^"]+)"', x)) for x in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_reference_inside_a_figure_is_met():
    one = drawn(lambda axes: axes.plot([0, 1], [0, 1], "o"))
    referred = set(re.findall(r'(?:url\(#|href="#)([^")]+)', one))
    assert referred <= set(re.findall(r'id="([^"]+)"', one))


def test_a_figure_is_one_image_with_a_name():
    root = ET.fromstring(drawn(labelled))  # noqa: S314
    assert root.get("role") == "img"
    assert root[0].text == "What it shows"
    assert root.get("aria-labelledby") == root[0].get("id")


def test_a_figure_touches_nothing_outside_itself():
    one = drawn(labelled)
    assert not re.search(r"<style|<script|<metadata|http|font-family|<\?xml", one)


def test_colours_follow_the_page():
    one = drawn(labelled)
    assert "var(--ink)" in one
    assert "var(--soft)" in one
    assert theme.INK not in one


def test_a_file_of_its_own_has_plain_colours():
    alone = standalone(drawn(labelled))
    assert "var(" not in alone
    assert ET.fromstring(alone).tag.endswith("svg")  # noqa: S314


def test_text_stays_text():
    assert "客户 x</text>" in drawn(labelled)


def test_markup_in_a_label_stays_text(evil):
    one = drawn(lambda axes: axes.set_title(evil), alt=evil)
    assert "<script" not in one
    assert "{{" not in one


def test_a_dollar_is_no_formula():
    assert "$5 and $6</text>" in drawn(lambda axes: axes.set_title("$5 and $6"))


def test_thousands_of_marks_become_one_picture():
    x = np.linspace(0, 1, 2500)
    many = drawn(lambda axes: axes.scatter(x, x))
    few = drawn(lambda axes: axes.scatter(x[:100], x[:100]))
    assert "data:image/png" in many
    assert "data:image/png" not in few


def test_lines_of_one_text_keep_their_edge():
    def write(axes):
        axes.text(0.5, 0.5, "a\nlonger line", ha="right")

    found = re.findall(
        r'<text[^>]*text-anchor: end[^>]* x="([\d.]+)"[^>]*>(a|longer line)<', drawn(write)
    )
    assert len(found) == 2
    assert found[0][0] == found[1][0]


def test_a_chart_carries_its_numbers_in_a_fold(pains):
    html = chart(intervals, pains, label="theme").html(current().words("ru"), title="T")
    assert '<details class="twin"><summary>Те же числа таблицей</summary>' in html
    assert "срыв сроков" in html


def test_a_chart_can_leave_its_numbers_to_the_table_beside_it(pains):
    body = chart(intervals, pains, label="theme", twin=False)
    assert "<details" not in body.html(current().words("en"), title="T")
    assert body.tables([current().words("en")]) == []


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_estimates_are_labelled_in_the_language(pains, language):
    words = current().words(language)
    figure = chart(intervals, pains, label="theme", reference=0.1).figure(words)
    axes = figure.axes[0]
    assert axes.get_yticklabels()[0].get_text() == capital(words.label("theme", "late"))
    assert axes.get_xlabel() == words.column("share")


def test_estimates_read_from_the_top(pains):
    figure = chart(intervals, pains, label="theme").figure(current().words("en"))
    bottom, top = figure.axes[0].get_ylim()
    assert bottom > top
