"""The portrait of one segment: a block of the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from cjm_research.present import markup
from cjm_research.present.blocks import Block
from cjm_research.present.figures.segmentation import portrait_advice as advice
from cjm_research.present.figures.segmentation.balance import balanced
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

    from cjm_research.present.figures.segmentation.balance import Parts
    from cjm_research.present.words import Words
    from cjm_research.results import Finding
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.sizes import SegmentSize


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
            few = advice.paragraph(words("portrait.hidden"), class_="meta")
            inside = markup.tag("div", head + few, class_="opening")
        else:
            told = self.portraits, self.segment
            opening = head + summary(*told, self.facts, words) + badges(*told, self.facts, words)
            inside = (
                markup.tag("div", opening, class_="opening")
                + numbers(*told, self.facts, words)
                + self._blocks(words)
                + self._sure(words)
            )
        return markup.tag("section", inside, class_="portrait wide", id=self.id)

    def _blocks(self, words: Words) -> str:
        parts = [[b for b in column if b[1]] for column in self._columns(words)]
        columns = "".join(
            markup.tag("div", self._titled(column, words)) for column in balanced(parts)
        )
        return markup.tag("div", columns, class_="columns") if columns else ""

    def _columns(self, words: Words) -> tuple[Parts, Parts, Parts]:
        """Return who they are, what they do, and what is to be done."""
        portraits, segment, facts = self.portraits, self.segment, self.facts
        speaks = self.size.level == "claims"
        found = facts.model.recognition if facts.model is not None else None
        rule = found.of(segment) if found is not None else None
        tops = {k: facts.tops.of(segment, k) if facts.tops else () for k in ("product", "page")}
        more = to_do(portraits, segment, facts, words=words)
        who = [
            ("who", self._who(words) if speaks else ""),
            ("said", self._said(words) if speaks else ""),
            ("journey", journey_curve(facts.mood, words) if facts.mood is not None else ""),
        ]
        how = [
            ("how", behaviour_table(portraits.behaviour.of(segment), words)),
            ("moves", moves(facts.migration, segment, words) if facts.migration else ""),
            ("ahead", ahead(segment, facts, words)),
        ]
        do = [
            ("do", advice.what_to_do(facts, words, more=more)),
            ("say", advice.what_to_say(portraits, segment, facts, words) if speaks else ""),
            ("typical", advice.persona(portraits, segment, facts, words)),
            ("roles", advice.roles(facts, words) if facts.roles else ""),
            ("products", advice.top_items(tops["product"], words) if tops["product"] else ""),
            ("pages", advice.top_items(tops["page"], words) if tops["page"] else ""),
            ("recognise", advice.how_to_recognise(rule, found.fidelity, words)
             if rule is not None and found is not None else ""),
            ("examples", advice.example_table(portraits, segment, words)),
        ]  # fmt: skip
        return who, how, do

    def _titled(self, parts: Sequence[tuple[str, str]], words: Words) -> str:
        return "".join(
            markup.tag(
                "div",
                markup.tag("h4", markup.text(capital(words(f"portrait.{name}")))) + inside,
                class_="block",
            )
            for name, inside in parts
        )

    def _who(self, words: Words) -> str:
        rows = self.portraits.traits(self.segment)
        return trait_table(rows, words) if rows else ""

    def _said(self, words: Words) -> str:
        rows = self.portraits.voices(self.segment)
        return voice_table(rows, self.facts.quotes.get(words.language, {}), words) if rows else ""

    def _silent(self, words: Words) -> list[str]:
        """Return what is not told above since nothing was known or nothing differs."""
        if self.size.level != "claims":
            return []
        lifts, segment = self.portraits.lifts, self.segment
        lines = [] if self.portraits.behaviour.of(segment) else [words("portrait.no_behaviour")]
        if not lifts.asked(segment, "trait"):
            lines.append(words("portrait.not_compared"))
        elif not self.portraits.traits(segment):
            lines.append(words("portrait.no_traits"))
        if not lifts.asked(segment, "pain", "need", "delight"):
            lines.append(words("portrait.no_answers"))
        elif not self.portraits.voices(segment):
            lines.append(words("portrait.no_voices", n=self.size.n_voices))
        return lines

    def _sure(self, words: Words) -> str:
        told, model = self.portraits.lifts, self.facts.model
        ranges = [r for r in self.portraits.behaviour.rows if r.p == r.p]
        own: Counter[str] = Counter(r.status for r in told.rows if r.segment == self.segment)
        own.update(r.status for r in ranges if r.segment == self.segment)
        lines = [
            *self._silent(words),
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
                f"portrait.sure_{model.card.method}", k=chosen.k,
                found_on=words("portrait.found_on", day=model.card.found_on)
                if self.facts.window is not None else "",
                silhouette=chosen.silhouette, null=chosen.null,
                stability=model.stabilities.get(self.segment, 0.0),
            ))  # fmt: skip
            if found is not None:
                lines.append(words("portrait.sure_rule", text=found.sql()))
        head = markup.tag("h4", markup.text(capital(words("portrait.sure"))))
        return markup.tag("div", head + advice.listed(lines), class_="sure")
