"""Each source and each segment in one row: rows set aside, doubles, gaps, age."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.cleaning.quality.completeness import ASIDE, CONDITIONAL
from cjm_research.cleaning.quality.freshness import DATED_BY, OLD_DAYS, days_of
from cjm_research.cleaning.quality.validity import (
    DOUBLES,
    ORPHANS,
    TOUCHED_BY,
    rows_of_customers,
)
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cjm_research.study.model import Limits


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
    day = pd.Timestamp(as_of).normalize()
    last = _last_touch(tables, zone)
    joined = tables.get("identities", pd.DataFrame({"customer_id": []}))["customer_id"]
    each = pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "filled": known.notna().mean(axis=1) if known.shape[1] else float("nan"),
            "old": _is_old(customers["customer_id"], last, day),
            "doubles": customers["customer_id"].isin(joined).astype(float),
        }
    )
    each = each.join(rows_of_customers(tables), on="customer_id").fillna(
        {"kept": 0, "aside": 0, "flagged": 0}
    )
    rows = memberships[["customer_id", "grouping", "segment"]].merge(each, on="customer_id")
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
    own = frame[(frame["source_file"] == file).to_numpy(dtype=bool, na_value=False)]
    newest = _newest(own, table, zone)
    return SourceState(
        source_file=file, table=table, rows=rows_in, filled=_filled(own),
        newest=None if newest is None else str(newest.date()),
        **{k: n / rows_in if rows_in else float("nan") for k, n in aside.items()},
    )  # fmt: skip


def _filled(own: pd.DataFrame) -> float:
    """Return the share of filled cells of the columns that the source fills at all."""
    given = own.drop(columns=[c for c in (*ASIDE, *CONDITIONAL) if c in own])
    given = given.loc[:, given.notna().any()]
    return float(given.notna().to_numpy().mean()) if given.size else float("nan")


def _newest(own: pd.DataFrame, table: str, zone: str) -> pd.Timestamp | None:
    for column in DATED_BY.get(table, ()):
        if column in own and own[column].notna().any():
            return pd.Timestamp(days_of(own[column].dropna(), table, column, zone=zone).max())
    return None


def _last_touch(tables: Mapping[str, pd.DataFrame], zone: str) -> pd.Series:
    """Return the day of the last order, visit, answer or contact of each customer."""
    found = []
    for name in TOUCHED_BY:
        frame, column = tables.get(name), DATED_BY[name][0]
        if frame is None or frame.empty or frame[column].isna().all():
            continue
        dated = frame.loc[frame[column].notna() & frame["customer_id"].notna()]
        days = days_of(dated[column], name, column, zone=zone).to_numpy()
        found.append(pd.Series(days, index=dated["customer_id"].astype(object)))
    if not found:
        return pd.Series(dtype="datetime64[us]")
    every = pd.concat(found)
    return every.groupby(level=0).max()


def _is_old(ids: pd.Series, last: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Tell who was not touched for a year; nobody where no table has dates."""
    if last.empty:
        return pd.Series(float("nan"), index=ids.index)
    days = (day - ids.astype(object).map(last)).dt.days
    old: pd.Series = (days.isna() | (days > OLD_DAYS)).astype(float)
    return old
