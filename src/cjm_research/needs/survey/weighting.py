"""Weights of the answers: the people who answered, brought to the shares of the population."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, ParameterError, SchemaError
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.raking import design_effect_of, rake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.survey import SurveyPlan

_UNEVEN = 2.0  # a design effect from which half of the sample's worth is lost
_MISSED = 0.02  # of a share: what trimming may leave before it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginShare:
    """One value of one margin."""

    trait: str
    """``COLUMN=VALUE``."""
    customers: int
    share: float
    """Among those who answered."""
    target: float
    """In the population, as the study says."""
    weighted: float
    """After weighting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightCheck(Result):
    """Margins before and after weighting, and what the weights cost."""

    units: ClassVar[Mapping[str, Unit]] = {
        "trait": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "target": Unit.SHARE,
        "weighted": Unit.SHARE,
    }

    rows: tuple[MarginShare, ...]
    n: int
    """Customers with a weight."""
    n_unknown: int
    """Customers who answered and have no known value in a margin: their weight is 1."""
    n_trimmed: int
    design_effect: float
    n_effective: float
    telling: Telling

    @property
    def misses(self) -> float:
        """Largest gap that is left between a weighted share and its target."""
        return max((abs(r.weighted - r.target) for r in self.rows), default=0.0)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per value of a margin."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return what the weights cost, where it is much or a margin is not met."""
        if not self.rows or (self.design_effect < _UNEVEN and self.misses < _MISSED):
            return ()
        return (
            Finding(
                id="needs/survey_weights",
                kind="survey_weights",
                subject={},
                estimate=self.n_effective,
                unit=Unit.COUNT,
                n=self.n,
                method="raking, design effect of Kish",
                window=self.telling.window,
                direction="neutral",
                status=self.telling.status(self.n),
                values={
                    "design_effect": self.design_effect,
                    "trimmed": self.n_trimmed,
                    "misses": self.misses,
                },
            ),
        )


def survey_weights(
    feedback: pd.DataFrame, customers: pd.DataFrame, plan: SurveyPlan
) -> pd.DataFrame:
    """Weight the customers who answered so that their traits have the population's shares.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`: whoever has a grade or a choice that names a question
        has answered; where no answer names one, whoever has a grade.
    customers : pandas.DataFrame
        With the columns that `plan.population` names.
    plan : SurveyPlan
        ``[survey]`` of the study; without a population nobody is weighted.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `weight` (mean 1), `is_weighted`: false where a trait is not known.

    Raises
    ------
    SchemaError
        If `customers` lacks a column of the population.
    ParameterError
        If an answer has a value that the population does not name.
    DataError
        If a value of the population has no answer.
    """
    people = _answered(feedback, customers, plan)
    traits = list(plan.population)
    known = (
        people[traits].notna().all(axis=1) if traits else pd.Series(data=False, index=people.index)
    )
    weights = pd.Series(1.0, people.index)
    if known.any():
        groups, targets = zip(*(_margin(people.loc[known, c], plan) for c in traits), strict=True)
        weights[known] = rake(groups, targets, trim=plan.trim).weights
    return pd.DataFrame(
        {"customer_id": people["customer_id"], "weight": weights, "is_weighted": known}
    ).reset_index(drop=True)


def weighted(table: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return feedback or coded sentences with the weight of each row's customer.

    A weight that the data carry already is multiplied; who has none counts as 1.
    """
    if weights.empty or not weights["is_weighted"].any() or "customer_id" not in table:
        return table
    own = table["customer_id"].map(weights.set_index("customer_id")["weight"]).fillna(1.0)
    given = table["weight"].fillna(1.0) if "weight" in table else 1.0
    return table.assign(weight=(own.astype("float64") * given))


def weight_check(
    weights: pd.DataFrame,
    customers: pd.DataFrame,
    plan: SurveyPlan,
    *,
    telling: Telling = USUAL,
) -> WeightCheck:
    """Compare the margins before and after weighting, and tell what it cost.

    Parameters
    ----------
    weights : pandas.DataFrame
        What `survey_weights` gave.
    customers : pandas.DataFrame
        With the columns that `plan.population` names.
    plan : SurveyPlan
        ``[survey]`` of the study.
    telling : Telling
        Limits, confidence and window.
    """
    own = weights.loc[weights["is_weighted"]]
    people = own.merge(customers, on="customer_id", how="left")
    rows = []
    for column, shares in plan.population.items() if len(people) else ():
        for value, target in shares.items():
            here = people[column].astype(object).eq(value).to_numpy(dtype=bool)
            rows.append(
                MarginShare(
                    trait=f"{column}={value}",
                    customers=int(here.sum()),
                    share=float(here.mean()),
                    target=target / sum(shares.values()),
                    weighted=float(np.average(here, weights=people["weight"])),
                )
            )
    effect = design_effect_of(own["weight"]) if len(own) else 1.0
    least, most = plan.trim
    held = (own["weight"] <= least * 1.001) | (own["weight"] >= most * 0.999)
    return WeightCheck(
        rows=tuple(rows),
        n=len(own),
        n_unknown=len(weights) - len(own),
        n_trimmed=int(held.sum()),
        design_effect=effect,
        n_effective=len(own) / effect,
        telling=telling,
    )


def _answered(feedback: pd.DataFrame, customers: pd.DataFrame, plan: SurveyPlan) -> pd.DataFrame:
    for column in plan.population:
        if column not in customers:
            found = list(customers.columns)
            raise SchemaError.missing_column(column, table="customers", found=found)
    answers = feedback
    if "question" in feedback and feedback["question"].notna().any():
        answers = feedback.loc[feedback["question"].notna()]  # reviews are no sample of anybody
    score = answers["score"].notna() if "score" in answers else False
    is_choice = answers["kind"].eq("choice").fillna(value=False)
    who = answers.loc[(score | is_choice).to_numpy(dtype=bool), "customer_id"]
    traits = list(plan.population)
    asked = pd.DataFrame({"customer_id": np.sort(who.dropna().unique())}).astype("string[pyarrow]")
    if not traits:
        return asked
    return asked.merge(customers[["customer_id", *traits]], on="customer_id", how="left")


def _margin(values: pd.Series[str], plan: SurveyPlan) -> tuple[np.ndarray, list[float]]:
    """Return the group of each answer and the shares of one margin; name what does not fit."""
    column = str(values.name)
    shares = plan.population[column]
    texts = values.astype(str)
    for value in sorted(set(texts) - set(shares)):
        raise ParameterError(
            f"survey.population.{column} has no share for {value!r}, which"
            f" {int((texts == value).sum())} of those who answered have. It names {list(shares)}."
        )
    for value in shares:
        if not (texts == value).any():
            raise DataError(
                f"survey.population.{column}: nobody who answered has {value!r}, so nobody can"
                " stand for it. Join it with a near value, or leave the column out."
            )
    return pd.Index(list(shares)).get_indexer(pd.Index(texts)), list(shares.values())
