"""Histories, forecasts checked on days held out, cohorts, churn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.segmentation.value.churn import churn
from cjm_research.segmentation.value.cohorts import cohorts
from cjm_research.segmentation.value.customer_value import customer_values, group_values
from cjm_research.segmentation.value.histories import purchase_days, purchase_histories
from cjm_research.segmentation.value.holdout import holdout
from cjm_research.segmentation.value.scoring import scores
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.model import Limits

DAY = pd.Timestamp("2026-12-31")


def texts(values):
    return pd.Series(values, dtype="string[pyarrow]")


def lines(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(
        customer_id=texts(frame["customer_id"]),
        ordered_at=pd.to_datetime(frame["ordered_at"], utc=True),
    )


def buyers(n=3000, seed=3, *, stop=0.05, days=720):
    """Orders of customers who buy at random at rates of their own and stop now and then."""
    rng = np.random.default_rng(seed)
    rate, drop = rng.gamma(0.9, 1 / 60, n), rng.beta(1, 1 / stop, n)
    worth = rng.lognormal(4, 0.5, n)
    who, when, money = [], [], []
    for i in range(n):
        t = rng.uniform(0, days * 0.7)
        while t < days:
            who.append(f"C{i}")
            when.append(t)
            money.append(worth[i] * rng.gamma(5, 0.2))
            if rng.random() < drop[i]:
                break
            t += rng.exponential(1 / rate[i])
    first = pd.Timestamp("2025-01-11", tz="UTC")
    return pd.DataFrame({
        "customer_id": texts(who), "amount": money,
        "ordered_at": first + pd.to_timedelta(np.floor(when), "D"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def sold():
    return buyers()


@pytest.fixture(scope="module")
def checked(sold):
    return holdout(sold, as_of=DAY, horizon=90)


def test_a_history_counts_days_and_leaves_out_the_first_purchase():
    # Two lines of one day are one purchase; a refund and a cancelled line are none; the line
    # after the day did not happen yet.
    orders = lines(
        ("a", "2026-01-01", 10), ("a", "2026-01-11", 20), ("a", "2026-01-11", 30),
        ("a", "2026-01-21", 8), ("a", "2026-01-25", -5), ("b", "2026-01-05", 7),
        ("a", "2027-03-01", 99),
    )  # fmt: skip
    end = pd.Timestamp("2026-01-31")
    found = purchase_histories(purchase_days(orders, as_of=end), as_of=end)
    assert found["customer_id"].tolist() == ["a", "b"]
    assert found.iloc[0, 1:].tolist() == [2, 20, 30, 29]
    assert found.iloc[1, 1:4].tolist() == [0, 0, 26]
    assert np.isnan(found.loc[1, "repeat_value"])


def test_cdnow_histories_are_the_published_summary(shared_data):
    # 1/10 sample: 2357 customers, 2457 repeats in 39 weeks, 1411 without any (SOURCES.md).
    table = pd.read_csv(shared_data / "cdnow" / "CDNOW_sample.txt", sep=r"\s+", header=None,
                        names=["m", "id", "day", "q", "amount"], dtype=str)  # fmt: skip
    orders = pd.DataFrame({
        "customer_id": texts(table["id"]), "amount": table["amount"].astype(float),
        "ordered_at": pd.to_datetime(table["day"], utc=True),
    })  # fmt: skip
    end = pd.Timestamp("1997-09-30")
    found = purchase_histories(purchase_days(orders, as_of=end), as_of=end)
    assert len(found) == 2357
    assert found["n_repeats"].sum() == 2457
    assert (found["n_repeats"] == 0).sum() == 1411


def test_without_orders_or_a_column_it_is_said():
    with pytest.raises(NoDataError, match="nothing to forecast"):
        purchase_days(lines(("a", None, 5)), as_of=DAY)
    with pytest.raises(SchemaError, match="no column 'ordered_at'"):
        purchase_days(lines(("a", "2026-01-01", 5)).drop(columns="ordered_at"), as_of=DAY)


def test_customers_who_buy_as_the_model_says_are_forecast_well(checked):
    assert checked.chances_are_reliable
    assert checked.orders_are_reliable
    model, naive = checked.method("model"), checked.method("same_as_before")
    assert model.brier < naive.brier
    assert abs(model.orders / model.orders_came - 1) < 0.1
    assert {m.method for m in checked.methods} >= {"model", "learned", "recency", "base"}
    assert not checked.method("base").is_reliable


def test_fifths_share_out_the_customers_highest_chance_first(checked):
    frame = checked.fifths_frame()
    assert frame["n"].sum() == checked.n_customers
    assert frame["expected_share"].is_monotonic_decreasing
    assert (frame["came_share"].iloc[0] > frame["came_share"].iloc[-1]) == 1


def test_what_stops_at_the_split_is_called_unreliable_and_not_forecast(sold):
    # Nearly everybody leaves on the day of the split: no model of the past can know.
    gone = sold[(sold["ordered_at"] <= pd.Timestamp("2026-10-02", tz="UTC"))
                | (sold["customer_id"].str[-1] == "7")]  # fmt: skip
    found = holdout(gone, as_of=DAY, horizon=90)
    assert not found.chances_are_reliable
    assert {f.status for f in found.findings()} == {"not_reliable"}
    values = customer_values(gone, found, as_of=DAY)
    assert values[["p_active", "expected_value"]].isna().all().all()


def test_a_past_too_short_is_said(sold):
    late = sold[sold["ordered_at"] > pd.Timestamp("2026-09-01", tz="UTC")]
    with pytest.raises(NoDataError, match="less than twice 90 days"):
        holdout(late, as_of=DAY, horizon=90)


def test_few_customers_are_not_forecast():
    rows = [("a", f"2026-{m:02}-01", 5) for m in range(1, 13)]
    with pytest.raises(NoDataError, match="A forecast needs 50 customers"):
        holdout(lines(*rows), as_of=DAY, horizon=60)


def test_groups_share_out_the_forecast(sold, checked):
    values = customer_values(sold, checked, as_of=DAY)
    groups = values[["customer_id"]].assign(cell=np.where(values.index % 3 == 0, "x", "y"))
    found = group_values(values, groups, checked, limits=Limits())
    assert sum(g.n for g in found.groups) == len(values)
    assert sum(g.value_share for g in found.groups) == pytest.approx(1)
    assert all(g.low < g.p_active < g.high for g in found.groups)
    assert found.findings()[0].window == ("2027-01-01", "2027-03-31")


def test_the_order_of_rows_changes_nothing(sold, checked):
    other = holdout(sold.sample(frac=1, random_state=1), as_of=DAY, horizon=90)
    assert other.best == checked.best
    assert other.method("model").orders == pytest.approx(checked.method("model").orders, rel=1e-6)


# --- scores


def test_scores_of_chances_that_are_right():
    rng = np.random.default_rng(1)
    chance = rng.beta(1, 3, 40_000)
    found = scores(chance, rng.random(40_000) < chance)
    assert found.slope == pytest.approx(1, abs=0.05)
    assert found.mean == pytest.approx(found.rate, abs=0.01)
    sure = scores(chance**2 / (chance**2 + (1 - chance) ** 2), rng.random(40_000) < chance)
    assert sure.slope == pytest.approx(0.5, abs=0.03)  # logits twice as large


def test_one_outcome_only_cannot_be_scored():
    assert np.isnan(scores([0.1, 0.2], [1, 1]).auc)


# --- cohorts


def test_a_month_that_has_not_ended_is_left_out():
    rows = [(f"c{i}", "2026-01-05", 1) for i in range(20)]
    rows += [(f"c{i}", "2026-02-05", 1) for i in range(5)]
    rows += [(f"c{i}", "2026-03-05", 1) for i in range(3)]
    found = cohorts(lines(*rows), as_of=pd.Timestamp("2026-03-30"), limits=Limits())
    assert [(c.age, c.came, c.n) for c in found.cells] == [(1, 5, 20)]
    full = cohorts(lines(*rows), as_of=pd.Timestamp("2026-03-31"), limits=Limits())
    assert [(c.age, c.came) for c in full.cells] == [(1, 5), (2, 3)]
    low, high = wilson_interval(5, 20)
    assert (full.cells[0].low, full.cells[0].high) == pytest.approx((float(low), float(high)))


def test_long_times_are_shown_by_quarters_and_small_cohorts_are_not():
    rows = [(f"c{i}", "2024-01-05", 1) for i in range(12)] + [("c1", "2026-02-05", 1)]
    rows += [(f"d{i}", "2024-08-05", 1) for i in range(3)]
    found = cohorts(lines(*rows), as_of=pd.Timestamp("2026-03-31"), limits=Limits())
    assert found.period == "quarter"
    assert found.n_hidden == 1
    assert {c.cohort for c in found.cells} == {"2024-01-01"}
    assert [c.age for c in found.cells if c.came] == [8]
    assert found.grid().shape == (1, 8)


# --- churn


def people(n=2000, seed=2):
    rng = np.random.default_rng(seed)
    contract = rng.choice(["monthly", "yearly"], n)
    tenure = rng.integers(1, 60, n).astype(float)
    chance = 1 / (1 + np.exp(-(1.5 * (contract == "monthly") - 0.05 * tenure)))
    return pd.DataFrame({
        "customer_id": texts([f"p{i}" for i in range(n)]), "contract_type": texts(contract),
        "tenure": np.where(rng.random(n) < 0.05, np.nan, tenure),
        "is_churned": pd.array(rng.random(n) < chance, dtype="boolean"),
        "churn_score": chance,
    })  # fmt: skip


def test_churn_is_calibrated_and_does_not_read_the_answer():
    found = churn(people())
    assert found.is_reliable
    assert found.traits == ("contract_type", "tenure")
    assert found.fifths[0].left_share > 2 * found.fifths[-1].left_share
    assert sum(f.n for f in found.fifths) == 2000
    assert found.findings()[0].status == "shown"


def test_noise_tells_nobody_apart():
    rng = np.random.default_rng(8)
    table = people().assign(contract_type=texts(rng.choice(["x", "y"], 2000)),
                            tenure=rng.random(2000))  # fmt: skip
    found = churn(table.drop(columns="churn_score"))
    assert abs(found.auc - 0.5) < 0.05
    assert not found.is_reliable


def test_telco_is_told_as_well_as_others_tell_it(shared_data):
    # Logistic regression on this table is published with AUC .84 to .85 and churn of 26.54 %.
    table = pd.read_csv(shared_data / "telco_churn" / "Telco-Customer-Churn.csv")
    table = table.rename(columns={"customerID": "customer_id"}).assign(
        is_churned=pd.array(table["Churn"] == "Yes", dtype="boolean"),
        TotalCharges=pd.to_numeric(table["TotalCharges"], errors="coerce"),
    )
    found = churn(table.drop(columns="Churn"))
    assert found.rate == pytest.approx(0.2654, abs=1e-4)
    assert 0.835 < found.auc < 0.855
    assert found.is_reliable


def test_nobody_who_left_is_said():
    with pytest.raises(NoDataError, match="not known who left"):
        churn(people().drop(columns="is_churned"))
    with pytest.raises(NoDataError, match="0 customers left"):
        churn(people().assign(is_churned=False))
    with pytest.raises(NoDataError, match="no column of the customers is a trait"):
        churn(people()[["customer_id", "is_churned"]])
