"""Kernels that are forks of one process in which everything is imported already.

papermill starts a kernel for each notebook and each kernel imports pandas, matplotlib and the
rest anew. Here a fork server (`multiprocessing`) imports them once, and a kernel is a fork of
it: a real ipykernel in a process of its own, with time-outs and crashes of its own. papermill
takes the manager of this module by its ``kernel_manager_class`` argument and is unchanged.
Sockets are files in a short folder of each kernel's own, so that there is no port to collide.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.report.kernel import run_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerProcess

HAS_FORK = "forkserver" in multiprocessing.get_all_start_methods()

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""One thread in each process, however many work at a time: with another number of them sums differ
in the tenth digit, and so would a report made by one worker from the same made by two."""
_ROOM = {"MALLOC_MMAP_THRESHOLD_": str(2**27), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""Bytes up to which the C library uses freed room again. It would give arrays of a few megabytes
back at once, and pay for new pages each time: a sixth of the time at a million customers."""


def start_server() -> None:
    """Start the fork server: it imports while this process does something else."""
    from multiprocessing import forkserver  # noqa: PLC0415  # not there on every system

    multiprocessing.get_context("forkserver").set_forkserver_preload(
        ["cjm_research.report.preload"]
    )
    with as_in_server():
        forkserver.ensure_running()


def stop_server() -> None:
    """Stop the fork server; kernels that still run end with it."""
    from multiprocessing import forkserver  # noqa: PLC0415

    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001  # no public way


@contextmanager
def as_in_server() -> Iterator[None]:
    """Let a process that is started meanwhile have the variables of the server."""
    variables = {
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "CJM_PICTURES": "1",
        **{name: os.environ.get(name, "1") for name in _THREADS},
        **{name: os.environ.get(name, n_bytes) for name, n_bytes in _ROOM.items()},
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Forked:
    """A forked process with the face of `subprocess.Popen` that jupyter_client knows."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess, sockets: Path) -> None:
        self._process = process
        self.sockets = sockets
        self.pid = process.pid or 0
        self.peak_memory = 0

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal to it and its children if it still runs."""
        if self._process.exitcode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once, after a look at how much memory it took."""
        self.peak_memory = self.peak_memory or peak_memory(self.pid)
        self.send_signal(9)

    def end(self) -> None:
        """End it and remove its sockets."""
        self.kill()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)


class Kernels:
    """All kernels of a run, so that none outlives it."""

    def __init__(self, folder: Path, *, memory: float = 0) -> None:
        self.folder = folder
        self.memory = memory
        self._all: list[Forked] = []
        self._is_open = True

    def fork(self, connection_file: str) -> Forked:
        """Fork a kernel from the server. It may have children, so it is no daemon.

        Raises
        ------
        RuntimeError
            If the run was stopped.
        """
        if not self._is_open:
            raise RuntimeError("The run was stopped.")
        process = multiprocessing.get_context("forkserver").Process(
            target=run_kernel,
            args=(connection_file, str(self.folder), self.memory),
            daemon=False,
        )
        process.start()
        kernel = Forked(process, Path(connection_file).parent)
        self._all.append(kernel)
        return kernel

    def end(self) -> None:
        """End those that still run and start no more."""
        self._is_open = False
        for kernel in self._all:
            kernel.end()


def peak_memory(pid: int) -> int:
    """Return the largest memory that a process held, in bytes; 0 where this is not known."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def private_folder() -> Path:
    """Make a folder for the sockets of one kernel; its path is short, as sockets' must be."""
    folder = tempfile.mkdtemp(prefix="cjm")
    if len(folder) > 80 and Path("/tmp").is_dir():  # noqa: S108  # mkdtemp makes it private
        shutil.rmtree(folder)
        folder = tempfile.mkdtemp(prefix="cjm", dir="/tmp")
    return Path(folder)
