"""The ladder of loyalty and the steps up agree with counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.journey.ladder import ladder_levels, loyalty_ladder
from cjm_research.journey.moving_up import first_order_traits, moving_up
from cjm_research.journey.second_order import due_second, one_time_buyers
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.model import Limits

START = pd.Timestamp("2026-01-01", tz="UTC")
NO_FEEDBACK = pd.DataFrame({"feedback_id": [], "kind": []})
FEW = Limits(hidden_below=1, facts_below=1, claims_from=1)


def orders(*rows, **more):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "day", *more.pop("columns", ())])
    frame["ordered_at"] = START + pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    return frame.assign(amount=1.0)


def on(day):
    return START + pd.Timedelta(days=day)


def test_each_rung_is_told_by_orders_and_the_newest_answer():
    bought = orders(
        *[("once", 0), ("twice", 0), ("twice", 5)],
        *[(c, d) for c in ("often", "fan") for d in range(4)],
    )
    asked = pd.DataFrame(
        {
            "kind": "nps",
            "customer_id": ["fan", "fan", "often", "once"],
            "given_at": [on(1), on(9), on(9), on(9)],
            "score": [3.0, 9.0, 8.0, 10.0],
        }
    )
    got = ladder_levels(bought, asked).set_index("customer_id")["rung"].to_dict()
    assert got == {"once": "one_time", "twice": "repeat", "often": "regular", "fan": "promoter"}


def test_returned_orders_are_no_step_up():
    bought = orders(("a", 0), ("a", 5)).assign(status=["completed", "returned"])
    assert ladder_levels(bought, NO_FEEDBACK)["rung"].tolist() == ["one_time"]


def test_shares_of_the_rungs_add_up_to_all_who_bought():
    bought = orders(*[(f"c{i}", d) for i in range(30) for d in range(i % 5 + 1)])
    got = loyalty_ladder(bought, NO_FEEDBACK)
    assert sum(level.customers for level in got.levels) == got.n_customers == 30
    assert sum(level.share for level in got.levels) == pytest.approx(1)


def test_no_orders_are_no_ladder():
    with pytest.raises(NoDataError, match="no ladder of loyalty"):
        loyalty_ladder(orders(), NO_FEEDBACK)


def test_a_regular_customer_has_three_orders_at_least():
    with pytest.raises(ParameterError, match="regular_from must be 3 or more; got 2"):
        ladder_levels(orders(("a", 0)), NO_FEEDBACK, regular_from=2)


def test_an_open_window_is_no_refusal():
    # On day 100: a came back on day 10; b (day 0) never; c began on day 80, so that its 30 days
    # are not over. One of two within 30 days; c is in no share.
    got = moving_up(
        orders(("a", 0), ("a", 10), ("b", 0), ("c", 80)), observed_until=on(100)
    ).whole()
    (row,) = [r for r in got.rows if (r.ladder_step, r.within_days) == ("second_order", 30)]
    assert (row.group.customers, row.group.n, row.n_open) == (1, 2, 1)
    low, high = wilson_interval(1, 2)
    assert (row.group.low, row.group.high) == (low, high)


def test_beside_it_stands_the_share_with_all_counted():
    # Kaplan and Meier by hand, day 100: a on day 10 of three at risk: 1/3; c watched 20 days.
    got = moving_up(
        orders(("a", 0), ("a", 10), ("b", 0), ("c", 80)), observed_until=on(100)
    ).whole()
    (row,) = [r for r in got.rows if (r.ladder_step, r.within_days) == ("second_order", 30)]
    assert row.eventual == pytest.approx(1 / 3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 200)), min_size=1, max_size=25),
    st.integers(201, 260),
)
def test_steps_up_agree_with_walking_through_each_customer(rows, end):
    got = moving_up(orders(*set(rows)), observed_until=on(end), main_days=90)
    days = {c: sorted({d for who, d in rows if who == c}) for c, _ in rows}
    for step, number in (("second_order", 1), ("third_order", 2)):
        known = [d for d in days.values() if len(d) >= number]
        mature = [d for d in known if end - d[number - 1] >= 90]
        came = [d for d in mature if len(d) > number and d[number] - d[number - 1] <= 90]
        (row,) = [r for r in got.rows if (r.ladder_step, r.within_days) == (step, 90)]
        assert (row.group.customers, row.group.n) == (len(came), len(mature))
        assert row.n_open == len(known) - len(mature)


def test_groups_of_the_first_order_are_compared_with_the_others():
    bought = orders(
        *[(f"a{i}", d, "app") for i in range(40) for d in (0, 10)],
        *[(f"b{i}", 0, "web") for i in range(40)],
        columns=("channel",),
    )
    got = moving_up(
        bought, first_order_traits(bought), observed_until=on(200), limits=FEW
    ).by_trait()
    app, web = (r.group for r in got.rows)
    assert (app.trait, app.share, app.rest) == ("channel=app", 1, 0)
    assert (web.trait, web.share, web.rest) == ("channel=web", 0, 1)
    assert [f.status for f in got.findings()] == ["shown", "shown"]


def test_pains_count_only_between_the_first_order_and_the_second():
    bought = orders(("a", 0), ("a", 10), ("b", 0), ("c", 0))
    codes = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c"],
            "given_at": [on(12), on(5), on(3), on(40)],
            "theme": ["late", "form", "late", "late"],
            "theme_kind": "pain",
        }
    )
    got = first_order_traits(bought, feedback_codes=codes).set_index("customer_id")
    assert got.loc["a", ["pain form", "pain late"]].tolist() == [True, False]
    assert got.loc["b", ["pain form", "pain late"]].tolist() == [False, True]
    assert got.loc["c"].isna().all()


def test_overlapping_segments_are_refused():
    bought = orders(("a", 0))
    segments = pd.DataFrame({"customer_id": ["a", "a"], "segment": ["x", "y"]})
    with pytest.raises(DataError, match="more than one"):
        first_order_traits(bought, segments=segments)


def test_who_is_due_for_a_second_order():
    # Ten came back after 1..10 days: half by 5.5, nine in ten by 9.1. On day 20, one-time
    # buyers of day 19, 12 and 0 have waited 1, 8 and 20 days.
    back = [(f"r{i}", d) for i in range(1, 11) for d in (0, i)]
    bought = orders(*back, ("new", 19), ("now", 12), ("old", 0))
    got = one_time_buyers(bought, observed_until=on(20)).set_index("customer_id")
    assert got["due_state"].to_dict() == {"new": "early", "now": "due", "old": "overdue"}
    counted = due_second(bought, observed_until=on(20))
    assert (counted.counts, counted.due_from, counted.due_until) == ((1, 1, 1), 5.5, 9.1)


def test_nobody_who_came_back_tells_no_due_time():
    with pytest.raises(NoDataError, match="Nobody has ordered a second time"):
        due_second(orders(("a", 0)), observed_until=on(20))


def test_who_was_watched_for_a_month_tells_nothing_of_a_year():
    got = moving_up(orders(("a", 0), ("a", 10), ("b", 0)), observed_until=on(30)).whole()
    shares = {r.within_days: r.eventual for r in got.rows if r.ladder_step == "second_order"}
    assert shares[30] == pytest.approx(1 / 2)
    assert np.isnan(shares[365])


def test_nobody_who_came_back_is_a_share_of_zero():
    got = moving_up(orders(("a", 0), ("b", 0)), observed_until=on(100)).whole()
    (row,) = [r for r in got.rows if (r.ladder_step, r.within_days) == ("second_order", 90)]
    assert row.eventual == 0
