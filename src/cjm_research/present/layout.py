"""Whether the texts of a figure have room: the check that tests hold every figure to."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from matplotlib.text import Text

from cjm_research.present import theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SLACK = 0.75
"""Pixels that two boxes may share: the edge of a box is not ink."""


def crowded(figure: Figure) -> list[tuple[str, str]]:
    """Return the pairs of texts that overlap; a text that leaves the figure pairs with "".

    Parameters
    ----------
    figure : Figure
        Drawn inside `theme.style`, in each language that it is shown in.

    Examples
    --------
    >>> from cjm_research.present import theme
    >>> with theme.style():
    ...     figure = theme.new_figure(3, 1)
    ...     first = figure.text(0.1, 0.5, "one")
    ...     second = figure.text(0.12, 0.5, "two")
    >>> crowded(figure)
    [('one', 'two')]
    """
    with theme.style():
        figure.draw_without_rendering()
        unseen = _unseen_ticks(figure)
        texts: list[Any] = [t for t in figure.findobj(Text) if _is_seen(t) and id(t) not in unseen]
        boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
    page = figure.bbox
    out = [
        (text, "")
        for text, box in boxes
        if box.x0 < page.x0 - _SLACK
        or box.x1 > page.x1 + _SLACK
        or box.y0 < page.y0 - _SLACK
        or box.y1 > page.y1 + _SLACK
    ]
    return out + [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > _SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > _SLACK
    ]


def _is_seen(text: Any) -> bool:  # noqa: ANN401  # stubs know a part of Text
    return bool(text.get_visible() and text.get_text().strip())


def _unseen_ticks(figure: Figure) -> set[int]:
    """Return the labels of ticks beyond the limits of their axis: they are made, not drawn."""
    unseen: set[int] = set()
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                if not min(limits) <= float(tick.get_loc()) <= max(limits):
                    unseen |= {id(tick.label1), id(tick.label2)}
    return unseen
