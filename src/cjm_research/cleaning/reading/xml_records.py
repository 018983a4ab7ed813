"""XML: the element that stands most often as a record, with its fields and those above it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat  # declarations of entities are refused below

from cjm_research.cleaning.reading.records import Records
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.grid import Grid

_NAMES = ("key", "name")


@dataclass(slots=True)
class _Element:
    path: str
    attributes: dict[str, str]
    line: int
    above: _Element | None
    text: list[str] = field(default_factory=list)
    fields: dict[str, str | None] = field(default_factory=dict)
    has_children: bool = False


@dataclass(slots=True)
class _Builder:
    """Collects the elements that have fields of their own, by their path."""

    file: str
    parser: expat.XMLParserType
    found: dict[str, list[_Element]] = field(default_factory=lambda: defaultdict(list))
    open: _Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        name = tag.rpartition("}")[2].rpartition(":")[2]
        path = f"{self.open.path}/{name}" if self.open else name
        if self.open:
            self.open.has_children = True
        line = self.parser.CurrentLineNumber
        self.open = _Element(path, attributes, line, self.open)

    def end(self, _tag: str) -> None:
        """Close an element: it is a field of the one above, or a record."""
        done = self.open
        if done is None:
            return
        above = self.open = done.above
        name = next((done.attributes[n] for n in _NAMES if n in done.attributes), "")
        plain = {"name", "key", "value", "type"} >= set(done.attributes)
        if above is not None and not done.has_children and (plain or not done.attributes):
            value = done.attributes.get("value", "".join(done.text).strip())
            above.fields[name or done.path.rpartition("/")[2]] = value or None
            return
        for attribute, value in done.attributes.items():
            done.fields.setdefault(attribute, value)
        if done.fields:
            self.found[done.path].append(done)

    def characters(self, data: str) -> None:
        """Keep the text of the open element."""
        if self.open is not None:
            self.open.text.append(data)

    def refuse_entity(self, *_: object) -> None:
        """Stop at the declaration of an entity: it can unfold without end."""
        raise SourceError(
            f"File {self.file!r} declares XML entities, which can unfold without end;"
            " they are not read."
        )


def xml_records(data: bytes, *, file: str) -> Records:
    """Return the records of an XML file: the most frequent element with fields.

    Fields are child elements without children and attributes; ``<x name="a">b</x>`` and
    ``<x key="a" value="b"/>`` are a field ``a``. Fields of the element above carry its name.

    Raises
    ------
    SourceError
        If the file is broken or declares entities.
    """
    found = _parsed(data, file).found
    if not found:
        raise SourceError(f"File {file!r} is XML without records.")
    elements = max(found.values(), key=len)
    records = Records()
    for element in elements:
        above: dict[str, str | None] = {}
        if element.above is not None and element.above.path in found:
            name = element.above.path.rpartition("/")[2]
            above = {f"{name}.{k}": v for k, v in element.above.fields.items()}
        records.fields.append({**above, **element.fields})
        records.lines.append(element.line)
    return records


def workbook_grid(data: bytes, *, file: str) -> Grid:
    """Return the cells of a workbook in the XML form that Excel 2003 had."""
    parser = expat.ParserCreate(namespace_separator=":")
    state = _Grid()
    builder = _Builder(file, parser)
    parser.EntityDeclHandler = builder.refuse_entity
    parser.StartElementHandler = state.start
    parser.EndElementHandler = state.end
    parser.CharacterDataHandler = state.characters
    _run(parser, data, file)
    return max(state.sheets, key=len, default=[])


@dataclass(slots=True)
class _Grid:
    """Rows and cells of ``<Row><Cell ss:Index="2"><Data>``."""

    sheets: list[Grid] = field(default_factory=list)
    text: list[str] | None = None
    skipped: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a sheet, a row, a cell or its value."""
        name = tag.rpartition(":")[2]
        given = {k.rpartition(":")[2]: v for k, v in attributes.items()}
        place = int(given["Index"]) if given.get("Index", "").isdecimal() else 0
        if name == "Table":
            self.sheets.append([])
        elif name == "Row" and self.sheets:
            sheet = self.sheets[-1]
            sheet += [[] for _ in range(max(0, min(place, 1_000_000) - 1 - len(sheet)))]
            sheet.append([])
        elif name == "Cell" and self.sheets and self.sheets[-1]:
            row = self.sheets[-1][-1]
            row += [""] * max(0, min(place, 16_384) - 1 - len(row))
            row.append("")
            across = given.get("MergeAcross", "")
            self.skipped = min(int(across), 16_384) if across.isdecimal() else 0
        elif name == "Data":
            self.text = []

    def end(self, tag: str) -> None:
        """End a cell or its value."""
        name = tag.rpartition(":")[2]
        if name == "Data" and self.text is not None and self.sheets and self.sheets[-1]:
            self.sheets[-1][-1][-1] = "".join(self.text).strip()
            self.text = None
        elif name == "Cell" and self.sheets and self.sheets[-1]:
            self.sheets[-1][-1] += [""] * self.skipped

    def characters(self, data: str) -> None:
        """Keep the text of a value."""
        if self.text is not None:
            self.text.append(data)


def _parsed(data: bytes, file: str) -> _Builder:
    parser = expat.ParserCreate()
    builder = _Builder(file, parser)
    parser.EntityDeclHandler = builder.refuse_entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    _run(parser, data, file)
    return builder


def _run(parser: expat.XMLParserType, data: bytes, file: str) -> None:
    try:
        parser.Parse(data, True)  # noqa: FBT003  # expat's own signature
    except expat.ExpatError as error:
        raise SourceError(
            f"File {file!r} is broken XML: line {error.lineno}, {expat.ErrorString(error.code)}."
        ) from None
    except (ValueError, LookupError) as error:  # an encoding that expat or Python does not know
        raise SourceError(f"File {file!r} cannot be read as XML: {error}.") from None
