"""Results in, words, tables and figures out, in each language of the study.

The names load lazily (PEP 562): importing the package draws in no plotting library.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

_NAMES = {
    "Exhibit": "exhibit",
    "KeyFigure": "cards",
    "caveat": "blocks",
    "chart": "charts",
    "data_card": "datacard",
    "export_map": "figures.journey_map.export",
    "headline": "headlines",
    "headline_led_by": "headlines",
    "html": "bodies",
    "key_figures": "cards",
    "labelled": "frames",
    "lead": "headlines",
    "note": "sentences",
    "question": "blocks",
    "quotes": "verbatims",
    "say": "sentences",
    "section": "blocks",
    "sentence": "sentences",
    "table": "tables",
    "use": "context",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605  # checked against the modules by a test


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    if not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
