"""What a session shows its blocks in: languages, words and currency of the open study."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.present.words import Words
from cjm_research.study.phrase import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.study.phrase import Phrase
    from cjm_research.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Context:
    """Languages of the pages, and the words of the study."""

    languages: tuple[str, ...] = LANGUAGES
    """Each block carries all of these."""
    researcher: str = LANGUAGES[0]
    """Language that JupyterLab shows."""
    currency: str = "RUB"
    labels: Mapping[str, Mapping[str, Phrase]] = field(default_factory=dict)
    nouns: Mapping[str, Phrase] = field(default_factory=dict)

    def words(self, language: str) -> Words:
        """Return the words of one language."""
        return Words(language, self.currency, self.labels, self.nouns)


class _Session:
    """The context in use: one in a kernel, as there is one study in a notebook."""

    context = Context(researcher=os.environ.get("CJM_LANGUAGE") or LANGUAGES[0])


def current() -> Context:
    """Return the context in use; every language and no study when nothing is open."""
    return _Session.context


def use(world: Workspace | Context, *, grouping: str = "") -> None:
    """Show what follows in the languages and words of a workspace.

    The researcher's language is ``CJM_LANGUAGE``, else the first language of the study. Where a
    row names no grouping, a segment has the words of `grouping`.
    """
    context = world if isinstance(world, Context) else _of_workspace(world)
    own = context.labels.get(f"segment.{grouping}")
    if own:
        segments = {**context.labels.get("segment", {}), **own}
        context = replace(context, labels={**context.labels, "segment": segments})
    _Session.context = context


@contextmanager
def using(context: Context) -> Iterator[None]:
    """Use a context for a while."""
    before = current()
    use(context)
    try:
        yield
    finally:
        use(before)


def _of_workspace(world: Workspace) -> Context:
    study = world.study
    languages = tuple(str(language) for language in study.languages)
    researcher = os.environ.get("CJM_LANGUAGE") or languages[0]
    if researcher not in LANGUAGES:
        raise ParameterError.unknown("language", researcher, known=LANGUAGES)
    return Context(
        languages=languages,
        researcher=researcher,
        currency=study.currency,
        labels=world.labels,
        nouns=study.words,
    )
