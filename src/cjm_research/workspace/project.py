"""Where a project's folders are. Loads nothing heavy."""

from __future__ import annotations

from pathlib import Path

from cjm_research.errors import ParameterError


def project_root(start: Path | None = None) -> Path:
    """Return the nearest folder, from `start` upwards, that holds ``studies/``.

    Raises
    ------
    ParameterError
        If there is none up to the top of the file system.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "studies").is_dir():
            return folder
    raise ParameterError(
        f"No folder 'studies' in {here} or above it. Go to the project's folder and try again,"
        " or begin a project here: cjm new STUDY FILE, or cjm demo retail."
    )


def is_project(start: Path) -> bool:
    """Say whether `start` or a folder above it is a project's."""
    return any((folder / "studies").is_dir() for folder in (start, *start.parents))


def study_path(root: Path, name: str) -> Path:
    """Return the study's file."""
    return root / "studies" / f"{name}.toml"


def raw_folder(root: Path, name: str) -> Path:
    """Return the folder of the study's raw files."""
    return root / "data" / "raw" / name


def store_folder(root: Path, name: str) -> Path:
    """Return the folder of the study's store."""
    return root / "data" / "processed" / name


def coding_sheets(root: Path, name: str) -> list[Path]:
    """Return the sheets that people coded feedback in: ``data/raw/STUDY/coding/*.xlsx``."""
    folder = raw_folder(root, name) / "coding"
    return sorted(p for p in folder.glob("*.xlsx") if not p.name.startswith("~$"))
