"""Files of a report put in place: all of them, whole, or none.

They are written beside the reports first, then a list of what goes where (the commit), then
each is moved to its place in one step. A run that dies before the list is written leaves what
was there; one that dies after it is finished by the next run.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cjm_research.report.manifest import read_json
from cjm_research.store.lock import locked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

COMMIT = "commit.json"
PATIENCE = 60.0
"""Seconds to wait for another run that makes the index."""


def runs_folder(reports: Path, study: str) -> Path:
    """Return where the runs of a study stage their files and keep their lock."""
    return reports / ".runs" / study


@contextmanager
def study_lock(reports: Path, study: str, *, shared: bool = False) -> Iterator[None]:
    """Hold a study's reports while they are made; a second run is told so at once.

    Shards share it: each makes pages of its own.

    Raises
    ------
    StoreError
        If another run holds them.
    """
    path = runs_folder(reports, study) / ".lock"
    with locked(path, what=f"Study {study!r}", shared=shared):
        yield


@contextmanager
def index_lock(reports: Path) -> Iterator[None]:
    """Hold the index for the moment that it takes to write it, after waiting for another run."""
    path = reports / ".runs" / ".index.lock"
    with locked(path, what="The index of the reports", patience=PATIENCE):
        yield


def publish(
    reports: Path, staging: Path, *, files: Mapping[str, str | bytes], remove: Iterable[str] = ()
) -> None:
    """Put files in their places under the reports folder.

    Parameters
    ----------
    reports : Path
    staging : Path
        A folder for this report alone; it is gone afterwards.
    files : mapping of str to str or bytes
        Content by path under `reports`, in the order in which they are put in place.
    remove : iterable of str
        Paths that go away after that.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    moves = []
    for i, (target, content) in enumerate(files.items()):
        name = f"{i:03d}"
        (staging / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        moves.append([name, target])
    commit = json.dumps({"moves": moves, "remove": list(remove)})
    draft = staging / f"{COMMIT}.draft"
    draft.write_text(commit, encoding="utf-8")
    draft.replace(staging / COMMIT)
    finish(reports, staging)


def finish(reports: Path, staging: Path) -> None:
    """Carry out a commit from where it stopped, then forget it."""
    commit = read_json(staging / COMMIT)
    for name, target in commit.get("moves", ()):
        place = reports / target
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # put in place before the run died
            os.replace(staging / name, place)  # noqa: PTH105  # tests watch this very call
    for target in commit.get("remove", ()):
        (reports / target).unlink(missing_ok=True)
        with suppress(OSError):  # a folder of figures or segments goes with its last one
            if (reports / target).parent.name.endswith((".figures", ".segments")):
                (reports / target).parent.rmdir()
    shutil.rmtree(staging, ignore_errors=True)


def repair(reports: Path, study: str, *, stems: Collection[str] | None = None) -> int:
    """Finish or forget what a run that died has left; return how many reports that was.

    The caller holds the study's lock, so that nothing here belongs to a run that is alive; a
    shard, which shares that lock, names the pages that are its own.
    """
    left = [p for p in sorted(runs_folder(reports, study).glob("*")) if p.is_dir()]
    if stems is not None:
        left = [p for p in left if p.name in stems]
    for staging in left:
        if (staging / COMMIT).is_file():
            finish(reports, staging)
        else:
            shutil.rmtree(staging, ignore_errors=True)
    folder = reports / study
    for draft in folder.glob(".*.draft") if folder.is_dir() and stems is None else ():
        draft.unlink(missing_ok=True)
    return len(left)
