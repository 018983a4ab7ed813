"""A campaign test as one object: how large it must be, and what it showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cjm_research.errors import ParameterError, SchemaError, nearest
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.from_files import analyse_files
from cjm_research.experiments.planning import History, power_plan
from cjm_research.experiments.since import with_since
from cjm_research.experiments.units import unit_metrics, unit_segments
from cjm_research.study.model import Limits
from cjm_research.study.plans import Experiment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.power_tables import PowerPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A campaign test, fixed before it is read: arms, metrics, looks, families.

    Made from a study's experiment (``Plan(experiment=study.experiment("spring_offer"))``) or from
    plain values (`plan`). It does not change: another test is another plan.
    """

    experiment: Experiment
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse a confidence that no interval can have."""
        if not 0 < self.confidence < 1:
            raise ParameterError.expected("confidence", "between 0 and 1", got=self.confidence)

    def power(
        self,
        history: pd.DataFrame,
        *,
        target_change: float | None = None,
        power: float = 0.8,
        units_per_day: float | None = None,
    ) -> PowerPlan:
        """Return how many units and days the test needs, from units of the past.

        Parameters
        ----------
        history : pandas.DataFrame
            One row per unit, with the columns of the metrics and covariates, as `unit_metrics`
            gives them; arms play no part. With `exposed_at` the pace is taken from it.
        target_change : float, optional
            Relative change of the success metrics to be seen; the plan's own if absent.
        power : float, default 0.8
            Chance of the right decision: of seeing the change and of passing every guardrail.
        units_per_day : float, optional
            Units that will come each day; from the history if absent.
        """
        change = self.experiment.target_change if target_change is None else target_change
        past = History(units=history, units_per_day=units_per_day)
        return power_plan(
            self.experiment,
            past,
            target_change=change,
            power=power,
            confidence=self.confidence,
        )

    def analyse(
        self, tables: Mapping[str, pd.DataFrame], *, until: pd.Timestamp | None = None
    ) -> CampaignResult:
        """Return checks, effects, segments, timeline and decision of the test.

        Parameters
        ----------
        tables : mapping of str to pandas.DataFrame
            `exposures` and what the metrics are counted from: `orders`, `events`, `outcomes`;
            `customers` for covariates and segments, `memberships` for segments.
        until : pandas.Timestamp, optional
            Last day of the data.

        Raises
        ------
        SchemaError
            If there are no exposures.
        ParameterError
            If a table has a name that plays no part.
        """
        if "exposures" not in tables:
            near = nearest("exposures", tables)
            raise SchemaError(
                f"The table 'exposures' is needed: who was shown which arm.{near}"
                f" Given are {sorted(tables)}."
            )
        others = {k: t for k, t in tables.items() if k not in {"exposures", "memberships"}}
        units = unit_metrics(self.experiment, tables["exposures"], until=until, held=(), **others)
        segments = None
        if self.experiment.segments and "customers" in tables:
            segments = unit_segments(
                units,
                self.experiment.segments,
                customers=tables["customers"],
                memberships=tables.get("memberships"),
            )
        found = analyse(
            self.experiment,
            units,
            segments=segments,
            until=until,
            confidence=self.confidence,
            limits=self.limits,
        )
        return with_since(found, units, tables, until=until)

    def analyse_files(
        self, files: str | Path | Sequence[str | Path], *, until: pd.Timestamp | None = None
    ) -> CampaignResult:
        """Return checks, effects and decision from units in Parquet files, read once.

        Parameters
        ----------
        files : path, or sequence of paths
            Files, or one folder of them, with one row per unit as `unit_metrics` gives them.
        until : pandas.Timestamp, optional
            Last day of the data.
        """
        return analyse_files(
            files, self.experiment, until=until, confidence=self.confidence, limits=self.limits
        )


def plan(**declared: object) -> Plan:
    """Declare a campaign test in Python, with the keys of the study file.

    Parameters
    ----------
    **declared
        `id`, `label`, `control`, `arms`, `metrics` and all that ``[[experiments]]`` may hold.

    Raises
    ------
    ParameterError
        Names the first key that is wrong, and why.

    Examples
    --------
    >>> test = plan(
    ...     id="letter",
    ...     label="A letter",
    ...     control="none",
    ...     arms={"none": {"label": "-", "share": 0.5}, "sent": {"label": "S", "share": 0.5}},
    ...     metrics=[{"id": "paid", "label": "Paid", "kind": "conversion", "table": "orders"}],
    ... )
    >>> test.experiment.control
    'none'
    """
    try:
        experiment = Experiment.model_validate(declared)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "plan"
        message = str(first["msg"]).removeprefix("Value error, ")
        raise ParameterError(f"The plan is wrong at {where!r}: {message}.") from None
    return Plan(experiment=experiment)
