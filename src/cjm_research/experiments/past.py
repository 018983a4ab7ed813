"""Units of the past that a test is planned by: what customers did before anybody was tested."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.experiments.units import unit_metrics
from cjm_research.study.days import begin_of

if TYPE_CHECKING:
    from cjm_research.experiments.of_study import StudyTables
    from cjm_research.study.plans import Experiment

USUAL_DAYS = 28.0
"""Days that are counted where no metric says how many."""


def past_units(world: StudyTables, experiment: Experiment, *, day: str = "") -> pd.DataFrame:
    """Return one row per customer with the metrics of a test, as if it had started on a past day.

    Everybody who had ordered or come by before that day counts; what they did after it stands
    for what they will do without the campaign. Where the study holds exposures of the
    experiment itself, its own units are returned.

    Parameters
    ----------
    world : Workspace
        The open study.
    experiment : Experiment
        The test that is planned; its metrics are counted.
    day : str
        The past day, ISO; if empty the newest from which the data hold every metric's window.

    Returns
    -------
    pandas.DataFrame
        As `unit_metrics` gives it.

    Raises
    ------
    ParameterError
        If `day` is no day.
    NoDataError
        If nobody was there before that day.
    """
    if "experiment" in world.exposures and (world.exposures["experiment"] == experiment.id).any():
        shown = world.exposures
    else:
        shown = _as_if_shown(world, experiment, _start(world, experiment, day))
    open_ended = experiment.model_copy(update={"starts_on": None, "ends_on": None})
    return unit_metrics(
        open_ended,
        shown,
        customers=world.customers,
        orders=world.orders,
        events=world.events,
        outcomes=world.outcomes,
    )


def _start(world: StudyTables, experiment: Experiment, day: str) -> pd.Timestamp:
    if day:
        try:
            start = pd.Timestamp(date.fromisoformat(day))
        except ValueError:
            raise ParameterError.expected("day", "an ISO date", got=day) from None
    else:
        known = [m.within_days for m in experiment.metrics if m.within_days is not None]
        start = _last_day(world, experiment) - pd.Timedelta(days=max(known, default=USUAL_DAYS))
    return begin_of(start, world.study.tzinfo).tz_convert("UTC")


def _last_day(world: StudyTables, experiment: Experiment) -> pd.Timestamp:
    """Return the last day that every table of the metrics reaches; none knows what came later."""
    used = {m.table for m in experiment.metrics}
    ends = [
        pd.to_datetime(table[clock], utc=True).max().tz_convert(world.study.tzinfo)
        for name, table, clock in _clocked(world)
        if name in used and table[clock].notna().any()
    ]
    return min([world.as_of, *(e.tz_localize(None).normalize() for e in ends)])


def _clocked(world: StudyTables) -> list[tuple[str, pd.DataFrame, str]]:
    tables = (("orders", world.orders, "ordered_at"), ("events", world.events, "occurred_at"))
    return [(name, table, clock) for name, table, clock in tables if clock in table]


def _as_if_shown(world: StudyTables, experiment: Experiment, start: pd.Timestamp) -> pd.DataFrame:
    seen = [
        table.loc[pd.to_datetime(table[clock], utc=True) < start, "customer_id"]
        for _, table, clock in _clocked(world)
    ]
    units = pd.concat(seen).dropna().unique() if seen else []
    if not len(units):
        raise NoDataError(f"Nobody ordered or came by before {start.date()}.")
    return pd.DataFrame(
        {
            "experiment": experiment.id,
            "unit_id": units,
            "arm": experiment.control or next(iter(experiment.arms)),
            "exposed_at": start,
        }
    )
