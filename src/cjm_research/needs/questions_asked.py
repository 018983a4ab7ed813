"""What customers ask and no theme holds: candidates for answers to frequent questions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.needs.lexicon import LEXICON_LANGUAGES
from cjm_research.needs.quotable import is_coarse, reveals
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.text import fold
from cjm_research.needs.theme_words import theme_words
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.codebook import Codebook

_QUESTION = re.compile(r"[?？]+[)\]»”\"'!！.。]*\s*$")
_ASKING = {
    "ru": re.compile(
        r"^(?:(?:здравствуйте|добрый \w+|привет|а|и|но|скажите|пожалуйста|очень)[\s,.!]+)*"
        r"(?:подскажите|не подскажете|скажите,? пожалуйста|объясните,? (?:как|почему|что|зачем)"
        r"|хотел\w* (?:бы )?(?:узнать|спросить|уточнить)|как (?:мне|можно|вернуть|узнать|отменить"
        r"|оформить|получить|сделать|поменять|изменить|оплатить|отследить)|можно ли|есть ли"
        r"|будет ли|когда (?:же )?(?:будет|придет|привезут|появится|приедет|вернут)"
        r"|сколько (?:стоит|ждать|будет|длится)|почему нельзя|где (?:можно|найти|посмотреть))"
        r"(?!\w)"
    ),
    "en": re.compile(
        r"^(?:(?:hi|hello|hey|please|and|but|so|ok)[\s,.!]+)*"
        r"(?:how (?:do|can|could|should|would) (?:i|we|one|you)|how to|can (?:i|we|you|someone)"
        r"|could (?:you|someone)|is (?:it possible|there (?:a|any))|are there any"
        r"|do you (?:have|offer|deliver|accept)|when will|where (?:can|do) (?:i|we)"
        r"|what is the (?:best )?(?:way|cost|price)|i(?: would|'d) like to (?:know|ask)"
        r"|i want to know|wondering (?:if|how|whether)"
        r"|any (?:idea|update|news))(?!\w)"
    ),
    "zh": re.compile(
        r"^(?:(?:你好|您好)[，,。!！\s]*)?(?:请问|想问|问一下|想知道|咨询)"
        r"|(?:吗|(?<![什怎这那多])么)[。!！~～…]*$"
        r"|(?:怎么|如何|能否|可否|是否可以|多久|什么时候)"
        r"(?:才能|能|可以|办理|退|换|取消|申请|查)"
    ),
}
"""How a question begins, or ends, that nobody put a mark to."""
_ASKS = {
    "ru": re.compile(
        r"(?<!\w)(?:как|когда|где|куда|откуда|сколько|как(?:ой|ая|ое|ие|им|ую|их)|кто|кому|чем|чего"
        r"|что|можно|могу|ли|почему|зачем|подскажите|будет|будут|есть)(?!\w)"
    ),
    "en": re.compile(
        r"(?<!\w)(?:how|what|when|where|which|who|why|can|could|do|does|did|is|are|was|were|will"
        r"|would|should|any|anyone|have|has|may)(?!\w)"
    ),
    "zh": re.compile(
        "请问|吗|怎么|如何|什么时候|多久|哪|多少|几点|能不能|可不可以|能否|有没有|是不是"
        "|为什么|为何|么[?？]|呢[?？]"
    ),
}
"""Words that ask; a mark alone may stand after a fragment or a reproach."""
_EMPTY_WORDS = """
为什么 什么 怎么 怎么样 这是 难道 说好 这样 那样 你们 我们 他们 你家 没有 不是 是不是 有没有
可以 能不能 请问 一下 这么 那么 多少 哪里 不能 不会 知道 觉得
почему зачем разве неужели это такой какой
why what really how does anyone what's please help tell give gives ask know going want get anything
something someone can't don't doesn't didn't won't isn't aren't wouldn't couldn't first
сказать подсказать знать хотеть мочь ваш свой наш
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
"""Words of every question; they name none."""
_SHORTEST_WORD = {"zh": 2}
_RHETORICAL = re.compile(
    "难道|凭什么|这让人|什么玩意|好意思|[这还也]叫|敢再|摆设|你怎么了"
    "|неужели|разве|как так можно|seriously"
)
"""What is no question but a complaint."""
_OFTEN = 0.3  # of those who ask: a word that names what they ask
_WORDS = 4
_FEWEST_WORDS = 2  # words that name something; one alone asks nothing that can be answered
_LONGEST = 160
_SHORTEST = {"zh": 5}
_USUALLY_SHORTEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """Questions that share a word."""

    keywords: str
    example: str
    """One of the questions, verbatim and redacted."""
    language: str
    customers: int
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestions(Result):
    """Questions without a theme, the most asked first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "keywords": Unit.TEXT,
        "example": Unit.TEXT,
        "language": Unit.LABEL,
        "customers": Unit.COUNT,
        "questions": Unit.COUNT,
    }

    rows: tuple[AskedQuestion, ...]
    n: int
    """Customers who ask something that no theme holds."""
    telling: Telling

    def public(self) -> AskedQuestions:
        """Return what enough customers ask, without giving anyone away."""
        rows = tuple(r for r in self.rows if r.customers >= self.telling.min_customers)
        return replace(self, rows=rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group of questions."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: words that stand in questions are a hint, not a claim."""
        return ()


class _Question(NamedTuple):
    unit: int
    text: str
    words: frozenset[str]


def asked_questions(
    codes: pd.DataFrame, codebook: Codebook | None = None, *, telling: Telling = USUAL
) -> AskedQuestions:
    """Gather the questions that no rule of the codebook finds, by the words that they share.

    A question is a sentence that has a word that asks and ends with a question mark, or that
    begins (in Chinese: or ends) as one does, such as "подскажите, как", "how do I", 请问; what
    begins as a reproach does (难道, неужели), a fragment and what has coarse words is none. In each
    language the word that most customers use makes a group, its questions are set aside, and so
    on until a word is used by one customer only. A method of our own: its groups are hints for
    whoever writes answers.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    codebook : Codebook, optional
        Its stop words and its dictionary.
    telling : Telling
        Limits.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    said = voices(codes).said
    said = said.loc[said["content"].eq("uncoded").to_numpy(dtype=bool)]
    asked = said.loc[_is_asked(said)].drop_duplicates(["unit", "text"])
    rows: list[AskedQuestion] = []
    for language, own in asked.groupby("language", sort=True):
        if language in LEXICON_LANGUAGES:
            rows += _groups(own.sort_values(["text", "unit"]), str(language), codebook)
    rows.sort(key=lambda r: (-r.customers, r.language, r.keywords))
    return AskedQuestions(rows=tuple(rows), n=int(asked["unit"].nunique()), telling=telling)


def _is_asked(said: pd.DataFrame) -> NDArray[np.bool_]:
    texts = said["text"].to_numpy()
    folded = np.array([fold(t) for t in texts], dtype=object)
    ends = said["text"].str.contains(_QUESTION).to_numpy(dtype=bool)
    found = ends.copy()
    for language, asks in _ASKS.items():
        own = said["language"].eq(language).to_numpy(dtype=bool)
        for rows, pattern in ((own & ends, asks), (own & ~ends, _ASKING[language])):
            found[rows] = [bool(pattern.search(t)) for t in folded[rows]]
    found[found] = [
        not (_RHETORICAL.search(plain) or is_coarse(text))
        for plain, text in zip(folded[found], texts[found], strict=True)
    ]
    return found


def _groups(asked: pd.DataFrame, language: str, codebook: Codebook | None) -> list[AskedQuestion]:
    texts = asked["text"].astype(str).tolist()
    words = theme_words(texts, language, codebook)
    least = _SHORTEST_WORD.get(language, 1)
    naming = [{w for w in found if w and w not in _EMPTY} for found in words]
    left = [
        _Question(unit, text, frozenset(w for w in found if len(w) >= least))
        for unit, text, found in zip(asked["unit"], texts, naming, strict=True)
        if len(found) >= _FEWEST_WORDS
    ]
    rows = []
    while left:
        counts = _customers_by_word(left)
        word, customers = min(counts.items(), key=lambda c: (-c[1], c[0]), default=("", 0))
        if customers < 2:  # one customer makes no group
            break
        own = [q for q in left if word in q.words]
        left = [q for q in left if word not in q.words]
        example = _example(own, language)
        if example:
            rows.append(
                AskedQuestion(
                    keywords=", ".join(_keywords(own, word, customers)),
                    example=example,
                    language=language,
                    customers=customers,
                    questions=len(own),
                )
            )
    return rows


def _customers_by_word(questions: list[_Question]) -> Counter[str]:
    return Counter(word for word, _ in {(w, q.unit) for q in questions for w in q.words})


def _keywords(own: list[_Question], word: str, customers: int) -> list[str]:
    counts = _customers_by_word(own)
    often = [w for w, n in counts.items() if w != word and n >= _OFTEN * customers]
    return [word, *sorted(often, key=lambda w: (-counts[w], w))][:_WORDS]


def _example(own: list[_Question], language: str) -> str:
    """Return the question that holds most of what the others hold; the shorter of two alike."""
    counts = _customers_by_word(own)
    shortest = _SHORTEST.get(language, _USUALLY_SHORTEST)
    fit = [q for q in own if shortest <= len(q.text) <= _LONGEST and not reveals(q.text)]
    return min(
        (q.text for q in fit), default="",
        key=lambda t: next((-sum(counts[w] for w in q.words) / (2 + len(q.words)), len(t), t)
                           for q in fit if q.text == t),
    )  # fmt: skip
