"""The tables of a page as one workbook: numbers stay numbers, text stays text.

The same tables give the same bytes, so that a workbook changes only when a number does.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  # a file's stamp has no zone
_POINTS = {"en": " pp", "ru": " п. п.", "zh": " 个百分点"}
_FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.SHARE: "0.0%",
    Unit.MONEY: "#,##0",
    Unit.DAYS: "#,##0.0",
    Unit.P_VALUE: "0.0000",
    Unit.NUMBER: "#,##0.###",
    Unit.SCORE: "0.00",
    Unit.NPS: "+0;-0;0",
    Unit.MOOD: "+0.00;-0.00;0.00",
    Unit.LIFT: "0.00",
    Unit.INDEX: "0",
    Unit.DATE: "yyyy-mm-dd",
}
_WIDEST, _NARROWEST = 60, 9
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767


def workbook(tables: Sequence[Mapping[str, Any]], *, language: str) -> bytes:
    """Return an XLSX file with a sheet for each table.

    Parameters
    ----------
    tables : sequence of mapping
        As blocks carry them: ``keys``, ``columns`` and ``labels`` by language, ``rows``,
        ``units``; ``title`` is the finding that the table proves.
    language : str
        Of headings and labels.

    Notes
    -----
    Every text is written as text: one that begins like a formula is none.
    """
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _EPOCH
    taken: set[str] = set()
    for table in tables:
        title = str(table["title"])
        sheet = book.create_sheet(_sheet_name(title, taken))
        _fill(sheet, table, title=title, language=language)
    buffer = io.BytesIO()
    book.save(buffer)
    return without_time(buffer.getvalue())


def _fill(
    sheet: WriteOnlyWorksheet, table: Mapping[str, Any], *, title: str, language: str
) -> None:
    units = [Unit(u) for u in table["units"]]
    heads = [str(h) for h in table["columns"][language]]
    labels = table.get("labels", {}).get(language, {})
    rows = [
        [_value(v, unit, labels.get(key, {})) for v, unit, key in
         zip(row, units, table["keys"], strict=True)]
        for row in table["rows"]
    ]  # fmt: skip
    for i, head in enumerate(heads):
        longest = max([len(head), *(len(r[i]) for r in rows if isinstance(r[i], str))])
        width = min(_WIDEST, max(_NARROWEST, longest + 2))
        sheet.column_dimensions[get_column_letter(i + 1)].width = width
    sheet.freeze_panes = "A4"
    sheet.append([_text(sheet, title, bold=True)])
    sheet.append([])
    sheet.append([_text(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, v, unit, language) for v, unit in zip(row, units, strict=True)])


def _value(value: Any, unit: Unit, labels: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Return a value as a sheet has it: a label in words, a date as a date."""
    if unit is Unit.LABEL and value is not None:
        return labels.get(str(value), str(value))
    if unit is Unit.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return value
    return value


def _cell(sheet: WriteOnlyWorksheet, value: Any, unit: Unit, language: str) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return _text(sheet, value)
    is_points = unit is Unit.POINTS and isinstance(value, int | float)
    cell = WriteOnlyCell(sheet, value=value * 100 if is_points else value)
    if is_points:
        word = f'"{_POINTS[language]}"'
        cell.number_format = f"+0.0{word};-0.0{word};0.0{word}"
    elif unit in _FORMATS and not isinstance(value, bool):
        cell.number_format = _FORMATS[unit]
    return cell


def _text(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> WriteOnlyCell:
    """Return a cell that holds a text whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    cell.value = plain_text(text)
    cell.data_type = "s"
    if text[:1] in "=+-@\t\r":
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=False, vertical="top")
    return cell


def plain_text(text: str) -> str:
    """Return a text as a cell can hold it: no control signs, not too long."""
    return _CONTROL.sub("", text)[:_LONGEST]


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, no two the same.

    Examples
    --------
    >>> taken = set()
    >>> _sheet_name("Pains: by stage?", taken), _sheet_name("Pains: by stage?", taken)
    ('Pains by stage', 'Pains by stage 2')
    """
    plain = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("'")[:31].strip(" '") or "Table"
    name, number = plain, 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        name = f"{plain[: 30 - len(str(number))]} {number}"
    taken.add(name.casefold())
    return name


def without_time(content: bytes) -> bytes:
    """Return the same archive without the moment of its making."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0)), data,
                         zipfile.ZIP_DEFLATED)  # fmt: skip
    return made.getvalue()
