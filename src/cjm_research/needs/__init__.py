"""What customers say: themes, pains, needs, scores and quotes, with honest numbers."""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "asked_questions": "questions_asked",
    "brand_drivers": "sides",
    "brand_scores": "rivals",
    "brand_themes": "rivals",
    "chain": "met",
    "choices": "survey.choices",
    "Codebook": "codebook",
    "coding_sample": "coding_sheet",
    "detected_shares": "detected",
    "feedback_codes": "coding",
    "feedback_quality": "quality",
    "fit_tone": "tone_training",
    "grade_distribution": "grades",
    "groups_of": "scope",
    "interview_themes": "talks",
    "kano": "survey.kano",
    "key_drivers": "survey.key_drivers",
    "likert": "survey.likert",
    "load_codebook": "codebook",
    "market": "rival_table",
    "n_not_applicable": "survey.questions",
    "needs_met": "met",
    "nps": "scores",
    "occasion_columns": "occasions",
    "occasion_orders": "occasions",
    "of_brand": "scope",
    "one_family": "places",
    "opportunities": "survey.opportunity",
    "pains_by_place": "places",
    "pains_by_stage": "stages",
    "penalty_reward": "survey.contrast",
    "quoted_themes": "verbatims",
    "quotes": "verbatims",
    "read_coding_sheets": "coding_sheet",
    "rule_report": "quality",
    "satisfaction": "grades",
    "scale_reliability": "survey.scales",
    "sentences_with": "trying",
    "suggested_themes": "suggested",
    "survey_weights": "survey.weighting",
    "swot": "sides",
    "Telling": "telling",
    "theme_agreement": "agreement",
    "theme_impact": "impact",
    "theme_shares": "pains",
    "theme_trends": "trends",
    "themes_by_segment": "by_segment",
    "ticket_curves": "tickets",
    "ticket_times": "tickets",
    "tone_calibration": "tone_trust",
    "tone_quality": "tone_trust",
    "until": "scope",
    "weight_check": "survey.weighting",
    "weighted": "survey.weighting",
    "with_reliability": "agreement",
    "with_scales": "survey.questions",
}
"""Public names and the modules that define them, loaded when first asked for."""

__all__ = [*_HOME]  # noqa: PLE0604  # names are strings


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'cjm_research.needs' has no attribute {name!r}")
    return getattr(import_module(f"cjm_research.needs.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
