"""Texts of a figure have room."""

from __future__ import annotations

import pytest

from cjm_research.present import theme
from cjm_research.present.charts import chart
from cjm_research.present.context import current
from cjm_research.present.figures.intervals import intervals
from cjm_research.present.layout import crowded


def test_a_text_outside_the_figure_is_named():
    with theme.style():
        figure = theme.new_figure(2, 1)
        figure.text(0.9, 0.5, "far too long for this")
    assert crowded(figure) == [("far too long for this", "")]


def test_ticks_that_are_not_drawn_do_not_count():
    with theme.style():
        figure = theme.new_figure(3, 2)
        axes = figure.subplots()
        axes.plot([0.13, 0.87], [0.13, 0.87])
    assert crowded(figure) == []


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_estimates_have_room_in_every_language(pains, language):
    body = chart(intervals, pains, label="theme", reference=0.1)
    assert crowded(body.figure(current().words(language))) == []


def test_a_machine_without_chinese_fonts_draws_chinese(monkeypatch):
    monkeypatch.setattr(theme, "font_families", lambda: ("DejaVu Sans",))
    with theme.style():
        figure = theme.new_figure(3, 2)
        figure.text(0.1, 0.5, "客户")
    assert crowded(figure) == []
