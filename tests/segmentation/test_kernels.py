"""Quick ways to sort and rank give what the plain ones of numpy give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.segmentation.kernels import group_quantiles, stable_order

WHOLE = st.lists(st.integers(-5, 2**62), max_size=40)
SMALL = st.lists(st.integers(0, 6), max_size=60)
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.floats(-1e6, 1e6) | st.integers(0, 99)))


@given(WHOLE | SMALL)
def test_equal_keys_keep_their_order(keys):
    keys = np.array(keys, dtype=np.int64)
    assert stable_order(keys).tolist() == np.argsort(keys, kind="stable").tolist()


@given(PAIRS | st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**41))))
def test_quantiles_of_groups_are_numpys(pairs):
    codes = np.array([c for c, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs], dtype=np.float64)
    found = group_quantiles(codes, values, 6, quantiles=(0.2, 0.5))
    own = [values[codes == g] for g in range(6)]
    plain = [[np.quantile(v, q) if len(v) else np.nan for v in own] for q in (0.2, 0.5)]
    assert np.array(found) == pytest.approx(np.array(plain), nan_ok=True, rel=1e-12, abs=1e-9)
