"""``cjm new``: what it begins, in a project that is there or is begun in an empty folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.cli.here import folder_here, project_here

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of ``cjm new``."""

    language: str = "en"
    tables: Sequence[str] = ()
    """``FILE=TABLE``."""
    columns: Sequence[str] = ()
    """``COLUMN=HEADER``, of every file that has the header."""
    force: bool = False
    yes: bool = False


def begin(what: str, files: Sequence[Path], asked: Asked) -> None:
    """Begin a codebook, templates or a report where `what` says so, else the study of that name."""
    from cjm_research.cli import commands  # noqa: PLC0415  # loads the runner

    names = [str(file) for file in files]
    match what:
        case "codebook":
            commands.write_codebook(names, force=asked.force)
        case "templates":
            commands.write_templates(names, language=asked.language)
        case "report":
            commands.write_report(names, language=asked.language)
        case _:
            from cjm_research.cli.new_study import new_study  # noqa: PLC0415  # loads pandas

            new_study(what, files, folder_here(), asked=asked, start=project_here)
