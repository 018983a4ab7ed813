"""``cjm upgrade``, and the line that says when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research import __version__
from cjm_research.cli.words import number_of
from cjm_research.workspace.notebooks import KEPT, compare_notebooks, upgrade_notebooks

if TYPE_CHECKING:
    from pathlib import Path


def upgrade_lines(root: Path, *, force: bool) -> list[str]:
    """Bring the notebooks of a project to this version and say what became of each."""
    found = upgrade_notebooks(root, force=force)
    lines = [f"{name}: this version's now" for name in (*found.older, *found.missing)]
    became = (
        f"this version's now; yours is kept as NAME{KEPT}"
        if force
        else "left alone, it was changed here (--force replaces it and keeps yours)"
    )
    lines += [f"{name}: {became}" for name in found.changed]
    return lines or [f"The notebooks are those of version {__version__}."]


def notice(root: Path) -> str:
    """Return a line on notebooks of an older version; empty if there are none."""
    found = compare_notebooks(root)
    n = len(found.older) + len(found.changed)
    if not n:
        return ""
    return (
        f"{number_of(n, 'notebook')} here {'is' if n == 1 else 'are'} not of version"
        f" {__version__}: cjm upgrade takes the new ones and leaves alone what was changed here."
    )
