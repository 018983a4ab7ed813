"""The commonest value of each trait in each segment: what an illustrated card may show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from cjm_research.segmentation.traits import Trait
    from cjm_research.study.model import Limits

KNOWN_AT_LEAST = 0.5
"""Share of the segment for whom a value must be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """The commonest value of one trait in one segment."""

    segment: str
    trait: str
    share: float
    """Of the customers of the segment whose value is known."""
    n: int
    share_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes(Result):
    """The commonest values of every segment. No single customer need have them all."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "trait": Unit.LABEL,
        "share": Unit.SHARE,
        "n": Unit.COUNT,
        "share_all": Unit.SHARE,
    }

    grouping: str
    rows: tuple[Mode, ...]

    def of(self, segment: str) -> tuple[Mode, ...]:
        """Return the values of one segment, in the order of the columns."""
        return tuple(r for r in self.rows if r.segment == segment)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and trait."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: what is common here may be as common everywhere."""
        return ()


def modes(
    members: Mapping[str, NDArray[np.bool_]],
    traits: Iterable[Trait],
    *,
    grouping: str,
    limits: Limits,
) -> Modes:
    """Find the commonest value of each trait with several values, in each segment.

    A tie goes to the first level. A trait known of less than half of a segment is left out, and
    so is a segment that may not be described.
    """
    rows = []
    for trait in traits:
        if trait.kind != "trait" or len(trait.told) < 2:
            continue
        known = trait.codes >= 0
        total = np.bincount(trait.codes[known], minlength=len(trait.levels))
        for segment, inside in members.items():
            here = np.bincount(trait.codes[known & inside], minlength=len(trait.levels))
            n = int(here.sum())
            if limits.level(n) in ("hidden", "facts") or n < KNOWN_AT_LEAST * inside.sum():
                continue
            top = int(here.argmax())
            rows.append(
                Mode(
                    segment=segment,
                    trait=trait.key(top),
                    share=here[top] / n,
                    n=n,
                    share_all=total[top] / total.sum(),
                )
            )
    order = {segment: i for i, segment in enumerate(members)}
    rows.sort(key=lambda r: order[r.segment])
    return Modes(grouping=grouping, rows=tuple(rows))
