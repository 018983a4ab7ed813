"""Which segments a study has: values of a column settled on one day, groupings that can be made."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.column_values import with_small_together
from cjm_research.segmentation.groupings import memberships

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


def memberships_at_hand(world: Workspace) -> pd.DataFrame:
    """Return the memberships of every grouping that the data can fill.

    Clusters of too few customers, or of a feature that does not vary, have no rows here: the
    grouping's own page and `Workspace.segments` say why, and other pages are made without them.

    Raises
    ------
    StudyError, SchemaError
        If a rule is wrong, or names what is not there.
    """
    parts = []
    for grouping in world.study.groupings:
        with suppress(NoDataError, ParameterError):
            parts.append(world.memberships_of(grouping))
    if not parts:
        return memberships(world.customers, world.features, ())
    return pd.concat(parts, ignore_index=True)
