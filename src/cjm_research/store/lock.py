"""One writer at a time, on any system; a lock dies with its process."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from cjm_research.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_PAUSE = 0.05
"""Seconds between two tries."""
_PATIENCE = 900.0
"""Seconds that a process waits for another to make a file that it needs too."""


@contextmanager
def locked(path: Path, *, what: str, shared: bool = False, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock on a file while the block runs.

    Parameters
    ----------
    path : Path
        The lock's file; it is made if it is not there and stays.
    what : str
        Names the thing in the message.
    shared : bool
        Let others that share it in, and keep out who wants it alone. Windows knows no such lock:
        there it is held alone.
    patience : float
        Seconds to wait for another process to let go.

    Raises
    ------
    StoreError
        If another process holds it.
    """
    deadline = time.monotonic() + patience
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        while not _has_lock(handle, shared=shared):
            if time.monotonic() >= deadline:
                raise StoreError(
                    f"{what} is in use by another run (lock {path.name})."
                    " Wait for it to end, or stop it, and try again."
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


@contextmanager
def once(path: Path) -> Iterator[None]:
    """Let one process at a time make a file; who comes meanwhile waits, and then finds it.

    Parameters
    ----------
    path : Path
        The file. After `_PATIENCE` seconds the block runs all the same: making a file twice is
        slow and not wrong.
    """
    lock = path.with_name(f".{path.name}.lock")
    with ExitStack() as held:
        with suppress(StoreError):
            held.enter_context(locked(lock, what=path.name, patience=_PATIENCE))
        yield
    if path.is_file():
        with suppress(OSError):  # of Windows, where another still waits for it
            lock.unlink(missing_ok=True)


def _has_lock(handle: int, *, shared: bool) -> bool:
    try:
        _lock(handle, shared=shared)
    except OSError:
        return False
    return True


def _lock(handle: int, *, shared: bool) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # there only

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415  # not on Windows

        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
