"""Figures: each a function ``draw(result, words, **options) -> Figure`` of one result.

Modules are found by name, so ``present.figures.journey`` needs no list here.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any


def __getattr__(name: str) -> Any:  # noqa: ANN401
    full = f"{__name__}.{name}"
    if name.startswith("_") or find_spec(full) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(full)
