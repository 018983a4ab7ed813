"""How large a test must be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import tt_ind_solve_power

from cjm_research.experiments.campaign_plan import Plan
from cjm_research.experiments.effects import arm_effects


@pytest.fixture(scope="module")
def history():
    rng = np.random.default_rng(21)
    n = 20_000
    before = rng.normal(10, 2, n)
    return pd.DataFrame(
        {
            "unit_id": [f"u{i:06}" for i in range(n)],
            "bought": (np.arange(n) % 10 == 0).astype(float),
            "left": (np.arange(n) % 50 == 0).astype(float),
            "spent": 5 + before + rng.normal(0, 1, n),
            "before": np.where(np.arange(n) % 3 == 0, np.nan, before),
            "clicks": rng.poisson(2, n).astype(float),
            "clicks:per": 1.0 + rng.poisson(4, n),
            "exposed_at": pd.Timestamp("2026-01-01", tz="UTC")
            + pd.to_timedelta(np.arange(n) % 20, unit="D"),
        }
    )


def power(plan, history, *metrics, given=None, **asked):
    return Plan(experiment=plan(*metrics, **(given or {}))).power(history, **asked)


# Fleiss, Levin and Paik (2003), section 4.2: rates .10 and .12, power .80, level .05 two-sided
# need 3,841 units in each arm without the continuity correction.
def test_shares_need_the_units_of_the_tables(plan, history):
    found = power(plan, history, {"id": "bought"}, target_change=0.2)
    assert found.rows[0].needed_units == pytest.approx(2 * 3841, abs=2)


def test_means_need_what_statsmodels_says(plan, history):
    found = power(plan, history, {"id": "spent", "kind": "mean"}, target_change=0.01)
    size = found.rows[0].target_difference / history["spent"].std()
    one = tt_ind_solve_power(effect_size=size, alpha=0.05, power=0.8)
    assert found.rows[0].needed_units == pytest.approx(2 * one, rel=1e-3)


def test_unequal_arms_need_more(plan, history):
    even = power(plan, history, {"id": "spent", "kind": "mean"})
    arms = {"arms": {"control": 0.1, "offer": 0.9}}
    odd = power(plan, history, {"id": "spent", "kind": "mean"}, given=arms)
    assert odd.needed_units / even.needed_units == pytest.approx(0.25 / 0.09, rel=0.02)


def test_a_covariate_saves_what_it_explains(plan, history):
    plain = power(plan, history, {"id": "spent", "kind": "mean"}, target_change=0.005)
    helped = power(plan, history, {"id": "spent", "kind": "mean", "covariates": ["before"]},
                   target_change=0.005)  # fmt: skip
    saved = 1 - helped.needed_units / plain.needed_units
    assert saved == pytest.approx(helped.rows[0].variance_saved, abs=1e-3)
    assert saved == pytest.approx(0.8 * 2 / 3, abs=0.02)  # 4 of 5 parts, for two units of three


def test_each_guardrail_asks_for_more(plan, history):
    guard = {"role": "guardrail", "better": "down", "margin": 0.01}
    alone = power(plan, history, {"id": "bought"})
    guarded = power(plan, history, {"id": "bought"}, {"id": "left", **guard})
    assert guarded.rows[0].power == pytest.approx(0.9)  # beta / (1 + 1)
    assert guarded.rows[0].needed_units > alone.rows[0].needed_units
    assert [r.role for r in guarded.rows] == ["success", "guardrail"]


# Jennison and Turnbull (2000), table 2.4: five looks of O'Brien and Fleming need 1.028 times the
# units at power .8; the Lan-DeMets form needs as many.
def test_looks_need_a_little_more(plan, history):
    found = power(plan, history, {"id": "bought"}, given={"looks": 5})
    assert found.look_factor == pytest.approx(1.028, abs=0.004)


def test_two_arms_share_the_chance_of_error(plan, history):
    arms = {"arms": {"control": 0.4, "offer": 0.3, "gift": 0.3}}
    found = power(plan, history, {"id": "bought"}, given=arms)
    assert [r.confidence for r in found.rows] == pytest.approx([0.975, 0.975])


def test_days_follow_the_pace_of_the_history(plan, history):
    found = power(plan, history, {"id": "bought"}, target_change=0.2)
    assert found.needed_days == np.ceil(found.needed_units / 1000)
    assert power(plan, history, {"id": "bought"}, units_per_day=7682.0,
                 target_change=0.2).needed_days <= 2  # fmt: skip


def test_the_curve_passes_the_target_where_the_table_says(plan, history):
    found = power(plan, history, {"id": "spent", "kind": "mean"}, target_change=0.01)
    curve = found.curve.to_frame()
    assert curve["detectable_change"].is_monotonic_decreasing
    at = np.interp(found.needed_units, curve["n"], curve["detectable_change"])
    assert at == pytest.approx(0.01, rel=0.01)


# 1,000 tests of just the size that the plan asks for, with the target change planted in a ratio.
# Three simulation standard errors of .8 are 3.8 points.
@pytest.mark.slow
def test_a_test_of_that_size_sees_the_change_as_often_as_promised(plan, history):
    metric = {"id": "clicks", "kind": "ratio", "table": "events", "per": "mail"}
    experiment = plan(metric)
    needed = int(Plan(experiment=experiment).power(history, target_change=0.1).needed_units)
    rng = np.random.default_rng(20260406)
    ids = pd.Series([f"u{i:06}" for i in range(needed)], dtype="string[pyarrow]")
    seen = 0
    for _ in range(1000):
        drawn = history.iloc[rng.integers(0, len(history), needed)]
        is_offer = np.arange(needed) < needed // 2
        more = rng.random(needed) < 0.1 * drawn["clicks"].mean()  # a tenth of the mean
        units = pd.DataFrame(
            {"unit_id": ids, "arm": np.where(is_offer, "offer", "control"),
             "clicks": drawn["clicks"].to_numpy() + (is_offer & more),
             "clicks:per": drawn["clicks:per"].to_numpy()}
        )  # fmt: skip
        seen += arm_effects(units, experiment)[0].p < 0.05
    assert seen / 1000 == pytest.approx(0.8, abs=0.05)
