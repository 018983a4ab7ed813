"""Which files each source of a study has, and what they give: read once, then remembered."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pyarrow as pa

from cjm_research.cleaning.history import (
    file_hash,
    load_key,
    source_names,
    with_former_files,
    without_files,
)
from cjm_research.cleaning.load import load_files
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, files_there
from cjm_research.cleaning.repair import copy_source, repaired
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cjm_research.cleaning.history import History
    from cjm_research.cleaning.loaded import Loaded
    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.study.model import Study
    from cjm_research.study.sources import Source


def _nowhere(_key: str, _loaded: Loaded) -> None:
    """Keep nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One source before it is read."""

    name: str
    source: Source
    files: Mapping[str, Path]
    """The files that are there, by the name that rows carry."""
    copies: Mapping[str, Path]
    """The clean copy that values are restored from; none for most sources."""
    former: tuple[str, ...]
    """Files that were delivered before and are gone; their rows stay."""
    key: str
    """Of the load: it changes with settings, contents and code."""


def planned(
    study: Study, raw_folder: Path, *, history: History | None = None
) -> tuple[Planned, ...]:
    """Find the files of every source and the key of what they give; nothing is parsed.

    Parameters
    ----------
    study : Study
        Names the sources.
    raw_folder : Path
        Folder of the raw files.
    history : History, optional
        Earlier loads.

    Raises
    ------
    SourceError
        If files are missing: one line for each source.
    """
    problems: list[str] = []
    plan: list[Planned] = []
    for name, source in zip(source_names(study), study.sources, strict=True):
        try:
            plan.append(_planned(study, source, raw_folder, name=name, history=history))
        except SourceError as error:
            problems.append(f"{source.table}: {error}")
    if problems:
        raise SourceError("\n".join((*problems, *_unreadable(study, plan))))
    return tuple(plan)


def load_sources(
    study: Study,
    plan: Sequence[Planned],
    *,
    limits: ReadLimits,
    history: History | None = None,
    keep: Callable[[str, Loaded], None] = _nowhere,
) -> list[tuple[Source, Loaded]]:
    """Read every source that was not read before with the same settings and contents.

    Parameters
    ----------
    study : Study
        Names the sources.
    plan : sequence of Planned
        As `planned` gives it.
    limits : ReadLimits
        How much one file may hold.
    history : History, optional
        Earlier loads.
    keep : callable, optional
        Keeps a load that is new under its key; see `history.keeping`.

    Raises
    ------
    SourceError
        If any file does not fit: one line for each source that fails.
    """
    loaded: list[tuple[Source, Loaded]] = []
    problems: list[str] = []
    for one in plan:
        try:
            found, is_new = _loaded(study, one, limits=limits, history=history)
        except SourceError as error:
            problems.append(f"{one.source.table}: {error}")
            continue
        loaded.append((one.source, found))
        if is_new:
            keep(one.key, found)
    if problems:
        raise SourceError("\n".join(problems))
    return loaded


def names_file(source: Source, file: str) -> bool:
    """Tell whether a source reads a file, by the name that rows carry."""
    pattern = Path(source.file)
    return PurePath(file).match(pattern.name if pattern.is_absolute() else source.file)


def source_files(source: Source, raw_folder: Path) -> dict[str, Path]:
    """Return the files of a source by the name that rows carry, in a stable order.

    Raises
    ------
    SourceError
        If there is none.
    """
    pattern = Path(source.file)
    if not glob.has_magic(source.file):
        path = pattern if pattern.is_absolute() else raw_folder / pattern
        return {path.name if pattern.is_absolute() else pattern.as_posix(): path}
    root = Path(pattern.anchor) if pattern.is_absolute() else raw_folder
    try:
        paths = root.glob(str(pattern.relative_to(pattern.anchor)))
        found = sorted(p for p in paths if p.is_file())
    except ValueError as error:
        raise SourceError(f"{source.file!r} is no pattern of files: {error}.") from None
    if not found:
        raise SourceError(
            f"No file matches {source.file!r} in {raw_folder}."
            f"{files_there(raw_folder, pattern.name)}"
        )
    return {
        p.name if pattern.is_absolute() else p.relative_to(raw_folder).as_posix(): p for p in found
    }


def _planned(
    study: Study, source: Source, raw_folder: Path, *, name: str, history: History | None
) -> Planned:
    former = history.last(name) if history is not None and source.history == "keep" else None
    try:
        files = source_files(source, raw_folder)
    except SourceError:
        if former is None:
            raise
        files = {}
    hashes: dict[str, str] = {}
    if former is not None:
        pairs = zip(former.info["source_file"], former.info["sha256"], strict=True)
        hashes = {str(f): str(h) for f, h in pairs if f not in files}
    gone = tuple(hashes)
    copies = source_files(copy_source(source), raw_folder) if source.repair is not None else {}
    if history is not None:
        every = {**files, **copies}
        hashes |= {n: file_hash(p) for n, p in every.items() if p.is_file()}
    return Planned(
        name=name, source=source, files=files, copies=copies, former=gone,
        key=load_key(study, source, hashes),
    )  # fmt: skip


def _loaded(
    study: Study, one: Planned, *, limits: ReadLimits, history: History | None
) -> tuple[Loaded, bool]:
    """Return what a source gives, and whether that was not known before."""
    known = history.of(one.key) if history is not None else None
    if known is not None:
        return known, False
    former = history.last(one.name) if history is not None and one.former else None
    if not one.files and former is not None:
        found = without_files(former, set(former.info["source_file"]) - set(one.former))
    else:
        found = _read(study, one, limits)
        found = with_former_files(found, former)
    pa.default_memory_pool().release_unused()  # what reading took, before the next source
    return found, True


def _read(study: Study, one: Planned, limits: ReadLimits) -> Loaded:
    """Read the files of a source, and give them what a clean copy has."""

    def read(files: Mapping[str, Path], source: Source) -> Loaded:
        return load_files(
            files, source, study_zone=study.zone, currency=study.currency, limits=limits,
            adapters=study.adapters_folder,
        )  # fmt: skip

    found = read(one.files, one.source)
    if one.source.repair is None:
        return found
    return repaired(found, read(one.copies, copy_source(one.source)), one.source)


def _unreadable(study: Study, plan: Sequence[Planned]) -> list[str]:
    """Say what is wrong with the sources that do have files, so that all is said at once."""
    found = []
    for one in plan:
        try:
            _read(study, one, DEFAULT_LIMITS)
        except SourceError as error:
            found.append(f"{one.source.table}: {error}")
    return found
