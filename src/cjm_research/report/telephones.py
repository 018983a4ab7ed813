"""Which digits of a page are a telephone: not its numbers, its dates or the marks of an axis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjm_research.needs.redaction import ends_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

_GAP = r"[\s().\u2010-\u2012/-]"
_ONE = r"[\s\u2010-\u2012-]"
_PHONE = re.compile(
    r"(?<![0-9A-Za-z\u0400-\u04ff_.,])(?:"  # a Han sign may stand right before it
    rf"[+＋]{_GAP}?[1-9](?:{_GAP}{{0,3}}\d){{9,14}}"  # +7 921 123-45-67
    rf"|00[ -]?[1-9]\d{{0,2}}[ -]?\(?[1-9]\d{{1,2}}\)?{_ONE}\d{{3,4}}{_ONE}\d{{2,4}}(?:{_ONE}\d\d)?"
    rf"|[78]{_ONE}?\(\d{{3,4}}\){_ONE}?\d{{2,3}}(?:{_ONE}?\d\d){{2}}"  # 8 (921) 123-45-67
    rf"|[78]{_ONE}?\d{{3}}{_ONE}\d{{3}}{_ONE}\d\d{_ONE}?\d\d"  # 8 921 123-45-67
    r"|[78]9\d{9}|(?P<bare>1[3-9]\d{9})"  # 89211234567, 13812345678
    r"|1[3-9]\d([ -])(?!(?:19|20)\d\d\b)\d{4}\2\d{4}"  # 138 0013 8000
    r"|\(\d{3}\)[ -]?\d{3}-\d{4})(?![0-9A-Za-z_]|[.,]\d)"  # (415) 555-2671
)
_NUMBER = re.compile(
    r"(?<![\d.,\u202f])[+−-]?\d{1,3}"
    r"(?:(?:\u202f\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)(?![.,\u202f]?\d)"
)
"""A number as the pages write one. Text of data has no narrow space: cleaning makes it plain."""
_DATE = re.compile(
    r"(?<![\d.+-])(?:[0-3]?\d\.[01]\d\.(?:19|20)\d\d|(?:19|20)\d\d-[01]\d-[0-3]\d)(?!-|\.?\d)"
)
_SHORT = re.compile(r"\s*[−-]?\d{1,4}(?:[.,]\d{1,2})?\D{0,12}")
_ASIDE = "#"


def telephones(texts: Iterable[str]) -> list[str]:
    """Return the telephones of texts that stand one after the other, such as lines of a figure.

    A telephone may run over the end of a line. A number that the pages wrote, a date, or a text
    that is one short number (a mark of an axis, a key figure) is part of none: ``+14 806`` above
    ``35 327`` are two numbers, though their digits together would make a telephone.

    Examples
    --------
    >>> telephones(["Call +7 921", "123-45-67"]), telephones(["8,911,407", "+12", "2026"])
    (['+7 921 123-45-67'], [])
    >>> telephones(["电话13812345678"]), telephones(["订单13812345678"])
    (['13812345678'], [])
    >>> telephones(["Изменение +14\u202f806 (35\u202f327)"])
    []
    """
    joined = " ".join(_ASIDE if _SHORT.fullmatch(t) else t for t in texts)
    plain = _DATE.sub(_ASIDE, _NUMBER.sub(_ASIDE, joined))
    return [
        match[0]
        for match in _PHONE.finditer(plain)
        if not (match["bare"] and ends_in_order(plain[: match.start()]))
    ]
