"""Agreement: published examples, an independent implementation, properties, coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from cjm_research.errors import ParameterError
from cjm_research.stats.agreement import cohen_kappa, krippendorff_alpha

NONE = np.nan
# Krippendorff (2011), section C: four observers, twelve units, values missing; nominal alpha .743.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]
# Section A: Meg and Owen, binary, ten articles; alpha .095.
MEG, OWEN = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
marks = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=4, max_size=40)


def _rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize(("ratings", "published"), [(FOUR, 0.743), ([MEG, OWEN], 0.095)])
def test_alpha_is_the_published_one(ratings, published):
    assert krippendorff_alpha(ratings, rng=_rng()).value == pytest.approx(published, abs=5e-4)


# The same four observers in Krippendorff (2011), section E, and Krippendorff (2004), Content
# Analysis, chapter 11: the other metrics of one table.
@pytest.mark.parametrize(
    ("level", "published"), [("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_each_level_is_the_published_one(level, published):
    found = krippendorff_alpha(FOUR, rng=_rng(), level=level)
    assert found.value == pytest.approx(published, abs=5e-4)
    assert found.low < found.value < found.high


def test_near_classes_disagree_less_where_classes_have_an_order():
    near, far = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 4]], [[1, 2, 3, 4, 5], [1, 2, 3, 4, 1]]
    by_rank = [krippendorff_alpha(r, rng=_rng(), level="ordinal").value for r in (near, far)]
    by_name = [krippendorff_alpha(r, rng=_rng()).value for r in (near, far)]
    assert by_rank[0] > by_rank[1]
    assert by_name[0] == pytest.approx(by_name[1])


@given(marks)
def test_kappa_and_its_interval_are_those_of_statsmodels(pairs):
    one, two = (np.array(v, dtype=float) for v in zip(*pairs, strict=True))
    classes = np.unique([one, two])
    assume(len(classes) > 1)
    own = cohen_kappa(one, two)
    table = np.array([[((one == a) & (two == b)).sum() for b in classes] for a in classes])
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = cohens_kappa(table)
    assert own.value == pytest.approx(theirs.kappa)
    # where the variance is exactly zero, either side may hold a rounding error of 1e-15, also below
    # zero: then theirs has no root, and of ours only the root of the error is left
    half = 1.959963984540054 * max(0.0, theirs.var_kappa) ** 0.5
    assert own.low == pytest.approx(max(-1, theirs.kappa - half), abs=1e-6)
    assert own.high == pytest.approx(min(1, theirs.kappa + half), abs=1e-6)


@given(marks)
def test_agreement_does_not_depend_on_who_is_first_nor_on_the_names_of_classes(pairs):
    one, two = (np.array(v, dtype=float) for v in zip(*pairs, strict=True))
    there = krippendorff_alpha([one, two], rng=_rng())
    back = krippendorff_alpha([9 - two, 9 - one], rng=_rng())
    assert there.value == pytest.approx(back.value, nan_ok=True)
    assert cohen_kappa(one, two).value == pytest.approx(
        cohen_kappa(9 - two, 9 - one).value, nan_ok=True
    )


def test_perfect_agreement_is_one_and_one_class_says_nothing():
    assert krippendorff_alpha([[0, 1, 1, 0]] * 3, rng=_rng())[:1] == (1.0,)
    assert np.isnan(krippendorff_alpha([[1, 1, 1]] * 2, rng=_rng()).value)
    assert np.isnan(cohen_kappa([1, 1], [1, 1]).value)


def test_what_one_coder_alone_has_sorted_does_not_count():
    assert krippendorff_alpha([[1, 0, 1], [1, NONE, 0]], rng=_rng()).n == 2
    assert krippendorff_alpha([[1, NONE], [NONE, 0]], rng=_rng()).n == 0
    assert cohen_kappa([1, 0, NONE], [1, 0, 0]).n == 2


def test_the_interval_is_the_same_each_time():
    assert krippendorff_alpha(FOUR, rng=_rng()) == krippendorff_alpha(FOUR, rng=_rng())


def test_bad_input_is_named():
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1"):
        cohen_kappa([1], [1], confidence=95)
    with pytest.raises(ParameterError, match="second must be of the shape"):
        cohen_kappa([1, 0], [1])
    with pytest.raises(ParameterError, match="coders by things"):
        krippendorff_alpha([1, 0], rng=_rng())
    with pytest.raises(ParameterError, match="Did you mean 'ordinal'"):
        krippendorff_alpha([[1, 0], [1, 0]], rng=_rng(), level="ordnal")


@pytest.mark.slow
def test_the_interval_of_alpha_covers_what_many_texts_would_give():
    rng = np.random.default_rng(3)

    def coded(n):
        true = rng.random(n) < 0.3
        return [np.where(rng.random(n) < 0.1, ~true, true).astype(float) for _ in range(2)]

    long_run = krippendorff_alpha(coded(200_000), rng=_rng()).value
    found = [krippendorff_alpha(coded(150), rng=rng) for _ in range(300)]
    covered = np.mean([f.low <= long_run <= f.high for f in found])
    assert 0.90 <= covered <= 0.99
