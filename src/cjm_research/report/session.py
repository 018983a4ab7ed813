"""The processes of one run: a fork server, kernels, and workers that build pages."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from cjm_research.errors import ReportError
from cjm_research.report.forkkernel import (
    HAS_FORK,
    Kernels,
    as_in_server,
    start_server,
    stop_server,
)
from cjm_research.report.kernel import end_with_parent, leave_imports_alone
from cjm_research.report.light import load_execute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cjm_research.report.execute import Execution
    from cjm_research.report.limits import NotebookLimits
    from cjm_research.report.parameters import Value

P = ParamSpec("P")
R = TypeVar("R")


class Session:
    """Starts what a run needs when it is first needed, and ends all of it.

    Where a process cannot be forked, jupyter's own kernels are used and pages are built here.
    """

    def __init__(
        self, folder: Path, *, workers: int, memory: float = 0, forked: bool = HAS_FORK
    ) -> None:
        self.folder = folder
        self.workers = workers
        self.is_forked = forked
        self.is_stopped = False
        self._kernels = Kernels(folder, memory=memory)
        self._pool: ProcessPoolExecutor | None = None
        self._apart: ProcessPoolExecutor | None = None
        self._has_server = False
        self._starting = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kernels.end()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._has_server:
            stop_server()

    def start(self) -> None:
        """Start the fork server: it imports while this process reads and plans."""
        with self._starting:
            if not self.is_forked or self._pool is not None or self.is_stopped:
                return
            start_server()
            self._has_server = True
            context = multiprocessing.get_context("forkserver")
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=context, initializer=_prepare_worker
            )

    def stop(self) -> None:
        """End everything now: what runs is dropped, and nothing more is begun."""
        self.is_stopped = True
        self._kernels.end()
        for pool in (self._pool, self._apart):
            for process in list((pool._processes or {}).values()) if pool else ():  # noqa: SLF001  # no public way
                process.terminate()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function where everything is imported already."""
        for is_last in (False, True):
            self.start()
            pool = self._pool
            if self.is_stopped:
                break
            if pool is None:
                return function(*args, **kwargs)
            try:
                return pool.submit(function, *args, **kwargs).result()
            except BrokenProcessPool:
                self._forget(pool)
                if is_last:
                    break
        why = "the run was stopped." if self.is_stopped else "memory may have run out."
        raise ReportError(f"A worker process died: {why}")

    def renew(self) -> None:
        """End the workers, which give back what they hold; new ones start when they are needed."""
        with self._starting:
            if self._pool is not None:
                self._pool.shutdown(wait=True)
                self._pool = None

    def call_apart(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function in a process that imports what it needs, while the server starts."""
        self.start()
        if not self.is_forked or self.is_stopped:
            return self.call(function, *args, **kwargs)
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawned, initializer=_prepare_worker) as pool:
            self._apart = pool
            try:
                with as_in_server():
                    called = pool.submit(function, *args, **kwargs)
                return called.result()
            except BrokenProcessPool:
                return self.call(function, *args, **kwargs)
            finally:
                self._apart = None

    def _forget(self, pool: ProcessPoolExecutor) -> None:
        """Make room for new workers: one that dies takes its whole pool along."""
        with self._starting:
            if self._pool is pool:
                pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def execute(
        self,
        notebook: Path,
        parameters: Mapping[str, Value],
        *,
        limits: NotebookLimits | None = None,
    ) -> tuple[Execution, int]:
        """Execute a notebook; return what came of it and the largest memory it took, in bytes."""
        self.start()
        execute = load_execute().execute
        if not self.is_forked:
            return execute(notebook, parameters, limits=limits, folder=self.folder), 0
        from cjm_research.report.managers import fork_kernel_manager  # noqa: PLC0415

        seen: list[Any] = []
        manager = fork_kernel_manager(self._kernels, seen)
        done = execute(notebook, parameters, manager=manager, limits=limits)
        return done, max((k.peak_memory for k in seen), default=0)


def _prepare_worker() -> None:
    """Leave a Ctrl-C at the terminal to the runner, and end with it."""
    leave_imports_alone()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
