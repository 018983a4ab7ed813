"""The kernel process of one notebook: what a fork of the server runs."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any


def run_kernel(connection_file: str, folder: str) -> None:
    """Become an ipykernel and serve one notebook until it is told to stop.

    Parameters
    ----------
    connection_file : str
        Where the sockets and the key are written.
    folder : str
        Working folder: the project's.
    """
    os.setsid()  # a Ctrl-C at the terminal is for the runner, which then ends its kernels
    os.chdir(folder)
    os.environ["IPYTHONDIR"] = str(Path(connection_file).parent)  # nobody's start-up files
    _seed()
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # preloaded by the server

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)  # its banner
    IPKernelApp.clear_instance()
    app: Any = IPKernelApp.instance(connection_file=connection_file)
    app.initialize([
        "-f", connection_file,
        f"--IPKernelApp.parent_handle={os.getppid()}",  # it dies with the server
        "--HistoryManager.enabled=False",
    ])  # fmt: skip
    app.start()


def _seed() -> None:
    """Give a notebook that draws numbers without a generator the same ones in every run."""
    random.seed(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(0)
