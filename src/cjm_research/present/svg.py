"""From a figure to SVG inside a page: same bytes for the same figure, colours of the page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D

from cjm_research.present import markup, theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MANY_MARKS = 2000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_FONT = re.compile(r"font-family: [^;\"]*;? ?")
_FONT_SHORT = re.compile(r"font: ([^;\"]*?)([\d.]+px) [^;\"]*")
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_INVISIBLE = re.compile(r'\s*<path d="[^"]*" style="fill: none"/>')
_NO_TURN = re.compile(r' transform="rotate\(-0 [^"]*\)"')
_LINE_START = re.compile(r"(?<=\n) +")
_ID = re.compile(r' id="([^"]+)"')
_SIZE = re.compile(r'<svg[^>]*viewBox="([^"]+)"[^>]*>')
_DECIMALS = re.compile(r"(?<=[ \"(,])(-?\d+\.\d\d)\d+(?=[ \",)\n])")
_PATH = re.compile(
    r'(<path d="|<use |<rect |<text |<image |<clipPath|<g transform=)[^>]*>', re.DOTALL
)


def svg(figure: Figure, *, alt: str) -> str:
    """Return the figure as an ``<svg>`` element for a page.

    Parameters
    ----------
    figure : Figure
        Drawn inside `theme.style`.
    alt : str
        What the picture shows, for who cannot see it; plain text, not empty.
    """
    rasterize_many(figure)
    figure.patch.set_visible(False)  # the page is the ground
    buffer = io.StringIO()
    with theme.style():
        figure.savefig(buffer, format="svg", dpi=150, metadata={"Date": None})
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    for noise in (_METADATA, _STYLE, _COMMENT, _INVISIBLE):
        drawn = noise.sub("", drawn)
    drawn = _PATH.sub(lambda m: _DECIMALS.sub(r"\1", m[0]), drawn)
    drawn = _FONT_SHORT.sub(r"font: \1\2 inherit", drawn)
    drawn = _COLOUR.sub(_variable, _FONT.sub("", drawn))
    drawn = drawn.replace("{", "&#123;").replace("}", "&#125;")  # inert in template engines
    drawn = _LINE_START.sub("", _NO_TURN.sub("", drawn))
    return _titled(_prefixed(drawn.strip(), markup.digest(drawn + alt)), alt)


def rasterize_many(figure: Figure) -> None:
    """Turn marks into one picture where there are too many for a page."""
    for artist in figure.findobj(lambda a: isinstance(a, PathCollection | Line2D)):
        if _n_marks(artist) > _MANY_MARKS:
            artist.set_rasterized(True)


def _n_marks(artist: Any) -> int:  # noqa: ANN401  # stubs know no sizes of artists
    if isinstance(artist, PathCollection):
        return len(artist.get_offsets())  # type: ignore[arg-type]
    return 0 if artist.get_marker() in {"", "None", None} else len(artist.get_xdata())


_NAMES = {colours[0]: name for name, colours in theme.VARIABLES.items()}


def _variable(match: re.Match[str]) -> str:
    name = _NAMES.get(match[0].lower())
    return f"var(--{name})" if name else match[0]


def _prefixed(drawn: str, prefix: str) -> str:
    """Drop ids that nothing refers to, and make the others the figure's own."""
    referred = set(re.findall(r'(?:url\(#|href="#)([^")]+)', drawn))
    drawn = _ID.sub(lambda m: f' id="{prefix}-{m[1]}"' if m[1] in referred else "", drawn)
    drawn = drawn.replace("<g/>\n", "")
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", drawn)


def _titled(drawn: str, alt: str) -> str:
    name = markup.digest(alt + drawn)
    title = markup.tag("title", markup.text(alt), id=name)
    start = (
        r'<svg viewBox="\1" class="fig" role="img" '
        rf'aria-labelledby="{name}" stroke-linejoin="round" stroke-linecap="butt">'
    )
    head, body = _SIZE.sub(start, drawn, count=1).split(">", 1)
    return f"{head}>{title}{body}"
