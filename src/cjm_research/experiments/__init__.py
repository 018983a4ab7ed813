"""Campaign tests that can be trusted before they are read: checks, effects, decision."""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "CampaignResult": "campaign",
    "Plan": "campaign_plan",
    "analyse": "campaign",
    "analyse_files": "from_files",
    "analyse_totals": "totals",
    "arm_effects": "effects",
    "decide": "decision",
    "effects_of_moments": "folded",
    "files_moments": "from_files",
    "fold_campaign": "folded",
    "simulate_nulls": "simulator",
    "detectable_effects": "sensitivity",
    "campaign_looks": "looks",
    "plan": "campaign_plan",
    "segment_effects": "segments",
    "study_campaign": "of_study",
    "trust_checks": "trust",
    "unit_metrics": "units",
    "unit_segments": "units",
}
"""Public names and the modules that define them, loaded when first asked for."""

__all__ = [*_HOME]  # noqa: PLE0604  # names are strings


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'cjm_research.experiments' has no attribute {name!r}")
    return getattr(import_module(f"cjm_research.experiments.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
