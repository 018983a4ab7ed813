"""Simulated promises: false claims are rare, and a planted difference is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.needs.by_segment import themes_by_segment

pytestmark = pytest.mark.slow

N = 200  # customers of each of two segments
RATES = np.linspace(0.02, 0.25, 20)  # of a text, theme by theme
RUNS = 300
GROUPS = pd.DataFrame(
    {"customer_id": [f"c{i}" for i in range(2 * N)], "segment": ["one"] * N + ["two"] * N}
)


def _codes(rng, rates_of_two):
    """Coded texts, 1 to 5 of each customer; what a customer names, they tend to name again."""
    texts = rng.integers(1, 6, 2 * N)
    owner = np.repeat(np.arange(2 * N), texts)
    own = np.concatenate([rng.beta(4 * r, 4 * (1 - r), (N, len(r))) for r in rates_of_two])
    said = rng.random((len(owner), own.shape[1])) < own[owner]
    rows, themes = np.nonzero(said)
    silent = np.flatnonzero(~said.any(axis=1))
    where = np.concatenate([rows, silent])
    theme = np.concatenate([np.char.add("t", themes.astype(str)), np.full(len(silent), "")])
    return pd.DataFrame(
        {
            "feedback_id": np.char.add("f", where.astype(str)),
            "customer_id": np.char.add("c", owner[where].astype(str)),
            "kind": "open",
            "content": np.where(theme == "", "uncoded", "coded"),
            "theme": pd.Series(theme).mask(theme == ""),
            "theme_kind": "pain",
            "is_double": False,
        }
    )


def _claims(result):
    return {f.subject["theme"] for f in result.findings() if f.status == "shown"}


def test_equal_segments_rarely_give_a_claim():
    rng = np.random.default_rng(11)
    claimed = sum(
        bool(_claims(themes_by_segment(_codes(rng, (RATES, RATES)), GROUPS, grouping="g")))
        for _ in range(RUNS)
    )
    assert claimed / RUNS <= 0.07


def test_a_planted_difference_is_found_in_over_half_of_the_runs():
    rng = np.random.default_rng(12)
    raised, plain = RATES.copy(), RATES.copy()
    raised[5], plain[5] = 0.16, 0.08
    found = sum(
        "t5" in _claims(themes_by_segment(_codes(rng, (raised, plain)), GROUPS, grouping="g"))
        for _ in range(RUNS)
    )
    assert found / RUNS > 0.5
