"""What an adapter file says."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from cjm_research.cleaning.reading.request import Shape
from cjm_research.errors import nearest
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.phrase import Settings
from cjm_research.study.sources import RowRule, TimeForm

KnownFrom = Literal["documentation", "sample", "memory"]
"""How a layout is known: the system's own documentation, a file seen, or general knowledge."""


class Layout(Settings):
    """How the files of a system are laid out, beyond rows and columns."""

    records: str = ""
    pairs: list[tuple[str, str, str]] = []
    header_rows: Annotated[int, Field(ge=1, le=3)] | None = None
    groups: str = ""
    missing: list[str] = []

    @property
    def shape(self) -> Shape:
        """The layout as the readers take it."""
        return Shape(
            records=self.records,
            pairs=tuple(self.pairs),
            header_rows=self.header_rows,
            groups=self.groups,
            missing=tuple(self.missing),
        )


class Part(Settings):
    """One canonical table that a file of the system fills."""

    table: str
    signs: list[str] = []
    """Headers that prove the layout: all of them stand in such a file. ``a|b`` is either."""
    columns: dict[str, list[str]] = {}
    """Canonical column = the headers it may have, the best first."""
    joined: dict[str, list[str]] = {}
    """Columns made of several headers, of those that are there."""
    otherwise: list[str] = []
    """Columns whose further headers fill the cells that the first leaves empty; those of
    telephones and addresses do so anyway."""
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, str | float | bool] = {}
    computed: dict[str, str] = {}
    rules: list[RowRule] = []
    kinds: dict[str, Kind] = {}
    units: dict[str, float] = {}
    times: dict[str, TimeForm] = {}
    unique: list[str] = []
    unpivot: dict[str, list[str]] = {}
    """Name = headers it may have, for a file with one column per metric."""
    questions: bool = False
    """Every column that is not mapped is a question of a survey."""
    unknown_customers: Literal["set_aside", "keep"] = "set_aside"
    decimal: Literal[",", "."] | None = None
    day_first: bool | None = None
    zone: str | None = None

    @model_validator(mode="after")
    def _table_exists(self) -> Self:
        if self.table not in TABLES:
            raise ValueError(
                f"table {self.table!r} is not known.{nearest(self.table, TABLES)}"
                f" Tables are {sorted(TABLES)}"
            )
        return self


class Adapter(Settings):
    """A system and the tables that its exports fill."""

    title: str
    known_from: KnownFrom
    reference: str = ""
    """Where the layout is described."""
    note: str = ""
    """What a reader of the data should know."""
    layout: Layout = Layout()
    parts: Annotated[list[Part], Field(min_length=1)]

    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The name of its file."""
        return self._name
