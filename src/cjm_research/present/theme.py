"""How figures look: colours that follow the page's light or dark scheme, fonts, sizes.

A colour of this module is written into the figure as a plain hex colour of the light scheme and
becomes a CSS variable in the page (see `svg`), so one figure serves light, dark and print.
"""

from __future__ import annotations

import unicodedata
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font_names
from matplotlib.ft2font import FT2Font

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.axes import Axes

INK, SOFT, LINE = "#1b1e23", "#535b66", "#d7dbe0"
"""Text, quiet text, rules."""
BG, CARD = "#fefefe", "#f5f7f9"
"""The page behind the figure, and the ground of a card."""
ACCENT, GOOD, BAD, WARN = "#264e77", "#0f766e", "#b3411f", "#8a5a00"
"""Structure; better; worse; look at this. Colour never stands alone: add a word or an arrow."""
PALE, GOOD_PALE, BAD_PALE, WARN_PALE = "#d8dfe8", "#dcefec", "#f9e4dc", "#f6ead2"
"""Grounds and tracks in the hue of the colour above."""
ON_COLOUR = "#fdfdfd"
"""Text on ACCENT, GOOD, BAD, WARN."""
ORANGE, TEAL, VIOLET, BROWN = "#cf6a10", "#2a9187", "#9a79c9", "#6b3d10"
SERIES = (ACCENT, ORANGE, TEAL, VIOLET, BROWN)
"""Colours of lines and groups, for marks and not for text: told apart with any colour vision (a
test simulates three kinds); use with `LINES` and `MARKERS`."""
LINES = ("-", "--", "-.", ":", (0, (5, 1)))
MARKERS = ("o", "s", "^", "D", "v")

VARIABLES: dict[str, tuple[str, str, str]] = {
    "ink": (INK, INK, "#e7eaee"),
    "soft": (SOFT, SOFT, "#a8b1bd"),
    "line": (LINE, LINE, "#39414b"),
    "bg": (BG, "#fff", "#14171b"),
    "card": (CARD, CARD, "#1d2228"),
    "accent": (ACCENT, ACCENT, "#8ab4e8"),
    "good": (GOOD, GOOD, "#5cc4b5"),
    "bad": (BAD, BAD, "#f3936f"),
    "warn": (WARN, WARN, "#deb053"),
    "pale": (PALE, PALE, "#2c3a4b"),
    "good-pale": (GOOD_PALE, GOOD_PALE, "#173a37"),
    "bad-pale": (BAD_PALE, BAD_PALE, "#43271d"),
    "warn-pale": (WARN_PALE, WARN_PALE, "#3d321a"),
    "on-colour": (ON_COLOUR, "#fff", "#14171b"),
    "orange": (ORANGE, ORANGE, "#f3936f"),
    "teal": (TEAL, TEAL, "#2f8f84"),
    "violet": (VIOLET, VIOLET, "#7a6fd0"),
    "brown": (BROWN, BROWN, "#f5e6bf"),
}
"""CSS variable: its colour in a figure, on a light page, on a dark page."""

_CJK = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC",
        "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei",
        "Noto Sans CJK JP")  # fmt: skip
SIZE = 9.5
"""Points of all text; a figure of 8.6 inches fills the column of a page."""


_STICKS_OUT = 1.5
"""A word of up to so many widths of its line stays whole: it is easier to read."""


def css_variables() -> str:
    """Return the rules that give the variables their colours, light and dark.

    Examples
    --------
    >>> "--ink:#1b1e23" in css_variables()
    True
    """
    light = ";".join(f"--{name}:{c[1]}" for name, c in VARIABLES.items())
    dark = ";".join(f"--{name}:{c[2]}" for name, c in VARIABLES.items())
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


@cache
def font_families() -> tuple[str, ...]:
    """Return the fonts that text is measured with: one for Chinese only if it is installed."""
    installed = set(get_font_names())
    return ("DejaVu Sans", *[f for f in _CJK if f in installed][:1])


@contextmanager
def style() -> Iterator[None]:
    """Draw and save in the look of the pages; nothing global stays changed."""
    settings: Any = {
        "font.family": list(font_families()),
        "font.size": SIZE,
        "axes.titlesize": SIZE,
        "axes.labelsize": SIZE,
        "xtick.labelsize": SIZE,
        "ytick.labelsize": SIZE,
        "legend.fontsize": SIZE,
        "text.color": INK,
        "axes.labelcolor": SOFT,
        "axes.edgecolor": LINE,
        "xtick.color": SOFT,
        "ytick.color": INK,
        "grid.color": LINE,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.frameon": False,
        "lines.linewidth": 2.0,
        "svg.fonttype": "none",
        "svg.hashsalt": "cjm",
        "axes.unicode_minus": True,
        "text.parse_math": False,  # a dollar sign is money
        "text.hinting": "none",  # letters of a PNG stand as wide as they were measured
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # The reader's own fonts draw the text; a font that the machine lacks is no problem.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        yield


def new_figure(width: float = 8.6, height: float = 4.0) -> Figure:
    """Return an empty figure, `width` x `height` inches; 8.6 inches fill the column of a page."""
    return Figure(figsize=(width, height), layout="constrained")


def quiet(axes: Axes, *, grid: str = "") -> None:
    """Take away frame and tick marks; ``grid="x"`` or ``"y"`` leaves thin rules."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if grid in {"x", "y"}:
        axes.grid(axis=grid, linewidth=0.8)  # type: ignore[arg-type]


def text_width(text: str, *, size: float = SIZE, bold: bool = False) -> float:
    """Return the width of a text in inches; a Chinese character takes a full square.

    Examples
    --------
    >>> round(text_width("客户", size=9), 2)
    0.25
    """
    return sum(_advance(c, bold=bold) for c in text) * size / 72


def wrapped(
    text: str, *, width: float, size: float = SIZE, lines: int = 3, bold: bool = False
) -> str:
    r"""Return a text in lines no wider than `width` inches; what is over `lines` is cut with "…".

    Chinese breaks between any two characters, other text between words; a word that is much wider
    than its line, such as an address, breaks where it must.

    Examples
    --------
    >>> wrapped("late closing documents", width=1.0, lines=2)
    'late closing\ndocuments'
    """
    found: list[str] = [""]
    for piece in _broken(pieces(text), width=width, size=size, bold=bold):
        longer = found[-1] + piece
        if not found[-1] or text_width(longer.rstrip(), size=size, bold=bold) <= width + 1e-9:
            found[-1] = longer
        else:
            found.append(piece)
    if len(found) > lines:
        found = [*found[: lines - 1], _cut(found[lines - 1].rstrip(), width, size)]
    return "\n".join(line.rstrip() for line in found)


def _cut(line: str, width: float, size: float) -> str:
    while line and text_width(line + "…", size=size) > width:
        line = line[:-1]
    return line.rstrip() + "…"


def pieces(text: str) -> list[str]:
    """Split a text where a line may end: after a space, after a Chinese character."""
    found: list[str] = [""]
    for char in text:
        if found[-1] and _is_wide(char) and unicodedata.category(char).startswith("L"):
            found.append("")
        found[-1] += char
        if char == " ":
            found.append("")
    return [p for p in found if p]


def _broken(words: Iterable[str], *, width: float, size: float, bold: bool) -> Iterator[str]:
    """Yield words, and in their place the parts of one that no line comes near to hold."""
    room = max(width, size / 24)  # three letters at least
    for word in words:
        rest = word
        is_broken = text_width(word.rstrip(), size=size, bold=bold) > _STICKS_OUT * room
        while is_broken and text_width(rest.rstrip(), size=size, bold=bold) > room:
            n = 1
            while text_width(rest[: n + 1], size=size, bold=bold) <= room:
                n += 1
            yield rest[:n]
            rest = rest[n:]
        yield rest


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


@cache
def _advance(char: str, *, bold: bool) -> float:
    """Return how far a character moves the pen, as a share of the font's size."""
    if _is_wide(char):
        return 1.0
    font = _font(bold=bold)
    if not font.get_char_index(ord(char)):
        return 1.0
    return float(font.load_char(ord(char)).linearHoriAdvance / 65536 / 100)


@cache
def _font(*, bold: bool) -> FT2Font:
    named = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    font = FT2Font(str(findfont(named)))  # our own: `get_font` shares one whose size changes
    font.set_size(100, 72)
    return font
