"""Chance to beat the control, beside a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special

from cjm_research.errors import ParameterError
from cjm_research.stats.bayes import beta_binomial, normal_effect


# Miller E. (2015), Formulas for Bayesian A/B testing, equation 6, for whole numbers.
def closed_form(treated, control):
    (a1, b1), (a0, b0) = treated, control
    i = np.arange(a1)
    terms = special.betaln(a0 + i, b0 + b1) - np.log(b1 + i) - special.betaln(1 + i, b1)
    return float(np.exp(terms - special.betaln(a0, b0)).sum())


@pytest.mark.parametrize(
    ("treated", "control"),
    [
        ((3, 10), (2, 12)),
        ((120, 1000), (100, 1000)),
        ((0, 50), (5, 40)),
        ((900, 9000), (820, 9100)),
    ],
)
def test_the_chance_is_that_of_the_closed_form(treated, control):
    beliefs = [(x + 1, n - x + 1) for x, n in (treated, control)]
    assert beta_binomial(treated, control).chance_above == pytest.approx(
        closed_form(*beliefs), abs=1e-9
    )


def test_both_losses_differ_by_the_expected_difference():
    found = beta_binomial((30, 200), (20, 210))
    assert found.loss_if_control - found.loss_if_treated == pytest.approx(found.mean, abs=1e-12)


def test_millions_of_units_are_no_trouble():
    assert beta_binomial((10_000, 10**6), (9_000, 10**6)).chance_above == pytest.approx(1, abs=1e-9)


def test_a_flat_prior_leaves_the_estimate_and_a_narrow_one_draws_it_to_zero():
    assert normal_effect(2.0, se=1.0).mean == 2.0
    assert normal_effect(2.0, se=1.0, prior_sd=1e-3).mean == pytest.approx(0, abs=1e-5)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ParameterError, match="successes among trials"):
        beta_binomial((5, 4), (1, 4))


# By the quantile function's way, int F0 dF1, with the ends' powers taken out of the integrand.
def by_algebraic_weights(treated, control, prior):
    (x1, n1), (x0, n0) = treated, control
    a, b = x1 + prior[0], n1 - x1 + prior[1]

    def below(x):
        return special.betainc(x0 + prior[0], n0 - x0 + prior[1], x)

    low, _ = integrate.quad(lambda x: below(x) * (1 - x) ** (b - 1), 0, 0.5, weight="alg",
                            wvar=(a - 1, 0), epsabs=0, epsrel=1e-12)  # fmt: skip
    high, _ = integrate.quad(lambda x: below(x) * x ** (a - 1), 0.5, 1, weight="alg",
                             wvar=(0, b - 1), epsabs=0, epsrel=1e-12)  # fmt: skip
    return (low + high) / special.beta(a, b)


@pytest.mark.parametrize(
    ("treated", "control", "prior"),
    [((0, 10), (3, 10), (0.5, 0.5)), ((10, 10), (7, 10), (0.5, 0.5)), ((4, 90), (7, 80), (1, 9))],
)
def test_any_prior_gives_the_chance_to_many_digits(treated, control, prior):
    found = beta_binomial(treated, control, prior=prior)
    assert found.chance_above == pytest.approx(by_algebraic_weights(treated, control, prior))
    assert found.loss_if_control - found.loss_if_treated == pytest.approx(found.mean)


def test_alike_arms_are_alike_where_the_prior_has_no_bound():
    found = beta_binomial((0, 0), (0, 0), prior=(0.5, 0.5))
    assert found.chance_above == pytest.approx(0.5, abs=1e-9)
    # E |A - B| of two arcsine laws is 4 / pi^2; each loss is half of it.
    assert found.loss_if_treated == pytest.approx(2 / np.pi**2)
