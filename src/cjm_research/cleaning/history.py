"""Loads that were made before: a file is read once, and what was delivered stays delivered.

What a source gave is kept under a key of its settings, its files' contents and the code that
read them. The manifest of the store names the keys, so a load that fails changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.cleaning.loaded import Loaded, joined_loads
from cjm_research.errors import SourceError
from cjm_research.store.reading import read_part
from cjm_research.store.writing import write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    import pandas as pd

    from cjm_research.study.model import Study
    from cjm_research.study.sources import Source

_BOOKS = ("table", "quarantine", "issues", "changes", "flags", "evidence", "info")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The loads that the current version of a store was made of."""

    folder: Path
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key of the last load of each source, as `source_names` calls it."""

    def last(self, name: str) -> Loaded | None:
        """Return what a source gave the last time; None if that is not known."""
        key = self.keys.get(name)
        return self.of(key) if key is not None else None

    def of(self, key: str) -> Loaded | None:
        """Return the load that is kept under a key; None if it is not there."""
        folder = self.folder / key
        if not all((folder / f"{book}.parquet").is_file() for book in _BOOKS):
            return None
        return Loaded(**{b: read_part(folder / f"{b}.parquet") for b in _BOOKS})

    def keep(self, key: str, loaded: Loaded) -> None:
        """Write a load, whole or not at all."""
        folder = self.folder / key
        if folder.is_dir():
            return
        staged = self.folder / f".{key}.{os.getpid()}"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for book in _BOOKS:
            write_parquet(getattr(loaded, book), staged / f"{book}.parquet")
        try:
            staged.replace(folder)
        except OSError:  # another process was first with the same content
            shutil.rmtree(staged, ignore_errors=True)


@contextmanager
def keeping(history: History | None) -> Iterator[Callable[[str, Loaded], None]]:
    """Give a function that keeps loads beside the work that goes on; in the end all are kept.

    Parameters
    ----------
    history : History or None
        Where loads are kept; nowhere if absent.

    Raises
    ------
    OSError
        If a load could not be written.
    """
    if history is None:
        yield lambda _key, _loaded: None
        return
    written: list[Future[None]] = []
    with ThreadPoolExecutor(1) as writer:
        yield lambda key, loaded: written.append(writer.submit(history.keep, key, loaded))
    for done in written:
        done.result()


def sweep_history(folder: Path, *, used: set[str]) -> int:
    """Delete loads that no version names; return how many.

    Parameters
    ----------
    folder : Path
        Of the kept loads.
    used : set of str
        Keys that a version of the store names.
    """
    dead = [p for p in folder.glob("*") if p.is_dir() and p.name not in used]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    return len(dead)


def source_names(study: Study) -> tuple[str, ...]:
    """Name the sources of a study so that a source keeps its name when others come or go.

    The name is its table and file; a second source of the same two has a number.
    """
    seen: dict[str, int] = {}
    names = []
    for source in study.sources:
        plain = f"{source.table}: {source.file}"
        seen[plain] = seen.get(plain, 0) + 1
        names.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return tuple(names)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content.

    Raises
    ------
    SourceError
        If the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}.") from None
    return digest.hexdigest()


def load_key(study: Study, source: Source, files: Mapping[str, str]) -> str:
    """Return the key of a load: settings, contents, code.

    Parameters
    ----------
    study : Study
        Its zone and currency say how cells are read.
    source : Source
        The source.
    files : mapping of str to str
        Content hash by name, of every file whose rows are in the load.
    """
    settings = [source.model_dump(mode="json"), study.zone, study.currency]
    layouts = _folder_hash(study.adapters_folder) if source.adapter is not None else ""
    text = json.dumps([settings, sorted(files.items()), layouts, code()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def with_former_files(current: Loaded, former: Loaded | None) -> Loaded:
    """Add the rows of files that were delivered before and are no longer there.

    A file that is there again under its name replaces what it gave before. Where a later file
    brings a row anew under the same key, the doubles' rule keeps the newer one.

    Parameters
    ----------
    current : Loaded
        What the files that are there give.
    former : Loaded or None
        What the source gave the last time.
    """
    if former is None:
        return current
    rest = without_files(former, set(current.info["source_file"]))
    return joined_loads([rest, current]) if len(rest.info) else current


def without_files(loaded: Loaded, names: set[str]) -> Loaded:
    """Return a load without the rows and books of some files."""
    books: dict[str, pd.DataFrame] = {}
    for book in _BOOKS:
        frame: pd.DataFrame = getattr(loaded, book)
        books[book] = frame[~frame["source_file"].isin(names)].reset_index(drop=True)
    return replace(loaded, **books)


def _folder_hash(folder: Path | None) -> str:
    """Return a hash of the project's own layouts; empty where there are none."""
    files = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    return "".join(file_hash(f) for f in files)


@cache
def code() -> str:
    """Return a hash of the code that turns raw files into canonical tables."""
    digest = hashlib.sha256()
    for package in ("cleaning", "schema", "study"):
        files = Path(__file__).parents[1].joinpath(package).rglob("*")
        for file in sorted(f for f in files if f.is_file() and f.suffix != ".pyc"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
