"""Figures of the questionnaire and of service: in each language, no text on another."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cjm_research.needs.impact import ThemeImpact, ThemeImpacts
from cjm_research.needs.places import PlacePain, PlacePains
from cjm_research.needs.survey.choices import choices
from cjm_research.needs.survey.contrast import penalty_reward
from cjm_research.needs.survey.kano import kano
from cjm_research.needs.survey.key_drivers import key_drivers
from cjm_research.needs.survey.likert import likert
from cjm_research.needs.survey.opportunity import opportunities
from cjm_research.needs.telling import USUAL
from cjm_research.needs.tickets import ticket_curves
from cjm_research.present import theme
from cjm_research.present.figures import needs_drivers, needs_service, needs_survey
from cjm_research.present.words import Words
from cjm_research.study.phrase import Phrase
from cjm_research.study.survey import SurveyPlan

LANGUAGES = ("en", "ru", "zh")
N, PARTS = 400, 6
NAMES = {
    "en": "A rather long name of part number {}",
    "ru": "Довольно длинное название составляющей {}",
    "zh": "相当长的第{}项名称",
}
PLAN = SurveyPlan()


def _labels():
    named = {
        f"q{i}": Phrase({x: name.format(i) for x, name in NAMES.items()}) for i in range(PARTS)
    }
    return {"question": named, "theme": named, "option.q0": named}


def _rows(kind, question, scores, scale=(1.0, 5.0), text=None):
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(N)], "kind": kind, "question": question,
            "score": scores, "scale_min": scale[0], "scale_max": scale[1], "text": text,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(5)
    parts = [rng.integers(1, 6, N) for _ in range(PARTS)]
    overall = 5 + sum((i + 1) * 0.2 * (p - 3) for i, p in enumerate(parts)) + rng.normal(0, 1, N)
    tables = [_rows("nps", "r", np.clip(np.rint(overall), 0, 10), (0.0, 10.0))]
    for i, part in enumerate(parts):
        tables += [
            _rows("satisfaction", f"q{i}", part),
            _rows("importance", f"q{i}", rng.choice([3, 4, 5], N)),
            _rows("kano_functional", f"q{i}", rng.integers(1, 4, N)),
            _rows("kano_dysfunctional", f"q{i}", rng.integers(3, 6, N)),
        ]
    options = [f"q{k}" for k in rng.integers(0, PARTS, N)]
    tables.append(_rows("choice", "q0", np.nan, (np.nan, np.nan), options))
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "feedback_id", [f"f{i}" for i in range(len(table))])
    return table


def _impact():
    rows = tuple(
        ThemeImpact(
            theme=f"q{i}", theme_kind="pain", customers=12_345, revenue=98_765_432.0, answers=40,
            n=500, with_it=-90.0, without_it=20.0, difference=-110.0 + 30 * i, low=-150.0 + 30 * i,
            high=-70.0 + 30 * i, pull=-5.0, p=0.001, p_adjusted=0.01 * i,
        )
        for i in range(PARTS)
    )  # fmt: skip
    return ThemeImpacts(rows=rows, outcome="nps", telling=USUAL)


def _places():
    kinds = ("touchpoint", "channel", "period")
    rows = tuple(
        PlacePain(
            dimension=kinds[i % 3], place="2026-01-01" if i % 3 == 2 else "checkout_form",
            theme=f"q{i}", customers=50, n=200, share=0.3, low=0.25, high=0.36, elsewhere=0.1,
            p=0.0, p_adjusted=0.0,
        )
        for i in range(PARTS)
    )  # fmt: skip
    return PlacePains(rows=rows, n_asked=40, telling=USUAL)


def _tickets():
    came = pd.Timestamp("2026-02-01", tz="UTC")
    hours = pd.to_timedelta(np.arange(1, 101), unit="h")
    rows = pd.DataFrame({"feedback_id": [f"t{i}" for i in range(100)], "kind": "ticket"})
    rows = rows.assign(given_at=came, first_response_at=came + hours / 4, resolved_at=came + hours)
    return ticket_curves(rows, as_of=pd.Timestamp("2026-02-10"))


DRAWN = {
    "likert": (needs_survey.likert_bars, likert),
    "choices": (needs_survey.choice_bars, lambda a: choices(a, plan=PLAN).everybody()),
    "opportunity": (needs_survey.opportunity_plane, opportunities),
    "kano": (needs_drivers.kano_plane, kano),
    "drivers": (needs_drivers.driver_bars, lambda a: key_drivers(a, PLAN)),
    "penalty": (needs_drivers.penalty_bars, lambda a: penalty_reward(a, PLAN)),
    "impact": (needs_service.impact_bars, lambda _: _impact()),
    "places": (needs_service.place_bars, lambda _: _places()),
    "tickets": (needs_service.ticket_curves, lambda _: _tickets()),
}


def _overlap(figure):
    """Return pairs of texts of one panel whose boxes cut each other by more than a hair."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [
        (t.get_text(), t.get_window_extent(renderer).padded(-2))
        for axes in figure.axes
        for t in [*axes.texts, *axes.get_yticklabels(), axes.title]
        if t.get_text() and t.get_visible()
    ]
    return [
        (a, b) for i, (a, one) in enumerate(boxes) for b, two in boxes[i + 1 :] if one.overlaps(two)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_drawn_without_overlap(answers, name, language):
    draw, make = DRAWN[name]
    result = make(answers)
    assert result.rows
    with theme.style():
        figure = draw(result, Words(language, labels=_labels()))
        FigureCanvasAgg(figure).draw()
    assert _overlap(figure) == []
    texts = [t.get_text() for t in figure.findobj(mpl.text.Text)]
    assert any(texts)
    assert not [t for t in texts if "{" in t]
