"""The plan of the made-up experiment, for ours."""

from __future__ import annotations

from typing import Any

WINDOW_DAYS = 14


def experiment(n_metrics: int) -> Any:
    """Return the plan, with the first `n_metrics`: a conversion, its money, a count."""
    from cjm_research.study.plans import Experiment

    arm = {"label": "Arm", "share": 0.5}
    rows: list[dict[str, Any]] = [
        {"id": "bought", "kind": "conversion", "table": "orders", "within_days": WINDOW_DAYS},
        {"id": "spent", "kind": "mean", "table": "orders", "within_days": WINDOW_DAYS,
         "is_money": True},
        {"id": "visits", "kind": "mean", "table": "events", "event": "visit"},
    ]  # fmt: skip
    metrics = [{"label": "Metric", **row} for row in rows]
    return Experiment.model_validate(
        {"id": "letter", "label": "Letter", "control": "control",
         "arms": {"control": arm, "letter": arm}, "metrics": metrics[:n_metrics]}
    )  # fmt: skip


def adjusted_experiment() -> Any:
    """Return the plan with each metric adjusted for its value before."""
    from cjm_research.study.plans import Experiment

    declared = experiment(3).model_dump()
    for metric in declared["metrics"]:
        metric["covariates"] = [f"{metric['id']}_before"]
    return Experiment.model_validate(declared)
