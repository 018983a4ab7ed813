"""What is done for large files only, and what a reader gets all the same."""

from __future__ import annotations

import hashlib
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning import threads
from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing import distinct
from cjm_research.cleaning.reading import (
    arrow_rows,
    bytes_of_letters,
    high_lines,
    record_lines,
)
from cjm_research.cleaning.reading import encoding as encodings
from cjm_research.study.sources import Source

ROWS = 24_000
HEADER = ("Номер", "Клиент", "Дата", "Сумма", "Категория", "Примечание")
SOURCE = Source.model_validate(
    {
        "table": "orders",
        "file": "orders.csv",
        "columns": dict(
            zip(
                ("order_id", "customer_id", "ordered_at", "amount", "category", "note"),
                HEADER,
                strict=True,
            )
        ),
    }
)
AMOUNTS = ("н/д", "(12,5)", "1.234", "5 руб", "abc", "", "2,5 тыс.", "-7", " 8,5 ")
DATES = ("31.02.2024 10:00", "", "2024-01-05", "05/03/2024", "01.01.1970", "вчера", "45321")
CUSTOMERS = ("", "007", "Итого", "  К5 ", "'0012", "Ж")


def _dirty_file(path, encoding, *, quote=""):
    """Write rows of which one in a hundred is not as the others."""
    rng = random.Random(7)  # noqa: S311
    lines = [";".join(HEADER)]
    for i in range(ROWS):
        day = f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.2024 {rng.randrange(24):02}:30"
        cells = [
            str(i + 1), f"К{rng.randrange(ROWS)}", day,
            f"{rng.randint(1, 99)} {rng.randrange(1000):03},{rng.randrange(100):02}",
            rng.choice(("Обувь", "Книги", " Сад", "", "н/д")),
            rng.choice(("", "ок", "=A1+2", "ещё ")),
        ]  # fmt: skip
        place = rng.randrange(200)
        if place < 4:
            cells[place] = rng.choice((("Итого", str(i)), CUSTOMERS, DATES, AMOUNTS)[place])
        cells = [f"{quote}{c}{quote}" for c in cells]
        lines.append(";".join(cells) if rng.randrange(2000) else rng.choice((lines[0], ";" * 5)))
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def _books(path):
    loaded = load(path, SOURCE)
    return {
        name: getattr(loaded, name)
        for name in ("table", "quarantine", "issues", "changes", "evidence", "info")
    }


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8"])
def test_quick_ways_give_what_the_plain_one_gives(tmp_path, monkeypatch, encoding, quote):
    path = tmp_path / "orders.csv"
    _dirty_file(path, encoding, quote=quote)

    def limits(size):
        monkeypatch.setattr(threads, "_FROM_ROWS", size)
        monkeypatch.setattr(arrow_rows, "_LARGE", size)
        monkeypatch.setattr(bytes_of_letters, "_LARGE", size)

    limits(1_000)
    quick = _books(path)
    limits(1 << 60)
    monkeypatch.setattr(distinct, "_SAMPLE", 1 << 60)
    plain = _books(path)
    assert len(quick["quarantine"]) > 50
    for name, frame in quick.items():
        pd.testing.assert_frame_equal(frame, plain[name], obj=name)


def test_columns_that_a_file_lacks_are_changed_one_by_one(tmp_path):
    path = tmp_path / "orders.csv"
    _dirty_file(path, "utf-8")
    table = load(path, SOURCE).table
    table.loc[table.index[0], "weight"] = 5.0
    table.loc[table.index[1], "origin"] = "Омск"
    assert table[["weight", "quantity", "cost"]].notna().sum().tolist() == [1, 0, 0]
    assert table[["origin", "destination", "product"]].notna().sum().tolist() == [1, 0, 0]


def test_a_hash_is_that_of_the_file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("Номер;Клиент;Дата;Сумма;Категория;Примечание\n1;К1;01.02.2024 10:00;5;а;б\n")
    found = load(path, SOURCE).info["sha256"][0]
    assert found == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("text", ["a\nb\n", "a\nb", "a\r\nb\r\n", ""])
def test_lines_are_counted_as_python_does(text):
    found = record_lines.plain_lines(memoryview(text.encode()))
    assert found.tolist() == list(range(1, len(text.splitlines()) + 1))


def _records_one_by_one(text):
    """Walk over a text letter by letter: lines on which records begin, and whether one spans."""
    found, line, begun, record, inside, spans = [], 1, 1, "", False, False
    for letter in text:
        inside ^= letter == '"'
        if letter != "\n":
            record += letter
            continue
        line += 1
        if inside:
            spans, record = True, record + letter
            continue
        found += [begun] if record.removesuffix("\r") else []
        begun, record = line, ""
    ends_open = bool(text) and not text.endswith("\n")
    return found + ([begun] if ends_open and record.removesuffix("\r") else []), spans


@given(st.text('ab,"\n\r', max_size=40), st.integers(1, 9))
def test_records_begin_where_a_walk_letter_by_letter_finds_them(text, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_lines, "_PART", block)
        lines, spans = record_lines.record_lines(memoryview(text.encode()))
    assert (lines.tolist(), spans) == _records_one_by_one(text)


@given(st.lists(st.sampled_from(["a" * 700, "b", "é", "\n"]), max_size=30), st.integers(1, 900))
def test_lines_with_other_letters_are_found_in_any_block(pieces, block):
    data = "".join(pieces).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(high_lines, "_BLOCK", block)
        found = [data[begin:end] for begin, end in high_lines.high_lines(data)]
    assert found == [line for line in data.split(b"\n") if not line.isascii()]


@given(st.text("aé€😀\n", max_size=30), st.binary(max_size=2), st.integers(1, 7))
def test_utf_8_is_told_in_blocks_of_any_size(text, tail, block):
    data = text.encode() + tail
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "_BLOCK", block)
        found = encodings._utf8(data)
    assert (found is not None) == (data.decode(errors="replace").encode() == data)
