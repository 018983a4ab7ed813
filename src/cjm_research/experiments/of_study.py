"""An experiment of a study, from its tables to its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cjm_research.errors import NoDataError
from cjm_research.experiments.campaign import CampaignResult, analyse
from cjm_research.experiments.descriptive import describe_campaign
from cjm_research.experiments.ledger import CLOCKS
from cjm_research.experiments.since import with_since
from cjm_research.experiments.totals import analyse_totals, describe_sums
from cjm_research.experiments.units import unit_metrics, unit_segments
from cjm_research.study.days import begin_of

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from cjm_research.experiments.descriptive import Description
    from cjm_research.study.model import Limits, Study
    from cjm_research.study.plans import Experiment


_COUNTED = {"orders": ("order_id", "amount", "status"), "events": ("name", "value")}
"""What metrics are counted from, beside whose a row is and when it happened."""


class StudyTables(Protocol):
    """What is needed of an open study."""

    @property
    def study(self) -> Study: ...  # noqa: D102
    @property
    def as_of(self) -> pd.Timestamp: ...  # noqa: D102
    @property
    def limits(self) -> Limits: ...  # noqa: D102
    @property
    def customers(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def orders(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def events(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def exposures(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def outcomes(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def campaign_totals(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def memberships(self) -> pd.DataFrame: ...  # noqa: D102
    def rows_of(  # noqa: D102
        self, name: str, customers: pd.Series, columns: Collection[str], *, clock: str
    ) -> pd.DataFrame: ...


def study_campaign(
    world: StudyTables, name: str = "", *, confidence: float = 0.95
) -> CampaignResult | Description:
    """Analyse an experiment of an open study; describe a campaign that has no control.

    Parameters
    ----------
    world : Workspace
        The open study.
    name : str
        Id of the experiment; the study's first if empty.
    confidence : float, default 0.95
        Of every interval.

    Returns
    -------
    CampaignResult or Description
        From the units where the study has exposures, else from the sums of the arms.

    Raises
    ------
    NoDataError
        If the study declares no experiment, or holds nothing of this one.
    ParameterError
        If there is no experiment of that name.
    """
    if not world.study.experiments:
        raise NoDataError(f"The study {world.study.name!r} declares no experiment.")
    experiment = world.study.experiment(name)
    if _has(world.exposures, experiment):
        return _from_units(world, experiment, confidence)
    if _has(world.campaign_totals, experiment):
        if not experiment.has_control:
            return describe_sums(
                experiment, world.campaign_totals, confidence=confidence, limits=world.limits
            )
        return analyse_totals(
            experiment,
            world.campaign_totals,
            until=_until(world, world.campaign_totals, ("date", "looked_at")),
            confidence=confidence,
            limits=world.limits,
        )
    raise NoDataError(
        f"There are neither exposures nor totals of the experiment {experiment.id!r}."
    )


def _from_units(
    world: StudyTables, experiment: Experiment, confidence: float
) -> CampaignResult | Description:
    until = _until(world, world.exposures, ("exposed_at",))
    deeds = _deeds(world, experiment)
    units = unit_metrics(
        experiment,
        world.exposures,
        orders=deeds.get("orders"),
        events=deeds.get("events"),
        outcomes=world.outcomes,
        customers=world.customers,
        until=until,
    )
    segments = None
    if experiment.segments:
        segments = unit_segments(
            units,
            experiment.segments,
            customers=world.customers,
            memberships=world.memberships,
            groupings=[g.id for g in world.study.groupings],
        )
    if not experiment.has_control:
        return describe_campaign(
            experiment, units, segments=segments, confidence=confidence, limits=world.limits
        )
    found = analyse(
        experiment,
        units,
        segments=segments,
        until=until,
        confidence=confidence,
        limits=world.limits,
    )
    return with_since(found, units, deeds, until=until)


def _deeds(world: StudyTables, experiment: Experiment) -> dict[str, pd.DataFrame]:
    """Return what the experiment's units did, of the tables that its metrics are counted from."""
    shown = world.exposures
    units = shown.loc[shown["experiment"] == experiment.id, "unit_id"]
    counted = {m.table for m in experiment.metrics}
    return {
        name: world.rows_of(name, units, columns, clock=CLOCKS[name])
        for name, columns in _COUNTED.items()
        if name in counted
    }


def _until(world: StudyTables, table: pd.DataFrame, clocks: tuple[str, ...]) -> pd.Timestamp | None:
    """Return the last day of the data; None where the experiment has no dates to hold it to."""
    is_dated = any(c in table and table[c].notna().any() for c in clocks)
    return begin_of(world.as_of, world.study.tzinfo) if is_dated else None


def _has(table: pd.DataFrame, experiment: Experiment) -> bool:
    return "experiment" in table and bool((table["experiment"] == experiment.id).any())
