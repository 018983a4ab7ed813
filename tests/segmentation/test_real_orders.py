"""Features and RFM over real orders, against published counts and plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.segmentation.features import customer_features
from cjm_research.segmentation.rfm import rfm

NOTHING = pd.DataFrame({"customer_id": []})


@pytest.fixture(scope="module")
def cdnow(shared_data):
    """Return CDNOW's purchases as order lines that carry no order_id."""
    rows = pd.read_csv(
        shared_data / "cdnow" / "CDNOW_master.txt",
        sep=r"\s+",
        skiprows=1,
        names=["customer_id", "ordered_at", "quantity", "amount"],
        dtype={"customer_id": "string[pyarrow]", "ordered_at": str},
    )
    return rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], format="%Y%m%d", utc=True))


@pytest.fixture(scope="module")
def features(cdnow):
    return customer_features(
        NOTHING, cdnow, NOTHING, NOTHING, as_of=pd.Timestamp("1998-06-30")
    ).set_index("customer_id")


def test_cdnow_has_its_published_customers_and_purchases(features):
    # Fader and Hardie: 23,570 customers, 69,659 purchases, 1 January 1997 to 30 June 1998.
    assert len(features) == 23_570
    assert features["n_orders"].sum() == 69_659


def test_sums_and_last_days_are_those_of_plain_pandas(cdnow, features):
    plain = cdnow.groupby("customer_id").agg(
        revenue=("amount", "sum"), last=("ordered_at", "max"), days=("ordered_at", "nunique")
    )
    own = features.loc[plain.index]
    recency = (pd.Timestamp("1998-06-30", tz="UTC") - plain["last"]).dt.days
    np.testing.assert_allclose(own["revenue"], plain["revenue"])
    np.testing.assert_array_equal(own["recency_days"], recency)
    np.testing.assert_array_equal(own["n_order_days"], plain["days"])


def test_customers_who_bought_once_share_one_frequency_score(features):
    found = rfm(features.reset_index())
    once = (features["n_orders"] == 1).mean()
    assert once > 0.4  # so that two quintile cuts fall on the same value
    assert found.card.frequency_cuts[0] == found.card.frequency_cuts[1] == 1
    assert sum(r.n for r in found.regions) == 23_570
