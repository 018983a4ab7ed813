"""Which headers of a file fill which columns: names in three languages, in any spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cjm_research.cleaning.adapters.model import Part

_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])")
_SIGNS = re.compile(r"[\s_\-./\\:;#№*?\"'«»\u200b-\u200f\ufeff]+")
_QUESTION = re.compile(r"\s|[?？!:]|[\u4e00-\u9fff]{5}|\w{18}")
_UNIT = re.compile(
    r"\s*[,(\[]\s*(?:тыс\.?\s*|млн\.?\s*)?"
    r"(?:руб(?:\.|лей)?|₽|р\.|rub|usd|eur|\$|€|元|人民币|кг|т|шт\.?|kg|pcs)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
"""A unit behind a header: it names the same column as the header without it."""
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]\s*|,.*$")

_SIMPLER = str.maketrans(
    "業為買產價優會關興內決創別務動區單歷發號員響國備實屬幣廣應廢開歸態總戶擇損據無時機來標樣檔潛愛狀"
    "類納紛線組經結統編職聯獲營規見觸評論計訂認記設訪識話語諾負責敗貨購費贊贏躍輸達運進郵鋪銷門閉問間"
    "閱階際顧預題額饋驗頁簽數稱種碼確級電註滿網鏈東車項個質圖議轉長對專終選後從",
    "业为买产价优会关兴内决创别务动区单历发号员响国备实属币广应废开归态总户择损据无时机来标样档潜爱状"
    "类纳纷线组经结统编职联获营规见触评论计订认记设访识话语诺负责败货购费赞赢跃输达运进邮铺销门闭问间"
    "阅阶际顾预题额馈验页签数称种码确级电注满网链东车项个质图议转长对专终选后从",
)
"""Traditional signs of headers, such as 訂單編號, as the ones that the layouts are written in."""


@lru_cache(maxsize=65_536)
def key_of(header: str) -> str:
    """Return a header as it is compared: form, case, script marks and signs aside.

    Traditional Chinese is compared as simplified.

    Examples
    --------
    >>> key_of("Customer_ID"), key_of("CustomerID"), key_of(" Тел.: "), key_of("客户 ID")
    ('customer id', 'customer id', 'тел', '客户 id')
    >>> key_of("訂單編號"), key_of("客戶ID")
    ('订单编号', '客户id')
    """
    plain = unicodedata.normalize("NFKC", header)
    if not plain.isupper():
        plain = _CAMEL.sub(" ", plain)
    folded = plain.casefold().replace("ё", "е").translate(_SIMPLER)
    return _SIGNS.sub(" ", folded).strip() or folded.strip()


def bare_key(header: str) -> str:
    """Return the key of a header without what stands in brackets or after a comma.

    Examples
    --------
    >>> bare_key("Сумма, тыс. руб."), bare_key("金额（元）")
    ('сумма', '金额')
    """
    return key_of(_ASIDE.sub(" ", unicodedata.normalize("NFKC", header)))


def find_aliases(aliases: Mapping[str, Sequence[str]], headers: Sequence[str]) -> dict[str, str]:
    """Return the header of each column, the first of its aliases that is there.

    Exact keys come before bare ones, and those before the lower name of a two-row header. A
    header fills one column: the first in the order of the aliases. A unit behind a header
    changes nothing.

    Examples
    --------
    >>> aliases = {"amount": ["Сумма", "Amount"], "customer_id": ["Код клиента", "Клиент"]}
    >>> find_aliases(aliases, ["Клиент", "Сумма, руб."])
    {'amount': 'Сумма, руб.', 'customer_id': 'Клиент'}
    >>> find_aliases({"amount": ["Сумма", "Оплачено"]}, ["Оплачено", "Сумма, руб."])
    {'amount': 'Сумма, руб.'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for keys in _levels(headers):
        for column, names in aliases.items():
            if column in found:
                continue
            here = (keys.get(key_of(n)) for n in names)
            header = next((h for h in here if h is not None and h not in taken), None)
            if header is not None:
                found[column] = header
                taken.add(header)
    return {column: found[column] for column in aliases if column in found}


def has_signs(part: Part, headers: Collection[str]) -> bool:
    """Tell whether every sign of a layout is among the headers."""
    keys = {key for h in headers for key in (key_of(h), bare_key(h))}
    return bool(part.signs) and all(
        any(key_of(either) in keys for either in sign.split("|")) for sign in part.signs
    )


def has_questions(part: Part, headers: Sequence[str]) -> bool:
    """Tell whether a header beside the known ones reads like a question, not like a name.

    Examples
    --------
    >>> from cjm_research.cleaning.adapters.model import Part
    >>> part = Part(table="feedback", questions=True, columns={"given_at": ["Timestamp"]})
    >>> has_questions(part, ["timestamp", "user_id"]), has_questions(part, ["Timestamp", "Why?"])
    (False, True)
    """
    known = set(find_aliases(part.columns, headers).values())
    return any(h not in known and _QUESTION.search(h.strip()) for h in headers)


def every_alias(parts: Iterable[Part]) -> tuple[str, ...]:
    """Return all the headers that parts know."""
    names = {
        n
        for p in parts
        for known in (*p.columns.values(), *p.joined.values(), *p.unpivot.values())
        for n in known
    }
    return tuple(sorted(names))


def _levels(headers: Sequence[str]) -> list[dict[str, str]]:
    lower = [(h.rpartition(" / ")[2], h) for h in headers if " / " in h]
    return [
        {key_of(_UNIT.sub("", unicodedata.normalize("NFKC", h))): h for h in reversed(headers)}
        | {key_of(h): h for h in reversed(headers)},
        {bare_key(h): h for h in reversed(headers)},
        {bare_key(name): h for name, h in reversed(lower)},
    ]
