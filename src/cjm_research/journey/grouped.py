"""The share of customers of whom something is true, group by group, each against the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from cjm_research.errors import DataError
from cjm_research.journey.placing import need
from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.telling import told, without_small
from cjm_research.results import Finding, Unit
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cjm_research.study.model import Limits

NAN = float("nan")
GROUP_UNITS: Mapping[str, Unit] = {
    "trait": Unit.LABEL,
    "customers": Unit.COUNT,
    "n": Unit.COUNT,
    "share": Unit.SHARE,
    "low": Unit.SHARE,
    "high": Unit.SHARE,
    "rest": Unit.SHARE,
    "difference": Unit.POINTS,
    "difference_low": Unit.POINTS,
    "difference_high": Unit.POINTS,
    "p": Unit.P_VALUE,
    "p_adjusted": Unit.P_VALUE,
}
"""Columns of a `GroupShare`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """One group against all others that the same question was asked of."""

    trait: str
    """``column=value``; a theme's name alone; empty for all."""
    customers: int
    """Of whom it is true."""
    n: int
    share: float
    low: float
    high: float
    rest: float = NAN
    """Share among the others; NaN where there are none."""
    difference: float = NAN
    difference_low: float = NAN
    difference_high: float = NAN
    p: float = NAN
    p_adjusted: float = NAN

    def is_clear(self, confidence: float) -> bool:
        """Tell whether the difference stands after the correction."""
        return self.p_adjusted < 1 - confidence


def group_share(trait: str, customers: int, n: int, *, confidence: float) -> GroupShare:
    """Return the share of one group, compared with nothing."""
    low, high = wilson_interval(customers, n, confidence=confidence)
    share = customers / n if n else NAN
    return GroupShare(
        trait=trait, customers=customers, n=n, share=share, low=float(low), high=float(high)
    )


def against_the_rest(
    groups: Mapping[str, tuple[int, int]], whole: tuple[int, int], *, confidence: float
) -> tuple[GroupShare, ...]:
    """Compare each group with the others: Newcombe's interval, not yet corrected.

    Parameters
    ----------
    groups : mapping of str to (int, int)
        Customers of whom it is true, and all, of groups without a common customer.
    whole : (int, int)
        The same of all customers that were asked.
    confidence : float
        Of all intervals.
    """
    rows = []
    for trait, (hits, n) in groups.items():
        row = group_share(trait, hits, n, confidence=confidence)
        others = whole[0] - hits, whole[1] - n
        if n and others[1]:
            gap = difference_of_shares((hits, n), others, confidence=confidence)
            row = replace(
                row,
                rest=others[0] / others[1],
                difference=gap.estimate,
                difference_low=gap.low,
                difference_high=gap.high,
                p=gap.p,
            )
        rows.append(row)
    return tuple(rows)


def corrected(rows: Iterable[GroupShare], limits: Limits) -> tuple[GroupShare, ...]:
    """Return the rows of one family with Holm's correction; a group of too few is no member."""
    listed = tuple(rows)
    is_enough = [limits.level(r.n) in ("estimates", "claims") for r in listed]
    p = [r.p if enough else NAN for r, enough in zip(listed, is_enough, strict=True)]
    adjusted = adjust_p_values(p, correction="holm")
    return tuple(replace(r, p_adjusted=float(a)) for r, a in zip(listed, adjusted, strict=True))


class Compared(Protocol):
    """A result of groups: under which conditions it is told."""

    @property
    def confidence(self) -> float:
        """Of its intervals."""

    @property
    def limits(self) -> Limits:
        """How many customers a statement needs."""

    @property
    def window(self) -> tuple[str, str] | None:
        """First and last day of the data, ISO."""


def group_finding(
    row: GroupShare, of: Compared, *, name: str, kind: str, values: Mapping[str, Any]
) -> Finding:
    """Return what a group's share says: of all customers, or of a group against the rest.

    Parameters
    ----------
    row : GroupShare
        The group.
    of : Compared
        The result that it is a row of.
    name : str
        Of the family of questions, below ``journey/``.
    kind : str
        Of the finding on all customers; that on a group has ``trait_`` before it.
    values : mapping
        Further fields of the sentence.
    """
    about_all = Finding(
        id=f"journey/{name}/{row.trait or 'all'}",
        kind=kind,
        subject={},
        estimate=row.share,
        low=row.low,
        high=row.high,
        confidence=of.confidence,
        unit=Unit.SHARE,
        n=row.n,
        window=of.window,
        method="wilson; newcombe, holm",
        direction="neutral",
        status=told(of.limits, row.n),
        values=values,
    )
    if not row.trait:
        return about_all
    return replace(
        about_all,
        kind=f"trait_{kind}",
        subject={"trait": row.trait},
        reference=row.rest,
        p=row.p,
        p_adjusted=row.p_adjusted,
        family=f"journey/{name}",
        direction="good" if row.difference > 0 else "bad",
        status=told(of.limits, row.n, is_clear=row.is_clear(of.confidence)),
    )


def counted(
    is_true: pd.Series[bool], group: pd.Series[str], *, column: str
) -> dict[str, tuple[int, int]]:
    """Count by group; those of no group are left out.

    Examples
    --------
    >>> counted(pd.Series([True, False, True]), pd.Series(["b", "b", "a"]), column="channel")
    {'channel=a': (1, 1), 'channel=b': (1, 2)}
    """
    found = is_true.groupby(group, observed=True).agg(["sum", "size"]).sort_index()
    return {f"{column}={name}": (int(hits), int(n)) for name, hits, n in found.itertuples()}


def one_group_each(segments: pd.DataFrame) -> pd.Series[str]:
    """Return the segment of each customer.

    Raises
    ------
    SchemaError
        If a column is missing.
    DataError
        If a customer is in two segments: their customers could not be compared.
    """
    need(segments, ("customer_id", "segment"), table="segments")
    pairs = segments[["customer_id", "segment"]].dropna().drop_duplicates()
    twice = pairs["customer_id"].duplicated(keep=False)
    if twice.any():
        names = sorted({str(s) for s in pairs.loc[twice, "segment"]})
        raise DataError(
            f"{pairs.loc[twice, 'customer_id'].nunique()} customers are in more than one of the"
            f" segments {names}, so these cannot be compared. Use a grouping without 'several'."
        )
    return pairs.set_index("customer_id")["segment"].astype("string[pyarrow]")


def group_frame(
    rows: Sequence[GroupShare],
    units: Mapping[str, Unit],
    *,
    more: Sequence[Mapping[str, object]],
    limits: Limits,
) -> pd.DataFrame:
    """Return one row per group; `more` holds the further columns of each row.

    Estimates that too few stand behind are missing.
    """
    plain = [
        {**{c: getattr(r, c) for c in GROUP_UNITS}, **others}
        for r, others in zip(rows, more, strict=True)
    ]
    frame = pd.DataFrame(plain, columns=list(units))
    estimates = [c for c in GROUP_UNITS if c in frame and c not in ("trait", "customers", "n")]
    return without_small(frame, limits, n="n", columns=estimates)
