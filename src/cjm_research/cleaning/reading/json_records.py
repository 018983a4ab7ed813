"""JSON documents and JSON lines: the records in them, with nested fields under dotted names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.raw_table import RejectedRow
from cjm_research.cleaning.reading.records import Records
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cjm_research.cleaning.reading.request import Shape

_DEEPEST = 4
_SHOWN = 500
_decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)

Fields = dict[str, str | None]


def json_records(text: str, shape: Shape, *, file: str) -> Records:
    """Return the records of a JSON document (by place) or of JSON lines (by line).

    Numbers stay as they are written. A line that is no JSON is rejected with its text.

    Raises
    ------
    SourceError
        If the document is broken, with the line, or holds no list of records.
    """
    try:
        document = _decoder.decode(text)
    except RecursionError:
        raise SourceError(f"File {file!r} is JSON that is nested too deeply.") from None
    except json.JSONDecodeError as error:
        found = _lines(text, shape)
        if found is None:
            raise SourceError(
                f"File {file!r} is broken JSON: line {error.lineno}, {error.msg}."
            ) from None
        return found
    entries = list(_entries(document, shape, file))
    records = Records()
    for place, (entry, carried) in enumerate(entries, start=1):
        records.fields.append({**carried, **flat(entry, shape)})
        records.lines.append(place)
    return records


def _lines(text: str, shape: Shape) -> Records | None:
    """Read one record a line; None when the first line is no record."""
    records = Records()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = _decoder.decode(line)
        except (json.JSONDecodeError, RecursionError):
            entry = None
        if isinstance(entry, dict):
            records.fields.append(flat(entry, shape))
            records.lines.append(number)
        elif not records.lines:
            return None
        else:
            rejected = RejectedRow(line=number, code=Code.BROKEN_RECORD, text=line[:_SHOWN])
            records.rejected.append(rejected)
    return records


def _entries(document: object, shape: Shape, file: str) -> Iterable[tuple[dict[str, Any], Fields]]:
    ways = [tuple(way.split(".")) for way in shape.records.split("|") if way]
    for way in ways:
        found = list(_walk(document, way, shape, {}))
        if found:
            return found
    if ways and not isinstance(document, list):
        raise SourceError(f"File {file!r} holds no records under {shape.records!r}.")
    way = max(_ways(document), key=lambda w: w[1], default=((), 0))[0]
    if isinstance(document, dict) and not way:
        return [(document, {})]
    return list(_walk(document, way, shape, {}))


def _walk(
    node: object, way: tuple[str, ...], shape: Shape, carried: Fields
) -> Iterator[tuple[dict[str, Any], Fields]]:
    """Go along the keys; the plain fields of a record on the way go with the records below it."""
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, way, shape, carried)
    elif isinstance(node, dict):
        if not way:
            yield node, carried
        elif way[0] in node:
            rest = {k: v for k, v in node.items() if k != way[0]}
            named = flat(rest, shape) if len(way) == 1 or rest else {}
            above = {f"^{k}": v for k, v in named.items()}
            yield from _walk(node[way[0]], way[1:], shape, {**carried, **above})


def _ways(node: object, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    """Return the ways to lists of records, each with the number of records."""
    if isinstance(node, list):
        n = sum(isinstance(item, dict) for item in node)
        if n:
            yield way, n
    elif isinstance(node, dict) and len(way) < _DEEPEST:
        for key, inner in node.items():
            yield from _ways(inner, (*way, key))


def flat(entry: dict[str, Any], shape: Shape, prefix: str = "") -> Fields:
    """Name nested fields by dots; write lists and what is nested in them as text.

    Examples
    --------
    >>> from cjm_research.cleaning.reading.request import Shape
    >>> entry = {
    ...     "id": "7",
    ...     "geo": {"city": "Omsk"},
    ...     "tags": ["a", "b"],
    ...     "params": [{"key": "page", "value": {"string_value": "/cart"}}],
    ... }
    >>> flat(entry, Shape())
    {'id': '7', 'geo.city': 'Omsk', 'tags': 'a, b', 'params.page': '/cart'}
    """
    pairs = {name: (key, value) for name, key, value in shape.pairs}
    fields: Fields = {}
    for name, inner in entry.items():
        full = f"{prefix}{name}"
        if isinstance(inner, dict):
            fields.update(flat(inner, shape, f"{full}."))
        elif isinstance(inner, list) and (name in pairs or _are_pairs(inner)):
            key, value = pairs.get(name, ("key", "value"))
            for item in inner:
                said = _first(item, key)
                if said:
                    fields[f"{full}.{said}"] = _text(_first(item, value))
        else:
            fields[full] = _text(inner)
    return fields


def plain(value: Any) -> Any:  # noqa: ANN401  # any nested value
    """Return typed values as JSON would have them: texts, lists and fields."""
    match value:
        case dict():
            return {k: plain(v) for k, v in value.items()}
        case list():
            return [plain(v) for v in value]
        case None | bool() | str():
            return value
        case _:
            return str(value)


def _are_pairs(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(i, dict) and set(i) == {"key", "value"} for i in items)


def _first(item: object, ways: str) -> Any:  # noqa: ANN401  # any JSON
    """Follow the first of several ways that leads to something."""
    for way in ways.split("|"):
        node: Any = item
        for step in way.split("."):
            if isinstance(node, list) and step.isdecimal():
                node = node[int(step)] if int(step) < len(node) else None
            else:
                node = node.get(step) if isinstance(node, dict) else None
        if isinstance(node, dict):  # {"string_value": ..., "int_value": null}
            node = next((v for v in node.values() if v is not None), None)
        if node is not None:
            return node
    return None


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() if any(_is_piece(v) for v in value) and all(
            isinstance(v, str) or _is_piece(v) for v in value
        ):
            return "".join(v if isinstance(v, str) else str(v["text"]) for v in value)
        case list() if all(isinstance(v, str) for v in value):
            return ", ".join(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _is_piece(value: object) -> bool:
    """Tell a piece of a marked-up text, ``{"type": "bold", "text": "..."}`` or plain."""
    return isinstance(value, dict) and {"type", "text"} <= set(value)
