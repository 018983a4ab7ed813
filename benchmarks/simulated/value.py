"""Purchases and contracts: customers drawn from the model, forecasts against what came."""

from __future__ import annotations

import numpy as np

from benchmarks.simulated.row import Part, Row, held
from cjm_research.segmentation.value.contracts import fit_contracts
from cjm_research.segmentation.value.purchases import (
    expected_purchases,
    fit_purchases,
    histories,
)

R, ALPHA, A, B = 0.6, 8.0, 0.8, 2.5
YEAR, AHEAD = 52.0, 26.0  # weeks


def purchases(rng: np.random.Generator, runs: int = 120) -> list[Part]:
    """BG/NBD: a parameter it was drawn with, and the half year to come."""
    rows, ahead = [], []
    for n in (1_000, 5_000):
        ends, close = np.empty((2, runs)), 0
        for run in range(runs):
            repeats, last, later = _customers(rng, n)
            data = histories(repeats, last, np.full(n, YEAR))
            found = fit_purchases(data, kind="bg_nbd")
            log_r, width = np.log(found.r), 1.959964 * found.se[0] / found.r
            ends[:, run] = np.exp(log_r - width), np.exp(log_r + width)
            told = float(data.weight @ expected_purchases(found, data, time=AHEAD))
            close += abs(told / later - 1) <= 0.1
        what = f"{n:,} customers, a year seen"
        rows.append(held(f"{what}, parameter r", (ends[0], ends[1]), R))
        ahead.append(Row(f"{what}, purchases of the next half year", close, runs))
    return [
        Part("Purchases (BG/NBD), parameters", "*Held*: the 95 % interval held the truth.", rows),
        Part("Purchases (BG/NBD), forecasts",
             "*Held*: the sum of all customers was told within a tenth.", ahead),
    ]  # fmt: skip


def _customers(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Draw repeats and last repeat within a year, and how many come in the next half."""
    rate, stops = rng.gamma(R, 1 / ALPHA, n), rng.beta(A, B, n)
    repeats, last, later = np.zeros(n, dtype=np.int64), np.zeros(n), 0
    now, alive = np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= YEAR + AHEAD
        seen = alive & (now <= YEAR)
        repeats[seen] += 1
        last[seen] = now[seen]
        later += int((alive & (now > YEAR)).sum())
        alive &= rng.random(n) >= stops
    return repeats, last, later


def contracts(rng: np.random.Generator, runs: int = 1_000) -> list[Part]:
    """sBG: contracts that end with chances of their own, seen for six periods."""
    rows = []
    for n, alpha, beta in ((300, 1.0, 4.0), (3_000, 1.0, 4.0), (3_000, 0.7, 1.5)):
        ends = np.empty((2, runs))
        for run in range(runs):
            lasted = rng.geometric(rng.beta(alpha, beta, n))
            found = fit_contracts(np.minimum(lasted, 6), lasted <= 6)
            width = 1.959964 * found.se[0] / found.alpha
            ends[:, run] = found.alpha * np.exp(-width), found.alpha * np.exp(width)
        what = f"{n:,} contracts, six periods, alpha {alpha:g}, beta {beta:g}"
        rows.append(held(f"{what}: alpha", (ends[0], ends[1]), alpha))
    meaning = "*Held*: the 95 % interval, taken on the logarithm, held the truth."
    return [Part("Contracts (shifted beta-geometric)", meaning, rows)]
