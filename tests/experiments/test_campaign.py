"""A whole experiment at once."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cjm_research.errors import ParameterError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.units import unit_metrics

REVENUE = {"id": "revenue", "kind": "mean", "is_money": True}


@pytest.fixture(scope="module")
def result(plan, counted):
    units = counted({"control": (100, 1000), "offer": (160, 1000)})
    units["revenue"] = np.random.default_rng(0).exponential(100, 2000)
    units["visits"] = np.random.default_rng(1).poisson(3, 2000).astype(float)
    places = pd.DataFrame({"unit_id": units["unit_id"],
                           "place": np.where(np.arange(2000) % 2 == 0, "x", "y")})  # fmt: skip
    experiment = plan({"id": "bought"}, REVENUE, {"id": "visits", "kind": "mean", "role": "other"})
    return analyse(experiment, units, segments=places)


def test_every_table_has_exactly_the_columns_it_declares(result):
    for table in result.results:
        assert list(table.to_frame()) == list(table.units)


def test_every_finding_has_an_id_of_its_own(result):
    ids = [f.id for f in result.findings()]
    assert len(set(ids)) == len(ids)


def test_a_result_survives_pickling(result):
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.decision.to_frame(), result.decision.to_frame())


def test_each_measure_has_a_table_of_its_own(result):
    names = [type(t).__name__ for t in result.effects]
    assert names == ["ConversionEffects", "MoneyEffects", "NumberEffects"]


def test_the_numbers_of_the_table_can_be_computed_again_by_hand(result):
    row = result.effects[0].to_frame().iloc[0]
    assert row["treated_value"] == row["total_arm"] / row["n_arm"]
    assert row["difference"] == pytest.approx(row["treated_value"] - row["control_value"])
    assert row["relative_change"] == pytest.approx(row["difference"] / row["control_value"])
    assert row["per_thousand"] == pytest.approx(1000 * row["difference"])


def test_the_smallest_effect_that_can_be_seen_is_given_for_success_metrics(result):
    frame = result.sensitivity.to_frame().set_index("metric")
    assert list(frame.index) == ["bought", "revenue"]
    # By hand: Fleiss' formula at the lift that is given has a power of 80 %.
    base, rate = 0.1, 0.1 * (1 + frame.loc["bought", "detectable_change"])
    mean = (base + rate) / 2
    null = np.sqrt(2 * mean * (1 - mean) / 1000)
    true = np.sqrt((base * (1 - base) + rate * (1 - rate)) / 1000)
    assert norm.cdf((rate - base - 1.959964 * null) / true) == pytest.approx(0.8, abs=1e-6)


def test_the_order_of_units_does_not_matter(plan, counted):
    units = counted({"control": (100, 1000), "offer": (160, 1000)})
    units["revenue"] = np.random.default_rng(0).exponential(100, 2000)
    experiment = plan({"id": "bought"}, REVENUE)
    one, other = (
        analyse(experiment, units),
        analyse(experiment, units.sample(frac=1, random_state=1)),
    )
    for a, b in zip(one.rows, other.rows, strict=True):
        assert (a.difference, a.p) == pytest.approx((b.difference, b.p), rel=1e-10)


def test_confidence_is_a_share(plan, counted):
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1; got 95"):
        analyse(plan(), counted({"control": (1, 5), "offer": (1, 5)}), confidence=95)


def test_one_unit_in_each_arm_has_no_winner(plan, counted):
    result = analyse(plan(), counted({"control": (0, 1), "offer": (1, 1)}))
    assert result.decision.shipped == ()


def test_units_from_exposures_are_analysed_whole(plan):
    start = pd.Timestamp("2026-03-01", tz="UTC")
    ids = [f"c{i}" for i in range(600)]
    shown = pd.DataFrame({"experiment": "test", "unit_id": ids, "exposed_at": start,
                          "arm": ["control", "offer"] * 300})  # fmt: skip
    bought = pd.DataFrame({"customer_id": ids[1:200:2] + ids[0:40:2],
                           "ordered_at": start + pd.Timedelta(days=1), "amount": 5.0})  # fmt: skip
    experiment = plan({"id": "bought", "within_days": 7})
    result = analyse(experiment, unit_metrics(experiment, shown, orders=bought))
    assert (result.rows[0].treated.successes, result.rows[0].control.successes) == (100, 20)
    assert result.decision.state == "ship"
