"""Files as real systems write them, the same bytes for the same rows."""

from __future__ import annotations

import zipfile
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EPOCH = np.datetime64("1899-12-30", "s")  # day 0 of Excel's calendar
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def stamp(times: NDArray[np.datetime64], pattern: str) -> NDArray[np.object_]:
    """Write times by a `strftime` pattern; a missing time becomes an empty text.

    Examples
    --------
    >>> stamp(np.array(["2026-06-30T14:05", "NaT"], dtype="datetime64[s]"), "%d.%m.%Y %H:%M")
    array(['30.06.2026 14:05', ''], dtype=object)
    """
    index = pd.DatetimeIndex(times)
    text = index.strftime(pattern).to_numpy(dtype=object)
    return np.where(index.isna(), "", text).astype(object)


def decimal_comma(values: NDArray[np.float64], digits: int = 2) -> NDArray[np.object_]:
    """Write numbers with a decimal comma; NaN becomes an empty text."""
    text = np.char.replace(np.char.mod(f"%.{digits}f", values), ".", ",").astype(object)
    return np.where(np.isnan(values), "", text).astype(object)


def write_text(
    table: pd.DataFrame, path: Path, *, encoding: str = "utf-8", delimiter: str = ","
) -> None:
    """Write a delimited text file with a header."""
    end = "\r\n" if encoding == "cp1251" else "\n"
    with path.open("w", encoding=encoding, newline="") as file:
        table.to_csv(file, sep=delimiter, index=False, lineterminator=end)


def write_workbook(
    table: pd.DataFrame, path: Path, *, sheet: str, title: str, dates: tuple[str, ...] = ()
) -> None:
    """Write one sheet with a title line above the header.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts and numbers; a missing value becomes an empty cell.
    path : pathlib.Path
        The ``.xlsx`` file to write.
    sheet, title : str
        Name of the sheet, and the words of its first line.
    dates : tuple of str
        Columns of times that become date cells; texts among them stay texts.

    Notes
    -----
    The parts are stored, not compressed, and carry one fixed stamp: compression differs
    between builds of zlib, and the same rows must give the same bytes everywhere.
    """
    lines = [_line(1, [title]), "", _line(3, list(table.columns))]
    columns = [_cells(table[name], is_date=name in dates) for name in table.columns]
    places = [_place(c) for c in range(len(columns))]
    for number, cells in enumerate(zip(*columns, strict=True), start=4):
        body = "".join(
            cell.replace("@", f"{place}{number}", 1)
            for cell, place in zip(cells, places, strict=True)
        )
        lines.append(f'<row r="{number}">{body}</row>')
    data = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _rels("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": _WORKBOOK.format(name=escape(sheet)),
        "xl/_rels/workbook.xml.rels": _rels("worksheet", "worksheets/sheet1.xml", "styles.xml"),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": data,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, date_time=FIRST_DAY_OF_ZIP)
            info.create_system = 0
            book.writestr(info, text.encode())


def _cells(column: pd.Series, *, is_date: bool) -> list[str]:
    """One XML cell per value, with ``@`` where its place goes."""
    return [_cell(value, is_date=is_date) for value in column.tolist()]


def _cell(value: object, *, is_date: bool) -> str:
    if value is None or value != value or value == "":
        return ""
    if is_date and isinstance(value, pd.Timestamp):
        serial = (value - pd.Timestamp(EPOCH)) / pd.Timedelta(days=1)
        return f'<c r="@" s="1"><v>{serial:.10f}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="@"><v>{value:g}</v></c>'
    return f'<c r="@" t="inlineStr"><is><t>{escape(str(value), quote=False)}</t></is></c>'


def _line(number: int, texts: list[str]) -> str:
    cells = "".join(
        f'<c r="{_place(i)}{number}" t="inlineStr"><is><t>{escape(t, quote=False)}</t></is></c>'
        for i, t in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def _place(column: int) -> str:
    return chr(ord("A") + column)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN = f"{_SCHEMAS}/spreadsheetml/2006/main"
_DOCUMENT = f"{_SCHEMAS}/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'{_XML}<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/></Types>'
)
_WORKBOOK = (
    f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
    '<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="dd.mm.yyyy\\ hh:mm"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _rels(kind: str, target: str, styles: str = "") -> str:
    extra = f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="{styles}"/>'
    return (
        f'{_XML}<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        f"{extra if styles else ''}</Relationships>"
    )
