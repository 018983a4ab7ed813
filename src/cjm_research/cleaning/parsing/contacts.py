"""Telephone numbers to E.164, e-mail addresses, tax numbers with their check digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.hints import Parsed
from cjm_research.cleaning.parsing.tax_ids import tax_id_fits, with_lost_zeros
from cjm_research.cleaning.parsing.typed import TextCells
from cjm_research.cleaning.reading.raw_table import Choice, Note
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjm_research.cleaning.parsing.distinct import Distinct

REGIONS = {"RUB": "RU", "CNY": "CN", "USD": "US", "GBP": "GB", "KZT": "KZ", "BYN": "BY"}
"""Country of a telephone number that names none, by the currency of the study."""

_PLAIN_EMAIL = (
    r"^[a-z0-9_%+-]{1,30}(?:\.[a-z0-9_%+-]{1,30})?@(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.)+"
    r"[a-z]{2,}$"
)
_EMAIL = re.compile(r"[^@\s,;<>()\"']+@[^@\s,;<>()\"']+\.[^@\s,;<>()\"'.]{2,}")
_NAMED_EMAIL = re.compile(r"[^<>@]*<([^<>]+)>")
_RUSSIAN = re.compile(r"(?:[78](?=\d{10}$))?(9\d{9}|[3489]\d{9})")
_CHINESE = re.compile(r"(?:0?0?86)?(1[3-9]\d{9})")
_CHINESE_ONLY = r"^\s*(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}\s*$"
_NO_EXCHANGE = r"^1[3-9]\d\d[01]\d{6}$"
"""Eleven digits that are no American number: its exchange never begins with 0 or 1."""
_FEW = 0.05
_FAST = {"RU": (_RUSSIAN, "+7"), "CN": (_CHINESE, "+86")}
_AT_ONCE = {
    "RU": (r"^(?:[78](?P<long>9\d{9}|[3489]\d{9})|(?P<short>9\d{9}))$", "+7"),
    "CN": (r"^(?:0?0?86)?(?P<long>1[3-9]\d{9})(?P<short>)$", "+86"),
}
"""The usual numbers of a country, their signs and blanks left out."""
_LABEL = re.compile(r"^\s*(?:тел(?:ефон)?|моб|phone|tel|mob|电话|手机)\.?\s*:?\s*", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;/|\n]")
_MASKED = re.compile(r"[*•×]|[xXхХ]{2}|#{2}")
"""Digits that were hidden: what is left is nobody's number."""
_NOT_OF = {7: re.compile(r"[0125]"), 86: re.compile(r"1[0-2]\d{9}$")}
"""Beginnings that no number of a country has; the library asks for the length alone."""
_ZEROS = re.compile(r"\+?0{7,}")
"""What stands for no number."""


def parse_phones(found: Distinct, *, region: str | None) -> Parsed:
    """Write telephone numbers as E.164; what is no number is left out.

    Where neither the study nor a number names a country, a column most of whose numbers can only
    be Russian ones (eleven digits that begin with 89 or 79) is read as Russian, and one of
    Chinese mobile numbers as Chinese if some could not be American ones with their leading 1.
    """
    choices: tuple[Choice, ...] = ()
    if region is None:
        region, proof = _proved_region(found)
        if region:
            choice = f"region={region}"
            choices = (Choice(column="phone", choice=choice, evidence=proof, override=""),)
    parsed = _parsed(found, lambda text: e164(text, region), Code.UNREADABLE_PHONE,
                     usual=_usual_phones(found.texts, region))  # fmt: skip
    return replace(parsed, choices=choices)


def _proved_region(found: Distinct) -> tuple[str | None, str]:
    """Return the country that most numbers can only be of, and how many they are."""
    digits = pc.replace_substring_regex(found.texts, r"[^\d]", "")
    known = int(found.counts.sum())

    def rows(pattern: str, texts: pa.Array) -> int:
        return int(found.counts[as_mask(pc.match_substring_regex(texts, pattern))].sum())

    russian = rows(r"^[78]9\d{9}", digits)
    if russian > known / 2:
        return "RU", str(russian)
    chinese = rows(_CHINESE_ONLY, found.texts)
    not_american = rows(_NO_EXCHANGE, digits)
    if chinese > known / 2 and not_american >= max(1, _FEW * chinese):
        return "CN", str(chinese)
    return None, ""


def parse_emails(found: Distinct) -> Parsed:
    """Write e-mail addresses in small letters; what is no address is left out."""
    lower = pc.utf8_lower(found.texts)
    plain = pc.match_substring_regex(lower, _PLAIN_EMAIL)
    usual = pc.if_else(plain, lower, pa.scalar(None, lower.type))
    return _parsed(found, email, Code.UNREADABLE_EMAIL, usual=usual)


def parse_tax_ids(found: Distinct, *, region: str | None) -> Parsed:
    """Keep tax numbers as text; those whose check digit is wrong are pointed out.

    Where most are wrong, the column holds numbers of another kind, and nothing is said.
    """
    texts = [_bare_tax_id(t) for t in found.texts.to_pylist()]
    choices: tuple[Choice, ...] = ()
    if region == "RU":
        texts, n_lost = with_lost_zeros(texts)
        if n_lost:
            choices = (Choice(column="tax_id", choice="leading_zero", evidence=str(n_lost),
                              override=""),)  # fmt: skip
    wrong = np.array([tax_id_fits(t, region) is False for t in texts], dtype=bool)
    counts = found.counts
    rows = int(counts[wrong].sum())
    is_slip = 0 < rows < counts.sum() / 2
    notes = (Note(code=Code.WRONG_CHECK_DIGIT, rows=rows),) if is_slip else ()
    cells = TextCells(pa.array(texts, pa.string()), found.index)
    return Parsed(column=cells, notes=notes, choices=choices, kind=Kind.TEXT)


def _bare_tax_id(text: str) -> str:
    """Leave out blanks, dashes, the number's name before it and what a float left behind it.

    Examples
    --------
    >>> (
    ...     _bare_tax_id("ИНН: 77 07-083893"),
    ...     _bare_tax_id("７７０７０８３８９３.0"),
    ...     _bare_tax_id("9111b"),
    ... )
    ('7707083893', '7707083893', '9111B')
    """
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(
        r"^(?:ИНН(?:/КПП)?|ОГРН(?:ИП)?|БИН|ИИН|УНП|税号|统一社会信用代码):?(?=\w)", "", plain
    )
    return re.sub(r"^(\d{9,})\.0$", r"\1", plain)


def e164(text: str, region: str | None = None) -> str | None:
    """Return a telephone number in international form; None when it is none.

    Examples
    --------
    >>> e164("8 (916) 123-45-67", "RU"), e164("0086 138 0013 8000", "CN"), e164("12345", "RU")
    ('+79161234567', '+8613800138000', None)
    """
    plain = _LABEL.sub("", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^(\+?\d{10,15})\.0$", r"\1", plain)
    digits = re.sub(r"[\s()+.-]", "", plain)
    if _MASKED.search(plain) or _ZEROS.fullmatch(digits):
        return None
    fast = _FAST.get(region or "")
    if fast is not None:
        match = fast[0].fullmatch(digits)
        if match is not None:
            return fast[1] + match.group(1)
    number = _possible(plain, region)
    if number is None and (parts := _SEVERAL.split(plain, maxsplit=1))[1:]:
        return e164(parts[0], region)  # the first of several
    return number


def _possible(text: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415  # its tables are large, and few files need them

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    national = str(number.national_number)
    wrong = _NOT_OF.get(number.country_code or 0)
    if wrong is not None and wrong.match(national):
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:  # a local one is not enough to call
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """Return an e-mail address in small letters; None when it is none.

    Of several the first is taken. An address that mixes alphabets is none: a Cyrillic letter in
    a Latin name is a slip or a fraud.

    Examples
    --------
    >>> email(" Anna.Petrova@Example.ORG "), email("anna@example"), email("аnna@example.org")
    ('anna.petrova@example.org', None, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold().removeprefix("mailto:")
    named = _NAMED_EMAIL.fullmatch(plain)
    first = re.split(r"[,;|\s]", named[1] if named else plain, maxsplit=1)[0]
    plain = first if "@" in first else plain
    plain = plain.rstrip(".")
    if _EMAIL.fullmatch(plain) is None or ".." in plain or not _may_be_sent_to(plain):
        return None
    scripts = {unicodedata.name(c, "?").split()[0] for c in plain if c.isalpha()}
    return plain if len(scripts) <= 1 else None


def _may_be_sent_to(address: str) -> bool:
    """Tell whether the lengths and the edges of the parts are those of RFC 5321."""
    name, _, host = address.rpartition("@")
    labels = host.split(".")
    is_host = all(p and len(p) < 64 and p[0] != "-" and p[-1] != "-" for p in labels)
    is_name = len(name) <= 64 and name[0] != "." and name[-1] != "."
    return is_host and is_name and len(address) <= 254 and "[" not in host


def _usual_phones(texts: pa.Array, region: str | None) -> pa.Array:
    """Read the numbers of the country's usual form at once; null are all others."""
    nothing = pa.nulls(len(texts), texts.type)
    if region not in _AT_ONCE:
        return nothing
    pattern, code = _AT_ONCE[region]
    digits = pc.replace_substring_regex(texts, r"[\s()+.-]", "")
    parts = pc.extract_regex(digits, pattern)
    start, nothing_between = (pa.scalar(t, texts.type) for t in (code, ""))
    ends = parts.field("long"), parts.field("short")
    number = pc.binary_join_element_wise(start, *ends, nothing_between)
    return pc.if_else(parts.is_valid(), number, nothing)


def _parsed(
    found: Distinct, read: Callable[[str], str | None], code: Code, *, usual: pa.Array
) -> Parsed:
    """Read what is not of the usual form text by text."""
    rest = np.flatnonzero(as_mask(usual.is_null()))
    others = [read(t) for t in found.texts.take(pa.array(rest)).to_pylist()]
    texts = pc.replace_with_mask(usual, usual.is_null(), pa.array(others, usual.type))
    unread = as_mask(texts.is_null())
    index = np.where(found.rows(unread), -1, found.index) if len(texts) else found.index
    problems = {code: found.rows(unread) & (found.index >= 0)} if unread.any() else {}
    return Parsed(column=TextCells(texts, index), problems=problems, kind=Kind.TEXT)
