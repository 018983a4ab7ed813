"""Blocks of a portrait side by side: columns of like height."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Parts = list[tuple[str, str]]
"""Blocks of one column: the key of the heading, and what is below it."""

_HEAD, _CURVE, _BAR = 320, 900, 200
"""Hundredths of a line that heading and padding of a block take, a curve, a bar."""
_LINE, _NAME = 50, 19
"""Letters of a line, and of the first cell of a row; a Chinese sign takes two."""
_ROW, _ITEM = 35, 10
"""Hundredths of a line that a row or an item takes beside its lines."""
_TAG = re.compile(r"<[^>]+>")
_STAYS = ("who", "journey", "how", "do")
"""Blocks that stay in their column: its head, and the picture that asks for its width."""


def balanced(columns: Sequence[Parts]) -> list[Parts]:
    """Put blocks into a shorter column as long as the longest gets shorter by it.

    A column without a block is left out. The heads of columns stay, and so does the order in
    which a reader wants the blocks.

    Examples
    --------
    >>> balanced([[("who", "<tr>")], [], [("do", "<p>"), ("say", "<li>"), ("pages", "<li>")]])
    [[('who', '<tr>'), ('pages', '<li>')], [('do', '<p>'), ('say', '<li>')]]
    """
    found = [list(column) for column in columns if column]
    while len(found) > 1:
        heights = [sum(map(_height, column)) for column in found]
        longest, shortest = heights.index(max(heights)), heights.index(min(heights))
        room = heights[longest] - heights[shortest]
        movable = [p for p in found[longest] if p[0] not in _STAYS and _height(p) < room]
        if not movable:
            return found
        part = movable[-1]
        found[longest].remove(part)
        found[shortest].append(part)
    return found


def _height(part: tuple[str, str]) -> int:
    """Return the height of a block in hundredths of a line.

    A whole number: with sums that are rounded, a block that fits exactly would go to and fro
    between two columns for ever.
    """
    inside = part[1]
    curves = inside.count('class="curve"')
    bars = curves if part[0] == "moves" else 0
    rows = re.findall(r"<tr.*?</tr>", inside, re.DOTALL)
    names = [re.search(r"<th.*?</th>", row, re.DOTALL) for row in rows]
    texts = re.findall(r"<(?:p|li|blockquote)[ >].*?</(?:p|li|blockquote)>", inside, re.DOTALL)
    return (
        _HEAD
        + (curves - bars) * _CURVE
        + bars * _BAR
        + sum(_ROW + 100 * _lines(found[0] if found else "", _NAME) for found in names)
        + sum(_ITEM + 100 * _lines(text, _LINE) for text in texts)
    )


def _lines(markup: str, letters: int) -> int:
    """Return how many lines a piece of markup takes, roughly."""
    text = _TAG.sub("", markup)
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return max(-(-wide // letters), 1)
