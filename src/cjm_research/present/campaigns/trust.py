"""Whether the numbers of a campaign can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.experiments.campaign import CampaignResult
from cjm_research.present.campaigns.kinds import Campaign, rows_of
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say
from cjm_research.present.tables import table
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.experiments.checks import Check
    from cjm_research.present.bodies import Body
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence

_CHECKS = {"trust_check": Unit.LABEL, "check_verdict": Unit.LABEL, "metric": Unit.LABEL,
           "arm": Unit.LABEL, "segment": Unit.LABEL, "count": Unit.COUNT,
           "share": Unit.SHARE}  # fmt: skip


def trust(campaign: Campaign) -> ExhibitBlock | None:
    """Return the checks; of a campaign of which only sums are known there may be none."""
    if not campaign.checks.checks:
        return None
    key = "campaign_trust" if isinstance(campaign, CampaignResult) else "campaign_trust_reach"
    return Exhibit(title=trust_title(campaign), body=trust_body(campaign), note=note(key))


def trust_title(campaign: Campaign) -> Sentence:
    """Return whether the numbers can be read."""
    checks = campaign.checks
    if checks.is_broken:
        return say("campaign.trust_failed", check=checks.broken[0].check)
    warned = [c for c in checks.checks if c.verdict in {"warning", "failed"}]
    is_partly = any(c.verdict == "not_checked" for c in checks.checks)
    passed = "campaign.trust_passed_partly" if is_partly else "campaign.trust_passed"
    key = "campaign.trust_warned" if warned else passed
    return say(key, n=len(warned), units=checks.n_units)


def trust_body(campaign: Campaign) -> tuple[Body, ...]:
    """Return the units of every arm beside the plan, and every kind of check."""
    rows = [_check_row(c) for c in campaign.checks.told()]
    frame = pd.DataFrame(rows, columns=list(_CHECKS))
    is_empty = frame[["metric", "arm", "segment"]].isna().all()
    units = {c: u for c, u in _CHECKS.items() if not is_empty.get(c, False)}
    checks = rows_of(frame, units, name="checks", experiment=campaign.experiment.id)
    arms = (table(campaign.arms),) if isinstance(campaign, CampaignResult) else ()
    return (*arms, checks)


def _check_row(check: Check) -> dict[str, object]:
    """Return a check as a row; what it is about is named only where it did not pass."""
    row: dict[str, object] = {"trust_check": check.check, "check_verdict": check.verdict}
    if check.verdict != "passed":
        row |= {"metric": check.metric, "arm": check.arm, "segment": check.segment}
    if check.verdict != "passed" or check.segment is None:
        row |= {"count": check.count, "share": check.share}
    return row
