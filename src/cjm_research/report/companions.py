"""What lies beside a page: its tables as a workbook, its figures for slides."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from cjm_research.present.svg import standalone
from cjm_research.report.wording import in_language
from cjm_research.report.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cjm_research.report.page import Shown

_FIGURE = re.compile(r'<svg [^>]*class="fig".*?</svg>', re.DOTALL)


def companions(shown: Sequence[Shown], *, stem: str, language: str) -> dict[str, bytes]:
    """Return the files beside a page, by their path from the page.

    Parameters
    ----------
    shown : sequence of Shown
        The blocks of the page.
    stem : str
        Name of the page without language and ending.
    language : str
        One of the page's.

    Returns
    -------
    dict of str to bytes
        ``STEM.LANGUAGE.xlsx`` if the page has a table; for each figure
        ``STEM.LANGUAGE.figures/NN-EXHIBIT.svg`` and, where it was drawn as a picture too,
        ``….png``.
    """
    files = {}
    tables = list(page_tables(shown, language=language))
    if tables:
        files[workbook_name(stem, language)] = workbook(tables, language=language)
    number = 0
    for part in shown:
        pictures = list(part.block.get("pictures", ()))
        for i, figure in enumerate(_FIGURE.findall(part.block["html"].get(language, ""))):
            number += 1
            name = f"{figures_folder(stem, language)}/{number:02d}-{part.block['id']}"
            files[f"{name}.svg"] = standalone(figure).encode()
            picture = pictures[i].get(language) if i < len(pictures) else None
            if picture:
                files[f"{name}.png"] = b64decode(picture)
    return files


def page_tables(shown: Sequence[Shown], *, language: str) -> Iterator[dict[str, Any]]:
    """Yield the tables of a page, each with the title of its exhibit."""
    seen = set()
    for part in shown:
        for table in part.block.get("tables", ()):
            same = (tuple(table["keys"]), repr(table["rows"]))
            if not table["rows"] or same in seen:
                continue
            seen.add(same)
            yield {**table, "title": in_language(part.block["title"], language) or table["name"]}


def table_texts(tables: Sequence[Mapping[str, Any]], *, language: str) -> dict[str, list[str]]:
    """Return every text that a workbook shows, by the title of its table."""
    found: dict[str, list[str]] = {}
    for table in tables:
        labels = table.get("labels", {}).get(language, {})
        texts = [str(h) for h in table["columns"][language]]
        for row in table["rows"]:
            for key, value in zip(table["keys"], row, strict=True):
                if isinstance(value, str):
                    texts.append(labels.get(key, {}).get(value, value))
        found.setdefault(str(table["title"]), []).extend(texts)
    return found


def workbook_name(stem: str, language: str) -> str:
    """Return the file name of a page's workbook."""
    return f"{stem}.{language}.xlsx"


def figures_folder(stem: str, language: str) -> str:
    """Return the name of the folder of a page's figures."""
    return f"{stem}.{language}.figures"
