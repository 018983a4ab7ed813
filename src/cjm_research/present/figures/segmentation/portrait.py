"""The portrait of one segment: a block of the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from cjm_research.present import markup
from cjm_research.present.blocks import Block
from cjm_research.present.figures.segmentation.tables import (
    behaviour_table,
    trait_table,
    voice_table,
)
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.columns import FEATURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cjm_research.present.words import Words
    from cjm_research.results import Finding
    from cjm_research.segmentation.lifts import TraitLift
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.roles import RoleShare
    from cjm_research.segmentation.sizes import SegmentSize
    from cjm_research.study.phrase import Phrase

_NAMED = 3
"""Traits and pains that the summary names."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait(Block):
    """Who the customers of one segment are, what they do and say, and what to do."""

    portraits: Portraits
    segment: str
    strategy: Phrase | None = None
    roles: Sequence[RoleShare] = ()
    quotes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each language, a sentence by theme."""
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

    def html(self, words: Words) -> str:
        """Return the portrait."""
        head = markup.tag("h3", markup.text(self.title(words)))
        if self.size.level == "hidden":
            inside = head + _paragraph(words("portrait.hidden"), class_="meta")
        else:
            inside = head + self._summary(words) + self._numbers(words) + self._blocks(words)
        return markup.tag("section", inside, class_="portrait", id=self.id)

    def _summary(self, words: Words) -> str:
        size = self.size
        known = size.revenue_share == size.revenue_share
        said = [words("portrait.summary" if known else "portrait.summary_plain", n=size.n,
                      share=size.share, revenue_share=size.revenue_share)]  # fmt: skip
        made = self._made_by(words)
        if made:
            said.append(words("portrait.made_by", items=_list(made, words)))
        more = [t for t in self.portraits.traits(self.segment) if t.lift > 1][:_NAMED]
        if more:
            items = [words("portrait.item", trait=t.trait, share=t.share) for t in more]
            said.append(words("portrait.stands_out", items=_list(items, words)))
        pains = self._voices("pain")[:_NAMED]
        if pains:
            said.append(words("portrait.hurts", items=self._themes(pains, words)))
        asked = self.portraits.lifts.asked(self.segment)
        if asked and not self.portraits.lifts.of(self.segment) and size.level == "claims":
            said.append(words("portrait.like_all"))
        badges = "".join(markup.tag("span", markup.text(words(f"portrait.badge_{b}")), class_=c)
                         for b, c in self._badges())  # fmt: skip
        text = ("" if words.language == "zh" else " ").join(said)
        return _paragraph(text) + markup.tag("p", badges)

    def _made_by(self, words: Words) -> list[str]:
        """Return the features of a found cluster that lie furthest from the middle of all."""
        if self.portraits.is_declared:
            return []
        rows = [r for r in self.portraits.behaviour.of(self.segment) if r.defines]
        rows.sort(key=lambda r: (-abs(r.rank50 - 0.5), r.feature))
        return [
            words("portrait.made_item", feature=r.feature, here=r.median, base=r.median_all,
                  unit=FEATURES[r.feature].unit)
            for r in rows[:_NAMED]
        ]  # fmt: skip

    def _badges(self) -> list[tuple[str, str]]:
        found = [("rule" if self.portraits.is_declared else "cluster", "badge")]
        if self.size.level == "facts":
            found.append(("few", "badge warn"))
        if self.size.level == "estimates":
            found.append(("careful", "badge warn"))
        if self.portraits.overlaps:
            found.append(("overlap", "badge"))
        return found

    def _numbers(self, words: Words) -> str:
        size, base = self.size, self.portraits
        cards = [
            (words("portrait.customers"), words.value(size.n, Unit.COUNT),
             words("portrait.of_all", share=size.share, low=size.low, high=size.high)),
            (words("portrait.revenue"), words.value(size.revenue_share, Unit.SHARE),
             words("portrait.index", index=size.index)),
            (words("portrait.ordered"), words.value(size.ordered_share, Unit.SHARE),
             words("portrait.base_share", base=base.ordered_share)),
            (words("portrait.median"), words.value(size.median_revenue, Unit.MONEY),
             words("portrait.median_base", low=size.p25_revenue,
                   high=size.p75_revenue, base=base.median_revenue)),
            (words("portrait.mood"), words.value(size.mood, Unit.MOOD),
             words("portrait.mood_base", base=base.mood, n=size.n_voices)),
        ]  # fmt: skip
        known = (size.n, size.revenue_share, size.ordered_share, size.median_revenue, size.mood)
        items = "".join(
            markup.tag("li", markup.tag("span", markup.text(capital(name)))
                       + markup.tag("b", markup.text(value))
                       + markup.tag("span", markup.text(below), class_="meta"))
            for (name, value, below), number in zip(cards, known, strict=True)
            if number == number
        )  # fmt: skip
        return markup.tag("ul", items, class_="cards")

    def _blocks(self, words: Words) -> str:
        told = self.portraits
        left: list[tuple[str, str]] = []
        right = [("how", behaviour_table(told.behaviour.of(self.segment), words))]
        if self.size.level == "claims":
            left = [("who", self._who(words)), ("said", self._said(words))]
        left.append(("do", self._what_to_do(words)))
        if self.roles:
            right.append(("roles", self._roles(words)))
        typical = self._typical(words)
        if typical:
            right.append(("typical", typical))
        columns = "".join(markup.tag("div", self._titled(parts, words)) for parts in (left, right))
        return markup.tag("div", columns, class_="columns") + self._sure(words)

    def _titled(self, parts: Sequence[tuple[str, str]], words: Words) -> str:
        return "".join(
            markup.tag("h4", markup.text(capital(words(f"portrait.{name}")))) + inside
            for name, inside in parts
        )

    def _who(self, words: Words) -> str:
        if not self.portraits.lifts.asked(self.segment, "trait"):
            return _paragraph(words("portrait.not_compared"), class_="meta")
        return trait_table(self.portraits.traits(self.segment), words)

    def _said(self, words: Words) -> str:
        if not self.portraits.lifts.asked(self.segment, "pain", "need", "delight"):
            return _paragraph(words("portrait.no_answers"), class_="meta")
        rows = self.portraits.voices(self.segment)
        if rows:
            return voice_table(rows, self.quotes.get(words.language, {}), words)
        return _paragraph(words("portrait.no_voices", n=self.size.n_voices), class_="meta")

    def _typical(self, words: Words) -> str:
        rows = self.portraits.modes.of(self.segment)
        items = [words("portrait.item", trait=r.trait, share=r.share) for r in rows]
        if not items:
            return ""
        badge = markup.tag("span", markup.text(words("portrait.illustration")), class_="badge warn")
        return badge + _listed(items)

    def _roles(self, words: Words) -> str:
        return _listed(
            capital(words("portrait.role", role=r.role, share=r.share, base=r.share_all))
            for r in self.roles
        )

    def _what_to_do(self, words: Words) -> str:
        lines = []
        if self.strategy is not None:
            lines.append(words("portrait.strategy", text=self.strategy.text(words.language)))
        else:
            lines.append(words("portrait.no_strategy"))
        for mode in self.portraits.modes.of(self.segment):
            column, _, value = mode.trait.partition("=")
            if column == "preferred_channel":
                where = words.label(column, value)
                lines.append(words("portrait.channel", value=where, share=mode.share,
                                   base=mode.share_all))  # fmt: skip
        for kind in ("need", "delight", "pain"):
            rows = self._voices(kind)[:_NAMED]
            if rows:
                lines.append(words(f"portrait.say_{kind}", items=self._themes(rows, words)))
        return _listed(lines)

    def _sure(self, words: Words) -> str:
        told = self.portraits.lifts
        own: Counter[str] = Counter(r.status for r in told.rows if r.segment == self.segment)
        lines = [
            words("portrait.sure_tests", n_tests=told.n_tests, told=own["shown"],
                  not_significant=own["not_significant"], hidden=own["hidden_small_n"],
                  unreliable=own["not_reliable"]),
            words("portrait.sure_method", confidence=self.portraits.confidence,
                  version=self.portraits.model_version),
        ]  # fmt: skip
        if told.defined_by:
            columns = [words.label("column", c) for c in told.defined_by]
            lines.insert(0, words("portrait.sure_defined", items=_list(columns, words)))
        rule = self.portraits.rules.get(self.segment)
        if rule:
            lines.insert(0, words("portrait.sure_rule", text=rule))
        summary = markup.tag("summary", markup.text(words("portrait.sure")))
        return markup.tag("details", summary + _listed(lines), class_="twin")

    def _voices(self, kind: str) -> list[TraitLift]:
        rows = self.portraits.voices(self.segment)
        return [r for r in rows if r.kind == kind and r.lift > 1]

    def _themes(self, rows: Sequence[TraitLift], words: Words) -> str:
        return _list(
            [words("portrait.theme_item", theme=r.trait, share=r.share) for r in rows], words
        )


def _list(items: Sequence[str], words: Words) -> str:
    return words("list.separator").join(items)


def _listed(lines: Iterable[str]) -> str:
    items = "".join(markup.tag("li", markup.text(line)) for line in lines)
    return markup.tag("ul", items)


def _paragraph(text: str, *, class_: str = "") -> str:
    return markup.tag("p", markup.text(text), class_=class_)
