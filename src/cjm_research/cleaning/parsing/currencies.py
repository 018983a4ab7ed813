"""Words and signs around a number: whose money it is, and thousands or millions of what."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CURRENCY_WORDS = {  # of two that fit, the later: 美元 ends as 元 does
    "RUB": r"₽|rub|rur|руб(?:лей|ля|ль)?\.?|р\.?",
    "CNY": r"¥|￥|cny|rmb|元整?|圆整?|块钱?|人民币|юан(?:ей|я|ь)",
    "USD": r"\$|us\$|usd|dollars?|долл(?:аров|ара|ар)?\.?(?:\s+сша)?|美元|美金",
    "EUR": r"€|euro?s?|евро|欧元",
    "GBP": r"£|gbp|英镑",
    "KZT": r"₸|kzt|тг\.?|тенге",
    "BYN": r"byn|бел\.?\s*руб\.?",
    "UAH": r"₴|uah|грн\.?|гривен|гривн[аыія]",
    "INR": r"₹|inr|rs\.?",
    "TRY": r"₺|try",
    "JPY": r"jpy|円|日元",
    "CHF": r"chf",
    "PLN": r"pln|zł",
    "UZS": r"uzs|сум(?:ов)?",
    "KGS": r"kgs|сом(?:ов)?",
    "AMD": r"֏|amd|драм(?:ов)?",
    "GEL": r"₾|gel|лари",
    "AED": r"aed",
    "HKD": r"hkd|hk\$|港元|港币",
    "TWD": r"twd|nt\$|新台币|新臺幣",
    "SGD": r"sgd|s\$",
    "AUD": r"aud|a\$",
    "CAD": r"cad|ca?\$",
    "BRL": r"brl|r\$",
    "KRW": r"₩|krw|韩元",
    "THB": r"฿|thb",
    "VND": r"₫|vnd",
    "IDR": r"idr|rp\.?",
    "ILS": r"₪|ils",
    "CZK": r"czk|kč",
    "AZN": r"₼|azn",
    "MNT": r"₮|mnt",
    "SEK": r"sek",
    "NOK": r"nok",
    "DKK": r"dkk",
}
"""Patterns without groups of their own: what stands around them is numbered."""
CURRENCIES = tuple(CURRENCY_WORDS)
"""Codes of the currencies that are known by sign, code or word."""
_NAMES = {
    "RUB": r"(?:росс\w*\s+)?рубл\w+|(?:russian\s+)?rou?bles?|俄?罗?斯?卢布|руб\.?\s*рф|643|810",
    "USD": r"доллар\w*(?:\s+сша)?|(?:us|u\.s\.)\s*dollars?|840",
    "CNY": r"(?:китайск\w+\s+)?юан\w+|人民币元?|(?:chinese\s+)?yuan|renminbi|156",
    "EUR": r"евро|欧元|978",
    "KZT": r"(?:казахстанск\w+\s+)?тенге|398",
    "BYN": r"бел\w*\.?\s+руб\w*\.?|933",
}
"""How a column of currencies spells them out, or numbers them by ISO 4217."""
ANY_CURRENCY = "|".join(f"(?:{p})" for p in CURRENCY_WORDS.values())
FACTORS = {
    r"тыс(?:\.|яч[аи]?)?|thousand|千|[kк]": 1e3,
    r"млн\.?|миллион(?:а|ов)?|million|mln|m|百万|百萬": 1e6,
    r"млрд\.?|миллиард(?:а|ов)?|billion|bn": 1e9,
    r"трлн\.?|триллион(?:а|ов)?|trillion|万亿|萬億": 1e12,
    r"万|萬": 1e4,
    r"千万|千萬": 1e7,
    r"亿|億": 1e8,
    r"%": 0.01,
}
ANY_FACTOR = "|".join(f"(?:{p})" for p in FACTORS)
_HUNDREDTHS = (
    r"^([+-]?\d[\d ]*)(?:\s*(?:₽|rub|руб(?:лей|ля|ль)?\.?|р\.?)),?\s*"
    r"(\d{1,2})\s*(?:коп(?:еек|ейки|ейка)?|к)\.?$"
)
"""Roubles and kopecks, each in words: they are read as a number of kopecks."""
THOUSAND_ROUBLES = r"(\d)\s*т\.?\s?р(?:уб)?\.?(\)?)$"
"""A digit before, "т.р." and a bracket after."""
_WHOLE = "|".join(f"(?:{p})" for p in FACTORS if p != "%")
_COMPOUND = rf"^\d[\d ]*?\s*(?:{_WHOLE})\s*\d"
_TERM = re.compile(rf"(\d[\d ]*?)\s*({_WHOLE}|$)\s*")
_TERMS = re.compile(rf"(?:\d[\d ]*?\s*(?:{_WHOLE})\s*)+(?:\d[\d ]*)?")


def as_hundredths(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Write "1 000 руб. 5 коп." as "100005", and tell which texts were such."""
    such = as_mask(pc.match_substring_regex(texts, _HUNDREDTHS))
    if not such.any():
        return texts, such
    plain = pc.replace_substring_regex(texts, _HUNDREDTHS, r"\1,0\2")
    plain = pc.replace_substring_regex(plain, r",0?(\d\d)$|\s", r"\1")
    return pc.if_else(pa.array(such), plain, texts), such


def with_one_unit(texts: pa.Array) -> pa.Array:
    """Write numbers of several units with the smallest of them; lower case is expected.

    Examples
    --------
    >>> with_one_unit(pa.array(["1 млн 200 тыс.", "3万5千", "2万3000", "7万"])).to_pylist()
    ['1200тыс.', '35千', '23000', '7万']
    >>> with_one_unit(pa.array(["1 млн 2", "3万5"])).to_pylist()
    ['1 млн 2', '3万5']
    """
    such = as_mask(pc.match_substring_regex(texts, _COMPOUND))
    if not such.any():
        return texts
    found = [_summed(t) if s else t for t, s in zip(texts.to_pylist(), such, strict=True)]
    return pa.array(found, texts.type)


def _summed(text: str) -> str:
    """Return the sum in the smallest unit; the text itself where the parts do not go together."""
    if _TERMS.fullmatch(text) is None:
        return text
    terms = [(int(n.replace(" ", "")), unit) for n, unit in _TERM.findall(text)]
    sizes = [next((int(f) for p, f in FACTORS.items() if re.fullmatch(p, u)), 1) for _, u in terms]
    for above, own, (number, unit) in zip(sizes, sizes[1:], terms[1:], strict=False):
        if own >= above or number * own >= above or not (unit or _fills(number, above)):
            return text
    total = sum(number * size for (number, _), size in zip(terms, sizes, strict=True))
    return f"{total // sizes[-1]}{terms[-1][1]}"


def _fills(number: int, unit: int) -> bool:
    """Tell whether a number has all the digits that a unit leaves: 3000 after 万, not 3."""
    return len(str(number)) == len(str(unit)) - 1


def currency_code(text: str) -> str:
    """Return the code of a currency that stands alone in a cell; the text itself if unknown.

    Examples
    --------
    >>> [currency_code(t) for t in ("руб.", "Российский рубль", "¥", "rur", "978", "Bonus")]
    ['RUB', 'RUB', 'CNY', 'RUB', 'EUR', 'Bonus']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    for words in (_NAMES, CURRENCY_WORDS):
        found = [code for code, pattern in words.items() if re.fullmatch(pattern, plain)]
        if found:
            return found[-1]
    return plain.upper() if re.fullmatch(r"[a-z]{3}", plain) else text
