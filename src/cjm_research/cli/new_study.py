"""``cjm new``: raw files in, a first study file out."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

import typer

from cjm_research.cleaning.adapters.find import Found, find_sources
from cjm_research.cleaning.adapters.own_columns import with_own_columns
from cjm_research.cleaning.adapters.shown import shown_lines
from cjm_research.cleaning.adapters.study_file import study_text
from cjm_research.cleaning.reading.read import read_head
from cjm_research.cleaning.reading.request import Request
from cjm_research.errors import CjmError, ParameterError, SourceError
from cjm_research.segmentation.columns import FEATURES
from cjm_research.study.load import load_study
from cjm_research.workspace.project import raw_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cjm_research.cli.beginning import Asked

_MADE = frozenset(FEATURES) - {"age"}
"""Names that the features of a customer have; an age that a file gives is taken as it is."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def new_study(
    name: str, given: Sequence[Path], root: Path, *, asked: Asked, start: Callable[[], object]
) -> None:
    """Show what was found in raw files, and write the first study file when it is confirmed.

    The files are copied to ``data/raw/NAME/``; those that lie there already are used in place. Of
    a folder all files are taken that can be read; what is left out is said. `start` begins the
    project where there is none, when all files were read and nothing is left to ask.

    Raises
    ------
    ParameterError
        If the name is no name, the study is there already, or what is told fits no file.
    SourceError
        If a file cannot be read or nothing in it is known: one line for each.
    """
    path = _free_path(name, root, force=asked.force)
    files = [file for one in given for file in _files(one)]
    wanted = _tables(asked.tables, files)
    columns = _columns(asked.columns, files)
    found: list[Found] = []
    problems: list[tuple[Path, str]] = []
    left_out: list[tuple[Path, str]] = []
    for file in files:
        hints = {"columns": columns[file]} if columns.get(file) else {}
        try:
            table = wanted.get(file.name, "")
            one = find_sources(file, table, hints=hints, folder=root / "adapters")
            found.append(with_own_columns(one, taken=_MADE))
        except CjmError as error:
            (problems if file in given else left_out).append((file, str(error)))
    if problems or not found:
        raise SourceError("\n".join(text for _, text in (*problems, *left_out)))
    for file, text in left_out:
        typer.echo(f"{file.name}: left out: {text}")
    for one in found:
        for line in shown_lines(one):
            typer.echo(line)
    if not asked.yes and sys.stdin.isatty() and not typer.confirm(f"Write studies/{name}.toml?"):
        raise typer.Abort
    start()
    _copy([f for f in files if f not in dict(left_out)], raw_folder(root, name))
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


def _files(given: Path) -> list[Path]:
    """Return the files of a folder, or the file itself."""
    if not given.is_dir():
        return [given]
    files = sorted(p for p in given.iterdir() if p.is_file() and not p.name.startswith("."))
    if not files:
        raise ParameterError(f"Folder {given.name!r} has no files.")
    return files


def _tables(pairs: Sequence[str], files: Sequence[Path]) -> dict[str, str]:
    wanted = _pairs(pairs, "--table", "FILE=TABLE")
    names = [file.name for file in files]
    for name in wanted:
        if name not in names:
            raise ParameterError.unknown("file for --table", name, known=names)
    return wanted


def _columns(pairs: Sequence[str], files: Sequence[Path]) -> dict[Path, dict[str, str]]:
    """Return the columns told for each file: those whose header it has."""
    wanted = _pairs(pairs, "--column", "COLUMN=HEADER")
    if not wanted:
        return {}
    headers = {file: read_head(file, Request(everything=True)).headers for file in files}
    every = dict.fromkeys(h for known in headers.values() for h in known)
    for header in wanted.values():
        if header not in every:
            raise ParameterError.unknown("header for --column", header, known=tuple(every))
    return {f: {c: h for c, h in wanted.items() if h in known} for f, known in headers.items()}


def _pairs(pairs: Sequence[str], option: str, form: str) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise ParameterError(f"{option} must be {form}; got {wrong[0]!r}.")
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}


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
