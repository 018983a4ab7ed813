"""The model card of found clusters: all that is needed to assign a customer, as plain JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.segmentation.cluster_scales import Scale, outside, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AT_ONCE = 100_000
"""Customers that are assigned at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCard:
    """Columns, scales and centres of clusters: frozen, so that moving between them means something.

    A mixture has, besides its centres, the share of each component and its spread: the
    Cholesky factor of the precision, row by row.
    """

    grouping: str = ""
    method: Literal["kmeans", "mixture"] = "kmeans"
    scales: tuple[Scale, ...]
    centres: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...] = ()
    spreads: tuple[tuple[float, ...], ...] = ()
    names: tuple[str, ...] = ()
    """As a rule ``cluster_1`` (the largest) on; names of an older card that it follows."""
    n_customers: int
    """Customers that the centres were found from."""
    found_on: str = ""
    """Day of the data that they were found on."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a customer needs to be assigned."""
        return tuple(s.column for s in self.scales)

    @property
    def version(self) -> str:
        """Changes exactly when the card does."""
        return f"clusters-{hashlib.sha256(self.to_json().encode()).hexdigest()[:8]}"

    def named(self, names: tuple[str, ...]) -> ClusterCard:
        """Return the card with other names of its clusters."""
        return replace(self, names=names)

    def to_json(self) -> str:
        """Return the card as text, to keep beside the study."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ParameterError
            If the text is not a card, or its parts do not fit together.
        """
        try:
            plain = json.loads(text)
            card = cls(**{**plain, **_tuples(plain)})
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ParameterError(f"This is not a card of clusters: {error}.") from None
        _check(card)
        return card


def default_names(n: int) -> tuple[str, ...]:
    """Return the names of `n` clusters that follow no older ones."""
    return tuple(f"cluster_{i}" for i in range(1, n + 1))


def assign(base: pd.DataFrame, card: ClusterCard) -> pd.DataFrame:
    """Assign customers to the nearest centre, or to the likeliest component of a mixture.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `segment` (missing where a number is not known), `margin` (distance to
        the second nearest centre by that to the nearest, of a mixture the odds of the best to
        the second; near 1 is borderline) and `is_outside` (a number beyond the range that the
        card was made from).

    Raises
    ------
    SchemaError
        If the table lacks a column of the card.
    """
    label = np.full(len(base), -1)
    margin = np.full(len(base), np.nan)
    beyond = np.zeros(len(base), dtype=bool)
    for start in range(0, max(len(base), 1), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        piece = base.iloc[rows]
        label[rows], margin[rows] = nearest_centre(scaled(piece, card.scales), card)
        beyond[rows] = outside(piece, card.scales)
    names = np.array([*card.names, None], dtype=object)
    return pd.DataFrame({
        "customer_id": base["customer_id"].to_numpy(),
        "segment": pd.array(names[label], dtype="string[pyarrow]"),
        "margin": margin,
        "is_outside": beyond,
    })  # fmt: skip


def nearest_centre(points: Floats, card: ClusterCard) -> tuple[NDArray[np.int64], Floats]:
    """Return the number of each point's cluster, -1 for an unknown one, and its margin."""
    known = ~np.isnan(points).any(axis=1)
    label = np.full(len(points), -1)
    margin = np.full(len(points), np.nan)
    if known.any():
        worse = _odds(points[known], card) if card.spreads else _distances(points[known], card)
        best = worse.argmin(axis=1)
        two = np.partition(worse, 1, axis=1)[:, :2]
        label[known] = best
        gap = np.exp(np.minimum(two[:, 1] - two[:, 0], 50.0))
        margin[known] = gap if card.spreads else two[:, 1] / np.maximum(two[:, 0], 1e-12)
    return label, margin


def _distances(points: Floats, card: ClusterCard) -> Floats:
    centres = np.asarray(card.centres)
    square = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    distances: Floats = np.sqrt(np.maximum(square, 0))
    return distances


def _odds(points: Floats, card: ClusterCard) -> Floats:
    """Return minus the logarithm of share times density of every component."""
    width = len(card.centres[0])
    found = np.empty((len(points), len(card.centres)))
    parts = zip(card.shares, card.centres, card.spreads, strict=True)
    for i, (share, centre, spread) in enumerate(parts):
        factor = np.asarray(spread).reshape(width, width)
        away = (points - np.asarray(centre)) @ factor
        found[:, i] = 0.5 * (away**2).sum(axis=1) - np.log(np.diag(factor)).sum() - np.log(share)
    return found


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    scales = [
        {**s, "knots": tuple(s.get("knots", ())), "levels": tuple(s.get("levels", ()))}
        for s in plain["scales"]
    ]
    return {
        "scales": tuple(Scale(**s) for s in scales),
        "centres": tuple(tuple(map(float, c)) for c in plain["centres"]),
        "shares": tuple(map(float, plain.get("shares", ()))),
        "spreads": tuple(tuple(map(float, s)) for s in plain.get("spreads", ())),
        "names": tuple(map(str, plain.get("names") or default_names(len(plain["centres"])))),
        "n_customers": int(plain["n_customers"]),
    }


def _check(card: ClusterCard) -> None:
    width = sum(s.width for s in card.scales)
    if len(card.centres) < 2 or any(len(c) != width for c in card.centres):
        raise ParameterError("This card of clusters has centres of other length than columns.")
    if len(set(card.names)) != len(card.centres):
        raise ParameterError("This card of clusters has not one name for each centre.")
    fits = len(card.shares) == len(card.spreads) in (0, len(card.centres))
    if not fits or any(len(s) != width**2 for s in card.spreads):
        raise ParameterError("This card of clusters has spreads that fit no centre.")
