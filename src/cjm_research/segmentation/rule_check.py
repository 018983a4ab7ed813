"""Whether the rules of groupings name columns that there will be, before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.errors import StudyError, nearest
from cjm_research.segmentation.columns import FEATURES, VOICE_PREFIXES
from cjm_research.segmentation.divided import PREFIX
from cjm_research.segmentation.groupings import rules_of
from cjm_research.segmentation.order_traits import PREFIX as MAIN
from cjm_research.segmentation.order_traits import SEEN
from cjm_research.segmentation.syntax import check_condition, columns_used

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cjm_research.study.plans import Grouping

_OF_THE_DATA = (*VOICE_PREFIXES, *PREFIX.values(), MAIN, SEEN)
"""Beginnings of the columns that only the data tell of."""


def check_rules(groupings: Iterable[Grouping], columns: Collection[str]) -> None:
    """Check the conditions and columns of groupings against what customers will have.

    Columns of themes (``pain_late``), of shares of purchases (``category_share_kids``) and of their
    commonest values (``main_country``) are let be: only the data tell which there are.

    Parameters
    ----------
    groupings : iterable of Grouping
        Of a study.
    columns : collection of str
        Of its table `customers`; those of `features` are known.

    Raises
    ------
    StudyError
        If a condition cannot be evaluated or names no such column: all of them, one a line.
    """
    known = frozenset(columns) | frozenset(FEATURES)
    problems = [text for grouping in groupings for text in _problems(grouping, known)]
    if problems:
        raise StudyError("\n".join(problems))


def _problems(grouping: Grouping, known: frozenset[str]) -> list[str]:
    named = [c for c in (grouping.column, *grouping.features) if c]
    found = [
        f"grouping {grouping.id!r}: there is no column {c!r}.{nearest(c, known)}"
        for c in named
        if c not in known and not c.startswith(_OF_THE_DATA)
    ]
    for segment, condition in rules_of(grouping, known).items():
        told = {c for c in columns_used(condition) if c.startswith(_OF_THE_DATA)}
        problem = check_condition(condition, columns=known | told)
        if problem:
            found.append(f"grouping {grouping.id!r}, segment {segment!r}: {problem}")
    return found
