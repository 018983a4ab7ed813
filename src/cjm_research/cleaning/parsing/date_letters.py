"""Dates written in other letters or another order than the forms expect, written plainly."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

_WIDE = r"[\x{FF01}-\x{FF5E}\x{3000}]"
_NUMERAL_YEAR = r"^[〇零○一二三四五六七八九]{4}年"
_WEEKDAY = r"^(?i:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)[a-zа-я]*[.,]*\s+"
_DIGITS_ONLY = r"^((?:19|20)\d\d)(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)?(\D.*|)$"
_DAY_OF_WEEK = r"\s*[(\[]?(?:星期|周|週|礼拜)[一二三四五六日天][)\]]?"
_TIDIED = (
    (_DAY_OF_WEEK, _DAY_OF_WEEK, ""),
    (r"^\D", _WEEKDAY, ""),
    (r"^\d{1,2}:", r"^(\d{1,2}:\d{2}(?::\d{2})?),?\s+(\d.*)$", r"\2 \1"),
    (r"^\d{8}[T ]?\d", _DIGITS_ONLY, r"\1-\2-\3 \4:\5:\6\7"),
)
"""What to look for, what to write anew and how."""
_DIGITS = {numeral: str(i) for i, numeral in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}
_NUMERALS = re.compile("[〇零○一二三四五六七八九十廿卅]+")


def plainly_written(texts: pa.Array) -> pa.Array:
    """Write full width as plain letters, Chinese numerals as digits; the day before the clock.

    Examples
    --------
    >>> plainly_written(pa.array(["Пн, 4.03.2024", "10:30 04.03.2024"])).to_pylist()
    ['4.03.2024', '04.03.2024 10:30']
    >>> plainly_written(pa.array(["2024年3月5日(星期二)", "20240305103000"])).to_pylist()
    ['2024年3月5日', '2024-03-05 10:30:00']
    """
    if as_mask(pc.match_substring_regex(texts, _WIDE)).any():
        texts = pc.utf8_normalize(texts, form="NFKC")
    for seen, pattern, written in _TIDIED:
        if as_mask(pc.match_substring_regex(texts, seen)).any():
            texts = pc.replace_substring_regex(texts, pattern, written)
    if as_mask(pc.match_substring_regex(texts, _NUMERAL_YEAR)).any():
        texts = pa.array([in_digits(t) for t in texts.to_pylist()], texts.type)
    return texts


def in_digits(text: str) -> str:
    """Write the Chinese numerals of a date as digits.

    Examples
    --------
    >>> (
    ...     in_digits("二〇二四年三月五日"),
    ...     in_digits("二零二四年十二月三十一日"),
    ...     in_digits("2024年3月5日"),
    ... )
    ('2024年3月5日', '2024年12月31日', '2024年3月5日')
    """
    return _NUMERALS.sub(lambda found: _number(found[0]), text)


def _number(numerals: str) -> str:
    """Return the digits of a number: figure by figure, or below a hundred by tens."""
    plain = numerals.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = plain.partition("十")
    if not ten:
        return "".join(_DIGITS[n] for n in plain)
    if len(tens) > 1 or len(ones) > 1:
        return numerals
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
