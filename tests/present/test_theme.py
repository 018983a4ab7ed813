"""Colours and text of figures."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.present import theme

SCHEMES = [pytest.param(1, id="light"), pytest.param(2, id="dark")]
TEXT = ["ink", "soft", "accent", "good", "bad", "warn"]
MARKS = ["accent", "orange", "teal", "violet", "brown"]
# Machado, Oliveira & Fernandes (2009), https://doi.org/10.1109/TVCG.2009.113, severity 1.0
VISIONS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour):
    colour = colour.lstrip("#")
    digits = "".join(c * (6 // len(colour)) for c in colour)
    rgb = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast ratio of WCAG 2.2."""
    light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(rgb):
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["bg", "card"])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(name, ground, scheme):
    assert contrast(theme.VARIABLES[name][scheme], theme.VARIABLES[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["accent", "good", "bad", "warn"])
def test_text_on_a_colour_can_be_read(ground, scheme):
    on_colour = theme.VARIABLES["on-colour"][scheme]
    assert contrast(on_colour, theme.VARIABLES[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["pale", "good-pale", "bad-pale", "warn-pale"])
def test_ink_on_a_tint_can_be_read(ground, scheme):
    assert contrast(theme.VARIABLES["ink"][scheme], theme.VARIABLES[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", MARKS)
def test_marks_stand_out_from_the_page(name, scheme):
    # WCAG 2.2, 1.4.11: parts of graphics have 3:1
    assert contrast(theme.VARIABLES[name][scheme], theme.VARIABLES["bg"][scheme]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_series_are_told_apart_with_any_colour_vision(vision, scheme):
    seen = [lab(VISIONS[vision] @ linear(theme.VARIABLES[n][scheme])) for n in MARKS]
    apart = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) > 15


def test_every_colour_of_a_figure_has_its_own_variable():
    drawn = [colours[0] for colours in theme.VARIABLES.values()]
    assert len(set(drawn)) == len(drawn)


def test_drawing_leaves_no_setting_behind():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with theme.style():
        theme.new_figure()
    assert dict(mpl.rcParams) == before


def test_no_figure_needs_pyplot():
    code = (
        "import sys; from cjm_research.present import charts, exhibit, svg, theme;"
        "from cjm_research.present.figures import intervals;"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_chinese_character_takes_a_square():
    assert theme.text_width("客", size=72) == pytest.approx(1)


def test_latin_text_is_as_wide_as_its_font_says():
    # hmtx of DejaVu Sans: "A" advances 1401 of 2048 units
    assert theme.text_width("A", size=72) == pytest.approx(1401 / 2048, abs=0.002)


@given(
    text=st.text(st.sampled_from("abc дл客户，."), min_size=1, max_size=60),
    width=st.floats(0.5, 3),
    lines=st.integers(1, 4),
)
def test_a_wrapped_text_has_no_more_lines_and_loses_nothing_silently(text, width, lines):
    wrapped = theme.wrapped(text, width=width, lines=lines)
    assert wrapped.count("\n") < lines
    kept = "".join(wrapped.split())
    assert kept.endswith("…") or kept == "".join(text.split())


def test_chinese_breaks_between_characters():
    assert theme.wrapped("结算单据迟到", width=0.3, size=7.2, lines=9).split("\n") == [
        "结算单",
        "据迟到",
    ]


def test_a_word_much_wider_than_its_line_is_broken_and_a_little_wider_one_is_not():
    address = "/catalogue/women/shoes/" * 6
    lines = theme.wrapped(address, width=2.0, lines=99).split("\n")
    assert "".join(lines) == address
    assert max(map(theme.text_width, lines)) <= 2.0
    assert theme.wrapped("Послепродажное", width=0.9) == "Послепродажное"


@given(text=st.text(max_size=30), width=st.floats(-1, 3))
def test_any_text_is_wrapped_to_any_width(text, width):
    assert theme.wrapped(text, width=width, lines=2).count("\n") <= 1 + text.count("\n")
