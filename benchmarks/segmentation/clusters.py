"""Clusters found in a million customers, beside one fit of k-means on the sample they are from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

WIDTH, PLANTED = 10, 4


def _make(folder: Path, size: int) -> None:
    """Draw four groups in ten skewed features, each group's logarithms one Gaussian cloud."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260504)
    centres = rng.normal(0, 1.6, (PLANTED, WIDTH))
    group = rng.choice(PLANTED, size, p=[0.4, 0.3, 0.2, 0.1])
    points = centres[group] + rng.normal(0, 0.8, (size, WIDTH))
    table = pd.DataFrame(np.exp(points), columns=[f"feature_{i}" for i in range(WIDTH)])
    table.insert(0, "customer_id", pd.Series(range(size)).astype("string[pyarrow]").radd("C"))
    table.to_parquet(folder / "customers.parquet", index=False)


CONTEST = Contest(
    name="segmentation.clusters",
    task="From ten features of each customer in memory to clusters: 2 to 10 of them judged by six "
    "criteria, against a cloud without groups and by bootstraps; rules to recognise them; all "
    "customers assigned.",
    size=1_000_000,
    of="customers",
    make=_make,
    promises=(Promise(at_most=12, of="wall", against=("one k-means fit",)),),
    repeat=2,
    shown=("seconds", "clusters"),
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    table = pd.read_parquet(folder / "customers.parquet")
    return table.astype({"customer_id": "string[pyarrow]"})


def _grouping() -> Any:
    from cjm_research.study.plans import Grouping

    return Grouping(
        id="behaviour", label={"en": "Behaviour"}, kind="clusters",
        features=[f"feature_{i}" for i in range(WIDTH)],
    )  # fmt: skip


def _sample(folder: Path) -> Any:
    """Return the customers that the clusters are found from, on their common scale."""
    from cjm_research.segmentation.cluster_scales import scaled, scales_of
    from cjm_research.segmentation.clusters import cluster_sample

    sample = cluster_sample(_frame(folder), _grouping())
    return scaled(sample, scales_of(sample, _grouping()))


@CONTEST.tool(
    "one k-means fit", role="floor", load=_sample, needs=("cjm_research", "sklearn"),
    note="scikit-learn, ten starts, on the sample of 50,000 that ours takes, already scaled; it is "
    "told the number of clusters, judges and assigns nothing",
)  # fmt: skip
def clusters_once(points: Any) -> Answer:
    """Fit once."""
    from sklearn.cluster import KMeans

    return {"clusters": KMeans(PLANTED, n_init=10, random_state=1).fit(points).n_clusters}


@CONTEST.tool(
    "ours", role="ours", load=_frame, needs=("cjm_research",), note="`found_clusters`, `assign`"
)
def clusters_ours(table: Any) -> Answer:
    """Find the clusters and assign everybody."""
    import time

    from cjm_research.segmentation.cluster_card import assign
    from cjm_research.segmentation.clusters import found_clusters

    begin = time.perf_counter()
    model = found_clusters(table, _grouping())
    found = assign(table, model.card)["segment"].nunique()
    return {"clusters": float(found), "seconds": round(time.perf_counter() - begin, 1)}
