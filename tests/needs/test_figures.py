"""Figures of the page: names and numbers in each language, none on top of another."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cjm_research.needs.by_segment import SegmentTheme, SegmentThemes
from cjm_research.needs.grades import GradeCount, GradeDistribution
from cjm_research.needs.pains import AnyPain, ThemeShare, ThemeShares
from cjm_research.needs.scores import NpsRow, NpsScores
from cjm_research.needs.stages import StagePain, StagePains
from cjm_research.needs.talks import InterviewTheme, InterviewThemes
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.verbatims import Quote, Quotes
from cjm_research.present import theme
from cjm_research.present.figures import needs, needs_scores
from cjm_research.present.tables import table
from cjm_research.present.verbatims import quotes
from cjm_research.present.words import Words
from cjm_research.study.phrase import Phrase

LANGUAGES = ("en", "ru", "zh")
NAMES = {
    "en": "A rather long name of pain number {}",
    "ru": "Довольно длинное название боли номер {}",
    "zh": "相当长的第{}个痛点名称",
}
N = 12


def _words(language):
    labels = {
        "theme": {
            f"t{i}": Phrase({x: name.format(i) for x, name in NAMES.items()}) for i in range(N)
        }
    }
    return Words(language, labels=labels)


def _share(i, rng, kind="pain"):
    share, severity = 0.02 + 0.2 * rng.random(), 0.5 + 0.3 * rng.random()
    return ThemeShare(
        theme=f"t{i}", theme_kind=kind, stage=None, customers=50, n=500, share=share,
        low=share - 0.02, high=share + 0.02, severity=severity, severity_low=severity - 0.02,
        severity_high=severity + 0.02, pain=share * severity, revenue=float("nan"),
    )  # fmt: skip


def _shares(seed=0, kind="pain"):
    rng = np.random.default_rng(seed)
    rows = tuple(_share(i, rng, kind) for i in range(N))
    return ThemeShares(rows=rows, n=500, n_unknown=0, any_pain=AnyPain(0, 0, 0), telling=USUAL)


def _cell(segment, i, p):
    return SegmentTheme(
        grouping="g", segment=segment, theme=f"t{i}", theme_kind="pain", customers=i, n=100,
        share=0.1, low=0.05, high=0.15, elsewhere=0.2, difference=-0.1, difference_low=-0.2,
        difference_high=0, p=p, p_adjusted=p,
    )  # fmt: skip


def _drawn(draw, result, language):
    with theme.style():
        figure = draw(result, _words(language))
        FigureCanvasAgg(figure).draw()
    return figure


def _texts(figure):
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_text()]


def _overlap(figure):
    """Return pairs of written texts whose boxes cut each other by more than a hair."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [
        (t.get_text(), t.get_window_extent(renderer).padded(-2))
        for axes in figure.axes
        for t in axes.texts
        if t.get_text()
    ]
    return [
        (a, b)
        for i, (a, box) in enumerate(boxes)
        for b, other in boxes[i + 1 :]
        if box.overlaps(other)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_no_name_of_the_pain_matrix_lies_on_another(language, seed):
    figure = _drawn(needs.pain_matrix, _shares(seed), language)
    assert _overlap(figure) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pain_matrix_names_every_pain(language):
    written = "".join(_texts(_drawn(needs.pain_matrix, _shares(), language))).replace("\n", "")
    names = [NAMES[language].format(i).replace(" ", "") for i in range(N)]
    assert [n for n in names if n not in written.replace(" ", "")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stage_says_its_share_and_its_worst_pain(language):
    row = StagePain(stage="purchase", customers=50, n=200, share=0.25, low=0.2, high=0.3,
                    severity=0.6, theme="t1", theme_share=0.2)  # fmt: skip
    result = StagePains(rows=(row,), has_touchpoints=True, telling=USUAL)
    written = " ".join(_texts(_drawn(needs.problems_by_stage, result, language)))
    assert "25" in written
    assert NAMES[language].format(1) in written


def test_a_cell_of_too_few_customers_shows_no_number():
    result = SegmentThemes(rows=(_cell("a", 4, 0.5), _cell("b", 5, 0.5)), n_asked=2, telling=USUAL)
    written = _texts(_drawn(needs.themes_by_segment, result, "en"))
    assert (written.count("·"), written.count("10%")) == (3, 1)  # two themes in two segments


def test_a_clear_difference_has_an_arrow():
    result = SegmentThemes(rows=(_cell("a", 9, 0.001),), n_asked=1, telling=USUAL)
    assert "10% ▼" in _texts(_drawn(needs.themes_by_segment, result, "en"))


def _nps(segment, wave):
    return NpsRow(grouping="", segment=segment, wave=wave, n=200, detractors=0.3, passives=0.3,
                  promoters=0.4, score=10, low=2, high=18, reference=float("nan"),
                  p=float("nan"), p_adjusted=float("nan"))  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_scores_say_value_interval_and_n(language):
    rows = (_nps("all", None), _nps("all", "2026-01-01"), _nps("all", "2026-04-01"))
    result = NpsScores(rows=rows, period="quarter", n_other_scale=0, telling=USUAL)
    parts = " ".join(_texts(_drawn(needs_scores.nps_parts, result.segments(), language)))
    assert "+10" in parts
    assert "n = 200" in parts
    waves = " ".join(_texts(_drawn(needs_scores.nps_by_period, result.waves(), language)))
    assert "2026" in waves


@pytest.mark.parametrize("language", LANGUAGES)
def test_grades_and_interviews_and_bars_are_drawn(language):
    grades = GradeDistribution(
        rows=tuple(GradeCount(kind="csat", grade=g, n=10, share=0.2) for g in range(1, 6))
    )
    assert "5" in _texts(_drawn(needs_scores.grade_bars, grades, language))
    row = InterviewTheme(theme="t1", theme_kind="pain", stage=None, interviews=7, n=12)
    talks = InterviewThemes(rows=(row,), n=12, telling=USUAL)
    written = " ".join(_texts(_drawn(needs_scores.interview_bars, talks, language)))
    assert "7" in written
    assert "12" in written
    bars = _drawn(needs.theme_bars, _shares(kind="delight"), language)
    assert _overlap(bars) == []


@pytest.mark.parametrize(("language", "mark"), [("en", "unreliable"), ("ru", "ненадёжно")])
def test_a_theme_in_doubt_is_marked_in_tables_and_under_quotes(language, mark):
    shares = replace(_shares(), telling=Telling(unreliable=frozenset({"t1"})))
    words = _words(language)
    twin = table(shares)
    assert twin.html(words).count(mark) == 1
    (labels,) = [t["labels"][language]["theme"] for t in twin.tables([words])]
    assert [key for key, label in labels.items() if mark in label] == ["t1"]
    own = {"theme": "t1", "theme_kind": "pain", "text": "Late", "language": language}
    rest = dict.fromkeys(("stage", "segment", "channel", "given_on", "score"))
    said = Quote(**own, **rest, kind="open", sentiment=-0.5)
    quoted = quotes(Quotes(rows=(said,), unreliable=("t1",)))
    assert mark in quoted.html(words)
