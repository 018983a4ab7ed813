"""The study's own rules over parsed rows: columns that are computed, set, or rows set aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.columns import kind_of, parse_columns
from cjm_research.cleaning.parsing.distinct import distinct_texts
from cjm_research.cleaning.parsing.hints import Hints
from cjm_research.cleaning.parsing.typed import as_kind, missing
from cjm_research.errors import SourceError
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.arithmetic import evaluate_sum, parse_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger
    from cjm_research.study.sources import RowRule, Source

    Mask = NDArray[np.bool_]


def add_computed(frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Add the computed columns; a value that cannot be computed is missing.

    A computed column that is also given as a constant replaces it.
    """
    for column, text in source.computed.items():
        _, names = parse_sum(text)
        for name in names:
            if not pd.api.types.is_numeric_dtype(frame[name]):
                raise SourceError(
                    f"Computed column {column!r} of source {source.file!r} uses {name!r},"
                    " which does not hold numbers."
                )
        values = {n: frame[n].to_numpy(dtype=float, na_value=np.nan) for n in names}
        declared = TABLES[source.table].column(column)
        kind = declared.kind if declared is not None else Kind.NUMBER
        frame = frame.assign(**{column: as_kind(evaluate_sum(text, values), kind)})
    return frame


def apply_rules(frame: pd.DataFrame, source: Source, ledger: Ledger) -> pd.DataFrame:
    """Set columns and set rows aside as the study's rules say; the first rule that fits wins."""
    decided: dict[str, Mask] = {}
    excluded = np.zeros(len(frame), dtype=bool)
    for rule in source.rules:
        hit = rule_holds(frame, rule)
        if rule.exclude:
            excluded |= hit
        for column, value in rule.set.items():
            done = decided.setdefault(column, np.zeros(len(frame), dtype=bool))
            frame = _with_value(frame, source, column=column, value=value, where=hit & ~done)
            decided[column] = done | hit
    return ledger.set_aside(frame, excluded, Code.EXCLUDED)


def rule_holds(frame: pd.DataFrame, rule: RowRule) -> Mask:
    """Tell which rows meet every condition of a rule."""
    values = frame[rule.column]
    holds = np.ones(len(frame), dtype=bool)
    texts = values.astype("string[pyarrow]")
    if rule.values:  # noqa: PD011  # the rule's own field
        holds &= texts.isin(rule.values).to_numpy(dtype=bool)
    if rule.prefix is not None:
        holds &= texts.str.startswith(rule.prefix).fillna(value=False).to_numpy(dtype=bool)
    if rule.regex is not None:
        wanted = re.compile(rule.regex)
        hits = [t for t in texts.dropna().unique() if wanted.search(t)]
        holds &= texts.isin(hits).to_numpy(dtype=bool)
    if rule.at_least is not None or rule.at_most is not None:
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        low = -np.inf if rule.at_least is None else rule.at_least
        high = np.inf if rule.at_most is None else rule.at_most
        holds &= (numbers >= low) & (numbers <= high)
    if rule.missing is not None:
        holds &= values.isna().to_numpy() == rule.missing
    return holds


def _with_value(
    frame: pd.DataFrame, source: Source, *, column: str, value: object, where: Mask
) -> pd.DataFrame:
    declared = TABLES[source.table].column(column)
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    found = distinct_texts(pa.array([text]))
    kind = declared.kind if declared is not None else kind_of(found)
    parsed = parse_columns(
        {column: found},
        {column: kind},
        choices={column: declared.choices if declared is not None else ()},
        hints=Hints(),
    )[column]
    if parsed.unread.any():
        allowed = f" Allowed are {list(declared.choices)}." if declared else ""
        raise SourceError(
            f"A rule of source {source.file!r} sets {column!r} to {value!r},"
            f" which it cannot hold.{allowed}"
        )
    before = frame[column] if column in frame else missing(len(frame), kind)
    return frame.assign(**{column: before.mask(where, parsed.cells.iloc[0])})
