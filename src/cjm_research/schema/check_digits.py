"""Check digits of cards, accounts and identity numbers."""

from __future__ import annotations

import re

_INN = {10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
        12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))}  # fmt: skip
"""Weights of each check digit of a Russian tax number, by how many digits it has."""


def is_card(digits: str) -> bool:
    """Tell whether the digits pass Luhn's check.

    Examples
    --------
    >>> is_card("4111111111111111"), is_card("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def is_snils(digits: str) -> bool:
    """Tell whether the digits are a Russian pension number (SNILS) by its check number.

    Examples
    --------
    >>> is_snils("11223344595"), is_snils("11223344596")
    (True, False)
    """
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    total = sum(int(d) * (9 - i) for i, d in enumerate(digits[:9])) % 101
    return total % 100 == int(digits[9:])


def is_inn(digits: str) -> bool:
    """Tell whether the digits are a Russian tax number of a person or company.

    Examples
    --------
    >>> is_inn("7707083893"), is_inn("500100732259"), is_inn("7707083894"), is_inn("77070838AB")
    (True, True, False, False)
    """
    if not re.fullmatch(r"\d{10}|\d{12}", digits) or len(set(digits)) == 1:
        return False
    return all(
        sum(int(d) * w for d, w in zip(digits, row, strict=False)) % 11 % 10
        == int(digits[len(row)])
        for row in _INN[len(digits)]
    )


def is_chinese_id(digits: str) -> bool:
    """Tell whether the signs are a Chinese identity number by its birthday and check sign.

    Examples
    --------
    >>> is_chinese_id("11010519491231002X"), is_chinese_id("110105194912310021")
    (True, False)
    """
    if not re.fullmatch(r"[1-9]\d{5}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]",
                        digits):  # fmt: skip
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11
    return digits[-1].upper() == "10X98765432"[total]


def is_iban(signs: str) -> bool:
    """Tell whether the signs are an international account number by its check digits (mod 97).

    Examples
    --------
    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    plain = signs.upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_ogrn(digits: str) -> bool:
    """Tell whether the digits are a Russian registration number of a company or a sole trader.

    Examples
    --------
    >>> is_ogrn("1027700132195"), is_ogrn("304500116000157"), is_ogrn("1027700132196")
    (True, True, False)
    """
    if not re.fullmatch(r"[1-35]\d{12}(?:\d\d)?", digits):
        return False
    return int(digits[:-1]) % (len(digits) - 2) % 10 == int(digits[-1])


def is_taiwanese_id(signs: str) -> bool:
    """Tell whether the signs are a Taiwanese identity number by its check digit.

    Examples
    --------
    >>> is_taiwanese_id("A123456789"), is_taiwanese_id("A123456788")
    (True, False)
    """
    if not re.fullmatch(r"[A-Za-z][1289]\d{8}", signs):
        return False
    letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(signs[0].upper())
    own = [letter // 10, letter % 10, *map(int, signs[1:])]
    return sum(d * w for d, w in zip(own, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def is_chinese_company(signs: str) -> bool:
    """Tell whether the signs are a Chinese unified social credit code (GB 32100-2015).

    Examples
    --------
    >>> is_chinese_company("91350100M000100Y43"), is_chinese_company("91350100M000100Y44")
    (True, False)
    """
    known = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    plain = signs.upper()
    if len(plain) != 18 or not set(plain) <= set(known):
        return False
    total = sum(known.index(c) * pow(3, n, 31) for n, c in enumerate(plain[:17])) % 31
    return plain[17] == known[(31 - total) % 31]
