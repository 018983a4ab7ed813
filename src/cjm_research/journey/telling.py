"""Whether a statement about so many customers may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from cjm_research.results import Status

USUAL = Limits()
"""Limits of a study that sets none."""


def told(limits: Limits, n: float, *, is_clear: bool = True) -> Status:
    """Return the status of a finding: enough customers first, then a clear difference.

    Examples
    --------
    >>> told(USUAL, 500), told(USUAL, 20), told(USUAL, 500, is_clear=False)
    ('shown', 'hidden_small_n', 'not_significant')
    """
    if limits.level(n) != "claims":
        return "hidden_small_n"
    return "shown" if is_clear else "not_significant"
