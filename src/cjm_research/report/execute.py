"""One notebook with its parameters, executed by papermill."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG

from cjm_research.report.limits import NotebookLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from cjm_research.report.parameters import Value

ENGINE = "cjm"
DEAD = "DeadKernelError"
AFTER_LAST = -1
"""Stands for the building of the page, after the last cell."""
ATTEMPTS = 2
"""How often a notebook is tried whose kernel dies. Nothing else is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a notebook did not come to its end."""

    name: str
    """Class of the error, such as ``DataError``."""
    message: str
    cell: int
    """Which cell, from 1; 0 when none had begun; `AFTER_LAST` when all were done."""
    cell_id: str
    source: str
    traceback: str = ""
    before: tuple[str, ...] = ()
    """Up to five cells before the failing one."""

    @property
    def is_no_data(self) -> bool:
        """Whether the notebook said that it has nothing to speak about."""
        return self.name == "NoDataError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What came of a notebook: the executed notebook, and the failure if there was one."""

    notebook: NotebookNode
    seconds: float
    failure: Failure | None = None
    attempts: int = 1


class KeepingEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own engine; it also hands out the notebook when a kernel dies or hangs."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401  # papermill's
        kernel_name: str,
        *,
        kept: list[NotebookNode],
        **kwargs: object,
    ) -> None:
        """Execute the notebook and keep it, whatever happens."""
        kept.append(nb_man.nb)
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        finally:
            _close_loop()


def _close_loop() -> None:
    """End what a kernel that died or hung left waiting in this thread's event loop."""
    loop = ensure_event_loop()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
    loop.close()
    asyncio.set_event_loop(None)


def execute(
    notebook: Path,
    parameters: Mapping[str, Value],
    *,
    manager: type[AsyncKernelManager] = AsyncKernelManager,
    limits: NotebookLimits | None = None,
    folder: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Execution:
    """Execute a notebook; a failure is part of the answer, not an exception.

    Parameters
    ----------
    notebook : Path
    parameters : mapping
        Checked values (see `check_parameters`).
    manager : type
        Class of the kernel manager; jupyter's own if not given.
    limits : NotebookLimits
    folder : Path, optional
        Working folder of the notebook; the current one if not given.
    clock : callable
        Gives seconds; for the time-outs and durations.
    """
    source = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    place = {"metadata": {"path": str(folder)}} if folder else {}
    run = _Run(source, dict(parameters), manager, clock, place)
    start = clock()
    failure, attempts = run.attempt(limits or NotebookLimits()), 1
    while failure is not None and failure.name == DEAD and attempts < ATTEMPTS:
        failure, attempts = run.attempt(limits or NotebookLimits()), attempts + 1
    return Execution(notebook=run.done, seconds=clock() - start, failure=failure, attempts=attempts)


@dataclass(slots=True)
class _Run:
    """The attempts at one notebook."""

    source: NotebookNode
    parameters: dict[str, Value]
    manager: type[AsyncKernelManager]
    clock: Callable[[], float]
    place: dict[str, Any]
    kept: list[NotebookNode] = field(default_factory=list)

    @property
    def done(self) -> NotebookNode:
        """The notebook of the last attempt, as far as it came."""
        return self.kept[-1] if self.kept else self.source

    @property
    def cells(self) -> list[NotebookNode]:
        """Its cells, without those in which papermill points at the error."""
        return [c for c in self.done.cells if ERROR_MARKER_TAG not in c.metadata.get("tags", [])]

    def attempt(self, limits: NotebookLimits) -> Failure | None:
        """Execute the notebook once; None when it came to its end."""
        try:
            self._papermill(limits)
        except PapermillExecutionError as error:
            trace = "\n".join(error.traceback)
            message = error.evalue
            if error.ename == "MemoryError" and limits.memory:
                message = f"{message} A notebook may hold {limits.memory:g} GB (--memory).".strip()
            where = (error.cell_index, error.ename, message)
            return _failure(self.cells, *where, traceback=trace)
        except (DeadKernelError, CellTimeoutError, RuntimeError, OSError) as error:
            return _failure(self.cells, _running(self.cells), *_words(error))
        return None

    def _papermill(self, limits: NotebookLimits) -> None:
        deadline = self.clock() + limits.notebook
        papermill.execute_notebook(
            self.source,
            None,
            parameters=self.parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=self.manager,
            shutdown_kernel="immediate",
            timeout_func=lambda _cell: max(1.0, min(limits.cell, deadline - self.clock())),
            resources=self.place,
            kept=self.kept,
        )


papermill_engines.register(ENGINE, KeepingEngine)
logging.getLogger("papermill").setLevel(logging.CRITICAL)


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, DeadKernelError) or "Kernel died" in str(error):
        return DEAD, "The kernel died: memory may have run out, or something ended the process."
    name = type(error).__name__
    if isinstance(error, CellTimeoutError):
        return name, "The cell, or the whole notebook, took longer than it may."
    return name, str(error)


def _failure(
    cells: list[NotebookNode], index: int, name: str, message: str, *, traceback: str = ""
) -> Failure:
    known = 0 <= index < len(cells)
    injected = [c.metadata.get("tags") == ["injected-parameters"] for c in cells[: index + 1]]
    return Failure(
        name=name,
        message=message,
        cell=index + 1 - sum(injected) if known else 0,
        cell_id=cells[index].get("id", "") if known else "",
        source=cells[index].source if known else "",
        traceback=traceback,
        before=tuple(c.source for c in cells[max(0, index - 5) : index]) if known else (),
    )


def _running(cells: list[NotebookNode]) -> int:
    """Return the cell that was begun last."""
    begun = [
        i
        for i, c in enumerate(cells)
        if c.cell_type == "code" and c.metadata.get("papermill", {}).get("start_time")
    ]
    return begun[-1] if begun else -1
