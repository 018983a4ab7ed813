"""Ideas that wait for a test, by score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.experiments.backlog import Grades, scored
from cjm_research.present.blocks import section
from cjm_research.present.campaigns.kinds import filled
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say

if TYPE_CHECKING:
    from cjm_research.present.blocks import Section
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.workspace.workspace import Workspace


def backlog_section(world: Workspace) -> Section | None:
    """Return the heading of the ideas, where the study has any."""
    return section("campaign_backlog") if world.study.hypotheses else None


def backlog(world: Workspace) -> ExhibitBlock | None:
    """Return the ideas of the study in the order of their scores."""
    if not world.study.hypotheses:
        return None
    found = scored(world.study.hypotheses)
    return Exhibit(
        title=say("campaign.backlog", hypothesis=found.ideas[0].hypothesis),
        body=filled(found, list(found.units), always=("hypothesis",)),
        note=note("campaign_backlog"),
    )


def grades(world: Workspace) -> ExhibitBlock | None:
    """Return the grades that the scores are computed from."""
    if not world.study.hypotheses:
        return None
    given = Grades(ideas=tuple(world.study.hypotheses))
    return Exhibit(
        title=say("campaign.grades"),
        body=filled(given, list(given.units), always=("hypothesis",)),
    )
