"""From a layout and the headers of a file to the sources that a study file would have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cjm_research.cleaning.adapters.library import ANY
from cjm_research.cleaning.adapters.looks import are_amounts, are_days
from cjm_research.cleaning.adapters.match import bare_key, find_aliases, key_of
from cjm_research.cleaning.adapters.questions import question_settings
from cjm_research.errors import SourceError
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import LINE_KEY, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from cjm_research.cleaning.adapters.model import Adapter, Part

_SHOWN = 25
_NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.INTEGER)
_DAYS = (Kind.DATE, Kind.TIME)
_DIGIT = re.compile(r"[\d一二三四五六七八九十★☆⭐🌟]")
"""Signs that a grade or an amount may be written with."""
_IN_TURN = ("phone", "email")
_IS_NUMBER = re.compile(
    r"\b(id|ids|uid|guid|no|number|код|номер|ид)\b|编号|编码|代码|(?<!手机)号$|id$"
)
_AS_THEY_ARE = ("constants", "kinds", "unknown_customers", "decimal", "day_first", "zone")


def settings_of(part: Part, headers: Sequence[str]) -> dict[str, Any]:
    """Return the settings of a source: what the layout says of the headers that are there."""
    columns = find_aliases(part.columns, headers)
    joined = {
        c: [h for h in (_there(n, headers) for n in names) if h is not None]
        for c, names in part.joined.items()
        if c not in columns
    }
    joined = {c: names for c, names in joined.items() if names}
    otherwise = _otherwise(part, columns, headers)
    unpivot = {}
    for name, names in part.unpivot.items():
        header = next((h for h in (_there(n, headers) for n in names) if h is not None), None)
        if header is not None:
            unpivot[header] = name
    given = {*columns, *joined, *part.constants}
    computed = {
        c: text
        for c, text in part.computed.items()
        if c not in columns and all(n in given for n in _names(text))
    }
    given |= {*computed, *(c for r in part.rules for c in r.set)}
    settings: dict[str, Any] = {name: getattr(part, name) for name in _AS_THEY_ARE}
    settings["constants"] = {c: v for c, v in part.constants.items() if c not in columns}
    if part.table == "feedback" and "kind" not in given and not part.questions:
        said = _kind_of_feedback(columns)
        settings["constants"] |= {"kind": said} if said else {}
    settings |= {
        "table": part.table, "columns": columns, "joined": joined,
        "otherwise": otherwise, "unpivot": unpivot, "computed": computed,
        "rules": [r for r in part.rules if r.column in given],
        "values": {c: v for c, v in part.values.items() if c in columns},
        "units": {c: v for c, v in part.units.items() if c in (*columns, *part.unpivot)},
        "times": {c: v for c, v in part.times.items() if c in columns},
        "unique": part.unique if set(part.unique) <= given else [],
    }  # fmt: skip
    return {k: v for k, v in settings.items() if v not in (None, {}, [], "set_aside")}


def _kind_of_feedback(columns: Mapping[str, str]) -> str:
    """Say what rows of feedback are: what is answered and solved is a ticket."""
    if {"resolved_at", "first_response_at"} & set(columns):
        return "ticket"
    return "rating" if "score" in columns else "open" if "text" in columns else ""


def _otherwise(
    part: Part, columns: Mapping[str, str], headers: Sequence[str]
) -> dict[str, list[str]]:
    """Return the further headers of columns that any of them may fill."""
    used = {*columns.values()}
    found = {}
    for column in dict.fromkeys((*_IN_TURN, *part.otherwise)):
        if column == "customer_id" and _IS_NUMBER.search(key_of(columns.get(column, ""))):
            continue  # numbers of two kinds could be the same
        there = (_there(n, headers) for n in part.columns.get(column, ()) if column in columns)
        found[column] = [h for h in dict.fromkeys(there) if h is not None and h not in used]
        used |= {*found[column]}
    return {column: names for column, names in found.items() if names}


def sources_of(
    adapter: Adapter,
    part: Part,
    *,
    file: str,
    sample: Mapping[str, pa.Array],
    hints: Mapping[str, Any],
) -> list[Source]:
    """Return the sources that read a file: one, or for a survey one for each kind of question.

    Parameters
    ----------
    adapter, part
        The layout.
    file : str
        Its name in the study.
    sample : mapping of str to pyarrow array
        Every header of the file with its first texts.
    hints : mapping of str to any
        Settings of a source that go before those of the layout.

    Raises
    ------
    SourceError
        If a column that the table needs has no header.
    """
    if adapter.name == ANY:  # a system's layout knows what its headers mean
        part = _fitting(part, sample)
    settings = settings_of(part, _telling_headers(part, sample))
    settings["file"] = file
    _drop_idle_units(settings, sample)
    if adapter.name not in ("", ANY):
        settings["adapter"] = adapter.name
    for key, value in hints.items():
        before = settings.get(key)
        settings[key] = {**before, **value} if isinstance(before, dict) and value else value
    if part.questions and not settings.get("unpivot"):
        pieces = [{**settings, **q} for q in question_settings(settings, sample)]
        if not pieces:
            raise SourceError(f"File {file!r} has no column that could be a question.")
        return [_source(piece, sample) for piece in pieces]
    return [_source(settings, sample)]


def _fitting(part: Part, sample: Mapping[str, pa.Array]) -> Part:
    """Return a layout without the names under which the file holds something else.

    ``Оплачено`` may be what was paid, or the day on which it was.
    """
    columns = {c: h for c, h in find_aliases(part.columns, list(sample)).items() if h in sample}
    unfit = {c: h for c, h in columns.items() if _holds_other(part, c, sample[h])}
    if not unfit:
        return part
    left = {
        c: [n for n in names if c not in unfit or _there(n, [unfit[c]]) is None]
        for c, names in part.columns.items()
    }
    return _fitting(part.model_copy(update={"columns": left}), sample)


def _holds_other(part: Part, column: str, cells: pa.Array) -> bool:
    declared = TABLES[part.table].column(column)
    if declared is None:
        return False
    if declared.kind in _NUMBERS:
        return are_days(cells)
    return declared.kind in _DAYS and are_amounts(cells)


def _telling_headers(part: Part, sample: Mapping[str, pa.Array]) -> list[str]:
    """Return the headers without those of numbers under which words stand and no digit.

    A column ``label`` may hold grades, or "positive" and "negative": those are none.
    """
    columns = settings_of(part, list(sample)).get("columns", {})
    wordy = {h for c, h in columns.items() if _holds_numbers(part, c) and _is_wordy(sample[h])}
    return [h for h in sample if h not in wordy]


def _holds_numbers(part: Part, column: str) -> bool:
    declared = TABLES[part.table].column(column)
    return declared is not None and declared.kind in _NUMBERS


def _is_wordy(cells: pa.Array) -> bool:
    texts = [str(c) for c in cells.to_pylist() if c is not None and str(c).strip()]
    return bool(texts) and not any(_DIGIT.search(t) for t in texts)


def _drop_idle_units(settings: dict[str, Any], sample: Mapping[str, pa.Array]) -> None:
    """Millionths are whole numbers: a column with fractions counts whole units."""
    headers = settings.get("columns", {}) | {m: h for h, m in settings.get("unpivot", {}).items()}
    for column, unit in list(settings.get("units", {}).items()):
        texts = sample[headers[column]].to_pylist() if column in headers else []
        if unit < 1 and any(t and ("." in t or "," in t) for t in texts):
            del settings["units"][column]


def _source(settings: dict[str, Any], headers: Mapping[str, object]) -> Source:
    declared = TABLES[settings["table"]]
    into = {"outcomes": ("metric", "value"), "campaign_totals": ("metric", "total")}
    given = {
        *(c for k in ("columns", "joined", "constants", "computed") for c in settings.get(k, {})),
        *(into.get(declared.name, ()) if settings.get("unpivot") else ()),
        *(c for rule in settings.get("rules", ()) for c in _set_by(rule)),
    }
    lacking = [c for c in declared.required if c not in given and c != declared.key]
    if lacking:
        there = [h for h in headers if not h.startswith("(column ")]
        more = f" and {len(there) - _SHOWN} more" if there[_SHOWN:] else ""
        raise SourceError(
            f"No header of file {settings['file']!r} is known to be {lacking} of table"
            f" {declared.name!r}. Its headers are {there[:_SHOWN]}{more}. Name the header of"
            f" each, as --column {lacking[0]}=HEADER (in a study file under 'columns';"
            f" {LINE_KEY!r} there is a key made for each row){_no_header(there)}."
        )
    try:
        return Source.model_validate(settings)
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise SourceError(f"Source {settings['file']!r}: {found}.") from None


def _no_header(headers: Sequence[str]) -> str:
    """Say so where the first row looks like values."""
    values = [h for h in headers if any(c.isdigit() for c in h) and not h[:1].isalpha()]
    is_bare = len(headers) > 1 and 2 * len(values) >= len(headers)
    return ", or say header_row = 0 if the file has no header" if is_bare else ""


def _set_by(rule: object) -> list[str]:
    found = rule.get("set", {}) if isinstance(rule, dict) else getattr(rule, "set", {})
    return list(found)


def _there(name: str, headers: Sequence[str]) -> str | None:
    keys = {bare_key(h): h for h in reversed(headers)} | {key_of(h): h for h in reversed(headers)}
    return keys.get(key_of(name))


def _names(text: str) -> list[str]:
    return [w for w in text.replace("(", " ").replace(")", " ").split() if w.isidentifier()]
