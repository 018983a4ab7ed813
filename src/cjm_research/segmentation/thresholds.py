"""Named numbers of conditions: declared by a grouping, set by a run."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError, StudyError, nearest
from cjm_research.segmentation.lifecycle import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Collection

    from cjm_research.study.plans import Grouping

_NAMED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_GIVEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(\S+)\s*")


def thresholds_of(grouping: Grouping) -> dict[str, float]:
    """Return the thresholds that a grouping has, with their values.

    Raises
    ------
    StudyError
        If a lifecycle grouping names a threshold that the preset has not.
    """
    if grouping.preset != "lifecycle":
        return dict(grouping.thresholds)
    known = {f.name: float(getattr(Lifecycle(), f.name)) for f in fields(Lifecycle)}
    for name in grouping.thresholds:
        if name not in known:
            raise StudyError(
                f"grouping {grouping.id!r}: the lifecycle has no threshold {name!r}."
                f"{nearest(name, known)} It has {sorted(known)}."
            )
    return {**known, **grouping.thresholds}


def read_thresholds(text: str, *, known: Collection[str]) -> dict[str, float]:
    """Read numbers that a run sets.

    Raises
    ------
    ParameterError
        If the text is not of the kind ``name=number, name=number``, or a name is not known.

    Examples
    --------
    >>> read_thresholds("frequent_from = 15, rich=2e5", known=["frequent_from", "rich"])
    {'frequent_from': 15.0, 'rich': 200000.0}
    """
    found: dict[str, float] = {}
    for part in filter(str.strip, re.split(r"[,;]", text)):
        match = _GIVEN.fullmatch(part)
        value = _number(match[2]) if match else None
        if match is None or value is None:
            raise ParameterError.expected(
                "thresholds", "of the kind 'name=number, name=number'", got=text
            )
        if match[1] not in known:
            raise ParameterError.unknown("threshold", match[1], known=sorted(known))
        found[match[1]] = value
    return found


def filled(condition: str, grouping: Grouping) -> str:
    """Write the thresholds of a grouping into a condition, as plain numbers.

    Raises
    ------
    StudyError
        If the condition names a threshold that the grouping does not have.
    """

    def _value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in grouping.thresholds:
            raise StudyError(
                f"grouping {grouping.id!r}: there is no threshold {name!r}."
                f"{nearest(name, grouping.thresholds)} In: {condition}"
            )
        return f"{grouping.thresholds[name]:.15g}"

    return _NAMED.sub(_value, condition)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
