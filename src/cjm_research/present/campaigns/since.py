"""Whether the effect wears off, or grows, with the days since exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.campaigns.kinds import filled, measured
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.since import since_days
from cjm_research.present.sentences import note, say, sentence

if TYPE_CHECKING:
    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.present.exhibit import ExhibitBlock

_HALVES = ("arm", "course", "early_lift", "late_lift", "early_control", "early_treated",
           "late_control", "late_treated", "n")  # fmt: skip


@measured
def since(campaign: CampaignResult) -> ExhibitBlock | None:
    """Return the effect by days since exposure, daily and so far, and whether it changes."""
    found = campaign.since
    if found is None or campaign.checks.is_broken:
        return None
    halves = found.halves
    changes = [f for f in halves.findings() if f.status == "shown"]
    quiet = say("campaign.since", experiment=halves.experiment, metric=halves.metric)
    return Exhibit(
        title=sentence(changes[0]) if changes else quiet,
        body=(chart(since_days, found), filled(halves, _HALVES)),
        note=note(
            "campaign_since",
            first_days=halves.first_days,
            n_days=halves.n_days,
            n_left_out=found.n_left_out,
        ),
    )
