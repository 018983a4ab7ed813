"""Which data stand behind a page: rows, customers, period, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from cjm_research.present import markup
from cjm_research.present.blocks import Block
from cjm_research.present.tables import Table
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cjm_research.present.words import Words
    from cjm_research.store.extents import Extent
    from cjm_research.workspace.workspace import Workspace

_STAMPS = ("occurred_at", "ordered_at", "given_at", "exposed_at", "observed_at", "made_at",
           "created_at", "starts_on", "date", "acquired_on")  # fmt: skip
_UNITS = {
    "table": Unit.LABEL,
    "rows": Unit.COUNT,
    "customers": Unit.COUNT,
    "rows_quarantined": Unit.COUNT,
    "first": Unit.DATE,
    "last": Unit.DATE,
}


@dataclass(frozen=True, slots=True, eq=False)
class DataCard(Block):
    """The tables behind a page."""

    card: Table
    kind: ClassVar[str] = "data_card"

    @property
    def id(self) -> str:
        """Anchor of the card."""
        return "data"

    def title(self, words: Words) -> str:
        """Return the heading."""
        return words("datacard.title")

    def html(self, words: Words) -> str:
        """Return the tables in a fold."""
        title = self.title(words)
        summary = markup.tag("summary", markup.text(title))
        return markup.tag(
            "details",
            summary + self.card.html(words, title=title),
            class_="box datacard",
            id=self.id,
        )

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return the card as plain data."""
        return self.card.tables(languages)


def data_card(world: Workspace, *, tables: Sequence[str]) -> DataCard:
    """Return rows, customers, period and quarantined rows of the tables that a page rests on.

    Parameters
    ----------
    world : Workspace
        The open study.
    tables : Sequence of str
        Names of canonical or derived tables.
    """
    aside = world.quarantine
    counts: Any = aside["table"].value_counts() if len(aside) else {}
    rows = [
        {
            "table": name,
            **_size(world.extent(name, _STAMPS), world.study.tzinfo),
            "rows_quarantined": counts.get(name, 0),
        }
        for name in tables
    ]
    frame = pd.DataFrame(rows, columns=list(_UNITS))
    return DataCard(Table(frame=frame, units=_UNITS, name="data"))


def _size(found: Extent, zone: tzinfo) -> dict[str, Any]:
    """Return rows, customers and period of one table; its days are days of the study's zone."""
    first, last = _day(found.first, zone), _day(found.last, zone)
    return {**found._asdict(), "first": first, "last": last}


def _day(stamp: Any, zone: tzinfo) -> Any:  # noqa: ANN401  # a stamp, a date or nothing
    is_zoned = getattr(stamp, "tzinfo", None) is not None
    return stamp.astimezone(zone) if is_zoned else stamp
