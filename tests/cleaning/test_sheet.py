"""Workbooks, and pages that are named as workbooks."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest

from cjm_research.cleaning.load import load
from cjm_research.errors import SourceError

# A workbook holds no zones.
ROWS = [("client", "sum", "day"), (100001, 10.5, datetime(2026, 1, 2, 15, 4)), ("007", 3, None)]  # noqa: DTZ001


@pytest.fixture
def workbook(tmp_path):
    def _workbook(sheets, hidden=()):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if name in hidden:
                sheet.sheet_state = "hidden"
        path = tmp_path / "orders.xlsx"
        book.save(path)
        return path

    return _workbook


def test_title_rows_stand_above_the_header(workbook, orders):
    loaded = load(workbook({"Data": [("Report",), (), *ROWS]}), orders())
    assert loaded.table["source_line"].tolist() == [4, 5]
    assert "header_row=3" in loaded.choices["choice"].tolist()


def test_ids_stay_text_and_dates_are_dates(workbook, orders):
    table = load(workbook({"Data": ROWS}), orders()).table
    assert table["customer_id"].tolist() == ["100001", "007"]
    assert str(table["ordered_at"][0]) == "2026-01-02 15:04:00+00:00"


def test_the_sheet_with_the_headers_is_read(workbook, orders):
    loaded = load(workbook({"Read me": [("how to",)], "Data": ROWS}), orders())
    assert len(loaded.table) == 2
    assert 'sheet = "Data"' in loaded.choices["override"].tolist()


def test_a_hidden_sheet_is_not_read(workbook, orders):
    path = workbook({"Old": ROWS, "Data": ROWS[:2]}, hidden=["Old"])
    assert len(load(path, orders()).table) == 1


def test_a_sheet_that_is_not_there_is_named(workbook, orders):
    with pytest.raises(SourceError, match=r"no sheet 'Dta'\. Did you mean 'Data'\?"):
        load(workbook({"Data": ROWS}), orders(sheet="Dta"))


def test_a_damaged_workbook_is_named(write, orders):
    with pytest.raises(SourceError, match="damaged"):
        load(write(b"\xd0\xcf\x11\xe0" + b"nonsense" * 100, "orders.xls"), orders())


def test_a_page_named_as_a_workbook_is_read(write, orders):
    page = (
        "<html><body><table><tr><th>client</th><th>sum</th><th>day</th></tr>"
        "<tr><td>c1</td><td>1&nbsp;200,50</td><td>02.01.2026</td></tr></table></body></html>"
    )
    table = load(write(page, "orders.xls"), orders()).table
    assert table["amount"].tolist() == [1200.5]
    assert table["ordered_at"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-02"]
