"""Themes that the codebook has no rule for, suggested from the sentences that it leaves over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from cjm_research.needs.lexicon import LEXICON_LANGUAGES
from cjm_research.needs.quotable import reveals
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.theme_words import theme_words
from cjm_research.needs.topics import Topics, WordMatrix, find_topics, matched, word_matrix
from cjm_research.needs.voices import voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.log_odds import log_odds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.codebook import Codebook

MOST_SENTENCES = 8_000
"""Sentences of a language that themes are sought in; which ones follows from their words."""
_STEADY, _FEWEST_CUSTOMERS = 0.5, 10
_SAME_THEME = 0.3  # Jaccard share of the first words of two runs
_OWN_SHARE = 0.5  # of a sentence's loads that its theme must have
_SHOWN_WORDS = 6
_THREADS = 2
_SHORTEST, _LONGEST = {"zh": 8}, {"zh": 60}  # signs of an example
_USUAL_LENGTHS = (25, 160)
_CLEAR_TONE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedTheme:
    """A theme found in sentences without one."""

    suggestion: str
    """Kept from run to run while most of its first words are the same: ``ru_3``."""
    language: str
    keywords: str
    """Words that set it apart from the other sentences, the most telling first."""
    example: str
    """A typical sentence, redacted."""
    customers: int
    share: float
    """Of the customers who wrote."""
    sentences: int
    sentiment: float
    stability: float
    """Share of its first words that come again on parts of the texts, 0..1."""
    coherence: float
    """How often its first words stand together, -1..1."""
    patterns: tuple[str, ...]
    top: tuple[str, ...]
    """First words, by which it is known again."""

    @property
    def kind(self) -> str:
        """What the theme may be, by its tone."""
        if self.sentiment < -_CLEAR_TONE:
            return "pain"
        return "delight" if self.sentiment > _CLEAR_TONE else "question"

    def snippet(self) -> str:
        """Return the theme as text for the codebook; its labels are to be written by a person."""
        words = self.keywords.replace('"', "")
        patterns = ", ".join(json.dumps(p, ensure_ascii=False) for p in self.patterns)
        labels = ", ".join(f'{k} = "{words}"' for k in ("en", "ru", "zh"))
        return (
            f'[[themes]]\nid = "{self.suggestion}"\nkind = "{self.kind}"\n'
            f"label = {{ {labels} }}\n[themes.any]\n{self.language} = [{patterns}]\n"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedThemes(Result):
    """Suggestions for the codebook, the most named first; not findings."""

    units: ClassVar[Mapping[str, Unit]] = {
        "keywords": Unit.TEXT,
        "example": Unit.TEXT,
        "language": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "sentiment": Unit.MOOD,
        "stability": Unit.SHARE,
        "coherence": Unit.NUMBER,
    }

    rows: tuple[SuggestedTheme, ...]
    n: int
    """Customers who wrote."""
    last: tuple[tuple[str, int], ...] = ()
    """Highest number given so far, by language."""

    def public(self) -> SuggestedThemes:
        """Return what a reader may see: steady, coherent, named by ten customers or more."""
        return replace(
            self,
            rows=tuple(
                r
                for r in self.rows
                if r.stability >= _STEADY and r.coherence >= 0 and r.customers >= _FEWEST_CUSTOMERS
            ),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per suggestion."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a suggestion becomes a finding when it is in the codebook."""
        return ()

    def to_json(self) -> str:
        """Return the suggestions as text, for the next run to know them again."""
        plain = {"n": self.n, "last": self.last, "rows": [asdict(r) for r in self.rows]}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> SuggestedThemes:
        """Read what `to_json` wrote."""
        plain = json.loads(text)
        rows = [
            SuggestedTheme(**r | {"patterns": tuple(r["patterns"]), "top": tuple(r["top"])})
            for r in plain["rows"]
        ]
        last = tuple((str(k), int(v)) for k, v in plain["last"])
        return cls(rows=tuple(rows), n=plain["n"], last=last)


class _Found(NamedTuple):
    """Sentences of one language and the themes among them."""

    language: str
    said: pd.DataFrame
    matrix: WordMatrix
    topics: Topics
    theme: NDArray[np.int64]
    """Of each sentence; -1 where none has half of it."""


def suggested_themes(
    codes: pd.DataFrame,
    codebook: Codebook | None = None,
    *,
    previous: SuggestedThemes | None = None,
    telling: Telling = USUAL,
) -> SuggestedThemes:
    """Suggest themes for the sentences that no rule of the codebook finds, per language.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    codebook : Codebook, optional
        Its stop words and its dictionary.
    previous : SuggestedThemes, optional
        Of an earlier run: a theme that shares three tenths of its first words with one of
        these keeps its id (Hungarian matching); ids are never used again.
    telling : Telling
        Fewer customers than its `min_customers` make no suggestion: their words would give
        them away.

    Returns
    -------
    SuggestedThemes
        No row where the texts are too few to find any.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    heard = voices(codes)
    uncoded = heard.said.loc[(heard.said["content"] == "uncoded").to_numpy()]
    uncoded = uncoded.drop_duplicates(["unit", "text"])
    before = [r.language for r in (previous.rows if previous else ())]

    def rows_of(of: tuple[Any, pd.DataFrame]) -> list[SuggestedTheme]:
        language, own = of
        found = _found_in(own, language, codebook, number_before=before.count(language))
        return _described(found, n=len(heard.units)) if found else []

    groups = [g for g in uncoded.groupby("language", sort=True) if g[0] in LEXICON_LANGUAGES]
    # Each language by itself: the same numbers, whichever is ready first. The limit stands
    # around all of them, for it is one of the whole process.
    with threadpool_limits(1), ThreadPoolExecutor(_THREADS) as pool:
        rows = [r for found in pool.map(rows_of, groups) for r in found]
    rows = [r for r in rows if r.customers >= telling.min_customers]
    rows, last = _named(rows, previous)
    rows.sort(key=lambda r: (-r.customers, r.suggestion))
    return SuggestedThemes(rows=tuple(rows), n=len(heard.units), last=last)


def _found_in(
    own: pd.DataFrame, language: str, codebook: Codebook | None, *, number_before: int
) -> _Found | None:
    rank = own["text"].map(lambda t: blake2b(str(t).encode(), digest_size=6).digest())
    own = own.assign(rank=rank).sort_values(["rank", "unit"], kind="stable").head(MOST_SENTENCES)
    texts = own["text"].astype(str).tolist()
    matrix = word_matrix(theme_words(texts, language, codebook))
    topics = find_topics(matrix, number_before=number_before) if matrix else None
    if matrix is None or topics is None:
        return None
    total = topics.loads.sum(axis=1)
    first = topics.loads.argmax(axis=1)
    theme = np.where((total > 0) & (topics.loads.max(axis=1) >= _OWN_SHARE * total), first, -1)
    return _Found(language, own, matrix, topics, theme)


def _described(found: _Found, *, n: int) -> list[SuggestedTheme]:
    counts = found.matrix.counts
    everywhere = np.asarray(counts.sum(axis=0)).ravel()
    rows = []
    for number, top in enumerate(found.topics.tops):
        inside = np.flatnonzero(found.theme == number)
        if not len(inside):
            continue
        own = np.asarray(counts[inside].sum(axis=0)).ravel()
        # The prior weighs as much as the theme itself: Monroe's informative prior, scaled.
        prior = everywhere / everywhere.sum() * own.sum() + 1e-9
        z = log_odds(own, everywhere - own, prior).z
        telling = [int(i) for i in np.argsort(-z, kind="stable")[: 3 * _SHOWN_WORDS] if z[i] > 0]
        said = found.said.iloc[inside]
        customers = int(said["unit"].nunique())
        rows.append(
            SuggestedTheme(
                suggestion="",
                language=found.language,
                keywords=", ".join(_shown([found.matrix.names[i] for i in telling])),
                example=_example(said, found.topics.loads[inside, number], found.language),
                customers=customers,
                share=customers / n,
                sentences=len(inside),
                sentiment=float(said["sentiment"].mean()),
                stability=float(found.topics.stability[number]),
                coherence=float(found.topics.coherence[number]),
                patterns=tuple(_shown([found.matrix.names[i] for i in telling])),
                top=tuple(found.matrix.names[i] for i in top),
            )
        )
    return rows


def _shown(names: Sequence[str]) -> list[str]:
    """Return the first words; one that a longer pair before it holds says nothing more."""
    shown: list[str] = []
    for name in names:
        parts = set(name.split())
        if not any(parts <= set(s.split()) or parts >= set(s.split()) for s in shown):
            shown.append(name)
    return shown[:_SHOWN_WORDS]


def _example(said: pd.DataFrame, loads: NDArray[np.float64], language: str) -> str:
    length = said["text"].str.len().to_numpy()
    low = _SHORTEST.get(language, _USUAL_LENGTHS[0])
    high = _LONGEST.get(language, _USUAL_LENGTHS[1])
    fits = (length >= low) & (length <= high)
    told = fits & (loads > 0)
    told[told] = [not reveals(t) for t in said["text"].to_numpy()[told]]
    order = np.lexsort((said["feedback_id"].astype(str).to_numpy(), -loads, ~fits, ~told))
    text = str(said["text"].iloc[order[0]])[:high]
    return "" if reveals(text) else text


def _named(
    rows: list[SuggestedTheme], previous: SuggestedThemes | None
) -> tuple[list[SuggestedTheme], tuple[tuple[str, int], ...]]:
    """Give each theme the id of the earlier one that it continues, else a number not yet used."""
    last = dict(previous.last) if previous else {}
    kept: dict[int, str] = {}
    for language in LEXICON_LANGUAGES:
        one = [i for i, r in enumerate(rows) if r.language == language]
        two = [r for r in (previous.rows if previous else ()) if r.language == language]
        pairs = matched([set(rows[i].top) for i in one], [set(r.top) for r in two])
        kept |= {one[i]: two[j].suggestion for i, j, alike in pairs if alike >= _SAME_THEME}
    named = list(rows)
    for i in sorted(range(len(rows)), key=lambda i: (-rows[i].customers, rows[i].top)):
        language = rows[i].language
        if i not in kept:
            last[language] = last.get(language, 0) + 1
            kept[i] = f"{language}_{last[language]}"
        named[i] = replace(rows[i], suggestion=kept[i])
    return named, tuple(sorted(last.items()))
