"""Effects by days since exposure: numbers as by hand, planted courses, few false alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.experiments.campaign_plan import plan as declare
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.since import since_exposure
from cjm_research.experiments.units import unit_metrics

START = pd.Timestamp("2026-03-01", tz="UTC")
UNTIL = pd.Timestamp("2026-04-30", tz="UTC")


def world(chances, *, n=2000, seed=1, kind="conversion"):
    """Exposures and orders where a unit of an arm orders on each day with its chance."""
    rng = np.random.default_rng(seed)
    exposures, orders = [], []
    for arm, by_day in chances.items():
        ids = np.array([f"{arm}{i}" for i in range(n)])
        at = START + pd.to_timedelta(rng.uniform(0, 10, n), unit="D")
        exposures.append(pd.DataFrame({"unit_id": ids, "arm": arm, "exposed_at": at}))
        for day, chance in enumerate(by_day):
            who = rng.random(n) < chance
            when = at[who] + pd.to_timedelta(day + rng.uniform(0.01, 0.99, who.sum()), unit="D")
            orders.append(pd.DataFrame({"customer_id": ids[who], "ordered_at": when,
                                        "amount": rng.gamma(2, 50, who.sum())}))  # fmt: skip
    metric = {"id": "bought", "label": "B", "kind": kind, "table": "orders", "role": "success",
              "is_money": kind == "mean", "within_days": len(by_day)}  # fmt: skip
    arms = {a: {"label": a, "share": 1 / len(chances)} for a in chances}
    test = declare(id="test", label="T", control="control", arms=arms, metrics=[metric])
    tables = {"exposures": pd.concat(exposures, ignore_index=True).assign(experiment="test"),
              "orders": pd.concat(orders, ignore_index=True)}  # fmt: skip
    return test, tables


def course_of(chances, **given):
    test, tables = world(chances, **given)
    return test.analyse(tables, until=UNTIL).since


FLAT = [0.03] * 8
NOVEL = [0.08, 0.07, 0.06, 0.05, 0.03, 0.03, 0.03, 0.03]


def test_an_effect_that_wears_off_is_said_to_fade():
    (row,) = course_of({"control": FLAT, "offer": NOVEL}).halves.rows
    assert row.course == "fades"
    assert row.early_lift > 0.8
    assert row.late_lift < 0.3


def test_an_effect_that_people_get_used_to_is_said_to_grow():
    found = course_of({"control": FLAT, "offer": NOVEL[::-1]}).findings()
    assert [(f.kind, f.status) for f in found] == [("effect_grows", "shown")]


def test_a_metric_that_falls_in_both_arms_alike_does_not_fade():
    falling = [0.10, 0.08, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02]
    higher = [x * 1.4 for x in falling]
    (row,) = course_of({"control": falling, "offer": higher}, n=4000).halves.rows
    assert row.course == "steady"


@pytest.mark.parametrize("kind", ["conversion", "mean"])
def test_the_last_day_so_far_is_the_whole_effect(kind):
    test, tables = world({"control": FLAT, "offer": NOVEL}, kind=kind)
    units = unit_metrics(test.experiment, tables["exposures"], orders=tables["orders"], until=UNTIL)
    (whole,) = arm_effects(units, test.experiment)
    last = since_exposure(test.experiment, units, tables, until=UNTIL).points[-1]
    expected = (whole.difference, whole.low, whole.high)
    assert (last.so_far_difference, last.so_far_low, last.so_far_high) == pytest.approx(expected)


def test_each_day_is_what_a_count_by_hand_gives():
    test, tables = world({"control": FLAT, "offer": NOVEL}, kind="mean")
    found = test.analyse(tables, until=UNTIL).since.to_frame()
    rows = tables["orders"].merge(tables["exposures"], left_on="customer_id", right_on="unit_id")
    rows["day"] = (rows["ordered_at"] - rows["exposed_at"]).dt.days + 1
    sums = rows.pivot_table(index="day", columns="arm", values="amount", aggfunc="sum") / 2000
    assert found["daily_treated"].tolist() == pytest.approx(sums["offer"].tolist())
    assert found["daily_control"].tolist() == pytest.approx(sums["control"].tolist())


def test_units_that_were_not_followed_to_the_end_are_left_out():
    test, tables = world({"control": FLAT, "offer": NOVEL})
    found = test.analyse(tables, until=START + pd.Timedelta(days=11)).since
    late = tables["exposures"]["exposed_at"] > START + pd.Timedelta(days=4)
    assert found.n_left_out == late.sum()


def test_a_window_of_a_day_has_no_course():
    assert course_of({"control": [0.3], "offer": [0.4]}) is None


def test_orders_without_times_have_no_course():
    test, tables = world({"control": FLAT, "offer": NOVEL})
    tables["orders"]["ordered_at"] = pd.NaT
    assert test.analyse(tables, until=UNTIL).since is None


def test_too_few_who_did_anything_tell_nothing():
    (row,) = course_of({"control": FLAT, "offer": NOVEL}, n=60).halves.rows
    assert row.course == "unknown"


# 300 tests whose relative effect is the same on every day; three standard errors are 3.8 points.
@pytest.mark.slow
def test_a_steady_effect_is_seldom_said_to_change():
    falling = np.array([0.10, 0.08, 0.06, 0.05, 0.04, 0.03])
    chances = {"control": falling.tolist(), "offer": (1.3 * falling).tolist()}
    p = []
    for seed in range(300):
        test, tables = world(chances, n=700, seed=seed)
        units = unit_metrics(test.experiment, tables["exposures"], orders=tables["orders"])
        p.append(since_exposure(test.experiment, units, tables, until=UNTIL).halves.rows[0].p)
    assert 0.012 < np.mean(np.array(p) < 0.05) < 0.088
