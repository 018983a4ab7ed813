"""What is known about a source beyond one column, and what a column was parsed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.codes import Code  # noqa: TC001  # dataclass fields
from cjm_research.cleaning.parsing.typed import TextCells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.raw_table import Choice, Note
    from cjm_research.schema.columns import Kind
    from cjm_research.study.sources import TimeForm


_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the study or the other columns of the file say."""

    zone: str = "UTC"
    decimal: str | None = None
    """As the study gives it."""
    day_first: bool | None = None
    """As the study gives it."""
    region: str | None = None
    """Country of telephone and tax numbers that name none: ``RU``."""
    units: Mapping[str, float] = field(default_factory=dict)
    """For a column, as the study gives it: what its numbers are multiplied by."""
    times: Mapping[str, TimeForm] = field(default_factory=dict)
    """For a column, as the study gives it: what its bare numbers count."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header of each column: it may name a unit."""
    comma_nearby: bool | None = None
    """A decimal comma, as the columns of the file prove together; False is a point."""
    day_first_nearby: bool | None = None
    """The day first, as the columns of the file prove together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A column with its canonical type, and what became of each cell that did not fit."""

    column: pd.Series | TextCells
    problems: dict[Code, NDArray[np.bool_]] = field(default_factory=dict)
    """For each code, the rows whose text could not be read; their value is missing."""
    notes: tuple[Note, ...] = ()
    choices: tuple[Choice, ...] = ()
    currency: TextCells | None = None
    """Of a column of money: what each cell names by a sign or a word."""
    kind: Kind

    @property
    def cells(self) -> pd.Series:
        """The whole column."""
        return self.rows()

    def rows(self, mask: NDArray[np.bool_] | None = None) -> pd.Series:
        """Return the rows of a mask, all if there is none."""
        if isinstance(self.column, TextCells):
            return self.column.rows(mask)
        if mask is None or mask.all():
            return self.column
        if np.count_nonzero(mask) < len(mask) // _FEW:
            return pd.Series(self.column.array.take(np.flatnonzero(mask)), copy=False)
        return pd.Series(self.column.array[mask], copy=False)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Rows in which nothing is known."""
        if isinstance(self.column, TextCells):
            return self.column.missing
        return self.column.isna().to_numpy()

    @property
    def unread(self) -> NDArray[np.bool_]:
        """Rows whose text could not be read, for whatever reason."""
        found = np.zeros(len(self.column), dtype=bool)
        for mask in self.problems.values():
            found |= mask
        return found
