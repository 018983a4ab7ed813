"""Rivals as the study's own table describes them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLD = ("channel", "method", "price_note", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRow:
    """One rival."""

    brand: str
    channel: str | None
    method: str | None
    price_note: str | None
    note: str | None
    answers: int
    """Answers, reviews and remarks about it in the feedback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market(Result):
    """Rivals in the order of the table."""

    units: ClassVar[Mapping[str, Unit]] = {
        "brand": Unit.LABEL,
        "channel": Unit.TEXT,
        "method": Unit.TEXT,
        "price_note": Unit.TEXT,
        "note": Unit.TEXT,
        "answers": Unit.COUNT,
    }

    rows: tuple[MarketRow, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rival."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: what a table says is no measurement."""
        return ()


def market(rivals: pd.DataFrame, feedback: pd.DataFrame) -> Market:
    """Return the table of rivals with how much feedback there is about each.

    Parameters
    ----------
    rivals : pandas.DataFrame
        The canonical table `rivals`.
    feedback : pandas.DataFrame
        The canonical table `feedback`.

    Raises
    ------
    SchemaError
        If rivals have no brand.

    Examples
    --------
    >>> rivals = pd.DataFrame({"brand": ["Beacon"], "price_note": ["5 % below us"]})
    >>> market(rivals, pd.DataFrame({"brand": ["Beacon", "Ours"]})).rows[0].answers
    1
    """
    if "brand" not in rivals:
        raise SchemaError.missing_column("brand", table="rivals", found=list(rivals.columns))
    counts = feedback["brand"].value_counts() if "brand" in feedback else pd.Series(dtype="int64")
    rows = []
    for record in rivals.to_dict("records"):
        brand = str(record["brand"])
        told = {c: record.get(c) for c in _TOLD}
        known = {c: None if pd.isna(v) else str(v) for c, v in told.items()}
        rows.append(MarketRow(brand=brand, answers=int(counts.get(brand, 0)), **known))
    return Market(rows=tuple(rows))
