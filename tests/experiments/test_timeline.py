"""Effects as units came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.samples import ArmSample
from cjm_research.experiments.timeline import timeline

COUNTS = {"control": (100, 1000), "offer": (160, 1000)}


def dated(units, n_days=5):
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2026-03-01 22:00", tz="UTC")
    days = pd.to_timedelta(rng.integers(0, n_days, len(units)), unit="D")
    return units.assign(exposed_at=start + days)


def test_the_last_day_is_the_effect_of_all_units(plan, counted):
    units = dated(counted(COUNTS))
    line, whole = timeline(units, plan()), analyse(plan(), units)
    last = line.points[-1]
    assert last.n == 2000
    assert (last.relative_change, last.relative_low) == pytest.approx(
        (whole.rows[0].lift, whole.rows[0].lift_low), rel=1e-12
    )


def test_each_day_holds_the_units_of_all_days_before(plan, counted):
    ns = [p.n for p in timeline(dated(counted(COUNTS)), plan()).points]
    assert ns == sorted(ns)
    assert len(ns) == 5


def test_a_day_is_a_day_of_the_zone(plan, counted):
    units = dated(counted(COUNTS))
    assert timeline(units, plan()).points[0].exposed_on == "2026-03-01"
    assert timeline(units, plan(), zone="Asia/Tokyo").points[0].exposed_on == "2026-03-02"


def test_all_units_on_one_day_are_no_timeline(plan, counted):
    assert timeline(dated(counted(COUNTS), n_days=1), plan()) is None


def test_units_without_times_are_no_timeline(plan, counted):
    assert timeline(counted(COUNTS), plan()) is None


def test_merged_samples_are_the_sample_of_both():
    rng = np.random.default_rng(1)
    one, two = rng.exponential(5, 40), rng.exponential(9, 70)

    def sample(values):
        return ArmSample(n=len(values), n_null=1, mean=values.mean(), variance=values.var(ddof=1))

    merged, whole = sample(one).merge(sample(two)), np.concatenate([one, two])
    assert (merged.n, merged.n_null) == (110, 2)
    assert (merged.mean, merged.variance) == pytest.approx((whole.mean(), whole.var(ddof=1)))


def test_merging_with_nothing_changes_nothing():
    nan = float("nan")
    some = ArmSample(n=3, n_null=0, mean=2.0, variance=1.0)
    assert some.merge(ArmSample(n=0, n_null=0, mean=nan, variance=nan)) == some
    assert ArmSample(n=0, n_null=0, mean=nan, variance=nan).merge(some) == some


def test_a_day_with_few_units_so_far_is_left_out(plan, counted):
    units = dated(counted({"control": (20, 200), "offer": (30, 200)}), n_days=8)
    assert min(p.n for p in timeline(units, plan()).points) >= 200
