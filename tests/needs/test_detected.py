"""Shares corrected by a sample that people coded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.needs.detected import detected_shares
from cjm_research.needs.pains import theme_shares


def _coded(n, rate, errors, seed):
    """Return codes of n customers, and what is true, where rules miss and err as given."""
    rng = np.random.default_rng(seed)
    missed, wrong = errors
    truth = rng.random(n) < rate
    found = np.where(truth, rng.random(n) >= missed, rng.random(n) < wrong)
    codes = pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)],
            "kind": "open", "sentence": 1, "content": "coded", "is_double": False,
            "theme": np.where(found, "late", None), "theme_kind": np.where(found, "pain", None),
            "sentiment": 0.0,
        }
    )  # fmt: skip
    return codes, truth


def _sheet(codes, truth, picked):
    return pd.DataFrame(
        {
            "feedback_id": codes["feedback_id"].to_numpy()[picked], "sentence": 1,
            "coder": "anna", "theme": "late", "named": truth[picked],
        }
    )  # fmt: skip


def _sample(codes, rng, n=75):
    """Return a sample that takes more of what the rules found, as the coding sheet does."""
    hits = np.flatnonzero(codes["theme"].notna())
    rest = np.flatnonzero(codes["theme"].isna())
    return np.concatenate([rng.choice(hits, n, replace=False), rng.choice(rest, n, replace=False)])


def test_everything_coded_gives_the_true_share():
    codes, truth = _coded(2000, 0.2, (0.4, 0.05), seed=1)
    sheet = _sheet(codes, truth, np.arange(2000))
    (row,) = detected_shares(theme_shares(codes), codes, sheet).rows
    assert row.corrected == pytest.approx(truth.mean())
    assert row.found == pytest.approx((codes["theme"].notna() & truth).sum() / truth.sum())


def test_most_coders_decide_and_a_tie_is_no():
    codes, truth = _coded(200, 0.5, (0.0, 0.0), seed=2)
    sheet = _sheet(codes, truth, np.arange(200))
    other = sheet.assign(coder="boris", named=False)
    (row,) = detected_shares(theme_shares(codes), codes, pd.concat([sheet, other])).rows
    assert row.corrected == 0


def test_a_few_sentences_tell_nothing():
    codes, truth = _coded(200, 0.5, (0.1, 0.1), seed=3)
    sheet = _sheet(codes, truth, np.arange(12))
    assert detected_shares(theme_shares(codes), codes, sheet).rows == ()
    assert detected_shares(theme_shares(codes), codes, sheet.iloc[:0]).rows == ()


def test_the_corrected_interval_covers_the_true_share():
    covered = 0
    for seed in range(40):
        codes, truth = _coded(1500, 0.2, (0.3, 0.04), seed=seed)
        picked = _sample(codes, np.random.default_rng(100 + seed))
        (row,) = detected_shares(theme_shares(codes), codes, _sheet(codes, truth, picked)).rows
        covered += row.low <= 0.2 <= row.high
    assert covered >= 35
