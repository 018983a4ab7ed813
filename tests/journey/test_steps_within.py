"""Findings that reports compare rest on a time that everybody had; cut-off ones carry no days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import ParameterError
from cjm_research.journey.funnel import funnel
from cjm_research.journey.steps_within import steps_within
from cjm_research.report.changes import changes

BEGIN = pd.Timestamp("2026-01-01", tz="UTC")
STEPS = ("a", "b", "c")


def came(name, *days):
    """Return the events of one customer: the day of each step."""
    return [
        {"customer_id": name, "stage": STEPS[i], "occurred_at": BEGIN + pd.Timedelta(days=day)}
        for i, day in enumerate(days)
    ]


def counted(rows, *, until, within=10):
    frame = pd.DataFrame(rows)
    return funnel(frame, STEPS, within=within, observed_until=BEGIN + pd.Timedelta(days=until))


OLD = [*came("p", 0, 3, 5), *came("q", 1, 4), *came("r", 2), *came("s", 3, 20)]


def test_each_step_counts_those_who_passed_it_in_time():
    rows = steps_within(counted(OLD, until=30)).steps
    assert [(r.stage, r.reached) for r in rows] == [("a", 4), ("b", 2), ("c", 1)]


def test_who_began_late_changes_no_share():
    new = [row for i in range(50) for row in came(f"new{i}", 25)]
    before, after = (steps_within(counted(r, until=30)) for r in (OLD, OLD + new))
    assert after.steps == before.steps
    assert after.n_open == 50


def test_its_table_has_no_row_that_nobody_could_reach():
    rows = steps_within(counted(came("p", 0), until=30)).to_frame()
    assert list(rows["stage"]) == ["b"]


def test_a_funnel_without_a_window_gives_none():
    with pytest.raises(ParameterError, match="a funnel with a window"):
        steps_within(counted(OLD, until=30, within=None))


def test_an_unordered_funnel_gives_none():
    like = funnel(pd.DataFrame(OLD), STEPS, within=10, order="unordered",
                  observed_until=BEGIN + pd.Timedelta(days=30))  # fmt: skip
    with pytest.raises(ParameterError, match="whose steps have an order"):
        steps_within(like)


def test_a_cut_off_funnel_carries_no_days_and_one_with_a_window_does():
    days = ("2026-01-01", "2026-01-30")
    kept = {
        within: [f.window for f in counted(OLD, until=30, within=within).over(days).findings()]
        for within in (None, 10)
    }
    assert kept == {None: [None, None], 10: [days, days]}


def test_another_window_is_another_method():
    first, second = (steps_within(counted(OLD, until=30, within=w)).findings() for w in (10, 7))
    assert {f.method for f in first}.isdisjoint(f.method for f in second)


def _week_by_week(rng, *, share):
    """Return what a report says after four and after five weeks, and what moved between them."""
    rows, told = [], []
    for week, part in enumerate([0.4] * 4 + [share]):
        for i in range(120):
            start = 7 * week + rng.uniform(0, 7)
            rows += came(f"{week}-{i}", *([start, start + rng.exponential(2)]
                         if rng.random() < part else [start]))  # fmt: skip
        until = 7 * (week + 1)
        if week >= 3:
            days = ("2026-01-01", f"{BEGIN + pd.Timedelta(days=until - 1):%Y-%m-%d}")
            like = funnel(pd.DataFrame(rows), ("a", "b"), within=7.0,
                          observed_until=BEGIN + pd.Timedelta(days=until + 7))  # fmt: skip
            found = like.over(days).findings()
            told.append([f.to_dict() for f in found])
    return changes(*told)


@pytest.mark.slow
def test_a_quiet_week_is_told_as_a_change_no_more_often_than_promised():
    # 120 comparisons at 5 %: 14 alarms or more come by chance in 3 of 1,000 such tests
    rng = np.random.default_rng(20261122)
    found = [_week_by_week(rng, share=0.4) for _ in range(120)]
    assert all(f.n_compared for f in found)
    assert sum(any(m.id.startswith("journey/funnel/stage") for m in f.moved) for f in found) <= 13


@pytest.mark.slow
def test_a_week_of_fewer_steps_is_told():
    rng = np.random.default_rng(20261122)
    found = [_week_by_week(rng, share=0.1) for _ in range(20)]
    moved = [m for f in found for m in f.moved if m.id == "journey/funnel/stage=b"]
    assert len(moved) >= 19
    assert all(m.after < m.before for m in moved)
