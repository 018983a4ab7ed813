"""Purchase, spend and contract models against what their authors published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.value.contracts import (
    expected_periods,
    fit_contracts,
    renewal_rate,
    share_running,
)
from cjm_research.segmentation.value.purchases import (
    Histories,
    PurchaseModel,
    expected_purchases,
    fit_purchases,
    histories,
    p_active,
    p_alive,
)
from cjm_research.segmentation.value.spend import expected_spend, fit_spend

KINDS = ("bg_nbd", "mbg_nbd")


@pytest.fixture(scope="session")
def cdnow(shared_data):
    table = pd.read_csv(shared_data / "cdnow" / "cdnow_customers_summary_with_transactions.csv")
    return table, histories(table["x"], table["t_x"], table["T"])


def model(kind="bg_nbd", *, a=0.793):
    return PurchaseModel(kind=kind, r=0.243, alpha=4.414, a=a, b=2.426, se=(0.0,) * 4,
                         log_likelihood=0.0, n_customers=1, is_settled=True)  # fmt: skip


def one(repeats, last, observed):
    return Histories(*(np.atleast_1d(np.asarray(v, float)) for v in (repeats, last, observed, 1)))


def test_bg_nbd_has_the_published_parameters(cdnow):
    # Fader, Hardie, Lee 2005, table 2: r .243, alpha 4.414, a .793, b 2.426, LL -9582.4.
    # Standard errors: BTYD 2.4.3 (R), hessian of the same likelihood.
    found = fit_purchases(cdnow[1], kind="bg_nbd")
    assert [found.r, found.a, found.b] == pytest.approx([0.243, 0.793, 2.426], abs=6e-4)
    assert found.alpha == pytest.approx(4.414, abs=1e-3)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert found.se == pytest.approx((0.0126, 0.378, 0.186, 0.705), abs=6e-4)
    assert found.is_settled


def test_mbg_nbd_has_the_published_likelihood(cdnow):
    # Batislam, Denizel, Filiztekin 2007 on the same data; BTYD 2.4.3: LL -9582.13.
    found = fit_purchases(cdnow[1], kind="mbg_nbd")
    assert found.log_likelihood == pytest.approx(-9582.13, abs=0.01)


def test_the_forecast_of_the_next_39_weeks_is_the_published_one(cdnow):
    # BTYD: 1653.4 purchases of these customers in the holdout; 1882 came.
    data = cdnow[1]
    found = fit_purchases(data, kind="bg_nbd")
    total = data.weight @ expected_purchases(found, data, time=39.0)
    assert total == pytest.approx(1653.4, abs=0.1)


def test_spend_has_the_published_parameters(cdnow):
    # Fader, Hardie 2013 (note 025): p 6.25, q 3.74, v 15.44; LL -4055.92 (BTYD).
    found = fit_spend(cdnow[0]["x"], cdnow[0]["zbar"])
    assert [found.p, found.q, found.v] == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.01)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ([1000, 869, 743, 653, 593, 551, 517, 491], (0.668, 3.806, -1611.2)),
        ([1000, 631, 468, 382, 326, 289, 262, 241], (0.704, 1.182, -1680.3)),
    ],
)
def test_contracts_have_the_published_parameters(left, expected):
    # Fader, Hardie 2007, "High End" and "Regular", seven years.
    left = np.array(left, float)
    periods, ended = np.append(np.arange(1, 8), 7), np.append(np.ones(7, bool), False)
    found = fit_contracts(periods, ended, weight=np.append(-np.diff(left), left[-1]))
    assert [found.alpha, found.beta] == pytest.approx(expected[:2], abs=6e-4)
    assert found.log_likelihood == pytest.approx(expected[2], abs=0.06)
    assert found.is_settled
    rates = renewal_rate(found, np.arange(1, 13))
    assert (np.diff(rates) > 0).all()
    assert share_running(found, 12) == pytest.approx(np.prod(rates))
    assert expected_periods(found, np.array([3.0]), horizon=2)[0] == pytest.approx(
        rates[3] + rates[3] * rates[4]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_that_of_the_likelihood(kind):
    rng = np.random.default_rng(4)
    data = _simulated(rng, 400, kind=kind)
    found = fit_purchases(data, kind=kind)
    near = [fit_purchases(Histories(*data[:3], data.weight * w), kind=kind) for w in (1, 2)]
    assert near[1].log_likelihood == pytest.approx(2 * near[0].log_likelihood)
    assert near[1].r == pytest.approx(found.r, rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_histories_counted_together_give_the_same_model(kind):
    rng = np.random.default_rng(5)
    data = _simulated(rng, 500, kind=kind)
    single = Histories(*(np.repeat(v, data.weight.astype(int)) for v in data[:3]),
                       np.ones(int(data.weight.sum())))  # fmt: skip
    assert len(single.repeats) > len(data.repeats)
    one_, other = fit_purchases(data, kind=kind), fit_purchases(single, kind=kind)
    assert [one_.r, one_.alpha, one_.a, one_.b] == pytest.approx(
        [other.r, other.alpha, other.a, other.b], rel=1e-4
    )


def _simulated(rng, n, *, kind):
    rate, drop = rng.gamma(0.8, 1 / 40, n), rng.beta(0.9, 3.0, n)
    observed = rng.integers(100, 300, n)
    repeats, last = np.zeros(n), np.zeros(n)
    for i in range(n):
        t = 0.0
        while kind == "bg_nbd" or rng.random() > drop[i]:
            t += rng.exponential(1 / rate[i])
            if t > observed[i]:
                break
            repeats[i], last[i] = repeats[i] + 1, np.floor(t)
            if kind == "bg_nbd" and rng.random() < drop[i]:
                break
    return histories(repeats, last, observed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("a", [0.5, 1.0, 1.7])
def test_the_mean_of_the_forecast_is_its_integral(kind, a):
    # E = P(alive) * integral over p of (1 - ((alpha+T)/(alpha+T+pt))^(r+x)) / p, p ~ Beta.
    found = model(kind, a=a)
    data = one(6, 20, 30)
    shape = found.b + 6 + (kind == "mbg_nbd")

    def inside(p):
        grown = ((found.alpha + 30) / (found.alpha + 30 + p * 25)) ** (found.r + 6)
        return (1 - grown) / p * stats.beta.pdf(p, a, shape)

    expected = integrate.quad(inside, 0, 1, limit=200)[0] * p_alive(found, data)[0]
    assert expected_purchases(found, data, time=25.0)[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_purchases_stay_finite(kind):
    data = one([3000, 100_000], [2999, 999], [3000, 1000])
    found = expected_purchases(model(kind), data, time=30.0)
    assert np.isfinite(found).all()
    assert (found > 0).all()
    # Who buys every day goes on so: about 30 in 30 days, less the few who stop.
    assert 25 < found[0] < 30


@pytest.mark.parametrize("kind", KINDS)
def test_customers_who_hardly_differ_are_forecast_too(kind):
    # Everybody stops with .1 after a purchase: with the rate known, E = (1 - exp(-rate t p)) / p.
    found = PurchaseModel(kind=kind, r=4e5, alpha=4e6, a=2e4, b=18e4, se=(0.0,) * 4,
                          log_likelihood=0.0, n_customers=1, is_settled=False)  # fmt: skip
    expected = (1 - np.exp(-0.1 * 30 * 0.1)) / 0.1 * p_alive(found, one(3, 100, 100))[0]
    assert expected_purchases(found, one(3, 100, 100), time=30.0)[0] == pytest.approx(
        expected, rel=1e-3
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_chance_of_a_purchase_is_that_of_simulated_customers(kind):
    # x = 2 by t = 10, watched to 20: draw the customer's rate and fate from their posterior.
    rng, found, data = np.random.default_rng(9), model(kind), one(2, 10, 20)
    rate = rng.gamma(found.r + 2, 1 / (found.alpha + 20), 400_000)
    alive = rng.random(400_000) < p_alive(found, data)[0]
    came = alive & (rng.exponential(1 / rate) < 15)
    assert p_active(found, data, time=15.0)[0] == pytest.approx(came.mean(), abs=0.003)


def test_without_a_repeat_bg_nbd_calls_everybody_active_and_mbg_nbd_does_not():
    data = one(0, 0, 300)
    assert p_alive(model("bg_nbd"), data)[0] == 1
    assert p_alive(model("mbg_nbd"), data)[0] < 1
    assert p_active(model("bg_nbd"), data, time=30.0)[0] < 0.05


@pytest.mark.parametrize(
    "history", [(-1, 0, 5), (1.5, 2, 5), (1, 6, 5), (0, 3, 5), (1, -1, 5)]
)  # fmt: skip
def test_an_impossible_history_is_refused(history):
    with pytest.raises(ParameterError, match="a history must be"):
        histories(*([v] for v in history))


def test_nobody_is_said():
    with pytest.raises(NoDataError, match="no customer with a purchase"):
        histories([], [], [])
    with pytest.raises(NoDataError, match="at least 20"):
        fit_spend([1, 2], [3.0, 4.0])
    with pytest.raises(NoDataError, match="all spend alike"):
        fit_spend(np.ones(50), np.full(50, 7.0))
    with pytest.raises(NoDataError, match="some must have ended"):
        fit_contracts([1, 2], [True, True])


def test_customers_who_are_all_alike_do_not_settle():
    # A rate with no spread and nobody who stops lie at the edge of the parameters.
    found = fit_purchases(histories(np.full(200, 10), np.full(200, 100), np.full(200, 100)))
    assert not found.is_settled


def test_expected_spend_lies_between_the_own_mean_and_that_of_all():
    rng = np.random.default_rng(2)
    mean = 1 / rng.gamma(4, 1 / 100, 3000)
    x = rng.integers(1, 6, 3000)
    value = rng.gamma(6 * x, mean * 10 / (6 * x))
    found = fit_spend(x, value)
    everybody = found.p * found.v / (found.q - 1)
    expected = expected_spend(found, x, value)
    assert ((expected - value) * (expected - everybody) <= 1e-9).all()
    assert expected_spend(found, [0], [np.nan])[0] == pytest.approx(everybody)


def test_spend_recovers_what_it_was_drawn_from():
    rng = np.random.default_rng(6)
    n, p, q, v = 20_000, 6.0, 4.0, 15.0
    x = rng.integers(1, 9, n)
    nu = rng.gamma(q, 1 / v, n)
    found = fit_spend(x, rng.gamma(p * x) / (nu * x))
    assert [found.p, found.q, found.v] == pytest.approx([p, q, v], rel=0.1)
    assert abs(found.correlation) < 0.05
