"""The portrait of one segment: a block of the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from cjm_research.present import markup
from cjm_research.present.blocks import Block
from cjm_research.present.figures.segmentation import portrait_advice as advice
from cjm_research.present.figures.segmentation.facts import Facts
from cjm_research.present.figures.segmentation.portrait_ahead import ahead, to_do
from cjm_research.present.figures.segmentation.portrait_head import (
    badges,
    joined,
    numbers,
    summary,
)
from cjm_research.present.figures.segmentation.portrait_journey import journey_curve
from cjm_research.present.figures.segmentation.portrait_moves import moves
from cjm_research.present.figures.segmentation.tables import (
    behaviour_table,
    trait_table,
    voice_table,
)
from cjm_research.present.words import capital

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.words import Words
    from cjm_research.results import Finding
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.sizes import SegmentSize


Parts = list[tuple[str, str]]
"""Blocks of one column: the key of the heading, and what is below it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait(Block):
    """Who the customers of one segment are, what they do and say, and what to do."""

    portraits: Portraits
    segment: str
    facts: Facts = field(default_factory=Facts)
    kind: ClassVar[str] = "exhibit"

    @property
    def size(self) -> SegmentSize:
        """How many customers, and how much revenue."""
        return self.portraits.size(self.segment)

    @property
    def id(self) -> str:
        """Anchor of the portrait."""
        return markup.anchor("portrait", self.portraits.grouping, self.segment)

    def title(self, words: Words) -> str:
        """Return the name of the segment."""
        among = {"grouping": self.portraits.grouping}
        return capital(words.label("segment", self.segment, among=among))

    def findings(self) -> Sequence[Finding]:
        """Return what the portrait tells."""
        return [
            f for f in self.portraits.findings()
            if f.subject.get("segment") == self.segment and f.status == "shown"
        ]  # fmt: skip

    def extra(self) -> dict[str, Any]:
        """Ask for a page of its own, where there is something to say."""
        if self.size.level == "hidden":
            return {}
        names = markup.anchors(s.segment for s in self.portraits.sizes)
        return {"own_page": names[self.segment]}

    def html(self, words: Words) -> str:
        """Return the portrait."""
        head = markup.tag("h3", markup.text(self.title(words)))
        if self.size.level == "hidden":
            inside = head + advice.paragraph(words("portrait.hidden"), class_="meta")
        else:
            told = self.portraits, self.segment
            inside = (
                head
                + summary(*told, self.facts, words)
                + badges(*told, self.facts, words)
                + numbers(*told, self.facts, words)
                + self._blocks(words)
            )
        return markup.tag("section", inside, class_="portrait", id=self.id)

    def _blocks(self, words: Words) -> str:
        sides = ([b for b in side if b[1]] for side in (self._left(words), self._right(words)))
        columns = "".join(
            markup.tag("div", self._titled(side, words)) for side in _balanced(*sides)
        )
        return markup.tag("div", columns, class_="columns") + self._sure(words)

    def _left(self, words: Words) -> Parts:
        portraits, segment, facts = self.portraits, self.segment, self.facts
        told: Parts = []
        if self.size.level == "claims":
            told = [("who", self._who(words)), ("said", self._said(words))]
        curve = journey_curve(facts.mood, words) if facts.mood is not None else ""
        say = advice.what_to_say(portraits, segment, facts, words)
        return [
            *told,
            ("journey", curve),
            (
                "do",
                advice.what_to_do(facts, words, more=to_do(portraits, segment, facts, words=words)),
            ),
            ("say", say if self.size.level == "claims" else ""),
            ("typical", advice.persona(portraits, segment, facts, words)),
        ]

    def _right(self, words: Words) -> Parts:
        portraits, segment, facts = self.portraits, self.segment, self.facts
        found = facts.model.recognition if facts.model is not None else None
        rule = found.of(segment) if found is not None else None
        tops = {k: facts.tops.of(segment, k) if facts.tops else () for k in ("product", "page")}
        flow = moves(facts.migration, segment, words) if facts.migration is not None else ""
        return [
            ("how", behaviour_table(portraits.behaviour.of(segment), words)),
            ("moves", flow),
            ("ahead", ahead(segment, facts, words)),
            ("products", advice.top_items(tops["product"], words) if tops["product"] else ""),
            ("pages", advice.top_items(tops["page"], words) if tops["page"] else ""),
            ("roles", advice.roles(facts, words) if facts.roles else ""),
            ("examples", advice.example_table(portraits, segment, words)),
            ("recognise", advice.how_to_recognise(rule, found.fidelity, words)
             if rule is not None and found is not None else ""),
        ]  # fmt: skip

    def _titled(self, parts: Sequence[tuple[str, str]], words: Words) -> str:
        return "".join(
            markup.tag("h4", markup.text(capital(words(f"portrait.{name}")))) + inside
            for name, inside in parts
        )

    def _who(self, words: Words) -> str:
        if not self.portraits.lifts.asked(self.segment, "trait"):
            return advice.paragraph(words("portrait.not_compared"), class_="meta")
        return trait_table(self.portraits.traits(self.segment), words)

    def _said(self, words: Words) -> str:
        if not self.portraits.lifts.asked(self.segment, "pain", "need", "delight"):
            return advice.paragraph(words("portrait.no_answers"), class_="meta")
        rows = self.portraits.voices(self.segment)
        if rows:
            return voice_table(rows, self.facts.quotes.get(words.language, {}), words)
        return advice.paragraph(words("portrait.no_voices", n=self.size.n_voices), class_="meta")

    def _sure(self, words: Words) -> str:
        told, model = self.portraits.lifts, self.facts.model
        ranges = [r for r in self.portraits.behaviour.rows if r.p == r.p]
        own: Counter[str] = Counter(r.status for r in told.rows if r.segment == self.segment)
        own.update(r.status for r in ranges if r.segment == self.segment)
        lines = [
            words("portrait.sure_tests", n_tests=self.portraits.n_tests, told=own["shown"],
                  not_significant=own["not_significant"], hidden=own["hidden_small_n"],
                  unreliable=own["not_reliable"]),
            words("portrait.sure_method", confidence=self.portraits.confidence,
                  version=self.portraits.model_version),
        ]  # fmt: skip
        if told.defined_by:
            columns = [words.label("column", c) for c in told.defined_by]
            lines.insert(0, words("portrait.sure_defined", items=joined(columns, words)))
        rule = self.portraits.rules.get(self.segment)
        if rule:
            lines.insert(0, words("portrait.sure_rule", text=rule))
        if model is not None:
            chosen = model.criteria.chosen
            found = model.recognition.of(self.segment)
            lines.insert(0, words(
                f"portrait.sure_{model.card.method}", k=chosen.k, found_on=model.card.found_on,
                silhouette=chosen.silhouette, null=chosen.null,
                stability=model.stabilities.get(self.segment, 0.0),
            ))  # fmt: skip
            if found is not None:
                lines.append(words("portrait.sure_rule", text=found.sql()))
        summary_ = markup.tag("summary", markup.text(words("portrait.sure")))
        return markup.tag("details", summary_ + advice.listed(lines), class_="twin")


_HEIGHTS = (("<tr", 1.4), ("<li", 1.2), ("<p", 1.8), ('class="curve"', 5), ("<blockquote", 1))
"""Lines that each piece of a block takes, roughly."""
_BARS = 3
"""Lines of the two bars of moves."""
_TO_THE_LEFT = ("moves", "products", "pages", "roles", "examples", "recognise")
_TO_THE_RIGHT = ("do", "say", "typical")


def _height(part: tuple[str, str]) -> float:
    bars = _BARS if part[0] == "moves" else 0
    return 2 + bars + sum(lines * part[1].count(piece) for piece, lines in _HEIGHTS)


def _balanced(left: Parts, right: Parts) -> tuple[Parts, Parts]:
    """Put blocks into the other column where only one has something to say."""
    left, right = _evened(left, right, _TO_THE_LEFT)
    right, left = _evened(right, left, _TO_THE_RIGHT)
    return left, right


def _evened(short: Parts, long: Parts, movable: Sequence[str]) -> tuple[Parts, Parts]:
    for part in reversed(long):
        room = sum(map(_height, long)) - sum(map(_height, short))
        if part[0] in movable and room >= 2 * _height(part) + 2:
            short, long = [*short, part], [p for p in long if p is not part]
    return short, long
