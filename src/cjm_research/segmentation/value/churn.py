"""Who is likely to leave, where the study knows who left: a logistic model and its calibration."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.base import PERSONAL
from cjm_research.segmentation.value.scoring import logistic, scores
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FOLDS, FIFTHS = 5, 5
FEWEST = 30
"""Customers who left, and who stayed, that a model needs."""
_MOST_VALUES, _SMALL = 30, 0.01
_NEVER = frozenset(
    ["customer_id", "is_churned", "churned_on", "lost_reason", "status", "source_file",
     "source_line", "source_customer_id", "id_is_generated", "updated_at", "referred_by"]
) | PERSONAL  # fmt: skip
"""Columns that tell the outcome, or name the customer."""
_AFTER = ("churn", "leav", "left", "lost", "cancel")
"""Beginnings and parts of names of columns that may hold what was known only afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnFifth:
    """A fifth of the customers by their chance of leaving, highest first."""

    fifth: int
    n: int
    expected_share: float
    left_share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn(Result):
    """How well traits tell who left; every chance is from a model that did not see the customer."""

    units: ClassVar[Mapping[str, Unit]] = {
        "fifth": Unit.LABEL,
        "n": Unit.COUNT,
        "expected_share": Unit.SHARE,
        "left_share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    fifths: tuple[ChurnFifth, ...]
    n_customers: int
    rate: float
    auc: float
    brier: float
    base_brier: float
    """Error of giving everybody the share that left."""
    slope: float
    traits: tuple[str, ...]
    """Columns that the chances are made of."""
    confidence: float
    window: tuple[str, str] | None
    is_reliable: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row per fifth."""
        return pd.DataFrame([asdict(f) for f in self.fifths], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how often those left who had the highest chance, against the lowest."""
        top, bottom = self.fifths[0], self.fifths[-1]
        return (
            Finding(
                id="segmentation/churn/top_fifth",
                kind="churn_fifths",
                subject={},
                estimate=top.left_share,
                low=top.low,
                high=top.high,
                confidence=self.confidence,
                reference=self.rate,
                unit=Unit.SHARE,
                n=self.n_customers,
                method="logistic_cross_validated",
                window=self.window,
                direction="bad",
                status="shown" if self.is_reliable else "not_reliable",
                values={"bottom": bottom.left_share},
            ),
        )


def churn(
    customers: pd.DataFrame,
    *,
    window: tuple[str, str] | None = None,
    confidence: float = 0.95,
) -> Churn:
    """Model who left from what is declared of the customers.

    The chances are cross-validated in five parts. Without dates it is not known what was known
    before a customer left, so that this describes who left, and is no forecast.

    Parameters
    ----------
    customers : pandas.DataFrame
        The canonical table with `is_churned`; numbers and texts of few values are traits.
    window : tuple of str, optional
        First and last day of the data, ISO.
    confidence : float
        Of each interval.

    Raises
    ------
    NoDataError
        If it is not known who left, or fewer than `FEWEST` left or stayed, or no column is a
        trait.
    """
    known = customers["is_churned"].notna().to_numpy() if "is_churned" in customers else None
    if known is None or not known.any():
        raise NoDataError("It is not known who left: no column 'is_churned'.")
    rows = customers[known]
    left = rows["is_churned"].to_numpy(dtype=bool)
    if min(left.sum(), (~left).sum()) < FEWEST:
        raise NoDataError(
            f"Churn: {int(left.sum())} customers left and {int((~left).sum())} stayed;"
            f" {FEWEST} of each are needed."
        )
    design, traits = _design(rows)
    if not traits:
        raise NoDataError("Churn: no column of the customers is a trait.")
    chance = _cross_validated(design, left, rows["customer_id"])
    found = scores(chance, left)
    base = float(left.mean() * (1 - left.mean()))
    return Churn(
        fifths=_fifths(chance, left, confidence),
        n_customers=len(rows),
        rate=float(left.mean()),
        auc=found.auc,
        brier=found.brier,
        base_brier=base,
        slope=found.slope,
        traits=traits,
        confidence=confidence,
        window=window,
        is_reliable=bool(0.8 <= found.slope <= 1.25 and found.brier < base),
    )


def _design(rows: pd.DataFrame) -> tuple[Floats, tuple[str, ...]]:
    """Return traits as numbers: scaled, with a column for unknown; texts one column a value."""
    columns: list[Floats] = []
    traits: list[str] = []
    for name in sorted(map(str, rows.columns)):
        if name in _NEVER or any(part in name.lower() for part in _AFTER):
            continue
        made = _trait(rows[name])
        if made:
            columns += made
            traits.append(name)
    design = np.column_stack(columns) if columns else np.empty((len(rows), 0))
    return design, tuple(traits)


def _trait(values: pd.Series) -> list[Floats]:
    if pd.api.types.is_datetime64_any_dtype(values.dtype) or values.isna().all():
        return []
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        unknown = np.isnan(numbers)
        spread = np.nanstd(numbers)
        if not spread > 0:
            return []
        scaled = np.where(unknown, 0.0, (numbers - np.nanmean(numbers)) / spread)
        return [np.clip(scaled, -4, 4), *([unknown.astype(float)] if unknown.any() else [])]
    texts = values.astype("object").where(values.notna(), None)
    counts = pd.Series(texts).value_counts()
    n_values = len(counts) + int(values.isna().any())
    if n_values == 1 or len(counts) > _MOST_VALUES:
        return []
    often = sorted(map(str, counts[counts >= _SMALL * len(values)].index))
    named = texts.astype(str).to_numpy()
    return [np.asarray(named == value, dtype=np.float64) for value in often]


def _cross_validated(design: Floats, left: NDArray[np.bool_], ids: pd.Series) -> Floats:
    """Return each customer's chance from a model of the other parts; parts by hash of the id."""
    fold = pd.util.hash_array(ids.to_numpy(dtype=object)) % FOLDS
    chance = np.empty(len(left))
    for part in range(FOLDS):
        own = fold == part
        beta = logistic(design[~own], left[~own].astype(np.float64), penalty=1.0)
        chance[own] = special.expit(beta[0] + design[own] @ beta[1:])
    return chance


def _fifths(chance: Floats, left: NDArray[np.bool_], confidence: float) -> tuple[ChurnFifth, ...]:
    cuts = np.quantile(chance, np.arange(1, FIFTHS) / FIFTHS, method="inverted_cdf")
    place = FIFTHS - np.searchsorted(cuts, chance, side="left")
    rows = []
    for fifth in np.unique(place):
        inside = place == fifth
        low, high = wilson_interval(left[inside].sum(), inside.sum(), confidence=confidence)
        rows.append(ChurnFifth(
            fifth=int(fifth), n=int(inside.sum()), expected_share=float(chance[inside].mean()),
            left_share=float(left[inside].mean()), low=float(low), high=float(high),
        ))  # fmt: skip
    return tuple(rows)
