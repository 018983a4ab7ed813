"""Effects adjusted for covariates and strata, ratios, quantiles, clusters: properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DesignError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.clusters import as_clusters
from cjm_research.experiments.effects import arm_effects

FIELDS = ("difference", "low", "high", "se", "p", "lift", "lift_low", "lift_high")


@pytest.fixture(scope="module")
def units():
    rng = np.random.default_rng(11)
    n = 4000
    arm = rng.permutation(np.repeat(["control", "offer"], n // 2))
    before = rng.normal(10, 2, n)
    stratum = rng.choice(["small", "middle", "large"], n)
    spent = 3 + 0.8 * before + 2.0 * (stratum == "large") + 0.3 * (arm == "offer")
    return pd.DataFrame(
        {
            "unit_id": [f"u{i:06}" for i in range(n)],
            "arm": arm,
            "stratum": stratum,
            "cluster": [f"c{i:06}" for i in range(n)],
            "spent": spent + rng.normal(0, 1, n),
            "before": before,
            "clicks": rng.poisson(2, n).astype(float),
            "clicks:per": 1.0 + rng.poisson(4, n),
            "bought": (rng.random(n) < 0.2).astype(float),
        }
    )


def mean_metric(**given):
    return {"id": "spent", "kind": "mean", **given}


def ratio_metric(**given):
    return {"id": "clicks", "kind": "ratio", "table": "events", "per": "mail", **given}


def only(rows, calculation):
    (row,) = (r for r in rows if r.calculation == calculation)
    return row


def numbers(row):
    return [getattr(row, name) for name in FIELDS]


def test_the_adjusted_row_leads_and_the_unadjusted_stands_beside(plan, units):
    rows = arm_effects(units, plan(mean_metric(covariates=["before"])))
    assert [(r.calculation, r.is_main) for r in rows] == [("adjusted", True), ("unadjusted", False)]
    assert rows[0].adjusted_for == ("before",)
    assert rows[0].variance_saved == pytest.approx(1 - (rows[0].se / rows[1].se) ** 2)
    assert rows[0].variance_saved > 0.4


def test_the_planted_effect_is_recovered_with_less_noise(plan, units):
    row = arm_effects(units, plan(mean_metric(covariates=["before"]), is_stratified=True))[0]
    assert row.low < 0.3 < row.high
    assert row.high - row.low < 0.15


def test_an_adjusted_difference_is_that_of_the_values_in_its_row(plan, units):
    row = arm_effects(units, plan(mean_metric(covariates=["before"])))[0]
    assert row.treated.mean - row.control.mean == pytest.approx(row.difference)


@pytest.mark.parametrize("value", [0.0, 0.1, 7e8])
def test_a_constant_covariate_equals_no_covariate(plan, units, value):
    flat = units.assign(before=value)
    rows = arm_effects(flat, plan(mean_metric(covariates=["before"])))
    plain = arm_effects(flat, plan(mean_metric()))[0]
    assert numbers(only(rows, "adjusted")) == pytest.approx(numbers(plain), rel=1e-9)


def test_what_fills_an_unknown_covariate_does_not_matter(plan, units):
    unknown = units.assign(before=units["before"].where(np.arange(len(units)) % 3 > 0))
    experiment = plan(mean_metric(covariates=["before"]))
    one = arm_effects(unknown, experiment)[0]
    moved = arm_effects(unknown.assign(before=unknown["before"] + 1000), experiment)[0]
    assert numbers(moved) == pytest.approx(numbers(one), rel=1e-7)


def test_an_arm_too_small_for_its_line_is_not_adjusted(plan, units):
    few = units.groupby("arm").head(15)
    rows = arm_effects(few, plan(mean_metric(covariates=["before"])))
    assert [(r.calculation, r.is_main) for r in rows] == [("plain", True)]


def test_a_ratio_with_denominator_one_equals_the_mean(plan, units):
    ones = units.assign(**{"clicks:per": 1.0})
    ratio = arm_effects(ones, plan(ratio_metric()))[0]
    mean = arm_effects(ones, plan({"id": "clicks", "kind": "mean"}))[0]
    assert numbers(ratio) == pytest.approx(numbers(mean), rel=1e-9)


def test_a_ratio_is_the_quotient_of_its_sums(plan, units):
    row = arm_effects(units, plan(ratio_metric()))[0]
    own = units[units["arm"] == "offer"]
    assert row.treated.mean == pytest.approx(own["clicks"].sum() / own["clicks:per"].sum())
    assert row.treated.total == pytest.approx(own["clicks"].sum())


def test_clusters_of_one_equal_units(plan, units):
    rows, experiment = as_clusters(units, plan(mean_metric(), is_clustered=True))
    clustered = arm_effects(rows, experiment)[0]
    plain = arm_effects(units, plan(mean_metric()))[0]
    assert numbers(clustered) == pytest.approx(numbers(plain), rel=1e-9)


def test_alike_units_of_a_cluster_count_once(plan, units):
    twice = pd.concat([units, units.assign(unit_id=units["unit_id"] + "b")], ignore_index=True)
    rows, experiment = as_clusters(twice, plan(mean_metric(), is_clustered=True))
    assert arm_effects(rows, experiment)[0].se == pytest.approx(
        arm_effects(units, plan(mean_metric()))[0].se, rel=1e-9
    )


def test_a_cluster_in_two_arms_breaks_the_test(plan, units):
    mixed = units.assign(cluster=[f"c{i % 200:03}" for i in range(len(units))])
    result = analyse(plan(mean_metric(), is_clustered=True), mixed)
    assert result.decision.state == "invalid"


def test_clusters_have_no_quantile(plan, units):
    experiment = plan({"id": "spent", "kind": "quantile", "quantile": 0.9}, is_clustered=True)
    with pytest.raises(DesignError, match="'spent' is a quantile"):
        analyse(experiment, units)


EVERY = [
    pytest.param([mean_metric()], {}, id="mean"),
    pytest.param([mean_metric(covariates=["before"])], {}, id="regression"),
    pytest.param([mean_metric(covariates=["before"])], {"is_stratified": True}, id="strata"),
    pytest.param([ratio_metric(covariates=["before"])], {}, id="ratio"),
    pytest.param([{"id": "spent", "kind": "quantile", "quantile": 0.75}], {}, id="quantile"),
    pytest.param([{"id": "bought", "covariates": ["before"]}], {}, id="conversion"),
]


@pytest.mark.parametrize(("metrics", "given"), EVERY)
def test_swapping_arms_flips_the_sign_only(plan, units, metrics, given):
    one = arm_effects(units, plan(*metrics, **given))[0]
    arms = {"offer": 0.5, "control": 0.5}
    other = arm_effects(units, plan(*metrics, arms=arms, **given))[0]
    assert other.difference == pytest.approx(-one.difference)
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert (other.se, other.p) == pytest.approx((one.se, one.p))


@pytest.mark.parametrize(("metrics", "given"), EVERY[:3] + EVERY[4:5])
def test_scaling_a_metric_scales_effect_and_interval(plan, units, metrics, given):
    one = arm_effects(units, plan(*metrics, **given))[0]
    other = arm_effects(units.assign(spent=8 * units["spent"]), plan(*metrics, **given))[0]
    assert numbers(other)[:4] == pytest.approx([8 * x for x in numbers(one)[:4]])
    assert numbers(other)[4:] == pytest.approx(numbers(one)[4:])


@pytest.mark.parametrize(("metrics", "given"), EVERY[:3] + EVERY[4:5])
def test_a_constant_added_leaves_difference_and_error(plan, units, metrics, given):
    one = arm_effects(units, plan(*metrics, **given))[0]
    other = arm_effects(units.assign(spent=units["spent"] + 1e4), plan(*metrics, **given))[0]
    assert numbers(other)[:5] == pytest.approx(numbers(one)[:5], rel=1e-6)


@pytest.mark.parametrize(("metrics", "given"), EVERY)
@pytest.mark.parametrize("shift", [0.0, 0.02, 0.04, 0.06])
def test_both_intervals_leave_zero_out_exactly_when_p_is_small(plan, units, metrics, given, shift):
    moved = units.assign(spent=units["spent"] - shift * 5 * (units["arm"] == "offer"))
    row = arm_effects(moved, plan(*metrics, **given))[0]
    assert (row.p < 0.05) == (not row.low <= 0 <= row.high)
    assert (row.p < 0.05) == (not row.lift_low <= 0 <= row.lift_high)


@pytest.mark.parametrize(("metrics", "given"), EVERY)
def test_neither_the_order_of_rows_nor_their_type_matters(plan, units, metrics, given):
    one = arm_effects(units, plan(*metrics, **given))[0]
    mixed = units.sample(frac=1, random_state=1).astype({"spent": "Float64", "clicks": "int32"})
    other = arm_effects(mixed, plan(*metrics, **given))[0]
    assert numbers(other) == pytest.approx(numbers(one), rel=1e-10)


def test_unknown_values_are_left_out_and_counted(plan, units):
    known = np.arange(len(units)) % 4 > 0
    some = units.assign(spent=units["spent"].where(known))
    row = arm_effects(some, plan(mean_metric()))[0]
    assert row.n == known.sum()
    assert row.treated.n_null + row.control.n_null == (~known).sum()
    without = arm_effects(units[known], plan(mean_metric()))[0]
    assert numbers(row) == pytest.approx(numbers(without), rel=1e-12)


def test_a_difference_within_the_margin_is_the_same(plan, units):
    row = arm_effects(units, plan({"id": "bought", "margin": 0.1, "role": "other"}))[0]
    assert (row.verdict, row.p_margin < 0.05) == ("same", True)


def test_no_difference_is_not_the_same_without_the_units_to_show_it(plan, counted):
    few = counted({"control": (8, 40), "offer": (8, 40)})
    row = arm_effects(few, plan({"id": "bought", "margin": 0.05, "role": "other"}))[0]
    assert row.verdict == "no_difference"


# An independent way to the same comparison: the plan with one of the good arms as its control.
@pytest.mark.parametrize("is_stratified", [False, True])
def test_good_arms_are_compared_by_adjusted_means_as_if_one_were_the_control(
    plan, units, is_stratified
):
    third = np.random.default_rng(3).permutation(np.arange(len(units)) % 3 == 0)
    units = units.assign(arm=units["arm"].mask(third, "letter"), spent=units["spent"] + 0.5 * third)
    units["spent"] += 0.4 * (units["arm"] == "offer")
    metric = mean_metric(covariates=["before"])
    asked = plan(
        metric,
        arms=dict.fromkeys(("control", "offer", "letter"), 1 / 3),
        is_stratified=is_stratified,
    )
    (rival,) = analyse(asked, units).decision.rivals
    turned = asked.model_copy(update={"control": rival.control_arm})
    row = next(r for r in arm_effects(units, turned) if r.is_main and r.arm == rival.arm)
    assert row.calculation == rival.calculation == "adjusted"
    assert [getattr(rival, f) for f in FIELDS] == pytest.approx([getattr(row, f) for f in FIELDS])
