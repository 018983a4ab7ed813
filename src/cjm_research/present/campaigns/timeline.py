"""How the effect settled while units came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.campaigns.kinds import measured
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.experiments import timeline_lines
from cjm_research.present.sentences import note, say

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.present.exhibit import ExhibitBlock


@measured
def days(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return how the effect settled, where units came in over several days."""
    line = campaign.timeline
    if line is None or campaign.checks.is_broken:
        return None
    return Exhibit(
        title=say(
            "campaign.timeline", metric=line.points[0].metric, experiment=campaign.experiment.id
        ),
        body=chart(timeline_lines, line),
        note=note("campaign_timeline"),
    )
