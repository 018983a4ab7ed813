"""Forecasts that are made once and kept are those that every page would make itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.segmentation.value.customer_value import customer_values, foreseen_values
from cjm_research.segmentation.value.foreseen import Foreseen, foreseen
from cjm_research.segmentation.value.histories import joined_purchases, purchase_days
from cjm_research.segmentation.value.holdout import holdout
from cjm_research.segmentation.value.prospects import Asked, Memberships, prospects
from cjm_research.store.reading import read_part
from cjm_research.study.model import Limits

ASKED = {"as_of": pd.Timestamp("2026-06-30"), "horizon": 90}


@pytest.fixture(scope="module")
def made(retail):
    return foreseen(retail.orders, **ASKED)


def test_the_check_is_that_of_the_days_held_out(retail, made):
    plain = holdout(retail.orders, **ASKED)
    assert made.check.fifths == plain.fifths
    pd.testing.assert_frame_equal(made.check.to_frame(), plain.to_frame())


def test_values_of_customers_are_those_made_from_order_lines(retail, made):
    plain = customer_values(retail.orders, made.check, as_of=ASKED["as_of"])
    pd.testing.assert_frame_equal(foreseen_values(made), plain)


def test_what_came_is_told_of_customers_known_before(retail, made):
    table, first = made.customers, pd.Timestamp(made.check.window[0])
    buys = purchase_days(retail.orders, as_of=ASKED["as_of"])
    split = (first - pd.Timestamp("1970-01-01")).days
    days = pd.DataFrame({"code": buys.codes, "later": buys.days >= split})
    later = days.groupby("code")["later"].agg(["all", "any"])
    assert (table["was_known"].to_numpy() == ~later["all"].to_numpy()).all()
    known = table["was_known"].to_numpy()
    assert (table["came"].to_numpy()[known] == later["any"].to_numpy()[known]).all()
    assert not table.loc[~known, "came"].any()
    assert table.loc[~known, ["paid", "expected_chance", "expected_money"]].isna().all(axis=None)


def test_what_is_kept_tells_every_segment_the_same(retail, made, tmp_path):
    made.to_frame().to_parquet(tmp_path / "forecasts.parquet")
    kept = Foreseen.from_frame(read_part(tmp_path / "forecasts.parquet"))
    assert (kept.check.fifths, kept.check.window) == (made.check.fifths, made.check.window)
    pd.testing.assert_frame_equal(kept.check.to_frame(), made.check.to_frame())
    ids = retail.features["customer_id"]
    members = pd.DataFrame({"customer_id": ids, "segment": np.where(ids.index % 3, "one", "two")})
    asked = Asked(grouping="g", confidence=0.95, limits=Limits(), **ASKED)
    found = [prospects(x, Memberships(members, members), asked) for x in (retail.orders, kept)]
    pd.testing.assert_frame_equal(found[0].to_frame(), found[1].to_frame())
    assert repr(found[0].findings()) == repr(found[1].findings())  # NaN is not itself


def test_purchases_of_buckets_joined_are_those_of_all_lines(retail):
    orders, day = retail.orders, ASKED["as_of"]
    bucket = pd.util.hash_array(orders["customer_id"].to_numpy(dtype=object)) % 5
    parts = [purchase_days(orders[bucket == b], as_of=day) for b in range(5)]
    whole, joined = purchase_days(orders, as_of=day), joined_purchases(parts)
    assert joined.ids.tolist() == whole.ids.tolist()
    assert (joined.codes == whole.codes).all()
    assert (joined.days == whole.days).all()
    assert joined.money == pytest.approx(whole.money, rel=1e-12)


def test_no_purchases_at_all_are_no_data():
    with pytest.raises(NoDataError, match="nothing to forecast from"):
        joined_purchases([])
