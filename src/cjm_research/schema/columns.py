"""What a column of a canonical table is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column is parsed and stored."""

    ID = "id"  # text for ever; leading zeros kept
    TEXT = "text"
    CHOICE = "choice"  # one of `Column.choices`
    NUMBER = "number"  # float64
    MONEY = "money"  # float64, in the row's currency
    INTEGER = "integer"  # Int64
    DATE = "date"  # datetime64[us], midnight, no zone: a calendar day of the study
    TIME = "time"  # datetime64[us, UTC]
    BOOLEAN = "boolean"  # boolean (three-valued)


DTYPES: dict[Kind, str] = {
    Kind.ID: "string[pyarrow]",
    Kind.TEXT: "string[pyarrow]",
    Kind.CHOICE: "string[pyarrow]",
    Kind.NUMBER: "float64",
    Kind.MONEY: "float64",
    Kind.INTEGER: "Int64",
    Kind.DATE: "datetime64[us]",
    Kind.TIME: "datetime64[us, UTC]",
    Kind.BOOLEAN: "boolean",
}
"""The pandas type of each kind in every canonical table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, kind and the values it may hold."""

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    personal: bool = False
    """Identifies a person: never on a page, hashed or dropped on export."""

    @property
    def dtype(self) -> str:
        """The pandas type it is stored with."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One canonical table: what a row is, its key, its columns."""

    name: str
    row: str
    """What one row is, in English, for messages and documentation."""
    key: str | None
    """Column that names a row; made as ``FILE#LINE`` where the source has none."""
    customer: str | None
    """Column that holds the customer, by which rows are bucketed."""
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of that name; None when the schema does not name it."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that a row cannot do without."""
        return tuple(c.name for c in self.columns if c.required)
