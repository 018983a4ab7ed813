"""Answers: the Net Promoter Score, shares of themes, claims about segments."""

from __future__ import annotations

import numpy as np

from benchmarks.simulated.row import Part, Row, held
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.nps import nps_interval
from cjm_research.stats.proportions import wilson_interval

ANSWERS = [(10, (0.02, 0.08, 0.9)), (10, (0.3, 0.4, 0.3)), (30, (0.1, 0.3, 0.6)),
           (100, (0.05, 0.15, 0.8)), (1000, (0.2, 0.3, 0.5))]  # fmt: skip
HOLDS = "*Held*: the 95 % interval held the true value."


def scores(rng: np.random.Generator, runs: int = 20_000) -> list[Part]:
    """Rocks' interval beside the plain one."""
    adjusted, plain = [], []
    for n, shares in ANSWERS:
        counts = rng.multinomial(n, shares, runs)
        truth = 100 * (shares[2] - shares[0])
        what = f"{n:,} answers, shares {shares[0]:g}, {shares[1]:g}, {shares[2]:g}"
        found = nps_interval(counts)
        adjusted.append(held(what, (found.low, found.high), truth))
        score = (counts[:, 2] - counts[:, 0]) / n
        se = np.sqrt(((counts[:, 2] + counts[:, 0]) / n - score**2) / n)
        ends = 100 * (score - 1.959964 * se), 100 * (score + 1.959964 * se)
        plain.append(held(what, ends, truth))
    return [
        Part("Net Promoter Score (Rocks)", HOLDS, adjusted),
        Part("Net Promoter Score (Wald, not used here, for comparison)", HOLDS, plain),
    ]


def _texts(
    rng: np.random.Generator, shares: np.ndarray, customers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one to five texts of each customer; who names a theme tends to name it again."""
    trials = rng.integers(1, 6, customers)
    own = rng.beta(3 * shares, 3 * (1 - shares), (customers, len(shares)))
    return rng.binomial(trials[:, None], own), trials


def theme_shares(rng: np.random.Generator, runs: int = 3_000) -> list[Part]:
    """Compare the clustered interval of a theme with one that counts texts."""
    clustered, texts = [], []
    for customers, share in ((60, 0.08), (60, 0.3), (300, 0.08), (300, 0.3)):
        ends = np.empty((2, 2, runs))
        for run in range(runs):
            hits, trials = _texts(rng, np.array([share]), customers)
            found = clustered_share(hits, trials)
            ends[0, :, run] = found.low[0], found.high[0]
            plain = wilson_interval(int(hits.sum()), int(trials.sum()))
            ends[1, :, run] = plain.low, plain.high
        what = f"{customers:,} customers with one to five texts, share {share:g}"
        clustered.append(held(what, (ends[0, 0], ends[0, 1]), share))
        texts.append(held(what, (ends[1, 0], ends[1, 1]), share))
    return [
        Part("Share of a theme (Wilson on the effective number)", HOLDS, clustered),
        Part("Share of a theme (texts counted as customers, for comparison)", HOLDS, texts),
    ]


def equal_segments(rng: np.random.Generator, runs: int = 800) -> list[Part]:
    """Look for differences where there are none: two equal segments, twenty themes."""
    shares = np.linspace(0.02, 0.3, 20)
    quiet = {"Benjamini-Hochberg, as here": 0, "no correction, for comparison": 0}
    for _ in range(runs):
        p = share_difference(*(clustered_share(*_texts(rng, shares, 200)) for _ in range(2))).p
        corrected = adjust_p_values(p, correction="benjamini_hochberg")
        quiet["Benjamini-Hochberg, as here"] += bool((corrected >= 0.05).all())
        quiet["no correction, for comparison"] += bool((p >= 0.05).all())
    rows = [Row(f"20 themes, 200 and 200 customers, {name}", n, runs) for name, n in quiet.items()]
    return [Part("Themes of two equal segments", "*Held*: no difference was claimed.", rows)]
