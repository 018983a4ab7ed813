"""papermill without what its imports do for nothing.

`jsonschema` looks for packages that check formats which no notebook has. Where JupyterLab is
installed it finds them, and one compiles the grammar of international addresses as it is
imported: a second of each process (python-jsonschema/jsonschema, issue 1428).
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NOT_NEEDED = ("rfc3987", "rfc3987_syntax", "isoduration")
"""Formats iri, iri-reference and duration: absent from nbformat's schemas."""


def load_jsonschema() -> None:
    """Import jsonschema, unless it is there, without the checks of formats that are not needed."""
    with _absent(NOT_NEEDED):
        import_module("jsonschema")


def load_execute() -> ModuleType:
    """Import `report.execute`, and papermill with it."""
    load_jsonschema()
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else older kernels warn of it
    return import_module("cjm_research.report.execute")


@contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Let an import of these modules fail as if they were not installed; loaded ones stay."""
    modules: dict[str, Any] = sys.modules  # None stands for "not to be found"
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            modules.pop(name, None)
