"""Who the customers are: features, segments, portraits, RFM, the customer matrix."""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "care_plans": "care",
    "contact_roles": "roles",
    "coverage": "groupings",
    "customer_features": "features",
    "customer_matrix": "matrix",
    "due_for_contact": "care",
    "memberships": "groupings",
    "place_customers": "matrix",
    "rfm_card": "rfm",
    "rfm_scores": "rfm",
}
"""Public names and the modules that define them, loaded when first asked for."""

__all__ = [*_HOME]  # noqa: PLE0604  # names are strings


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'cjm_research.segmentation' has no attribute {name!r}")
    return getattr(import_module(f"cjm_research.segmentation.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
