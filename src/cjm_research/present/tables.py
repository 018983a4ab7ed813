"""The one table function: by unit, in each language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError, ReportError
from cjm_research.present import markup
from cjm_research.present.bodies import Body
from cjm_research.present.values import is_missing
from cjm_research.results import Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.present.sentences import Text
    from cjm_research.present.words import Words

_WORDS = frozenset({Unit.TEXT, Unit.LABEL, Unit.YES_NO})
"""Units that are read from the left; numbers and dates are aligned right."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table(Body):
    """A table of estimates: one row each, columns by unit."""

    frame: pd.DataFrame
    units: Mapping[str, Unit]
    name: str
    limit: int | None = None
    caption: Text | None = None
    within: Mapping[str, object] = field(default_factory=dict)
    """What all rows belong to: the experiment whose own words name its arms and metrics."""

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:  # noqa: ARG002
        """Return the table with caption, scopes and a box that scrolls."""
        if self.frame.empty:
            return markup.tag("p", markup.text(words("table.empty")), class_="meta")
        own = self.caption.text(words) if self.caption else ""
        named = own or title
        hidden = None if own else "vh"
        caption = markup.tag("caption", markup.text(named), class_=hidden) if named else ""
        shown = self.frame if self.limit is None else self.frame.head(self.limit)
        head = markup.tag("thead", markup.tag("tr", self._head(words)))
        body = markup.tag("tbody", "".join(self._row(r, words) for r in _rows(shown)))
        box = markup.tag(
            "div",
            markup.tag("table", caption + head + body),
            class_="scroll",
            role="region",
            tabindex=0,
            aria_label=words("table.alt", title=named) if named else words("table.region"),
        )
        return box + self._rest(words, len(shown))

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return all rows, unformatted, with headings and labels per language."""
        keys = [c for c, unit in self.units.items() if unit is Unit.LABEL]
        return [
            {
                "name": self.name,
                "columns": {w.language: [w.column(c) for c in self.units] for w in languages},
                "labels": {
                    w.language: {c: self._labels(c, w) for c in keys} for w in languages
                },
                "keys": list(self.units),
                "rows": [[plain(v) for v in row.values()] for row in _rows(self.frame)],
                "units": [str(u) for u in self.units.values()],
            }
        ]  # fmt: skip

    def _head(self, words: Words) -> str:
        return "".join(
            markup.tag("th", markup.text(words.column(c)), scope="col", class_=_alignment(u))
            for c, u in self.units.items()
        )

    def _row(self, row: Mapping[str, object], words: Words) -> str:
        cells = []
        for position, (column, unit) in enumerate(self.units.items()):
            shown = markup.text(_cell({**self.within, **row}, column, unit, words))
            if position == 0 and unit in _WORDS:
                cells.append(markup.tag("th", shown, scope="row"))
            else:
                cells.append(markup.tag("td", shown, class_=_alignment(unit)))
        return markup.tag("tr", "".join(cells))

    def _rest(self, words: Words, shown: int) -> str:
        if shown == len(self.frame):
            return ""
        rest = words("table.shown", shown=shown, n=len(self.frame))
        return markup.tag("p", markup.text(rest), class_="meta")

    def _labels(self, column: str, words: Words) -> dict[str, str]:
        known = self.frame[column].dropna().astype(str).unique()
        return {key: words.label(column, key, among=self.within) for key in known}


def table(
    result: Result | pd.DataFrame,
    units: Mapping[str, Unit] | None = None,
    *,
    columns: Sequence[str] | None = None,
    limit: int | None = None,
    name: str = "",
    caption: Text | None = None,
) -> Body:
    """Return a table, formatted by unit in each language.

    Parameters
    ----------
    result : Result or DataFrame
        A result brings its units; a frame needs them.
    units : Mapping of str to Unit, optional
        The columns, in order.
    columns : Sequence of str, optional
        Which columns to show, in this order; all if absent.
    limit : int, optional
        Show this many rows and say how many there are.
    name : str
        Name of the sheet that the numbers go to.
    caption : Sentence, optional
        Stands above the table; the exhibit's title names it if absent.

    Raises
    ------
    ReportError
        If a column holds identifiers: a page never names a person or company.
    ParameterError
        If a column is not there.
    """
    frame, units = frame_of(result, units)
    chosen = list(columns) if columns is not None else list(units)
    for column in chosen:
        if column not in units or column not in frame:
            raise ParameterError.unknown("column", column, known=[c for c in units if c in frame])
        if units[column] is Unit.IDENTIFIER:
            raise ReportError(f"Column {column!r} holds identifiers; a page never shows them.")
    return Table(
        frame=frame[chosen],
        units={c: units[c] for c in chosen},
        name=name or (type(result).__name__ if isinstance(result, Result) else "table"),
        limit=limit,
        caption=caption,
        within=within(result),
    )


def within(result: Result | pd.DataFrame) -> dict[str, object]:
    """Return the grouping or experiment that a whole result is about, and themes in doubt."""
    if not isinstance(result, Result):
        return {}
    own = {name: getattr(result, name, None) for name in ("grouping", "experiment")}
    told = {name: value for name, value in own.items() if isinstance(value, str) and value}
    doubted = getattr(getattr(result, "telling", result), "unreliable", ())
    return told | ({"unreliable": tuple(sorted(doubted))} if doubted else {})


def frame_of(
    result: Result | pd.DataFrame, units: Mapping[str, Unit] | None = None
) -> tuple[pd.DataFrame, Mapping[str, Unit]]:
    """Return the rows and the units of a result, or of a frame whose units are given."""
    if isinstance(result, Result):
        return result.to_frame(), units or result.units
    if units is None:
        raise ParameterError("units must name the unit of each column of a plain table.")
    return result, units


def plain(value: Any) -> str | float | int | bool | None:  # noqa: ANN401
    """Return a value as JSON has it."""
    if is_missing(value):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, str | int | float | bool):
        return value
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _cell(row: Mapping[str, object], column: str, unit: Unit, words: Words) -> str:
    if unit is Unit.LABEL:
        return words.label(column, row[column], among=row)
    is_end = column in {"low", "high"} and "difference" in row
    return words.cell(row[column], unit, sign=unit in _AMOUNTS and (is_end or column in _CHANGES))


_AMOUNTS = frozenset({Unit.MONEY, Unit.COUNT, Unit.NUMBER, Unit.SCORE})
_CHANGES = frozenset(
    f"{name}{end}"
    for name in ("difference", "extra_orders", "extra_revenue", "extra_profit", "rollout_profit")
    for end in ("", "_low", "_high")
)
"""Columns that say by how much more or less: a plus tells them from what there was."""


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _alignment(unit: Unit) -> str | None:
    return None if unit in _WORDS else "num"
