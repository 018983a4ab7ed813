"""What segments are likely to do next, who comes back, the next test, care by segment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.segmentation.next_test import next_test
from cjm_research.segmentation.segment_care import segment_care
from cjm_research.segmentation.value.prospects import Asked, Memberships, prospects
from cjm_research.segmentation.value.retention import retention
from cjm_research.stats.power import ArmSizes, proportion_power
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.model import Limits

START, DAYS = pd.Timestamp("2024-01-01"), 720
DAY = START + pd.Timedelta(days=DAYS)
LIMITS = Limits()


def texts(values):
    return pd.Series(values, dtype="string[pyarrow]")


def shop(seed, *, n=3000, fast=2.0, years=3):
    """Return orders of customers who buy and stop at random, half of them `fast` times as often.

    Days run on after DAY: what comes then is known.
    """
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2.0, 1 / 160, n) * np.where(np.arange(n) % 2, fast, 1.0)
    drop, worth = rng.beta(1.0, 12.0, n), rng.lognormal(4, 0.4, n)
    who, when, money = [], [], []
    for i in range(n):
        t = rng.uniform(0, DAYS * 0.6)
        while t < years * 365:
            who.append(f"C{i}")
            when.append(t)
            money.append(worth[i] * rng.gamma(5, 0.2))
            if rng.random() < drop[i]:
                break
            t += rng.exponential(1 / rate[i])
    return pd.DataFrame({
        "customer_id": texts(who), "amount": money,
        "ordered_at": START.tz_localize("UTC") + pd.to_timedelta(np.floor(when), "D"),
    })  # fmt: skip


def halves(orders):
    ids = pd.Series(orders["customer_id"].unique(), dtype="string[pyarrow]")
    odd = ids.str[-1].isin(list("13579"))
    return pd.DataFrame({"customer_id": ids, "segment": np.where(odd, "fast", "slow")})


def made(orders, members):
    asked = Asked(grouping="pace", as_of=DAY, horizon=90, confidence=0.95, limits=LIMITS)
    return prospects(orders, Memberships(members, members), asked)


@pytest.fixture(scope="module")
def orders():
    return shop(5)


@pytest.fixture(scope="module")
def found(orders):
    return made(orders, halves(orders))


def test_what_is_told_is_borne_out_by_the_days_after(orders, found):
    first, last = (DAY + pd.Timedelta(days=d) for d in (1, 90))
    later = orders[orders["ordered_at"].dt.tz_localize(None).between(first, last)]
    told = halves(orders).query("segment == 'fast'")["customer_id"]
    known = set(orders.loc[orders["ordered_at"] <= DAY.tz_localize("UTC"), "customer_id"])
    mine = [c for c in told if c in known]
    came = len(set(mine) & set(later["customer_id"]))
    row = found.of("fast")
    low, high = wilson_interval(came, len(mine), confidence=0.999)
    assert low - 0.02 < row.p_active < high + 0.02


def test_who_buys_more_often_is_likelier_to_come(found):
    assert found.of("fast").p_active > found.p_active_all > found.of("slow").p_active


def test_days_after_the_study_day_change_nothing(orders, found):
    until = orders[orders["ordered_at"] <= DAY.tz_localize("UTC")]
    again = made(until, halves(until))
    assert again == found


def test_a_segment_that_stopped_is_not_forecast(orders):
    # All of one segment leave on the day of the split; the other goes on.
    split = (DAY - pd.Timedelta(days=90)).tz_localize("UTC")
    members = halves(orders)
    slow = orders["customer_id"].isin(members.loc[members["segment"] == "slow", "customer_id"])
    gone = orders[(orders["ordered_at"] <= split) | ~slow]
    row = made(gone, members).of("slow")
    assert np.isnan([row.p_active, row.year_value, row.low, row.year_value_high]).all()


def test_what_is_not_borne_out_is_a_finding_that_says_so(orders):
    split = (DAY - pd.Timedelta(days=90)).tz_localize("UTC")
    gone = orders[orders["ordered_at"] <= split]
    statuses = {f.status for f in made(gone, halves(gone)).findings()}
    assert statuses == {"not_reliable"}


def test_a_segment_of_few_is_left_out(orders):
    members = halves(orders)
    members.loc[:8, "segment"] = "few"
    assert made(orders, members).of("few") is None


def test_findings_carry_both_numbers_of_each_segment(found):
    kinds = [(f.kind, f.subject["segment"]) for f in found.findings()]
    assert sorted(kinds) == [("segment_p_active", "fast"), ("segment_p_active", "slow"),
                             ("segment_value", "fast"), ("segment_value", "slow")]  # fmt: skip


@pytest.mark.slow
def test_a_years_value_lies_in_its_interval_in_most_shops():
    inside = total = 0
    for seed in range(20):
        sold = shop(100 + seed, n=1500)
        members = halves(sold)
        after = sold["ordered_at"] > DAY.tz_localize("UTC")
        year = sold["ordered_at"] <= (DAY + pd.Timedelta(days=365)).tz_localize("UTC")
        before = set(sold.loc[~after, "customer_id"])
        for row in made(sold[~after], members).rows:
            mine = set(members.loc[members["segment"] == row.segment, "customer_id"]) & before
            came = sold.loc[after & year & sold["customer_id"].isin(mine), "amount"].sum()
            told = not np.isnan(row.year_value)
            total += told
            inside += told and row.year_value_low <= came <= row.year_value_high
    assert total >= 20
    assert inside / total >= 0.9


def bought(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    frame["customer_id"] = texts(frame["customer_id"])
    return frame.assign(amount=1.0, ordered_at=pd.to_datetime(frame["ordered_at"], utc=True))


def test_a_month_that_has_not_ended_counts_for_nobody():
    # Forty customers from January, all back in February; forty from March, whose April runs.
    rows = [(f"a{i}", d) for i in range(40) for d in ("2026-01-10", "2026-02-10")]
    rows += [(f"b{i}", d) for i in range(40) for d in ("2026-03-10", "2026-04-05")]
    members = pd.DataFrame({"customer_id": [f"a{i}" for i in range(40)], "segment": "early"})
    found = retention(bought(*rows), members, as_of=pd.Timestamp("2026-04-15"), limits=LIMITS)
    assert [(p.age, p.n, p.came) for p in found.of("")] == [(1, 40, 40), (2, 40, 0)]
    assert [(p.age, p.n, p.came) for p in found.of("early")] == [(1, 40, 40), (2, 40, 0)]


def test_the_size_of_the_next_test_has_the_power_it_promises():
    test = next_test(0.3, 10_000)
    power = proportion_power(0.3, test.goal - 0.3, sizes=ArmSizes(test.n_per_arm, test.n_per_arm))
    assert power == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("base", [0.0, 1.0, 0.95, float("nan")])
def test_where_a_share_cannot_rise_there_is_no_test(base):
    assert next_test(base, 500) is None


def test_a_small_segment_shows_only_large_rises():
    test = next_test(0.3, 200)
    assert not test.is_enough
    assert test.seen > test.goal


def test_care_names_the_cell_of_most_and_counts_who_waits():
    ids = [f"c{i}" for i in range(40)]
    placed = pd.DataFrame({
        "customer_id": ids, "cell": ["high_high"] * 30 + ["low_low"] * 10,
        "gap_p80_days": [20.0] * 40, "n_order_days": [5.0] * 40,
    })  # fmt: skip
    due = pd.DataFrame({"customer_id": ids, "reason": ["never"] * 4 + ["rhythm"] * 3 + [None] * 33})
    members = pd.DataFrame({"customer_id": ids, "segment": "all"})
    care = segment_care(
        due, placed, members, cadence={"high_high": 30, "low_low": 180}, limits=LIMITS
    )["all"]
    assert (care.cell, care.cell_share, care.cadence_days) == ("high_high", 0.75, 30)
    assert (care.n_due, care.pause_days) == (4, 20)
