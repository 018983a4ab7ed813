"""The journey map as files: pictures, tables, data for other programs."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cjm_research.cleaning.privacy import write_csv
from cjm_research.errors import ParameterError, ReportError
from cjm_research.present import theme
from cjm_research.present.context import current
from cjm_research.present.figures.journey_map import journey_map
from cjm_research.present.figures.journey_map.data import map_data
from cjm_research.present.figures.journey_map.mermaid import flow_chart, journey_chart
from cjm_research.present.figures.journey_map.texts import headline
from cjm_research.present.markup import digest
from cjm_research.present.svg import standalone, svg
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.moves import Transitions
    from cjm_research.present.words import Words

Format = Literal["svg", "png", "pdf", "csv", "json", "mermaid"]
FORMATS: tuple[Format, ...] = ("svg", "png", "pdf", "csv", "json", "mermaid")
SCHEMA = Path(__file__).with_name("journey_map.schema.json")
"""What the JSON file holds, as JSON Schema 2020-12."""
DPI = 150
_PICTURES = ("png", "pdf")
_UNSAFE = re.compile(r"[^\w\-. +]+")
_LONGEST = 60
"""Letters of a segment in a file's name."""


def export_map(
    result: JourneyMap,
    folder: Path | str,
    *,
    formats: Sequence[Format] = FORMATS,
    moves: Transitions | None = None,
    stem: str = "journey_map",
) -> tuple[Path, ...]:
    """Write the journey map into a folder, in each language of the open study.

    Parameters
    ----------
    result : JourneyMap
        The map.
    folder : Path or str
        Made if it is not there. Files of the same name are replaced.
    formats : sequence of str
        Some of ``svg png pdf csv json mermaid``. The JSON file has all languages, and its
        schema beside it; ``mermaid`` gives the map (``.journey.mmd``) and the flow
        (``.flow.mmd``).
    moves : Transitions, optional
        Where customers go next: draws the arrows of the flow; without it, an arrow from each
        stage to the next says how many go on.
    stem : str
        What the names of the files begin with; the segment is added.

    Returns
    -------
    tuple of Path
        The files, in the order in which they were written. The same map gives the same bytes.

    Raises
    ------
    ParameterError
        If a format is not known.
    ReportError
        If a picture has Chinese in it and no font of this machine has.
    """
    for asked in formats:
        if asked not in FORMATS:
            raise ParameterError.unknown("format", asked, known=FORMATS)
    context, target = current(), Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    name = f"{stem}.{_in_a_name(result.segment)}" if result.segment else stem
    written: list[Path] = []
    if "json" in formats:
        plain = map_data(result, [context.words(language) for language in context.languages])
        text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        written += [_write(target / f"{name}.json", text.encode()),
                    _write(target / SCHEMA.name, SCHEMA.read_bytes())]  # fmt: skip
    for language in context.languages:
        words = context.words(language)
        for ending, data in _files(result, words, formats=formats, moves=moves):
            written.append(_write(target / f"{name}.{language}.{ending}", data))
        if "csv" in formats:
            path = target / f"{name}.{language}.csv"
            write_csv(worded(result, words), path)
            written.append(path)
    return tuple(written)


def worded(result: JourneyMap, words: Words) -> pd.DataFrame:
    """Return the table of the map with headings and labels in one language; numbers stay plain."""
    frame = result.to_frame()
    for column, unit in result.units.items():
        if unit is Unit.LABEL:
            known = {k: words.label(column, k) for k in frame[column].dropna().unique()}
            frame[column] = frame[column].map(known)
    headings = [words.column(str(c)) for c in frame]
    if len(set(headings)) < len(headings):
        headings = [h if headings.count(h) == 1 else f"{h} ({c})"
                    for h, c in zip(headings, frame, strict=True)]  # fmt: skip
    return frame.set_axis(headings, axis="columns")


def _files(
    result: JourneyMap, words: Words, *, formats: Sequence[str], moves: Transitions | None
) -> Iterator[tuple[str, bytes]]:
    """Give the files of one language but the table: ending of the name, and bytes."""
    if "svg" in formats:
        with theme.style():
            drawn = journey_map(result, words)
        yield "svg", standalone(svg(drawn, alt=capital(headline(result, words)))).encode()
    for picture in (p for p in _PICTURES if p in formats):
        with theme.style():
            yield picture, picture_of(journey_map(result, words), picture)
    if "mermaid" in formats:
        yield "journey.mmd", journey_chart(result, words).encode()
        yield "flow.mmd", flow_chart(result, words, moves=moves).encode()


def picture_of(figure: Figure, kind: str) -> bytes:
    """Return a figure as PNG or PDF on white, without a date in it.

    Parameters
    ----------
    figure : Figure
        Drawn inside `theme.style`.
    kind : str
        ``png`` or ``pdf``.

    Raises
    ------
    ReportError
        If it has Chinese in it and no font of this machine has: it would be drawn as boxes.
    """
    texts = [t.get_text() for axes in figure.axes for t in axes.texts]
    if any(_is_chinese(c) for t in texts for c in t) and len(theme.font_families()) < 2:
        raise ReportError(
            f"The {kind.upper()} would show boxes for Chinese: no Chinese font is installed."
            " Install one, such as Noto Sans CJK SC, or take SVG: the reader's own fonts draw it."
        )
    buffer = io.BytesIO()
    metadata = {"CreationDate": None} if kind == "pdf" else {"Software": None}
    with theme.style():
        figure.savefig(buffer, format=kind, dpi=DPI, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _is_chinese(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" and unicodedata.category(char) == "Lo"


def _in_a_name(segment: str) -> str:
    """Return a segment as a file's name may hold it; one that was changed has a mark of its own.

    Examples
    --------
    >>> _in_a_name("families"), _in_a_name("Food/Drink")
    ('families', 'Food_Drink-x536ad12')
    """
    plain = _UNSAFE.sub("_", segment)[:_LONGEST]
    return plain if plain == segment else f"{plain}-{digest(segment)}"


def _write(path: Path, data: bytes) -> Path:
    staged = path.with_name(f".{path.name}.part")
    staged.write_bytes(data)
    staged.replace(path)
    return path
