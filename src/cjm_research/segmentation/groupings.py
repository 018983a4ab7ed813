"""Who is in which segment of which grouping, and whom a grouping leaves out."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, StudyError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.cluster_card import assign
from cjm_research.segmentation.column_values import values_as_segments
from cjm_research.segmentation.conditions import evaluate
from cjm_research.segmentation.lifecycle import Lifecycle
from cjm_research.segmentation.thresholds import filled, read_thresholds, thresholds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.segmentation.clusters import ClusterModel
    from cjm_research.study.model import Study
    from cjm_research.study.plans import Grouping

COLUMNS = ("customer_id", "grouping", "segment", "model_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCoverage:
    """Whom one rule reached."""

    segment: str
    matched: int
    """Customers for whom the rule is true."""
    assigned: int
    """Customers who are in the segment: less than matched where an earlier rule took them."""
    shared: int
    """Matched customers for whom another rule of the grouping is true as well."""
    unknown: int
    """Customers for whom the rule can be neither confirmed nor denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingCoverage(Result):
    """How far the rules of one grouping reach."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "matched": Unit.COUNT,
        "assigned": Unit.COUNT,
        "shared": Unit.COUNT,
        "unknown": Unit.COUNT,
    }

    grouping: str
    segments: tuple[SegmentCoverage, ...]
    n_customers: int
    n_covered: int
    """Customers in at least one segment."""
    n_undecided: int
    """Customers in no segment for whom at least one rule is unknown."""
    model_version: str
    window: tuple[str, str] | None = None
    """First and last day of the data."""

    @property
    def n_outside(self) -> int:
        """Customers of whom every rule is known to be false."""
        return self.n_customers - self.n_covered - self.n_undecided

    @property
    def never_matched(self) -> tuple[str, ...]:
        """Segments whose rule is true for nobody."""
        return tuple(s.segment for s in self.segments if not s.matched)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment, in the order of the study file."""
        return pd.DataFrame([asdict(s) for s in self.segments], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return which part of the customers the grouping covers."""
        share = self.n_covered / self.n_customers if self.n_customers else float("nan")
        return (
            Finding(
                id=f"segmentation/coverage/grouping={self.grouping}",
                kind="grouping_coverage",
                subject={"grouping": self.grouping},
                estimate=share,
                unit=Unit.SHARE,
                n=self.n_customers,
                method="count",
                window=self.window,
                values={
                    "covered": self.n_covered,
                    "undecided": self.n_undecided,
                    "outside": self.n_outside,
                },
            ),
        )


def memberships(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    groupings: Sequence[Grouping],
    *,
    models: Mapping[str, ClusterModel] | None = None,
) -> pd.DataFrame:
    """Assign customers to the segments of every grouping.

    A grouping of rules takes the first rule that is true, or every true one with
    ``several = true``. A rule that is unknown for a customer takes nobody and stops no later
    rule; `coverage` counts such customers.

    Parameters
    ----------
    customers, features : pandas.DataFrame
        The canonical table and the derived one. Every customer of `features` is looked at.
    groupings : sequence of Grouping
        As the study declares them.
    models : mapping of str to ClusterModel, optional
        Frozen clusters by grouping; found anew where there is none.

    Returns
    -------
    pandas.DataFrame
        One row per customer and segment: `customer_id`, `grouping`, `segment` and
        `model_version`, which changes exactly when the rules do. A customer in no segment of a
        grouping has no row of it.

    Raises
    ------
    StudyError
        If a rule is wrong, or a column that stands for a grouping is missing.
    """
    base = customer_table(customers, features)
    parts = [_assigned(base, g, (models or {}).get(g.id)) for g in groupings]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS), dtype="string[pyarrow]")
    return pd.concat(parts, ignore_index=True).astype("string[pyarrow]")


def coverage(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    grouping: Grouping,
    *,
    model: ClusterModel | None = None,
    window: tuple[str, str] | None = None,
) -> GroupingCoverage:
    """Say whom the rules of a grouping reach, share, leave out and cannot decide on.

    A grouping of clusters may bring its frozen `model`; `window` is the first and last day of
    the data, for the finding.
    """
    base = customer_table(customers, features)
    truth, version = _truth(base, grouping, model)
    true = truth.fillna(False).to_numpy(dtype=bool)  # noqa: FBT003  # pandas takes it so
    unknown = truth.isna().to_numpy()
    assigned = _chosen(true, several=grouping.several)
    covered = true.any(axis=1)
    return GroupingCoverage(
        grouping=grouping.id,
        segments=tuple(
            SegmentCoverage(
                segment=name,
                matched=int(true[:, i].sum()),
                assigned=int(assigned[:, i].sum()),
                shared=int((true[:, i] & (true.sum(axis=1) > 1)).sum()),
                unknown=int(unknown[:, i].sum()),
            )
            for i, name in enumerate(map(str, truth.columns))
        ),
        n_customers=len(base),
        n_covered=int(covered.sum()),
        n_undecided=int((~covered & unknown.any(axis=1)).sum()),
        model_version=version,
        window=window,
    )


def declared_grouping(study: Study, name: str, thresholds: str = "") -> Grouping:
    """Return the grouping of that id, the first one for an empty name.

    Parameters
    ----------
    study : Study
        The study file.
    name : str
        Id of a grouping.
    thresholds : str
        Numbers that replace those of the grouping: ``"frequent_from=15, old_days=90"``.

    Raises
    ------
    NoDataError
        If the study declares no grouping at all, so that there is nothing to portray.
    ParameterError
        If there is no grouping or threshold of that name, or a threshold is no number.
    """
    if not study.groupings:
        raise NoDataError(f"Study {study.name!r} declares no grouping, so it has no segments.")
    found = study.grouping(name)
    given = read_thresholds(thresholds, known=thresholds_of(found))
    return found.model_copy(update={"thresholds": {**found.thresholds, **given}})


def rules_of(grouping: Grouping, columns: frozenset[str]) -> dict[str, str]:
    """Return the SQL condition of each segment of a grouping of rules, its thresholds filled in.

    Raises
    ------
    StudyError
        If a condition names a threshold that the grouping does not have.
    """
    if grouping.preset == "lifecycle":
        days = {k: int(v) for k, v in grouping.thresholds.items()}
        return Lifecycle(**days).conditions(columns)
    return {s.id: filled(s.when, grouping) for s in grouping.segments}


def _assigned(base: pd.DataFrame, grouping: Grouping, model: ClusterModel | None) -> pd.DataFrame:
    truth, version = _truth(base, grouping, model)
    true = truth.fillna(False).to_numpy(dtype=bool)  # noqa: FBT003  # pandas takes it so
    rows, columns = np.nonzero(_chosen(true, several=grouping.several))
    return pd.DataFrame({
        "customer_id": base["customer_id"].to_numpy()[rows],
        "grouping": grouping.id,
        "segment": truth.columns.to_numpy()[columns],
        "model_version": version,
    })  # fmt: skip


def _chosen(true: np.ndarray, *, several: bool) -> np.ndarray:
    if several:
        return true
    first: np.ndarray = true & (np.cumsum(true, axis=1) == 1)
    return first


def _truth(
    base: pd.DataFrame, grouping: Grouping, model: ClusterModel | None = None
) -> tuple[pd.DataFrame, str]:
    """Return a three-valued column per segment, and the version of the rules."""
    if grouping.column:
        return values_as_segments(base, grouping), _version(
            {"column": grouping.column, **dict.fromkeys(grouping.shown_values, "")}
        )
    if grouping.kind == "clusters":
        return _clusters(base, grouping, model)
    rules = rules_of(grouping, frozenset(map(str, base.columns)))
    try:
        return evaluate(base, rules), _version(rules)
    except StudyError as error:
        raise StudyError(f"grouping {grouping.id!r}: {error}") from None


def _clusters(
    base: pd.DataFrame, grouping: Grouping, model: ClusterModel | None
) -> tuple[pd.DataFrame, str]:
    from cjm_research.segmentation.clusters import found_clusters  # noqa: PLC0415  # slow import

    card = (model or found_clusters(base, grouping)).card
    segment = assign(base, card)["segment"]
    known = segment.notna().to_numpy()
    truth = {
        name: pd.Series((segment == name).to_numpy(dtype=bool, na_value=False), dtype="boolean")
        .where(known, pd.NA)
        .to_numpy()
        for name in card.names
    }
    return pd.DataFrame(truth, index=base.index, dtype="boolean"), card.version


def _version(rules: Mapping[str, str]) -> str:
    text = "\0".join(f"{k}\0{v}" for k, v in rules.items())
    return f"rules-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
