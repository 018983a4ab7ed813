"""The kernels agree with trying all subsequences of a log, ties, repeats and windows included."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.journey.kernel import (
    FOREVER,
    NEVER,
    reached_in_order,
    steps_in_any_order,
    steps_in_order,
)
from cjm_research.journey.log import journey_log

STEPS = ("a", "b", "c")
events = st.lists(
    st.tuples(st.sampled_from("pq"), st.integers(-3, 6), st.sampled_from("abcx")), max_size=12
)
limits = st.just(FOREVER) | st.integers(0, 6)


def table(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "time", "stage"])
    frame["occurred_at"] = pd.to_datetime(frame.pop("time").astype("int64"), unit="us", utc=True)
    return frame


def journeys(log):
    """Each customer's events in journey order, in the log's numbering."""
    rows = list(zip(log.customer.tolist(), log.time.tolist(), log.stage.tolist(), strict=True))
    return [[r[1:] for r in rows if r[0] == c] for c in range(log.n_customers)]


def tried_in_order(journey, *, step, windows, whole, is_strict):
    """Shortest time to the earliest event that ends a chain, over all subsequences."""
    found = []
    for chosen in combinations(range(len(journey)), step + 1):
        if [journey[i][1] for i in chosen] != list(range(step + 1)):
            continue
        times = [journey[i][0] for i in chosen]
        fits = times[-1] - times[0] <= whole
        fits &= all(b - a <= w for (a, b), w in zip(pairwise(times), windows, strict=False))
        between = [
            {e[1] for e in journey[i + 1 : j]} <= {journey[i][1], journey[j][1]}
            for i, j in pairwise(chosen)
        ]
        if fits and (all(between) or not is_strict):
            found.append((chosen[-1], times[-1] - times[0]))
    return min(found)[1] if found else NEVER


def tried_in_any_order(journey, *, count, whole):
    return any(
        len({journey[i][1] for i in chosen} - {-1}) == count
        and max(journey[i][0] for i in chosen) - min(journey[i][0] for i in chosen) <= whole
        for chosen in combinations(range(len(journey)), count)
    )


@settings(max_examples=500, deadline=None)
@given(events, st.tuples(limits, limits), limits, st.booleans())
def test_steps_in_order_agree_with_brute_force(rows, windows, whole, is_strict):
    log = journey_log(table(rows), STEPS)
    got = steps_in_order(log, windows=windows, whole=whole, is_strict=is_strict)
    tried = [
        [
            tried_in_order(j, step=step, windows=windows, whole=whole, is_strict=is_strict)
            for j in journeys(log)
        ]
        for step in range(3)
    ]
    np.testing.assert_array_equal(got, np.reshape(tried, got.shape))


@settings(max_examples=300, deadline=None)
@given(events, limits)
def test_steps_in_any_order_agree_with_brute_force(rows, whole):
    log = journey_log(table(rows), STEPS)
    got = steps_in_any_order(log, whole=whole) != NEVER
    tried = [
        [tried_in_any_order(j, count=count, whole=whole) for j in journeys(log)]
        for count in (1, 2, 3)
    ]
    np.testing.assert_array_equal(got, np.reshape(tried, got.shape))


@pytest.mark.slow
@settings(max_examples=3_000, deadline=None)
@given(events, st.tuples(limits, limits), limits, st.booleans())
def test_thousands_of_logs_agree_with_brute_force(rows, windows, whole, is_strict):
    log = journey_log(table(rows), STEPS)
    got = steps_in_order(log, windows=windows, whole=whole, is_strict=is_strict)
    reached = reached_in_order(log, windows=windows, whole=whole, is_strict=is_strict)
    tried = [
        [
            tried_in_order(j, step=step, windows=windows, whole=whole, is_strict=is_strict)
            for j in journeys(log)
        ]
        for step in range(3)
    ]
    np.testing.assert_array_equal(got, np.reshape(tried, got.shape))
    np.testing.assert_array_equal(reached < FOREVER, got != NEVER)


def test_a_later_attempt_counts_when_the_first_one_was_too_slow():
    # visit; two days later visit again and buy after 20 minutes: inside one hour.
    log = journey_log(
        pd.DataFrame(
            {
                "customer_id": "a",
                "occurred_at": pd.to_datetime(
                    ["2026-01-01 10:00", "2026-01-03 10:00", "2026-01-03 10:20"], utc=True
                ),
                "stage": ["visit", "visit", "buy"],
            }
        ),
        ["visit", "buy"],
    )
    hour = 3_600_000_000
    got = steps_in_order(log, windows=(FOREVER,), whole=hour, is_strict=False)
    assert got.tolist() == [[0], [hour // 3]]
