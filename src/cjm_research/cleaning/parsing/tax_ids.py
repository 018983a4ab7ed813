"""Check digits of tax numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjm_research.schema.check_digits import is_chinese_company, is_inn, is_ogrn

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNP_WEIGHTS = (29, 23, 19, 17, 13, 7, 5, 3)
_UNP_LETTERS = "ABCEHKMOPT"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LIKE_LATIN = str.maketrans("АВСЕНКМОРТ", "ABCEHKMOPT")


def tax_id_fits(text: str, region: str | None) -> bool | None:
    """Check the digits of a Russian, Chinese, Kazakh or Belarusian tax number; None for others.

    Examples
    --------
    >>> tax_id_fits("7707083893", "RU"), tax_id_fits("7707083894", "RU"), tax_id_fits("1", "US")
    (True, False, None)
    >>> tax_id_fits("7707083893/773601001", "RU"), tax_id_fits("1027700132195", "RU")
    (True, True)
    """
    if region == "RU":
        return _russian_fits(text)
    if region == "CN":
        return _chinese_fits(text.upper())
    if region == "KZ":
        return _kazakh_fits(text)
    if region == "BY":
        return _belarusian_fits(text.upper())
    return None


def with_lost_zeros(texts: Sequence[str]) -> tuple[list[str], int]:
    """Put back the zero with which a Russian number began before a spreadsheet counted with it.

    Only where every number that lacks a digit fits with the zero; also say how many they are.

    Examples
    --------
    >>> with_lost_zeros(["7707083893", "105020396"])
    (['7707083893', '0105020396'], 1)
    >>> with_lost_zeros(["773601001", "7707083893"])
    (['773601001', '7707083893'], 0)
    """
    short = [i for i, text in enumerate(texts) if re.fullmatch(r"\d{9}|\d{11}", text)]
    if not short or not all(is_inn(f"0{texts[i]}") for i in short):
        return list(texts), 0
    whole = list(texts)
    for i in short:
        whole[i] = f"0{texts[i]}"
    return whole, len(short)


def _russian_fits(text: str) -> bool:
    """Check an INN, alone or with the KPP behind a stroke, or an OGRN by its length."""
    inn, _, kpp = text.partition("/")
    if kpp or len(inn) in (10, 12):
        return is_inn(inn) and (not kpp or re.fullmatch(r"\d{4}[\dA-Z]{2}\d{3}", kpp) is not None)
    return is_ogrn(inn)


def _chinese_fits(text: str) -> bool | None:
    """Check the code of a firm or the number of a person; numbers of 15 digits have no check."""
    if re.fullmatch(r"\d{15}|\d{20}", text):
        return None
    return is_chinese_company(text) or _person_fits(text)


def _person_fits(text: str) -> bool:
    """Check the number of an identity card (GB 11643-1999)."""
    if not re.fullmatch(r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", text):
        return False
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17]


def _kazakh_fits(text: str) -> bool:
    """Check a BIN or IIN: weights 1 to 11, and a second round from 3 where the first gives 10."""
    if not re.fullmatch(r"\d{12}", text):
        return False
    digits = [int(c) for c in text]
    for shift in (0, 2):
        check = sum(d * ((i + shift) % 11 + 1) for i, d in enumerate(digits[:11])) % 11
        if check != 10:
            return check == digits[11]
    return False


def _belarusian_fits(text: str) -> bool:
    """Check a UNP: nine digits, or two letters and seven digits of a person."""
    plain = text.translate(_LIKE_LATIN)
    if not re.fullmatch(r"[1-9]\d{8}|[ABCEHKM][ABCEHKMOPT]\d{7}", plain):
        return False
    if not plain.isdigit():
        plain = plain[0] + str(_UNP_LETTERS.index(plain[1])) + plain[2:]
    weighted = zip(_UNP_WEIGHTS, plain, strict=False)
    check = sum(w * _ALPHABET.index(c) for w, c in weighted) % 11
    return check < 10 and str(check) == plain[-1]
