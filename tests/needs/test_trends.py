"""Trends: a planted one is found, equal times give none, several texts are one voice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.needs.trends import theme_trends

N_THEMES, N_CUSTOMERS, DAYS = 20, 300, 365


def _codes(rng, *, rise=0.0, theme=0):
    """Texts of a year, 1 to 5 of each customer, who says again what they said before."""
    texts = rng.integers(1, 6, N_CUSTOMERS)
    owner = np.repeat(np.arange(N_CUSTOMERS), texts)
    day = rng.integers(0, DAYS, len(owner))
    rates = np.linspace(0.04, 0.25, N_THEMES)
    own = rng.beta(4 * rates, 4 * (1 - rates), (N_CUSTOMERS, N_THEMES))
    chance = own[owner]
    chance[:, theme] = np.clip(chance[:, theme] + rise * day / DAYS, 0, 1)
    rows, themes = np.nonzero(rng.random(chance.shape) < chance)
    silent = np.setdiff1d(np.arange(len(owner)), rows)
    where = np.concatenate([rows, silent])
    names = np.concatenate([np.char.add("t", themes.astype(str)), np.full(len(silent), "")])
    start = pd.Timestamp("2025-01-01", tz="UTC")
    return pd.DataFrame(
        {
            "feedback_id": np.char.add("f", where.astype(str)),
            "customer_id": np.char.add("c", owner[where].astype(str)),
            "given_at": start + pd.to_timedelta(day[where], unit="D"),
            "kind": "open",
            "content": np.where(names == "", "uncoded", "coded"),
            "theme": pd.Series(names).mask(names == ""),
            "theme_kind": "pain",
            "is_double": False,
        }
    )


def _told(result):
    return {f.subject["theme"]: f.kind for f in result.findings() if f.status == "shown"}


def test_a_theme_that_rises_is_emerging_and_one_that_falls_is_fading():
    rng = np.random.default_rng(1)
    assert _told(theme_trends(_codes(rng, rise=0.5))).get("t0") == "theme_emerging"
    down = theme_trends(_codes(rng, rise=-0.4, theme=19))
    assert _told(down).get("t19") == "theme_fading"


def test_the_change_is_the_planted_one_per_month():
    trend = next(
        r for r in theme_trends(_codes(np.random.default_rng(2), rise=0.5)).rows if r.theme == "t0"
    )
    assert trend.low < 0.5 / 12 < trend.high


def test_only_full_periods_are_drawn():
    codes = _codes(np.random.default_rng(3))
    codes = codes.loc[codes["given_at"] >= pd.Timestamp("2025-01-15", tz="UTC")]
    found = theme_trends(codes)
    assert found.period == "month"
    assert [p.period for p in found.of("t5")][:2] == ["2025-02-01", "2025-03-01"]


def test_short_data_are_read_by_weeks():
    codes = _codes(np.random.default_rng(4))
    found = theme_trends(codes.loc[codes["given_at"] < pd.Timestamp("2025-03-20", tz="UTC")])
    assert found.period == "week"
    assert {pd.Timestamp(p.period).day_name() for p in found.periods} == {"Monday"}


@pytest.mark.parametrize("days", [0, 10])
def test_without_dates_or_with_few_there_is_no_trend(days):
    codes = _codes(np.random.default_rng(5))
    end = pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=days)
    assert (
        theme_trends(codes.assign(given_at=codes["given_at"].where(codes["given_at"] < end))).rows
        == ()
    )


@pytest.mark.slow
def test_steady_themes_rarely_give_a_claim():
    rng = np.random.default_rng(6)
    runs = 150
    assert sum(bool(_told(theme_trends(_codes(rng)))) for _ in range(runs)) / runs <= 0.07
