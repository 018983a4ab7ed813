"""The BG/NBD fit on histories of many customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer


def _make(folder: Path, size: int) -> None:
    """Draw customers from the model itself: r .6, alpha 40 days, a .8, b 2.5."""
    import numpy as np

    rng = np.random.default_rng(20260501)
    rate, stop = rng.gamma(0.6, 1 / 40, size), rng.beta(0.8, 2.5, size)
    observed = rng.integers(90, 450, size).astype(float)
    time, repeats, last = np.zeros(size), np.zeros(size), np.zeros(size)
    active = np.ones(size, dtype=bool)
    while active.any():
        time[active] += rng.exponential(1 / rate[active])
        active &= time <= observed
        repeats[active] += 1
        last[active] = np.floor(time[active])
        active &= rng.random(size) >= stop
    np.save(folder / "histories.npy", np.column_stack([repeats, last, observed]))


CONTEST = Contest(
    name="segmentation.bgnbd",
    task="From repeats, time of the last and time watched of each customer to the parameters of "
    "BG/NBD.",
    size=500_000,
    of="customers",
    make=_make,
    promises=(Promise(at_most=0.25, of="wall", against=("lifetimes",)),),
    tolerance=0.02,
    repeat=1,
)


def _load(folder: Path) -> Any:
    import numpy as np

    return np.load(folder / "histories.npy")


@CONTEST.tool(
    "ours, each customer a row", role="floor", load=_load, needs=("cjm_research",),
    note="the same likelihood without counting equal histories together",
)  # fmt: skip
def fit_rows(table: Any) -> Answer:
    """Fit to all rows."""
    import numpy as np

    from cjm_research.segmentation.value.purchases import Histories, fit_purchases

    found = fit_purchases(Histories(*table.T, np.ones(len(table))), kind="bg_nbd")
    return {"parameters": [found.r, found.alpha, found.a, found.b]}


@CONTEST.tool("ours", role="ours", load=_load, needs=("cjm_research",))
def fit_ours(table: Any) -> Answer:
    """Count equal histories together, and fit."""
    from cjm_research.segmentation.value.purchases import fit_purchases, histories

    found = fit_purchases(histories(*table.T), kind="bg_nbd")
    return {"parameters": [found.r, found.alpha, found.a, found.b]}


@CONTEST.tool("lifetimes", load=_load, needs=("lifetimes", "numpy"))
def fit_lifetimes(table: Any) -> Answer:
    """Fit without a penalty."""
    from lifetimes import BetaGeoFitter

    found = BetaGeoFitter().fit(*table.T).params_
    return {"parameters": [float(found[k]) for k in ("r", "alpha", "a", "b")]}
