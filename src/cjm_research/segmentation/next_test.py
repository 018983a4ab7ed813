"""The next test of a segment: how many customers it needs, and what the segment can show."""

from __future__ import annotations

import math
from typing import NamedTuple

from cjm_research.stats.power import (
    ArmSizes,
    detectable_proportion_difference,
    proportion_sample_size,
)

RISE = 0.1
"""Part by which the share should rise for the test to be worth its while."""


class NextTest(NamedTuple):
    """A test of two equal arms on the share that buys within some days."""

    base: float
    goal: float
    n_per_arm: int
    """Customers that each arm needs to see the goal in four tests of five."""
    seen: float
    """Share from which on the whole segment, halved, would show a rise; NaN if none."""
    is_enough: bool


def next_test(base: float, n: int, *, confidence: float = 0.95) -> NextTest | None:
    """Size a test on a segment from the share that bought; None where there is no room to rise.

    Parameters
    ----------
    base : float
        Share that bought within the horizon, as observed.
    n : int
        Customers of the segment.
    confidence : float
        Of the test.

    Examples
    --------
    >>> found = next_test(0.5, 4000)
    >>> found.n_per_arm, round(found.seen, 3), found.is_enough
    (1565, 0.544, True)
    """
    goal = base * (1 + RISE)
    if not 0 < base < 1 or goal >= 1:
        return None
    needed = math.ceil(proportion_sample_size(base, goal - base, confidence=confidence).control)
    arms = ArmSizes(n / 2, n / 2)
    rise = detectable_proportion_difference(base, sizes=arms, confidence=confidence)
    return NextTest(base, goal, needed, base + rise, n >= 2 * needed)
