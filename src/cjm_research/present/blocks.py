"""Blocks of a page: what a notebook cell shows, in every language of the study at once.

Classes that the markup uses, and the page's style must know
-------------------------------------------------------------
``.box``        a card with ground and rule: main findings, caveats, data card
``.headline``   main findings (``section.box.headline > h2 + ul``); its ``li`` may be ``.good`` or
                ``.bad``
``.caveat``     caveats, and what a page lacks (``section.box.caveat > h2 + ul``)
``.datacard``   data card (``details.box.datacard > summary + div.scroll > table``)
``.question``   the report's question (``p.question``), followed by ``p.meta``
``.cards``      key figures: ``ul.cards > li > span (label) + b (value) + span.meta (interval, n)``,
                then the comment ``<!--change:KEY-->`` where the exporter may put the change
``.exhibit``    ``figure.exhibit > figcaption (the finding) + bodies + p.note (fine print)``
``.fig``        an ``svg``, inside ``div.scroll``
``.scroll``     box that scrolls sideways, around tables and figures
``.twin``       ``details.twin``: the numbers of a figure as a table
``.num``        cell of a number or date, aligned right
``.quotes``     ``div.quotes``, around ``blockquote.quote > p + footer``
``.quote``      one quote
``.badge``      a short label in a pill; with ``.good``, ``.bad`` or ``.warn``
``.up .down``   change for the better or worse, always with an arrow or a word
``.meta .note`` quiet text; fine print
``.vh``         only for screen readers
Colours are CSS variables, see `theme.css_variables`; `style.css` beside this file styles them all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cjm_research.present import markup
from cjm_research.present.context import current
from cjm_research.present.lab import in_lab
from cjm_research.present.sentences import Sentence, Written
from cjm_research.present.words import Words, capital

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.sentences import Text
    from cjm_research.results import Finding
    from cjm_research.workspace.workspace import Workspace

MIME = "application/vnd.cjm.block+json"


class Block(ABC):
    """One piece of a page."""

    __slots__ = ()
    kind: ClassVar[str]

    @property
    @abstractmethod
    def id(self) -> str:
        """Anchor of the block: the same in every run."""

    @abstractmethod
    def title(self, words: Words) -> str:
        """Return the heading, plain text."""

    @abstractmethod
    def html(self, words: Words) -> str:
        """Return the whole block in one language."""

    def findings(self) -> Sequence[Finding]:
        """Return the findings that the block tells."""
        return ()

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return the numbers behind the block."""
        return []

    def extra(self) -> dict[str, Any]:
        """Return further plain data for the exporter."""
        return {}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        context = current()
        languages = [context.words(language) for language in context.languages]
        researcher = context.words(context.researcher)
        shown = {w.language: self.html(w) for w in languages}
        block = {
            "kind": self.kind,
            "id": self.id,
            "title": {w.language: self.title(w) for w in languages},
            "html": shown,
            "findings": [f.to_dict() for f in self.findings()],
            "tables": self.tables(languages),
            **self.extra(),
        }
        own = shown.get(researcher.language) or self.html(researcher)
        return {
            MIME: block,
            "text/html": in_lab(own),
            "text/plain": f"{self.kind}: {self.title(researcher)}",
        }


@dataclass(frozen=True, slots=True)
class Section(Block):
    """A heading of the page."""

    key: str
    kind: ClassVar[str] = "section"

    @property
    def id(self) -> str:
        """Anchor of the heading."""
        return markup.anchor("section", self.key)

    def title(self, words: Words) -> str:
        """Return the heading."""
        return words(f"section.{self.key}")

    def html(self, words: Words) -> str:
        """Return the heading with its anchor."""
        return markup.tag("h2", markup.text(self.title(words)), id=self.id)


@dataclass(frozen=True, slots=True)
class Caveat(Block):
    """What a reader must not conclude."""

    sentences: tuple[Text, ...]
    kind: ClassVar[str] = "caveat"

    @property
    def id(self) -> str:
        """Anchor of the caveats."""
        return markup.anchor("caveat", *(s.anchor for s in self.sentences))

    def title(self, words: Words) -> str:
        """Return the heading."""
        return words("caveats.title")

    def html(self, words: Words) -> str:
        """Return the caveats as a list."""
        return listed(
            self.title(words),
            [markup.tag("li", markup.text(s.text(words))) for s in self.sentences],
            id=self.id,
            class_="box caveat",
        )


@dataclass(frozen=True, slots=True)
class Lacking(Block):
    """What a page could tell and does not yet, and what the study has to say for it."""

    sentences: tuple[Text, ...]
    kind: ClassVar[str] = "lacking"

    @property
    def id(self) -> str:
        """Anchor of the box."""
        return "lacking"

    def title(self, words: Words) -> str:
        """Return the heading."""
        return words("lacking.title")

    def html(self, words: Words) -> str:
        """Return what is lacking as a list."""
        items = [markup.tag("li", markup.text(s.text(words))) for s in self.sentences]
        return listed(self.title(words), items, id=self.id, class_="box caveat")


@dataclass(frozen=True, slots=True, eq=False)
class Question(Block):
    """The question that the page answers, and who decides what by it."""

    report: str
    asked: Text
    decision: Text | None
    owner: str | None
    window: tuple[str, str] | None
    kind: ClassVar[str] = "question"

    @property
    def id(self) -> str:
        """Anchor of the question."""
        return "question"

    def title(self, words: Words) -> str:
        """Return the title of the page; a report of the user's own has its id for one."""
        key = f"title.{self.report}"
        return words(key) if words.has(key) else capital(self.report.replace("_", " "))

    def html(self, words: Words) -> str:
        """Return the question and what hangs on it."""
        lines = []
        if self.decision is not None:
            lines.append((words("question.decision"), self.decision.text(words)))
        if self.owner:
            lines.append((words("question.owner"), words.label("owner", self.owner)))
        if self.window:
            first, last = self.window
            period = words("question.period_value", window_from=first, window_to=last)
            lines.append((words("question.period"), period))
        meta = " · ".join(markup.text(words("pair", name=n, text=t)) for n, t in lines)
        asked = markup.tag("p", markup.text(self.asked.text(words)), class_="question", id=self.id)
        return asked + (markup.tag("p", meta, class_="meta") if meta else "")

    def extra(self) -> dict[str, Any]:
        """Return the report's id and the window of its data."""
        return {"report": self.report, "window": list(self.window) if self.window else None}


def question(world: Workspace, report: str) -> Question:
    """Return the question of a report: the study's own, else the catalogue's, else the research's.

    Parameters
    ----------
    world : Workspace
        The open study.
    report : str
        Id of the report: ``journey_map``.
    """
    research = world.study.research
    own = research.questions.get(report)
    if own is None and not Words("en").has(f"question.{report}"):
        own = research.question
    return Question(
        report=report,
        asked=Written(own) if own is not None else Sentence(f"question.{report}", {}),
        decision=Written(research.decision) if research.decision is not None else None,
        owner=research.owner,
        window=world.window,
    )


def section(key: str) -> Section:
    """Return a heading of the page, from ``section.KEY``."""
    return Section(key)


def caveat(*keys: str) -> Caveat:
    """Return what a reader must not conclude, from ``caveat.KEY`` each."""
    return Caveat(tuple(Sentence(f"caveat.{key}", {}) for key in keys))


def listed(title: str, items: Sequence[str], **attributes: str | int | None) -> str:
    """Return a titled list of ready items."""
    heading = markup.tag("h2", markup.text(title))
    return markup.tag("section", heading + markup.tag("ul", "".join(items)), **attributes)
