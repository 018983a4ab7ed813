"""The method card: what was planned and how each metric is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.experiments.campaign import CampaignResult
from cjm_research.present.campaigns.kinds import Campaign, rows_of
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.sentences import note, say
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.present.bodies import Body
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.study.metric import Metric

_CARD = {
    "metric": Unit.LABEL,
    "metric_role": Unit.LABEL,
    "metric_kind": Unit.LABEL,
    "better": Unit.LABEL,
    "counted_days": Unit.DAYS,
    "margin_points": Unit.POINTS,
    "margin_money": Unit.MONEY,
    "margin_number": Unit.NUMBER,
    "cap": Unit.SHARE,
    "test_method": Unit.LABEL,
}
_METHODS = {"conversion": "score_test", "mean": "welch", "ratio": "linearised",
            "quantile": "order_statistics"}  # fmt: skip


def method_card(campaign: Campaign) -> ExhibitBlock:
    """Return what was planned: unit, control, confidence, and each metric with its test."""
    plan = campaign.experiment
    key = "campaign.card" if plan.has_control else "campaign.card_described"
    return Exhibit(
        title=say(
            key,
            experiment=plan.id,
            unit=plan.unit,
            control=plan.control,
            confidence=campaign.confidence,
            looks=plan.looks,
            target=plan.target_change,
        ),
        body=metric_card(campaign),
        note=note("campaign_card") if isinstance(campaign, CampaignResult) else None,
    )


def metric_card(campaign: Campaign) -> Body:
    """Return one row per metric: role, direction, window, margin, cap, test."""
    frame = pd.DataFrame([_row(m) for m in campaign.experiment.metrics], columns=list(_CARD))
    if not isinstance(campaign, CampaignResult):
        frame["test_method"] = None
    units = {c: u for c, u in _CARD.items() if frame[c].notna().any()}
    return rows_of(frame, units, name="metrics", experiment=campaign.experiment.id)


def _row(metric: Metric) -> dict[str, object]:
    row: dict[str, object] = {
        "metric": metric.id,
        "metric_role": metric.role,
        "metric_kind": metric.kind,
        "better": metric.better,
        "counted_days": metric.within_days,
        "cap": metric.cap,
        "test_method": _METHODS.get(metric.kind),
    }
    measure = "points" if metric.kind == "conversion" else "number"
    row[f"margin_{'money' if metric.is_money else measure}"] = metric.margin
    return row
