"""Columns of a survey: which are grades, which are choices, which are open answers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from cjm_research.cleaning.parsing.distinct import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

_NPS = re.compile(r"(?i)\bnps\b|recommend|порекоменд|рекомендова|推荐")
_CSAT = re.compile(r"(?i)satisf|\bcsat\b|удовлетвор|доволь?н|满意")
_CES = re.compile(r"(?i)\beas[ye]|effort|\bces\b|легко|усили|费力|容易")
_SCALE = re.compile(r"\b([01])\s*(?:[-–—~…]|\.\.+|to|до|到|至)\s*(10|[3-9])(?!\d)")
"""Ends of the scale that the question names: ``(0-10)``."""
_GRADE = re.compile(r"\d{1,2}(?:\.0)?")
_ASIDE = re.compile(
    r"(?i)^(#|id|no\.?|№|序号|\(column \d+\)|ip.*|.*\bip( address)?|来自ip|network id|collector id"
    r"|(?:response|respondent|submission|answer|entry|form)[ _]?(?:id|no\.?|number)"
    r"|(?:id|номер|№) ?(?:ответа|анкеты|записи|респондента)|(?:答卷|答题|问卷)(?:编号|序号|id)"
    r"|user agent|browser|tags?|start date.*|end date.*|date (created|modified)|language|язык"
    r"|所用时间|来源详情?|来源|总分|custom data \d+|response type|stage date.*|ending|баллы"
    r"|((your|what is your) )?((first|last|full) )?name\??|имя|фамилия|отчество|фио|ф\.и\.о\."
    r"|(ваше|ваши) (имя|фио)\??|как вас зовут\??|姓名|您的姓名|您的名字)$"
)
"""Columns about the answer, the device, or who the respondent is by name."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+|\+?[\d\s()-]{10,18}")
"""Addresses and telephone numbers: they are whose answer it is, and no answer."""
_ASKS_WORDS = re.compile(
    r"(?i)\bwhy\b|comment|suggest|improve|\btell us\b|describe|explain|почему|коммент|предлож"
    r"|улучшить|расскаж|опиш|напишите|поясни|为什么|原因|建议|意见|请说明|请描述"
)
_MOSTLY = 0.8
_LONG, _VARIED = 25, 0.6
_FEW = 20


def question_settings(
    settings: Mapping[str, Any], sample: Mapping[str, pa.Array]
) -> Iterator[dict[str, Any]]:
    """Return for each kind of question the settings that make its answers rows of feedback.

    Columns that are mapped, that tell of the respondent's device, or that hold no answer are
    none. A grade is a whole number up to 10 in nearly every answer.
    """
    mapped = {
        *settings.get("columns", {}).values(),
        *(h for names in settings.get("joined", {}).values() for h in names),
    }
    groups: dict[tuple[str, float | None, float | None], dict[str, str]] = {}
    for header, cells in sample.items():
        texts = [t.strip() for t in cells.to_pylist() if t and t.strip().casefold() not in MISSING]
        if header in mapped or not texts or _ASIDE.match(header.strip()):
            continue
        if sum(map(bool, map(_ADDRESS.fullmatch, texts))) >= _MOSTLY * len(texts):
            continue
        groups.setdefault(kind_of_question(header, texts), {})[header] = header
    for (kind, low, high), unpivot in groups.items():
        constants: dict[str, Any] = {**settings.get("constants", {}), "kind": kind}
        piece: dict[str, Any] = {"unpivot": unpivot, "constants": constants}
        if low is None:
            piece["unpivot_into"] = ("question", "text")
        else:
            constants |= {"scale_min": low, "scale_max": high}
        yield piece


def kind_of_question(header: str, texts: list[str]) -> tuple[str, float | None, float | None]:
    """Return the kind of a question by its words and answers, and the ends of its scale.

    Examples
    --------
    >>> kind_of_question("How likely are you to recommend us?", ["9", "10", "3"])
    ('nps', 0, 10)
    >>> kind_of_question("Оцените доставку", ["4", "5", "5"]), kind_of_question("Цвет", ["красный"])
    (('rating', 1, 5), ('choice', None, None))
    >>> kind_of_question("Почему?", ["долго ждал", "дорого"])
    ('open', None, None)
    >>> kind_of_question("Насколько Вы довольны? (0–10)", ["9", "10", "7"])
    ('csat', 0, 10)
    """
    grades = [float(t) for t in texts if _GRADE.fullmatch(t)]
    if len(grades) >= 0.9 * len(texts) and max(grades) <= 10:
        if _NPS.search(header):
            return "nps", 0, 10
        said = _SCALE.search(unicodedata.normalize("NFKC", header))
        kind = "csat" if _CSAT.search(header) else "ces" if _CES.search(header) else "rating"
        if said and int(said[1]) <= min(grades) and max(grades) <= int(said[2]):
            return kind, int(said[1]), int(said[2])
        high = next(top for top in (5, 7, 10) if max(grades) <= top)
        return kind, min(1, int(min(grades))), high
    size = sum(map(len, texts)) / len(texts)
    varied = len(set(texts)) / len(texts)
    is_grid = header.rstrip().endswith("]")  # a row of a matrix: "What to improve? [Price]"
    asks = len(texts) <= _FEW and varied > _VARIED and not is_grid and _ASKS_WORDS.search(header)
    is_open = size > _LONG or bool(asks) or (len(texts) > _FEW and varied > _VARIED)
    return ("open" if is_open else "choice"), None, None
