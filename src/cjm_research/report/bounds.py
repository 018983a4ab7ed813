"""What the comment of a parameter allows: the cell itself holds plain types only."""

from __future__ import annotations

import re

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"\bbetween {_NUMBER} and {_NUMBER}|(?<![\d-]){_NUMBER} to {_NUMBER}\b")
_ONE_OF = re.compile(r"\bone of (\w+(?:, \w+)*(?:,? or \w+|, \w+))(; empty:)?")


def named_range(comment: str) -> tuple[float, float] | None:
    """Return the bounds that a comment names: ``between 0 and 1`` or ``7 to 730``."""
    found = _RANGE.search(comment)
    low, high = (n for n in found.groups() if n is not None) if found else ("", "")
    return (float(low), float(high)) if found else None


def named_choices(comment: str) -> tuple[str, ...]:
    """Return the texts that a comment names: ``one of month, year; empty: none``.

    The cell imports nothing, so that any kernel can run it: Literal[...] is for the runner only.
    """
    found = _ONE_OF.search(comment)
    if found is None:
        return ()
    names = re.split(r",? or |, ", found[1])
    return (*names, *([""] if found[2] else []))


def names_a_day(comment: str) -> bool:
    """Tell whether a comment says that a text is a day: ``ISO date; empty: the newest``."""
    return comment.startswith("ISO date")
