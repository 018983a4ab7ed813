"""cjm_research: a Jupyter workbench for customer research.

The root exports lazily (PEP 562): importing it loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_NAMES = {
    "compare": "cjm_research.workspace.comparing",
    "open_study": "cjm_research.present.session",
}

__all__ = [
    "__version__",
    "cleaning",
    "compare",
    "demo",
    "experiments",
    "journey",
    "needs",
    "open_study",
    "present",
    "report",
    "segmentation",
    "stats",
    "store",
    "study",
    "workspace",
]


def __getattr__(name: str) -> object:
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in __all__:
        return import_module(f"cjm_research.{name}")
    raise AttributeError(f"module 'cjm_research' has no attribute {name!r}")


def load_ipython_extension(shell: object) -> None:
    """``%load_ext cjm_research``: results show themselves, and ``preview()`` shows the page."""
    import_module("cjm_research.report.preview").load(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
