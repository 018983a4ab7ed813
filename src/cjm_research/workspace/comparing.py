"""Two groups of customers side by side, as a researcher asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.segmentation.compare import compare as compare_customers

if TYPE_CHECKING:
    from cjm_research.segmentation.compare import GroupComparison
    from cjm_research.workspace.segments import CustomerGroup


def compare(
    first: CustomerGroup, second: CustomerGroup, *, confidence: float = 0.95
) -> GroupComparison:
    """Compare two groups of customers trait by trait: ``compare(a, b)``.

    Parameters
    ----------
    first, second : CustomerGroup
        Of ``study.segment``; nobody may be in both.
    confidence : float
        Of each interval, between 0 and 1.

    Raises
    ------
    ParameterError
        If a group is empty, or a customer is in both.

    See Also
    --------
    cjm_research.segmentation.compare : The same for two tables, with its method.
    """
    return compare_customers(
        first.customers,
        second.customers,
        names=(first.name, second.name),
        confidence=confidence,
    )
