"""Columns that hold each text once, held against pandas' own column of texts."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.store.coded import CodedText, coded_text
from cjm_research.store.reading import read_part

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "ab", "", "я", "中"])), min_size=1)
N = 300
RNG = np.random.default_rng(0)
NUMBERS = pd.Series(RNG.normal(size=N))
OTHER = pd.Series([f"t{i}" for i in RNG.integers(0, 30, N)], dtype="string[pyarrow]")

WAYS = {
    "equal": lambda s: s == "t7",
    "another": lambda s: s != "absent",
    "before": lambda s: s < "t2",
    "equal to a column": lambda s: s == OTHER,
    "equal to itself": lambda s: s == s.iloc[::-1].reset_index(drop=True),
    "missing": lambda s: s.isna(),
    "a mask": lambda s: s[s.notna()],
    "positions": lambda s: s.iloc[[3, 4, -1]],
    "a slice": lambda s: s.iloc[5:250:3],
    "beyond": lambda s: s.reindex([5, 10_000, 3]),
    "one": lambda s: s.iloc[3],
    "numbers": pd.factorize,
    "numbers in order": lambda s: pd.factorize(s, sort=True),
    "numbers with none": lambda s: pd.factorize(s, use_na_sentinel=False),
    "different": lambda s: s.unique(),
    "how many": lambda s: (s.nunique(), s.count()),
    "counts": lambda s: s.value_counts(),
    "shares with none": lambda s: s.value_counts(dropna=False, normalize=True),
    "sorted": lambda s: s.sort_values(kind="stable"),
    "sorted down": lambda s: s.sort_values(ascending=False, kind="stable", na_position="first"),
    "among": lambda s: s.isin(["t1", "t2", "absent"]),
    "among with none": lambda s: s.isin(["t1", None]),
    "among a column": lambda s: s.isin(OTHER.iloc[:10]),
    "among itself": lambda s: s.isin(s.iloc[:10]),
    "filled": lambda s: s.fillna("new"),
    "filled with one of them": lambda s: s.fillna("t3"),
    "filled from a column": lambda s: s.fillna(OTHER),
    "sums": lambda s: NUMBERS.groupby(s).sum(),
    "sums as they come": lambda s: NUMBERS.groupby(s, sort=False).sum(),
    "first of each": lambda s: s.groupby(OTHER).first(),
    "different in each": lambda s: s.groupby(OTHER).nunique(),
    "duplicates": lambda s: (s.duplicated(), s.duplicated(keep="last"), s.drop_duplicates()),
    "kept or none": lambda s: s.where(NUMBERS > 0),
    "kept or a text": lambda s: s.where(NUMBERS > 0, "else"),
    "kept or a column": lambda s: s.mask(NUMBERS > 0, OTHER),
    "objects": lambda s: s.to_numpy(),
    "objects without NA": lambda s: s.to_numpy(dtype=object, na_value=None),
    "categories": lambda s: s.astype("category"),
    "other texts": lambda s: s.astype("str"),
    "mapped": lambda s: s.map({"t1": 1.0}),
    "upper": lambda s: s.str.upper(),
    "holding": lambda s: s.str.contains("t1", regex=False),
    "beginning": lambda s: s.str.startswith("t1", na=False),
    "joined": lambda s: "x" + s + OTHER,
    "ends": lambda s: (s.min(), s.max()),
    "shifted": lambda s: (s.shift(), s.shift(-1)),
    "below each other": lambda s: pd.concat([s, OTHER, s.iloc[:9]], ignore_index=True),
    "merged": lambda s: pd.DataFrame({"a": s, "n": NUMBERS}).merge(
        pd.DataFrame({"a": OTHER.drop_duplicates(), "b": 1}), on="a", how="left"
    ),
    "sorted by two": lambda s: pd.DataFrame({"a": s, "b": OTHER, "n": NUMBERS}).sort_values(
        ["a", "b", "n"], ignore_index=True
    ),
    "looked up": lambda s: pd.Index(OTHER.unique()).get_indexer(s),
    "looked up in it": lambda s: pd.Index(s.dropna().unique()).get_indexer(OTHER),
    "crossed": lambda s: pd.crosstab(s, OTHER),
    "replaced": lambda s: s.replace({"t1": "zz"}),
    "set": lambda s: _set(s, NUMBERS.to_numpy() > 1, "q"),
    "set to one of them": lambda s: _set(s, NUMBERS.to_numpy() > 1, "t1"),
    "set to none": lambda s: _set(s, slice(2, 9), pd.NA),
    "set at one": lambda s: _set(s, 5, "q"),
    "pickled": lambda s: pickle.loads(pickle.dumps(s)),
    "arrow": lambda s: pa.array(s).to_pylist(),
}


def _set(column: pd.Series, key, value) -> pd.Series:
    out = column.copy()
    out.iloc[key] = value
    return out


def _as_alike(one, other) -> None:
    if isinstance(one, tuple | list):
        for a, b in zip(one, other, strict=True):
            _as_alike(a, b)
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    elif isinstance(one, pd.Index):
        pd.testing.assert_index_equal(one, other)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert all(a is b or a == b for a, b in zip(one, other, strict=True))
    elif isinstance(one, pd.api.extensions.ExtensionArray):
        pd.testing.assert_extension_array_equal(one, other)
    else:
        assert one is other or one == other


@pytest.mark.parametrize("way", WAYS)
def test_what_pandas_does_with_texts_it_does_with_coded_ones(way):
    values = [None if RNG.random() < 0.1 else f"t{i}" for i in RNG.integers(0, 30, N)]
    plain = pd.Series(values, dtype="string[pyarrow]")
    coded = pd.Series(coded_text(pa.array(values)))
    assert coded.dtype == plain.dtype
    _as_alike(WAYS[way](plain), WAYS[way](coded))
    pd.testing.assert_series_equal(coded, plain)  # and the column is as it was


@given(one=TEXTS, other=TEXTS)
def test_columns_below_each_other_keep_codes_and_texts(one, other):
    parts = [pd.Series(coded_text(pa.array(t, pa.string()))) for t in (one, other)]
    both = pd.concat(parts, ignore_index=True)
    pd.testing.assert_series_equal(both, pd.Series(one + other, dtype="string[pyarrow]"))
    codes, texts = pd.factorize(both, sort=True)
    expected, texts_expected = pd.factorize(
        pd.Series(one + other, dtype="string[pyarrow]"), sort=True
    )
    assert codes.tolist() == expected.tolist()
    assert list(texts) == list(texts_expected)


def test_a_few_rows_of_many_texts_do_not_carry_them_along():
    column = pd.Series(coded_text(pa.array([str(i) for i in range(1000)])))
    few = column.iloc[:3].array
    assert isinstance(few, CodedText)
    assert few.nbytes < 100
    assert list(few) == ["0", "1", "2"]


def test_rows_take_a_byte_where_there_are_few_texts_and_a_file_is_read_so(tmp_path):
    frame = pd.DataFrame(
        {
            "id": [f"customer {i:07}" for i in range(5000)],
            "n": np.arange(5000),
            "channel": ["ads", "mail", None, "search", "direct"] * 1000,
        }
    ).astype({"id": "string[pyarrow]", "channel": "string[pyarrow]"})
    path = tmp_path / "part.parquet"
    frame.attrs["ignored"] = {"orders": 3}
    frame.to_parquet(path, index=False)
    read = read_part(path)
    pd.testing.assert_frame_equal(read, frame)
    assert read.attrs == frame.attrs
    assert read["channel"].array.nbytes < 5200
    assert not isinstance(read["id"].array, CodedText)
    pd.testing.assert_frame_equal(read_part(path, ["channel", "id"]), frame[["channel", "id"]])
