"""Portraits of the segments of one grouping: how many, who they are, how they behave."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.schema.tables import TABLES
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.behaviour import Behaviours, behaviours
from cjm_research.segmentation.codes import positions_among
from cjm_research.segmentation.column_values import OTHER
from cjm_research.segmentation.columns import FEATURES
from cjm_research.segmentation.divided import divided_by
from cjm_research.segmentation.examples import Examples, examples
from cjm_research.segmentation.groupings import rules_of
from cjm_research.segmentation.lifts import TraitLift, TraitLifts, repeated_columns, trait_lifts
from cjm_research.segmentation.modes import Modes, modes
from cjm_research.segmentation.sizes import SegmentSize, segment_sizes
from cjm_research.segmentation.traits import defining_columns, traits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Grouping

MOST_AMOUNTS = 8
"""Numbers of the study's own that the picture of behaviour has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portraits(Result):
    """The segments of a grouping, each with its size, traits and behaviour."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "level": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "revenue": Unit.MONEY,
        "revenue_share": Unit.SHARE,
        "index": Unit.INDEX,
        "ordered_share": Unit.SHARE,
        "median_revenue": Unit.MONEY,
        "p25_revenue": Unit.MONEY,
        "p75_revenue": Unit.MONEY,
        "mood": Unit.MOOD,
        "n_voices": Unit.COUNT,
    }

    grouping: str
    sizes: tuple[SegmentSize, ...]
    """In the order of the study file; of a column's values, the largest first."""
    lifts: TraitLifts
    behaviour: Behaviours
    modes: Modes
    examples: Examples
    confidence: float
    n_customers: int
    n_without: int
    """Customers in no segment."""
    overlaps: bool
    """A customer may be in several segments."""
    median_revenue: float
    """Of all customers who ordered, for comparison."""
    ordered_share: float
    mood: float
    model_version: str
    is_declared: bool
    """Segments by rules or by a column, and not found by clustering."""
    rules: Mapping[str, str]
    """Condition of each declared segment, for the fine print."""
    window: tuple[str, str] | None = None
    """First and last day of the data, for what changed since the last report."""

    def over(self, window: tuple[str, str] | None) -> Portraits:
        """Return the portraits with the days of their data, which every finding carries."""
        return replace(self, window=window)

    @property
    def covered(self) -> float:
        """Part of the customers in at least one segment."""
        return 1 - self.n_without / self.n_customers if self.n_customers else float("nan")

    def size(self, segment: str) -> SegmentSize:
        """Return the size of one segment."""
        return next(s for s in self.sizes if s.segment == segment)

    def traits(self, segment: str) -> tuple[TraitLift, ...]:
        """Return who they are: traits that may be told, the strongest first."""
        return self.lifts.of(segment, "trait")

    def voices(self, segment: str) -> tuple[TraitLift, ...]:
        """Return the pains, needs and delights that set them apart, the strongest first."""
        return self.lifts.of(segment, "pain", "need", "delight")

    def sizes_only(self) -> Portraits:
        """Return the sizes without traits and behaviour: what the index page is about."""
        return replace(
            self, lifts=replace(self.lifts, rows=()), behaviour=replace(self.behaviour, rows=())
        )

    def main(self) -> Portraits:
        """Return what a reader is told first: sizes, and of each segment what stands out most.

        That is the trait, the pain and the need or praise that weigh most; of a
        segment without any, the behaviour that lies furthest from the middle. Sizes alone, where
        no money is known, are told only if nothing else is. Whatever a guard stopped is kept, so
        that it is counted.
        """
        plain = {s.segment for s in self.sizes if not self.lifts.of(s.segment)}
        kept = [r for r in self.lifts.rows if r.status != "shown"]
        for size in self.sizes:
            for kinds in (("trait",), ("pain",), ("need", "delight")):
                kept += self.lifts.weightiest(size.segment, *kinds)[:1]
        ranges = self.behaviour.strongest(plain)
        differ = any(r.status == "shown" for r in kept) or bool(ranges.rows)
        sizes = tuple(
            s for s in self.sizes
            if not differ or s.level == "hidden" or s.revenue_share == s.revenue_share
        )  # fmt: skip
        return replace(
            self, sizes=sizes, lifts=replace(self.lifts, rows=tuple(kept)), behaviour=ranges
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment; of one that is too small, its name alone."""
        rows = (
            {"segment": s.segment, "level": s.level} if s.level == "hidden" else asdict(s)
            for s in self.sizes
        )
        return pd.DataFrame(rows, columns=list(self.units))

    @property
    def n_tests(self) -> int:
        """Questions that one correction takes into account."""
        return self.lifts.n_tests + self.behaviour.n_tests

    @property
    def n_told(self) -> int:
        """Differences that may be told."""
        numbers = {r.segment for r in self.behaviour.rows}
        return self.lifts.n_told + sum(len(self.behaviour.told(s)) for s in numbers)

    def findings(self) -> tuple[Finding, ...]:
        """Return sizes, then traits, then behaviour; each with its guard and its days."""
        found = (
            *(self._size_finding(s) for s in self.sizes),
            *self.lifts.findings(),
            *self.behaviour.findings(),
        )
        return tuple(replace(f, window=self.window) for f in found)

    def _size_finding(self, size: SegmentSize) -> Finding:
        known = size.revenue_share == size.revenue_share
        kind = "segment_size_revenue" if known else "segment_size"
        nobody = known and size.ordered_share == 0
        return Finding(
            id=f"segmentation/size/grouping={self.grouping}/segment={size.segment}",
            kind="segment_size_no_orders" if nobody else kind,
            subject={"grouping": self.grouping, "segment": size.segment},
            estimate=size.share,
            low=size.low,
            high=size.high,
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=self.n_customers,
            customers=float(size.n),
            money=size.revenue if known else None,
            # What is worth telling is how far money and heads part; where nobody ordered, no money
            # is no news.
            reference=size.share if nobody else size.revenue_share if known else None,
            method="wilson",
            status="hidden_small_n" if size.level == "hidden" else "shown",
            values={"revenue_share": size.revenue_share, "index": size.index},
        )


def portraits(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    memberships: pd.DataFrame,
    *,
    grouping: Grouping,
    limits: Limits,
    confidence: float = 0.95,
) -> Portraits:
    """Describe every segment of a grouping against all customers.

    Parameters
    ----------
    customers, features, memberships : pandas.DataFrame
        The canonical table and the derived ones.
    grouping : Grouping
        Which grouping; columns that made its segments are described and never tested.
    limits : Limits
        How many customers a statement needs; a segment below them gives facts or nothing.
    confidence : float, default 0.95
        Of every interval.

    Raises
    ------
    NoDataError
        If the grouping has no customer in any segment.
    """
    base = customer_table(customers, features)
    rows = memberships[memberships["grouping"] == grouping.id]
    if rows.empty:
        raise NoDataError(f"Grouping {grouping.id!r} has no customer in any segment.")
    members = _members(base, rows, grouping)
    columns = frozenset(map(str, base.columns))
    defined_by = defining_columns(grouping, columns)
    # A segment too small to be named must not be told by subtraction either.
    speaking = {s: m for s, m in members.items() if limits.level(int(m.sum())) != "hidden"}
    covered = np.logical_or.reduce(list(members.values()))
    everything = list(traits(base))
    found = [t for t in everything if t.column not in defined_by]
    repeating = repeated_columns(members, found)
    defined_by |= repeating
    ranges = behaviours(
        base,
        speaking,
        grouping=grouping.id,
        defined_by=defined_by,
        limits=limits,
        also=(*grouping.features, *_amounts(base)),
    )
    lifts = trait_lifts(
        speaking,
        [t for t in found if t.column not in repeating],
        limits=limits,
        confidence=confidence,
        beside=[r.p for r in ranges.rows],
    )
    return Portraits(
        grouping=grouping.id,
        sizes=segment_sizes(base, members, limits=limits, confidence=confidence),
        lifts=TraitLifts(
            grouping=grouping.id,
            rows=lifts,
            confidence=confidence,
            defined_by=tuple(sorted(defined_by & columns)),
        ),
        behaviour=ranges.corrected([r.p for r in lifts], confidence=confidence),
        modes=modes(speaking, everything, grouping=grouping.id, limits=limits),
        examples=examples(base, speaking, grouping=grouping.id, limits=limits),
        confidence=confidence,
        n_customers=len(base),
        n_without=int((~covered).sum()),
        overlaps=bool((np.sum(list(members.values()), axis=0) > 1).any()),
        median_revenue=_known(base["revenue"][base["n_orders"].fillna(0) > 0].median()),
        ordered_share=_known((base["n_orders"] > 0).mean()),
        mood=_known(base["mood"].mean()),
        model_version=str(rows["model_version"].iloc[0]),
        is_declared=grouping.kind == "segments",
        rules=rules_of(grouping, columns),
    )


def _known(value: object) -> float:
    """Return a mean or median as a number; NaN where nothing was known."""
    return float("nan") if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


def _amounts(base: pd.DataFrame) -> list[str]:
    """Return the numbers of customers that the study itself declares."""
    declared = TABLES["customers"]
    own = (c for c in map(str, base.columns) if c not in FEATURES and not declared.column(c))
    return [c for c in own if divided_by(c) is None and base[c].dtype.kind in "if"][:MOST_AMOUNTS]


def _members(
    base: pd.DataFrame, rows: pd.DataFrame, grouping: Grouping
) -> dict[str, NDArray[np.bool_]]:
    found = rows["segment"].value_counts()
    declared = list(rules_of(grouping, frozenset(map(str, base.columns))))
    by_size = sorted(map(str, found.index), key=lambda s: (s == OTHER, -found[s], s))
    order = declared or by_size
    at = positions_among(rows["customer_id"], base["customer_id"])
    members = {}
    for segment in order:
        inside = np.zeros(len(base), dtype=bool)
        inside[
            at[(at >= 0) & (rows["segment"] == segment).to_numpy(dtype=bool, na_value=False)]
        ] = True
        members[segment] = inside
    return members
