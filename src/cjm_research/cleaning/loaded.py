"""What a load gives, and its books: rows in are rows kept and rows set aside, always."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

INFO = ("source_file", "table", "rows_in", "rows_kept", "rows_quarantined", "encoding",
        "delimiter", "sha256")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one source gave: rows in = rows of `table` + rows of `quarantine`."""

    table: pd.DataFrame
    """Canonical columns with their types, all of them, and the study's own."""
    quarantine: pd.DataFrame
    """Rows that were set aside, each with file, line, code, column and value."""
    issues: pd.DataFrame
    """All that was found, counted by file, code and column, with what followed from it."""
    changes: pd.DataFrame
    """Values that were left out of rows that were kept."""
    flags: pd.DataFrame
    """Rows that were kept and that a reader should know of: outliers, other currencies."""
    evidence: pd.DataFrame
    """Decisions by evidence, each with the line of the study file that overrides it."""
    info: pd.DataFrame
    """One row per file: rows in, kept and set aside, encoding, separator, content hash."""

    @property
    def choices(self) -> pd.DataFrame:
        """The evidence, by the name that it has in the store."""
        return self.evidence


def joined_loads(pieces: Sequence[Loaded]) -> Loaded:
    """Put together what several sources of one table gave; the books are balanced again."""
    if len(pieces) == 1:
        return pieces[0]

    def stacked(book: str) -> pd.DataFrame:
        frames = [getattr(p, book) for p in pieces]
        filled = [f for f in frames if len(f)] or frames[:1]
        joined: pd.DataFrame = pd.concat(filled, ignore_index=True)
        return joined

    table = concatenated([p.table for p in pieces])
    info = summed_info(pd.concat([p.info for p in pieces], ignore_index=True))
    quarantine = stacked("quarantine")
    return Loaded(
        table=table, quarantine=quarantine, issues=stacked("issues"), changes=stacked("changes"),
        evidence=stacked("evidence").drop_duplicates(ignore_index=True),
        flags=stacked("flags"), info=balance(info, table, quarantine),
    )  # fmt: skip


def concatenated(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack tables; an own column that differs in type between sources becomes text."""
    names = list(dict.fromkeys(str(c) for frame in frames for c in frame))
    columns = {}
    for name in names:
        found = [f[name] for f in frames if name in f]
        if len({str(s.dtype) for s in found}) > 1:
            found = [s.astype("string[pyarrow]") for s in found]
        filler = found[0].iloc[:0]
        pieces = iter(found)
        columns[name] = pd.concat(
            [next(pieces) if name in f else filler.reindex(f.index) for f in frames],
            ignore_index=True,
        )
    return pd.DataFrame(columns)


def summed_info(info: pd.DataFrame) -> pd.DataFrame:
    """Sum the rows of every file and table."""
    summed: pd.DataFrame = info.groupby(["table", "source_file"], sort=False, as_index=False).agg(
        {"rows_in": "sum", "encoding": "first", "delimiter": "first", "sha256": "first"}
    )
    return summed


def _rows_of(names: pd.Series, book: pd.DataFrame) -> pd.Series:
    """Count the rows of each file."""
    if len(names) == 1:
        return pd.Series([len(book)], index=names.index)
    return names.map(book["source_file"].value_counts()).fillna(0).astype("int64")


def balance(files: pd.DataFrame, frame: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    """Count rows kept and set aside per file, and prove that none was lost.

    Raises
    ------
    DataError
        If rows in are not rows kept + rows set aside.
    """
    names = files["source_file"]
    kept, aside = (_rows_of(names, book) for book in (frame, quarantine))
    lost = (files["rows_in"] != kept + aside).to_numpy()
    if lost.any():
        i = int(np.flatnonzero(lost)[0])
        raise DataError(
            f"Rows of {names[i]!r} do not add up: {files['rows_in'][i]:,} in,"
            f" {kept[i]:,} kept, {aside[i]:,} set aside."
        )
    return files.assign(rows_kept=kept, rows_quarantined=aside)[list(INFO)]
