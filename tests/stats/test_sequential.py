"""Looks at a running test: published bounds, and promises kept by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.sequential import (
    always_valid_p_value,
    always_valid_width,
    crossing_chance,
    look_bounds,
    repeated_p_value,
    spent_error,
)

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]


# Reboussin, DeMets, Kim and Lan (2000), Controlled Clinical Trials 21, 190-207, as the R package
# ldbounds gives them: two-sided .05, five equal looks.
@pytest.mark.parametrize(
    ("spending", "published"),
    [
        ("obrien_fleming", [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
        ("pocock", [2.4380, 2.4268, 2.4101, 2.3966, 2.3859]),
    ],
)
def test_bounds_are_those_of_lan_and_demets(spending, published):
    assert look_bounds(FIVE, spending=spending) == pytest.approx(published, abs=2e-4)


# The same source: two, three and four equal looks.
@pytest.mark.parametrize(
    "published",
    [[2.9626, 1.9686], [3.7103, 2.5114, 1.9930], [4.3326, 2.9631, 2.3590, 2.0141]],
    ids=["2", "3", "4"],
)
def test_bounds_of_fewer_looks_are_those_of_lan_and_demets(published):
    times = [(i + 1) / len(published) for i in range(len(published))]
    assert look_bounds(times) == pytest.approx(published, abs=2e-4)


# Jennison and Turnbull (2000), Group Sequential Methods, tables 2.1 and 2.3: constants that keep
# a chance of .05 over five looks, C_P = 2.413 (Pocock) and C_B = 2.040 (O'Brien and Fleming).
@pytest.mark.parametrize(
    "bounds", [[2.413] * 5, [2.040 * (5 / k) ** 0.5 for k in range(1, 6)]], ids=["pocock", "obf"]
)
def test_constants_of_the_tables_keep_five_per_cent(bounds):
    assert crossing_chance(FIVE, bounds) == pytest.approx(0.05, abs=1e-4)


# The same tables for other numbers of looks, at 5 % and at 1 %.
@pytest.mark.parametrize(
    ("n_looks", "error", "pocock", "obrien_fleming"),
    [
        (2, 0.05, 2.178, 1.977),
        (3, 0.05, 2.289, 2.004),
        (4, 0.05, 2.361, 2.024),
        (10, 0.05, 2.555, 2.087),
        (20, 0.05, 2.672, 2.126),
        (5, 0.01, 2.986, 2.621),
    ],
)
def test_constants_of_the_tables_keep_their_chance(n_looks, error, pocock, obrien_fleming):
    times = [(k + 1) / n_looks for k in range(n_looks)]
    bounds = [obrien_fleming * (1 / t) ** 0.5 for t in times]
    # The third decimal of a constant moves the chance by about 1e-4.
    assert crossing_chance(times, [pocock] * n_looks) == pytest.approx(error, abs=2e-4)
    assert crossing_chance(times, bounds) == pytest.approx(error, abs=2e-4)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("times", [[1.0], [0.3, 1.0], [0.1, 0.15, 0.8, 1.0]])
def test_bounds_spend_just_the_chance_of_error(spending, times):
    bounds = look_bounds(times, spending=spending)
    assert crossing_chance(times, bounds) == pytest.approx(0.05, abs=1e-8)


def test_one_look_is_an_ordinary_test():
    assert look_bounds([1.0]).item() == pytest.approx(special.ndtri(0.975))
    assert repeated_p_value(2.5, [1.0]) == pytest.approx(2 * special.ndtr(-2.5), rel=1e-6)


@pytest.mark.parametrize("z", [0.3, 1.7, 2.0309, 2.0311, 4.0])
def test_the_p_of_a_look_is_small_exactly_beyond_its_bound(z):
    p = repeated_p_value(z, FIVE)
    assert (p < 0.05) == (z > look_bounds(FIVE)[-1])


@pytest.mark.parametrize("z", [0.5, 2.0, 3.0, 3.2, 5.0])
@pytest.mark.parametrize("n", [500, 5_000, 50_000])
def test_the_always_valid_p_is_small_exactly_where_the_interval_leaves_zero_out(z, n):
    p = always_valid_p_value(z, n, planned=5_000)
    assert (p < 0.05) == (z > always_valid_width(n, planned=5_000))


def test_times_must_rise():
    with pytest.raises(ParameterError, match="rising"):
        look_bounds([0.5, 0.5])
    with pytest.raises(ParameterError, match="at most 1"):
        spent_error([1.2], spending="pocock")


# 4,000 tests without an effect, 50 looks each, skewed values, seed fixed beforehand. Three
# simulation standard errors of 5 % are 1.03 points.
@pytest.mark.slow
def test_always_valid_intervals_are_seldom_ever_wrong_over_fifty_looks():
    rng = np.random.default_rng(20260401)
    sums = np.cumsum(rng.exponential(size=(4000, 50, 2, 40)).sum(axis=3), axis=1)
    n = 40 * np.arange(1, 51)
    difference = (sums[..., 0] - sums[..., 1]) / n
    z = difference / np.sqrt(2 / n)
    wrong = (np.abs(z) > always_valid_width(2 * n, planned=4000)).any(axis=1)
    assert wrong.mean() <= 0.05 + 0.0103


# The same 4,000 tests read at five looks.
@pytest.mark.slow
@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_group_sequential_bounds_keep_the_chance_of_error(spending):
    rng = np.random.default_rng(20260402)
    sums = np.cumsum(rng.normal(size=(40_000, 5)), axis=1)
    z = sums / np.sqrt(np.arange(1, 6))
    wrong = (np.abs(z) > look_bounds(FIVE, spending=spending)).any(axis=1)
    assert wrong.mean() == pytest.approx(0.05, abs=3 * (0.05 * 0.95 / 40_000) ** 0.5)
