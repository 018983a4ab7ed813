"""Where raw rows come from and how their columns are named."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from cjm_research.errors import nearest
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.arithmetic import parse_sum
from cjm_research.study.phrase import Settings

Value = str | float | bool

LINE_KEY = "#line"
"""Stands for a header: the key ``FILE#LINE`` that is made for the row."""

UNPIVOT_INTO = {
    "outcomes": ("metric", "value"),
    "campaign_totals": ("metric", "total"),
    "feedback": ("question", "score"),
}
"""Where the name and the value of an unpivoted column go, by table."""


TimeForm = Literal["unix_s", "unix_ms", "unix_us", "excel", "excel_1904"]
"""What a bare number in a column of times can count: seconds and parts since 1970, or days."""


class RowRule(Settings):
    """What is done with the rows that meet a condition: columns are set, or the row set aside.

    Conditions look at parsed values; all that are given must hold. The first rule of a source
    that sets a column wins, and constants are the default.
    """

    column: str
    values: list[str] = []
    prefix: str | None = None
    regex: str | None = None
    """Found anywhere in the text."""
    at_least: float | None = None
    at_most: float | None = None
    missing: bool | None = None
    set: dict[str, Value] = {}
    exclude: bool = False
    """Set the row aside with code ``excluded``: test accounts, rows of other firms."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        given = (self.prefix, self.regex, self.at_least, self.at_most, self.missing)
        if not self.values and all(g is None for g in given):
            raise ValueError(
                "a rule needs a condition: 'values', 'prefix', 'regex', 'at_least', 'at_most'"
                " or 'missing'"
            )
        if bool(self.set) == self.exclude:
            raise ValueError("a rule either sets columns ('set') or excludes the row ('exclude')")
        return self

    @field_validator("regex")
    @classmethod
    def _compiles(cls, regex: str | None) -> str | None:
        try:
            re.compile(regex or "")
        except re.error as error:
            raise ValueError(f"regex {regex!r} is not valid: {error}") from None
        return regex


class Repair(Settings):
    """A clean copy of a file that a spreadsheet ruined."""

    file: str
    """Path under ``data/raw/STUDY/`` (or absolute)."""
    by: Annotated[dict[str, str], Field(min_length=1)]
    """Columns that a row and its copy are matched by = header in the copy. Of a long number the
    first fifteen digits count, of a time the minute, of a text its letters and digits."""
    restore: Annotated[dict[str, str], Field(min_length=1)]
    """Columns whose values the copy gives = header in the copy."""


class Source(Settings):
    """One raw file, or all files that a pattern names, that fill one canonical table."""

    table: str
    file: str
    """Path or glob pattern under ``data/raw/STUDY/`` (or absolute)."""
    adapter: str | None = None
    """Layout of a known system (``bitrix24``), or of a file in the project's ``adapters/``."""
    columns: dict[str, str] = {}
    """Canonical or own column = header in the file; ``"#line"`` is the key made for the row.
    A file without a header names its columns ``"1"``, ``"2"``, and so on; of two columns with
    one header the second is ``"Header (2)"``."""
    joined: dict[str, list[str]] = {}
    """Columns made of the texts of several headers: ``name = ["Фамилия", "Имя"]``."""
    otherwise: dict[str, list[str]] = {}
    """For a column: headers that fill it, in turn, where its own cell says nothing:
    ``phone = ["Рабочий телефон"]``."""
    values: dict[str, dict[str, str]] = {}
    """For a column: value in the file = canonical value; ``"*"`` stands for all others."""
    constants: dict[str, Value] = {}
    """Columns that the file lacks and that are the same in every row."""
    computed: dict[str, str] = {}
    """Columns made from others: ``amount = "quantity * unit_price"``."""
    rules: list[RowRule] = []
    """Rows that are marked or set aside: ``{column = "order_id", prefix = "C",
    set = {status = "cancelled"}}``."""
    unpivot: dict[str, str] = {}
    """Header = name, for a file with one column per metric or question: each makes a row."""
    unpivot_into: tuple[str, str] | None = None
    """Columns for that name and its value, where the table has no usual ones."""
    kinds: dict[str, Kind] = {}
    """What own columns hold; found from their values if absent."""
    unique: list[str] = []
    """Columns that name a row in a table that has no key of its own."""
    unknown_customers: Literal["set_aside", "keep"] = "set_aside"
    """Rows of customers that the study's customer list lacks; ``keep`` for anonymous visitors."""
    repair: Repair | None = None
    """A clean copy that ruined values are restored from."""
    history: Literal["replace", "keep"] = "replace"
    """``keep``: rows of files that were loaded before and are gone stay; a file that is there
    again under its name replaces what it gave. For exports that hold the last days only."""
    encoding: str | None = None
    delimiter: (
        Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1)] | None
    ) = None
    """A blank stands for any run of blanks."""
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=0)] | None = None
    """Line of the header, from 1; 0 says that there is none. Found by itself if absent."""
    header_rows: Annotated[int, Field(ge=1, le=3)] | None = None
    """Rows that the header has; names of two rows are joined by a slash."""
    decimal: Literal[",", "."] | None = None
    day_first: bool | None = None
    units: dict[str, Annotated[float, Field(gt=0)]] = {}
    """For a column: what its numbers are multiplied by; 1 where a header misleads."""
    times: dict[str, TimeForm] = {}
    """For a column of bare numbers: what they count."""
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
        given = self.given
        missing = [c for c in declared.required if c not in given]
        if declared.key in missing:
            missing.remove(declared.key)  # made as FILE#LINE
        if missing and not self._is_filled_by_adapter:
            raise ValueError(
                f"table {self.table!r} needs the columns {missing};"
                f" map each to a header under 'columns' or give it under 'constants'"
            )
        for column in self.values:
            self._require(column, "values are given for")
        for column in self.unique:
            self._require(column, "'unique' names")
        for rule in self.rules:
            self._require(rule.column, "a rule looks at")
        for column in (*self.repair.by, *self.repair.restore) if self.repair else ():
            self._require(column, "'repair' names")
        return self

    @model_validator(mode="after")
    def _first_headers_are_there(self) -> Self:
        for column in self.otherwise:
            if column not in self.columns and not self._is_filled_by_adapter:
                raise ValueError(
                    f"'otherwise' names {column!r}, which has no header of its own."
                    f"{nearest(column, self.columns)}"
                )
        return self

    @model_validator(mode="after")
    def _sums_are_whole(self) -> Self:
        known = {*self.columns, *self.constants, *self.into}
        for column, text in self.computed.items():
            if column in self.columns:
                raise ValueError(f"column {column!r} is both mapped and computed")
            for name in parse_sum(text)[1]:
                if name not in known:
                    raise ValueError(
                        f"computed column {column!r} uses {name!r}, which is not mapped."
                        f"{nearest(name, known)}"
                    )
        if self.unpivot and not self.into:
            raise ValueError(
                f"'unpivot' of table {self.table!r} needs 'unpivot_into':"
                " the column for the name and the column for the value"
            )
        return self

    @property
    def into(self) -> tuple[str, ...]:
        """Columns that unpivoted names and values go to; empty without `unpivot`."""
        if not self.unpivot:
            return ()
        usual: tuple[str, ...] = UNPIVOT_INTO.get(self.table, ())
        return self.unpivot_into or usual

    @property
    def given(self) -> set[str]:
        """Every column that this source fills."""
        by_rule = {c for r in self.rules for c in r.set}
        by_text = {*self.columns, *self.joined}
        return {*by_text, *self.constants, *self.computed, *self.into, *by_rule}

    @property
    def _is_filled_by_adapter(self) -> bool:
        """An adapter without columns beside it says itself which header fills which column."""
        return self.adapter is not None and not self.columns

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that must stand in the file, in the order of the study file."""
        mapped = (h for h in self.columns.values() if h != LINE_KEY)
        several = (h for d in (self.joined, self.otherwise) for parts in d.values() for h in parts)
        wanted = (*mapped, *several, *self.unpivot)
        return tuple(dict.fromkeys(wanted))

    def _require(self, column: str, what: str) -> None:
        if column not in self.given and not self._is_filled_by_adapter:
            raise ValueError(
                f"{what} {column!r}, which is not mapped.{nearest(column, self.given)}"
            )
