"""Rows of some customers, held against pandas' own answer."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.store.rows import aligned, rows_of

IDS = st.lists(st.one_of(st.none(), st.sampled_from("abcde")))


@pytest.mark.parametrize("dtype", ["string[pyarrow]", "object"])
@given(customers=IDS, chosen=IDS)
def test_rows_are_those_that_pandas_finds_but_nobody_is_no_customer(dtype, customers, chosen):
    column, wanted = pd.Series(customers, dtype=dtype), pd.Series(chosen, dtype=dtype)
    expected = column.isin(wanted.dropna()) & column.notna()
    assert rows_of(column, wanted).tolist() == expected.tolist()


@given(known=st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xyz")), keys=IDS)
def test_what_is_known_is_put_beside_keys_as_pandas_does(known, keys):
    series = pd.Series(list(known.values()), index=list(known), dtype="string[pyarrow]")
    wanted = pd.Series(keys, dtype="string[pyarrow]")
    expected = [known.get(k) for k in keys]
    assert aligned(series, wanted).astype(object).where(lambda s: s.notna(), None).tolist() == (
        expected
    )
