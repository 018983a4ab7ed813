"""``cjm new``: raw files in, a first study file out."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

import typer

from cjm_research.cleaning.adapters.find import find_sources
from cjm_research.cleaning.adapters.study_file import shown_lines, study_text
from cjm_research.errors import CjmError, ParameterError, SourceError
from cjm_research.study.load import load_study
from cjm_research.workspace.project import raw_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def new_study(
    name: str, files: Sequence[Path], root: Path, *, tables: Sequence[str], force: bool, yes: bool
) -> None:
    """Show what was found in raw files, and write the first study file when it is confirmed.

    The files are copied to ``data/raw/NAME/``; those that lie there already are used in place.

    Raises
    ------
    ParameterError
        If the name is no name, or the study is there already.
    SourceError
        If a file cannot be read or nothing in it is known: one line for each.
    """
    path = _free_path(name, root, force=force)
    wanted = _tables(tables)
    found, problems = [], []
    for file in files:
        try:
            found.append(find_sources(file, wanted.get(file.name, ""), folder=root / "adapters"))
        except CjmError as error:
            problems.append(str(error))
    if problems:
        raise SourceError("\n".join(problems))
    for one in found:
        for line in shown_lines(one):
            typer.echo(line)
    if not yes and sys.stdin.isatty() and not typer.confirm(f"Write studies/{name}.toml?"):
        raise typer.Abort
    _copy(files, raw_folder(root, name))
    path.write_text(study_text(name, found), encoding="utf-8")
    load_study(path)
    typer.echo(f"{name}: studies/{name}.toml written; look it over, then: cjm check {name}")


def _free_path(name: str, root: Path, *, force: bool) -> Path:
    if not _NAME.fullmatch(name):
        raise ParameterError.expected("STUDY", "small Latin letters, digits, - and _", got=name)
    path = study_path(root, name)
    if path.exists() and not force:
        raise ParameterError(
            f"There is a study file {path.name!r} already; --force writes it anew."
        )
    return path


def _tables(pairs: Sequence[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise ParameterError(f"--table must be FILE=TABLE; got {wrong[0]!r}.")
    return {file: table for file, _, table in (pair.partition("=") for pair in pairs)}


def _copy(files: Sequence[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        target = folder / file.name
        if target.exists() and target.samefile(file):
            continue
        if target.exists() and target.read_bytes() != file.read_bytes():
            raise ParameterError(
                f"There is another file {file.name!r} in data/raw/{folder.name} already;"
                " rename one of them."
            )
        shutil.copyfile(file, target)
