"""The short way from order lines to recency, orders and revenue; codes of ids; moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation import codes
from cjm_research.segmentation.codes import distinct_pairs, id_codes
from cjm_research.segmentation.features import customer_features
from cjm_research.segmentation.grids import GRIDS, grid, grid_of
from cjm_research.segmentation.id_hashes import Hashes
from cjm_research.segmentation.rfm import rfm, rfm_card, rfm_scores
from cjm_research.segmentation.rfm_moves import NEWCOMERS, rfm_moves
from cjm_research.segmentation.rfm_table import rfm_table
from cjm_research.store.coded import coded_text
from cjm_research.study.model import Limits
from cjm_research.study.plans import Rfm

NOBODY = pd.DataFrame({"customer_id": pd.Series(dtype="string[pyarrow]")})
ids = st.lists(
    st.one_of(
        st.none(), st.integers(0, 30).map(lambda i: f"C{i}"), st.integers(0, 9).map(str),
        st.sampled_from(["C07", "C7", "c7", "", "C", "C12345678", "C123456789", "日7", "7C"]),
    ), max_size=40,
)  # fmt: skip
DAY = pd.Timestamp("2026-03-31")


def texts(values):
    return pd.Series(values, dtype="string[pyarrow]")


@settings(deadline=None)
@given(ids)
def test_equal_ids_and_only_they_have_equal_codes(values):
    found = id_codes(texts(values))
    expected = pd.factorize(texts(values))[0]
    assert (found.codes < 0).tolist() == (expected < 0).tolist()
    known = [(a, b) for a, b in zip(found.codes, expected, strict=True) if b >= 0]
    assert len({a for a, _ in known}) == len({b for _, b in known}) == len(set(known))
    assert texts(values).take(found.rows).tolist() == [
        v for i in range(len(found.rows))
        for v in [next(x for x, c in zip(values, found.codes, strict=True) if c == i)]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [["C1", "C2", "C1", "C30"], ["536365", "536366", "536365", "7"], ["0007", "007", "7", "0007"],
     ["a-b", "c", "a-b", "d"]],
)  # fmt: skip
def test_numbered_ids_and_others_are_coded_alike(values):
    assert len(id_codes(texts(values)).rows) == 4 - (len(values) - len(set(values)))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=60))
def test_orders_of_a_customer_are_counted_once_even_when_two_share_a_name(rows):
    codes, names = (np.array(x) for x in zip(*rows, strict=True))
    expected = pd.Series(names).groupby(codes).nunique().reindex(range(5), fill_value=0)
    assert distinct_pairs(codes, texts(names.astype(str)), 5).tolist() == expected.tolist()


long_ids = st.lists(
    st.one_of(
        st.integers(0, 30).map(lambda i: f"2026-{i:014d}"),
        st.integers(0, 9).map(lambda i: f"{i}f0e1d2c-3b4a-5968-7786-95a4b3c2d1e{i % 3}"),
        st.sampled_from(["", "a", "a\0", "abcdefgh", "abcdefgh ", "日本語の長い名前", "x" * 70]),
    ), min_size=1, max_size=60,
)  # fmt: skip


@settings(deadline=None)
@given(long_ids, st.integers(1, 4))
def test_ids_without_a_number_are_told_apart_and_counted_exactly(values, n_groups):
    found, expected = id_codes(texts(values)), pd.factorize(texts(values))[0]
    assert len(set(zip(found.codes, expected, strict=True))) == len(set(values)) == len(found.rows)
    assert texts(values).take(found.rows[found.codes]).tolist() == values
    groups = np.arange(len(values)) % n_groups
    counted = pd.Series(values).groupby(groups).nunique().reindex(range(n_groups), fill_value=0)
    assert distinct_pairs(groups, texts(values), n_groups).tolist() == counted.tolist()


@pytest.mark.parametrize("same", ["first", "second"])
def test_ids_that_share_a_word_are_still_told_apart(same, monkeypatch):
    # As if the mixing of words had failed: all ids have one, so that texts must be compared.
    def _alike(ids):
        words = np.arange(len(ids), dtype=np.uint64)
        return Hashes(*(words * np.uint64(n != same) for n in Hashes._fields))

    values = texts([f"{i:040d}" for i in range(20)])
    monkeypatch.setattr(codes, "hashed", _alike)
    assert len(id_codes(values).rows) == 20
    assert distinct_pairs(np.zeros(20, dtype=np.int64), values, 1).tolist() == [20]


def orders(seed=1, n=400):
    rng = np.random.default_rng(seed)
    status = rng.choice(["completed", "returned", "cancelled", None], n, p=[0.7, 0.1, 0.1, 0.1])
    stamps = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 120 * 24, n), "h"
    )
    return pd.DataFrame({
        "customer_id": texts([f"C{i}" for i in rng.integers(0, 40, n)]),
        "order_id": texts([f"O{i}" if i else None for i in rng.integers(0, 90, n)]),
        "amount": rng.integers(-20, 100, n).astype(float),
        "status": texts(status),
        "ordered_at": pd.Series(stamps).where(rng.random(n) > 0.05),
    })  # fmt: skip


@pytest.mark.parametrize("zone", [None, "Europe/Moscow"])
def test_the_short_way_tells_what_the_features_tell(zone):
    lines, day = orders(), DAY.tz_localize(zone)
    columns = ["customer_id", "recency_days", "n_orders", "revenue"]
    long = customer_features(NOBODY, lines, NOBODY, NOBODY, as_of=day)
    short = rfm_table(lines, as_of=day).set_index("customer_id")
    expected = long[columns].set_index("customer_id")
    pd.testing.assert_frame_equal(short, expected.loc[short.index], check_index_type=False)
    assert expected.drop(short.index)["n_orders"].sum() == 0


def test_buckets_that_share_no_customer_are_summarised_apart():
    lines = orders()
    half = lines["customer_id"].str[-1].isin(list("13579"))
    parts = [rfm_table(lines[h], as_of=DAY) for h in (half, ~half)]
    joined = pd.concat(parts).sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(joined, rfm_table(lines, as_of=DAY))


def test_lines_without_any_time_or_order_name_are_orders_without_recency():
    found = rfm_table(orders()[["customer_id", "amount"]], as_of=DAY)
    assert found["recency_days"].isna().all()
    assert found["n_orders"].sum() == (orders()["amount"] >= 0).sum()


def test_refunds_above_purchases_leave_a_negative_revenue():
    lines = pd.DataFrame({"customer_id": texts(["a", "a"]), "amount": [10.0, -30.0]})
    assert rfm_table(lines, as_of=DAY)[["n_orders", "revenue"]].to_numpy().tolist() == [[1, -20]]


def test_no_lines_give_no_customers_and_a_missing_column_is_named():
    assert rfm_table(orders().iloc[:0], as_of=DAY).empty
    with pytest.raises(SchemaError, match="'orders' has no column 'amount'"):
        rfm_table(orders().drop(columns="amount"), as_of=DAY)


# --- grids


@pytest.mark.parametrize("name", GRIDS)
def test_every_grid_names_every_cell_once(name):
    chosen = grid(name)
    assert len(chosen.cells) == 5 ** len(chosen.axes) == len({c for c, _ in chosen.cells})


def test_a_grid_with_a_hole_or_two_names_for_a_cell_is_refused():
    with pytest.raises(ParameterError, match=r"no name for the cells \[\(5,\)\]"):
        grid_of("x", ("r",), [("a", "1234")])
    with pytest.raises(ParameterError, match="both 'a' and 'b'"):
        grid_of("x", ("r",), [("a", "123"), ("b", "345")])
    with pytest.raises(ParameterError, match="Did you mean 'eleven'"):
        grid("elevn")


def test_the_chinese_classes_follow_high_and_low():
    # 重要价值 is high on all three; 一般挽留 low on all three; 重要保持: long ago, often, much.
    chosen = grid("eight")
    assert chosen.name_of((5, 4, 5)) == "key_value"
    assert chosen.name_of((1, 1, 1)) == "plain_win_back"
    assert chosen.name_of((2, 5, 4)) == "key_keep"
    assert chosen.name_of((4, 3, 3)) == "plain_develop"


def test_who_never_ordered_is_the_eleventh_group():
    features = rfm_table(orders(), as_of=DAY)
    lead = pd.DataFrame({"customer_id": texts(["lead"]), "n_orders": pd.array([0], dtype="Int64"),
                         "recency_days": [np.nan], "revenue": [0.0]})  # fmt: skip
    found = rfm(pd.concat([features, lead], ignore_index=True), grid_name="eleven")
    assert len(found.regions) == 11
    assert found.regions[-1].cell == "prospects"
    assert found.regions[-1].n == 1 + int(features["recency_days"].isna().sum())
    assert sum(r.n for r in found.regions) == len(features) + 1


def test_cuts_of_the_study_replace_quintiles():
    plan = Rfm(recency_days=[30, 60, 90, 180], orders=[1, 2, 4, 8])
    card = rfm_card(rfm_table(orders(), as_of=DAY), plan, as_of="")
    assert card.recency_cuts == (30, 60, 90, 180)
    assert card.frequency_cuts == (1, 2, 4, 8)
    ends = pd.DataFrame({"customer_id": ["a", "b", "c"], "recency_days": [30.0, 31, 181],
                         "n_orders": [1, 2, 9], "revenue": 1.0})  # fmt: skip
    scores = rfm_scores(ends, card)
    assert scores["r"].tolist() == [5, 4, 1]
    assert scores["f"].tolist() == [1, 2, 5]


@pytest.mark.parametrize("cuts", [[1, 2, 3], [4, 3, 2, 1]])
def test_cuts_that_do_not_rise_are_refused(cuts):
    with pytest.raises(ValueError, match="four rising numbers"):
        Rfm(revenue=cuts)


# --- moves


def test_moves_share_out_everybody_of_a_region_and_know_newcomers():
    plan = Rfm(compare_days=30)
    found = rfm_moves(orders(n=2000), plan, as_of=DAY, limits=Limits()).to_frame()
    assert (found.groupby("from_cell")["n"].sum() == found.groupby("from_cell")["of"].first()).all()
    late = orders(n=2000).assign(ordered_at=pd.Timestamp("2026-03-20", tz="UTC"))
    late.loc[late["customer_id"] == "C1", "ordered_at"] = pd.Timestamp("2026-01-05", tz="UTC")
    moved = rfm_moves(late, plan, as_of=DAY, limits=Limits()).to_frame()
    came = moved[moved["from_cell"] == NEWCOMERS]["n"].sum()
    assert came == rfm_table(late, as_of=DAY)["customer_id"].nunique() - 1


def test_who_orders_no_more_sinks_by_the_same_cuts():
    then = orders(n=3000)
    then = then[then["ordered_at"] <= pd.Timestamp("2026-01-31", tz="UTC")]
    found = rfm_moves(then, Rfm(compare_days=30), as_of=pd.Timestamp("2026-03-01"), limits=Limits())
    assert "champions" in set(found.to_frame()["from_cell"])
    assert "champions" not in set(found.to_frame()["cell"])


def test_nobody_before_the_earlier_day_is_said():
    with pytest.raises(NoDataError, match="Nobody had ordered by 2025"):
        rfm_moves(orders(), Rfm(compare_days=200), as_of=DAY, limits=Limits())


@pytest.mark.parametrize("values", [["a", None, "b", "a", None], [None, "C2", "C1"], [None, None]])
def test_ids_of_a_column_that_holds_each_text_once_may_be_missing(values):
    column = pd.Series(coded_text(pa.array(values, type=pa.string())))
    found, expected = id_codes(column), pd.factorize(column)[0]
    assert (found.codes < 0).tolist() == (expected < 0).tolist()
    known = found.codes[found.codes >= 0]
    assert column.iloc[found.rows].iloc[known].tolist() == column.dropna().tolist()


def test_a_missing_order_is_one_of_its_own_where_each_text_is_held_once():
    column = pd.Series(coded_text(pa.array(["1", None, "1", "2", None], type=pa.string())))
    # Group 0: order 1 and a nameless one; group 1: orders 1 and 2 and a nameless one.
    assert distinct_pairs(np.array([0, 0, 1, 1, 1]), column, 2).tolist() == [2, 3]
