"""What a study declares for its analyses: stages, groupings, experiments, matrix, reports."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cjm_research.errors import nearest
from cjm_research.study.metric import Id, Metric, Share
from cjm_research.study.phrase import Phrase, Settings
from cjm_research.study.worth import ArmCosts, Economics

Cuts = list[float]


class EventRule(Settings):
    """Which events belong to a stage; all the given conditions must hold."""

    names: list[str] = []
    prefix: str | None = None
    regex: str | None = None
    column: str | None = None
    values: list[str] = []
    touchpoint: str | None = None
    """Touchpoint of the matched events; the event's own, else its name, if absent."""

    @field_validator("regex")
    @classmethod
    def _compiles(cls, regex: str | None) -> str | None:
        try:
            re.compile(regex or "")
        except re.error as error:
            raise ValueError(
                f"regex {regex!r} cannot be read: {error}. Write a Python regular expression"
            ) from None
        return regex

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.names or self.prefix or self.regex or self.column):
            raise ValueError("an event rule needs one of 'names', 'prefix', 'regex', 'column'")
        if bool(self.column) != bool(self.values):
            raise ValueError("'column' and 'values' go together")
        return self


class Stage(Settings):
    """A stage of the journey, in the order of the file."""

    id: Id
    label: Phrase
    goal: Phrase | None = None
    expectation: Phrase | None = None
    actions: Phrase | None = None
    """What customers do there, as the team sees it."""
    rivals: Phrase | None = None
    """What competitors do better or worse there."""
    opportunity: Phrase | None = None
    owner: str | None = None
    planned_days: Annotated[float, Field(gt=0)] | None = None
    """Days within which a customer is meant to move on."""
    events: list[EventRule] = []


class Segment(Settings):
    """A declared group of customers."""

    id: Id
    label: Phrase
    when: str
    """SQL condition over the columns of `customers` and `features`."""
    strategy: Phrase | None = None


class Grouping(Settings):
    """One way to divide the customers."""

    id: Id
    label: Phrase
    kind: Literal["segments", "clusters"] = "segments"
    preset: Literal["lifecycle"] | None = None
    column: str | None = None
    """A column whose values are the segments, instead of a list of them."""
    shown_values: list[str] = []
    """Values that are segments of their own; all others are one, ``other``. If absent, all are,
    but for those of fewer customers than may be shown, where there are several of these."""
    several: bool = False
    """A customer may be in several segments; else the first that matches."""
    segments: list[Segment] = []
    thresholds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], float] = {}
    """Named numbers: a condition writes ``n_orders >= $frequent_from``, a run can set them."""
    features: list[str] = []
    """Columns that clusters are found from: numbers, or choices such as a cargo type."""
    n_clusters: Annotated[int, Field(ge=2, le=20)] | None = None
    method: Literal["kmeans", "mixture"] = "kmeans"
    """Round clusters of like spread, or Gaussian ones of any shape and size."""
    scale: Literal["auto", "log", "rank", "plain"] = "auto"
    """How numbers come on one scale: a logarithm where they are skewed, or as declared."""
    unknown: Literal["leave_out", "level"] = "leave_out"
    """A customer without one of the numbers is in no cluster, or "unknown" is a value of it."""
    weights: dict[str, Annotated[float, Field(gt=0, le=10)]] = {}
    """How much a column counts; 1 if it is not named."""
    model: Annotated[int, Field(ge=1)] = 1
    """Clusters are found once and kept; raise the number to find them anew."""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        given = [bool(self.segments), self.preset is not None, self.column is not None]
        if self.kind == "segments" and sum(given) != 1:
            raise ValueError(
                f"grouping {self.id!r} needs exactly one of 'segments', 'column', 'preset'"
            )
        if self.shown_values and self.column is None:
            raise ValueError(f"grouping {self.id!r}: 'shown_values' go with 'column'")
        if self.kind == "clusters" and not self.features:
            raise ValueError(f"grouping {self.id!r} of kind 'clusters' needs 'features'")
        strange = sorted(set(self.weights) - set(self.features))
        if strange:
            raise ValueError(
                f"grouping {self.id!r}: weight of {strange[0]!r}, which is no feature of it."
                f"{nearest(strange[0], self.features)}"
            )
        return self


class Arm(Settings):
    """One arm of an experiment."""

    label: Phrase
    share: Share = 1.0
    """Planned share of the units; only a campaign with a single arm may leave it out."""
    costs: ArmCosts = ArmCosts()


class Experiment(Settings):
    """A campaign test: arms with expected shares, an explicit control, metrics."""

    id: Id
    label: Phrase
    unit: Literal["customer", "company", "household", "visit", "impression"] = "customer"
    """What was drawn for the arms; words and the opening of the page follow it."""
    control: str = ""
    """The arm that the others are compared with; a campaign without one has no effects."""
    arms: Annotated[dict[str, Arm], Field(min_length=1)]
    metrics: Annotated[list[Metric], Field(min_length=1)]
    target_change: Annotated[float, Field(gt=0, le=10)] = 0.05
    """Relative change of the success metrics that is worth finding."""
    money: Economics | None = None
    segments: list[str] = []
    """Customer columns or grouping ids that effects are compared by."""
    starts_on: date | None = None
    ends_on: date | None = None
    looks: Annotated[int, Field(ge=1, le=100)] = 1
    """How often the numbers are read before the end, the end counted."""
    stopping: Literal["obrien_fleming", "pocock", "always_valid"] = "obrien_fleming"
    """How the chance of error is spread over the looks."""
    is_stratified: bool = False
    """Weigh the strata of `exposures` as they occur among all units."""
    is_clustered: bool = False
    """Arms were drawn for the clusters of `exposures` (shops, regions), not for units."""
    has_bayes: bool = False
    """Show the chance to beat the control beside the tests."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.control and self.control not in self.arms:
            raise ValueError(
                f"control {self.control!r} is not an arm.{nearest(self.control, self.arms)}"
                f" Arms are {sorted(self.arms)}"
            )
        if self.control and len(self.arms) < 2:
            raise ValueError(
                f"experiment {self.id!r} needs at least two arms; a campaign that has only one"
                " leaves 'control' out"
            )
        total = sum(a.share for a in self.arms.values())
        if self.control and abs(total - 1) > 1e-6:
            raise ValueError(
                f"shares of the arms of {self.id!r} must add up to 1; got {total:g}. Write the"
                " planned share into each arm, as in share = 0.5"
            )
        ids = [m.id for m in self.metrics]
        again = sorted({i for i in ids if ids.count(i) > 1})
        if again:
            raise ValueError(f"experiment {self.id!r} declares the metric {again[0]!r} twice")
        later = sorted({c for m in self.metrics for c in m.covariates} & {*ids})
        if later:
            raise ValueError(
                f"covariate {later[0]!r} of {self.id!r} is one of its metrics: a covariate is"
                " known before the exposure"
            )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(f"experiment {self.id!r} ends before it starts")
        return self

    @model_validator(mode="after")
    def _money_names_metrics(self) -> Self:
        known = {m.id: m for m in self.metrics}
        named = (self.money.orders, self.money.revenue) if self.money is not None else ()
        for name in named:
            if name is not None and name not in known:
                raise ValueError(
                    f"money of {self.id!r} names the metric {name!r}, which is not declared."
                    f"{nearest(name, known)} Metrics are {sorted(known)}"
                )
        if self.money is not None and self.money.revenue is not None:
            metric = known[self.money.revenue]
            if metric.kind != "mean" or not metric.is_money:
                raise ValueError(
                    f"metric {metric.id!r} must be a mean with is_money = true to be the revenue"
                )
        return self

    @property
    def has_control(self) -> bool:
        """Whether effects can be measured at all."""
        return bool(self.control)


class Cell(Settings):
    """What to do with the customers of one cell of the matrix."""

    strategy: Phrase
    cadence_days: Annotated[int, Field(ge=1)]


class Matrix(Settings):
    """The customer matrix: importance x value, a strategy and a cadence per cell."""

    importance: str = "revenue_share"
    """Column of `features` or `customers` that says how important a customer is."""
    value: str = ""
    """Column of `features` or `customers` that says what a customer is worth; empty: `profit`
    where cost is known of most customers, else `order_value_rate`."""
    importance_quantile: Annotated[float, Field(gt=0, lt=1)] = 0.8
    value_quantile: Annotated[float, Field(gt=0, lt=1)] = 0.5
    cells: dict[Literal["high_high", "high_low", "low_high", "low_low"], Cell] = {}
    """Keys: importance, then value."""


class Care(Settings):
    """Whom the lists of customers to contact hold."""

    calendars: list[Literal["ru", "zh"]] | None = None
    """Whose holidays customers are greeted on; those of the study's languages if absent."""
    ahead_days: Annotated[int, Field(ge=0, le=366)] = 14
    """How far ahead occasions are listed."""


class Rfm(Settings):
    """How recency, frequency and money are scored; quintiles of the customers unless said."""

    grid: Literal["regions", "eight", "eleven"] = "regions"
    """Names of the scores: 25 cells of recency and frequency, eight classes, eleven groups."""
    recency_days: Cuts = []
    """Four rising numbers of days: up to the first is score 5, beyond the last is score 1."""
    orders: Cuts = []
    """Four rising numbers of orders: up to the first is score 1, beyond the last is score 5."""
    revenue: Cuts = []
    model: Annotated[int, Field(ge=1)] = 1
    """Cuts are taken once and kept; raise the number to take them anew."""
    compare_days: Annotated[int, Field(ge=1)] = 90
    """How far back the page looks to tell who moved between the groups."""

    @field_validator("recency_days", "orders", "revenue")
    @classmethod
    def _rise(cls, cuts: list[float]) -> list[float]:
        if cuts and (len(cuts) != 4 or cuts != sorted(cuts)):
            raise ValueError(f"cuts of RFM scores are four rising numbers; got {cuts}")
        return cuts


class ReportPlan(Settings):
    """A report of the study: a notebook with its parameters."""

    id: Id
    notebook: str | None = None
    """Stem of a file in ``notebooks/``; the notebook that ends in the id if absent."""
    parameters: dict[str, str | float | bool] = {}
    for_each: Literal["grouping", "experiment"] | None = None
    """Make one page for every grouping or experiment of the study."""
