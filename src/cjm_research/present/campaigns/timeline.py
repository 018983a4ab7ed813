"""How the effect settled while units came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.experiments import timeline_lines
from cjm_research.present.figures.planning import look_intervals
from cjm_research.present.sentences import note, say

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.present.exhibit import ExhibitBlock

_LOOKS = ("metric", "arm", "look", "looked_on", "n", "relative_change", "relative_low",
          "relative_high", "z", "z_bound", "look_verdict")  # fmt: skip


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


@measured
def looks(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return every planned look so far, where more than one was planned."""
    found = campaign.looks
    if found is None or campaign.checks.is_broken or not found.rows:
        return None
    metric = found.rows[0].metric
    values = {"experiment": campaign.experiment.id, "metric": metric,
              "stopping": found.stopping, "look": found.newest[0].look,
              "n_looks": found.newest[0].n_looks}  # fmt: skip
    return Exhibit(
        title=say("campaign.looks", **values),
        body=(
            chart(look_intervals, found, twin=False, metric=metric),
            filled(found, _LOOKS, unless_same=("metric", "arm")),
        ),
        note=note(f"campaign_looks_{found.stopping}"),
    )
