"""The raw files are what the systems they imitate write, and readers agree on them."""

from __future__ import annotations

import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from cjm_research.demo.files import decimal_comma, stamp, write_workbook

TABLE = pd.DataFrame(
    {
        "Дата": pd.Series([pd.Timestamp("2026-02-03 14:05:06"), "вчера", None], dtype=object),
        "Оценка": [5, -3, None],
        "Текст": ["<b> & «кавычки»", "好评", ""],
    }
)


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "book.xlsx"
    write_workbook(TABLE, path, sheet="Лист & 1", title="Заголовок", dates=("Дата",))
    return path


def test_openpyxl_reads_the_workbook(workbook):
    rows = list(openpyxl.load_workbook(workbook)["Лист & 1"].iter_rows(values_only=True))
    assert rows[0][0] == "Заголовок"
    assert rows[2] == ("Дата", "Оценка", "Текст")
    assert rows[3][0].isoformat(timespec="seconds") == "2026-02-03T14:05:06"
    assert rows[3][1:] == (5, "<b> & «кавычки»")
    assert rows[4] == ("вчера", -3, "好评")


def test_calamine_reads_the_same(workbook):
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()
    assert [str(cell) for cell in rows[2]] == ["Дата", "Оценка", "Текст"]
    assert rows[4][2] == "好评"


def test_a_workbook_carries_no_time_of_writing(workbook):
    with zipfile.ZipFile(workbook) as book:
        assert {i.date_time for i in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [n for n in book.namelist() if n.startswith("docProps")]


def test_a_missing_number_is_an_empty_cell():
    assert decimal_comma(np.array([1234.5, np.nan])).tolist() == ["1234,50", ""]


def test_a_missing_time_is_an_empty_cell():
    times = np.array(["2026-06-30", "NaT"], dtype="datetime64[s]")
    assert stamp(times, "%d.%m.%Y").tolist() == ["30.06.2026", ""]


def test_the_crm_of_the_shop_is_cp1251_with_semicolons(demo_project):
    raw = (demo_project / "data/raw/retail/crm_customers.csv").read_bytes()
    header = raw.split(b"\r\n")[0].decode("cp1251").split(";")
    assert header[:3] == ["ID клиента", "ФИО", "Телефон"]


def test_the_order_lines_of_the_shop_begin_with_a_byte_order_mark(demo_project):
    raw = (demo_project / "data/raw/retail/shop_order_lines.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfOrder ID,")


def test_the_web_log_of_the_shop_is_separated_by_tabs(demo_project):
    with (demo_project / "data/raw/retail/web_hits.tsv").open(encoding="utf-8") as file:
        assert file.readline().split("\t")[0] == "ym:pv:watchID"
