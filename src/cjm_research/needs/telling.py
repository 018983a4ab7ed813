"""Under which conditions a statement about customers' words may be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from cjm_research.results import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Limits, confidence, window and zone that the results of a page have in common.

    Examples
    --------
    >>> Telling().status(500, named=40), Telling().status(500, named=3), Telling().status(20)
    ('shown', 'hidden_small_n', 'hidden_small_n')
    """

    limits: Limits = field(default_factory=Limits)
    min_customers: int = 5
    """A theme that fewer customers name is not shown: its words would give them away."""
    confidence: float = 0.95
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO."""
    zone: str = "UTC"
    """The study's: a day, and with it a week or a month, is one there."""
    unreliable: frozenset[str] = frozenset()
    """Themes on which people agree too little (see `agreement.theme_agreement`)."""

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ParameterError.expected("confidence", "between 0 and 1", got=self.confidence)

    def status(
        self, n: float, *, named: float | None = None, is_clear: bool = True, theme: str = ""
    ) -> Status:
        """Return the status of a finding about `n` customers, `named` of whom it speaks of."""
        if self.limits.level(n) != "claims":
            return "hidden_small_n"
        if named is not None and named < self.min_customers:
            return "hidden_small_n"
        if theme in self.unreliable:
            return "not_reliable"
        return "shown" if is_clear else "not_significant"


USUAL = Telling()
"""Limits of a study that sets none."""
