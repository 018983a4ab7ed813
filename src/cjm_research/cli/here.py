"""The project of this folder, begun where there is none: ``cjm new``, ``cjm demo``."""

from __future__ import annotations

from pathlib import Path

import typer

from cjm_research.cli.words import number_of
from cjm_research.workspace.notebooks import note_notebooks
from cjm_research.workspace.project import is_project, project_root
from cjm_research.workspace.starter import begin_project


def folder_here() -> Path:
    """Return the folder of the project, or the one that a project would begin in."""
    here = Path.cwd()
    return project_root() if is_project(here) else here


def project_here() -> Path:
    """Return the project's folder; begin a project in this folder if it is in none."""
    here = Path.cwd()
    if is_project(here):
        return project_root()
    written = begin_project(here)
    note_notebooks(here, written)
    n_notebooks = sum(p.parent.name == "notebooks" for p in written)
    notebooks = number_of(n_notebooks, "report notebook")
    typer.echo(f"A project begins here: studies/, data/, reports/, {notebooks}.")
    return here
