"""What differs between two loads: rows, filled cells, sizes of values, shares of groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.cleaning.threads import each
from cjm_research.results import Finding, Result, Unit
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    _Row = tuple[str, str, str, str, float, int]

PROFILE = ("table", "column", "measure", "level", "value", "n")
"""Columns of a profile. `measure`: ``rows``, ``filled``, ``median`` or ``share`` of a `level`."""

DRIFT = ("table", "column", "measure", "level", "before", "now")
"""Columns of a comparison; a side that has nothing is NaN."""

MOST_LEVELS = 30
"""Values that a column may have to be compared group by group."""
MOVED = 0.05
"""Difference of two shares from which it is told."""
GREW = 1.5
"""Ratio of two sizes, in either direction, from which it is told."""
_ASIDE = ("source_file", "source_line", "id_is_generated", "source_customer_id")


def profile(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Describe tables in a few numbers a column, so that the next load can be compared.

    Texts, ids and what names a person are only counted; the values of other columns are kept as
    groups when there are few of them.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.

    Examples
    --------
    >>> found = profile({"orders": pd.DataFrame({"amount": [1.0, 3.0, None]})})
    >>> found[["measure", "value"]].to_numpy().tolist()
    [['rows', 3.0], ['filled', 0.6666666666666666], ['median', 2.0]]
    """
    filled = {name: f for name, f in tables.items() if name in TABLES and len(f)}
    found = each(_of, filled, rows=max(map(len, filled.values()), default=0))
    rows = [row for of_table in found.values() for row in of_table]
    plain = pd.DataFrame(rows, columns=list(PROFILE))
    return plain.astype(
        dict.fromkeys(PROFILE[:4], "string[pyarrow]") | {"value": "float64", "n": "int64"}
    )


def drift(before: pd.DataFrame | None, now: pd.DataFrame) -> pd.DataFrame:
    """Set two profiles side by side; without an earlier one there is nothing to compare.

    Parameters
    ----------
    before : pandas.DataFrame or None
        Profile of the last load.
    now : pandas.DataFrame
        Profile of this one.
    """
    types = dict.fromkeys(DRIFT[:4], "string[pyarrow]") | {"before": "float64", "now": "float64"}
    if before is None or before.empty:
        return pd.DataFrame(columns=list(DRIFT)).astype(types)
    keys = list(PROFILE[:4])
    sides = before[[*keys, "value"]].merge(
        now[[*keys, "value"]], on=keys, how="outer", suffixes=("_before", "_now")
    )
    named = sides.rename(columns={"value_before": "before", "value_now": "now"})
    changed = named["before"].isna() | named["now"].isna() | (named["before"] != named["now"])
    changed |= named["measure"] == "rows"  # an empty comparison is that of the first load
    return named.loc[changed, list(DRIFT)].reset_index(drop=True).astype(types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One number that is not what it was."""

    table: str
    column: str
    measure: str
    """``rows``, ``median``, ``filled``, or ``mix``: the share of rows that are in other groups."""
    before: float
    now: float

    @property
    def is_large(self) -> bool:
        """Whether a reader should know of it."""
        if np.isnan(self.before) or np.isnan(self.now):
            return True
        if self.measure in ("filled", "mix"):
            return abs(self.now - self.before) >= MOVED
        if self.before <= 0 or self.now <= 0:
            return self.before != self.now
        return abs(float(np.log(self.now / self.before))) >= float(np.log(GREW))


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOfSizes(Result):
    """Tables and columns whose size is no longer that of the last load."""

    units: ClassVar[Mapping[str, Unit]] = {
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "moved_what": Unit.LABEL,
        "last_load": Unit.NUMBER,
        "this_load": Unit.NUMBER,
    }

    moved: tuple[Moved, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each table that grew or shrank and each column of other values."""
        return _frame(self.moved, self.units)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each of them."""
        return tuple(_finding(m, Unit.NUMBER) for m in self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOfShares(Result):
    """Columns that are filled more or less than in the last load, or whose groups moved."""

    units: ClassVar[Mapping[str, Unit]] = {
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "moved_what": Unit.LABEL,
        "last_load": Unit.SHARE,
        "this_load": Unit.SHARE,
    }

    moved: tuple[Moved, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each such column."""
        return _frame(self.moved, self.units)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each of them."""
        return tuple(_finding(m, Unit.SHARE) for m in self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What is no longer as in the last load."""

    sizes: DriftOfSizes
    shares: DriftOfShares
    is_first: bool
    """There is no earlier load to compare with."""

    @property
    def n(self) -> int:
        """How many numbers moved far."""
        return len(self.sizes.moved) + len(self.shares.moved)

    @property
    def shown(self) -> tuple[Result, ...]:
        """The parts that have something to tell."""
        return tuple(r for r in (self.sizes, self.shares) if r.moved)

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        if self.is_first:
            return "quality.drift_first"
        return "quality.drift" if self.n else "quality.drift_none"


def drift_of(rows: pd.DataFrame, *, is_first: bool) -> Drift:
    """Return what moved far between two loads.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `drift` gives it.
    is_first : bool
        Whether there was no earlier load.
    """
    if rows.empty:
        return Drift(
            sizes=DriftOfSizes(moved=()), shares=DriftOfShares(moved=()), is_first=is_first
        )
    plain = rows.fillna(dict.fromkeys(DRIFT[:4], ""))
    single = plain[plain["measure"] != "share"]
    moved = [
        Moved(table=str(t), column=str(c), measure=str(m), before=float(a), now=float(b))
        for t, c, m, _, a, b in single[list(DRIFT)].itertuples(index=False, name=None)
    ]
    moved += _mixes(plain[plain["measure"] == "share"])
    order = {"rows": 0, "filled": 0, "median": 1, "mix": 1}
    large = sorted(
        (m for m in moved if m.is_large), key=lambda m: (order[m.measure], m.table, m.column)
    )
    return Drift(
        sizes=DriftOfSizes(moved=tuple(m for m in large if m.measure in ("rows", "median"))),
        shares=DriftOfShares(moved=tuple(m for m in large if m.measure in ("filled", "mix"))),
        is_first=is_first,
    )


def _mixes(shares: pd.DataFrame) -> list[Moved]:
    """Return for each column which share of its rows is in other groups than before."""
    filled = shares.fillna({"before": 0.0, "now": 0.0})
    return [
        Moved(table=str(t), column=str(c), measure="mix", before=0.0,
              now=float((part["now"] - part["before"]).abs().sum() / 2))
        for (t, c), part in filled.groupby(["table", "column"], sort=False)
    ]  # fmt: skip


def _frame(moved: tuple[Moved, ...], units: Mapping[str, Unit]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [(m.table, m.column, m.measure, m.before, m.now) for m in moved], columns=list(units)
    )
    return frame.assign(column=frame["column"].replace("", None))


def _finding(moved: Moved, unit: Unit) -> Finding:
    gone, new = np.isnan(moved.now), np.isnan(moved.before)
    kind = "drift_gone" if gone else "drift_new" if new else f"drift_{moved.measure}"
    if not moved.column and (gone or new):
        kind += "_table"
    return Finding(
        id=f"quality/drift/table={moved.table}/column={moved.column}/measure={moved.measure}",
        kind=kind, subject={"table": moved.table, "column": moved.column},
        estimate=moved.before if gone else moved.now, unit=unit, n=0,
        reference=None if new else moved.before, method="count",
        values={"before": moved.before, "now": moved.now},
    )  # fmt: skip


def _of(name: str, frame: pd.DataFrame) -> list[_Row]:
    n = len(frame)
    rows: list[_Row] = [(name, "", "rows", "", float(n), n)]
    for column in (str(c) for c in frame if c not in _ASIDE):
        n_known = int(frame[column].notna().sum())
        if n_known:
            rows.append((name, column, "filled", "", n_known / n, n))
            rows += _values(name, column, frame[column])
    return rows


def _values(name: str, column: str, cells: pd.Series) -> Iterator[_Row]:
    """Describe the values of a column that names nobody."""
    declared = TABLES[name].column(column)
    if declared is not None and (declared.personal or declared.kind is Kind.ID):
        return
    known = cells.dropna()
    if pd.api.types.is_bool_dtype(known):
        yield (name, column, "share", "true", float(known.mean()), len(known))
    elif pd.api.types.is_numeric_dtype(known):
        yield (name, column, "median", "", float(known.median()), len(known))
    elif declared is not None and isinstance(known.dtype, pd.StringDtype):
        counts = known.value_counts()
        if 1 < len(counts) <= MOST_LEVELS:
            for level, n in counts.items():
                yield (name, column, "share", str(level), n / len(known), len(known))
