"""Where the customers of a segment came from and went: two bars and the counts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup, theme
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.words import Words
    from cjm_research.segmentation.moves import Flow, Migration, Move

_WIDE, _HIGH, _FONT = 380, 24, 10.5
_MOST = 3  # other segments that are named


def moves(migration: Migration, segment: str, words: Words) -> str:
    """Return the flow of one segment between the two days.

    Empty if it is not known, and where nobody came from another segment or went to one: new
    customers alone are a number of the head.
    """
    flow = migration.of(segment)
    if flow is None or not (flow.came or flow.went):
        return ""
    longest = max(flow.were, flow.now, 1)
    then = words("portrait.moves_then", n=flow.were, day=migration.since)
    today = words("portrait.moves_now", n=flow.now, day=migration.until)
    bars = [
        (then, [(flow.remained, "accent", "stayed"), (flow.went, "warn", "went")]),
        (today, [(flow.remained, "accent", "stayed"), (flow.came, "good", "came"),
                 (flow.new, "pale", "new")]),
    ]  # fmt: skip
    drawn = "".join(
        markup.tag("p", markup.text(name), class_="meta") + _bar(parts, longest, words)
        for name, parts in bars
    )
    return drawn + _listed(_lines(migration, flow, words))


def _bar(parts: Sequence[tuple[int, str, str]], longest: int, words: Words) -> str:
    at, found = 0.0, []
    for n, colour, key in parts:
        width = n / longest * _WIDE
        found.append(
            f'<rect x="{at:.1f}" y="0" width="{width:.1f}" height="{_HIGH}"'
            f' fill="var(--{colour})" stroke="var(--bg)" stroke-width="1"/>'
        )
        count = words.value(n, Unit.COUNT)
        named = words("pair", name=words(f"portrait.bar_{key}"), text=count)
        told = next(
            (t for t in (named, count) if 72 * theme.text_width(t, size=_FONT) < width - 10), ""
        )
        ink = "ink" if colour == "pale" else "on-colour"
        if told and n:
            found.append(
                f'<text x="{at + width / 2:.1f}" y="{_HIGH / 2 + 4:.1f}" text-anchor="middle"'
                f' font-size="{_FONT}" fill="var(--{ink})">{markup.text(told)}</text>'
            )
        at += width
    drawn = "".join(found)
    return f'<svg class="curve" viewBox="0 0 {_WIDE} {_HIGH}" aria-hidden="true">{drawn}</svg>'


def _wide(text: str) -> float:
    """Return the room that a text asks of a bar."""
    return 72 * theme.text_width(text, size=_FONT) + 10


def _lines(migration: Migration, flow: Flow, words: Words) -> list[str]:
    lines = [words("portrait.moves_stayed", n=flow.remained)]
    among = {"grouping": migration.grouping}
    if flow.came:
        names = _named(migration.into(flow.segment), words, among, into=True)
        lines.append(words("portrait.moves_came", n=flow.came, names=names))
    if flow.new:
        lines.append(words("portrait.moves_new", n=flow.new))
    if flow.went:
        names = _named(migration.out_of(flow.segment), words, among, into=False)
        lines.append(words("portrait.moves_went", n=flow.went, names=names))
    if flow.status == "shown":
        lines.append(words("portrait.moves_sure", low=flow.low, high=flow.high))
    elif flow.came or flow.went:
        lines.append(words("portrait.moves_chance"))
    return lines


def _named(found: Sequence[Move], words: Words, among: dict[str, str], *, into: bool) -> str:
    items = []
    for move in [m for m in found if m.segment_from != "(new)"][:_MOST]:
        other = move.segment_from if into else move.segment_to
        name = capital(words.label("segment", other, among=among))
        items.append(words("portrait.moves_item", name=name, n=move.n))
    return words("portrait.moves_names", items=words("list.separator").join(items)) if items else ""


def _listed(lines: Sequence[str]) -> str:
    return markup.tag("ul", "".join(markup.tag("li", markup.text(x)) for x in lines))
