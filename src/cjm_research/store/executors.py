"""Where buckets are worked on: in this process, in several of this machine, or on a cluster."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

ALLOWED = "processes:4 or dask://scheduler:8786"
CONNECTING = 15
"""Seconds that a cluster may take to answer."""


@contextmanager
def opened_executor(where: str) -> Iterator[Executor]:
    """Give an executor for `store.fold`, and close it in the end.

    Parameters
    ----------
    where : str
        ``processes:4`` for processes of this machine, or ``dask://scheduler:8786`` for the
        workers of a Dask cluster. These must see the project's folder under the same path.

    Raises
    ------
    ParameterError
        If it is neither, no scheduler answers, or the extra ``cluster`` is not installed.

    Examples
    --------
    >>> with opened_executor("processes:1") as executor:
    ...     list(executor.map(abs, [-1, -2]))
    [1, 2]
    """
    check_executor(where)
    kind, _, rest = where.partition(":")
    if kind == "processes":
        with ProcessPoolExecutor(int(rest), mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        with _of_cluster(f"tcp:{rest}") as executor:
            yield executor


def check_executor(where: str) -> None:
    """Raise a `ParameterError` if `where` cannot name an executor; nothing is started."""
    kind, _, rest = where.partition(":")
    is_pool = kind == "processes" and rest.isdecimal() and int(rest) > 0
    if not (is_pool or (kind == "dask" and _is_address(rest))):
        raise ParameterError.expected("executor", ALLOWED, got=where)


def _is_address(text: str) -> bool:
    host, _, port = text.removeprefix("//").rpartition(":")
    return text.startswith("//") and bool(host) and port.isdecimal()


@contextmanager
def _of_cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415  # an extra
    except ImportError:
        raise ParameterError(
            "executor: a cluster needs the extra: pip install 'cjm_research[cluster]'"
        ) from None
    try:
        client: Any = Client(address, timeout=CONNECTING, set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError:
        raise ParameterError(f"executor: no Dask scheduler answers at {address}.") from None
    try:
        yield client.get_executor()
    finally:
        client.close()
