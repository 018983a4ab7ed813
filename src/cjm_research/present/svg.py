"""From a figure to SVG inside a page: same bytes for the same figure, colours of the page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from cjm_research.present import markup, theme
from cjm_research.present.png import png_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

_MANY_MARKS = 2000
RASTER = 150
"""Dots per inch of what is a picture inside an SVG."""
SLIDE = 200
"""Dots per inch of a picture for a slide: a figure of the page's width has 1,720 of them."""
_NAMES = {colours[0]: name for name, colours in theme.VARIABLES.items()}
_NOISE = re.compile(
    r"\s*<metadata>.*?</metadata>"
    r"|\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>"  # it would apply to the whole page
    r"|\s*<!--.*?-->"
    r'|\s*<path d="[^"]*" style="fill: none"/>'
    r'| transform="rotate\(-0 [^"]*\)"'
    r"|(?<=\n) +",
    re.DOTALL,
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_FAMILY = re.compile(r"font-family: [^;\"]*;? ?")
_FONT = re.compile(r"font: (?P<look>[^;\"]*?)(?P<size>[\d.]+px) [^;\"]*")
_ID = re.compile(r' id="([^"]+)"')
_HEAD = re.compile(r'<svg[^>]*viewBox="([^"]+)"[^>]*>')
_ELEMENT = re.compile(r"<(?:path|use|rect|text|image|g transform)[^>]*>", re.DOTALL)
_DECIMALS = re.compile(r"(?<=[ \"(,])(-?\d+\.\d\d)\d+(?=[ \",)\n])")


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
    with theme.style():
        split_lines(figure)
        drawn = _printed(figure)
    drawn = _NOISE.sub("", drawn[drawn.index("<svg") :]).replace("xlink:href", "href")
    drawn = _ELEMENT.sub(lambda m: _DECIMALS.sub(r"\1", m[0]), drawn)
    drawn = _COLOUR.sub(_variable, _FAMILY.sub("", _FONT.sub(_look, drawn)))
    drawn = drawn.replace("{", "&#123;").replace("}", "&#125;")  # inert in template engines
    return _titled(_prefixed(drawn.strip(), markup.digest(drawn + alt)), alt)


def _printed(figure: Figure) -> str:
    """Draw once; `Figure.savefig` draws a figure that has a layout twice."""
    buffer = io.StringIO()
    figure.set_dpi(RASTER)
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(buffer, metadata={"Date": None})
    return buffer.getvalue()


def png(figure: Figure) -> bytes:
    """Return a figure that `svg` has drawn as a picture on white ground, for a slide."""
    figure.patch.set(visible=True, facecolor="white")
    figure.set_layout_engine("none")  # everything has its place
    figure.set_dpi(SLIDE)
    canvas: Any = FigureCanvasAgg(figure)
    with theme.style():
        canvas.draw()
    return png_file(np.asarray(canvas.buffer_rgba())[:, :, :3], dpi=SLIDE)


def standalone(inline: str) -> str:
    """Return what `svg` gave as a file of its own, in the light colours."""
    for drawn, name in _NAMES.items():
        inline = inline.replace(f"var(--{name})", drawn)
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif"'
    return inline.replace("<svg", head, 1)


def split_lines(figure: Figure) -> None:
    """Write each line of a text of several lines by itself, where the layout has put it.

    The page draws text with the reader's font. An aligned line keeps its edge then, which lines
    of one text do not: they are placed by the width that this machine's font has.
    """
    texts = [t for t in _visible(figure) if isinstance(t, Text) and _is_split(t)]
    if not texts:
        return
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)  # all that drawing does before it draws
    figure.set_layout_engine("none")
    for text in texts:
        _split(figure, text)


def _is_split(text: Any) -> bool:  # noqa: ANN401  # stubs know a part of Text
    return bool(text.get_visible() and "\n" in text.get_text() and not text.get_rotation())


def _split(figure: Figure, text: Any) -> None:  # noqa: ANN401
    box = text.get_window_extent().transformed(figure.transFigure.inverted())
    across = {"left": box.x0, "right": box.x1}.get(str(text.get_ha()), (box.x0 + box.x1) / 2)
    lines = text.get_text().split("\n")
    for row, line in enumerate(lines):
        middle = box.y1 - (row + 0.5) * box.height / len(lines)
        one = figure.text(across, middle, line)
        one.update_from(text)
        one.set(va="center_baseline", ha=text.get_ha(), zorder=text.get_zorder(), clip_on=False)
        one.set_transform(figure.transFigure)
    text.set_visible(False)


def rasterize_many(figure: Figure) -> None:
    """Turn marks into one picture where there are too many for a page."""
    for artist in _visible(figure):
        if isinstance(artist, PathCollection | Line2D) and _n_marks(artist) > _MANY_MARKS:
            artist.set_rasterized(True)


def _visible(artist: Artist) -> Iterator[Artist]:
    """Go through all that is drawn. To ask an axis that is off for its ticks would make them."""
    yield artist
    hidden: tuple[Artist, ...] = ()
    if isinstance(artist, Axes) and not artist.axison:
        hidden = (artist.xaxis, artist.yaxis)
    for child in artist.get_children():
        if child.get_visible() and child not in hidden:
            yield from _visible(child)


def _n_marks(artist: Any) -> int:  # noqa: ANN401  # stubs know no sizes of artists
    if isinstance(artist, PathCollection):
        return len(artist.get_offsets())  # type: ignore[arg-type]
    return 0 if artist.get_marker() in {"", "None", None} else len(artist.get_xdata())


def _variable(match: re.Match[str]) -> str:
    name = _NAMES.get(match[0].lower())
    return f"var(--{name})" if name else match[0]


def _look(match: re.Match[str]) -> str:
    """Write the short form of a font out, without its family: the page has its own."""
    names = match["look"].split()
    style = next((n for n in names if n in {"italic", "oblique"}), "")
    weight = next((n for n in names if n.isdigit() or n == "bold"), "")
    said = {"font-style": style, "font-weight": weight, "font-size": match["size"]}
    return "; ".join(f"{k}: {v}" for k, v in said.items() if v)


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
    head, body = _HEAD.sub(start, drawn, count=1).split(">", 1)
    return f"{head}>{title}{body}"
