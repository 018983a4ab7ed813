"""Whether a forecast of the next need beats "the same as last time"."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.histories import day_of
from cjm_research.segmentation.value.kinds_bought import FEWEST, Needs
from cjm_research.segmentation.value.next_need import (
    best_weight,
    chances,
    first_after,
    last_kind,
)
from cjm_research.segmentation.value.rhythm import rhythm
from cjm_research.stats.proportions import wilson_interval
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMethod:
    """How often one way told the kind of the next purchase, and how far its day was off."""

    need_method: str
    n: int
    told_right: int
    share: float
    low: float
    high: float
    n_days: int
    """Customers whose next day could be foretold and who came."""
    days_off: float
    """Median distance of the foretold day from the day they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCheck(Result):
    """The forecast made some days ago against what was bought since."""

    units: ClassVar[Mapping[str, Unit]] = {
        "need_method": Unit.LABEL,
        "n": Unit.COUNT,
        "told_right": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "n_days": Unit.COUNT,
        "days_off": Unit.DAYS,
    }

    methods: tuple[NeedMethod, ...]
    p: float
    """Of no difference between the forecast and the same as last time (exact, paired)."""
    confidence: float
    horizon: int
    window: tuple[str, str]

    @property
    def is_better(self) -> bool:
        """The forecast of the kind beats the same as last time beyond chance."""
        forecast, last = self.methods[0], self.methods[1]
        return forecast.told_right > last.told_right and self.p < 1 - self.confidence

    def to_frame(self) -> pd.DataFrame:
        """Return one row per method."""
        return pd.DataFrame([asdict(m) for m in self.methods], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how often the next need was told rightly, against the same as last time."""
        forecast, last = self.methods[0], self.methods[1]
        return (
            Finding(
                id="segmentation/next_need/check",
                kind="next_need_better" if self.is_better else "next_need_same",
                subject={},
                estimate=forecast.share,
                low=forecast.low,
                high=forecast.high,
                confidence=self.confidence,
                reference=last.share,
                unit=Unit.SHARE,
                n=forecast.n,
                customers=0.0,
                p=self.p,
                method="time_split_mcnemar",
                window=self.window,
                values={"horizon": self.horizon, "days_off": forecast.days_off,
                        "last_off": last.days_off},
            ),
        )  # fmt: skip


def need_check(
    needs: Needs, *, as_of: pd.Timestamp, horizon: int = 90, confidence: float = 0.95
) -> NeedCheck:
    """Foretell the first purchase of the newest days from those before, and compare.

    Parameters
    ----------
    needs : Needs
        As `needs_of` gives.
    as_of : pandas.Timestamp
        The last day.
    horizon : int
        Days held out.
    confidence : float
        Of the intervals, and of the claim that the forecast is better.

    Raises
    ------
    NoDataError
        If fewer than a hundred known customers came in these days.
    """
    day = day_of(as_of)
    split = day - horizon
    if split <= int(needs.purchases.days.min()):
        raise NoDataError(f"Next need: the orders cover less than {horizon} days.")
    past = needs.until(split)
    came, kind = first_after(needs, past, first=split + 1)
    if len(came) < FEWEST:
        raise NoDataError(
            f"Next need: {len(came)} known customers came in the last {horizon} days;"
            f" {FEWEST} are needed to check a forecast."
        )
    weight = best_weight(past, as_of_day=split, horizon=horizon)
    told = chances(past, weight=weight)[came].argmax(axis=1) == kind
    same = last_kind(past)[came] == kind
    often = np.bincount(past.kind[past.kind >= 0]).argmax() == kind
    off = _days_off(needs, past, split)
    better, worse = int((told & ~same).sum()), int((~told & same).sum())
    p = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    none = np.empty(0)
    rows = (("forecast", told, off[0]), ("same_as_last", same, off[1]), ("commonest", often, none))
    return NeedCheck(
        methods=tuple(_method(name, hits, days, confidence) for name, hits, days in rows),
        p=float(p),
        confidence=confidence,
        horizon=horizon,
        window=(_iso(split + 1), _iso(day)),
    )


def _days_off(needs: Needs, past: Needs, split: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the day by the usual and by the last pause lies from the day they came."""
    later = needs.purchases.days > split
    codes, days = needs.purchases.codes[later], needs.purchases.days[later]
    starts = np.append(True, codes[1:] != codes[:-1])[: len(codes)]
    who = positions_of(needs.purchases.ids.iloc[codes[starts]], pd.Index(past.purchases.ids))
    came, who = days[starts][who >= 0], who[who >= 0]
    found = rhythm(past.purchases)
    last = past.purchases.days[past.purchases.starts[1:] - 1][who]
    kept = found.is_own[who]
    usual = np.maximum(last + found.usual[who], split + 1)
    again = np.maximum(last + found.last_gap[who], split + 1)
    return np.abs(came - usual)[kept], np.abs(came - again)[kept]


def _method(name: str, hits: np.ndarray, days: np.ndarray, confidence: float) -> NeedMethod:
    low, high = wilson_interval(int(hits.sum()), len(hits), confidence=confidence)
    return NeedMethod(
        need_method=name,
        n=len(hits),
        told_right=int(hits.sum()),
        share=float(hits.mean()),
        low=float(low),
        high=float(high),
        n_days=len(days),
        days_off=float(np.median(days)) if len(days) else float("nan"),
    )


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))
