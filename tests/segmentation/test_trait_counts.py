"""Tests of counts of segments by trait, beside pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.segmentation.trait_counts import segment_counts
from cjm_research.segmentation.traits import Trait


def _trait(number, codes, n_levels):
    levels = tuple(f"v{i}" for i in range(n_levels))
    return Trait(
        column=f"t{number}", kind="trait", codes=codes.astype(np.int8), levels=levels,
        told=tuple(range(n_levels)),
    )  # fmt: skip


def _expected(inside, trait):
    known = trait.codes >= 0
    return [
        pd.Series(trait.codes[known & own]).value_counts().reindex(range(len(trait.levels)))
        .fillna(0).astype(int).tolist()
        for own in (*inside.values(), np.ones(len(trait.codes), dtype=bool))
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["apart", "overlapping", "many"])
def test_counts_are_those_of_pandas(kind):
    rng = np.random.default_rng(5)
    n = 70_000
    own = rng.integers(-1, 200 if kind == "many" else 4, n)
    inside = {f"s{i}": own == i for i in range(own.max() + 1)}
    if kind == "overlapping":
        inside["s0"] |= own == 1
    found = [_trait(i, rng.integers(-1, k, n), k) for i, k in enumerate((2, 60, 5, 9, 3, 2))]
    counted = list(segment_counts(inside, found))
    assert [t.column for t, _ in counted] == [t.column for t in found]
    assert [table.tolist() for _, table in counted] == [_expected(inside, t) for t in found]
