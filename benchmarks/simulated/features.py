"""Questions about features and parts of a service: Kano's classes, key drivers."""

from __future__ import annotations

import numpy as np

from benchmarks.simulated.row import Part, Row, held
from cjm_research.needs.survey.key_drivers import DriverData, drawn_shares
from cjm_research.stats.bootstrap import spread_of
from cjm_research.stats.drivers import correlations, explained, relative_weights
from cjm_research.stats.kano import tie_p

TIED = [
    ("two classes equally frequent", (0.4, 0.4, 0.1, 0.1, 0.0, 0.0)),
    ("three equally frequent", (0.3, 0.3, 0.3, 0.1, 0.0, 0.0)),
]
APART = [
    ("0.5 against 0.3", (0.5, 0.3, 0.1, 0.1, 0.0, 0.0)),
    ("0.6 against 0.2", (0.6, 0.2, 0.1, 0.1, 0.0, 0.0)),
]
TIE_BELOW = 0.1
PARTS = [(100, 0.0), (100, 0.5), (400, 0.0), (400, 0.5)]
EFFECTS = np.array([0.6, 0.3, 0.1])


def kano_ties(rng: np.random.Generator, runs: int = 4_000) -> list[Part]:
    """Tell the most frequent class of a feature: where there is none, and where there is one."""
    silent, fong, told = [], [], []
    for n in (60, 300):
        for what, shares in TIED:
            counts = rng.multinomial(n, shares, runs)
            ties = [tie_p(c) > TIE_BELOW for c in counts]
            silent.append(Row(f"{n} answers, {what}", sum(ties), runs))
            fong.append(Row(f"{n} answers, {what}", int(_fong_ties(counts).sum()), runs))
        for what, shares in APART:
            counts = rng.multinomial(n, shares, runs)
            right = [tie_p(c) <= TIE_BELOW and c.argmax() == 0 for c in counts]
            told.append(Row(f"{n} answers, {what}", sum(right), runs))
    return [
        Part(
            "Kano's class where none leads (sign test, 0.1)", "*Held*: no class was told.", silent
        ),
        Part(
            "Kano's class where none leads (Fong, not used here, for comparison)",
            "*Held*: no class was told.",
            fong,
        ),
        Part("Kano's class where one leads", "*Held*: it was told, and it was that one.", told),
    ]


def _fong_ties(counts: np.ndarray) -> np.ndarray:
    """Say a tie where Fong (1996) does: the classes are taken for independent samples."""
    ranked, n = np.sort(counts, axis=1), counts.sum(axis=1)
    both = ranked[:, -1] + ranked[:, -2]
    return ranked[:, -1] - ranked[:, -2] < 1.65 * np.sqrt(both * (2 * n - both) / (2 * n))


def driver_weights(rng: np.random.Generator, runs: int = 300) -> list[Part]:
    """Draw grades of three parts and of the whole; the truth is that of a million customers."""
    rows = []
    for n, alike in PARTS:
        truth = _shares(_grades(rng, 1_000_000, alike))
        ends = np.empty((2, runs, len(EFFECTS)))
        for run in range(runs):
            data = _grades(rng, n, alike)
            found = spread_of(drawn_shares(data), _shares(data), confidence=0.95)
            ends[:, run] = found.low, found.high
        rows += [
            held(f"{n} customers, parts correlated {alike:g}, share {t:.2f}", tuple(e), t)
            for t, e in zip(truth, np.moveaxis(ends, 2, 0), strict=True)
        ]
    meaning = "*Held*: the 95 % interval held the share of what is explained."
    return [Part("Key drivers (relative weights, customers drawn again)", meaning, rows)]


def _grades(rng: np.random.Generator, n: int, alike: float) -> DriverData:
    common = rng.normal(size=(n, 1)) * np.sqrt(alike)
    parts = common + rng.normal(size=(n, len(EFFECTS))) * np.sqrt(1 - alike)
    whole = parts @ EFFECTS + rng.normal(size=n)
    return DriverData(
        outcome=whole, drivers=parts, weights=np.ones(n), names=("a", "b", "c"), outcome_name="nps"
    )


def _shares(data: DriverData) -> np.ndarray:
    found = correlations(data.drivers, data.outcome)
    return relative_weights(found) / explained(found)
