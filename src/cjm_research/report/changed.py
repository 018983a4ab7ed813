"""The box "what changed" and the change under a key figure, in the words of one language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cjm_research.present import markup
from cjm_research.report.wording import moment
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.present.words import Words

SHOWN = 8
"""At most so many moves are told; how many more there are is said."""
_CHANGE = re.compile(r"<!--change:([^>]*?)-->")


def changed_box(changes: Mapping[str, Any], words: Words) -> str:
    """Return the box, which also speaks when nothing changed or nothing can be compared.

    Parameters
    ----------
    changes : mapping
        See `build.changes_of`.
    words : Words
    """
    lines = [_move(m, words) for m in changes.get("moved", ())[:SHOWN]]
    rest = [_quiet(text) for text in _rest(changes, words)]
    since = changes.get("since")
    title = (
        words("page.changes_since", since=moment(since, words)) if since else words("page.changes")
    )
    body = f"<ul>{''.join(lines)}</ul>" if lines else ""
    return (
        f'<details class="box changes" id="changes" open><summary>{markup.text(title)}</summary>'
        f"{body}{''.join(rest)}</details>"
    )


def _rest(changes: Mapping[str, Any], words: Words) -> list[str]:
    """Return what is said beside the moves."""
    if changes.get("first"):
        return [words("page.changes_first")]
    said = []
    n_moved, n_compared = len(changes.get("moved", ())), changes.get("n_compared", 0)
    if not n_compared:
        said.append(told_uncompared(changes, words))
    elif not n_moved:
        said.append(words("page.changes_none", n=n_compared))
    else:
        said.append(words("page.changes_rest", n=n_compared, more=max(0, n_moved - SHOWN)))
    if changes.get("method_changed"):
        said.append(words("page.changes_method", n=len(changes["method_changed"])))
    return said


def _move(move: Mapping[str, Any], words: Words) -> str:
    """One finding that moved: its sentence, and what it was before."""
    way = "up" if move["after"] > move["before"] else "down"
    arrow = {"up": "▲", "down": "▼"}[way]
    sentence = move["sentence"].get(words.language) or next(iter(move["sentence"].values()), "")
    unit = Unit(move["unit"])
    was = words(f"page.was_{way}", before=words.value(move["before"], unit),
                after=words.value(move["after"], unit))  # fmt: skip
    return f'<li>{markup.text(sentence)} <span class="meta">{arrow} {markup.text(was)}</span></li>'


def told_uncompared(changes: Mapping[str, Any], words: Words) -> str:
    """Say why no statement was compared: of the same days there is nothing that could change."""
    n_same, n_corrected = changes.get("n_same_days", 0), changes.get("n_corrected", 0)
    if not n_same or n_same < changes.get("n_not_compared", 0):
        return words("page.changes_none_comparable")
    if not n_corrected:
        return words("page.changes_same_days", n=n_same)
    return words("page.changes_corrected", n=n_corrected)


def _quiet(text: str) -> str:
    return markup.tag("p", markup.text(text), class_="meta")


def filled_cards(html: str, changes: Mapping[str, Any], words: Words) -> str:
    """Write under each key figure how it changed; nothing under one that cannot be compared."""
    cards: Mapping[str, Mapping[str, Any]] = changes.get("cards") or {}
    return _CHANGE.sub(lambda found: _card(cards.get(found[1]), words), html)


def _card(card: Mapping[str, Any] | None, words: Words) -> str:
    if card is None:
        return ""
    unit, difference = Unit(card["unit"]), card["after"] - card["before"]
    if not card["moved"]:
        key = "page.card_same" if difference else "page.card_equal"
        return markup.tag("span", markup.text(words(key)))
    arrow, way = ("▲", "up") if difference > 0 else ("▼", "down")
    before = words.value(card["before"], unit)
    text = words(f"page.card_{way}", before=before)
    return markup.tag("span", f"{arrow} {markup.text(text)}")
