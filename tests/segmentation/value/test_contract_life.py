"""How long contracts run: what was seen beside what the model expects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.value.contract_life import contract_life, contract_times
from cjm_research.study.model import Limits

# Fader, Hardie 2007, "High End": of 1000 customers so many are left after each year.
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def texts(values):
    return pd.array(values, dtype="string[pyarrow]")


def times_of(periods, is_ended):
    ids = texts([f"C{i}" for i in range(len(periods))])
    return pd.DataFrame({"customer_id": ids, "periods": periods, "is_ended": is_ended})


def life_of(times, **settings):
    members = pd.DataFrame({"customer_id": times["customer_id"], "segment": "all"})
    return contract_life(times, members, grouping="g", limits=Limits(), **settings)


def test_the_published_cohort_is_told_beside_its_model():
    left = -np.diff(HIGH_END)
    periods = np.repeat([*range(1, 8), 7], [*left, HIGH_END[-1]])
    ended = np.repeat([True] * 7 + [False], [*left, HIGH_END[-1]])
    frame = life_of(times_of(periods, ended)).to_frame().set_index("period")
    assert frame["share"].to_dict() == pytest.approx({1: 0.869, 3: 0.653, 6: 0.517})
    # alpha .668, beta 3.806: beta / (alpha + beta) = .8507 outlast the first year, and so on.
    assert frame.loc[1, "expected"] == pytest.approx(3.806 / 4.474, abs=1e-3)
    third = 0.8507 * 4.806 / 5.474 * 5.806 / 6.474
    assert frame.loc[3, "expected"] == pytest.approx(third, abs=1e-3)


def test_what_was_seen_is_the_product_of_parts_that_went_on():
    rng = np.random.default_rng(11)
    life, watched = rng.geometric(0.08, 400), rng.integers(1, 40, 400)
    periods, ended = np.minimum(life, watched), life <= watched
    found = life_of(times_of(periods, ended)).to_frame()
    other = SurvfuncRight(periods, ended)
    expected = [other.surv_prob[other.surv_times <= t][-1] for t in found["period"]]
    assert found["share"].tolist() == pytest.approx(expected)
    errors = [other.surv_prob_se[other.surv_times <= t][-1] for t in found["period"]]
    width = 1.959964 * np.array(errors) / (found["share"] * np.log(found["share"]))
    assert found["low"].tolist() == pytest.approx((found["share"] ** np.exp(-width)).tolist())
    assert (found["low"] < found["share"]).all()
    assert (found["share"] < found["high"]).all()


def test_a_model_that_does_not_fit_what_was_seen_is_not_told():
    # All leave at the end of the year or stay on: no chance that is the same at each renewal.
    periods = np.repeat([12, 24], 200)
    found = life_of(times_of(periods, periods == 12)).to_frame()
    assert found["expected"].isna().all()
    assert found.set_index("period").loc[[11 + 1, 6], "share"].tolist() == [0.5, 1.0]


def test_a_finding_speaks_of_a_year_of_periods():
    times = times_of(np.repeat([3, 20], 100), np.repeat([True, False], 100))
    (found,) = life_of(times).findings()
    assert found.kind == "contract_life"
    assert (found.estimate, found.n) == (0.5, 100)
    assert dict(found.values) == {"period": 12}


def test_where_nobody_left_the_interval_still_has_a_width():
    found = life_of(times_of(np.full(100, 5), np.zeros(100, dtype=bool))).to_frame()
    assert (found["share"] == 1).all()
    # Wilson: 100 of 100 is at least n / (n + z^2) = .963.
    assert found["low"].tolist() == pytest.approx([0.963] * len(found), abs=5e-4)


def test_few_contracts_are_not_told_of():
    assert life_of(times_of([1, 2, 3], [True, False, True])).points == ()


def test_dates_of_contracts_become_months():
    contracts = pd.DataFrame({
        "customer_id": texts(["ended", "runs", "ends later", "starts later", "at once"]),
        "starts_on": pd.to_datetime(["2025-01-01", "2026-01-01", "2025-01-01", "2027-01-01",
                                     "2026-01-01"]),
        "ends_on": pd.to_datetime(["2025-03-15", None, "2026-12-31", None, "2026-01-01"]),
    })  # fmt: skip
    found = contract_times(pd.DataFrame(), contracts, as_of=pd.Timestamp("2026-03-31"))
    rows = found.set_index("customer_id")
    assert rows["periods"].to_dict() == {"ended": 3, "runs": 2, "ends later": 14, "at once": 1}
    assert rows["is_ended"].tolist() == [True, False, False, True]


def test_a_column_of_periods_stands_for_dates_and_is_checked():
    customers = pd.DataFrame({
        "customer_id": texts(["a", "b", "c", "d"]), "months": [5.0, 0.0, 3.0, np.nan],
        "is_churned": pd.array([True, False, None, True], dtype="boolean"),
        "city": texts(["x"] * 4),
    })  # fmt: skip
    asked = {"as_of": pd.Timestamp("2026-01-01")}
    found = contract_times(customers, pd.DataFrame(), periods="months", **asked)
    assert found[["customer_id", "periods", "is_ended"]].to_numpy().tolist() == [["a", 5.0, True]]
    with pytest.raises(ParameterError, match=r"'month'.*Did you mean 'months'"):
        contract_times(customers, pd.DataFrame(), periods="month", **asked)
    with pytest.raises(ParameterError, match="numbers of whole periods"):
        contract_times(customers, pd.DataFrame(), periods="city", **asked)
    with pytest.raises(NoDataError, match="nothing tells how long"):
        contract_times(customers, pd.DataFrame(), **asked)
