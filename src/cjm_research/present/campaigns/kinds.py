"""Two kinds of campaign, with a control and without one: which parts of the page each has."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from cjm_research.experiments.campaign import CampaignResult
from cjm_research.experiments.descriptive import Description
from cjm_research.present.tables import Table, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from cjm_research.present.bodies import Body
    from cjm_research.results import Result, Unit

Campaign = CampaignResult | Description
"""What `study_campaign` gives."""

Part = TypeVar("Part")


def measured(part: Callable[[CampaignResult], Part]) -> Callable[[Campaign], Part | None]:
    """Make a part of campaigns with a control; without one it is None."""

    @wraps(part)
    def shown(campaign: Campaign) -> Part | None:
        return part(campaign) if isinstance(campaign, CampaignResult) else None

    return shown


def described(part: Callable[[Description], Part]) -> Callable[[Campaign], Part | None]:
    """Make a part of campaigns without a control; with one it is None."""

    @wraps(part)
    def shown(campaign: Campaign) -> Part | None:
        return part(campaign) if isinstance(campaign, Description) else None

    return shown


def filled(
    result: Result,
    columns: Sequence[str],
    *,
    always: Sequence[str] = (),
    unless_same: Sequence[str] = (),
) -> Body:
    """Return a table of those columns that hold anything.

    Parameters
    ----------
    result : Result
        Brings rows and units.
    columns : Sequence of str
        The columns, in order.
    always : Sequence of str
        Shown even if they are empty.
    unless_same : Sequence of str
        Left out where every row says the same and the exhibit's title names it.
    """
    frame = result.to_frame()
    known = [c for c in columns if c in always or frame[c].notna().any()]
    return table(
        result, columns=[c for c in known if c not in unless_same or len(frame[c].unique()) > 1]
    )


def rows_of(frame: pd.DataFrame, units: Mapping[str, Unit], *, name: str, experiment: str) -> Body:
    """Return a table of plain rows that belong to an experiment, so that its own words are used."""
    made = table(frame, units, name=name)
    return replace(made, within={"experiment": experiment}) if isinstance(made, Table) else made
