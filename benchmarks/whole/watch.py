"""Watches a process and all that it starts: memory held together, and processor time."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

import psutil  # type: ignore[import-untyped]

STEP = 1.0
"""Seconds between two looks."""


class Watch:
    """Looks at a process and its descendants until the end of the ``with`` block.

    Attributes
    ----------
    most : int
        Bytes that they held together at most; what forks share is counted once.
    cpu : float
        Seconds of processor time of all of them.
    """

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._times: dict[tuple[int, float], float] = {}
        self._root = psutil.Process(pid)
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def cpu(self) -> float:
        """Seconds of processor time, as last seen of each process."""
        return sum(self._times.values())

    def _look(self) -> None:
        while not self._over.wait(STEP):
            with suppress(psutil.Error):
                everyone = [self._root, *self._root.children(recursive=True)]
                self.most = max(self.most, sum(map(self._held, everyone)))

    def _held(self, process: psutil.Process) -> int:
        try:
            spent = process.cpu_times()
            self._times[process.pid, process.create_time()] = spent.user + spent.system
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        except (psutil.Error, OSError):
            return 0
        pss = next(line for line in text.splitlines() if line.startswith("Pss:"))
        return int(pss.split()[1]) * 1024
