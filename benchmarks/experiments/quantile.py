"""A quantile of two arms with its bootstrap interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer


def make(folder: Path, size: int) -> None:
    """Write `values.npy`: delivery times of two arms."""
    import numpy as np

    rng = np.random.default_rng(20260106)
    np.save(folder / "values.npy", rng.lognormal(1, 0.6, (2, size // 2)))


CONTEST = Contest(
    name="experiments.quantile",
    task="The difference of the 90 % quantiles of two arms with its bootstrap interval.",
    size=100_000,
    of="units",
    make=make,
    promises=(
        Promise(at_most=3.0, of="wall", against=("one sort",)),
        Promise(at_most=0.1, of="wall", against=("scipy, 200 resamples",)),
    ),
    repeat=7,  # a sort takes half a millisecond
)


def _arrays(folder: Path) -> Any:
    import numpy as np

    return np.load(folder / "values.npy")


def _answer(difference: Any) -> Answer:
    return {"difference": round(float(difference), 2)}


@CONTEST.tool(
    "one sort", role="floor", load=_arrays, needs=("numpy",), note="no interval: both arms sorted"
)
def quantile_sort(values: Any) -> Answer:
    """Sort both arms and read the quantiles."""
    import numpy as np

    ordered = np.sort(values, axis=1)
    at = int(np.ceil(0.9 * values.shape[1])) - 1
    return _answer(ordered[1, at] - ordered[0, at])


@CONTEST.tool(
    "ours", role="ours", load=_arrays, needs=("cjm_research",),
    note="the exact bootstrap distribution: interval, p, relative change; nothing is drawn",
)  # fmt: skip
def quantile_ours(values: Any) -> Answer:
    """Compare two exact laws."""
    from cjm_research.stats.quantiles import compare_quantiles, quantile_law

    laws = (quantile_law(v, 0.9) for v in (values[1], values[0]))
    return _answer(compare_quantiles(*laws).estimate)


@CONTEST.tool("scipy, 200 resamples", load=_arrays, needs=("scipy",))
def quantile_scipy(values: Any) -> Answer:
    """Draw, a fiftieth of what an interval needs."""
    import numpy as np
    from scipy import stats

    def difference(one: Any, none: Any, axis: int = -1) -> Any:
        own = {"axis": axis, "method": "inverted_cdf"}  # the value that the others read
        return np.quantile(one, 0.9, **own) - np.quantile(none, 0.9, **own)

    stats.bootstrap(
        (values[1], values[0]), difference, n_resamples=200, batch=20, method="percentile",
        rng=np.random.default_rng(1),
    )  # fmt: skip
    return _answer(difference(values[1], values[0]))
