"""Where raw rows come from and how their columns are named."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from cjm_research.errors import nearest
from cjm_research.schema.tables import TABLES
from cjm_research.study.phrase import Settings


class Source(Settings):
    """One raw file, or all files that a pattern names, that fill one canonical table."""

    table: str
    file: str
    """Path or glob pattern under ``data/raw/STUDY/`` (or absolute)."""
    columns: dict[str, str] = {}
    """Canonical or own column = header in the file."""
    values: dict[str, dict[str, str]] = {}
    """For a column: value in the file = canonical value."""
    constants: dict[str, str | float | bool] = {}
    """Columns that the file lacks and that are the same in every row."""
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=0)] | None = None
    """Line of the header, from 1; 0 says that there is none. Found by itself if absent."""
    decimal: str | None = None
    day_first: bool | None = None
    zone: str | None = None
    """Zone of stamps that name none; the study's zone if absent."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if self.table not in TABLES:
            raise ValueError(
                f"table {self.table!r} is not known.{nearest(self.table, TABLES)}"
                f" Tables are {sorted(TABLES)}"
            )
        declared = TABLES[self.table]
        given = set(self.columns) | set(self.constants)
        missing = [c for c in declared.required if c not in given]
        if declared.key in missing:
            missing.remove(declared.key)  # made as FILE#LINE
        if missing:
            raise ValueError(
                f"table {self.table!r} needs the columns {missing};"
                f" map each to a header under 'columns' or give it under 'constants'"
            )
        for column in self.values:
            if column not in given:
                raise ValueError(
                    f"values are given for {column!r}, which is not mapped.{nearest(column, given)}"
                )
        return self
