"""The kernel process of one notebook: what a fork of the server runs."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import sys
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable


def run_kernel(connection_file: str, folder: str, memory: float = 0) -> None:
    """Become an ipykernel and serve one notebook until it is told to stop.

    Parameters
    ----------
    connection_file : str
        Where the sockets and the key are written.
    folder : str
        Working folder: the project's.
    memory : float
        Gigabytes of data that it may hold; 0: no limit.
    """
    leave_imports_alone()
    os.setsid()  # a Ctrl-C at the terminal is for the runner, which then ends its kernels
    os.chdir(folder)
    sockets = Path(connection_file).parent
    end_with_parent(lambda: shutil.rmtree(sockets, ignore_errors=True))
    os.environ["IPYTHONDIR"] = str(sockets)  # nobody's start-up files
    if memory:
        _hold(memory)
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # preloaded by the server

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)  # its banner
    IPKernelApp.clear_instance()
    app: Any = IPKernelApp.instance(connection_file=connection_file)
    app.initialize([
        "-f", connection_file,
        "--HistoryManager.enabled=False",
    ])  # fmt: skip
    app.log.addFilter(_is_news)
    _seed_before_the_first_cell(app.shell)
    app.start()


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of the kernel's log says something: it is interrupted at every end."""
    return not record.getMessage().startswith("KeyboardInterrupt caught")


def leave_imports_alone() -> None:
    """Leave what the server imported out of the collector's rounds.

    It never becomes rubbish, and a fork that does not look at it goes on sharing its memory.
    """
    gc.freeze()


def end_with_parent(last: Callable[[], None] = lambda: None) -> None:
    """End this process and its children when the runner is gone, however it went.

    The runner's end of a pipe closes with it. The fork server cannot tell: its forks keep it.
    """
    runner = parent_process()
    if runner is None:
        return

    def watch() -> None:
        wait([runner.sentinel])
        last()
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    Thread(target=watch, daemon=True, name="end-with-parent").start()


def _hold(memory: float) -> None:
    """Make an allocation beyond the limit a `MemoryError` of the cell that asks for it."""
    import resource  # noqa: PLC0415  # not there on every system

    allowed = int(memory * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))


def _seed_before_the_first_cell(shell: Any) -> None:  # noqa: ANN401  # IPython's
    """Give a notebook that draws numbers without a generator the same ones in every run.

    Not earlier: what a kernel does until then draws too, more or less often.
    """

    def seed(_: object) -> None:
        shell.events.unregister("pre_run_cell", seed)
        _seed()

    shell.events.register("pre_run_cell", seed)


def _seed() -> None:
    """Let the global generators begin anew."""
    random.seed(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(0)
