"""Which values of a column are segments: settled on one day, so that all days have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.column_values import with_small_together

if TYPE_CHECKING:
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace


def settled_grouping(world: Workspace, grouping: Grouping) -> Grouping:
    """Return a grouping by a column with the values of few customers together.

    How few is the study's `hidden_below`. A grouping that names its `shown_values`, and one that
    is no column, is returned as it is.
    """
    if grouping.column is None or grouping.shown_values:
        return grouping
    wanted = {"customer_id", grouping.column}
    tables = (world.customers, world.features)
    base = customer_table(*(t[[c for c in t if c in wanted]] for t in tables))
    return with_small_together(base, grouping, below=world.limits.hidden_below)
