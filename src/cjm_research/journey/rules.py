"""Which rule of which stage takes an event; looked up for distinct values only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.journey.ordering import coded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    EventBuckets = Iterable[tuple[pd.DataFrame, pd.DataFrame]]
    """Canonical events and customers of one bucket after the other; can be gone through again."""

    from numpy.typing import NDArray

    from cjm_research.study.plans import EventRule, Stage


def matched_rule(events: pd.DataFrame, stages: Sequence[Stage]) -> NDArray[np.int16]:
    """Return, for each event, the number of the rule that takes it; -1 for none.

    Parameters
    ----------
    events : pandas.DataFrame
        Canonical events.
    stages : sequence of Stage
        Stages in their order; rules are numbered through all of them.

    Raises
    ------
    SchemaError
        If a column is missing, also one that only a rule names.
    """
    need_events(events, ("customer_id", "name"))
    rules = [rule for stage in stages for rule in stage.events]
    columns = list(dict.fromkeys(["name", *(r.column for r in rules if r.column)]))
    need_events(events, columns)
    kinds, distinct = _distinct(events, columns)
    matched = np.full(len(distinct), -1, dtype=np.int16)
    for number, rule in enumerate(rules):
        free = matched < 0
        matched[free & _holds(rule, distinct)] = number
    return np.asarray(matched[kinds])


def need_events(events: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise `SchemaError` for the first column that the events lack."""
    for column in columns:
        if column not in events:
            raise SchemaError.missing_column(column, table="events", found=list(events.columns))


def _distinct(
    events: pd.DataFrame, columns: Sequence[str]
) -> tuple[NDArray[np.integer], pd.DataFrame]:
    """Return the distinct rows of `columns`, and for each event which of them it is."""
    first, *others = columns
    if not others:
        codes, values = coded(events[first])
        if (codes < 0).any():
            values = values.append(pd.Index([pd.NA], dtype=values.dtype))
            codes = np.where(codes < 0, np.int32(len(values) - 1), codes)
        return codes, pd.DataFrame({first: values})
    kinds = pd.factorize(events[first], use_na_sentinel=False)[0]
    for column in others:
        number, names = pd.factorize(events[column], use_na_sentinel=False)
        kinds, _ = pd.factorize(kinds * len(names) + number)
    example = np.zeros(int(kinds.max()) + 1 if len(kinds) else 0, dtype=np.int64)
    example[kinds[::-1]] = np.arange(len(kinds))[::-1]
    return kinds, events[list(columns)].iloc[example].reset_index(drop=True)


def _holds(rule: EventRule, distinct: pd.DataFrame) -> NDArray[np.bool_]:
    names = distinct["name"].astype("string[pyarrow]").fillna("")
    holds = np.ones(len(distinct), dtype=bool)
    if rule.names:
        holds &= names.isin(rule.names).to_numpy(dtype=bool)
    if rule.prefix:
        holds &= names.str.startswith(rule.prefix).to_numpy(dtype=bool)
    if rule.regex:
        pattern = re.compile(rule.regex)
        holds &= np.array([bool(pattern.search(n)) for n in names], dtype=bool)
    if rule.column:
        holds &= distinct[rule.column].astype(str).isin(rule.values).to_numpy(dtype=bool)
    return holds
