"""Statistics of surveys on data and results that others published."""

from __future__ import annotations

import numpy as np
import pytest

from cjm_research.stats.drivers import correlations, explained, lmg, relative_weights
from cjm_research.stats.proportions import wilson_interval
from cjm_research.stats.reliability import cronbach_alpha

# Mosteller and Tukey (1977), Switzerland about 1888 (`swiss` of R): fertility, agriculture,
# examination, education, Catholic, infant mortality of 47 provinces.
SWISS_ROWS = """
80.2 17.0 15 12 9.96 22.2   83.1 45.1 6 9 84.84 22.2    92.5 39.7 5 5 93.40 20.2
85.8 36.5 12 7 33.77 20.3   76.9 43.5 17 15 5.16 20.6   76.1 35.3 9 7 90.57 26.6
83.8 70.2 16 7 92.85 23.6   92.4 67.8 14 8 97.16 24.9   82.4 53.3 12 7 97.67 21.0
82.9 45.2 16 13 91.38 24.4  87.1 64.5 14 6 98.61 24.5   64.1 62.0 21 12 8.52 16.5
66.9 67.5 14 7 2.27 19.1    68.9 60.7 19 12 4.43 22.7   61.7 69.3 22 5 2.82 18.7
68.3 72.6 18 2 24.20 21.2   71.7 34.0 17 8 3.30 20.0    55.7 19.4 26 28 12.11 20.2
54.3 15.2 31 20 2.15 10.8   65.1 73.0 19 9 2.84 20.0    65.5 59.8 22 10 5.23 18.0
65.0 55.1 14 3 4.52 22.4    56.6 50.9 22 12 15.14 16.7  57.4 54.1 20 6 4.20 15.3
72.5 71.2 12 1 2.40 21.0    74.2 58.1 14 8 5.23 23.8    72.0 63.5 6 3 2.56 18.0
60.5 60.8 16 10 7.72 16.3   58.3 26.8 25 19 18.46 20.9  65.4 49.5 15 8 6.10 22.5
75.5 85.9 3 2 99.71 15.1    69.3 84.9 7 6 99.68 19.8    77.3 89.7 5 2 100.00 18.3
70.5 78.2 12 6 98.96 19.4   79.4 64.9 7 3 98.22 20.2    65.0 75.9 9 9 99.06 17.8
92.2 84.6 3 3 99.46 16.3    79.3 63.1 13 13 96.83 18.1  70.4 38.4 26 12 5.62 20.3
65.7 7.7 29 11 13.79 20.5   72.7 16.7 22 13 11.22 18.9  64.4 17.6 35 32 16.92 23.0
77.6 37.6 15 7 4.97 20.0    67.6 18.7 25 7 8.65 19.5    35.0 1.2 37 53 42.34 18.0
44.7 46.6 16 29 50.43 18.2  42.8 27.7 22 29 58.33 19.3
"""

# Chatterjee and Price (1977), a survey of clerks (`attitude` of R), seven items, 30 departments.
ATTITUDE_ROWS = """
43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35
81 78 56 66 71 83 47  43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41
72 82 72 67 71 83 31  67 61 45 47 62 80 41  64 53 53 58 58 67 34  67 60 47 39 59 74 41
69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46  81 90 50 72 60 54 36
74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49
63 54 42 48 66 75 33  66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38
85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""
SWISS = np.array(SWISS_ROWS.split(), dtype=float).reshape(47, 6)
ATTITUDE = np.array(ATTITUDE_ROWS.split(), dtype=float).reshape(30, 7)


def test_lmg_is_that_of_relaimpo():
    # Groemping U. (2006). Relative importance for linear regression in R: the package relaimpo.
    # Journal of Statistical Software 17(1), doi:10.18637/jss.v017.i01, `calc.relimp(swiss)`.
    found = correlations(SWISS[:, 1:], SWISS[:, 0])
    assert explained(found) == pytest.approx(0.7067, abs=5e-5)
    published = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    assert lmg(found) == pytest.approx(published, abs=5e-6)


def test_relative_weights_are_near_lmg_and_order_the_measures_alike():
    found = correlations(SWISS[:, 1:], SWISS[:, 0])
    assert np.argsort(relative_weights(found)).tolist() == np.argsort(lmg(found)).tolist()


def test_alpha_and_alpha_without_an_item_are_those_of_psych():
    # Revelle W., psych: `alpha(attitude)` prints raw_alpha .84 and these when an item is dropped.
    found = cronbach_alpha(ATTITUDE)
    assert found.alpha == pytest.approx(0.84, abs=0.005)
    assert found.without == pytest.approx([0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84], abs=0.0051)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe R. G. (1998). Two-sided confidence intervals for the single proportion: comparison
    # of seven methods. Statistics in Medicine 17, 857-872, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_is_that_of_newcombes_table(hits, n, low, high):
    found = wilson_interval(hits, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)
