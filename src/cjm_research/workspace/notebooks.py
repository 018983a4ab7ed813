"""Which notebooks of a project are an older version's, and how they are brought to this one."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.workspace.starter import starter_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PATTERNS = ("notebooks/*.ipynb", "notebooks/explore/*.ipynb")
NOTES = "notebooks/.laid.json"
"""Beside the notebooks: the hash of each as it was laid, so that a change by hand is seen."""
KEPT = ".old"
"""Behind the name of a changed notebook that was replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebooks:
    """Notebooks of a project that differ from this version's, as paths below its folder."""

    older: tuple[str, ...] = ()
    """As an older version laid them."""
    changed: tuple[str, ...] = ()
    """Changed by hand, where this version has another than the one that was laid."""
    missing: tuple[str, ...] = ()
    """Of this version, and not there."""


def compare_notebooks(root: Path) -> Notebooks:
    """Compare the notebooks of a project with this version's; in the repository they are the same.

    A notebook that was laid before there were notes counts as changed by hand.
    """
    start, laid = starter_folder(), _notes(root)
    older, changed, missing = [], [], []
    for name in _names(start):
        new, mine = _digest(start / name), root / name
        if not mine.exists():
            missing.append(name)
        elif _digest(mine) == new or laid.get(name) == new:
            continue
        elif _digest(mine) == laid.get(name):
            older.append(name)
        else:
            changed.append(name)
    return Notebooks(older=tuple(older), changed=tuple(changed), missing=tuple(missing))


def upgrade_notebooks(root: Path, *, force: bool = False) -> Notebooks:
    """Lay this version's notebooks where a project's are older or missing.

    Parameters
    ----------
    root : Path
        The project's folder.
    force : bool
        Replace those that were changed by hand too, each kept as ``NAME.ipynb.old``.

    Returns
    -------
    Notebooks
        What differed before.
    """
    start, found = starter_folder(), compare_notebooks(root)
    for name in found.changed if force else ():
        (root / name).replace(root / f"{name}{KEPT}")
    written = (*found.older, *found.missing, *(found.changed if force else ()))
    for name in written:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(start / name, root / name)
    note_notebooks(root, [root / name for name in written])
    return found


def note_notebooks(root: Path, files: Iterable[Path]) -> None:
    """Note how notebooks were laid."""
    new = {f.relative_to(root).as_posix(): _digest(f) for f in files if f.suffix == ".ipynb"}
    if new:
        text = json.dumps(_notes(root) | new, indent=1, sort_keys=True)
        (root / NOTES).write_text(f"{text}\n", encoding="utf-8")


def _names(start: Path) -> list[str]:
    return sorted(f.relative_to(start).as_posix() for p in PATTERNS for f in start.glob(p))


def _notes(root: Path) -> dict[str, str]:
    try:
        notes = json.loads((root / NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
