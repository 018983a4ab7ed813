"""From a notebook and its parameters to a published page. Loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cjm_research.results import Result

__all__ = ["keep"]


def keep(*results: Result) -> None:
    """Hand the findings of `results` to the page, to ``findings.json`` and to the next run.

    A notebook's last cell calls it. Outside IPython it does nothing.

    Examples
    --------
    >>> keep()
    """
    from cjm_research.report.kept import keep_results  # noqa: PLC0415  # loads the words

    keep_results(*results)
