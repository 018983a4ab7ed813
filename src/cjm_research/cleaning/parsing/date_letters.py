"""Dates written in other letters or another order than the forms expect, written plainly."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

_WIDE = r"[\x{FF01}-\x{FF5E}\x{3000}]"
_NUMERAL_YEAR = r"^[〇零○一二三四五六七八九]{4}年"
_WEEKDAY = r"^(?i:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)[a-zа-я]*[.,]*\s+"
_DIGITS_ONLY = r"^((?:19|20)\d\d)(\d\d)(\d\d)[T _-]?(\d\d)(\d\d)(\d\d)?(\D.*|)$"
_DAY_OF_WEEK = r"\s*[(\[]?(?:星期|周|週|礼拜)[一二三四五六日天][)\]]?"
_OF_C = r"^([A-Za-z]{3}) +(\d{1,2}) (\d\d:\d\d:\d\d)((?: [+-]\d{4}| [A-Z]{3,4})?) (\d{4})$"
_HOUR_ALONE = r"(?i)([ T,])(\d{1,2})\s?([ap]\.?m\.?)$"
_TIDIED = (
    (r"^['‘’`]", r"^['‘’`]", ""),
    (_DAY_OF_WEEK, _DAY_OF_WEEK, ""),
    (r"^[^\d]", _WEEKDAY, ""),
    (_OF_C, _OF_C, r"\2 \1 \5 \3\4"),  # Mar  5 10:00:00 +0000 2024
    (r"^\d{1,2}:", r"^(\d{1,2}:\d{2}(?::\d{2})?),?\s+(\d.*)$", r"\2 \1"),
    (r"^\d{8}[T _-]?\d", _DIGITS_ONLY, r"\1-\2-\3 \4:\5:\6\7"),
    (r"^\d{1,4}\. +\d", r"\. +", "."),  # 5. 3. 2024
    (r"^\d{4}\.\d{1,2}\.\d{1,2}\.$", r"\.$", ""),
    (r"^\d{1,2} \d{1,2} \d{4}", r"^(\d{1,2}) (\d{1,2}) (\d{4})", r"\1/\2/\3"),
    (r"^\d\d年", r"^(\d\d)年", r"20\1年"),
    (r"[点點时時]整?$", r"(\d)[点點时時]整?$", r"\1:00"),
    (_HOUR_ALONE, _HOUR_ALONE, r"\1\2:00 \3"),
    (r"[ _T]\d\d-\d\d(?:-\d\d)?$", r"[ _T](\d\d)-(\d\d)(?:-(\d\d))?$", r" \1:\2:\3"),
)
"""What to look for, what to write anew and how."""
_ANY = "|".join(f"(?:{seen})" for seen, _, _ in _TIDIED)
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
    >>> plainly_written(pa.array(["Tue Mar  5 10:00:00 2024", "2024年3月5日晚上8点"])).to_pylist()
    ['5 Mar 2024 10:00:00', '2024年3月5日晚上8:00']
    """
    if as_mask(pc.match_substring_regex(texts, _WIDE)).any():
        texts = pc.utf8_normalize(texts, form="NFKC")
    is_any = as_mask(pc.match_substring_regex(texts, _ANY)).any()
    for seen, pattern, written in _TIDIED if is_any else ():
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
