"""From raw files to canonical tables: nothing lost, every change explained."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "clean_study": "cjm_research.cleaning.clean_study",
    "data_quality": "cjm_research.cleaning.quality.data_quality",
    "load": "cjm_research.cleaning.load",
    "load_files": "cjm_research.cleaning.load",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
