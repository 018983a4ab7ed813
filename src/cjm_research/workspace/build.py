"""From raw files to a new version of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.cleaning.clean_study import clean_study
from cjm_research.store.store import commit, sweep
from cjm_research.study.load import load_study
from cjm_research.workspace.project import raw_folder, store_folder, study_path

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.store.versions import Version


def clean(name: str, root: Path) -> Version:
    """Clean every source of a study and make the result the current version of its store.

    Parameters
    ----------
    name : str
        Name of the study.
    root : Path
        The project's folder.

    Raises
    ------
    StudyError, SourceError
        If the study file or a raw file is wrong; the store stays as it was.
    """
    study = load_study(study_path(root, name))
    cleaned = clean_study(study, raw_folder(root, name))
    folder = store_folder(root, name)
    version = commit(folder, cleaned.tables, info=cleaned.info)
    sweep(folder)
    return version
