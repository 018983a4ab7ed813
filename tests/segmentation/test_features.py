"""One row per customer, from orders, events, feedback and contracts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import SchemaError
from cjm_research.segmentation.columns import FEATURES, VOICE_PREFIXES
from cjm_research.segmentation.features import (
    customer_features,
    features_partial,
    finish_features,
    merge_features,
)
from cjm_research.segmentation.kernels import commonest, day_gaps, group_quantile
from cjm_research.segmentation.themes import PREFIX_OF

AS_OF = pd.Timestamp("2026-06-30")
NOTHING = pd.DataFrame({"customer_id": []})


def stamps(*texts):
    return pd.to_datetime(pd.Series(texts), utc=True, format="ISO8601")


def orders(*rows):
    frame = pd.DataFrame(
        rows, columns=["customer_id", "order_id", "ordered_at", "amount", "status"]
    )
    return frame.assign(ordered_at=stamps(*frame["ordered_at"]))


def of_orders(*rows):
    found = customer_features(NOTHING, orders(*rows), NOTHING, NOTHING, as_of=AS_OF)
    return found.set_index("customer_id")


def of_customers(**columns):
    found = customer_features(pd.DataFrame(columns), NOTHING, NOTHING, NOTHING, as_of=AS_OF)
    return found.set_index("customer_id")


def test_every_declared_column_is_there_with_its_type():
    found = of_orders(("a", "1", "2026-06-01", 10.0, None)).reset_index()
    assert list(found) == ["customer_id", *FEATURES]
    expected = {n: pd.Series(dtype=f.dtype).dtype for n, f in FEATURES.items()}
    assert found.dtypes[list(FEATURES)].to_dict() == expected


def test_lines_of_one_order_are_one_order():
    found = of_orders(
        ("a", "1", "2026-06-01", 10.0, None),
        ("a", "1", "2026-06-01", 5.0, None),
        ("a", "2", "2026-06-11", 15.0, None),
    ).loc["a"]
    assert (found["n_orders"], found["revenue"], found["average_order"]) == (2, 30, 15)


def test_a_line_without_an_order_id_is_an_order():
    assert of_orders(
        ("a", None, "2026-06-01", 10.0, None), ("a", None, "2026-06-01", 10.0, None)
    ).loc["a", "n_orders"] == 2  # fmt: skip


def test_a_cancelled_line_leaves_no_trace():
    found = of_orders(
        ("a", "1", "2026-06-01", 10.0, "completed"), ("a", "2", "2026-06-20", 99.0, "cancelled")
    ).loc["a"]
    assert (found["n_orders"], found["revenue"], found["recency_days"]) == (1, 10, 29)


def test_a_returned_line_was_an_order_and_left_no_money():
    found = of_orders(
        ("a", "1", "2026-06-01", 10.0, "completed"), ("a", "2", "2026-06-20", 99.0, "returned")
    ).loc["a"]
    assert (found["n_orders"], found["revenue"], found["return_share"]) == (2, 10, 0.5)


def test_a_refund_takes_money_and_is_no_order():
    found = of_orders(
        ("a", "1", "2026-06-01", 10.0, None), ("a", "C1", "2026-06-20", -4.0, None)
    ).loc["a"]
    assert (found["n_orders"], found["revenue"], found["recency_days"]) == (1, 6, 29)


def test_refunds_above_purchases_show_as_negative_revenue():
    found = of_orders(("a", "1", "2026-06-01", 10.0, None), ("a", "C", "2026-06-02", -14.0, None))
    assert found.loc["a", "revenue"] == -4


def test_rows_after_the_day_are_left_out_and_counted():
    found = customer_features(
        NOTHING,
        orders(("a", "1", "2026-06-30T23:00", 10.0, None), ("a", "2", "2026-07-01", 5.0, None)),
        NOTHING,
        NOTHING,
        as_of=AS_OF,
    )
    assert found["revenue"].tolist() == [10]
    assert found.attrs["ignored"] == {"orders": 1}


def test_a_day_is_a_day_of_the_zone_of_as_of():
    late_evening = orders(("a", "1", "2026-06-29T22:30", 10.0, None))  # 30 June in Moscow
    found = customer_features(
        NOTHING, late_evening, NOTHING, NOTHING, as_of=AS_OF.tz_localize("Europe/Moscow")
    )
    assert found["recency_days"].tolist() == [0]


def test_a_customer_who_never_ordered_has_zero_orders_and_no_recency():
    found = customer_features(
        pd.DataFrame({"customer_id": ["lead"]}),
        orders(("a", "1", "2026-06-01", 10.0, None)),
        NOTHING,
        NOTHING,
        as_of=AS_OF,
    ).set_index("customer_id")
    assert found.loc["lead", "n_orders"] == 0
    assert np.isnan(found.loc["lead", "recency_days"])


def test_no_orders_table_is_not_zero_orders():
    found = of_customers(customer_id=["a"])
    assert found["n_orders"].isna().all()
    assert found["revenue"].isna().all()


def test_undated_orders_count_and_have_no_recency():
    found = of_orders(("a", "1", None, 10.0, None)).loc["a"]
    assert (found["n_orders"], found["revenue"]) == (1, 10)
    assert np.isnan(found["recency_days"])
    assert np.isnan(found["orders_per_year"])


def test_the_yearly_rate_counts_the_last_365_days():
    found = of_orders(
        ("a", "1", "2024-01-01", 500.0, None),
        ("a", "2", "2025-08-01", 10.0, None),
        ("a", "3", "2026-06-01", 30.0, None),
    ).loc["a"]
    assert (found["orders_per_year"], found["order_value_rate"]) == (2, 40)


@pytest.mark.parametrize(("first", "days"), [("2026-06-01", 180), ("2025-12-01", 212)])
def test_a_customers_own_time_counts_from_half_a_year_on(first, days):
    found = of_orders(("a", "1", first, 10.0, None), ("a", "2", "2026-06-16", 30.0, None))
    assert found.loc["a", "order_value_rate"] == pytest.approx(40 * 365 / days)


def test_late_is_a_later_day_than_promised():
    frame = orders(*(("a", str(i), "2026-06-01", 1.0, None) for i in range(3))).assign(
        promised_at=stamps("2026-06-05", "2026-06-05", "2026-06-05"),
        delivered_at=stamps("2026-06-05T18:00", "2026-06-06", None),
        is_damaged=pd.array([True, None, False], dtype="boolean"),
    )
    found = customer_features(NOTHING, frame, NOTHING, NOTHING, as_of=AS_OF).loc[0]
    assert (found["late_share"], found["damaged_share"]) == (0.5, 0.5)


def test_profit_is_known_only_where_cost_is():
    frame = orders(("a", "1", "2026-06-01", 10.0, None), ("b", "2", "2026-06-01", 9.0, None))
    found = customer_features(
        NOTHING, frame.assign(cost=[6.0, np.nan]), NOTHING, NOTHING, as_of=AS_OF
    )
    np.testing.assert_array_equal(found["profit"], [4.0, np.nan])


def test_age_turns_on_the_birthday():
    born = pd.to_datetime(["1990-06-30", "1990-07-01", None])
    found = of_customers(customer_id=["a", "b", "c"], birth_date=born)
    np.testing.assert_array_equal(found["age"], [36, 35, np.nan])


def test_a_contract_counts_while_it_is_in_force():
    contracts = pd.DataFrame({
        "customer_id": ["a", "b", "c"],
        "starts_on": pd.to_datetime(["2025-01-01", "2025-01-01", "2026-07-01"]),
        "ends_on": pd.to_datetime(["2026-06-30", "2026-06-29", None]),
    })  # fmt: skip
    found = customer_features(
        pd.DataFrame({"customer_id": ["a", "b", "c"]}), NOTHING, NOTHING, NOTHING,
        as_of=AS_OF, contracts=contracts,
    )  # fmt: skip
    assert found["has_contract"].tolist() == [True, False, False]


def codes(*rows):
    names = ["feedback_id", "customer_id", "sentence", "sentiment", "theme", "theme_kind"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(given_at=stamps(*["2026-06-01"] * len(frame)))


VOICES = codes(
    ("f1", "a", 0, -1.0, "late", "pain"),
    ("f1", "a", 0, -1.0, "price", "pain"),
    ("f1", "a", 1, 0.5, None, None),
    ("f2", "b", 0, 0.8, "fast", "delight"),
)


def test_a_sentence_with_two_themes_counts_once_in_the_mood():
    found = customer_features(NOTHING, NOTHING, NOTHING, VOICES, as_of=AS_OF)
    assert found["mood"].tolist() == [-0.25, 0.8]
    assert found["n_feedback"].tolist() == [1, 1]


def test_a_pain_of_a_silent_customer_is_unknown():
    found = customer_features(
        pd.DataFrame({"customer_id": ["a", "b", "silent"]}),
        NOTHING, NOTHING, VOICES, as_of=AS_OF,
    )  # fmt: skip
    assert found["pain_late"].tolist() == [True, False, pd.NA]
    assert found["delight_fast"].tolist() == [False, True, pd.NA]


def at(touchpoint, stage, *rows):
    return codes(*rows).assign(touchpoint=touchpoint, stage=stage)


def test_a_theme_is_known_of_those_who_were_asked_where_it_belongs():
    voices = pd.concat([
        at("courier", "after_sales", ("f1", "late", 0, -1.0, "late", "pain")),
        at("courier", "after_sales", ("f2", "late2", 0, -1.0, "late", "pain")),
        at("courier", None, ("f3", "content", 0, 0.5, None, None)),
        at("banner", "awareness", ("f4", "lead", 0, -1.0, "lies", "pain")),
        at(None, None, ("f5", "anywhere", 0, 0.0, None, None)),
    ])  # fmt: skip
    found = customer_features(NOTHING, NOTHING, NOTHING, voices, as_of=AS_OF)
    late = found.set_index("customer_id")["pain_late"]
    assert late[["late", "late2", "content", "anywhere"]].tolist() == [True, True, False, False]
    assert late["lead"] is pd.NA


def test_theme_columns_begin_with_a_declared_prefix():
    found = customer_features(NOTHING, NOTHING, NOTHING, VOICES, as_of=AS_OF)
    themes = set(found) - set(FEATURES) - {"customer_id"}
    assert all(t.startswith(tuple(VOICE_PREFIXES)) for t in themes)
    assert set(PREFIX_OF.values()) == set(VOICE_PREFIXES)


def test_a_missing_amount_column_is_named():
    with pytest.raises(SchemaError, match="'orders' has no column 'amount'"):
        customer_features(
            NOTHING, pd.DataFrame({"customer_id": ["a"]}), NOTHING, NOTHING, as_of=AS_OF
        )


def random_tables(rng, n=400, n_customers=30):
    day = pd.to_timedelta(rng.integers(0, 500, n), unit="D")
    lines = pd.DataFrame({
        "customer_id": pd.Series(rng.choice([f"c{i}" for i in range(n_customers)], n)),
        "order_id": pd.Series(rng.choice([*(f"o{i}" for i in range(n // 2)), None], n)),
        "ordered_at": pd.Timestamp("2025-03-01", tz="UTC") + day,
        "amount": rng.normal(20, 15, n).round(2),
        "category": rng.choice(["shoes", "bags", None], n),
        "status": rng.choice(["completed", "returned", "cancelled", None], n),
    })  # fmt: skip
    voices = codes(
        *((f"f{i}", f"c{i % 7}", 0, i / 9 - 1, ["late", "price"][i % 2], "pain") for i in range(9))
    ).assign(touchpoint=["shop", "courier", None] * 3, stage=["buy", "wait", "buy"] * 3)
    return {"customers": NOTHING, "orders": lines, "events": NOTHING, "feedback_codes": voices}


def test_the_order_of_rows_does_not_matter():
    tables = random_tables(np.random.default_rng(1))
    shuffled = {k: v.sample(frac=1, random_state=3) for k, v in tables.items()}
    one = finish_features(features_partial(tables, AS_OF))
    other = finish_features(features_partial(shuffled, AS_OF))
    pd.testing.assert_frame_equal(one, other, rtol=1e-10)


@pytest.mark.parametrize("n_buckets", [1, 2, 4])
def test_buckets_do_not_matter(n_buckets):
    tables = random_tables(np.random.default_rng(2))
    whole = finish_features(features_partial(tables, AS_OF))

    def bucket(b):
        return {
            k: t[pd.util.hash_array(t["customer_id"].to_numpy(object)) % n_buckets == b]
            for k, t in tables.items()
        }

    parts = features_partial(bucket(0), AS_OF)
    for b in range(1, n_buckets):
        parts = merge_features(parts, features_partial(bucket(b), AS_OF))
    pd.testing.assert_frame_equal(whole, finish_features(parts), rtol=1e-10)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), min_size=1, max_size=40))
def test_group_quantiles_are_those_of_numpy(pairs):
    group, values = (np.array(x) for x in zip(*pairs, strict=True))
    found = group_quantile(group, values.astype(float), 4, quantile=0.8)
    expected = [
        np.quantile(values[group == g], 0.8) if (group == g).any() else np.nan for g in range(4)
    ]
    np.testing.assert_allclose(found, expected)


def test_gaps_lie_between_different_days_of_one_customer():
    group, gaps = day_gaps(
        np.array([0, 0, 0, 1, 1, 0]), np.array([10.0, 10.0, 13.0, 5.0, np.nan, 20.0])
    )
    assert group.tolist() == [0, 0]
    assert gaps.tolist() == [3, 7]


def test_a_tie_of_the_commonest_goes_to_the_first_in_the_alphabet():
    found = commonest(np.array([0, 0, 1, 1, 1]), pd.Series(["b", "a", "b", "b", None]), 3)
    assert found.value.tolist() == ["a", "b", None]
    np.testing.assert_array_equal(found.share, [0.5, 1.0, np.nan])


def test_an_age_that_the_list_gives_stands_where_there_is_no_date_of_birth():
    customers = pd.DataFrame(
        {"customer_id": ["a", "b", "c", "d"], "age": [30.6, 51.0, 999.0, np.nan],
         "birth_date": pd.to_datetime(["2000-01-01", None, None, None])}
    )  # fmt: skip
    nothing = pd.DataFrame({"customer_id": []})
    found = customer_features(
        customers, nothing, nothing, nothing, as_of=pd.Timestamp("2026-01-31")
    )
    assert found["age"].tolist()[:2] == [26.0, 51.0]
    assert found["age"].isna().tolist() == [False, False, True, True]


def test_a_charge_brings_money_and_is_no_goods():
    lines = orders(*(("a", f"o{i}", "2026-06-01", 10.0, None) for i in range(5))).assign(
        category=["mugs", "post", "post", "post", "mugs"],
        channel=["shop", "site", "site", "site", "shop"],
        is_charge=pd.array([None, True, True, True, False], dtype="boolean"),
    )
    found = customer_features(NOTHING, lines, NOTHING, NOTHING, as_of=AS_OF).iloc[0]
    assert (found["n_orders"], found["revenue"]) == (5, 50.0)
    assert (found["main_category"], found["main_category_share"]) == ("mugs", 1.0)
    assert (found["n_categories"], found["main_channel"]) == (1, "site")
    assert "category_share_post" not in found.index
