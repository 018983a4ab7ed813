"""What is wrong with an experiment is said in one sentence, and is never a winner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DataError, DesignError, NoDataError, ParameterError, SchemaError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.campaign_plan import Plan
from cjm_research.experiments.campaign_plan import plan as declare
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.folded import effects_of_moments, units_moments
from cjm_research.experiments.looks import campaign_looks
from cjm_research.experiments.segments import segment_effects
from cjm_research.experiments.simulator import simulate_nulls
from cjm_research.experiments.totals import analyse_totals
from cjm_research.experiments.units import unit_metrics

START = pd.Timestamp("2026-03-01", tz="UTC")
ARMS = {"control": {"label": "No letter", "share": 0.5}, "offer": {"label": "Letter", "share": 0.5}}
METRIC = {"id": "bought", "label": "Bought", "kind": "conversion", "table": "orders"}
SPENT = {"id": "revenue", "label": "Revenue", "kind": "mean", "table": "orders", "is_money": True}


def declared(*metrics, **given):
    keys = {"id": "test", "label": "A test", "control": "control", "arms": ARMS, **given}
    return declare(metrics=list(metrics) or [METRIC], **keys)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arms": {"control": ARMS["control"]}}, "at least two arms"),
        ({"control": "contol"}, r"'contol' is not an arm\. Did you mean 'control'\?"),
        ({"arms": {**ARMS, "third": {"label": "x", "share": 0.5}}}, "add up to 1; got 1.5"),
        ({"metrik": []}, "The plan is wrong at 'metrik'"),
        ({"looks": 0}, "The plan is wrong at 'looks'"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "ends before it starts"),
    ],
)
def test_a_plan_that_cannot_be_names_what_is_wrong(given, message):
    with pytest.raises(ParameterError, match=message):
        declared(**given)


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ({"kind": "ratio"}, "'per' and the kind 'ratio' go together"),
        ({"kind": "quantile"}, "'quantile' and the kind of that name go together"),
        ({"kind": "mean", "also": ["exact"]}, "the exact test is of the kind 'conversion'"),
        ({"table": "outcomes", "before_days": 30}, "'before_days' needs orders or events"),
        ({"covariates": ["bought"]}, "a covariate is known before the exposure"),
        ({"margin": -1}, "margin"),
    ],
)
def test_a_metric_that_cannot_be_names_what_is_wrong(metric, message):
    with pytest.raises(ParameterError, match=message):
        declared({**METRIC, **metric})


def test_a_metric_is_declared_once():
    with pytest.raises(ParameterError, match="the metric 'bought' twice"):
        declared(METRIC, METRIC)


def test_a_plan_does_not_change():
    with pytest.raises(AttributeError):
        declared().confidence = 0.9


def test_a_confidence_in_percent_is_refused():
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1; got 95"):
        Plan(experiment=declared().experiment, confidence=95)


def units(n=400, **columns):
    arm = np.tile(["control", "offer"], n // 2)
    ids = [f"u{i:05}" for i in range(n)]
    bought = (np.arange(n) % 5 == 0).astype(float)
    return pd.DataFrame({"unit_id": ids, "arm": arm, "bought": bought, **columns})


def states(result):
    return {a.state for a in result.decision.arms}


def test_an_arm_with_no_units_is_invalid():
    only = units()[lambda u: u["arm"] == "control"]
    result = analyse(declared().experiment, only)
    assert states(result) == {"invalid"}
    assert "empty_arm" in {c.check for c in result.checks.broken}


def test_a_metric_of_nulls_has_no_winner():
    result = analyse(declared().experiment, units().assign(bought=np.nan))
    assert states(result) == {"invalid"}
    assert result.rows[0].problem == "no_values"


def test_text_in_a_metric_is_named():
    with pytest.raises(DataError, match="'bought' must be a number; got 'yes'"):
        analyse(declared().experiment, units().assign(bought="yes"))


def test_a_conversion_of_two_is_named():
    with pytest.raises(DataError, match="must be 0 or 1 for each unit; got 2"):
        analyse(declared().experiment, units().assign(bought=2.0))


def test_infinity_is_named():
    with pytest.raises(DataError, match="'revenue' must be finite"):
        analyse(declared(SPENT).experiment, units(revenue=np.inf))


def test_an_unknown_metric_names_the_nearest_column():
    with pytest.raises(SchemaError, match=r"no column 'bougth'.*Did you mean 'bought'"):
        analyse(declared({**METRIC, "id": "bougth"}).experiment, units())


def test_negative_revenue_is_a_warning_with_its_count():
    revenue = np.where(np.arange(400) % 100 == 0, -5.0, np.arange(400) % 7)
    result = analyse(declared(SPENT).experiment, units(revenue=revenue))
    (check,) = (c for c in result.checks.checks if c.check == "negative_values")
    assert (check.verdict, check.count) == ("warning", 4)


def test_a_unit_in_two_rows_is_refused():
    doubled = pd.concat([units(), units().iloc[:3]])
    with pytest.raises(DesignError, match="3 rows of 'test' name a unit"):
        analyse(declared().experiment, doubled)


def test_units_in_both_arms_break_the_test():
    shown = pd.DataFrame(
        {"experiment": "test", "unit_id": [f"u{i}" for i in range(100)] * 2,
         "arm": ["control"] * 100 + ["offer"] * 100, "exposed_at": START}
    )  # fmt: skip
    result = analyse(declared().experiment, unit_metrics(declared().experiment, shown))
    assert states(result) == {"invalid"}


def test_dates_outside_the_window_are_left_out_and_said():
    shown = pd.DataFrame(
        {"experiment": "test", "unit_id": [f"u{i}" for i in range(200)],
         "arm": ["control", "offer"] * 100, "exposed_at": START - pd.Timedelta(days=90)}
    )  # fmt: skip
    dated = declared(starts_on="2026-03-01", ends_on="2026-03-28").experiment
    result = analyse(dated, unit_metrics(dated, shown))
    outside = next(c for c in result.checks.checks if c.check == "outside_dates")
    assert (outside.count, states(result)) == (200, {"invalid"})


@pytest.mark.parametrize("n", [2, 4])
def test_hardly_any_units_never_win(n):
    few = units(n, revenue=np.arange(float(n)))
    result = analyse(declared(METRIC, SPENT).experiment, few)
    assert not states(result) & {"ship", "do_not_ship"}


def test_a_zero_baseline_has_a_difference_and_no_relative_change():
    nobody = units().assign(bought=lambda u: (u["arm"] == "offer").astype(float))
    row = analyse(declared().experiment, nobody).rows[0]
    assert row.difference == 1.0
    assert row.lift != row.lift
    assert row.lift_shape == "unknown"


def test_a_covariate_that_is_nowhere_names_the_nearest():
    shown = pd.DataFrame(
        {"experiment": "test", "unit_id": ["a", "b"], "arm": ["control", "offer"],
         "exposed_at": START}
    )  # fmt: skip
    customers = pd.DataFrame({"customer_id": ["a", "b"], "visits": [1, 2], "city": ["x", "y"]})
    metric, text = ({**METRIC, "covariates": [name]} for name in ("visit", "city"))
    with pytest.raises(DataError, match="Did you mean 'visits'"):
        unit_metrics(declared(metric).experiment, shown, customers=customers)
    with pytest.raises(DataError, match="'customers' holds text in it"):
        unit_metrics(declared(text).experiment, shown, customers=customers)


def test_a_table_that_plays_no_part_is_named():
    with pytest.raises(ParameterError, match=r"no table 'order'.*Did you mean 'orders'"):
        declared().analyse({"exposures": pd.DataFrame({"experiment": ["test"]}), "order": None})


def test_nobody_exposed_is_nothing_to_report():
    shown = pd.DataFrame({"experiment": ["other"], "unit_id": ["a"], "arm": ["control"]})
    with pytest.raises(NoDataError, match="Nobody was exposed"):
        declared().analyse({"exposures": shown})


@pytest.mark.parametrize(
    ("given", "message"),
    [({"target_change": -0.1}, "target_change"), ({"power": 80}, "power"),
     ({"units_per_day": 0.0}, "units_per_day")],
)  # fmt: skip
def test_a_power_that_cannot_be_asked_for_is_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        declared().power(units(), **given)


def test_a_history_of_one_unit_is_no_history():
    with pytest.raises(DataError, match="A history of 1 units has no spread"):
        declared().power(units().iloc[:1])


# --- a campaign without a control --------------------------------------------------------


def _only_reached():
    return declare(id="test", label="A test", arms=ARMS, metrics=[METRIC]).experiment


def _few_units():
    return pd.DataFrame({"unit_id": ["a", "b"], "arm": ["control", "offer"], "bought": [0.0, 1.0]})


@pytest.mark.parametrize(
    "ask",
    [
        analyse,
        lambda e, u: arm_effects(u, e),
        lambda e, u: segment_effects(u, e, u[["unit_id"]].assign(region="x")),
        lambda e, u: simulate_nulls(u, e, rng=np.random.default_rng(1)),
        lambda e, u: campaign_looks(u, e),
        lambda e, u: effects_of_moments(units_moments(e, u), e),
        lambda e, u: Plan(experiment=e).power(u),
        lambda e, u: analyse_totals(e, u.assign(experiment="test", metric="bought", n=1, total=1)),
    ],
)
def test_without_a_control_no_effect_is_looked_for(ask):
    with pytest.raises(DesignError, match=r"no control.*\['control', 'offer'\] as 'control'"):
        ask(_only_reached(), _few_units())


# --- planning ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"target_change": 0}, "target_change must be larger than 0; got 0"),
        ({"power": 0.04}, r"above the chance of error, 0\.05, and below 1; got 0\.04"),
        ({"units_per_day": 0}, "units_per_day must be larger than 0"),
    ],
)
def test_a_size_that_cannot_be_asked_for_is_refused(asked, message):
    with pytest.raises(ParameterError, match=message):
        declared(looks=5).power(_few_units(), **asked)


def test_a_chance_that_error_alone_gives_needs_no_more_units_for_looks():
    units = pd.concat([_few_units()] * 50).assign(unit_id=range(100))
    assert declared(looks=5).power(units, power=0.06).look_factor == 1


def test_the_missing_table_of_exposures_is_named_with_the_nearest():
    with pytest.raises(SchemaError, match=r"'exposures' is needed.*Did you mean 'exposure'"):
        declared().analyse({"exposure": pd.DataFrame()})


def test_numbers_without_an_end_are_refused():
    with pytest.raises(ParameterError, match=r"'metrics.0.within_days'.*finite"):
        declared({**METRIC, "within_days": float("inf")})
