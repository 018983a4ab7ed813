"""What differs between two loads: rows, filled cells, sizes of values, shares of groups."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

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
    rows = [r for name, f in tables.items() if name in TABLES and len(f) for r in _of(name, f)]
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
    return named.loc[changed, list(DRIFT)].reset_index(drop=True).astype(types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One number that is not what it was."""

    table: str
    column: str
    measure: str
    level: str
    before: float
    now: float

    @property
    def size(self) -> float:
        """How far it moved: difference of shares, logarithm of the ratio of sizes."""
        if np.isnan(self.before) or np.isnan(self.now):
            return 1.0
        if self.measure in ("filled", "share"):
            return abs(self.now - self.before)
        if self.before <= 0 or self.now <= 0:
            return float(self.before != self.now)
        return float(abs(np.log(self.now / self.before)))

    @property
    def is_large(self) -> bool:
        """Whether a reader should know of it."""
        return self.size >= (MOVED if self.measure in ("filled", "share") else float(np.log(GREW)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift(Result):
    """What is no longer as in the last load: rows, then filled cells, values and groups."""

    units: ClassVar[Mapping[str, Unit]] = {
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "measure": Unit.LABEL,
        "level": Unit.TEXT,
        "before": Unit.NUMBER,
        "now": Unit.NUMBER,
    }

    moved: tuple[Moved, ...]
    is_first: bool
    """There is no earlier load to compare with."""

    @property
    def large(self) -> tuple[Moved, ...]:
        """What a reader should know of, the largest first within each measure."""
        return tuple(m for m in self.moved if m.is_large)

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        if self.is_first:
            return "quality.drift_first"
        return "quality.drift" if self.large else "quality.drift_none"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each number that moved far."""
        frame = pd.DataFrame([asdict(m) for m in self.large], columns=list(self.units))
        return frame.assign(**{c: frame[c].replace("", None) for c in ("column", "level")})

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each table, column or group that moved far."""
        return tuple(_finding(m) for m in self.large)


def drift_of(rows: pd.DataFrame, *, is_first: bool) -> Drift:
    """Return what moved between two loads.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `drift` gives it.
    is_first : bool
        Whether there was no earlier load.
    """
    order = {"rows": 0, "filled": 1, "median": 2, "share": 3}
    texts = rows[list(DRIFT[:4])].fillna("").astype(object)
    named = zip(texts.to_numpy().tolist(), rows[["before", "now"]].to_numpy(), strict=True)
    moved = [
        Moved(table=t, column=c, measure=m, level=v, before=float(sides[0]), now=float(sides[1]))
        for (t, c, m, v), sides in named
    ]
    ordered = sorted(moved, key=lambda m: (order[m.measure], -m.size, m.table, m.column, m.level))
    return Drift(moved=tuple(ordered), is_first=is_first)


def _finding(moved: Moved) -> Finding:
    unit = {"rows": Unit.COUNT, "filled": Unit.SHARE, "share": Unit.SHARE}.get(
        moved.measure, Unit.NUMBER
    )
    gone, new = np.isnan(moved.now), np.isnan(moved.before)
    kind = "drift_gone" if gone else "drift_new" if new else f"drift_{moved.measure}"
    if gone or new:
        kind += "_table" if moved.measure == "rows" else ""
    return Finding(
        id=f"quality/drift/table={moved.table}/column={moved.column}/{moved.measure}={moved.level}",
        kind=kind, subject={"table": moved.table, "column": moved.column},
        estimate=moved.now if not gone else moved.before, unit=unit, n=0, reference=moved.before,
        method="count", direction="neutral",
        values={"before": moved.before, "now": moved.now, "level": moved.level},
    )  # fmt: skip


def _of(name: str, frame: pd.DataFrame) -> Iterator[_Row]:
    yield (name, "", "rows", "", float(len(frame)), len(frame))
    for column in (str(c) for c in frame if c not in _ASIDE):
        known = frame[column].dropna()
        if len(known):
            yield (name, column, "filled", "", len(known) / len(frame), len(frame))
            yield from _values(name, column, known)


def _values(name: str, column: str, known: pd.Series) -> Iterator[_Row]:
    """Describe the values of a column that names nobody."""
    declared = TABLES[name].column(column)
    if declared is not None and (declared.personal or declared.kind is Kind.ID):
        return
    if pd.api.types.is_bool_dtype(known):
        yield (name, column, "share", "true", float(known.mean()), len(known))
    elif pd.api.types.is_numeric_dtype(known):
        yield (name, column, "median", "", float(known.median()), len(known))
    elif declared is not None and isinstance(known.dtype, pd.StringDtype):
        counts = known.value_counts()
        if 1 < len(counts) <= MOST_LEVELS:
            for level, n in counts.items():
                yield (name, column, "share", str(level), n / len(known), len(known))
