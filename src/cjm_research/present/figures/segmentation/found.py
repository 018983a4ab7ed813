"""How the clusters of a grouping were found, and how surely customers belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.exhibit import Exhibit
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note
from cjm_research.present.tables import table
from cjm_research.segmentation.assigned import assigned
from cjm_research.segmentation.base import customer_table

if TYPE_CHECKING:
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace


def found_clusters_table(world: Workspace, plan: Grouping) -> ExhibitBlock | None:
    """Return how the clusters of a grouping were found; nothing for declared segments."""
    model = world.model(plan)
    if model is None:
        return None
    key = "portraits_clusters_mixture" if model.card.spreads else "portraits_clusters"
    return Exhibit(
        title=lead(model.criteria, "portraits.clusters"),
        body=table(model.criteria),
        note=note(key, n=model.criteria.n_customers),
    )


def assigned_table(
    world: Workspace, plan: Grouping, *, confidence: float = 0.95
) -> ExhibitBlock | None:
    """Return who stands on a border or is unlike all before; nothing for declared segments."""
    model = world.model(plan)
    if model is None:
        return None
    base = customer_table(world.customers, world.features)
    found = assigned(
        base, model.card, limits=world.limits, confidence=confidence, window=world.window
    )
    return Exhibit(  # of data without dates there is no day on which clusters were found
        title=lead(found, "portraits.assigned", grouping=plan.id),
        body=table(found),
        note=note("portraits_assigned" if world.window else "portraits_assigned_undated",
                  found_on=found.found_on, unknown=found.n_unknown),
    )  # fmt: skip
