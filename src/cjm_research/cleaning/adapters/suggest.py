"""First stages of the journey and first groupings, from the events and columns that were seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjm_research.cleaning.adapters.looks import filled_texts
from cjm_research.cleaning.adapters.own_columns import is_own
from cjm_research.study.quoted import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.cleaning.adapters.find import Found

_STAGES = {
    "loyalty": r"review|refer|recommend|loyal|repeat|subscrib|отзыв|рекоменд|подпис|повторн"
    r"|评价|推荐|复购|订阅",
    "after_sales": r"deliver(?!\w* (?:choice|option|method|courier|pick ?up))|track"
    r"|ship(?!ping (?:choice|option|method))|support|return|refund|ticket"
    r"|complain|(?<!выбор )(?<!способ )достав|поддерж"
    r"|возврат|обращен|жалоб|получен|物流|客服|退货|退款|签收|投诉",
    "purchase": r"(?:delivery|shipping) (?:choice|option|method)|delivery (?:courier|pick ?up)"
    r"|(?:выбор|способ) доставк|cart|basket|checkout|order|purchas|payment|paid|buy"
    r"|корзин|заказ|оплат|покупк|加购|购物车|下单|支付|购买",
    "consideration": r"product|catalog|search|compare|price|item|chat|calc|карточ|товар|каталог"
    r"|поиск|сравн|цен|расч[её]т|чат|商品|产品|搜索|比较|咨询|报价",
    "awareness": r"visit|session|view|click|impress|\bads?\b|open|article|\bmain\b|\bhome\b|landing"
    r"|визит|главн|показ|клик|реклам|просмотр|стать|访问|浏览|首页|曝光|点击|广告",
}
"""Words by which an event is placed; the later stage is asked first."""
_ORDER = ("awareness", "consideration", "purchase", "after_sales", "loyalty")
_LABELS = {
    "awareness": {"en": "Awareness", "ru": "Осознание", "zh": "认知"},
    "consideration": {"en": "Consideration", "ru": "Рассмотрение", "zh": "考虑"},
    "purchase": {"en": "Purchase", "ru": "Покупка", "zh": "购买"},
    "after_sales": {"en": "After-sales", "ru": "Послепродажное обслуживание", "zh": "售后"},
    "loyalty": {"en": "Loyalty", "ru": "Лояльность", "zh": "忠诚"},
    "lifecycle": {"en": "Lifecycle", "ru": "Жизненный цикл", "zh": "生命周期"},
}
_TELLING = (
    "niche", "business_type", "company_size", "contract_type", "household", "income_band",
    "gender", "acquisition_channel", "preferred_channel", "region", "city", "country",
    "education", "occupation",
)  # fmt: skip
"""Columns of customers that divide them, the most telling first; own columns come after."""
_FEWEST_STAGES, _MOST_EVENTS = 2, 60
_FEWEST, _MOST = 2, 8


def suggested_lines(found: Sequence[Found], language: str) -> list[str]:
    """Return stages and groupings for the first study file, each marked as a guess.

    Parameters
    ----------
    found : sequence of Found
        Layout and sources of every raw file.
    language : str
        Of the labels.
    """
    return [*_stage_lines(found, language), *_grouping_lines(found, language)]


def stage_of(event: str) -> str | None:
    """Return the stage to which the name of an event seems to belong.

    Examples
    --------
    >>> stage_of("add_to_cart"), stage_of("Отзыв о доставке"), stage_of("访问首页"), stage_of("x1")
    ('purchase', 'loyalty', 'awareness', None)
    >>> stage_of("delivery_choice"), stage_of("Выбор доставки"), stage_of("delivered")
    ('purchase', 'purchase', 'after_sales')
    >>> stage_of("main"), stage_of("delivery_pickup"), stage_of("Главная страница")
    ('awareness', 'purchase', 'awareness')
    """
    text = event.casefold().replace("_", " ")
    return next((s for s, words in _STAGES.items() if re.search(words, text)), None)


def _stage_lines(found: Sequence[Found], language: str) -> list[str]:
    names = _event_names(found)
    placed: dict[str, list[str]] = {s: [n for n in names if stage_of(n) == s] for s in _ORDER}
    kept = [s for s in _ORDER if placed[s]]
    if len(kept) < _FEWEST_STAGES:
        return []
    lines = ["", "# Stages of the journey: a guess from the names of events, check every line."]
    for stage in kept:
        events = ", ".join(map(quoted, placed[stage]))
        lines += [
            "[[stages]]",
            f"id = {quoted(stage)}",
            f"label = {{ {language} = {quoted(_LABELS[stage][language])} }}",
            f"events = [{{ names = [{events}] }}]  # a guess: check it",
            "",
        ]
    left = [n for n in names if stage_of(n) is None]
    if left:
        lines.append(f"# Events in no stage yet: {', '.join(map(quoted, left))}")
    return lines


def _event_names(found: Sequence[Found]) -> list[str]:
    """Return the names of events in the first rows of all files, in the order of appearance."""
    names: dict[str, None] = {}
    for one in found:
        for source in one.sources:
            cells = one.head.columns.get(source.columns.get("name", ""))
            if source.table == "events" and cells is not None:
                values = source.values.get("name", {})
                names |= {values.get(t, t): None for t in filled_texts(cells)}
    return list(names)[:_MOST_EVENTS]


def _grouping_lines(found: Sequence[Found], language: str) -> list[str]:
    lines: list[str] = []
    dividing = _dividing_column(found)
    if dividing:
        column, header = dividing
        lines += [
            "", "# A grouping for portraits: a guess, name your own segments or another column.",
            "[[groupings]]", f'id = "by_{column}"', f"label = {{ {language} = {quoted(header)} }}",
            f"column = {quoted(column)}  # a guess: check it",
        ]  # fmt: skip
    has_times = any(
        s.table == "orders" and "ordered_at" in s.columns for one in found for s in one.sources
    )
    if has_times:
        label = _LABELS["lifecycle"][language]
        lines += [
            "", "[[groupings]]", 'id = "lifecycle"', f"label = {{ {language} = {quoted(label)} }}",
            'preset = "lifecycle"  # new, loyal, at risk, lost: by when customers ordered',
        ]  # fmt: skip
    return lines


def _dividing_column(found: Sequence[Found]) -> tuple[str, str] | None:
    """Return a column of customers with few values, each in several rows, and its header."""
    lists = [(one, s) for one in found for s in one.sources if s.table == "customers"]
    own = dict.fromkeys(c for _, s in lists for c in s.columns if is_own(s, c))
    for column in (*_TELLING, *own):
        for one, source in lists:
            cells = one.head.columns.get(source.columns.get(column, ""))
            if cells is not None and _divides(filled_texts(cells), is_choice=column in own):
                return column, source.columns[column]
    return None


def _divides(texts: Sequence[str], *, is_choice: bool) -> bool:
    """Tell whether few values come again; of a choice, whether they are words beside."""
    values = set(texts)
    is_told = not is_choice or any(c.isalpha() for v in values for c in v)
    return is_told and _FEWEST <= len(values) <= _MOST and len(texts) >= 2 * len(values)
