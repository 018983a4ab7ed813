"""Sentences that are written when a page is, in its language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cjm_research.present import markup
from cjm_research.present.context import current
from cjm_research.present.words import capital, finding_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.present.words import Words
    from cjm_research.results import Finding
    from cjm_research.study.phrase import Phrase


class Text(Protocol):
    """Whatever has words in each language."""

    @property
    def anchor(self) -> str:
        """A stable name for it in links."""

    def text(self, words: Words) -> str:
        """Write it: plain text, not escaped."""


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A key of the catalogues with the values of its fields."""

    key: str
    values: Mapping[str, object]
    id: str = ""

    @property
    def anchor(self) -> str:
        """A name that is the same in each run: the finding's, else the key and its labels."""
        labels = [v for v in self.values.values() if isinstance(v, str) and not v[:4].isdigit()]
        return markup.anchor(self.id) if self.id else markup.anchor(self.key, *labels)

    def text(self, words: Words) -> str:
        """Write the sentence."""
        return capital(words(self.key, **self.values))

    def _repr_html_(self) -> str:
        context = current()
        return markup.tag("p", markup.text(self.text(context.words(context.researcher))))

    def __repr__(self) -> str:
        context = current()
        return self.text(context.words(context.researcher))


@dataclass(frozen=True, slots=True)
class Written:
    """Words of the study file."""

    phrase: Phrase

    @property
    def anchor(self) -> str:
        """A stable name."""
        return markup.anchor(self.phrase.text("en"))

    def text(self, words: Words) -> str:
        """Return the words in the language of the page."""
        return self.phrase.text(words.language)


def say(key: str, /, **values: object) -> Sentence:
    r"""Return the text of a key of the catalogues, its fields filled from `values`.

    Examples
    --------
    >>> from cjm_research.present.words import Words
    >>> say("table.shown", shown=10, n=21).text(Words("ru"))
    'Показано: 10, всего 21\u202fстрока.'
    """
    return Sentence(key, values)


def note(key: str, /, **values: object) -> Sentence:
    """Return a note: the fine print under an exhibit, from ``note.KEY``."""
    return Sentence(f"note.{key}", values)


def sentence(finding: Finding) -> Sentence:
    """Return the sentence of a finding, from ``finding.KIND``."""
    return Sentence(f"finding.{finding.kind}", finding_values(finding), finding.id)


def closed(said: str, language: str) -> str:
    """Return a sentence with a full stop, unless it ends with a sign of its own.

    Examples
    --------
    >>> closed("Ship it", "en"), closed("建议推广", "zh"), closed("Why?", "en")
    ('Ship it.', '建议推广。', 'Why?')
    """
    if not said or said.endswith((".", "!", "?", "…", "。", "！", "？")):
        return said
    return said + ("。" if language == "zh" else ".")
