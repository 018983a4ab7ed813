"""The same answer from any number of parts."""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DesignError
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.folded import campaign_moments, effects_of_moments, fold_campaign
from cjm_research.experiments.units import unit_metrics
from cjm_research.store.store import Store, commit

START = pd.Timestamp("2026-03-01", tz="UTC")
FIELDS = ("difference", "low", "high", "se", "p", "lift", "lift_low", "lift_high")


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(5)
    n = 1500
    ids = np.array([f"c{i:05}" for i in range(n)])
    exposures = pd.DataFrame(
        {"experiment": "test", "unit_id": ids, "arm": rng.choice(["control", "offer"], n),
         "exposed_at": START}
    )  # fmt: skip
    buyer = rng.integers(0, n, 4000)
    orders = pd.DataFrame(
        {"customer_id": ids[buyer], "order_id": [f"o{i}" for i in range(4000)],
         "ordered_at": START + pd.to_timedelta(rng.uniform(-60, 20, 4000), unit="D"),
         "amount": rng.lognormal(8, 1, 4000)}
    )  # fmt: skip
    customers = pd.DataFrame(
        {"customer_id": ids, "age": np.where(rng.random(n) < 0.3, np.nan, rng.normal(40, 9, n))}
    )
    return {"exposures": exposures, "orders": orders, "customers": customers}


@pytest.fixture(scope="module")
def experiment(plan):
    return plan(
        {"id": "bought", "within_days": 14},
        {"id": "revenue", "kind": "mean", "is_money": True, "within_days": 14,
         "before_days": 60, "covariates": ["age"]},
        {"id": "basket", "kind": "ratio", "is_money": True, "per": "orders"},
    )  # fmt: skip


def split(tables, n_parts):
    keys = {"exposures": "unit_id", "orders": "customer_id", "customers": "customer_id"}
    return [
        {name: t[t[keys[name]].str[-2:].astype(int) % n_parts == i] for name, t in tables.items()}
        for i in range(n_parts)
    ]


@pytest.mark.parametrize("n_parts", [1, 2, 8])
def test_moments_of_parts_give_what_the_whole_gives(tables, experiment, n_parts):
    parts = [campaign_moments(experiment, t) for t in split(tables, n_parts)]
    merged = functools.reduce(lambda a, b: a.merge(b), parts)
    folded = effects_of_moments(merged, experiment)
    units = unit_metrics(experiment, **tables)
    whole = [r for r in arm_effects(units, experiment) if r.is_main]
    got = [[getattr(r, f) for f in FIELDS] for r in folded]
    wanted = [[getattr(r, f) for f in FIELDS] for r in whole]
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


def numbers(effects):
    return pd.DataFrame([{f: getattr(e, f) for f in ("metric", "arm", *FIELDS)} for e in effects])


def test_a_part_without_units_adds_nothing(tables, experiment):
    none = {**tables, "exposures": tables["exposures"].iloc[:0]}
    whole = campaign_moments(experiment, tables)
    merged = whole.merge(campaign_moments(experiment, none))
    got, wanted = effects_of_moments(merged, experiment), effects_of_moments(whole, experiment)
    pd.testing.assert_frame_equal(numbers(got), numbers(wanted), rtol=1e-10)


def test_a_quantile_has_no_moments(plan, tables):
    experiment = plan({"id": "revenue", "kind": "quantile", "quantile": 0.9})
    with pytest.raises(DesignError, match="the quantile 'revenue'"):
        campaign_moments(experiment, tables)


# A store on disk: how many buckets, in which order rows came, how wide numbers are.
@pytest.mark.parametrize("rows_per_bucket", [10_000, 2_000, 300])
@pytest.mark.parametrize("amounts", ["float64", "Float64", "double[pyarrow]"])
def test_a_store_gives_what_the_whole_gives(tmp_path, tables, experiment, rows_per_bucket, amounts):
    shuffled = {k: t.sample(frac=1, random_state=7) for k, t in tables.items()}
    shuffled["orders"] = shuffled["orders"].astype({"amount": amounts})
    commit(tmp_path, shuffled, info={}, rows_per_bucket=rows_per_bucket)
    store = Store.open(tmp_path)
    folded = effects_of_moments(fold_campaign(store, experiment), experiment)
    whole = [r for r in arm_effects(unit_metrics(experiment, **tables), experiment) if r.is_main]
    got = [[getattr(r, f) for f in FIELDS] for r in folded]
    wanted = [[getattr(r, f) for f in FIELDS] for r in whole]
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


def test_a_store_may_be_asked_by_several_processes(tmp_path, tables, experiment):
    commit(tmp_path, tables, info={}, rows_per_bucket=500)
    store = Store.open(tmp_path)
    assert store.version.n_buckets > 4
    alone = effects_of_moments(fold_campaign(store, experiment), experiment)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        several = fold_campaign(store, experiment, executor=pool)
    got = effects_of_moments(several, experiment)
    pd.testing.assert_frame_equal(numbers(got), numbers(alone), rtol=1e-10)


def test_a_bucket_without_orders_is_one_of_units_that_bought_nothing(tmp_path, plan):
    start = pd.Timestamp("2026-03-01", tz="UTC")
    ids = [f"u{i}" for i in range(400)]
    exposures = pd.DataFrame(
        {"experiment": "test", "unit_id": ids, "arm": ["control", "offer"] * 200,
         "exposed_at": start}
    )  # fmt: skip
    orders = pd.DataFrame(
        {"customer_id": ids[:3], "order_id": ["1", "2", "3"], "amount": 10.0,
         "ordered_at": start + pd.Timedelta(days=1)}
    )  # fmt: skip
    commit(tmp_path, {"exposures": exposures, "orders": orders}, info={}, rows_per_bucket=40)
    store = Store.open(tmp_path)
    assert store.version.n_buckets > 3
    (row,) = effects_of_moments(fold_campaign(store, plan()), plan())
    assert (row.control.n, row.control.n_null, row.control.successes) == (200, 0, 2)
    assert (row.treated.n, row.treated.successes) == (200, 1)


@pytest.mark.parametrize(
    ("metric", "about", "cause"),
    [
        (
            {"id": "p90", "kind": "quantile", "quantile": 0.9, "within_days": 14},
            {},
            "the quantile 'p90'",
        ),
        ({"id": "bought", "within_days": 14}, {"is_stratified": True}, "clusters or strata"),
    ],
)
def test_what_needs_the_rows_in_one_piece_is_refused(plan, tables, metric, about, cause):
    experiment = plan(metric).model_copy(update=about)
    with pytest.raises(DesignError, match=f"{cause}: it is analysed in one piece"):
        campaign_moments(experiment, tables)
