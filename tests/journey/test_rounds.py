"""A new round after a purchase is no step back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.journey.flow import flow
from cjm_research.journey.log import journey_log
from cjm_research.journey.moves import AGAIN, transitions
from cjm_research.journey.rounds import _allowed, visits

STEPS = ("look", "buy", "use", "return")
START = pd.Timestamp("2026-01-01", tz="UTC")


def log(**paths):
    """One customer per keyword; one stage a day."""
    rows = [(c, day, stage) for c, path in paths.items() for day, stage in enumerate(path.split())]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage"])
    return frame.assign(occurred_at=START + pd.to_timedelta(frame.pop("day"), unit="D"))


def orders(**days):
    rows = [(c, START + pd.Timedelta(days=d)) for c, at in days.items() for d in at]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at"])


def backs(events, bought=None):
    seen = visits(journey_log(events, STEPS), bought)
    return [STEPS[s] for s in seen.stage[seen.is_back]]


def test_without_purchases_every_earlier_stage_is_a_step_back():
    assert backs(log(a="look buy use look buy")) == ["look"]


def test_to_look_again_after_a_purchase_is_a_new_round():
    assert backs(log(a="look buy use look buy"), orders(a=[1.2])) == []


def test_to_look_again_before_the_purchase_is_a_step_back():
    assert backs(log(a="look buy look buy use"), orders(a=[3.2])) == ["look"]


def test_of_two_steps_back_after_one_purchase_the_first_begins_the_round():
    assert backs(log(a="look buy look buy look buy"), orders(a=[1.2])) == ["look"]


def test_each_purchase_allows_a_round():
    assert backs(log(a="look buy look buy look buy"), orders(a=[1.2, 3.2])) == []


def test_from_a_later_stage_to_one_after_the_purchase_is_a_step_back():
    assert backs(log(a="look buy use return use"), orders(a=[1.2])) == ["use"]


def test_anothers_purchase_begins_no_round():
    events = log(a="look buy look", b="look buy look")
    assert backs(events, orders(a=[1.2])) == ["look"]


def test_a_purchase_before_everything_begins_no_round():
    assert backs(log(a="look buy look", b="look buy"), orders(a=[-1], b=[1.2])) == ["look"]


def test_rounds_are_numbered_through_all_customers():
    seen = visits(journey_log(log(a="look buy look", b="buy"), STEPS), orders(a=[1.2]))
    assert seen.rounds().tolist() == [0, 0, 1, 2]


def test_flow_counts_steps_back_of_the_same_round_only():
    events = log(a="look buy use look", b="look buy look")
    assert flow(events, STEPS, purchases=orders(a=[1.2])).of("use").stepped_back == 0
    assert flow(events, STEPS).of("use").stepped_back == 1
    assert flow(events, STEPS, purchases=orders(a=[1.2])).of("buy").stepped_back == 1


def test_moves_tell_new_rounds_apart_and_still_add_up_to_the_visits():
    events = log(a="look buy look buy look", b="look")
    got = transitions(events, STEPS, purchases=orders(a=[1.2]))
    from_buy = [m for m in got.moves if m.stage == "buy"]
    assert {m.direction: (m.next_stage, m.moves) for m in from_buy} == {
        "back": ("look", 1), AGAIN: ("look", 1),
    }  # fmt: skip
    assert sum(m.share for m in from_buy) == pytest.approx(1)


def test_purchases_of_nobody_on_the_journey_change_nothing():
    events = log(a="look buy look")
    one = transitions(events, STEPS, purchases=orders(z=[1.2])).to_frame()
    pd.testing.assert_frame_equal(one, transitions(events, STEPS).to_frame())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=25))
def test_as_many_rounds_begin_as_purchases_allow(moves):
    bought: dict[int, int] = {}
    customer, own = [], []
    for who, more in sorted(moves, key=lambda m: m[0]):
        bought[who] = bought.get(who, 0) + more
        customer.append(who)
        own.append(bought[who])
    begun: dict[int, int] = {}
    expected = []
    for who, n in zip(customer, own, strict=True):
        expected.append(begun.get(who, 0) < n)
        begun[who] = begun.get(who, 0) + expected[-1]
    assert _allowed(np.array(customer), np.array(own)).tolist() == expected
