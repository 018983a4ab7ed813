"""The beginning of a file, by which its columns are known."""

from __future__ import annotations

import pytest

from cjm_research.cleaning.reading.read import read_head
from cjm_research.cleaning.reading.request import Request

HEAD = 1 << 18


@pytest.fixture
def head(tmp_path):
    """Return a function that reads the beginning of a text."""

    def _head(text, encoding="utf-8"):
        path = tmp_path / "f.csv"
        path.write_bytes(text.encode(encoding))
        return read_head(path, Request(everything=True))

    return _head


def test_of_a_long_file_the_first_lines_are_read_whole(head):
    columns = head("id,text\n" + "7,ok\n" * HEAD).columns
    assert set(columns["text"].to_pylist()) == {"ok"}
    assert 1 < len(columns["id"]) < HEAD


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_header_longer_than_the_beginning_is_read_to_its_end(head, end):
    names = [f"{'question ' * 10}{number}" for number in range(4_000)]
    columns = head(f"{','.join(names)}{end}{','.join(['yes'] * 4_000)}{end}").columns
    assert list(columns) == names


def test_a_file_of_one_line_is_read_to_its_end(head):
    text = "x" * HEAD
    assert head(f"id,text\r7,{text}").columns["text"].to_pylist() == [text]
