"""How many contracts outlast each period: what was seen, and what the model expects beyond it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.value.contracts import fit_contracts, renewal_rate, share_running
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

    Floats = NDArray[np.float64]

MARKS = (1, 3, 6, 12, 24, 36, 48, 60)
"""Periods that are told of."""
TOLD = 12
"""Period that a sentence speaks of, or the last one before it that was seen."""
NEAR = 0.05
"""How far the model may lie from what was seen, where it lies outside the interval too."""
_DAYS_A_MONTH = 365.2425 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePoint:
    """Contracts of a segment at the end of one period."""

    segment: str
    period: int
    n: int
    """Contracts that were watched through this period, or ended in it."""
    share: float
    """Part of all that outlasted it; NaN where too few were watched so long."""
    low: float
    high: float
    expected: float
    """The same by the model; NaN where the model does not fit what was seen."""
    renewed: float
    """Part of those that outlasted it which outlasts the next period too, by the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLife(Result):
    """How many contracts of each segment still run after so many periods."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "period": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "expected": Unit.SHARE,
        "renewed": Unit.SHARE,
    }

    grouping: str
    points: tuple[LifePoint, ...]
    n_customers: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and period."""
        return pd.DataFrame([asdict(p) for p in self.points], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many of each segment's contracts outlast a year of periods."""
        last: dict[str, LifePoint] = {}
        for point in self.points:
            if point.period <= TOLD and point.share == point.share:
                last[point.segment] = point
        return tuple(
            Finding(
                id=f"segmentation/contracts/grouping={self.grouping}/segment={p.segment}",
                kind="contract_life",
                subject={"grouping": self.grouping, "segment": p.segment},
                estimate=p.share,
                low=p.low,
                high=p.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=p.n,
                method="kaplan_meier_greenwood_log_log",
                values={"period": p.period},
            )
            for p in last.values()
        )


def contract_times(
    customers: pd.DataFrame, contracts: pd.DataFrame, *, as_of: pd.Timestamp, periods: str = ""
) -> pd.DataFrame:
    """Return how long each contract was watched, and whether its end was seen.

    Parameters
    ----------
    customers, contracts : pandas.DataFrame
        The canonical tables. From dates of contracts (`starts_on`, `ends_on`) periods are
        months; an end after the day is not seen yet.
    as_of : pandas.Timestamp
        The day.
    periods : str
        Column of the customers with the whole periods they have been with the company, where
        there are no dates; `is_churned` then tells the end.

    Returns
    -------
    pandas.DataFrame
        `customer_id`; `periods`, from 1: that in which it ended, or the last that it outlasted;
        `is_ended`. Who has not outlasted a period tells nothing and is left out.

    Raises
    ------
    ParameterError
        If there is no such column, or it holds no numbers.
    NoDataError
        If nothing tells how long contracts run.
    """
    if periods:
        if periods not in customers:
            raise ParameterError.unknown("column", periods, known=list(map(str, customers)))
        if customers[periods].dtype.kind not in "iuf":
            raise ParameterError.expected(f"column {periods!r}", "numbers of whole periods",
                                          got=str(customers[periods].dtype))  # fmt: skip
        ended = customers.get("is_churned", pd.Series(pd.NA, customers.index, dtype="boolean"))
        times = customers[periods].to_numpy(dtype=np.float64, na_value=np.nan)
        found = pd.DataFrame({"customer_id": customers["customer_id"], "periods": times,
                              "is_ended": ended})  # fmt: skip
    else:
        found = _from_dates(contracts, as_of)
    found = found[found["periods"].ge(1).fillna(value=False) & found["is_ended"].notna()]
    if found.empty:
        raise NoDataError("Contracts: nothing tells how long they run.")
    return found.assign(
        periods=np.floor(found["periods"].astype(float)), is_ended=found["is_ended"].astype(bool)
    )


def _from_dates(contracts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    if contracts.empty or not {"starts_on", "ends_on"} <= set(contracts):
        raise NoDataError("Contracts: nothing tells how long they run.")
    day = as_of.tz_localize(None).normalize()
    start, end = (pd.to_datetime(contracts[c]) for c in ("starts_on", "ends_on"))
    ended = end.notna() & (end <= day)
    days = (end.where(ended, day) - start).dt.days.to_numpy(dtype=np.float64, na_value=np.nan)
    months = days / _DAYS_A_MONTH
    times = np.where(ended, np.maximum(np.ceil(months), 1), np.floor(months))
    known = ~np.isnan(days) & (days >= 0)
    return pd.DataFrame({"customer_id": contracts["customer_id"], "periods": times,
                         "is_ended": ended})[known]  # fmt: skip


def contract_life(
    times: pd.DataFrame,
    members: pd.DataFrame,
    *,
    grouping: str,
    limits: Limits,
    confidence: float = 0.95,
) -> ContractLife:
    """Tell how many contracts of each segment outlast each period.

    What was seen is Kaplan's and Meier's product of the parts that went on, which counts running
    contracts for as long as they were watched, with Greenwood's interval on the scale of
    log(-log); where nobody left, Wilson's of those watched so long. The model is the shifted
    beta-geometric; it is told of a segment only where it settled and lies within the interval,
    or within 5 points, at every period seen.

    Parameters
    ----------
    times : pandas.DataFrame
        As `contract_times` gives.
    members : pandas.DataFrame
        `customer_id` and `segment`.
    grouping : str
        Id of the grouping.
    limits : Limits
        A period of fewer contracts than may be described is left out.
    confidence : float, default 0.95
        Of the intervals, between 0 and 1.

    References
    ----------
    Kaplan E. L., Meier P. (1958). doi:10.1080/01621459.1958.10501452
    Fader P. S., Hardie B. G. S. (2007). doi:10.1002/dir.20074
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    spans, ended = times["periods"].to_numpy(np.int64), times["is_ended"].to_numpy(bool)
    points = [
        point
        for segment, own in inside_segments(times["customer_id"], members)
        if limits.is_enough(int(own.sum()))
        for point in _life(segment, (spans[own], ended[own]), limits, confidence)
    ]
    return ContractLife(grouping=grouping, points=tuple(points), n_customers=len(times),
                        confidence=confidence)  # fmt: skip


def _life(
    segment: str, seen: tuple[NDArray[np.int64], NDArray[np.bool_]], limits: Limits,
    confidence: float,
) -> Iterator[LifePoint]:  # fmt: skip
    spans, ended = seen
    longest = int(spans.max())
    share, low, high, at_risk = _kaplan_meier(spans, ended, confidence)
    told = [t for t in MARKS if t <= longest
            and limits.is_enough(int(at_risk[t - 1]))]  # fmt: skip
    expected, renewed = _expected(spans, ended, np.array(told, dtype=np.float64))
    fits = all(
        abs(e - share[t - 1]) <= NEAR or low[t - 1] <= e <= high[t - 1]
        for t, e in zip(told, expected, strict=True)
    )
    for t, e, r in zip(told, expected, renewed, strict=True):
        yield LifePoint(
            segment=segment, period=t, n=int(at_risk[t - 1]), share=float(share[t - 1]),
            low=float(low[t - 1]), high=float(high[t - 1]), expected=float(e) if fits else np.nan,
            renewed=float(r) if fits else np.nan,
        )  # fmt: skip


def _kaplan_meier(
    spans: NDArray[np.int64], ended: NDArray[np.bool_], confidence: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return share, its interval and the number at risk, for each period from 1 on."""
    size = int(spans.max()) + 1
    left = np.bincount(spans[ended], minlength=size)[1:].astype(np.float64)
    at_risk = np.bincount(spans, minlength=size)[1:][::-1].cumsum()[::-1].astype(np.float64)
    share: Floats = np.cumprod(1 - left / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(left / (at_risk * (at_risk - left)))
        width = special.ndtri((1 + confidence) / 2) * np.sqrt(variance) / np.log(share)
        low = np.asarray(share ** np.exp(-width), np.float64)
        high = np.asarray(share ** np.exp(width), np.float64)
    # Where nobody left, or nobody stayed, that scale has no width: the interval of one share has.
    edge = (share >= 1) | (share <= 0)
    fewest, most = wilson_interval(share[edge] * at_risk[edge], at_risk[edge],
                                   confidence=confidence)  # fmt: skip
    low[edge], high[edge] = fewest, most
    return share, low, high, at_risk


def _expected(
    spans: NDArray[np.int64], ended: NDArray[np.bool_], at: Floats
) -> tuple[Floats, Floats]:
    """Return what the model expects to run, and to go on; NaN where it did not settle."""
    nothing = np.full(len(at), np.nan)
    try:
        model = fit_contracts(spans, ended)
    except NoDataError:
        return nothing, nothing
    if not model.is_settled:
        return nothing, nothing
    return share_running(model, at), renewal_rate(model, at + 1)
