"""Each source and each segment in one row: rows set aside, doubles, gaps, age."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.cleaning.quality.completeness import ASIDE, CONDITIONAL
from cjm_research.cleaning.quality.freshness import DATED_BY, OLD_DAYS, Dated
from cjm_research.cleaning.quality.validity import (
    DOUBLES,
    ORPHANS,
    TOUCHED_BY,
    rows_of_customers,
)
from cjm_research.results import Finding, Result, Unit
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One raw file that fills one table."""

    source_file: str
    table: str
    rows: int
    invalid: float
    doubles: float
    orphans: float
    filled: float
    newest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth(Result):
    """Every source in one row: what was invalid, double or of nobody, what is filled, how old."""

    units: ClassVar[Mapping[str, Unit]] = {
        "source_file": Unit.TEXT,
        "table": Unit.LABEL,
        "rows": Unit.COUNT,
        "invalid": Unit.SHARE,
        "doubles": Unit.SHARE,
        "orphans": Unit.SHARE,
        "filled": Unit.SHARE,
        "newest": Unit.DATE,
    }

    sources: tuple[SourceState, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per file and table, in the order of the study file."""
        return pd.DataFrame([asdict(s) for s in self.sources], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the sums of the loads and the issues are told elsewhere."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentState:
    """One segment of one grouping."""

    grouping: str
    segment: str
    n: int
    filled: float
    old: float
    doubles: float
    invalid: float
    flagged: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHealth(Result):
    """Every segment in one row: how much is known, how many were not touched, records joined."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "n": Unit.COUNT,
        "filled": Unit.SHARE,
        "old_share": Unit.SHARE,
        "doubles": Unit.SHARE,
        "invalid": Unit.SHARE,
        "flagged": Unit.SHARE,
    }

    segments: tuple[SegmentState, ...]
    claims_from: int

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        return "quality.segments" if self.segments else "quality.segments_none"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment, in the order of the study."""
        rows = [{**asdict(s), "old_share": s.old} for s in self.segments]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each segment of which most were not touched for a year."""
        return tuple(
            Finding(
                id=f"quality/segment_old/grouping={s.grouping}/segment={s.segment}",
                kind="segment_old", subject={"grouping": s.grouping, "segment": s.segment},
                estimate=s.old, unit=Unit.SHARE, n=s.n, method="count", direction="bad",
                values={"days": OLD_DAYS},
                status="shown" if s.n >= self.claims_from else "hidden_small_n",
            )
            for s in self.segments
            if s.old > 0.5
        )  # fmt: skip


def source_health(tables: Mapping[str, pd.DataFrame], *, zone: str = "UTC") -> SourceHealth:
    """Say of every source what is wrong with it.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables, and ``loads`` and ``issues`` as the cleaning leaves them.
    zone : str
        The study's zone.
    """
    loads, issues = tables["loads"], tables["issues"]
    aside = issues[issues["outcome"] == "set_aside"]
    sums = aside.groupby(["table", "source_file", "code"])["rows"].sum().to_dict()
    return SourceHealth(
        sources=tuple(
            _source({str(k): v for k, v in row.items()}, tables, sums, zone=zone)
            for row in loads.to_dict("records")
        )
    )


def segment_health(
    tables: Mapping[str, pd.DataFrame],
    memberships: pd.DataFrame | None,
    *,
    as_of: pd.Timestamp | str,
    zone: str = "UTC",
    limits: Limits,
) -> SegmentHealth:
    """Say of every segment how well its customers are known.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables, and ``identities``, ``quarantine`` and ``flags``.
    memberships : pandas.DataFrame, optional
        Columns `customer_id`, `grouping`, `segment`.
    as_of : pandas.Timestamp or str
        The day that the study looks from.
    zone : str
        The study's zone.
    limits : Limits
        Segments with fewer customers are left out.
    """
    customers = tables.get("customers", pd.DataFrame())
    if memberships is None or memberships.empty or customers.empty:
        return SegmentHealth(segments=(), claims_from=limits.claims_from)
    known = customers.drop(columns=[c for c in (*ASIDE, *CONDITIONAL) if c in customers])
    known = known.loc[:, known.notna().any()].drop(columns="customer_id")
    ids = pd.Index(customers["customer_id"])
    joined = tables.get("identities", pd.DataFrame({"customer_id": []}))["customer_id"]
    each = {
        "filled": _filled_each(known),
        "old": _old_each(tables, ids, pd.Timestamp(as_of).normalize(), zone),
        "doubles": ids.isin(joined).astype(float),
        **rows_of_customers(tables, ids),
    }
    own = positions_of(memberships["customer_id"], ids)
    rows = memberships.loc[own >= 0, ["grouping", "segment"]]
    rows = rows.assign(**{name: values[own[own >= 0]] for name, values in each.items()})
    grouped = rows.groupby(["grouping", "segment"], sort=False)
    means = grouped[["filled", "old", "doubles"]].mean().assign(n=grouped.size())
    sums = grouped[["kept", "aside", "flagged"]].sum()
    means["invalid"] = sums["aside"] / (sums["kept"] + sums["aside"])
    means["flagged"] = sums["flagged"] / sums["kept"]
    return SegmentHealth(
        segments=tuple(
            SegmentState(
                grouping=str(row["grouping"]),
                segment=str(row["segment"]),
                n=int(row["n"]),
                **{c: row[c] for c in ("filled", "old", "doubles", "invalid", "flagged")},
            )
            for row in means[means["n"] >= limits.hidden_below].reset_index().to_dict("records")
        ),
        claims_from=limits.claims_from,
    )


def _source(
    row: Mapping[str, object], tables: Mapping[str, pd.DataFrame], sums: Mapping[Hashable, int],
    *, zone: str,
) -> SourceState:  # fmt: skip
    table, file, rows_in = str(row["table"]), str(row["source_file"]), int(str(row["rows_in"]))
    counts = {c: int(sums.get((table, file, str(c)), 0)) for c in (*DOUBLES, *ORPHANS)}
    aside = {
        "doubles": sum(n for c, n in counts.items() if c in DOUBLES),
        "orphans": sum(n for c, n in counts.items() if c in ORPHANS),
    }
    aside["invalid"] = int(str(row["rows_quarantined"])) - sum(aside.values())
    frame = tables[table]
    is_own = (frame["source_file"] == file).to_numpy(dtype=bool, na_value=False)
    own = frame if is_own.all() else frame[is_own]
    newest = _newest(own, table, zone)
    return SourceState(
        source_file=file, table=table, rows=rows_in, filled=_filled(own),
        newest=None if newest is None else str(newest.date()),
        **{k: n / rows_in if rows_in else float("nan") for k, n in aside.items()},
    )  # fmt: skip


def _filled(own: pd.DataFrame) -> float:
    """Return the share of filled cells of the columns that the source fills at all."""
    counts = [int(own[c].notna().sum()) for c in own if c not in (*ASIDE, *CONDITIONAL)]
    given = [n for n in counts if n]
    return sum(given) / (len(own) * len(given)) if given else float("nan")


def _newest(own: pd.DataFrame, table: str, zone: str) -> pd.Timestamp | None:
    for column in DATED_BY.get(table, ()):
        if column in own and own[column].notna().any():
            stamps = own[column].dropna()
            return Dated(stamps=stamps, table=table, column=column, zone=zone).newest_day
    return None


def _filled_each(known: pd.DataFrame) -> Floats:
    """Return the share of its cells that each row fills; unknown without columns."""
    n_filled = np.zeros(len(known))
    for column in known:
        n_filled += known[column].notna().to_numpy()
    return n_filled / known.shape[1] if known.shape[1] else np.full(len(known), np.nan)


def _old_each(
    tables: Mapping[str, pd.DataFrame], ids: pd.Index, day: pd.Timestamp, zone: str
) -> Floats:
    """Tell who had no order, visit, answer or contact for a year; unknown where nothing is dated.

    Returns
    -------
    numpy.ndarray of float, shape (n_customers,)
        1 or 0.
    """
    oldest = day - pd.Timedelta(days=OLD_DAYS)
    touched, is_dated = np.zeros(len(ids), dtype=bool), False
    for name in TOUCHED_BY:
        frame, column = tables.get(name), DATED_BY[name][0]
        if frame is None or frame.empty or frame[column].isna().all():
            continue
        is_dated = True
        there = frame[column].notna().to_numpy()
        dated = Dated(stamps=frame.loc[there, column], table=name, column=column, zone=zone)
        recent = np.flatnonzero(there)[dated.from_day(oldest)]
        at = positions_of(frame["customer_id"].iloc[recent], ids)
        touched[at[at >= 0]] = True
    return (~touched).astype(float) if is_dated else np.full(len(ids), np.nan)
