"""Journeys: times with open windows, credit of touches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.simulated.row import Part, Row, held
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.stats.survival import kaplan_meier, time_to


def open_windows(rng: np.random.Generator, runs: int = 4_000) -> list[Part]:
    """Kaplan-Meier where many are not watched to the end."""
    rows, median = [], []
    for n, until in ((50, 20.0), (200, 20.0), (200, 8.0)):
        ends = np.empty((2, runs))
        half = np.empty((2, runs))
        for run in range(runs):
            took, watched = rng.exponential(10, n), rng.uniform(0, until, n)
            curve = kaplan_meier(np.minimum(took, watched), took <= watched)
            at = np.searchsorted(curve.time, 5.0, side="right") - 1
            ends[:, run] = (curve.low[at], curve.high[at]) if at >= 0 else (1.0, 1.0)
            found = time_to(curve, 0.5)
            half[:, run] = found.low, found.high
        what = f"{n:,} customers, watched for up to {until:g} days, mean time 10 days"
        rows.append(held(what, (ends[0], ends[1]), float(np.exp(-0.5))))
        low, high = np.nan_to_num(half[0], nan=-np.inf), np.nan_to_num(half[1], nan=np.inf)
        median.append(held(what, (low, high), 10 * np.log(2)))
    holds = "*Held*: the 95 % interval held the true value."
    return [
        Part("Share not yet through after 5 days (Kaplan-Meier)", holds, rows),
        Part("Median time (inverted interval)", holds, median),
    ]


def last_touch(rng: np.random.Generator, runs: int = 200) -> list[Part]:
    """Credit where the true share can be computed: two channels, the order by a coin."""
    both, one, other = 0.24, 0.36, 0.16
    truth = (one * 0.3 + both * 0.5 / 2) / (one * 0.3 + other * 0.3 + both * 0.5)
    kept = 0
    for _ in range(runs):
        kind = rng.choice(3, size=400, p=np.array([one, other, both]) / 0.76)
        coin, buys = rng.random(400) < 0.5, rng.random(400) < np.where(kind == 2, 0.5, 0.3)
        ways = [["a"], ["b"], ["a", "b"], ["b", "a"]]
        met = [ways[k] if k < 2 else ways[2 + int(c)] for k, c in zip(kind, coin, strict=True)]
        plan = AttributionPlan(conversion="buy", models=("last",), replicates=200)
        rows = attribution(_events(met, buys), plan, rng=rng).rows
        (row,) = [r for r in rows if r.touch == "a"]
        kept += row.low <= truth <= row.high
    rows = [Row("400 journeys over two channels, last touch", kept, runs)]
    return [Part("Credit of a touch (bootstrap of customers)",
                 "*Held*: the 95 % interval held the true share of the credit.", rows)]  # fmt: skip


def _events(met: list[list[str]], buys: np.ndarray) -> pd.DataFrame:
    rows = [
        (f"c{i}", day, "meet", touch)
        for i, seen in enumerate(met)
        for day, touch in enumerate(seen)
    ]
    rows += [(f"c{i}", 9, "buy", None) for i in np.flatnonzero(buys)]
    rows.sort(key=lambda row: (row[0], row[1]))
    plain = pd.DataFrame(rows, columns=["customer_id", "day", "stage", "channel"])
    plain["channel"] = plain["channel"].astype("string[pyarrow]")
    days = pd.to_timedelta(plain.pop("day").astype("int64"), unit="D")
    return plain.assign(occurred_at=pd.Timestamp("2026-01-01", tz="UTC") + days)
