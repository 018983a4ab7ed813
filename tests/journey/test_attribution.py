"""Credit agrees with published cases and with exact rational arithmetic."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.credit import as_units, game_values, moves_made, removal_effects
from cjm_research.journey.touch_paths import touch_paths

NO_DRAWS = {"replicates": 0}


def table(journeys):
    """Journeys are (kinds met, converted, how many such); one touch a day."""
    rows = []
    for i, (met, won, count) in enumerate(journeys):
        for copy in range(count):
            who = f"c{i}-{copy}"
            rows += [(who, day, "meet", kind) for day, kind in enumerate(met)]
            rows += [(who, len(met), "buy", None)] if won else []
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage", "channel"])
    days = pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    frame["channel"] = frame["channel"].astype("string[pyarrow]")
    return frame.assign(occurred_at=pd.Timestamp("2026-01-01", tz="UTC") + days)


def credited(journeys, model, **plan):
    chosen = AttributionPlan(conversion="buy", models=(model,), **(NO_DRAWS | plan))
    rng = np.random.default_rng(0)
    return attribution(table(journeys), chosen, rng=rng)


def credits_of(journeys, model, **plan):
    return {r.touch: r.credit for r in credited(journeys, model, **plan).rows}


journey_lists = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4), st.booleans()),
    min_size=1,
    max_size=9,
)


def won(journeys):
    return [(met, is_won, 1) for met, is_won in journeys]


# --- exact rationals ------------------------------------------------------------------


def moves_of(journeys):
    """Count the moves from each state of the chain."""
    moves: dict[str, Counter] = {}
    for met, is_won in journeys:
        for one, other in pairwise(["start", *met, "won" if is_won else "lost"]):
            moves.setdefault(one, Counter())[other] += 1
    return moves


def solved(rows):
    """Solve linear equations in fractions; each row ends with its right side."""
    for i in range(len(rows)):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(len(rows)):
            factor = rows[r][i] if r != i else 0
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


def exact_conversion(journeys, without=None):
    """Chance of a conversion in the chain, in fractions; nobody comes to the kind `without`."""
    moves = moves_of(journeys)
    states = [s for s in moves if s != without]
    chance = {s: {o: Fraction(n, moves[s].total()) for o, n in moves[s].items()} for s in states}
    rows = [
        [Fraction(int(s == o)) - chance[s].get(o, 0) for o in states] + [chance[s].get("won", 0)]
        for s in states
    ]
    return solved(rows)[states.index("start")]


def exact_game(journeys, worth):
    """Shapley's value by its definition: the mean over all orders of coming in."""
    kinds = sorted({k for met, _ in journeys for k in met})
    values = dict.fromkeys(kinds, Fraction(0))
    for order in permutations(kinds):
        for i, kind in enumerate(order):
            values[kind] += worth(set(order[: i + 1])) - worth(set(order[:i]))
    return {k: v / factorial(len(kinds)) for k, v in values.items()}


@settings(max_examples=100, deadline=None)
@given(journey_lists)
def test_removal_effects_are_those_of_exact_rationals(journeys):
    assume(any(is_won for _, is_won in journeys))
    paths = touch_paths(table(won(journeys)), "buy")
    units = as_units(paths, ("markov",), half_life_days=7)
    effects, whole = removal_effects(moves_made(units, weights=units.count[:, None])[0])
    exact = exact_conversion(journeys)
    assert whole == pytest.approx(float(exact), abs=1e-12)
    known = [float(1 - exact_conversion(journeys, without=k) / exact) for k in paths.names]
    np.testing.assert_allclose(effects, known, rtol=0, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(journey_lists)
def test_the_chain_converts_as_often_as_the_journeys_do(journeys):
    # Every journey that comes to a state leaves it: the chain keeps the share exactly.
    assume(any(is_won for _, is_won in journeys))
    share = Fraction(sum(is_won for _, is_won in journeys), len(journeys))
    assert exact_conversion(journeys) == share


@settings(max_examples=60, deadline=None)
@given(journey_lists)
def test_shapleys_credit_is_that_of_all_orders_of_coming_in(journeys):
    assume(any(is_won for _, is_won in journeys))
    exact = exact_game(journeys, lambda s: sum(w for met, w in journeys if set(met) <= s))
    got = credits_of(won(journeys), "shapley")
    assert got == pytest.approx({k: float(v) for k, v in exact.items()}, abs=1e-9)


def test_five_channels_of_every_journey_share_alike():
    # A peer that looks at four channels at most gives one of them nothing.
    assert credits_of([("abcde", True, 10)], "shapley") == pytest.approx(dict.fromkeys("abcde", 2))


@settings(max_examples=60, deadline=None)
@given(journey_lists)
def test_the_game_for_the_rate_is_that_of_all_orders_of_coming_in(journeys):
    def rate(kinds):
        inside = [w for met, w in journeys if set(met) <= kinds]
        return Fraction(sum(inside), len(inside)) if inside else Fraction(0)

    assume(any(is_won for _, is_won in journeys))
    paths = touch_paths(table(won(journeys)), "buy")
    exact = exact_game(journeys, rate)
    known = [float(exact[k]) for k in paths.names]
    np.testing.assert_allclose(game_values(paths), known, rtol=0, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(journey_lists)
def test_credits_add_up_to_the_conversions(journeys):
    assume(any(is_won for _, is_won in journeys))
    got = attribution(
        table(won(journeys)), AttributionPlan(conversion="buy", replicates=0),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    sums = got.to_frame().groupby("credit_model")["credit"].sum()
    np.testing.assert_allclose(sums, got.n_conversions, rtol=0, atol=1e-9)


# --- published and textbook cases -----------------------------------------------------


def test_the_textbook_chain_of_three_journeys():
    # C1-C2-C3 converts, C1 and C2-C3 do not. Bryl S. (2016), Marketing multi-channel attribution
    # model with R, part 1: P = 1/3, without C1 1/6, without C2 or C3 0. So the effects are
    # 1/2, 1, 1 and the credit 0.2, 0.4, 0.4 (ChannelAttribution simulates: 0.2006, 0.3997).
    journeys = [(["C1", "C2", "C3"], True, 1), (["C1"], False, 1), (["C2", "C3"], False, 1)]
    got = credited(journeys, "markov").rows
    assert {r.touch: r.effect for r in got} == pytest.approx({"C1": 0.5, "C2": 1, "C3": 1})
    assert {r.touch: r.credit for r in got} == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})


def test_five_kinds_that_are_always_met_together_share_alike():
    # One more than the peer MAM looks at: it drops the first and gives 2.5 to each of four.
    got = credits_of([(list("abcde"), True, 10)], "shapley")
    assert got == pytest.approx(dict.fromkeys("abcde", 2.0))


def test_the_glove_game():
    # Two left gloves, one right one; a pair is worth 1. The right one is worth 2/3, each left
    # one 1/6 (Shapley's standard example). Here: who met r and any l converts.
    paths = touch_paths(
        table([
            (["l"], False, 1), (["m"], False, 1), (["r"], False, 1), (["l", "m"], False, 1),
            (["l", "r"], True, 10**4), (["m", "r"], True, 10**4), (["l", "m", "r"], True, 10**4),
        ]),
        "buy",
    )  # fmt: skip
    assert game_values(paths) == pytest.approx([1 / 6, 1 / 6, 2 / 3], abs=1e-3)


def test_each_rule_gives_its_weights():
    journeys = [(["a", "b", "c"], True, 1)]
    assert credits_of(journeys, "first") == {"a": 1, "b": 0, "c": 0}
    assert credits_of(journeys, "last") == {"a": 0, "b": 0, "c": 1}
    assert credits_of(journeys, "linear") == pytest.approx(dict.fromkeys("abc", 1 / 3))
    assert credits_of(journeys, "position") == pytest.approx({"a": 0.4, "b": 0.2, "c": 0.4})


def test_of_two_touches_position_gives_half_each():
    assert credits_of([(["a", "b"], True, 1)], "position") == {"a": 0.5, "b": 0.5}


def test_decay_halves_with_every_half_life():
    # Touches 2 days and 1 day before: with a half-life of a day, one third and two thirds.
    got = credits_of([(["a", "b"], True, 1)], "decay", half_life_days=1)
    assert got == pytest.approx({"a": 1 / 3, "b": 2 / 3})


def test_a_touch_a_hundred_years_before_the_next_does_not_break_decay():
    frame = table([(["a", "b"], True, 1)])
    frame.loc[frame["channel"] == "a", "occurred_at"] -= pd.Timedelta(days=36_500)
    plan = AttributionPlan(conversion="buy", models=("decay",), half_life_days=0.01, replicates=0)
    got = attribution(frame, plan, rng=np.random.default_rng(0))
    assert {r.touch: r.credit for r in got.rows} == {"a": 0, "b": 1}


# --- what counts ----------------------------------------------------------------------


def test_touches_after_the_conversion_count_for_nothing():
    frame = table([(["a"], True, 1)])
    later = frame.iloc[[0]].assign(channel="b", occurred_at=pd.Timestamp("2026-03-01", tz="UTC"))
    paths = touch_paths(pd.concat([frame, later], ignore_index=True), "buy")
    assert paths.names == ("a",)


def test_touches_before_the_lookback_count_for_nothing():
    assert credits_of([(["a", "b"], True, 1)], "linear", lookback_days=1.5) == {"b": 1}


def test_a_conversion_without_a_touch_is_told_apart():
    got = credited([(["a"], True, 2), ([], True, 3)], "last")
    assert (got.n_conversions, got.n_untouched) == (2, 3)


def test_kinds_can_be_left_out():
    got = credited([(["a", "b"], True, 1), (["b"], True, 1)], "last", left_out=("b",))
    assert [(r.touch, r.credit) for r in got.rows] == [("a", 1)]
    assert got.n_untouched == 1


@settings(max_examples=20, deadline=None)
@given(journey_lists, st.permutations(range(9)))
def test_the_names_of_customers_and_the_clock_do_not_matter(journeys, order):
    assume(any(is_won for _, is_won in journeys))
    frame = table(won(journeys))
    other = frame.assign(
        customer_id=frame["customer_id"].map(
            {c: f"x{order[i]}" for i, c in enumerate(frame["customer_id"].unique())}
        ),
        occurred_at=frame["occurred_at"] + pd.Timedelta(days=77.7),
    )
    plan = AttributionPlan(conversion="buy", replicates=0)
    one, two = (attribution(f, plan, rng=np.random.default_rng(0)) for f in (frame, other))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())


# --- bad input ------------------------------------------------------------------------


def test_an_unknown_conversion_names_the_nearest_stage():
    with pytest.raises(ParameterError, match=r"conversion 'bye'.*Did you mean 'buy'"):
        touch_paths(table([(["a"], True, 1)]), "bye")


def test_touches_are_told_by_channel_or_by_touchpoint():
    with pytest.raises(ParameterError, match=r"'channel' or 'touchpoint'; got 'stage'"):
        touch_paths(table([(["a"], True, 1)]), "buy", by="stage")


def test_a_kind_left_out_that_is_not_there_is_an_error():
    with pytest.raises(ParameterError, match="left_out"):
        credited([(["ads"], True, 1)], "last", left_out=("ad",))


def test_nobody_who_converts_is_no_data():
    with pytest.raises(NoDataError, match="Nobody came to the stage 'buy'"):
        credited([([], True, 1), (["a"], False, 1)], "last")


def test_an_unknown_model_is_an_error():
    plan = AttributionPlan(conversion="buy", models=("markow",))
    with pytest.raises(ParameterError, match=r"model 'markow'.*'markov'"):
        attribution(table([(["a"], True, 1)]), plan, rng=np.random.default_rng(0))


# --- the promise of the intervals -----------------------------------------------------


@pytest.mark.slow
def test_intervals_hold_the_true_share_as_often_as_they_say():
    # Two kinds, each met with chance 0.6 and 0.4 (at least one), the order by a coin; converts
    # with chance 0.3, or 0.5 where both were met. True share of last touch: by symmetry of the
    # coin, exactly computable.
    rng = np.random.default_rng(5)
    both, only_a, only_b = 0.6 * 0.4, 0.6 * 0.6, 0.4 * 0.4
    truth = (only_a * 0.3 + both * 0.5 / 2) / (only_a * 0.3 + only_b * 0.3 + both * 0.5)
    hits, runs = 0, 120
    for _ in range(runs):
        kind = rng.choice(3, size=400, p=np.array([only_a, only_b, both]) / (1 - 0.4 * 0.6))
        coin, buys = rng.random(400) < 0.5, rng.random(400) < np.where(kind == 2, 0.5, 0.3)
        met = [["a"] if k == 0 else ["b"] if k == 1 else list("ab" if c else "ba")
               for k, c in zip(kind, coin, strict=True)]  # fmt: skip
        plan = AttributionPlan(conversion="buy", models=("last",), replicates=200)
        frame = table([(m, bool(b), 1) for m, b in zip(met, buys, strict=True)])
        rows = attribution(frame, plan, rng=rng).rows
        (row,) = [r for r in rows if r.touch == "a"]
        hits += row.low <= truth <= row.high
    assert hits / runs > 0.89  # 0.95 less three standard errors of 120 runs
