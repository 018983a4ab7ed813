"""Files beside a page: the workbook of its tables, the figures for slides."""

from __future__ import annotations

import io
from base64 import b64encode

import openpyxl
import pytest

from cjm_research.report.companions import companions, table_texts
from cjm_research.report.page import Shown
from cjm_research.report.workbook import workbook

TABLE = {
    "name": "pains",
    "title": "Slow form: 16.7%",
    "keys": ["theme", "share", "difference", "revenue", "day", "note", "n"],
    "columns": {"en": ["Theme", "Share", "Difference", "Revenue", "Day", "Note", "n"]},
    "labels": {"en": {"theme": {"slow_form": "Slow form"}}},
    "units": ["label", "share", "points", "money", "date", "text", "count"],
    "rows": [
        ["slow_form", 0.167, -0.0235, 1500.5, "2026-01-31T00:00:00", "=1+1", 1067],
        [None, None, None, None, None, "+7\x0b", None],
    ],
}
SVG = '<svg viewBox="0 0 1 1" class="fig" role="img"><path fill="var(--ink)"/></svg>'


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets


def test_a_sheet_holds_numbers_as_numbers_and_labels_in_words():
    (sheet,) = opened(workbook([TABLE], language="en"))
    assert sheet["A1"].value == "Slow form: 16.7%"
    assert [c.value for c in sheet[3]] == TABLE["columns"]["en"]
    theme, share, points, money, day, _, n = sheet[4]
    assert (theme.value, share.value, n.value) == ("Slow form", 0.167, 1067)
    assert share.number_format == "0.0%"
    assert points.value == pytest.approx(-2.35)
    assert money.value == 1500.5
    assert day.value.date().isoformat() == "2026-01-31"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_a_text_that_looks_like_a_formula_stays_a_text(text):
    rows = [["slow_form", 0.1, 0.1, 1, None, text, 1]]
    (sheet,) = opened(workbook([{**TABLE, "rows": rows}], language="en"))
    assert sheet["F4"].data_type == "s"
    assert sheet["F4"].value == text


def test_the_same_tables_give_the_same_bytes():
    assert workbook([TABLE], language="en") == workbook([TABLE], language="en")


def test_a_name_of_a_sheet_does_not_end_in_a_quote():
    # Excel repairs a file whose sheet is named so: the cut falls behind the quote here
    (sheet,) = opened(workbook([{**TABLE, "title": "The worst of all is the buyers' form"}],
                               language="en"))  # fmt: skip
    assert sheet.title == "The worst of all is the buyers"


def test_sheets_of_the_same_title_have_names_of_their_own():
    names = [s.title for s in opened(workbook([TABLE] * 12, language="en"))]
    assert len({n.casefold() for n in names}) == 12
    assert all(len(n) <= 31 for n in names)


def test_figures_are_files_of_their_own_in_the_light_colours():
    block = {
        "kind": "exhibit", "id": "ex", "title": {"en": "T"},
        "html": {"en": f"<figure>{SVG}</figure>"},
        "tables": [TABLE], "pictures": [{"en": b64encode(b"png").decode()}],
    }  # fmt: skip
    files = companions([Shown(block=block, code="")], stem="map", language="en")
    assert list(files) == ["map.en.xlsx", "map.en.figures/01-ex.svg", "map.en.figures/01-ex.png"]
    assert b"var(--" not in files["map.en.figures/01-ex.svg"]
    assert files["map.en.figures/01-ex.png"] == b"png"


def test_the_gate_reads_labels_as_the_workbook_shows_them():
    texts = table_texts([TABLE], language="en")
    assert "Slow form" in texts["Slow form: 16.7%"]
    assert "slow_form" not in texts["Slow form: 16.7%"]
