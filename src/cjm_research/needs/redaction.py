"""Personal data taken out of texts before anything is stored or shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_GAP = r"[ \-().\u2010-\u2015]{0,3}"  # between the digits of a phone


class Redacted(NamedTuple):
    """A text without personal data, and what was taken out."""

    text: str
    found: tuple[str, ...]
    """Kinds in the order of their rules: ``email``, ``phone``, ``card``..."""


def redact(text: str) -> Redacted:
    """Replace e-mails, phones, cards and identity numbers by their kind in brackets.

    Numbers with check digits (card, account, SNILS, INN, OGRN, Chinese and Taiwanese ids) are
    replaced only when the check holds or the text names them; passports, licences and permits
    only beside the word; a bare Russian or Chinese
    mobile number always. A person's name is not recognised.

    Parameters
    ----------
    text : str
        A text from `clean_text`.

    Examples
    --------
    >>> redact("Пишите на ivan@mail.ru или +7 (912) 345-67-89, заказ 123456789").text
    'Пишите на [EMAIL] или [PHONE], заказ 123456789'
    >>> redact("карта 4276 1600 1234 5678").found, redact("карта 4111 1111 1111 1111").found
    (('long_number',), ('card',))
    """
    if not _SUSPECT.search(text):
        return Redacted(text, ())
    found: list[str] = []
    for rule in _RULES:
        text, n = rule.apply(text)
        found += [rule.kind] * n
    return Redacted(text, tuple(found))


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
    >>> is_inn("7707083893"), is_inn("500100732259"), is_inn("7707083894")
    (True, True, False)
    """
    weights = {10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
               12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8),
                    (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))}.get(len(digits), ())  # fmt: skip
    return (
        len(set(digits)) > 1
        and bool(weights)
        and all(
            sum(int(d) * w for d, w in zip(digits, row, strict=False)) % 11 % 10
            == int(digits[len(row)])
            for row in weights
        )
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


class _Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]

    def apply(self, text: str) -> tuple[str, int]:
        n = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal n
            value = match["value"]
            if not self.holds(re.sub(r"[^0-9A-Za-z]", "", value)):
                return match[0]
            n += 1
            return match[0].replace(value, f"[{self.kind.upper()}]")

        return self.pattern.sub(replaced, text), n


def _always(_: str) -> bool:
    return True


def _is_no_period(digits: str) -> bool:
    """Tell digits from two days, one after the other."""
    return not re.fullmatch(r"(?:(?:19|20)\d\d[01]\d[0-3]\d){2}", digits)


def _rule(kind: str, pattern: str, holds: Callable[[str], bool] = _always) -> _Rule:
    return _Rule(kind, re.compile(pattern, re.IGNORECASE), holds)


# Han signs are word signs for Python; a number right beside one stands alone all the same.
_ALONE, _ENDED = r"(?<![0-9A-Za-z\u0400-\u04ff_])", r"(?![0-9A-Za-z\u0400-\u04ff_])"
_RULES = (
    _rule("email", r"(?P<value>[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+)"),
    _rule("email", r"(?P<value>[\w.+\-]{2,}"
          r"(?:\s?[(\[]\s?(?:at|собака)\s?[)\]]\s?|\s(?:собака|@)\s)"
          r"[\w\-]+(?:\s?[.(\[]\s?|\s(?=точка\s))(?:(?:dot|точка)[)\]]?\s?)?[^\W\d]{2,6})\b"),
    _rule("messenger", r"(?:\bt\.me|telegram\.me|\bwa\.me|\bvk\.com|instagram\.com|facebook\.com"
          r"|\bok\.ru)/(?P<value>[\w.\-+]{3,})"),
    _rule("messenger", r"(?:\b(?:тг|tg|телег[аиуе]|instagram|инст\w*|vk|вк|скайп|skype|viber"
          r"|вайбер)\b)\s*[:：]?\s*(?P<value>@[a-z]\w{2,})"),
    _rule("messenger", r"(?<!\w)(?P<value>@[a-z]\w{3,})"
          r"(?=,?\s*(?:в|in|on)\s+(?:тг|tg|tele?gram|телег))"),
    _rule("messenger", r"(?<![0-9A-Za-z/])(?:telegram|телеграм\w*|whats?app|ватсап|微信|wechat|vx"
          r"|qq)号?\s*[:：]?\s*(?P<value>@?[a-z_][\w\-]{4,}\d|@[a-z]\w{3,}|[1-9]\d{5,11})"),
    _rule("iban", rf"{_ALONE}(?P<value>[A-Z]{{2}}\d\d(?: ?[A-Z0-9]{{4}}){{2,7}}"
          rf"(?: ?[A-Z0-9]{{1,3}})?){_ENDED}", is_iban),
    _rule("company", rf"{_ALONE}(?P<value>[0-9A-HJ-NPQRTUWXY]{{18}}){_ENDED}", is_chinese_company),
    _rule("taiwanese_id", rf"{_ALONE}(?P<value>[A-Z][1289]\d{{8}}){_ENDED}", is_taiwanese_id),
    _rule("chinese_id", rf"{_ALONE}(?P<value>[1-9]\d{{16}}[\dX]){_ENDED}", is_chinese_id),
    _rule("chinese_id", r"身份证\D{0,8}"
          rf"(?P<value>[1-9]\d{{5}} ?\d{{6}}(?:\d\d)? ?\d{{3}}[\dX]?){_ENDED}"),
    _rule("phone", r"(?P<value>\+86[ \-]?1[3-9]\d(?:[ \-]?\d){8})(?!\d)"),
    _rule("company", rf"огрн(?:ип)?\W{{0,3}}(?P<value>\d{{13}}|\d{{15}}){_ENDED}"),
    _rule("company", rf"{_ALONE}(?P<value>\d{{15}}){_ENDED}", is_ogrn),
    _rule("social_number", rf"(?:ssn|social security)\D{{0,20}}(?P<value>\d{{3}}-?\d\d-?\d{{4}})"
          rf"{_ENDED}"),
    _rule("licence", r"(?:водительск\w*|driver'?s? licen[cs]e|驾驶证|驾照)[^\d\n]{0,20}"
          rf"(?P<value>\d\d ?\d\d[ №No]{{0,4}}\d{{6}}|\d{{8,18}}){_ENDED}"),
    _rule("permit", rf"(?:通行证|台胞证|回乡证)\W{{0,3}}(?P<value>[A-Z]?\d{{8,10}}){_ENDED}"),
    _rule("permit", r"(?P<value>\b[IVXLC]{1,5}-[А-Я]{2}\s?[№N]?\s?\d{6})(?!\d)"),
    _rule("card", r"\b(?:cvv2?|cvc2?|pin|пин)(?:[ \-]?(?:код\w*|code))?\W{0,3}"
          rf"(?P<value>\d{{3,6}}){_ENDED}"),
    _rule("address", r"(?<![\w.])(?<!верси[яию] )(?<!version )"
          r"(?P<value>(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}"
          r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))(?![\d.])"),
    _rule("card", rf"{_ALONE}(?P<value>\d(?:[ \-]?\d){{12,18}}){_ENDED}", is_card),
    _rule("snils", rf"{_ALONE}(?P<value>\d{{3}}[ \-]\d{{3}}[ \-]\d{{3}}[ \-]\d\d){_ENDED}",
          is_snils),
    _rule("snils", rf"снилс\W{{0,3}}(?P<value>\d(?:[ \-]?\d){{10}}){_ENDED}"),
    _rule("inn", rf"(?:\bинн|\binn)\W{{0,3}}(?:[^\W\d]+\W{{1,3}}){{0,2}}"
          rf"(?P<value>\d{{12}}|\d{{10}}){_ENDED}"),
    _rule("passport", r"(?:\w*паспорт\w*|\bзагран\w*|passport|护照)\W{0,3}(?:\w+\W{0,3}){0,3}?"
          r"(?P<value>\d\d ?\d\d[ ,;№No]{0,4}(?:номер\W{0,2})?\d{6}|\d\d ?\d{7}|[a-z]{1,2}\d{7,8})"
          rf"{_ENDED}"),
    _rule("phone", rf"(?P<value>(?<![\d+])\+{_GAP}\d(?:{_GAP}\d){{9,13}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>[78]{_GAP}[3489]\d\d(?:{_GAP}\d){{7}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>\(?9\d\d\)?{_GAP}\d{{3}}[ \-]\d\d[ \-]?\d\d){_ENDED}"),
    _rule("phone", rf"(?P<value>\([348]\d\d\) ?\d{{3}}-\d\d-\d\d){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>\d{{3}}[ \-]\d{{3}}-\d\d-\d\d){_ENDED}"),
    _rule("phone", rf"(?P<value>\(\d{{3}}\) ?\d{{3}}-\d{{4}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>9\d{{9}})(?=\W{{1,3}}(?:(?:это|мой) )?(?:номер|тел))"),
    _rule("phone", rf"мо(?:й|его) номер\w?\W{{0,3}}(?P<value>9\d{{9}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>(?:\(0(?:10|2\d|[3-9]\d\d)\) ?|0(?:10|2\d|[3-9]\d\d)[ \-])"
          rf"\d{{3,4}} ?\d{{4}}){_ENDED}"),
    _rule("phone", r"(?<!\d)(?P<value>1[3-9]\d(?:[ \-]?\d){8})(?!\d)"),
    _rule("phone", r"(?<!\[)(?:\bтел\w*|звон\w*|phone|\bcall|\btel|电话|手机|致电)[^\d\]]{0,12}"
          r"(?!\d{1,2}\.\d{1,2}\.\d{2,4})"
          rf"(?P<value>\d(?:{_GAP}\d){{6,11}}){_ENDED}"),
    _rule("snils", rf"{_ALONE}(?P<value>\d{{11}}){_ENDED}", is_snils),
    _rule("inn", rf"{_ALONE}(?P<value>\d{{12}}){_ENDED}", is_inn),
    # A card or account with a wrong digit is still nobody's business.
    _rule("long_number", rf"{_ALONE}(?P<value>\d(?:[ \-]?\d){{15,21}}){_ENDED}",
          _is_no_period),
)  # fmt: skip
_SUSPECT = re.compile(
    r"@|\d(?:[^\w]{0,3}\d){5}|[A-Za-z]{2}\d{2} ?[A-Za-z]|[A-Za-z]{1,2}\d{6}"
    r"|\d\.\d+\.\d+\.\d|[(\[]\s?at\s?[)\]]|собака|t\.me/|wa\.me/|vk\.com/|\bok\.ru/|instagram"
    r"|facebook\.com/|\b(?:cvv|cvc|pin|пин)|[IVXLC]-[А-Я]{2}|tele?gram|телеграм|whats?app|ватсап|微信|wechat|vx|qq",
    re.IGNORECASE,
)
