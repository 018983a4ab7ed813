"""What the planner shows: size, duration and curve of a test that is not run yet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjm_research.present.campaigns.kinds import filled
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.planning import power_curves
from cjm_research.present.sentences import note, say

if TYPE_CHECKING:
    from cjm_research.experiments.power_tables import PowerPlan
    from cjm_research.present.exhibit import ExhibitBlock

NAN = float("nan")


def sizes(plan: PowerPlan) -> ExhibitBlock:
    """Return the units and days that every metric asks for; the largest need decides."""
    key = "plan.sizes_days" if plan.needed_days == plan.needed_days else "plan.sizes"
    if plan.needed_units != plan.needed_units:
        key = "plan.never"
    days = math.ceil(plan.needed_days) if plan.needed_days == plan.needed_days else NAN
    return Exhibit(
        title=say(
            key, needed=plan.needed_units, days=days, target=plan.target_change,
            power=plan.power, experiment=plan.experiment,
        ),
        body=filled(plan, _columns(plan), always=("metric", "needed_units"), unless_same=("arm",)),
        note=note("plan_sizes", power=plan.power, confidence=plan.confidence, n=plan.n_history),
    )  # fmt: skip


def seen_by_size(plan: PowerPlan) -> ExhibitBlock:
    """Return the smallest change that tests of rising size see."""
    return Exhibit(
        title=say("plan.seen", target=plan.target_change),
        body=chart(power_curves, plan, twin=filled(plan.curve, list(plan.curve.units)),
                   what="detectable_change"),
        note=note("plan_curve"),
    )  # fmt: skip


def chance_by_size(plan: PowerPlan) -> ExhibitBlock:
    """Return the chance that tests of rising size see the target."""
    return Exhibit(
        title=say("plan.chance", target=plan.target_change),
        body=chart(power_curves, plan, twin=False, what="target_power"),
        note=note("plan_curve"),
    )


def _columns(plan: PowerPlan) -> list[str]:
    """Return the columns that say something: noise is saved only where there are covariates."""
    saves = any(r.variance_saved > 0 for r in plan.rows)
    return [c for c in plan.units if c != "variance_saved" or saves]
