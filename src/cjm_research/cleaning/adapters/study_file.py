"""The first study file for raw files: what was found in them, as text to confirm and to edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cjm_research.cleaning.adapters.own_columns import is_own, own_label
from cjm_research.cleaning.adapters.shown import examples, lacks_scale
from cjm_research.cleaning.adapters.suggest import suggested_lines
from cjm_research.study.quoted import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from cjm_research.cleaning.adapters.find import Found
    from cjm_research.study.sources import Source

_CURRENCIES = {
    "RUB": r"₽|\bруб|\bRUB\b", "CNY": r"元|¥|￥|\bCNY\b|\bRMB\b", "EUR": r"€|\bEUR\b",
    "GBP": r"£|\bGBP\b", "KZT": r"₸|\bKZT\b", "USD": r"\$|\bUSD\b",
}  # fmt: skip
_USUAL = {"ru": ("RUB", "Europe/Moscow"), "zh": ("CNY", "Asia/Shanghai"), "en": ("USD", "UTC")}
_QUESTIONS = {
    "ru": "Кто наши клиенты, что им мешает и что сделать в первую очередь?",
    "zh": "我们的客户是谁，他们遇到什么困难，首先应该做什么？",
    "en": "Who are our customers, what stands in their way, and what should we do first?",
}
_SIMPLE = ("constants", "unpivot", "joined", "otherwise", "computed", "units", "times", "kinds")
_SCALARS = ("adapter", "encoding", "delimiter", "sheet", "header_row", "header_rows", "decimal",
            "day_first", "zone", "unknown_customers", "unpivot_into", "unique")  # fmt: skip
_SCRIPTS = {"ru": "[А-Яа-яЁё]", "zh": "[\u4e00-\u9fff]", "en": "[A-Za-z]"}


def study_text(name: str, found: Sequence[Found], *, currency: str = "") -> str:
    """Return a study file that loads, with what was guessed marked in comments.

    Parameters
    ----------
    name : str
        Name of the study.
    found : sequence of Found
        Layout and sources of every raw file.
    currency : str
        Currency of the study; found in the files, else by their language, if empty.
    """
    language = language_of(_words(found))
    seen = currency or currency_of(_words(found))
    usual, zone = _USUAL[language]
    lines = [
        f"# First study file of {name}: made from the headers of its raw files by `cjm new`.",
        f"# Check what is said of each column, then: cjm check {name}, cjm run {name}.",
        "",
        f"title = {quoted(name)}",
        f"languages = [{quoted(language)}]  # of the pages: en, ru, zh",
        f"currency = {quoted(seen or usual)}" + ("" if seen else "  # a guess: check it"),
        f"zone = {quoted(zone)}  # of times that name none; a guess: check it",
        "",
        "[research]",
        f"question = {{ {language} = {quoted(_QUESTIONS[language])} }}",
    ]
    for one in found:
        for source in one.sources:
            lines += ["", *_source_lines(source, one)]
    lines += suggested_lines(found, language)
    lines += _label_lines(found, language)
    return "\n".join(lines) + "\n"


def language_of(words: Iterable[str]) -> str:
    """Return the language of headers and cells by their letters.

    Examples
    --------
    >>> language_of(["Код клиента", "Sum"]), language_of(["客户编号"]), language_of(["Client"])
    ('ru', 'zh', 'en')
    """
    joined = " ".join(words)
    n = {language: len(re.findall(letters, joined)) for language, letters in _SCRIPTS.items()}
    counts = {"ru": n["ru"], "zh": 3 * n["zh"], "en": n["en"] // 4}
    return max(counts, key=lambda k: counts[k])


def currency_of(words: Iterable[str]) -> str:
    """Return the currency that headers and cells name most often; empty if they name none.

    Examples
    --------
    >>> currency_of(["Сумма, руб.", "10"]), currency_of(["Amount"])
    ('RUB', '')
    """
    joined = " ".join(words)
    counts = {c: len(re.findall(p, joined, re.IGNORECASE)) for c, p in _CURRENCIES.items()}
    best = max(counts, key=lambda c: counts[c])
    return best if counts[best] else ""


def _words(found: Sequence[Found]) -> list[str]:
    words = []
    for one in found:
        words += list(one.head.headers)
        for cells in one.head.columns.values():
            words += [str(c)[:40] for c in cells.slice(0, 20).to_pylist() if c is not None]
    return words


def _source_lines(source: Source, found: Found) -> list[str]:
    given: Mapping[str, Any] = source.model_dump(exclude_defaults=True, mode="json")
    lines = ["[[sources]]", f"table = {quoted(source.table)}", f"file = {quoted(source.file)}"]
    lines += [f"{key} = {_value(given[key])}" for key in _SCALARS if given.get(key) is not None]
    if source.columns:
        lines.append("[sources.columns]")
    for column, header in source.columns.items():
        comment = examples(found, header)
        lines.append(f"{_key(column)} = {quoted(header)}" + (f"  # {comment}" if comment else ""))
    for key in _SIMPLE:
        lines += _section(f"sources.{key}", given.get(key, {}))
        if key == "constants" and lacks_scale(source):
            lines += [] if given.get(key) else ["[sources.constants]"]
            lines.append("# scale_min = 1  # the lowest grade that can be given, and the highest;")
            lines.append("# scale_max = 5  # grades on a scale that is not said are not counted")
    for column, values in given.get("values", {}).items():
        known = _in_its_letters(values, found.head.columns.get(source.columns.get(column, "")))
        lines += _section(f"sources.values.{_key(column)}", known)
    for rule in given.get("rules", []):
        lines += ["[[sources.rules]]", *(f"{_key(k)} = {_value(v)}" for k, v in rule.items())]
    return lines


def _in_its_letters(values: Mapping[str, str], cells: pa.Array | None) -> dict[str, str]:
    """Keep the known values that are written in letters which the column has."""
    seen = {_letters(str(c)) for c in cells.to_pylist() if c is not None} if cells else set()
    return {v: to for v, to in values.items() if _letters(v) in seen or not seen}


def _letters(text: str) -> str:
    return next((s for s, letters in _SCRIPTS.items() if re.search(letters, text)), "")


def _label_lines(found: Sequence[Found], language: str) -> list[str]:
    """Name the own columns on the pages as their headers do."""
    own = {
        column: header
        for one in found
        for source in one.sources
        for column, header in source.columns.items()
        if is_own(source, column) and column != "age"
    }
    if not own:
        return []
    labels = [f"{_key(c)} = {{ {language} = {quoted(own_label(h))} }}" for c, h in own.items()]
    return ["", "# Words for your own columns on the pages.", "[labels.column]", *labels]


def _section(name: str, values: Mapping[str, object]) -> list[str]:
    lines = [f"{_key(k)} = {_value(v)}" for k, v in values.items()]
    return [f"[{name}]", *lines] if lines else []


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case list() | tuple():
            return "[" + ", ".join(_value(v) for v in value) + "]"
        case dict():
            return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
        case _:
            return quoted(str(value))
