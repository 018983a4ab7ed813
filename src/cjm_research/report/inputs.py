"""Everything that a study's pages are made from, as content hashes.

Only the standard library is used: the command line asks here whether there is work before it
loads anything else. A file is read again only when its size or time of change differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cjm_research.errors import StudyError
from cjm_research.store.whole import write_whole
from cjm_research.study.actions import actions_path, read_actions
from cjm_research.workspace.project import coding_sheets, raw_folder, store_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = (".py", ".po", ".toml", ".j2", ".css", ".json")
_ONLY_FOR_PAGES = ("title", "research", "reports", "words", "labels", "limits", "matrix",
                   "groupings", "notify")  # fmt: skip
"""Keys of a study file that the cleaning never looks at."""


@dataclass(slots=True)
class Hashes:
    """Content hashes of files, remembered by path, size and time of change."""

    path: Path
    """Where they are kept between runs."""
    known: dict[str, list[Any]] = field(default_factory=dict)
    _is_new: bool = False

    @classmethod
    def open(cls, reports: Path) -> Hashes:
        """Read the kept hashes; a damaged or absent file only means that all is read again."""
        path = reports / ".runs" / "hashes.json"
        with suppress(OSError, ValueError):
            known = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(known, dict):
                return cls(path, {k: v for k, v in known.items() if isinstance(v, list)})
        return cls(path)

    def of(self, file: Path) -> str:
        """Return the SHA-256 of a file."""
        stat = file.stat()
        kept = self.known.get(str(file))
        if kept is not None and kept[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(kept[2])
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.known[str(file)] = [stat.st_size, stat.st_mtime_ns, digest]
        self._is_new = True
        return digest

    def save(self) -> None:
        """Keep the hashes for the next run; a folder that cannot be written costs only time."""
        if self._is_new:
            with suppress(OSError):
                write_whole(self.path, json.dumps(self.known))
                self._is_new = False


def digest_of(parts: Mapping[str, object]) -> str:
    """Return one hash of plain data.

    Examples
    --------
    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def package_digest(hashes: Hashes) -> str:
    """Return a hash of the package's sources, catalogues and templates."""
    return _digest(hashes, (p for p in PACKAGE.rglob("*") if p.suffix in _SOURCES), PACKAGE)


def environment_digest(root: Path, hashes: Hashes) -> str:
    """Return a hash of what the package runs on: the lock file and Python's version."""
    lock = root / "requirements.lock"
    return digest_of({
        "lock": hashes.of(lock) if lock.is_file() else None,
        "python": list(sys.version_info[:3]),
    })  # fmt: skip


def raw_digest(root: Path, study: str, hashes: Hashes) -> str:
    """Return a hash of what the cleaning reads: raw files, sources and settings of the study.

    A source without a file counts as a source without a file: the cleaning says what is wrong.
    """
    plain = plain_study(root, study)
    folder = raw_folder(root, study)
    files = {p for s in _sources(plain) for p in raw_files(folder, str(s.get("file", "")))}
    return digest_of({
        "files": _digest(hashes, files, folder),
        "settings": {k: repr(v) for k, v in plain.items() if k not in _ONLY_FOR_PAGES},
        "cleaning": package_part_digest(hashes, "cleaning", "schema", "store", "study"),
    })  # fmt: skip


def raw_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files that a source names: a path or pattern under `folder`, or absolute."""
    path = Path(pattern)
    if not has_magic(pattern):
        own = folder / path  # an absolute path stays as it is
        return [own] if own.is_file() else []
    root = Path(path.anchor) if path.is_absolute() else folder
    with suppress(ValueError):  # no pattern, such as "**x": the cleaning says so
        found = root.glob(str(path.relative_to(path.anchor)))
        return sorted(p for p in found if p.is_file())
    return []


def package_part_digest(hashes: Hashes, *packages: str) -> str:
    """Return a hash of some of the package's layers."""
    files = [p for name in packages for p in (PACKAGE / name).rglob("*") if p.suffix in _SOURCES]
    return _digest(hashes, files, PACKAGE)


def plain_study(root: Path, study: str) -> dict[str, Any]:
    """Return the study file as plain data; empty when it is missing or no TOML."""
    with suppress(OSError, ValueError):
        return tomllib.loads(study_path(root, study).read_text(encoding="utf-8-sig"))
    return {}


def study_digest(root: Path, study: str, hashes: Hashes) -> str:
    """Return a hash of the study file, its codebook and the sheets that people coded."""
    path = study_path(root, study)
    files = [path, path.with_name(f"{path.stem}.segments.toml")]
    codebook = plain_study(root, study).get("codebook")
    if isinstance(codebook, str):
        files.append(files[0].parent / codebook)
    files += coding_sheets(root, study)
    return _digest(hashes, files, files[0].parent)


def all_inputs(
    root: Path, study: str, hashes: Hashes, *, clock: Callable[[], float] = time.time
) -> str:
    """Return one hash of everything that the study's pages depend on.

    Parameters
    ----------
    root : Path
    study : str
    hashes : Hashes
    clock : callable
        Gives the time in seconds since 1970: an open action becomes overdue on its own.
    """
    current = store_folder(root, study) / "CURRENT"
    actions = actions_path(study_path(root, study))
    return digest_of({
        "raw": raw_digest(root, study, hashes),
        "store": current.read_text(encoding="ascii") if current.is_file() else None,
        "study": study_digest(root, study, hashes),
        "actions": hashes.of(actions) if actions.is_file() else None,
        "overdue": _overdue(actions, _zone(plain_study(root, study)), clock()),
        "notebooks": _digest(hashes, (root / "notebooks").glob("*.ipynb"), root),
        "package": package_digest(hashes),
        "environment": environment_digest(root, hashes),
    })  # fmt: skip


def _overdue(actions: Path, zone: tzinfo, now: float) -> list[str]:
    with suppress(StudyError):  # the run itself says what is wrong with it
        today = datetime.fromtimestamp(now, zone).date()
        return [a.finding for a in read_actions(actions) if a.is_overdue(today)]
    return []


def _zone(plain: Mapping[str, Any]) -> tzinfo:
    with suppress(ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(str(plain.get("zone", "UTC")))
    return UTC


def _sources(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    sources = plain.get("sources", [])
    return [s for s in sources if isinstance(s, dict)] if isinstance(sources, list) else []


def _digest(hashes: Hashes, files: Iterable[Path], folder: Path) -> str:
    """Return a hash of names and contents."""
    named = {os.path.relpath(p, folder): hashes.of(p) for p in files if p.is_file()}
    return digest_of({k.replace(os.sep, "/"): v for k, v in named.items()})
