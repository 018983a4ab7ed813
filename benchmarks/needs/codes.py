"""Codes: themes of a codebook found in short texts in three languages."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

THEMES = {
    "late": {
        "ru": (["опоздать", "задержка"], ["Курьер опоздал на {n} часа", "Задержка на {n} дня"]),
        "en": (["late", "delay"], ["The parcel came {n} days late", "One more delay of {n} hours"]),
        "zh": (["迟到", "晚到"], ["快递迟到了{n}个小时", "包裹晚到{n}天"]),
    },
    "damaged": {
        "ru": (["помять", "сломан*"], ["Коробку помяли в {n} местах", "Товар пришёл сломанный"]),
        "en": (["damage", "broken"], ["The box was damaged", "Item {n} was broken"]),
        "zh": (["破损", "坏了"], ["包装破损", "第{n}件坏了"]),
    },
    "form": {
        "ru": (["анкета", "много поле"], ["Анкета на {n} страниц", "Слишком много полей"]),
        "en": (["form", "questionnaire"], ["The form has {n} pages", "A questionnaire again"]),
        "zh": (["表单"], ["表单有{n}页"]),
    },
    "advice": {
        "ru": (["консультант", "совет"], ["Консультант помог за {n} минут", "Дали дельный совет"]),
        "en": (["advice", "consultant"], ["Good advice in {n} minutes", "The consultant helped"]),
        "zh": (["顾问"], ["顾问{n}分钟就解决了"]),
    },
}  # fmt: skip
"""Theme: language: patterns of the codebook, and sentences that tell the theme."""
FORMS = {
    "late": "опоздал|задержка|late|delay|迟到|晚到",
    "damaged": "помяли|сломанный|damaged|broken|破损|坏了",
    "form": "анкета|много полей|form|questionnaire|表单",
    "advice": "консультант|совет|advice|consultant|顾问",
}
"""What tools without a dictionary look for: exactly the forms that the sentences hold."""
NOUNS = {
    "ru": "стол книга окно город лампа улица чашка цветок музыка зима лето река поезд билет птица "
    "камень молоко хлеб краска рубашка зеркало мост облако песня театр остров трава сосед",
    "en": "table book window city lamp street cup flower winter summer river train ticket bird "
    "stone bread paint shirt mirror bridge cloud song theatre island grass neighbour kettle",
    "zh": "桌子 书本 窗户 城市 台灯 街道 杯子 花朵 音乐 冬天 夏天 河流 火车 门票 小鸟 石头",
}
VERBS = {
    "ru": "видеть купить выбрать заказать искать рисовать читать показать держать строить",
    "en": "saw bought chose ordered drew read showed held built painted",
    "zh": "看到 买了 选择 订购 寻找 画了 读过 展示 拿着 建造",
}
LANGUAGES = tuple(NOUNS)


def make(folder: Path, size: int) -> None:
    """Write `texts.parquet`, one to three sentences a text, and the codebook."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260106)
    words = {lang: (_forms(NOUNS[lang], lang), _forms(VERBS[lang], lang)) for lang in LANGUAGES}
    texts = [_text(LANGUAGES[i % 3], words, rng) for i in range(size)]
    table = pd.DataFrame(
        {
            "feedback_id": [f"F{i}" for i in range(size)],
            "customer_id": [f"C{i // 2}" for i in range(size)],
            "given_at": pd.date_range("2026-01-01", periods=size, freq="min", tz="UTC", unit="us"),
            "kind": "rating",
            "text": texts,
        }
    )
    table.to_parquet(folder / "texts.parquet", index=False)
    book = [
        {
            "id": theme,
            "kind": "delight" if theme == "advice" else "pain",
            "label": theme,
            "any": {lang: patterns for lang, (patterns, _) in rows.items()},
        }
        for theme, rows in THEMES.items()
    ]
    (folder / "book.json").write_text(json.dumps({"themes": book}), encoding="utf-8")


CONTEST = Contest(
    name="needs.codes",
    task="From texts in memory (Russian, Chinese, English) to the number of texts that tell each "
    "theme.",
    size=20_000,
    of="texts",
    make=make,
    repeat=1,
    warm_up=60,
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "texts.parquet")


def _with_book(folder: Path) -> Any:
    from cjm_research.needs.codebook import Codebook

    plain = json.loads((folder / "book.json").read_text(encoding="utf-8"))
    return _frame(folder), Codebook.model_validate(plain)


@CONTEST.tool(
    "bare DuckDB",
    role="floor",
    load=_frame,
    needs=("duckdb", "pandas"),
    note="one regular expression a theme, which holds exactly the forms that occur; no "
    "cleaning, sentences, language, tone, negation or redaction",
)
def codes_duckdb(texts: Any) -> Answer:
    """Count the texts that match."""
    import duckdb

    connection = duckdb.connect()
    connection.register("texts", texts)
    asked = ", ".join(f"count(*) filter (regexp_matches(low, '{form}'))" for form in FORMS.values())
    found = connection.execute(
        f"select {asked} from (select lower(text) as low from texts)"
    ).fetchone()
    return dict(zip(FORMS, map(float, found or ()), strict=True))


@CONTEST.tool(
    "ours",
    role="ours",
    load=_with_book,
    needs=("cjm_research",),
    note="`feedback_codes`: cleans, redacts, finds the language, cuts into sentences, "
    "looks for dictionary forms that no negation stands before, scores the tone",
)
def codes_ours(data: Any) -> Answer:
    """Code the feedback."""
    from cjm_research.needs.coding import feedback_codes

    coded = feedback_codes(*data)
    told = coded.dropna(subset="theme").groupby("theme")["feedback_id"].nunique()
    return {theme: float(told.get(theme, 0)) for theme in THEMES}


@CONTEST.tool("Python, regular expressions", load=_frame, needs=("pandas",))
def codes_python(texts: Any) -> Answer:
    """Look for the same forms text by text."""
    low = [text.lower() for text in texts["text"]]
    searches = {theme: re.compile(form).search for theme, form in FORMS.items()}
    found = Counter(theme for text in low for theme, search in searches.items() if search(text))
    return {theme: float(found[theme]) for theme in THEMES}


@CONTEST.tool("pandas, str.contains", load=_frame, needs=("pandas", "pyarrow"))
def codes_pandas(texts: Any) -> Answer:
    """Ask Arrow for the same forms."""
    low = texts["text"].astype("string[pyarrow]").str.lower()
    return {theme: float(low.str.contains(form).sum()) for theme, form in FORMS.items()}


def _text(language: str, words: Any, rng: Any) -> str:
    nouns, verbs = words[language]
    end, gap = ("。", "") if language == "zh" else (". ", " ")
    sentences = []
    for _ in range(int(rng.integers(1, 4))):
        if rng.random() < 0.3:
            theme = list(THEMES)[int(rng.integers(len(THEMES)))]
            told = THEMES[theme][language][1]
            sentences.append(told[int(rng.integers(len(told)))].format(n=int(rng.integers(2, 9))))
        else:
            picked = [*rng.choice(nouns, 2), *rng.choice(verbs, 1), *rng.choice(nouns, 2)]
            sentences.append(gap.join(picked).capitalize())
    return end.join([*sentences, ""]).strip()


def _forms(words: str, language: str) -> list[str]:
    """Return words, in Russian in all their forms: a dictionary has to look each of them up."""
    if language != "ru":
        return words.split()
    import pymorphy3

    analyser = pymorphy3.MorphAnalyzer()
    forms = [f.word for w in words.split() for f in analyser.parse(w)[0].lexeme]
    return sorted({f for f in forms if not re.search("|".join(FORMS.values()), f)})
