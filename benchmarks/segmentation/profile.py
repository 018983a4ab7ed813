"""The profile of segments: how common each value of each trait is in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

N_TRAITS, N_SEGMENTS = 10, 6


def _make(folder: Path, size: int) -> None:
    """Write customers with a segment and ten traits of 3 to 12 values, some not known."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260503)
    columns = {"segment": np.array([f"segment {i}" for i in range(N_SEGMENTS)], dtype=object)[
        rng.integers(0, N_SEGMENTS, size)
    ]}  # fmt: skip
    for number in range(N_TRAITS):
        levels = np.array([f"value {i}" for i in range(3 + number)] + [None], dtype=object)
        columns[f"trait_{number}"] = levels[rng.integers(0, len(levels), size)]
    table = pd.DataFrame(columns, dtype="string[pyarrow]")
    table.to_parquet(folder / "customers.parquet", index=False)


CONTEST = Contest(
    name="segmentation.profile",
    task="From a table in memory with the segment and ten traits of each customer, texts, to the "
    "customers of each segment with each value of each trait.",
    size=1_000_000,
    of="customers",
    make=_make,
    promises=(Promise(at_most=0.1, of="wall", against=("pandas",)),),
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "customers.parquet").astype("string[pyarrow]")


def _answer(counts: dict[str, list[float]]) -> Answer:
    return {name: counts[name] for name in sorted(counts)}


@CONTEST.tool(
    "bare numpy", role="floor", load=_frame, needs=("numpy", "pandas"),
    note="`pandas.factorize` of each column, one `bincount` for each trait",
)  # fmt: skip
def profile_numpy(table: Any) -> Answer:
    """Codes, then counts of pairs."""
    import numpy as np
    import pandas as pd

    segment, _ = pd.factorize(table["segment"], sort=True)
    found = {}
    for name in table.columns[1:]:
        code, levels = pd.factorize(table[name], sort=True)
        size = len(levels) + 1
        counts = np.bincount(segment * size + code + 1, minlength=N_SEGMENTS * size)
        found[name] = counts.reshape(N_SEGMENTS, size)[:, 1:].ravel().tolist()
    return _answer(found)


@CONTEST.tool(
    "ours", role="ours", load=_frame, needs=("cjm_research",),
    note="`traits`, `trait_lifts`: also lifts with intervals, tests of all pairs, one correction",
)  # fmt: skip
def profile_ours(table: Any) -> Answer:
    """Read the traits and compare them in all segments."""
    from cjm_research.segmentation.lifts import trait_lifts
    from cjm_research.segmentation.traits import traits
    from cjm_research.study.model import Limits

    others = traits(table)  # read while those before are counted
    own = next(others)
    members = {name: own.codes == number for number, name in enumerate(own.levels)}
    found: dict[str, list[tuple[str, str, float]]] = {}
    for row in trait_lifts(members, others, limits=Limits()):
        name, _, level = row.trait.partition("=")
        found.setdefault(name, []).append((row.segment, level, row.n_with))
    return _answer({name: [n for *_, n in sorted(rows)] for name, rows in found.items()})


@CONTEST.tool("pandas", load=_frame, needs=("pandas",))
def profile_pandas(table: Any) -> Answer:
    """Call `pandas.crosstab` for each trait."""
    import pandas as pd

    return _answer(
        {
            name: pd.crosstab(table["segment"], table[name]).to_numpy().ravel().tolist()
            for name in table.columns[1:]
        }
    )


def _polars(folder: Path) -> Any:
    import polars

    return polars.read_parquet(folder / "customers.parquet")


@CONTEST.tool("polars", load=_polars, needs=("polars",))
def profile_polars(table: Any) -> Answer:
    """Group by segment and trait."""
    import polars as pl

    found = {}
    for name in table.columns[1:]:
        counts = table.lazy().filter(pl.col(name).is_not_null()).group_by("segment", name).len()
        found[name] = counts.sort("segment", name).collect()["len"].to_list()
    return _answer(found)
