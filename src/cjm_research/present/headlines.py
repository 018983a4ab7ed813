"""Main findings: which ones, and in which order."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from cjm_research.present import markup
from cjm_research.present.blocks import Block, listed
from cjm_research.present.sentences import closed, say, sentence
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cjm_research.present.sentences import Sentence
    from cjm_research.present.words import Words
    from cjm_research.results import Finding, Result

_SAME_KIND = 2
"""So many findings of one kind come first; more of it only if there is room."""
_GUARDS = ("not_significant", "hidden_small_n", "not_reliable")


def ranked(findings: Iterable[Finding], *, limit: int | None = None) -> tuple[Finding, ...]:
    """Return the findings that may be told, the most important first.

    Importance is how many customers (or answers) a finding concerns times how far it is from
    what it is compared with. At most two of a kind come before the others.
    """
    shown = {f.id: f for f in findings if f.status == "shown"}
    by_weight = sorted(shown.values(), key=lambda f: (-importance(f), f.id))
    seen: Counter[str] = Counter()
    first: list[Finding] = []
    rest: list[Finding] = []
    for finding in by_weight:
        seen[finding.kind] += 1
        (first if seen[finding.kind] <= _SAME_KIND else rest).append(finding)
    return tuple((first + rest)[:limit])


def importance(finding: Finding) -> float:
    """Return customers concerned times size of effect; 0 for what has no size.

    Examples
    --------
    >>> from cjm_research.results import Finding
    >>> pain = Finding(id="a", kind="a", subject={}, estimate=0.3, unit=Unit.SHARE, n=200,
    ...                method="wilson", reference=0.1)
    >>> importance(pain)
    40.0
    """  # fmt: skip
    reach = finding.n if finding.customers is None else finding.customers
    size = abs(_effect(finding))
    return 0.0 if math.isnan(size) or reach != reach else round(reach * size, 9)


def _effect(finding: Finding) -> float:
    """Return the distance from what is compared with, on the scale of a share: mostly 0..1."""
    neutral = {Unit.LIFT: 1.0, Unit.INDEX: 100.0}.get(finding.unit, 0.0)
    base = neutral if finding.reference is None else finding.reference
    match finding.unit:
        case Unit.SHARE | Unit.POINTS | Unit.MOOD:
            return finding.estimate - base
        case Unit.NPS | Unit.INDEX:
            return min(1.0, abs(finding.estimate - base) / 100)
        case _ if base:
            return min(1.0, abs(finding.estimate - base) / abs(base))
        case _:
            return 1.0 if finding.estimate else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Headline(Block):
    """The main findings of a page."""

    told: tuple[Finding, ...]
    held_back: tuple[tuple[str, int], ...]
    kind: ClassVar[str] = "headline"

    @property
    def id(self) -> str:
        """Anchor of the main findings."""
        return "main-findings"

    def title(self, words: Words) -> str:
        """Return the heading."""
        return words("headline.title")

    def html(self, words: Words) -> str:
        """Return the sentences as a list; says so when nothing stands out."""
        items = [
            markup.tag(
                "li", markup.text(closed(words.sentence(f), words.language)), class_=_class(f)
            )
            for f in self.told
        ] or [markup.tag("li", markup.text(words("headline.none")))]
        shown = listed(self.title(words), items, id=self.id, class_="box headline")
        if not self.held_back:
            return shown
        parts = words("list.separator").join(
            words(f"headline.{guard}", n=n) for guard, n in self.held_back
        )
        rest = markup.text(words("headline.not_shown", parts=parts))
        return (
            shown.removesuffix("</section>") + markup.tag("p", rest, class_="meta") + "</section>"
        )

    def findings(self) -> Sequence[Finding]:
        """Return the findings that are told."""
        return self.told


def headline(*results: Result, limit: int = 5) -> Headline:
    """Return the main findings of results: sentences with number, interval and n.

    Parameters
    ----------
    *results : Result
        Whatever the page is about.
    limit : int
        Tell at most so many.
    """
    findings = {f.id: f for r in results for f in r.findings()}.values()
    count: Counter[str] = Counter(f.status for f in findings)
    held_back = tuple((guard, count[guard]) for guard in _GUARDS if count[guard])
    return Headline(ranked(findings, limit=limit), held_back)


def headline_led_by(subject: Result, *others: Result, first: int = 3, limit: int = 8) -> Headline:
    """Return main findings that begin with those of one result, in its own order.

    A page has a subject, and its reader asks for that before anything else, even where a
    difference elsewhere is larger. Findings of the others follow by importance; what is left of
    the first result fills up.

    Parameters
    ----------
    subject : Result
        What the page is about, the most important row first.
    *others : Result
        Whatever else the page is about.
    first : int
        So many of the subject come first.
    limit : int
        Tell at most so many.
    """
    own = [f for f in subject.findings() if f.status == "shown"]
    known = {f.id for f in subject.findings()}
    rest = {f.id: f for r in others for f in r.findings() if f.id not in known}
    first = min(first, limit)
    told = list(own[:first])
    told += ranked(rest.values(), limit=limit - len(told))
    told += own[first : first + limit - len(told)]
    every = {f.id: f for f in (*subject.findings(), *rest.values())}.values()
    count: Counter[str] = Counter(f.status for f in every)
    return Headline(tuple(told), tuple((g, count[g]) for g in _GUARDS if count[g]))


def lead(result: Result, otherwise: str, /, **values: object) -> Sentence:
    """Return the title of an exhibit: the main finding of a result, else a plain title.

    Parameters
    ----------
    result : Result
        What the exhibit shows.
    otherwise : str
        Key of the catalogues that names the exhibit when no finding may be told; the exhibit's
        anchor is made of it, so that links hold when the finding changes.
    **values
        Fields of that text.
    """
    plain = say(otherwise, **values)
    found = ranked(result.findings(), limit=1)
    return replace(sentence(found[0]), id=plain.anchor) if found else plain


def _class(finding: Finding) -> str | None:
    return None if finding.direction == "neutral" else finding.direction
