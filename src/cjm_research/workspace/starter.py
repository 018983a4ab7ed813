"""What a project begins with: the report notebooks, the folders, the demo studies."""

from __future__ import annotations

import shutil
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
BEGIN = ("notebooks/*.ipynb", "notebooks/explore/*.ipynb", "data/*/README.md", "reports/README.md")
"""Files of every project, as patterns of the starter."""


def starter_folder() -> Path:
    """Return the folder that projects are copied from.

    An installed package carries it (``starter/``, laid by the build); in the repository it is the
    repository itself.
    """
    packed = PACKAGE / "starter"
    return packed if packed.is_dir() else PACKAGE.parents[1]


def begin_project(root: Path) -> tuple[Path, ...]:
    """Lay the folders and the report notebooks of a project; what is there stays as it is.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    tuple of Path
        The files that were written.
    """
    (root / "studies").mkdir(parents=True, exist_ok=True)
    return copy_missing(root, *BEGIN)


def begin_demo(root: Path, name: str) -> tuple[Path, ...]:
    """Lay the study file of a demo business and what it names; what is there stays."""
    (root / "studies").mkdir(parents=True, exist_ok=True)
    return copy_missing(root, f"studies/{name}.*")


def copy_missing(root: Path, *patterns: str) -> tuple[Path, ...]:
    """Copy the starter's files of these patterns that the project lacks."""
    start, written = starter_folder(), []
    for file in sorted(f for pattern in patterns for f in start.glob(pattern)):
        target = root / file.relative_to(start)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            written.append(target)
    return tuple(written)
