"""Keys of rows: those that a source gives, and those that are made of file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.parsing.typed import as_kind
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import LINE_KEY

if TYPE_CHECKING:
    from cjm_research.cleaning.mapping import Mapped
    from cjm_research.study.sources import Source

_ASKED_IN_PAIRS = ("importance", "satisfaction", "kano_functional", "kano_dysfunctional")
"""Kinds of feedback that ask about one thing twice: their keys carry the kind."""


def with_keys(frame: pd.DataFrame, mapped: Mapped, source: Source) -> pd.DataFrame:
    """Make the keys that the source lacks, of file and line.

    Where one line of the file gives several rows (a questionnaire, one row for each question),
    the name of the question is part of every key, made or given.

    Parameters
    ----------
    frame : pandas.DataFrame
        Parsed rows.
    mapped : Mapped
        Where they come from.
    source : Source
        Which header is the key, or that there is none.
    """
    declared = TABLES[source.table]
    by_line = [c for c, header in source.columns.items() if header == LINE_KEY and c not in frame]
    key = declared.key
    made = np.full(len(frame), bool(by_line))
    blank = np.zeros(len(frame), dtype=bool)
    if key is not None and key not in frame:
        by_line.append(key)
        made[:] = True
    elif key is not None and key not in declared.required:
        blank = frame[key].isna().to_numpy()
        made |= blank
    if made.any():
        keys = pd.Series(pd.arrays.ArrowStringArray(mapped.line_keys))
        frame = frame.assign(**dict.fromkeys(by_line, keys))
        if blank.any():
            frame[key] = frame[key].mask(blank, keys)
    if key is not None and source.into:
        frame = frame.assign(**{key: frame[key] + _of_question(frame, source)})
    frame["id_is_generated"] = as_kind(made, Kind.BOOLEAN)
    return frame


def _of_question(frame: pd.DataFrame, source: Source) -> pd.Series:
    """Return what tells the rows of one line apart."""
    kind = source.constants.get("kind")
    asked = frame[source.into[0]].astype("string[pyarrow]").fillna("")
    return "/" + asked + (f"/{kind}" if kind in _ASKED_IN_PAIRS else "")
