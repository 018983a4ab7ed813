"""How to recognise a cluster without its model: a few conditions that become a rule segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.cluster_card import assign
from cjm_research.segmentation.cluster_scales import UNKNOWN, is_choice, numbers
from cjm_research.segmentation.conditions import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.segmentation.cluster_card import ClusterCard

    Floats = NDArray[np.float64]

LEAVES = 12
SHARE_OF_LEAF = 0.02
"""Least part of the customers in a leaf: a rule is for a list, not for a handful."""
_AS_FLAG = {"yes": "true", "no": "false"}
TREE = 20_000
"""Customers that the tree is grown from; as many others judge it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One comparison: a number within bounds, or a choice that is or is not a value."""

    column: str
    low: float | None = None
    """At least so much."""
    high: float | None = None
    """Less than so much."""
    value: str = ""
    is_not: bool = False
    is_flag: bool = False
    """The column holds yes and no as such, and not as texts."""

    def sql(self) -> str:
        """Return the comparison as a condition of a segment.

        Examples
        --------
        >>> Condition(column="revenue", low=100.0, high=500.0).sql()
        'revenue >= 100 AND revenue < 500'
        >>> Condition(column="city", value="Пермь", is_not=True).sql()
        "coalesce(city, '') <> 'Пермь'"
        >>> Condition(column="housing", value="yes").sql()
        "coalesce(housing, '') = 'yes'"
        """
        name = self.column if self.column.isidentifier() else f'"{self.column}"'
        if self.low is None and self.high is None:
            value = "" if self.value == UNKNOWN else self.value.replace("'", "''")
            if self.is_flag:
                name, value = f"CAST({name} AS VARCHAR)", _AS_FLAG.get(value, value)
            sign = "<>" if self.is_not else "="
            return f"coalesce({name}, '') {sign} '{value}'"
        bounds = [(">=", self.low), ("<", self.high)]
        return " AND ".join(f"{name} {sign} {v:.15g}" for sign, v in bounds if v is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The rule of one cluster and how far it can be trusted, on customers it was not made from."""

    segment: str
    paths: tuple[tuple[Condition, ...], ...]
    """Any of these, each of all its conditions; none if no rule leads to the cluster."""
    precision: float
    """Part of those whom the rule finds who are in the cluster."""
    recall: float
    """Part of the cluster that the rule finds."""
    n: int
    """Customers whom the rule finds, of those who judge it."""

    def sql(self) -> str:
        """Return the rule as the condition of a segment; ``false`` without any path."""
        parts = [" AND ".join(c.sql() for c in path) for path in self.paths if path]
        return " OR ".join(f"({p})" for p in parts) if parts else "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition(Result):
    """A rule for each cluster, and the part of customers whom the rules place as the model does."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "precision": Unit.SHARE,
        "recall": Unit.SHARE,
        "n": Unit.COUNT,
    }

    grouping: str
    rows: tuple[Recognised, ...]
    fidelity: float
    n: int
    """Customers who judge the rules; none of them made the tree."""

    def of(self, segment: str) -> Recognised | None:
        """Return the rule of one cluster."""
        return next((r for r in self.rows if r.segment == segment), None)

    def renamed(self, names: Mapping[str, str]) -> Recognition:
        """Return the rules under other names of the clusters."""
        return replace(self, rows=tuple(replace(r, segment=names[r.segment]) for r in self.rows))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cluster."""
        plain = [{c: getattr(r, c) for c in self.units} for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: rules describe a model and not customers."""
        return ()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` gave."""
        rows = tuple(_read(r) for r in plain["rows"])
        return cls(**{**plain, "rows": rows})


def _read(plain: Mapping[str, Any]) -> Recognised:
    """Read one rule; a share that is not known stands as null."""
    shares = {k: float("nan") if plain[k] is None else plain[k] for k in ("precision", "recall")}
    paths = tuple(tuple(_condition(c) for c in path) for path in plain["paths"])
    return Recognised(
        segment=plain["segment"], paths=paths, n=plain["n"],
        precision=shares["precision"], recall=shares["recall"],
    )  # fmt: skip


def _condition(plain: Mapping[str, Any]) -> Condition:
    """Read one comparison; a rule of before flags were marked takes every yes and no for one."""
    return Condition(**{"is_flag": plain["value"] in ("yes", "no"), **plain})


def recognition(base: pd.DataFrame, card: ClusterCard) -> Recognition:
    """Grow a small tree that places customers as the card does, and judge it on others.

    The bounds are rounded to what a person can remember before they are judged, and they are
    judged as the SQL that they will be used as.

    Parameters
    ----------
    base : pandas.DataFrame
        Customers in an order that says nothing about them.
    card : ClusterCard
        The clusters.
    """
    placed = assign(base, card)["segment"]
    known = placed.notna().to_numpy()
    base, placed = base[known].reset_index(drop=True), placed[known].reset_index(drop=True)
    half = min(len(base) * 2 // 3, TREE)
    grown, judges = slice(0, half), slice(half, half + TREE)
    table, columns = _numbers(base, card)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=LEAVES, min_samples_leaf=max(1, int(SHARE_OF_LEAF * half)), random_state=0
    ).fit(table[grown], placed.iloc[grown].to_numpy(dtype=object))
    paths = _paths(tree, columns)
    rows = [
        Recognised(segment=s, paths=tuple(paths.get(s, ())), precision=0.0, recall=0.0, n=0)
        for s in card.names
    ]
    return _judged(rows, base.iloc[judges], placed.iloc[judges], grouping=card.grouping)


def _judged(
    rows: list[Recognised], base: pd.DataFrame, placed: pd.Series, *, grouping: str
) -> Recognition:
    told = evaluate(base, {r.segment: r.sql() for r in rows}).fillna(False)  # noqa: FBT003
    judged: list[Recognised] = []
    right: NDArray[np.bool_] = np.zeros(len(base), dtype=bool)
    for row in rows:
        found = told[row.segment].to_numpy(dtype=bool)
        inside = (placed == row.segment).to_numpy(dtype=bool)
        right |= found & inside
        judged.append(
            replace(
                row,
                precision=_share(found & inside, found),
                recall=_share(found & inside, inside),
                n=int(found.sum()),
            )
        )
    return Recognition(
        grouping=grouping,
        rows=tuple(judged),
        fidelity=float(right.mean()) if len(right) else float("nan"),
        n=len(base),
    )


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else float("nan")


def _numbers(base: pd.DataFrame, card: ClusterCard) -> tuple[Floats, list[Condition]]:
    """Return the table that the tree reads, and what each of its columns compares."""
    parts: list[NDArray[np.float64]] = []
    columns: list[Condition] = []
    for scale in card.scales:
        values = base[scale.column]
        if not is_choice(values):
            parts.append(numbers(base, scale.column))
            columns.append(Condition(column=scale.column))
            continue
        is_flag = isinstance(values.dtype, pd.BooleanDtype) or values.dtype == np.dtype(bool)
        if is_flag:
            values = values.map({True: "yes", False: "no"})
        texts = values.astype("string[pyarrow]").fillna(UNKNOWN)
        for level in sorted(set(map(str, texts.unique())) & set(scale.levels)):
            parts.append(np.asarray(texts == level, dtype=np.float64))
            columns.append(Condition(column=scale.column, value=level, is_flag=is_flag))
    return np.stack(parts, axis=1), columns


def _paths(
    tree: DecisionTreeClassifier, columns: list[Condition]
) -> dict[str, list[tuple[Condition, ...]]]:
    grown = tree.tree_
    below_is = _leads_to(tree)
    found: dict[str, list[tuple[Condition, ...]]] = {}
    left: list[tuple[int, dict[Condition, Condition]]] = [(0, {})]
    while left:
        node, path = left.pop()
        if len(below_is[node]) == 1:  # a split between leaves of one cluster tells nothing
            (segment,) = below_is[node]
            found.setdefault(segment, []).append(tuple(path.values()))
            continue
        at = columns[grown.feature[node]]
        cut = _rounded(float(grown.threshold[node]))
        below, above = int(grown.children_left[node]), int(grown.children_right[node])
        left.append((below, {**path, at: _narrowed(path.get(at), at, high=cut)}))
        left.append((above, {**path, at: _narrowed(path.get(at), at, low=cut)}))
    return found


def _leads_to(tree: DecisionTreeClassifier) -> list[frozenset[str]]:
    """Return the clusters of the leaves under each node."""
    grown = tree.tree_
    found: list[frozenset[str]] = [frozenset()] * grown.node_count
    for node in range(grown.node_count - 1, -1, -1):  # children have larger numbers
        below = grown.children_left[node], grown.children_right[node]
        if below[0] < 0:
            found[node] = frozenset([str(tree.classes_[grown.value[node][0].argmax()])])
        else:
            found[node] = found[below[0]] | found[below[1]]
    return found


def _narrowed(
    so_far: Condition | None,
    at: Condition,
    *,
    low: float | None = None,
    high: float | None = None,
) -> Condition:
    if at.value:
        return replace(at, is_not=low is None)
    known = so_far or at
    return replace(known, high=high) if low is None else replace(known, low=low)


def _rounded(cut: float) -> float:
    """Return the cut with three digits: what one can remember."""
    return float(f"{cut:.3g}")
