"""Conditions of rule segments: SQL that can look at one row and at nothing else.

A condition is text of the study file, so it is not trusted. It is parsed by DuckDB first; only
if its tree is made of known nodes, columns and functions is it evaluated, in parentheses, on a
connection in memory that reaches no file, no network and no setting.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.errors import StudyError
from cjm_research.segmentation.syntax import check_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 20.0
"""How long one condition may run."""

_SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "memory_limit": "1GB",
}


def evaluate(
    customers: pd.DataFrame, conditions: Mapping[str, str], *, seconds: float = SECONDS
) -> pd.DataFrame:
    """Answer each condition for every customer: yes, no or unknown.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer; the conditions may name any of its columns.
    conditions : mapping of str to str
        SQL condition by the id of its segment.
    seconds : float
        How long one condition may run.

    Returns
    -------
    pandas.DataFrame
        One three-valued column (``boolean``) per condition, with the index of `customers`.
        Unknown, where SQL gives NULL, is not no: what is not known was not denied.

    Raises
    ------
    StudyError
        If a condition is wrong; every wrong one is named with its segment, its column or
        function, and the nearest one that does exist.

    Examples
    --------
    >>> people = pd.DataFrame({"age": [17.0, 40.0, None]})
    >>> evaluate(people, {"adult": "age >= 18"})["adult"].tolist()
    [False, True, <NA>]
    """
    columns = [str(c) for c in customers.columns]
    checked = {name: check_condition(text, columns=columns) for name, text in conditions.items()}
    problems = [f"segment {name!r}: {problem}" for name, problem in checked.items() if problem]
    if problems:
        raise StudyError.problems("conditions", problems)

    answers: dict[str, pd.Series] = {}
    with duckdb.connect(":memory:", config={**_SETTINGS, "lock_configuration": "true"}) as base:
        base.register("customer", _plain(customers))
        for name, text in conditions.items():
            try:
                answers[name] = _answer(base, text, seconds)
            except (duckdb.Error, TypeError) as error:
                problems.append(f"segment {name!r}: {_first_line(error)} In: {text}")
    if problems:
        raise StudyError.problems("conditions", problems)
    frame = pd.DataFrame(answers, columns=list(conditions), dtype="boolean")
    return frame.set_axis(customers.index, axis=0)


def _answer(base: duckdb.DuckDBPyConnection, text: str, seconds: float) -> pd.Series:
    # The line break ends a comment that would swallow the parenthesis.
    question = f"SELECT (\n{text}\n) AS answer FROM customer"  # noqa: S608  # checked above
    with _time_limit(base, seconds):
        column = base.sql(question).to_arrow_table().column("answer")
    # An untyped NULL has the type null, or int32 in older versions of DuckDB.
    is_nothing = pa.types.is_null(column.type) or text.strip().casefold() == "null"
    if not (pa.types.is_boolean(column.type) or is_nothing):
        raise TypeError(f"the condition gives {column.type} and not yes or no.")
    unknown = np.asarray(column.is_null())
    known = column.cast(pa.bool_()).fill_null(False)  # noqa: FBT003  # Arrow takes it so
    return pd.Series(pd.arrays.BooleanArray(np.array(known, dtype=bool), unknown))


class _time_limit:  # noqa: N801  # used as a statement
    def __init__(self, base: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._timer = threading.Timer(seconds, base.interrupt)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _plain(customers: pd.DataFrame) -> pa.Table:
    """Hand the table over as Arrow, with stamps as plain UTC times, which need no extension."""
    zoned = {c: customers[c].dt.tz_localize(None) for c in _zoned(customers)}
    return pa.Table.from_pandas(customers.assign(**zoned), preserve_index=False)


def _zoned(customers: pd.DataFrame) -> Iterator[str]:
    for name in customers.columns:
        if isinstance(customers[name].dtype, pd.DatetimeTZDtype):
            yield str(name)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
