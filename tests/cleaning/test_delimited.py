"""Damaged text files: every row is kept or set aside with its line; none vanishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.load import load
from cjm_research.cleaning.reading.content import ReadLimits
from cjm_research.cleaning.reading.delimited import read_delimited
from cjm_research.cleaning.reading.encoding import Decoded
from cjm_research.cleaning.reading.request import request_of
from cjm_research.errors import SourceError
from cjm_research.study.sources import Source

ROWS = "c1,10.5,2026-01-01\nc2,20.5,2026-01-02\nc3,30.5,2026-01-03\n"
TEXT = "client,sum,day\n" + ROWS


def _lines(loaded):
    return loaded.table["source_line"].tolist()


def _aside(loaded):
    return list(zip(loaded.quarantine["source_line"], loaded.quarantine["code"], strict=True))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(load_orders, delimiter):
    assert load_orders(TEXT.replace(",", delimiter)).table["amount"].tolist() == [10.5, 20.5, 30.5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_reads_the_same(load_orders, end):
    loaded = load_orders(TEXT.replace("\n", end).encode())
    assert loaded.table["customer_id"].tolist() == ["c1", "c2", "c3"]
    assert _lines(loaded) == [2, 3, 4]


def test_runs_of_blanks_separate(load_orders):
    loaded = load_orders(" client  sum   day\n c1  10.5 2026-01-01\n c2   7 2026-01-02\n")
    assert loaded.table["amount"].tolist() == [10.5, 7.0]


def test_excels_own_separator_line_is_obeyed(load_orders):
    loaded = load_orders("sep=;\n" + TEXT.replace(",", ";"))
    assert _lines(loaded) == [3, 4, 5]


def test_title_rows_and_blank_rows_are_passed_over(load_orders):
    loaded = load_orders("Report for January\n\nsecret, of course\n" + TEXT + "\n,,\n")
    assert _lines(loaded) == [5, 6, 7]
    assert loaded.info["rows_in"].tolist() == [3]
    assert "header_row = 4" in loaded.choices["override"].tolist()


def test_a_row_of_totals_is_set_aside(load_orders):
    loaded = load_orders(TEXT + "Итого,61.5,\n,61.5,Total\n")
    assert _aside(loaded) == [(5, "total_row"), (6, "total_row")]


def test_a_repeated_header_is_set_aside(load_orders):
    loaded = load_orders(TEXT + TEXT)
    assert _aside(loaded) == [(5, "repeated_header")]
    assert len(loaded.table) == 6


def test_short_and_long_rows_are_set_aside(load_orders):
    filler = "".join(f"c{i},1,2026-01-01\n" for i in range(20))
    loaded = load_orders(TEXT + "c4,1\nc5,1,2026-01-01,more\n" + filler)
    assert _aside(loaded) == [(5, "short_row"), (6, "long_row")]
    assert loaded.info["rows_in"].tolist() == [25]


def test_a_file_that_leaves_out_last_empty_cells_is_whole(load_orders):
    loaded = load_orders("client,sum,day\nc1,1\nc2,2\nc3,3,2026-01-01\n")
    assert len(loaded.table) == 3
    assert loaded.table["ordered_at"].isna().tolist() == [True, True, False]


def test_cells_with_newlines_keep_the_lines_of_their_rows(load_orders):
    text = 'client,note,sum,day\nc1,"two\nlines, quoted",1,2026-01-01\nc2,plain,2,2026-01-02\n'
    assert _lines(load_orders(text)) == [2, 4]


def test_a_quote_that_never_closes_spoils_one_row_only(load_orders):
    text = 'client,note,sum,day\nc1,fine,1,2026-01-01\nc2,"oops,2,2026-01-02\nc3,ok,3,2026-01-03\n'
    loaded = load_orders(text)
    assert loaded.table["customer_id"].tolist() == ["c1", "c2", "c3"]
    assert loaded.issues["code"].tolist() == ["stray_quote"]


@given(
    st.lists(st.sampled_from(["fine", '"oops', 'also 5" wide', '"sound, quoted"', '"so" so']),
             min_size=1, max_size=60)
)  # fmt: skip
def test_stray_quotes_never_make_one_row_of_two(notes):
    rows = "".join(f"c{i},{note},1,2026-01-01\n" for i, note in enumerate(notes))
    data = ("client,note,sum,day\n" + rows).encode()
    source = Source(table="orders", file="x", columns={"customer_id": "client", "amount": "sum"})
    table = read_delimited(
        Decoded(data=data, encoding="utf-8"),
        request_of(source),
        file="x",
        sha256="",
        limits=ReadLimits(),
    )
    assert table.rows_in == len(notes)
    assert table.columns["client"].to_pylist()[: len(notes)] == [
        f"c{line - 2}" for line in table.lines.tolist()
    ]


def test_a_file_without_a_header_names_its_columns_by_place(load_orders):
    columns = {"customer_id": "1", "amount": "2", "ordered_at": "3"}
    loaded = load_orders(ROWS, header_row=0, columns=columns)
    assert loaded.table["amount"].tolist() == [10.5, 20.5, 30.5]
    assert _lines(loaded) == [1, 2, 3]


def test_the_second_of_two_equal_headers_can_be_named(load_orders):
    text = "client,sum,sum,day\nc1,1,2,2026-01-01\n"
    columns = {"customer_id": "client", "amount": "sum (2)"}
    assert load_orders(text, columns=columns).table["amount"].tolist() == [2.0]


def test_a_file_with_only_a_header_is_refused(load_orders):
    with pytest.raises(SourceError, match=r"^File 'orders.csv' has a header and no rows\.$"):
        load_orders("client,sum,day\n")


def test_headers_are_found_whatever_their_case_and_blanks(load_orders):
    assert len(load_orders(TEXT.replace("client", " CLIENT\u00a0")).table) == 3


def test_a_wrong_map_names_file_header_nearest_and_what_is_there(load_orders):
    with pytest.raises(SourceError) as caught:
        load_orders(TEXT, columns={"customer_id": "clinet", "amount": "sum"})
    assert str(caught.value) == (
        "File 'orders.csv' has no column 'clinet'. Did you mean 'client'?"
        " Its headers are ['client', 'sum', 'day']."
    )


def test_many_stray_quotes_are_read_in_bounded_time(load_orders):
    rows = "".join(f'c{i},"oops {i},1,2026-01-01\n' for i in range(20_000))
    loaded = load_orders("client,note,sum,day\n" + rows)
    assert len(loaded.table) == 20_000
    assert loaded.issues["rows"].tolist() == [20_000]


def test_a_cell_above_the_limit_is_refused_with_its_line(write, orders):
    text = TEXT + f'c4,"{"9" * 5000}",2026-01-01\n'
    with pytest.raises(SourceError, match=r"a cell of 5,00\d characters in line 5.*max_cell"):
        load(write(text), orders(), limits=ReadLimits(max_cell=1000))


def test_too_many_columns_are_refused(write, orders):
    header = "client,sum,day," + ",".join(f"x{i}" for i in range(5000))
    path = write(header + "\nc1,1,2026-01-01" + "," * 5000 + "\n")
    with pytest.raises(SourceError, match="has 5,003 columns; at most 100 are read"):
        load(path, orders(), limits=ReadLimits(max_columns=100))


def test_five_thousand_columns_are_refused_unless_the_setting_allows_them(write, orders):
    header = "client,sum,day," + ",".join(f"x{i}" for i in range(5000))
    path = write(header + "\nc1,1,2026-01-01" + "," * 5000 + "\n")
    with pytest.raises(SourceError, match=r"5,003 columns.*setting max_columns"):
        load(path, orders())
    loaded = load(path, orders(), limits=ReadLimits(max_columns=6_000))
    assert loaded.table["customer_id"].tolist() == ["c1"]
