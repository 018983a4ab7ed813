"""Non-negative factors: planted ones come back, and no worse than those of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import NMF

from cjm_research.needs.factors import directions, improve, start

N_TEXTS, N_WORDS, THEMES = 120, 60, 4


def _factored(weights, number, *, parts, rounds=60):
    found = directions(weights, number, parts=parts)
    mean = np.array([weights[part].mean() for part in parts])
    return improve(weights, start(found, number, mean=mean), parts=parts, rounds=rounds)


@pytest.fixture
def planted():
    """Texts of four themes, each with words of its own, and a little noise."""
    rng = np.random.default_rng(1)
    loads = np.eye(THEMES)[np.arange(N_TEXTS) % THEMES] * rng.uniform(1, 3, (N_TEXTS, 1))
    words = np.kron(np.eye(THEMES), np.ones(N_WORDS // THEMES)) * rng.uniform(1, 2, N_WORDS)
    noise = sparse.random_array((N_TEXTS, N_WORDS), density=0.1, rng=rng)
    return sparse.csr_array(loads @ words + noise.toarray())


def _parts(*parts):
    return np.array(parts, dtype=bool)


def test_planted_themes_come_back_in_every_part(planted):
    some = np.arange(N_TEXTS) % 5 > 0
    found = _factored(planted, THEMES, parts=_parts(np.ones(N_TEXTS), some))
    block = np.arange(N_WORDS) // (N_WORDS // THEMES)
    owner = found.words.argmax(axis=1)  # parts x words
    for part in owner:
        groups = [set(part[block == b]) for b in range(THEMES)]
        assert all(len(g) == 1 for g in groups)
        assert len(set.union(*groups)) == THEMES
    assert (found.loads[1][:, ~some] == 0).all()


def test_factors_are_as_near_as_those_of_scikit_learn(planted):
    found = _factored(planted, THEMES, parts=_parts(np.ones(N_TEXTS)))
    dense = planted.toarray()
    model = NMF(THEMES, init="nndsvda", random_state=0, max_iter=2_000, tol=1e-7).fit(dense)
    error = np.linalg.norm(dense - found.loads[0].T @ found.words[0])
    assert error <= model.reconstruction_err_ * 1.001


def test_a_part_is_factored_as_if_it_were_all_there_is(planted):
    some = np.arange(N_TEXTS) % 5 > 0
    inside = _factored(planted, THEMES, parts=_parts(np.ones(N_TEXTS), some))
    alone = _factored(sparse.csr_array(planted[some]), THEMES, parts=_parts(np.ones(some.sum())))
    assert inside.words[1] == pytest.approx(alone.words[0], abs=1e-6)


def test_singular_vectors_are_those_of_the_whole_decomposition(planted):
    found = directions(planted, THEMES, parts=_parts(np.ones(N_TEXTS)))
    sizes = np.linalg.svd(planted.toarray(), compute_uv=False)[:THEMES]
    assert found.sizes[0] == pytest.approx(sizes, rel=1e-6)
