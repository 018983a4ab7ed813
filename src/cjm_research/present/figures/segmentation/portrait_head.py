"""The head of a portrait: one paragraph, badges, a row of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.behaviour import MIDDLE
from cjm_research.segmentation.cluster_criteria import DO_NOT_USE
from cjm_research.segmentation.columns import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.figures.segmentation.facts import Facts
    from cjm_research.present.words import Words
    from cjm_research.segmentation.behaviour import BehaviourRange
    from cjm_research.segmentation.lifts import TraitLift
    from cjm_research.segmentation.portraits import Portraits

NAMED = 3
"""Traits, pains and features that a sentence names."""
_STABLE = (
    (0.85, "stable_high", "badge good"),
    (0.75, "stable", "badge good"),
    (DO_NOT_USE, "stable_pattern", "badge warn"),
    (0.0, "stable_not", "badge bad"),
)
"""Bounds of Hennig (2007) and the badge from each on."""
_KNOWN = 0.9
_CARDS = 6


def summary(portraits: Portraits, segment: str, facts: Facts, words: Words) -> str:
    """Return who they are in one paragraph, of sentences whose guards passed."""
    size = portraits.size(segment)
    known = size.revenue_share == size.revenue_share
    said = [words("portrait.summary" if known else "portrait.summary_plain", n=size.n,
                  share=size.share, revenue_share=size.revenue_share)]  # fmt: skip
    made = _made_by(portraits, segment, facts, words)
    if made:
        said.append(words("portrait.made_by", items=joined(made, words)))
    more = portraits.lifts.weightiest(segment, "trait")[:NAMED]
    if more and size.level == "claims":
        items = [words("portrait.item", trait=t.trait, share=t.share) for t in more]
        said.append(words("portrait.stands_out", items=joined(items, words)))
    proved = portraits.behaviour.told(segment)[:NAMED]
    if proved and portraits.lifts.of(segment) and size.level == "claims":
        said.append(words("portrait.numbers", items=joined(_medians(proved, words), words)))
    pains = raised(portraits, segment, "pain")[:NAMED]
    if pains and size.level == "claims":
        said.append(words("portrait.hurts", items=themes(pains, words)))
    asked = portraits.lifts.asked(segment)
    if asked and not portraits.lifts.of(segment) and size.level == "claims":
        apart = _apart(portraits, segment, words)
        said.append(words("portrait.apart", items=joined(apart, words)) if apart
                    else words("portrait.like_all"))  # fmt: skip
    is_plain = said[1:] in ([], [words("portrait.like_all")])
    if is_plain and size.level == "claims":  # made of its orders: they could not be tested
        far = [r for r in portraits.behaviour.of(segment) if _is_far(r)]
        if far:
            said.append(words("portrait.in_numbers", items=joined(_medians(far, words), words)))
    text = ("" if words.language == "zh" else " ").join(said)
    return markup.tag("p", markup.text(text), class_="lead")


def badges(portraits: Portraits, segment: str, facts: Facts, words: Words) -> str:
    """Return what kind of segment it is and what a reader must be careful about."""
    level = portraits.size(segment).level
    found: list[tuple[str, str, dict[str, object]]] = [
        ("rule" if portraits.is_declared else "cluster", "badge", {})
    ]
    if level == "facts":
        found.append(("few", "badge warn", {}))
    if level == "estimates":
        found.append(("careful", "badge warn", {}))
    if portraits.overlaps:
        found.append(("overlap", "badge", {}))
    if facts.model is not None:
        stable = facts.model.stabilities.get(segment, 0.0)
        name, style = next((n, c) for bound, n, c in _STABLE if stable >= bound)
        found.append((name, style, {}))
        groups = facts.model.criteria.has_structure
        found.append(("groups", "badge good", {}) if groups else ("slices", "badge warn", {}))
    told = [t for t in portraits.traits(segment) if t.known < _KNOWN]
    if told:
        least = min(told, key=lambda t: (t.known, t.trait))
        column = least.trait.partition("=")[0]
        found.append(("known", "badge warn", {"column": column, "known": least.known}))
    if facts.window is not None:
        found.append(("until", "badge", {"until": facts.window[1]}))
    return markup.tag("p", "".join(
        markup.tag("span", markup.text(words(f"portrait.badge_{name}", **values)), class_=style)
        for name, style, values in found
    ))  # fmt: skip


def numbers(portraits: Portraits, segment: str, facts: Facts, words: Words) -> str:
    """Return the key figures against all customers."""
    size, base = portraits.size(segment), portraits
    flow = facts.migration.of(segment) if facts.migration is not None else None
    cards: list[tuple[float, str, str, str]] = [
        (size.n, "portrait.customers", words.value(size.n, Unit.COUNT),
         words("portrait.of_all", share=size.share, low=size.low, high=size.high)),
        (size.revenue_share, "portrait.revenue", words.value(size.revenue_share, Unit.SHARE),
         words("portrait.index", index=size.index)),
        (size.median_revenue, "portrait.median", words.value(size.median_revenue, Unit.MONEY),
         words("portrait.median_base", low=size.p25_revenue, high=size.p75_revenue,
               base=base.median_revenue)),
        *_ahead(portraits, segment, facts, words),
    ]  # fmt: skip
    if flow is not None and facts.migration is not None:
        cards.append((
            flow.net, "portrait.change", words("portrait.change_value", change=flow.net),
            words("portrait.change_from", before=flow.were, now=flow.now,
                  since=facts.migration.since),
        ))  # fmt: skip
    known = [card for card in cards if card[0] == card[0]]
    if len(known) < _CARDS - 1:  # without orders: what else sets them apart
        known += _differences(portraits, segment, facts, words)[: _CARDS - len(known)]
    items = "".join(
        markup.tag("li", markup.tag("span", markup.text(capital(_card_name(key, facts, words))))
                   + markup.tag("b", markup.text(value))
                   + markup.tag("span", markup.text(below), class_="meta"))
        for _, key, value, below in known
    )  # fmt: skip
    return markup.tag("ul", items, class_="cards strip")


def _differences(
    portraits: Portraits, segment: str, facts: Facts, words: Words
) -> list[tuple[float, str, str, str]]:
    """Return cards of numbers and traits that set a segment apart, the strongest first."""
    if portraits.size(segment).level != "claims":
        return []
    rows = {r.feature: r for r in portraits.behaviour.told(segment)}
    if facts.model is not None:
        made = facts.model.card.columns
        rows |= {r.feature: r for r in portraits.behaviour.of(segment) if r.feature in made}
    numbers = sorted(rows.values(), key=lambda r: (-abs(r.rank50 - 0.5), r.feature))
    first = [
        (r.median, words.label("column", r.feature), words.value(r.median, unit_of(r.feature)),
         words("portrait.median_all", base=r.median_all, unit=unit_of(r.feature)))
        for r in numbers[:NAMED]
    ]  # fmt: skip
    return first + [
        (t.share, words.label("trait", t.trait), words.value(t.share, Unit.SHARE),
         words("portrait.base_share", base=t.share_all))
        for t in _one_of_each(portraits.lifts.weightiest(segment, "trait"))[:NAMED]
    ]  # fmt: skip


def _one_of_each(traits: Sequence[TraitLift]) -> list[TraitLift]:
    """Return the first trait of each column."""
    first: dict[str, TraitLift] = {}
    for trait in traits:
        first.setdefault(trait.trait.partition("=")[0], trait)
    return list(first.values())


def _ahead(
    portraits: Portraits, segment: str, facts: Facts, words: Words
) -> list[tuple[float, str, str, str]]:
    """Return chance and value where they may be told; in their place what is known already."""
    size, base, nan = portraits.size(segment), portraits, float("nan")
    found = facts.prospects
    row = found.of(segment) if found is not None and size.level == "claims" else None
    chance = value = (nan, "", "", "")
    if row is not None and found is not None and row.p_active == row.p_active:
        below = words("portrait.p_active_base", low=row.low, high=row.high,
                      base=found.p_active_all)  # fmt: skip
        chance = (row.p_active, "portrait.p_active", words.value(row.p_active, Unit.SHARE), below)
    if row is not None and row.year_value == row.year_value:
        below = words("portrait.value_range", low=row.year_value_low, high=row.year_value_high,
                      mean=row.year_value / row.n)  # fmt: skip
        value = (row.year_value, "portrait.value", words.value(row.year_value, Unit.MONEY), below)
    ordered = (size.ordered_share, "portrait.ordered",
               words.value(size.ordered_share, Unit.SHARE),
               words("portrait.base_share", base=base.ordered_share))  # fmt: skip
    mood = (size.mood, "portrait.mood", words.value(size.mood, Unit.MOOD),
            words("portrait.mood_base", base=base.mood, n=size.n_voices))  # fmt: skip
    return [chance if chance[1] else ordered, value if value[1] else mood]


def _card_name(key: str, facts: Facts, words: Words) -> str:
    if not key.startswith("portrait."):  # the name of a number or trait
        return key
    return words(key, horizon=facts.horizon) if key == "portrait.p_active" else words(key)


def raised(portraits: Portraits, segment: str, kind: str) -> list[TraitLift]:
    """Return themes of a kind that the segment names more than all, the strongest first."""
    return [r for r in portraits.voices(segment) if r.kind == kind and r.lift > 1]


def themes(rows: Sequence[TraitLift], words: Words) -> str:
    """Return themes with the share of those asked who name them."""
    items = [words("portrait.theme_item", theme=r.trait, share=r.share) for r in rows]
    return joined(items, words)


def joined(items: Sequence[str], words: Words) -> str:
    """Return items as one enumeration."""
    return words("list.separator").join(items)


def _is_far(row: BehaviourRange) -> bool:
    """Tell whether a median that was not tested lies outside the middle third of all."""
    return row.p != row.p and not MIDDLE[0] <= row.rank50 <= MIDDLE[1]


def _made_by(portraits: Portraits, segment: str, facts: Facts, words: Words) -> list[str]:
    """Return the features of a found cluster that lie furthest from the middle of all."""
    if facts.model is None:
        return []
    made = facts.model.card.columns
    rows = [r for r in portraits.behaviour.of(segment) if r.feature in made]
    return _medians(rows, words)


def _apart(portraits: Portraits, segment: str, words: Words) -> list[str]:
    """Return the features that did not make the segment and whose median lies far from all."""
    told = {f.subject["feature"] for f in portraits.behaviour.findings() if f.status == "shown"
            and f.subject["segment"] == segment}  # fmt: skip
    return _medians([r for r in portraits.behaviour.of(segment) if r.feature in told], words)


def _medians(rows: Sequence[BehaviourRange], words: Words) -> list[str]:
    """Return features with their medians here and among all, the furthest apart first."""
    first = sorted(rows, key=lambda r: (-abs(r.rank50 - 0.5), r.feature))[:NAMED]
    return [
        words("portrait.made_item", feature=r.feature, here=r.median, base=r.median_all,
              unit=unit_of(r.feature))
        for r in first
    ]  # fmt: skip
