"""How columns of customers come on one scale, so that clusters can be found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from cjm_research.errors import ParameterError, SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.plans import Grouping

    Floats = NDArray[np.float64]

Transform = Literal["plain", "log", "rank", "level"]

LONG_TAIL = 4
"""The 95th percentile by the median, from which a number is put on a scale of logarithms."""
MOST_LEVELS = 12
"""Commonest values of a choice that are told apart; the others count as one."""
KNOTS = 101
UNKNOWN, OTHER = "\u2205", "\u2026"
"""Levels of a choice that is not known, and of a rare one."""
_HALF = 1 / np.sqrt(2)
"""Customers with different values of a choice are then one standard deviation apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How one column is put on the common scale."""

    column: str
    transform: Transform
    """``log`` of 1 + x, normal scores of the ``rank``, ``plain``, or ``level`` of a choice."""
    low: float = 0.0
    high: float = 0.0
    """Transformed values beyond are set to these (1st and 99th percentile)."""
    mean: float = 0.0
    sd: float = 1.0
    knots: tuple[float, ...] = ()
    """Quantiles that ranks are read from."""
    levels: tuple[str, ...] = ()
    """Values of a choice, one column of 0 and 1 each."""
    has_unknown: bool = False
    """Of a number: that it is not known is a value of its own."""
    weight: float = 1.0

    @property
    def width(self) -> int:
        """Columns on the common scale."""
        return len(self.levels) or 1 + self.has_unknown


def scales_of(base: pd.DataFrame, grouping: Grouping) -> tuple[Scale, ...]:
    """Choose the scale of each column from the customers whose value is known.

    Money and counts are skewed: without a logarithm k-means finds the few largest customers
    and calls all others one group. Values beyond the 1st and 99th percentile are set to them.

    Raises
    ------
    ParameterError
        If a column does not vary, or is not known of anybody.
    SchemaError
        If there is no such column, or it holds days.
    """
    return tuple(_scale(base, column, grouping) for column in grouping.features)


def scaled(base: pd.DataFrame, scales: tuple[Scale, ...]) -> Floats:
    """Return customers on the common scale, shape (n, width); NaN where a number is not known."""
    parts = [_levels(base, s) if s.levels else _numbers(base, s) for s in scales]
    return np.concatenate(parts, axis=1)


def outside(base: pd.DataFrame, scales: tuple[Scale, ...]) -> NDArray[np.bool_]:
    """Tell whose numbers lie beyond the range that the scales were made from."""
    found = np.zeros(len(base), dtype=bool)
    for scale in scales:
        if not scale.levels:
            shown = _transformed(numbers(base, scale.column), scale)
            room = 0.5 * scale.sd
            found |= (shown < scale.low - room) | (shown > scale.high + room)
    return found


def numbers(base: pd.DataFrame, column: str) -> Floats:
    """Return a column as numbers.

    Raises
    ------
    SchemaError
        If there is no such column, or it holds no numbers.
    """
    _there(base, column)
    if not pd.api.types.is_numeric_dtype(base[column].dtype):
        raise SchemaError(f"Column {column!r} holds no numbers, so it has no common scale.")
    return base[column].to_numpy(dtype=np.float64, na_value=np.nan)


def is_choice(values: pd.Series) -> bool:
    """Tell whether a column is a choice: texts, yes and no."""
    return isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype | pd.BooleanDtype) or (
        values.dtype in (np.dtype(object), np.dtype(bool))
    )


def _there(base: pd.DataFrame, column: str) -> None:
    if column not in base:
        raise SchemaError.missing_column(
            column, table="features", found=list(map(str, base.columns))
        )


def _scale(base: pd.DataFrame, column: str, grouping: Grouping) -> Scale:
    _there(base, column)
    weight = grouping.weights.get(column, 1.0)
    if is_choice(base[column]):
        return Scale(
            column=column, transform="level", levels=_commonest(base[column]), weight=weight
        )
    values = numbers(base, column)
    known = values[np.isfinite(values)]
    if not len(known):
        raise ParameterError(f"Column {column!r} is not known of any customer: no clusters.")
    if known.min() == known.max():
        raise ParameterError(f"Column {column!r} does not vary, so it makes no clusters.")
    transform = _transform(known, grouping)
    knots = _knots(known) if transform == "rank" else ()
    shown = _transformed(known, Scale(column=column, transform=transform, knots=knots))
    low, high = np.quantile(shown, [0.01, 0.99])
    clipped = shown.clip(low, high) if low < high else shown
    return Scale(
        column=column,
        transform=transform,
        low=_digits(clipped.min()),
        high=_digits(clipped.max()),
        mean=_digits(clipped.mean()),
        sd=_digits(clipped.std()),
        knots=knots,
        has_unknown=grouping.unknown == "level" and len(known) < len(values),
        weight=weight,
    )


def _transform(known: Floats, grouping: Grouping) -> Transform:
    if grouping.scale == "log" and known.min() < 0:
        return "plain"
    if grouping.scale != "auto":
        return grouping.scale
    return "log" if _is_skewed(known) else "plain"


def _knots(known: Floats) -> tuple[float, ...]:
    return tuple(_digits(q) for q in np.quantile(known, np.linspace(0, 1, KNOTS)))


def _commonest(values: pd.Series) -> tuple[str, ...]:
    counts = _texts(values).value_counts()
    named = counts[counts.index != UNKNOWN]
    ranked = sorted(map(str, named.index), key=lambda v: (-named[v], v))
    if len(ranked) < 2:
        raise ParameterError(f"Column {values.name!r} does not vary, so it makes no clusters.")
    more = (OTHER,) if len(ranked) > MOST_LEVELS else ()
    unknown = (UNKNOWN,) if UNKNOWN in counts.index else ()
    return (*ranked[:MOST_LEVELS], *more, *unknown)


def _texts(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.BooleanDtype) or values.dtype == np.dtype(bool):
        values = values.map({True: "yes", False: "no"})
    return values.astype("string[pyarrow]").fillna(UNKNOWN)


def _levels(base: pd.DataFrame, scale: Scale) -> Floats:
    _there(base, scale.column)
    codes, names = pd.factorize(_texts(base[scale.column]))
    rest = scale.levels.index(OTHER) if OTHER in scale.levels else -1
    place = [scale.levels.index(n) if n in scale.levels else rest for n in map(str, names)]
    at = np.asarray(place, dtype=np.int64)[codes]
    found = np.zeros((len(base), len(scale.levels)))
    some = at >= 0  # a value that the card never saw is none of its levels
    found[np.flatnonzero(some), at[some]] = _HALF * scale.weight
    return found


def _numbers(base: pd.DataFrame, scale: Scale) -> Floats:
    shown = _transformed(numbers(base, scale.column), scale)
    own = (shown.clip(scale.low, scale.high) - scale.mean) / scale.sd * scale.weight
    if not scale.has_unknown:
        return own[:, None]
    missing = np.isnan(own)
    return np.stack([np.where(missing, 0.0, own), missing * _HALF * scale.weight], axis=1)


def _transformed(values: Floats, scale: Scale) -> Floats:
    values = np.where(np.isfinite(values), values, np.nan)
    if scale.transform == "log":
        return np.log1p(np.maximum(values, 0))
    if scale.transform != "rank":
        return values
    knots = np.asarray(scale.knots)
    grid = np.linspace(0, 1, len(knots))
    # Equal values share the middle of their ranks.
    low = np.interp(values, knots, grid)
    high = 1 - np.interp(-values, -knots[::-1], grid)
    rank = ((low + high) / 2).clip(0.5 / KNOTS, 1 - 0.5 / KNOTS)
    return np.where(np.isnan(values), np.nan, ndtri(rank))


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
