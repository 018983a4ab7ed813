"""Known counts of public data hold in the journey."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.funnel import funnel
from cjm_research.journey.ladder import loyalty_ladder
from cjm_research.journey.moves import transitions
from cjm_research.journey.moving_up import moving_up
from cjm_research.journey.scope import JourneyTables
from cjm_research.journey.sessions import sessions
from cjm_research.journey.stages import event_stages, unmatched_events
from cjm_research.study.plans import Stage

SHOP = [
    Stage.model_validate({"id": i, "label": i, "events": [rule]})
    for i, rule in (
        ("main", {"names": ["main"]}),
        ("catalog", {"names": ["catalog"]}),
        ("cart", {"names": ["cart"]}),
        ("payment", {"names": ["payment_done"]}),
    )
]
EMPTY = pd.DataFrame({"feedback_id": [], "kind": []})
NO_CODES = pd.DataFrame(
    {"feedback_id": [], "sentence": [], "sentiment": [], "theme": [], "theme_kind": []}
)


@pytest.fixture(scope="module")
def shop(shared_data):
    events = pd.read_csv(shared_data / "simple_shop" / "simple-onlineshop.csv")
    names = {"user_id": "customer_id", "event": "name", "timestamp": "occurred_at"}
    return events.rename(columns=names).astype({"customer_id": "str"})


def test_simple_shop_has_its_known_event_counts(shop):
    # SOURCES.md: catalog 14,518, main 5,635, cart 2,842, payment_done 706 of 32,283 events.
    stages = event_stages(shop, SHOP)
    assert stages["stage"].value_counts().to_dict() == {
        "catalog": 14_518, "main": 5_635, "cart": 2_842, "payment": 706,
    }  # fmt: skip
    left = unmatched_events(shop, SHOP)
    assert left.n_unmatched + len(stages) == left.n_events == 32_283


def test_simple_shops_funnel_agrees_with_walking_through_each_journey(shop):
    stages = event_stages(shop, SHOP)
    names = [s.id for s in SHOP]
    depth = stages.groupby("customer_id")["stage"].agg(lambda path: _depth(list(path), names))
    known = [int((depth >= k).sum()) for k in range(1, 5)]
    assert [s.reached for s in funnel(stages, names).steps] == known


def test_simple_shops_moves_agree_with_a_cross_table(shop):
    stages = event_stages(shop, SHOP)
    both = stages["customer_id"] + " " + stages["stage"]
    is_first = both != both.shift(fill_value="")
    visits = stages[is_first]
    following = visits.groupby("customer_id")["stage"].shift(-1).fillna("end")
    known = visits.groupby([visits["stage"], following]).size().to_dict()
    got = transitions(stages, [s.id for s in SHOP])
    assert {(m.stage, m.next_stage): m.moves for m in got.moves} == known


def test_online_retail_as_a_journey_of_orders(shared_data):
    # 4,338 customers and 18,532 invoices after the usual rules (SOURCES.md).
    lines = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    orders = pd.DataFrame(
        {
            "customer_id": lines["CustomerID"].astype("int64").astype("str"),
            "order_id": lines["InvoiceNo"].astype("str"),
            "ordered_at": pd.to_datetime(lines["InvoiceDate"], utc=True),
        }
    )
    none = pd.DataFrame({"customer_id": [], "name": []})
    no_events = pd.DataFrame(
        {"customer_id": [], "occurred_at": pd.to_datetime([], utc=True), "stage": []}
    )
    tables = JourneyTables(
        events=none, event_stages=no_events, orders=orders, feedback=EMPTY,
        feedback_codes=NO_CODES,
    )  # fmt: skip
    got = analyse_journey(tables, [])
    per_customer = orders.groupby("customer_id")["order_id"].nunique()
    known = [int((per_customer >= k).sum()) for k in (1, 2, 3)]
    assert known[0] == 4_338
    assert [s.reached for s in got.funnel.steps] == known
    assert got.map.n_events == 18_532


def _depth(path, names):
    """Count the steps that a journey passes in their order."""
    depth = 0
    for stage in path:
        depth += depth < len(names) and stage == names[depth]
    return depth


def test_simple_shops_sessions_agree_with_duckdb(shop):
    stages = event_stages(shop, SHOP)
    (known,) = duckdb.sql(
        """select count(*) from (select occurred_at - lag(occurred_at) over (
        partition by customer_id order by occurred_at) as pause from stages)
        where pause is null or pause > interval 30 minute"""
    ).fetchall()
    assert sessions(stages, [s.id for s in SHOP]).n_sessions == known[0]


def test_simple_shops_credit_adds_up_and_its_chain_converts_as_its_customers(shop):
    stages = event_stages(shop, SHOP)
    got = attribution(
        stages, AttributionPlan(conversion="payment", by="touchpoint", replicates=0),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    sums = got.to_frame().groupby("credit_model")["credit"].sum()
    np.testing.assert_allclose(sums, got.n_conversions)
    chances = goal_chances(stages, [s.id for s in SHOP], goal="payment")
    payers = stages.loc[stages["stage"] == "payment", "customer_id"].nunique()
    share = payers / stages["customer_id"].nunique()
    assert chances.rows[0].chance == pytest.approx(share, abs=1e-12)


def test_the_ladder_of_online_retail(shared_data):
    # 4,338 customers after the usual rules (SOURCES.md); who came back, counted with DuckDB.
    path = shared_data / "online_retail" / "online_retail.parquet"
    lines = pd.read_parquet(path)
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    orders = pd.DataFrame(
        {
            "customer_id": lines["CustomerID"].astype("int64").astype("str"),
            "order_id": lines["InvoiceNo"].astype("str"),
            "ordered_at": pd.to_datetime(lines["InvoiceDate"], utc=True),
        }
    )
    got = loyalty_ladder(orders, EMPTY)
    sold = pa.Table.from_pandas(orders)  # noqa: F841  # an older DuckDB knows no texts of pandas
    n_orders = duckdb.sql(
        """select count(distinct order_id) as n from sold group by customer_id"""
    ).fetchnumpy()["n"]
    assert got.n_customers == 4_338
    assert [r.customers for r in got.levels] == [
        (n_orders == 1).sum(), ((n_orders > 1) & (n_orders < 4)).sum(), (n_orders >= 4).sum(), 0,
    ]  # fmt: skip
    end = pd.Timestamp("2011-12-10", tz="UTC")
    found = duckdb.sql(
        """with firsts as (select customer_id, order_id, min(ordered_at) as made from sold
        group by all), ranked as (select *, row_number() over (partition by customer_id
        order by made) as r from firsts) select a.made as first, b.made as second from ranked a
        left join ranked b on b.customer_id = a.customer_id and b.r = 2 where a.r = 1"""
    ).fetchnumpy()
    known = {k: np.ma.filled(v, np.datetime64("NaT", "us")) for k, v in found.items()}
    rows = pd.DataFrame({k: pd.to_datetime(v, utc=True) for k, v in known.items()})
    mature = rows[rows["first"] <= end - pd.Timedelta(days=90)]
    came = mature["second"] - mature["first"] <= pd.Timedelta(days=90)
    (row,) = [
        r.group for r in moving_up(orders, observed_until=end).rows
        if (r.ladder_step, r.within_days) == ("second_order", 90)
    ]  # fmt: skip
    assert (row.customers, row.n) == (int(came.sum()), len(mature))
