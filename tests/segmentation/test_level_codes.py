"""Tests of positions of texts among few levels: whatever the memory looks like, as pandas says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.segmentation import level_codes as module
from cjm_research.segmentation.level_codes import level_codes
from cjm_research.store.coded import coded_text

_TEXT = st.none() | st.text(alphabet="ab\0é 北", max_size=6) | st.sampled_from(["x" * 13, "a" * 12])


def _column(values, kind=None):
    texts = pa.array(values, type=kind or pa.large_string())
    return pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array([texts])))


def _expected(values):
    found, names = pd.factorize(pd.Series(values, dtype=object), sort=True)
    return found.tolist(), tuple(names)


@settings(max_examples=150)
@given(values=st.lists(_TEXT, min_size=1, max_size=60), skip=st.integers(0, 9))
def test_texts_are_coded_as_pandas_codes_them(values, skip):
    values = [*values, "b"]
    column = _column(["before"] * skip + values).iloc[skip:]
    codes, levels = level_codes(column, at_most=60)
    assert (codes.tolist(), levels) == _expected(values)


def test_levels_that_the_learned_rows_lack_are_taken_in(monkeypatch):
    monkeypatch.setattr(module, "_RUNS", 1)
    values = ["red", "blue", None] * 2_000
    values[700], values[5_000] = "green", None
    values[5_001] = "azure"
    codes, levels = level_codes(_column(values), at_most=60)
    assert (codes.tolist(), levels) == _expected(values)


def test_many_rows_of_levels_that_were_not_learned_are_read_whole(monkeypatch):
    monkeypatch.setattr(module, "_RUNS", 1)
    values = ["red"] * 1_000 + ["green", "blue"] * 1_000
    codes, levels = level_codes(_column(values), at_most=60)
    assert (codes.tolist(), levels) == _expected(values)


def test_a_missing_text_that_has_bytes_is_missing():
    texts = pa.array(["a", "b", "b", "a"], type=pa.large_string())
    _, starts, data = texts.buffers()
    known = pa.py_buffer(np.packbits([True, False, True, True], bitorder="little").tobytes())
    hidden = pa.Array.from_buffers(pa.large_string(), 4, [known, starts, data])
    column = pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array([hidden])))
    assert level_codes(column, at_most=60)[0].tolist() == [0, -1, 1, 0]


def test_chunks_of_one_column_share_their_levels():
    chunks = [pa.array(["b", None], pa.large_string()), pa.array(["a", "b"], pa.large_string())]
    column = pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array(chunks)))
    codes, levels = level_codes(column, at_most=60)
    assert (codes.tolist(), levels) == ([1, -1, 0, 1], ("a", "b"))


@pytest.mark.parametrize("n", [61, 130, 5_000])
def test_more_levels_than_asked_for_are_no_levels(n):
    assert level_codes(_column([f"{i:05d}" for i in range(n)]), at_most=60) is None


def test_more_levels_than_asked_for_in_rows_that_were_not_learned(monkeypatch):
    monkeypatch.setattr(module, "_RUNS", 1)
    values = ["one"] * 30_000
    values[300:600] = [f"{i}" for i in range(300)]
    assert level_codes(_column(values), at_most=60) is None


def test_no_rows_have_no_levels():
    codes, levels = level_codes(_column([]), at_most=60)
    assert (codes.tolist(), levels) == ([], ())


def test_categories_are_levels():
    codes, levels = level_codes(pd.Series(["b", "a", None], dtype="category"), at_most=60)
    assert (codes.tolist(), levels) == ([1, 0, -1], ("a", "b"))


def test_a_column_that_holds_each_text_once_is_coded_alike():
    texts = pa.array(["Ufa", None, "Perm", "Ufa", "Омск"])
    plain = pd.Series(texts, dtype="string[pyarrow]")
    codes, levels = level_codes(pd.Series(coded_text(texts)), at_most=60)
    expected, names = level_codes(plain, at_most=60)
    assert (codes.tolist(), levels) == (expected.tolist(), names)
    assert level_codes(pd.Series(coded_text(texts)), at_most=2) is None
