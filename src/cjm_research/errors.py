"""Errors that are raised on purpose; every layer may import them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` when a known name is near, else an empty text.

    Examples
    --------
    >>> nearest("ordrs", ["orders", "events"])
    " Did you mean 'orders'?"
    >>> nearest("zzz", ["orders"])
    ''
    """
    names = [str(k) for k in known]
    near = get_close_matches(name, names, n=1) or [
        k for k in names if k.casefold() == name.casefold()
    ]
    return f" Did you mean {near[0]!r}?" if near else ""


class CjmError(Exception):
    """Base of every error raised on purpose.

    A message says what is wrong, what was found and what is allowed, in that order.
    Subclasses define named constructors and no ``__init__``: an error must survive
    pickling on its way out of a worker process.
    """


class ParameterError(CjmError, ValueError):
    """An argument or a notebook parameter is outside what it may be."""

    @classmethod
    def expected(cls, name: str, allowed: str, *, got: object) -> Self:
        """Say which parameter, what it may be, and what was given."""
        return cls(f"{name} must be {allowed}; got {got!r}.")

    @classmethod
    def unknown(cls, what: str, name: str, *, known: Collection[str]) -> Self:
        """Say that a name is not known, which one is near, and which there are."""
        there = f"There are {sorted(known)}." if known else "There are none."
        return cls(f"There is no {what} {name!r}.{nearest(name, known)} {there}")


class SchemaError(CjmError):
    """A table does not have the columns, types or keys its schema promises."""

    @classmethod
    def missing_column(cls, column: str, *, table: str, found: Collection[str]) -> Self:
        """Name the column, the table, and the nearest column that does exist."""
        return cls(
            f"Table {table!r} has no column {column!r}.{nearest(column, found)}"
            f" It has {sorted(found)}."
        )


class SourceError(CjmError):
    """A raw file is missing, cannot be read, or does not fit its description."""


class DataError(CjmError):
    """The table is well formed and still cannot answer the question."""


class NoDataError(DataError):
    """A report has nothing to speak about: it is skipped and says why, and nothing failed."""


class DesignError(CjmError):
    """An experiment is broken, so that its numbers must not be read."""


class StudyError(CjmError):
    """A study file is wrong; the message lists every problem, one a line."""

    @classmethod
    def problems(cls, file: str, problems: Iterable[str]) -> Self:
        """List all that is wrong with one file."""
        return cls("\n".join(f"{file}: {p}" for p in problems))


class StoreError(CjmError):
    """The store is locked, damaged or not there yet."""


class ReportError(CjmError):
    """A report cannot be planned, run, checked or published."""
