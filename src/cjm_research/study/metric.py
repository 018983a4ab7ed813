"""What an experiment is judged by, as a study file declares it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cjm_research.study.phrase import Phrase, Settings

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
Share = Annotated[float, Field(gt=0, le=1)]


class Metric(Settings):
    """What an experiment is judged by, counted for each unit after its exposure."""

    id: Id
    label: Phrase
    kind: Literal["conversion", "mean", "ratio", "quantile"]
    """A share of units, a mean of units, a ratio of two sums, a quantile of units."""
    table: Literal["orders", "events", "outcomes", "campaign_totals"]
    event: str | None = None
    """Name of the event (table `events`) or of the metric (the other two)."""
    per: str | None = None
    """What a ratio is divided by: an event, a metric of `outcomes`, or ``orders``."""
    quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Which quantile, for the kind of that name: 0.9 is what nine of ten stay below."""
    within_days: Annotated[float, Field(gt=0)] | None = None
    role: Literal["success", "guardrail", "other"] = "success"
    better: Literal["up", "down"] = "up"
    margin: Annotated[float, Field(ge=0)] | None = None
    """In the metric's own unit: the largest harm that a guardrail may do; of another metric the
    largest difference that still counts as none."""
    cap: Share | None = None
    """Quantile above which values are capped in a second row."""
    is_money: bool = False
    is_share: bool = False
    """A ratio that is read as a percentage, such as clicks per letter."""
    before_days: Annotated[float, Field(gt=0)] | None = None
    """So many days before its exposure the same is counted of each unit, as a covariate."""
    covariates: list[str] = []
    """What was known of a unit before: covariates of `outcomes`, numbers of `customers`."""
    also: list[Literal["exact", "rank"]] = []
    """Tests beside the first one: exact for a conversion, of ranks for a mean."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "ratio") != (self.per is not None):
            raise ValueError(f"metric {self.id!r}: 'per' and the kind 'ratio' go together")
        if (self.kind == "quantile") != (self.quantile is not None):
            raise ValueError(
                f"metric {self.id!r}: 'quantile' and the kind of that name go together"
            )
        if self.kind == "quantile" and (self.covariates or self.before_days):
            raise ValueError(f"metric {self.id!r}: a quantile is not adjusted for covariates")
        if self.kind == "quantile" and self.table == "campaign_totals":
            raise ValueError(f"metric {self.id!r}: sums of the arms have no quantile")
        if self.before_days is not None and self.table == "outcomes":
            raise ValueError(
                f"metric {self.id!r}: 'before_days' needs orders or events; from outcomes name the"
                " covariate in 'covariates'"
            )
        wrong = {"exact": "conversion", "rank": "mean"}
        for test in self.also:
            if self.kind != wrong[test]:
                raise ValueError(
                    f"metric {self.id!r}: the {test} test is of the kind {wrong[test]!r}"
                )
        return self

    @property
    def adjusted_for(self) -> tuple[str, ...]:
        """Columns of units that hold what the metric is adjusted for."""
        own = (f"{self.id}:before",) if self.before_days is not None else ()
        return (*own, *self.covariates)
