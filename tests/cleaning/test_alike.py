"""Rows that are alike are found as pandas finds them, though most are never compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning import alike
from cjm_research.store.coded import coded_text

TEXTS = st.sampled_from(
    [None, "", "a", "b", "ab", "я", "0123456789", "x0123456789", "yy0123456789abcdef",
     "zy0123456789abcdef"]
)  # fmt: skip
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 2.0, float("nan")])
DAYS = st.sampled_from([None, "2026-01-01", "2026-01-02"])
ROWS = st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, DAYS, st.sampled_from([0, 1, None])), min_size=1)
COLUMNS = [["plain"], ["coded", "at"], ["plain", "amount"], ["rows"],
           ["plain", "coded", "amount", "at", "rows"]]  # fmt: skip


@pytest.mark.parametrize("keep", ["first", "last", False])
@pytest.mark.parametrize("columns", COLUMNS)
@given(rows=ROWS, at_a_time=st.integers(1, 5))
def test_rows_that_repeat_others_are_those_of_pandas(rows, columns, keep, at_a_time):
    plain, coded, amount, at, number = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "plain": pd.Series(plain, dtype="string[pyarrow]"),
            "coded": pd.Series(coded_text(pa.array(coded, pa.string()))),
            "amount": np.array(amount),
            "at": pd.to_datetime(pd.Series(at, dtype=object), utc=True),
            "rows": pd.array(number, dtype="Int64"),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "_FROM_ROWS", 0)
        patch.setattr(alike, "_ROWS", at_a_time)
        found = alike.repeated(frame, columns, keep=keep)
    assert found.tolist() == frame.duplicated(columns, keep=keep).tolist()
