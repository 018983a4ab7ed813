"""Personal data taken out of texts before anything is stored or shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cjm_research.schema.check_digits import (
    is_card,
    is_chinese_company,
    is_chinese_id,
    is_iban,
    is_inn,
    is_ogrn,
    is_snils,
    is_taiwanese_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_GAP = r"[ \-().（）\u2010-\u2015]{0,3}"  # between the digits of a phone


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
    if not _is_suspect(text):
        return Redacted(text, ())
    found: list[str] = []
    for rule in _RULES:
        text, n = rule.apply(text)
        found += [rule.kind] * n
    return Redacted(text, tuple(found))


class _Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    spares_orders: bool = False
    """A number that the text calls an order, a parcel or a product stays."""

    def apply(self, text: str) -> tuple[str, int]:
        n = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal n
            value = match["value"]
            if self.spares_orders and ends_in_order(text[: match.start("value")]):
                return match[0]
            if not self.holds(re.sub(r"[^0-9A-Za-z]", "", value)):
                return match[0]
            n += 1
            return match[0].replace(value, f"[{self.kind.upper()}]")

        return self.pattern.sub(replaced, text), n


def ends_in_order(before: str) -> bool:
    """Tell whether the words before a number call it that of an order, a parcel or a product.

    Examples
    --------
    >>> ends_in_order("Мой заказ № "), ends_in_order("My telephone is ")
    (True, False)
    """
    return _ORDER.search(before[-_WORDS_BEFORE:]) is not None


def _is_suspect(text: str) -> bool:
    """Tell whether a rule may find anything; most texts are let go by what they do not hold."""
    if text.isascii() or not _ODD_LETTERS.search(text):
        small = text.lower()
        if not (
            "@" in text
            or (_DIGIT.search(text) and _SUSPECT_DIGITS.search(text))
            or any(map(small.__contains__, _SUSPECT_WORDS))
            or ("at" in small and ("dot" in small or "(" in text or "[" in text))
            or ("-" in text and _SUSPECT_PERMIT.search(small))
        ):
            return False
    return _SUSPECT.search(text) is not None


def _always(_: str) -> bool:
    return True


def _is_no_period(digits: str) -> bool:
    """Tell digits from two days, one after the other, and from a day with a time."""
    year, month, day = r"(?:19|20)\d\d", "[01]\\d", r"[0-3]\d"
    day_first, year_first = rf"{day}{month}{year}", rf"{year}{month}{day}"
    time = r"[0-2]\d[0-5]\d(?:[0-5]\d)?"
    return not re.fullmatch(
        rf"(?:{year_first}){{2}}|(?:{day_first}){{2}}|(?:{year_first}|{day_first}){time}", digits
    )


def _is_known_card(digits: str) -> bool:
    """Tell a card by its check digit and by a beginning that issuers of this length use."""
    usual = r"3(?:0[0-59]|[689]\d)\d{11}|3[47]\d{13}|(?:[2-6]|86|9[78])\d{14,18}"
    return bool(re.fullmatch(usual, digits)) and is_card(digits) and _is_no_period(digits)


def _rule(
    kind: str,
    pattern: str,
    holds: Callable[[str], bool] = _always,
    *,
    spares_orders: bool = False,
) -> _Rule:
    return _Rule(kind, re.compile(pattern, re.IGNORECASE), holds, spares_orders)


_WORDS_BEFORE = 30
_ORDER = re.compile(
    r"(?:\border|\btrack|\bparcel|\binvoice|\bbarcode|\bserial|\bsku|заказ|отправлен|трек"
    r"|накладн|посылк|артикул|штрих|договор|订单|訂單|单号|單號|运单|運單|快递|快遞|编号|編號|条码|條碼)"
    r"[^\W\d]*\W{0,3}(?:(?:id|number|numbers|no|num|nr|номер\w*|код\w*|号码?|號碼?|是|为|is|was)\W{0,3}){0,3}$",
    re.IGNORECASE,
)


# Han signs are word signs for Python; a number right beside one stands alone all the same.
_ALONE, _ENDED = r"(?<![0-9A-Za-z\u0400-\u04ff_])", r"(?![0-9A-Za-z\u0400-\u04ff_])"
_RULES = (
    _rule("email", r"(?P<value>[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+)"),
    _rule("email", r"(?P<value>[\w.+\-]{2,}@\s[\w\-]+\.(?:ru|рф|by|kz|ua|su|com|net|org|cn|tw|hk|uk"
          r"|de|info|me|io))\b"),
    _rule("email", r"(?P<value>[\w.+\-]{2,}(?:\sdot\s[\w\-]+)*\sat\s[\w\-]+"
          r"(?:\sdot\s[a-z]{2,6})+)\b"),
    _rule("email", r"(?P<value>[\w.+\-]{2,}\sсобака\s(?:яндекс|yandex|мейл|майл|мэйл|mail|джимейл"
          r"|гмейл|gmail|рамблер|rambler|инбокс|inbox|list|bk|icloud)(?:[\s.]?(?:ру|ru|com|ком))?)\b"),
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
          r"|qq)(?:号码?|號碼?)?\s*(?:是|为|[:：])?\s*"
          r"(?P<value>@?[a-z_][\w\-]{4,}\d|@[a-z]\w{3,}|[1-9]\d{5,11})"),
    _rule("messenger", r"[加\+]\s?(?:我\s?)?(?:v|vx|wx|微|微信)\s?[:：]?\s?"
          r"(?P<value>[a-z][\w\-]{3,}\d)"),
    _rule("iban", rf"{_ALONE}(?P<value>[A-Z]{{2}}\d\d(?: ?[A-Z0-9]{{4}}){{2,7}}"
          rf"(?: ?[A-Z0-9]{{1,3}})?){_ENDED}", is_iban),
    _rule("company", rf"{_ALONE}(?P<value>[0-9A-HJ-NPQRTUWXY]{{18}}){_ENDED}", is_chinese_company),
    _rule("taiwanese_id", rf"{_ALONE}(?P<value>[A-Z][1289]\d{{8}}){_ENDED}", is_taiwanese_id),
    _rule("chinese_id", rf"{_ALONE}(?P<value>[1-9]\d{{16}}[\dX]){_ENDED}", is_chinese_id),
    _rule("chinese_id", r"身[份分][证證]\D{0,8}"
          rf"(?P<value>[1-9]\d{{5}}[ \-]?\d{{6}}(?:\d\d)?[ \-]?\d{{3}}[\dX]?){_ENDED}"),
    _rule("chinese_id", rf"{_ALONE}(?P<value>[1-9]\d{{5}}[ \-][12]\d{{7}}[ \-]\d{{3}}[\dX])"
          rf"{_ENDED}", is_chinese_id),
    _rule("phone", r"(?P<value>\+86[ \-]?1[3-9]\d(?:[ \-]?\d){8})(?!\d)"),
    _rule("company", rf"огрн(?:ип)?\W{{0,3}}(?P<value>\d{{13}}|\d{{15}}){_ENDED}"),
    _rule("company", rf"{_ALONE}(?P<value>\d{{15}}){_ENDED}", is_ogrn, spares_orders=True),
    _rule("social_number", rf"(?:ssn|social security)\D{{0,20}}"
          rf"(?P<value>\d{{3}}[ \-]?\d\d[ \-]?\d{{4}}){_ENDED}"),
    _rule("licence", r"(?:водительск\w*|driver'?s? licen[cs]e|驾驶证|驾照|駕駛證|駕照)[^\d\n]{0,20}"
          rf"(?P<value>\d\d ?\d\d[ №No]{{0,4}}\d{{6}}|\d{{8,18}}){_ENDED}"),
    _rule("permit", rf"(?:通行[证證]|台胞[证證]|回[乡鄉][证證])\W{{0,3}}"
          rf"(?P<value>[A-Z]?\d{{8,10}}){_ENDED}"),
    _rule("permit", r"(?P<value>\b[IVXLC]{1,5}-[А-Я]{2}\s?[№N]?\s?\d{6})(?!\d)"),
    _rule("card", r"\b(?:cvv2?|cvc2?|pin|пин)(?:[ \-]?(?:код\w*|code))?\W{0,3}"
          rf"(?P<value>\d{{3,6}}){_ENDED}"),
    _rule("address", r"(?<![\w.])(?<!верси[яию] )(?<!version )"
          r"(?P<value>(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}"
          r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))(?![\d.])"),
    _rule("card", r"(?:\bкарт[аыуе]\b|\bcard\b|卡号?|卡號)\W{0,3}(?:(?:номер|number|no|是)\W{0,3})?"
          rf"(?P<value>\d(?:[ \-]?\d){{12,18}}){_ENDED}", is_card),
    _rule("card", rf"{_ALONE}(?P<value>\d(?:[ \-]?\d){{13,18}}){_ENDED}", _is_known_card,
          spares_orders=True),
    _rule("card", rf"{_ALONE}(?P<value>\d{{4}}(?:[.·]\d{{4}}){{3}}){_ENDED}"),
    _rule("snils", rf"{_ALONE}(?P<value>\d{{3}}[ \-]\d{{3}}[ \-]\d{{3}}[ \-]\d\d){_ENDED}",
          is_snils),
    _rule("snils", rf"снилс\W{{0,3}}(?P<value>\d(?:[ \-]?\d){{10}}){_ENDED}"),
    _rule("inn", rf"(?:\bинн|\binn)\W{{0,3}}(?:[^\W\d]+\W{{1,3}}){{0,2}}"
          rf"(?P<value>\d{{12}}|\d{{10}}){_ENDED}"),
    _rule("passport", r"(?:\w*паспорт\w*|\bзагран\w*|passport|护照|護照)\W{0,3}(?:\w+\W{0,3}){0,3}?"
          r"(?P<value>\d\d ?\d\d[ ,;№No\-]{0,4}(?:номер\W{0,2})?\d{3} ?\d{3}|\d\d ?\d{7}"
          rf"|[a-z]{{1,2}}\d{{7,8}}){_ENDED}"),
    _rule("passport", r"серия\W{0,2}(?P<value>\d\d ?\d\d\W{0,3}(?:номер|№|No|N)\W{0,3}\d{6})"
          rf"{_ENDED}"),
    _rule("phone", rf"(?P<value>(?<![\d+])\+{_GAP}\d(?:{_GAP}\d){{9,13}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>[78]{_GAP}[3489]\d\d(?:{_GAP}\d){{7}}){_ENDED}"),
    _rule("phone", r"(?<![0-9A-Za-z_])(?P<value>[78]9\d{9})(?![0-9A-Za-z_])"),
    _rule("phone", rf"{_ALONE}(?P<value>[78][ \-.]9(?:[ \-.]\d){{9}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>\(?9\d\d\)?{_GAP}\d{{3}}[ \-]\d\d[ \-]?\d\d){_ENDED}"),
    _rule("phone", rf"(?P<value>\([348]\d\d\) ?\d{{3}}-\d\d-\d\d){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>\d{{3}}[ \-]\d{{3}}-\d\d-\d\d){_ENDED}"),
    _rule("phone", rf"(?P<value>\(\d{{3}}\) ?\d{{3}}-\d{{4}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>9\d{{9}})(?=\W{{1,3}}(?:(?:это|мой) )?"
          r"(?:номер|тел|для связи|для звон|перезвон|звоните|what|ватсап|вотсап|вацап))"),
    _rule("phone", rf"мо(?:й|его) номер\w?\W{{0,3}}(?P<value>9\d{{9}}){_ENDED}"),
    _rule("phone", rf"{_ALONE}(?P<value>(?:\(0(?:10|2\d|[3-9]\d\d)\) ?|0(?:10|2\d|[3-9]\d\d)[ \-])"
          rf"\d{{3,4}} ?\d{{4}}){_ENDED}"),
    _rule("phone", r"(?<!\d)(?P<value>1[3-9]\d(?:(?:[ \-]?\d){8}|\.\d{4}\.\d{4}))(?!\d)",
          spares_orders=True),
    _rule("phone", r"(?<![\w\-])(?P<value>09\d\d[ \-]\d{3}[ \-]\d{3})(?![\w\-])"),
    _rule("phone", r"(?<![\w.\-])(?P<value>[2-9]\d\d([.\-])[2-9]\d\d\2\d{4})(?![\w.\-])"),
    _rule("phone", r"\b(?:my|his|her|our) (?:(?:cell|mobile|phone)\W)?(?:number|cell|mobile|no)"
          rf"\W{{1,2}}(?:is\W{{1,2}})?(?P<value>\d(?:{_GAP}\d){{6,11}}){_ENDED}"),
    _rule("phone", r"(?<!\[)(?:\bтел\w*|звон\w*|phone|\bcall|\btel|电话|手机|致电|電話|手機|致電)"
          r"[^\d\]]{0,12}(?!\d{1,2}\.\d{1,2}\.\d{2,4})"
          rf"(?P<value>\d(?:{_GAP}\d){{6,11}}){_ENDED}"),
    _rule("snils", rf"{_ALONE}(?P<value>\d{{11}}){_ENDED}", is_snils, spares_orders=True),
    _rule("inn", rf"{_ALONE}(?P<value>\d{{12}}){_ENDED}", is_inn, spares_orders=True),
    # A card or account with a wrong digit is still nobody's business.
    _rule("long_number", rf"{_ALONE}(?!\d{{3}}-\d{{7}}-\d{{7}}\b)(?P<value>\d(?:[ \-]?\d){{15,21}})"
          rf"{_ENDED}", _is_no_period, spares_orders=True),
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_SUSPECT_DIGITS = re.compile(
    r"\d(?:[^\w]{0,3}\d){5}|[A-Za-z]{2}\d{2} ?[A-Za-z]|[A-Za-z]{1,2}\d{6}|\d\.\d+\.\d+\.\d"
)
_SUSPECT_WORDS = (
    "加", "собака", "t.me/", "wa.me/", "vk.com/", "ok.ru/", "instagram", "facebook.com/", "cvv",
    "cvc", "pin", "пин", "telegram", "telgram", "телеграм", "whatapp", "whatsapp", "ватсап",
    "微信", "wechat", "vx", "qq",
)  # fmt: skip
_SUSPECT_PERMIT = re.compile("[ivxlc]-[а-я]{2}")
_ODD_LETTERS = re.compile("[\u0130\u0131\u017f\u212a\u1c80-\u1c88]")  # alike but for their size
_SUSPECT = re.compile(
    rf"@|{_SUSPECT_DIGITS.pattern}"
    r"|[(\[]\s?at\s?[)\]]|\bat\b.{1,30}\bdot\b|加\s?我?\s?(?:v|wx|微)|собака|t\.me/|wa\.me/|vk\.com/"
    r"|\bok\.ru/|instagram|facebook\.com/|\b(?:cvv|cvc|pin|пин)|[IVXLC]-[А-Я]{2}|tele?gram"
    r"|телеграм|whats?app|ватсап|微信|wechat|vx|qq",
    re.IGNORECASE,
)
