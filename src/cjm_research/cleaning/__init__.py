"""From raw files to canonical tables: nothing lost, every change explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Some functions have the name of their module: loaded here, the package's name is the function.
from cjm_research.cleaning.clean_study import CleanedStudy, clean_study
from cjm_research.cleaning.load import load, load_files
from cjm_research.cleaning.loaded import Loaded
from cjm_research.cleaning.privacy import consented, write_csv

if TYPE_CHECKING:
    from cjm_research.cleaning.quality.data_quality import data_quality

__all__ = [
    "CleanedStudy",
    "Loaded",
    "clean_study",
    "consented",
    "data_quality",
    "load",
    "load_files",
    "write_csv",
]


def __getattr__(name: str) -> object:
    if name != "data_quality":
        raise AttributeError(f"module 'cjm_research.cleaning' has no attribute {name!r}")
    from cjm_research.cleaning.quality.data_quality import data_quality  # noqa: PLC0415  # scipy

    return data_quality
