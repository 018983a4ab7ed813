"""What is done for large files only, and what a reader gets all the same."""

from __future__ import annotations

import hashlib
import random

import pandas as pd
import pytest

from cjm_research.cleaning import threads
from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing import distinct
from cjm_research.cleaning.reading import bytes_of_letters, delimited, record_lines
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
        monkeypatch.setattr(delimited, "_LARGE", size)
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
