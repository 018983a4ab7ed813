"""From raw files to canonical tables: nothing lost, every change explained."""

# Some functions have the name of their module: loaded here, the package's name is the function.
from cjm_research.cleaning.clean_study import CleanedStudy, clean_study
from cjm_research.cleaning.load import load, load_files
from cjm_research.cleaning.loaded import Loaded
from cjm_research.cleaning.privacy import consented, write_csv
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
