"""Units, findings and the base of results: what analyses give and pages show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


class Unit(StrEnum):
    """What a value means. Presentation decides how it looks, once, per unit."""

    TEXT = "text"  # shown as it is, escaped
    LABEL = "label"  # a key whose words are looked up by the column's name
    IDENTIFIER = "identifier"  # of a person, company or order; never on a page
    COUNT = "count"
    SHARE = "share"  # stored as 0..1, shown as a percentage
    POINTS = "points"  # a difference of shares, stored as -1..1, shown in percentage points
    MONEY = "money"  # stored in whole currency units
    DAYS = "days"
    P_VALUE = "p_value"
    NUMBER = "number"
    SCORE = "score"  # a mean of grades, on the scale of the question
    NPS = "nps"  # -100..100
    MOOD = "mood"  # -1..1
    LIFT = "lift"  # a ratio of two shares, 1 is the same
    INDEX = "index"  # 100 is the base
    DATE = "date"
    YES_NO = "yes_no"


Status = Literal["shown", "not_significant", "hidden_small_n", "not_reliable"]
"""Whether a finding may be told; everything but ``shown`` names the guard that stopped it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One statement that a reader can act on. Words are made from it, never beside it.

    `values` holds whatever else its sentence names (counts, a second label, a rival share),
    each key a field of the catalogue's template.
    """

    id: str
    """Stable between runs: ``journey/stage_conversion/step=cart``."""
    kind: str
    """Which sentence says it: the catalogue's key is ``finding.KIND``."""
    subject: Mapping[str, str] = field(hash=False)
    """What it is about: ``{"segment": "loyal", "theme": "slow_form"}``."""
    estimate: float
    unit: Unit
    n: int
    """Customers (or answers) that the estimate rests on."""
    method: str
    method_version: int = 1
    low: float = float("nan")
    high: float = float("nan")
    confidence: float = 0.95
    reference: float | None = None
    se: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    family: str | None = None
    window: tuple[str, str] | None = None
    """First and last day of the data that it rests on, ISO."""
    direction: Literal["good", "bad", "neutral"] = "neutral"
    customers: float | None = None
    money: float | None = None
    exhibit: str | None = None
    status: Status = "shown"
    values: Mapping[str, float | int | str] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for ``findings.json``; what is not known is None."""
        plain = asdict(self)
        plain["subject"], plain["values"] = dict(self.subject), _known(self.values)
        return _known(plain)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Finding:
        """Read what `to_dict` wrote.

        Examples
        --------
        >>> finding = Finding(
        ...     id="a/b",
        ...     kind="b",
        ...     subject={},
        ...     estimate=0.5,
        ...     unit=Unit.SHARE,
        ...     n=10,
        ...     method="wilson",
        ...     low=0.2,
        ...     high=0.8,
        ... )
        >>> Finding.from_dict(finding.to_dict()) == finding
        True
        """
        known = {k: v for k, v in plain.items() if k in cls.__dataclass_fields__}
        for name in ("estimate", "low", "high"):
            if known.get(name) is None:
                known[name] = float("nan")
        if known.get("window") is not None:
            known["window"] = tuple(known["window"])
        return cls(**{**known, "unit": Unit(known["unit"])})


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write None for a number that is not known, or has no end: JSON has neither."""
    return {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in values.items()}


class Result(ABC):
    """Base of every summary a reader may see: frozen, plain, free of formatting."""

    __slots__ = ()

    units: ClassVar[Mapping[str, Unit]]
    """Columns of `to_frame`, in order, each with its unit."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return a tidy table: one row per estimate, columns exactly those of `units`."""

    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """Return what a reader may be told, guarded and in a stable order."""
