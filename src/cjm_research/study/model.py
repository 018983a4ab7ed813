"""The study as a whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, PrivateAttr, field_validator, model_validator

from cjm_research.errors import ParameterError, nearest
from cjm_research.study.ideas import Hypothesis
from cjm_research.study.identity import Identity
from cjm_research.study.journey_plan import JourneyPlan
from cjm_research.study.metric import Id
from cjm_research.study.notify import Notify
from cjm_research.study.phrase import Language, Phrase, Settings
from cjm_research.study.plans import Care, Experiment, Grouping, Matrix, ReportPlan, Rfm, Stage
from cjm_research.study.sources import Source
from cjm_research.study.survey import SurveyPlan

REPORTS = ("data_quality", "segment_portraits", "pains_and_needs", "journey_map",
           "campaign_results", "customer_matrix")  # fmt: skip
"""Reports that a study has unless it lists its own, in reading order."""


class Research(Settings):
    """Why the study is made; each page opens with its question."""

    question: Phrase
    decision: Phrase | None = None
    owner: str | None = None
    hypotheses: list[Phrase] = []
    questions: dict[str, Phrase] = {}
    """A report's own question, by report id."""


class Reading(Settings):
    """How much one raw file may hold; what is absent has the package's own limit."""

    max_bytes: Annotated[int, Field(ge=1)] | None = None
    max_columns: Annotated[int, Field(ge=1)] | None = None
    max_cell: Annotated[int, Field(ge=1)] | None = None
    max_ratio: Annotated[int, Field(ge=1)] | None = None
    """Times that a packed file may grow."""


class Limits(Settings):
    """How many customers a statement needs."""

    hidden_below: Annotated[int, Field(ge=1)] = 10
    facts_below: Annotated[int, Field(ge=1)] = 30
    claims_from: Annotated[int, Field(ge=1)] = 100

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.hidden_below <= self.facts_below <= self.claims_from:
            raise ValueError(
                "hidden_below, facts_below and claims_from must not fall in this order;"
                f" got {self.hidden_below}, {self.facts_below}, {self.claims_from}"
            )
        return self

    def level(self, n: float) -> Literal["hidden", "facts", "estimates", "claims"]:
        """Say what may be shown of `n` customers.

        ``hidden``: nothing. ``facts``: counts and quotes. ``estimates``: shares with intervals
        in tables. ``claims``: sentences too.

        Examples
        --------
        >>> [Limits().level(n) for n in (9, 10, 30, 100)]
        ['hidden', 'facts', 'estimates', 'claims']
        """
        if n < self.hidden_below:
            return "hidden"
        if n < self.facts_below:
            return "facts"
        return "estimates" if n < self.claims_from else "claims"

    def is_enough(self, n: float) -> bool:
        """Tell whether `n` customers are enough for an estimate with its interval.

        Examples
        --------
        >>> Limits().is_enough(29), Limits().is_enough(30)
        (False, True)
        """
        return self.level(n) not in ("hidden", "facts")


class Privacy(Settings):
    """What never reaches a page."""

    min_customers: Annotated[int, Field(ge=1)] = 5
    identifiers: Literal["keep", "hash"] = "keep"
    """``hash``: who people are is hashed before anything is stored; no contact list can be made."""
    personal: list[str] = []
    """Columns of the study's own that name a person."""


class Study(Settings):
    """A study file, read and checked."""

    name: Id
    title: Phrase
    languages: Annotated[list[Language], Field(min_length=1)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    zone: str = "UTC"
    as_of: date | None = None
    """Day that recency is counted to; the newest day of the data if absent."""
    research: Research
    sources: Annotated[list[Source], Field(min_length=1)]
    stages: list[Stage] = []
    journey: JourneyPlan = JourneyPlan()
    groupings: list[Grouping] = []
    experiments: list[Experiment] = []
    hypotheses: list[Hypothesis] = []
    """Ideas that wait for a test, scored."""
    matrix: Matrix = Matrix()
    rfm: Rfm = Rfm()
    care: Care = Care()
    reports: list[ReportPlan] = [ReportPlan(id=r) for r in REPORTS]
    words: dict[str, Phrase] = {}
    """Replaces a noun of the catalogues: ``customer``, ``order``."""
    labels: dict[str, dict[str, Phrase]] = {}
    """Words for the values of a column: ``[labels.category]`` shoes = {en = "Shoes"}."""
    limits: Limits = Limits()
    identity: Identity = Identity()
    """Which records are one customer; without it none are merged."""
    privacy: Privacy = Privacy()
    reading: Reading = Reading()
    notify: Notify = Notify()
    survey: SurveyPlan = SurveyPlan()
    codebook: str | None = None
    """File beside the study file."""

    _path: Path | None = PrivateAttr(default=None)

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(
                f"zone {zone!r} is not known.{nearest(zone, available_timezones())}"
                " Names are of the kind 'Europe/Moscow'"
            )
        return zone

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        lists = {"stages": self.stages, "groupings": self.groupings,
                 "experiments": self.experiments, "reports": self.reports,
                 "hypotheses": self.hypotheses}  # fmt: skip
        for what, items in lists.items():
            ids = [i.id for i in items]  # type: ignore[attr-defined]
            doubled = sorted({i for i in ids if ids.count(i) > 1})
            if doubled:
                raise ValueError(f"{what}: id {doubled[0]!r} stands twice")
        return self

    @model_validator(mode="after")
    def _experiments_fit(self) -> Self:
        known = [e.id for e in self.experiments]
        for idea in self.hypotheses:
            if idea.experiment is not None and idea.experiment not in known:
                raise ValueError(
                    f"hypothesis {idea.id!r} names the experiment {idea.experiment!r}, which is"
                    f" not declared.{nearest(idea.experiment, known)} Experiments are {known}"
                )
        for experiment in self.experiments:
            money = experiment.money
            own = money.currency if money is not None else None
            if own and own != self.currency and money is not None and money.rate == 1:
                raise ValueError(
                    f"money of {experiment.id!r} is in {own} and the study in {self.currency}:"
                    " give 'rate', units of the study's currency for one of the other"
                )
        return self

    @model_validator(mode="after")
    def _journey_fits(self) -> Self:
        stages = self.stage_ids()
        goal = self.journey.conversion
        if goal is not None and goal not in stages:
            raise ValueError(
                f"journey.conversion: there is no stage {goal!r}.{nearest(goal, stages)}"
                f" Stages are {list(stages)}"
            )
        known = {"all", *(s.id for g in self.groupings for s in g.segments)}
        is_open = any(not g.segments for g in self.groupings)  # found ones have no list
        for name in self.journey.personas:
            if name not in known and not is_open:
                raise ValueError(
                    f"journey.personas: there is no segment {name!r}.{nearest(name, known)}"
                    f" Segments are {sorted(known)}"
                )
        return self

    @model_validator(mode="after")
    def _identity_is_whole(self) -> Self:
        if self.identity.match == "off":
            return self
        given = {c for s in self.sources if s.table == "customers" for c in s.given}
        own = {"keys": self.identity.keys, "compare": self.identity.compare}
        if self.identity.names != ["name"]:
            own["names"] = self.identity.names
        for what, columns in own.items():
            for column in columns:
                if column not in given:
                    raise ValueError(
                        f"identity.{what} names {column!r}, which no source of customers fills."
                        f"{nearest(column, given)}"
                    )
        return self

    @property
    def path(self) -> Path:
        """The study file."""
        if self._path is None:
            raise ParameterError("This study was not read from a file.")
        return self._path

    @property
    def tzinfo(self) -> ZoneInfo:
        """The study's zone; a day is a day there."""
        return ZoneInfo(self.zone)

    @property
    def codebook_path(self) -> Path | None:
        """The codebook's file; None when the study has none."""
        return self.path.parent / self.codebook if self.codebook else None

    @property
    def decisions_path(self) -> Path | None:
        """The list of decisions on identity; None when the study has none."""
        name = self.identity.decisions
        return self.path.parent / name if name else None

    @property
    def adapters_folder(self) -> Path | None:
        """The project's own layouts of exports: ``adapters/`` beside ``studies/``."""
        return None if self._path is None else self._path.parent.parent / "adapters"

    @property
    def calendars(self) -> tuple[str, ...]:
        """Whose holidays customers are greeted on."""
        if self.care.calendars is not None:
            return tuple(self.care.calendars)
        return tuple(language for language in self.languages if language in ("ru", "zh"))

    def stage_ids(self) -> tuple[str, ...]:
        """Return the stages in the order of the journey."""
        return tuple(s.id for s in self.stages)

    def grouping(self, name: str) -> Grouping:
        """Return the grouping of that id; the first one for an empty name."""
        known = {g.id: g for g in self.groupings}
        if not known:
            raise ParameterError(f"Study {self.name!r} declares no grouping.")
        if name and name not in known:
            raise ParameterError.unknown("grouping", name, known=known)
        return known[name] if name else self.groupings[0]

    def experiment(self, name: str) -> Experiment:
        """Return the experiment of that id; the first one for an empty name."""
        known = {e.id: e for e in self.experiments}
        if not known:
            raise ParameterError(f"Study {self.name!r} declares no experiment.")
        if name and name not in known:
            raise ParameterError.unknown("experiment", name, known=known)
        return known[name] if name else self.experiments[0]
