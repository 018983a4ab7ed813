"""A large file read in parts gives what the same file gives when it is read whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.cleaning.reading import segments
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.reading.read import read_raw
from cjm_research.cleaning.reading.request import Request
from cjm_research.cleaning.reading.segments import read_in_segments
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.cleaning.reading.raw_table import RawTable

ASKED = Request(wanted=("id", "name"))
SIZE = 64
HEADER = b"id,name,note\n"
ROWS = b"".join(b"%d,Ann %d,ok\n" % (i, i) for i in range(60))


def in_parts(path: Path, asked: Request = ASKED, size: int = SIZE) -> RawTable | None:
    with patch.object(segments, "SEGMENT", size), patch.object(segments, "LARGE", 1):
        return read_in_segments(path, asked, name="", limits=DEFAULT_LIMITS)


def read(
    path: Path, asked: Request = ASKED, *, size: int, limits: ReadLimits = DEFAULT_LIMITS
) -> RawTable:
    with patch.object(segments, "SEGMENT", size), patch.object(segments, "LARGE", 1):
        return read_raw(path, asked, limits=limits)


def whole(path: Path, asked: Request = ASKED, limits: ReadLimits = DEFAULT_LIMITS) -> RawTable:
    with patch.object(segments, "LARGE", 1 << 62):
        return read_raw(path, asked, limits=limits)


def plain(table: RawTable) -> dict[str, object]:
    cells = {h: c.cast("string").to_pylist() for h, c in table.columns.items()}
    return {
        "cells": cells, "headers": table.headers, "lines": table.lines.tolist(),
        "sha256": table.sha256, "encoding": table.encoding, "delimiter": table.delimiter,
        "rejected": table.rejected, "notes": table.notes, "choices": table.choices,
        "file": table.file,
    }  # fmt: skip


def written(folder: Path, data: bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(data)
    return path


SOUND = {
    "plain": HEADER + ROWS,
    "no final newline": HEADER + ROWS[:-1],
    "carriage returns": (HEADER + ROWS).replace(b"\n", b"\r\n"),
    "mark": b"\xef\xbb\xbf" + HEADER + ROWS,
    "letters of several bytes": HEADER
    + "".join(f"{i},Анна 王 {i},é\n" for i in range(60)).encode(),
    "quoted": HEADER + b"".join(b'"%d","A, n ""%d""",ok\n' % (i, i) for i in range(60)),
    "line ends in quotes": HEADER + b"".join(b'%d,"A\nn\n%d",ok\n' % (i, i) for i in range(60)),
    "one line end in quotes": HEADER + ROWS + b'60,"A\nn","o,k"\n' + ROWS,
    "lines before the header": b"Report of May\n\n" + HEADER + ROWS,
    "header again": HEADER + ROWS + HEADER + ROWS,
    "blank rows": HEADER + ROWS + b",,\n , ,\n" + ROWS + b",,x\n",
    "empty lines": HEADER + ROWS + b"\n\n" + ROWS + b"\n",
    "semicolons": (HEADER + ROWS).replace(b",", b";"),
}
SPOILT = {
    "utf-16": (HEADER + ROWS).decode().encode("utf-16"),
    "utf-16 without a mark": (HEADER + ROWS).decode().encode("utf-16-le"),
    "another encoding at the end": HEADER + ROWS + "61,Анна,да\n".encode("cp1251"),
    "zero bytes": HEADER + ROWS + b"61,A\x00nn,ok\n",
    "row longer than a part": HEADER + ROWS + b"61," + b"A" * 9 * SIZE + b",ok\n" + ROWS,
    "short row": HEADER + ROWS + b"61\n" + ROWS,
    "long row": HEADER + ROWS + b"61,Ann,ok,more\n" + ROWS,
    "stray quote": HEADER + ROWS + b'61,"Ann,ok\n' + ROWS,
    "two stray quotes": HEADER + ROWS + b'61,x"Ann,ok\n' + ROWS + b'61,x"Ann,ok\n' + ROWS,
    "unsound quotes beside sound ones": HEADER + b'0,x"y"z,ok\n' + ROWS + b'60,"A\nn",ok\n',
    "wrong letters": HEADER + ROWS + "61,Анна,да\n".encode().decode("cp1251").encode() + ROWS,
    "lost letters": HEADER + ROWS + "61,\ufffd\ufffd,ok\n".encode(),
    "a whole file of wrong letters": HEADER
    + "".join(f"{i},Обычный покупатель из Самары,да\n" for i in range(60))
    .encode("cp1251").decode("cp1252").encode(),
    "single quotes": b"'id','name','note'\n" + b"'1','A, n','x'\n" * 60,
    "carriage returns alone": (HEADER + ROWS).replace(b"\n", b"\r"),
    "a carriage return in a row": HEADER + ROWS + b"61,A\rn,ok\n" + ROWS,
    "page": b"<table><tr><td>id<td>name</tr><tr><td>1<td>Ann</tr></table>" + b"\n" * SIZE,
}  # fmt: skip


@pytest.mark.parametrize("kind", SOUND)
@pytest.mark.parametrize("size", [SIZE, SIZE + 1, SIZE + 7, 3 * SIZE])
def test_parts_give_what_the_whole_file_gives(kind: str, size: int, tmp_path: Path) -> None:
    path = written(tmp_path, SOUND[kind])
    found = in_parts(path, size=size)
    assert found is not None
    assert plain(found) == plain(whole(path))


@pytest.mark.parametrize("kind", SPOILT)
def test_what_needs_the_whole_file_is_left_to_it(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, SPOILT[kind])
    assert in_parts(path) is None
    assert plain(read(path, size=SIZE)) == plain(whole(path))


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND["mark"])
    found = in_parts(path)
    assert found is not None
    assert found.sha256 == hashlib.sha256(SOUND["mark"]).hexdigest()


def test_lines_count_through_all_parts(tmp_path: Path) -> None:
    found = in_parts(written(tmp_path, b"May\n" + HEADER + ROWS + HEADER + b'9,"A\nn",\n8,B,\n'))
    assert found is not None
    assert found.lines.tolist() == [*range(3, 63), 64, 66]
    assert [r.line for r in found.rejected] == [63]


def test_a_cell_above_the_limit_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + ROWS + b"61," + b"A" * 50 + b",ok\n" + ROWS)
    limits = ReadLimits(max_cell=40)
    with pytest.raises(SourceError) as parts:
        read(path, size=3 * SIZE, limits=limits)
    with pytest.raises(SourceError) as one:
        whole(path, limits=limits)
    assert str(parts.value) == str(one.value)
    assert "line 62" in str(parts.value)


def test_a_header_that_is_missing_is_told_as_ever(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + ROWS)
    asked = Request(wanted=("id", "nmae"))
    with pytest.raises(SourceError, match="no column 'nmae'"):
        read(path, asked, size=SIZE)


def test_all_columns_may_be_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND["quoted"])
    asked = Request(everything=True)
    found = in_parts(path, asked)
    assert found is not None
    assert plain(found) == plain(whole(path, asked))


def outcome(path: Path, *, size: int | None) -> dict[str, object] | str:
    try:
        return plain(whole(path) if size is None else read(path, size=size))
    except SourceError as error:
        return str(error)


SIGNS = st.sampled_from(["a", "7", " ", "é", "я", "王", '"', "\n", "\r\n", ","])
CELLS = st.lists(SIGNS, max_size=9).map("".join)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=25),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.sampled_from(["", "\n"]),
    size=st.integers(40, 300),
)
def test_any_table_reads_the_same_in_parts(rows, end, last, size, tmp_path_factory):
    def cell(text: str) -> str:
        marked = any(sign in text for sign in '",\r\n')
        return '"' + text.replace('"', '""') + '"' if marked else text

    lines = [",".join(map(cell, row)) for row in [("id", "name", "note"), *rows]]
    data = (end.join(lines) + last).encode()
    path = written(tmp_path_factory.mktemp("parts"), data)
    assert outcome(path, size=size) == outcome(path, size=None)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400), size=st.integers(20, 120))
def test_any_bytes_read_the_same_in_parts(data, size, tmp_path_factory):
    spoilt = data.replace(b"\xff", b"\n").replace(b"\xfe", b",").replace(b"\xfd", b'"')
    path = written(tmp_path_factory.mktemp("parts"), HEADER + spoilt + b"\n" + ROWS)
    assert outcome(path, size=size) == outcome(path, size=None)
