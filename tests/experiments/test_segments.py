"""Effects by segment: the interaction is asked first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import SchemaError
from cjm_research.experiments.segments import segment_effects


def by_place(counted, rates, n=1000):
    """Units of places, each with ``{arm: converted}`` out of n."""
    parts = []
    for place, counts in rates.items():
        part = counted({arm: (x, n) for arm, x in counts.items()})
        parts.append(part.assign(place=place, unit_id=place + part["unit_id"]))
    units = pd.concat(parts, ignore_index=True)
    return units, units[["unit_id", "place"]]


SAME = {
    "x": {"control": 100, "offer": 140},
    "y": {"control": 200, "offer": 240},
    "z": {"control": 300, "offer": 340},
}
DIFFERENT = {**SAME, "z": {"control": 300, "offer": 500}}


def test_an_effect_that_is_the_same_everywhere_names_no_segment(plan, counted):
    units, places = by_place(counted, SAME)
    found = segment_effects(units, plan(), places)
    assert [t.verdict for t in found.interactions.tests] == ["not_shown"]
    assert {f.status for f in found.effects[0].findings()} == {"not_significant"}


def test_an_effect_that_differs_names_its_segments(plan, counted):
    units, places = by_place(counted, DIFFERENT)
    found = segment_effects(units, plan(), places)
    assert [t.verdict for t in found.interactions.tests] == ["differs"]
    told = {f.subject["segment"] for f in found.effects[0].findings() if f.status == "shown"}
    assert "z" in told


# By hand: differences .04, .04, .20; errors with one success and failure added to each arm;
# Q is the weighted sum of squares about the weighted mean.
def test_the_interaction_is_cochrans_q(plan, counted):
    units, places = by_place(counted, DIFFERENT)
    (test,) = segment_effects(units, plan(), places).interactions.tests
    rates = np.array([[101, 141], [201, 241], [301, 501]]) / 1002
    weights = 1 / (rates * (1 - rates) / 1002).sum(axis=1)
    effects = np.array([0.04, 0.04, 0.20])
    mean = (weights * effects).sum() / weights.sum()
    assert test.q == pytest.approx((weights * (effects - mean) ** 2).sum())
    assert test.df == 2


def test_a_segment_that_is_too_small_is_not_shown(plan, counted):
    units, places = by_place(counted, SAME)
    few, own = by_place(counted, {"w": {"control": 0, "offer": 8}}, n=8)
    found = segment_effects(pd.concat([units, few]), plan(), pd.concat([places, own]))
    assert "w" not in set(found.effects[0].to_frame()["segment"])
    assert found.interactions.tests[0].n_segments == 3


def test_a_segment_where_nobody_buys_is_not_known_exactly(plan, counted):
    rates = {"x": {"control": 0, "offer": 0}, "y": {"control": 100, "offer": 130}}
    units, places = by_place(counted, rates, n=200)
    (test,) = segment_effects(units, plan(), places).interactions.tests
    assert np.isfinite(test.q)


def test_units_without_a_segment_are_left_out(plan, counted):
    units, places = by_place(counted, SAME)
    places.loc[places["place"] == "z", "place"] = None
    assert segment_effects(units, plan(), places).interactions.tests[0].n == 4000


def test_one_segment_alone_has_nothing_to_differ_from(plan, counted):
    units, places = by_place(counted, {"x": {"control": 100, "offer": 140}})
    (test,) = segment_effects(units, plan(), places).interactions.tests
    assert test.verdict == "not_checked"


def test_every_question_of_a_difference_is_in_one_family(plan, counted):
    units, places = by_place(counted, DIFFERENT)
    places["half"] = np.where(np.arange(len(places)) % 2 == 0, "even", "odd")
    tests = segment_effects(units, plan(), places).interactions.tests
    smallest = min(tests, key=lambda t: t.p)
    assert smallest.p_adjusted == pytest.approx(2 * smallest.p)


def test_guardrails_are_not_searched_for_segments(plan, counted):
    units, places = by_place(counted, SAME)
    found = segment_effects(units, plan({"role": "guardrail"}), places)
    assert found.interactions.tests == ()
    assert found.effects == ()


def test_segments_need_unit_ids(plan, counted):
    units, places = by_place(counted, SAME)
    with pytest.raises(SchemaError, match="'segments' has no column 'unit_id'"):
        segment_effects(units, plan(), places.rename(columns={"unit_id": "id"}))


@pytest.mark.slow
def test_noise_makes_a_winner_no_more_often_than_promised(plan):
    # Ten segments, no effect anywhere: a segment is named in at most 5 % of 600 runs, with
    # three simulation standard errors (0.9 points) of room.
    rng = np.random.default_rng(12)
    experiment, n = plan(), 4000
    units = pd.DataFrame({"unit_id": np.arange(n).astype(str),
                          "arm": np.where(np.arange(n) % 2 == 0, "control", "offer")})  # fmt: skip
    places = pd.DataFrame({"unit_id": units["unit_id"], "place": (np.arange(n) // 400).astype(str)})
    named = 0
    for _ in range(600):
        units["bought"] = (rng.random(n) < 0.2).astype(float)
        found = segment_effects(units, experiment, places)
        named += any(f.status == "shown" for f in found.effects[0].findings())
    assert named / 600 <= 0.077
