"""A workbook of sentences for people to code by hand."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from cjm_research.errors import DataError, ParameterError
from cjm_research.needs.coding_sheet import CODER, KEYS, coding_sample
from cjm_research.present.words import Words
from cjm_research.report.workbook import plain_text, without_time
from cjm_research.store.whole import write_whole
from cjm_research.study.phrase import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

    from cjm_research.needs.codebook import Codebook
    from cjm_research.workspace.workspace import Workspace

_TOP = 2  # row of the column names; above it stand the labels
_WIDTHS = (16, 9, 70)


def write_coding_sheet(world: Workspace, *, language: str = "") -> tuple[Path, int]:
    """Write sentences to code, a column per theme, and say where and how many.

    Parameters
    ----------
    world : Workspace
        The open study.
    language : str
        Of the labels; the study's first if empty.

    Raises
    ------
    ParameterError
        If the language is not known.
    DataError
        If the study has no codebook, or no sentence to code.
    """
    chosen = language or str(world.study.languages[0])
    if chosen not in LANGUAGES:
        raise ParameterError.unknown("language", chosen, known=LANGUAGES)
    if world.codebook is None:
        raise DataError(f"The study {world.study.name!r} has no codebook: name one in its file.")
    words = Words(chosen, world.study.currency, world.labels, world.study.words)
    sample = coding_sample(world.feedback_codes, world.codebook)
    path = world.root / "data" / "contacts" / world.study.name / "coding_sheet.xlsx"
    write_whole(path, _book(sample, world.codebook, words))
    return path, len(sample)


def _book(sample: pd.DataFrame, codebook: Codebook, words: Words) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("coding")
    themes = list(codebook.kinds)
    for n, key in enumerate((*KEYS, *themes, CODER), start=1):
        label = words.label("theme", key) if key in codebook.kinds else words(f"column.{key}")
        for row, text in ((1, label), (_TOP, key)):
            cell = sheet.cell(row, n)
            cell.value = plain_text(text)
            cell.data_type = "s"
            cell.font = Font(bold=row == 1, italic=row == _TOP)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _fill(sheet, sample)
    _only_marks(sheet, len(sample), len(themes))
    about = book.create_sheet("themes")
    for row, theme in enumerate(codebook.themes, start=1):
        told = (theme.id, words.label("theme", theme.id), words.label("theme_kind", theme.kind))
        for n, text in enumerate(told, start=1):
            about.cell(row, n, plain_text(text)).data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return without_time(buffer.getvalue())


def _fill(sheet: Worksheet, sample: pd.DataFrame) -> None:
    """Write the sentences; a text that begins like a formula is none."""
    rows = zip(*(sample[key].tolist() for key in KEYS), strict=True)
    for row, (name, number, said) in enumerate(rows, start=_TOP + 1):
        for n, text in ((1, str(name)), (len(KEYS), str(said))):
            cell = sheet.cell(row, n)
            cell.value = plain_text(text)
            cell.data_type = "s"
            cell.quotePrefix = text[:1] in "=+-@\t\r"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 2, int(number))
    for n, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABC"[n]].width = width
    sheet.freeze_panes = sheet.cell(_TOP + 1, len(KEYS) + 1)


def _only_marks(sheet: Worksheet, n_rows: int, n_themes: int) -> None:
    """Let a theme's cell hold 1 or 0 only."""
    rule = DataValidation(type="list", formula1='"1,0"', allow_blank=True, showErrorMessage=True)
    first = sheet.cell(_TOP + 1, len(KEYS) + 1).coordinate
    last = sheet.cell(_TOP + max(1, n_rows), len(KEYS) + n_themes).coordinate
    rule.add(f"{first}:{last}")
    sheet.add_data_validation(rule)
