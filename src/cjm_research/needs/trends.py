"""Which themes are named more and more often, or less and less."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.least_squares import clustered_fit
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_FEWEST_CUSTOMERS = 10
_FEWEST_PERIODS = 4
_SPANS = (("week", "W-SUN", 120), ("month", "M", 1100), ("quarter", "Q", 10**6))
"""Period, its code in pandas, and the days of data up to which it is taken."""
_DAYS = {"W-SUN": 7.0, "M": 30.4369, "Q": 91.3106}
_TURN = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShare:
    """One theme in one period."""

    theme: str
    period: str
    """First day, ISO."""
    customers: int
    n: int
    """Customers who wrote in the period."""
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTrend:
    """How the share of texts that name a theme changes from period to period."""

    theme: str
    theme_kind: str
    customers: int
    n: int
    """Customers with a dated text."""
    change: float
    """Of the share, per period."""
    low: float
    high: float
    p: float
    p_adjusted: float
    share_at_first: float
    """Share of customers who name it in the first full period."""
    share_at_last: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTrends(Result):
    """Trends of all themes that ten customers or more name, the clearest first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "change": Unit.POINTS,
        "low": Unit.POINTS,
        "high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "share_at_first": Unit.SHARE,
        "share_at_last": Unit.SHARE,
    }

    rows: tuple[ThemeTrend, ...]
    periods: tuple[PeriodShare, ...]
    period: Literal["week", "month", "quarter"]
    telling: Telling

    def is_clear(self, row: ThemeTrend) -> bool:
        """Tell whether a trend stands after the correction."""
        return row.p_adjusted < 1 - self.telling.confidence

    def clear(self) -> ThemeTrends:
        """Return the trends that stand after the correction and may be told, bad news first."""
        told = [f for f in self.findings() if f.status == "shown"]
        first = {f.subject["theme"]: (f.direction != "bad", n) for n, f in enumerate(told)}
        rows = sorted((r for r in self.rows if r.theme in first), key=lambda r: first[r.theme])
        return replace(self, rows=tuple(rows))

    def leading(self) -> ThemeTrends:
        """Return the first of the clear trends, alone."""
        return replace(self, rows=self.clear().rows[:1])

    def of(self, theme: str) -> tuple[PeriodShare, ...]:
        """Return the periods of a theme, in time."""
        return tuple(p for p in self.periods if p.theme == theme)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return each theme's trend; told when clear after the correction."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: ThemeTrend) -> Finding:
        is_more = row.change > 0
        good = {"pain": not is_more, "delight": is_more}.get(row.theme_kind)
        return Finding(
            id=f"needs/theme_trend/theme={row.theme}",
            kind="theme_emerging" if is_more else "theme_fading",
            subject={"theme": row.theme},
            estimate=row.share_at_last,
            unit=Unit.SHARE,
            reference=row.share_at_first,
            n=row.n,
            method="least squares on time, clustered by customer, benjamini-hochberg",
            confidence=self.telling.confidence,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="needs/theme_trend",
            window=self.telling.window,
            direction="neutral" if good is None else "good" if good else "bad",
            customers=row.customers,
            status=self.telling.status(
                row.n, named=row.customers, is_clear=self.is_clear(row), theme=row.theme
            ),
            values={"change": row.change, "theme_kind": row.theme_kind},
        )


def theme_trends(codes: pd.DataFrame, *, telling: Telling = USUAL) -> ThemeTrends:
    """Follow the share of texts that name each theme over time.

    A least-squares line per theme through all dated texts (named or not, on the time in
    periods), its variance clustered by customer. All themes that ten customers or more name
    are one family (Benjamini-Hochberg). Periods are weeks up to 120 days of data, months up to
    three years, else quarters; those that the data only touch at an end count in the test and
    are not drawn.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    telling : Telling
        Limits, confidence, window and zone.

    Returns
    -------
    ThemeTrends
        No row where fewer than four full periods have texts.

    Raises
    ------
    SchemaError
        If a column is missing.

    References
    ----------
    Liang K.-Y., Zeger S. L. (1986). doi:10.1093/biomet/73.1.13.
    """
    heard = voices(codes)
    said = heard.said
    given = said["given_at"] if "given_at" in said else pd.Series(pd.NaT, said.index)
    dated = given.notna().to_numpy()
    empty = ThemeTrends(rows=(), periods=(), period="month", telling=telling)
    if not dated.any():
        return empty
    said = said.loc[dated].assign(at=given[dated].dt.tz_convert(telling.zone).dt.tz_localize(None))
    period, rule = _period(said["at"])
    said["period"] = _starts(said["at"], rule)
    texts = said.drop_duplicates("feedback_id").sort_values("feedback_id", kind="stable")
    texts = texts.assign(time=_time(texts, _DAYS[rule]))
    full = _full_periods(texts, rule)
    known = _asked(said)
    if len(full) < _FEWEST_PERIODS or not known:
        return empty
    rows, periods = [], []
    for theme, kind in known:
        shares = _shares(said, theme, full, confidence=telling.confidence)
        periods += shares
        trend = _trend((theme, kind), said, texts, confidence=telling.confidence)
        rows.append(replace(trend, share_at_first=shares[0].share, share_at_last=shares[-1].share))
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    rows = [replace(r, p_adjusted=float(q)) for r, q in zip(rows, adjusted, strict=True)]
    rows.sort(key=lambda r: (r.p, r.theme))
    return replace(empty, rows=tuple(rows), periods=tuple(periods), period=period)


def _period(at: pd.Series) -> tuple[Literal["week", "month", "quarter"], str]:
    days = (at.max() - at.min()).days
    return next((name, rule) for name, rule, most in _SPANS if days <= most)  # type: ignore[return-value]


def _starts(at: pd.Series, rule: str) -> pd.Series:
    starts: pd.Series = at.dt.to_period(rule).dt.start_time
    return starts


def _full_periods(texts: pd.DataFrame, rule: str) -> list[pd.Timestamp]:
    """Return the first days of the periods that lie wholly within the data."""
    first, last = texts["at"].min().normalize(), texts["at"].max().normalize()
    starts = sorted(texts["period"].unique())
    ends = [pd.Period(s, freq=rule).end_time.normalize() for s in starts]
    return [s for s, e in zip(starts, ends, strict=True) if s >= first and e <= last]


def _asked(said: pd.DataFrame) -> list[tuple[str, str]]:
    named = said.loc[said["theme"].notna().to_numpy()]
    counts = named.groupby(["theme", "theme_kind"], observed=True, sort=True)["unit"].nunique()
    return [(str(pair[0]), str(pair[1])) for pair in counts.index[counts >= _FEWEST_CUSTOMERS]]


def _shares(
    said: pd.DataFrame, theme: str, full: Sequence[pd.Timestamp], *, confidence: float
) -> list[PeriodShare]:
    n = said.groupby("period")["unit"].nunique()
    named = said.loc[said["theme"].eq(theme).fillna(value=False).to_numpy(dtype=bool)]
    hits = named.groupby("period")["unit"].nunique()
    rows = []
    for start in full:
        own, base = int(hits.get(start, 0)), int(n[start])
        low, high = wilson_interval(own, base, confidence=confidence)
        rows.append(
            PeriodShare(
                theme=theme,
                period=f"{start:%Y-%m-%d}",
                customers=own,
                n=base,
                share=own / base,
                low=float(low),
                high=float(high),
            )
        )
    return rows


def _trend(
    theme: tuple[str, str],
    said: pd.DataFrame,
    texts: pd.DataFrame,
    *,
    confidence: float,
) -> ThemeTrend:
    own = said.loc[said["theme"].eq(theme[0]).fillna(value=False).to_numpy(dtype=bool)]
    named = texts["feedback_id"].isin(own["feedback_id"]).to_numpy(dtype=float)
    time = texts["time"].to_numpy(dtype=float)
    fit = clustered_fit(
        np.column_stack([np.ones(len(time)), time]), named, texts["unit"], confidence=confidence
    )
    p = float(fit.p[1])
    return ThemeTrend(
        theme=theme[0],
        theme_kind=theme[1],
        customers=int(own["unit"].nunique()),
        n=int(texts["unit"].nunique()),
        change=float(fit.coefficient[1]),
        low=float(fit.low[1]),
        high=float(fit.high[1]),
        p=1.0 if np.isnan(p) or abs(fit.coefficient[1]) < _TURN else p,
        p_adjusted=1.0,
        share_at_first=np.nan,
        share_at_last=np.nan,
    )


def _time(texts: pd.DataFrame, days_of: float) -> NDArray[np.float64]:
    """Return the period of each text as a number: one more for each period later."""
    days: NDArray[np.float64] = (texts["period"] - texts["period"].min()).dt.days.to_numpy(float)
    return np.round(days / days_of)
