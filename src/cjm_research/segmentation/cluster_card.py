"""The model card of found clusters: all that is needed to assign a customer, as plain JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError, SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


LONG_TAIL = 4
"""The 95th percentile by the median, from which a number is put on a scale of logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How one number is put on the common scale."""

    column: str
    is_log: bool
    """The logarithm of 1 + x is taken: the values are never negative, and skewed."""
    low: float
    high: float
    """Values beyond are set to these (1st and 99th percentile)."""
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCard:
    """Columns, scales and centres of k-means clusters; names are ``cluster_1`` (largest) on."""

    scales: tuple[Scale, ...]
    centres: tuple[tuple[float, ...], ...]
    n_customers: int
    """Customers that the centres were found from."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a customer needs to be assigned."""
        return tuple(s.column for s in self.scales)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the clusters."""
        return tuple(f"cluster_{i}" for i in range(1, len(self.centres) + 1))

    @property
    def version(self) -> str:
        """Changes exactly when the card does."""
        return f"clusters-{hashlib.sha256(self.to_json().encode()).hexdigest()[:8]}"

    def to_json(self) -> str:
        """Return the card as text, to keep beside the study."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ParameterError
            If the text is not a card.
        """
        try:
            plain = json.loads(text)
            card = cls(
                scales=tuple(Scale(**s) for s in plain["scales"]),
                centres=tuple(tuple(map(float, c)) for c in plain["centres"]),
                n_customers=int(plain["n_customers"]),
            )
        except (TypeError, ValueError, KeyError) as error:
            raise ParameterError(f"This is not a card of clusters: {error}.") from None
        if not card.centres or any(len(c) != len(card.scales) for c in card.centres):
            raise ParameterError("This card of clusters has centres of other length than columns.")
        return card


def scales_of(base: pd.DataFrame, columns: tuple[str, ...]) -> tuple[Scale, ...]:
    """Choose the scale of each column from the customers whose value is known.

    Money and counts are skewed: without a logarithm k-means finds the few largest customers
    and calls all others one group.
    """
    scales = []
    for column in columns:
        values = numbers(base, column)
        known = values[~np.isnan(values)]
        if len(known) < 2 or known.min() == known.max():
            raise ParameterError(f"Column {column!r} does not vary, so it makes no clusters.")
        is_log = _is_skewed(known)
        shown = np.log1p(known) if is_log else known
        low, high = np.quantile(shown, [0.01, 0.99])
        clipped = shown.clip(low, high) if low < high else shown
        scales.append(
            Scale(
                column=column,
                is_log=is_log,
                low=_digits(clipped.min()),
                high=_digits(clipped.max()),
                mean=_digits(clipped.mean()),
                sd=_digits(clipped.std()),
            )
        )
    return tuple(scales)


def scaled(base: pd.DataFrame, scales: tuple[Scale, ...]) -> Floats:
    """Return the columns on the common scale; NaN where a value is not known."""
    out = np.empty((len(base), len(scales)))
    for i, scale in enumerate(scales):
        values = numbers(base, scale.column)
        with np.errstate(invalid="ignore"):
            shown = np.log1p(np.maximum(values, 0)) if scale.is_log else values
        out[:, i] = (shown.clip(scale.low, scale.high) - scale.mean) / scale.sd
    return out


def assign(base: pd.DataFrame, card: ClusterCard) -> pd.DataFrame:
    """Assign customers to the nearest centre.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `segment` (missing where a column is not known), `margin` (distance to
        the second nearest centre by that to the nearest; near 1 is borderline) and
        `is_outside` (a value beyond the range that the card was made from).

    Raises
    ------
    SchemaError
        If the table lacks a column of the card.
    """
    points = scaled(base, card.scales)
    known = ~np.isnan(points).any(axis=1)
    centres = np.asarray(card.centres)
    label = np.full(len(base), -1)
    margin = np.full(len(base), np.nan)
    if known.any():
        square = (
            (points[known] ** 2).sum(axis=1)[:, None]
            - 2 * points[known] @ centres.T
            + (centres**2).sum(axis=1)
        )
        distances = np.sqrt(np.maximum(square, 0))
        label[known] = distances.argmin(axis=1)
        two = np.partition(distances, 1, axis=1)
        margin[known] = two[:, 1] / np.maximum(two[:, 0], 1e-12)
    names = np.array([*card.names, None], dtype=object)
    return pd.DataFrame({
        "customer_id": base["customer_id"].to_numpy(),
        "segment": pd.array(names[label], dtype="string[pyarrow]"),
        "margin": margin,
        "is_outside": _outside(base, card.scales),
    })  # fmt: skip


def numbers(base: pd.DataFrame, column: str) -> Floats:
    """Return a column as numbers."""
    if column not in base:
        raise SchemaError.missing_column(
            column, table="features", found=list(map(str, base.columns))
        )
    if not pd.api.types.is_numeric_dtype(base[column].dtype):
        raise SchemaError(f"Column {column!r} holds no numbers, so it makes no clusters.")
    return base[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _outside(base: pd.DataFrame, scales: tuple[Scale, ...]) -> NDArray[np.bool_]:
    outside = np.zeros(len(base), dtype=bool)
    for scale in scales:
        values = numbers(base, scale.column)
        shown = np.log1p(np.maximum(values, 0)) if scale.is_log else values
        room = 0.5 * scale.sd
        outside |= (shown < scale.low - room) | (shown > scale.high + room)
    return outside


def _is_skewed(known: Floats) -> bool:
    """Tell whether a logarithm suits: never negative, more than a share, a long tail."""
    if known.min() < 0 or known.max() <= 1:
        return False
    centred = known - known.mean()
    skewness = (centred**3).mean() / (centred**2).mean() ** 1.5
    return bool(skewness > 1 or np.quantile(known, 0.95) > LONG_TAIL * np.median(known))


def _digits(value: float) -> float:
    """Round to what does not depend on the order of a sum."""
    return float(f"{value:.9g}")
