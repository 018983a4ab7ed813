"""What to do, what to say and to whom: lines that are made of what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.figures.segmentation.portrait_head import NAMED, joined, raised, themes
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.columns import unit_of
from cjm_research.segmentation.examples import names as example_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.figures.segmentation.facts import Facts
    from cjm_research.present.words import Words
    from cjm_research.segmentation.modes import Mode
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.surrogate import Condition, Recognised
    from cjm_research.segmentation.tops import Top

MOST, CLEARLY = 0.5, 1.1
"""A time is told that half of them share, or that is clearly more usual than among all."""
_OF_A_PERSON = ("gender", "age", "household", "occupation", "city", "interests", "income_band",
                "education")  # fmt: skip
_OF_A_COMPANY = ("company_size", "niche", "industry_code", "legal_form", "region", "employees",
                 "contract_type")  # fmt: skip


def what_to_do(facts: Facts, words: Words, *, more: Sequence[str] = ()) -> str:
    """Return the strategy that the study declares, then what else is to be done."""
    lines = list(more)
    if facts.strategy is not None:
        text = facts.strategy.text(words.language)
        lines.insert(0, words("portrait.strategy", text=text))
    return listed(lines) if lines else ""


def what_to_say(portraits: Portraits, segment: str, facts: Facts, words: Words) -> str:
    """Return need, own words, arguments, channel and time, and what not to promise.

    Only themes whose difference holds are spoken of, and times that most of them share.
    """
    quotes = facts.quotes.get(words.language, {})
    lines: list[str] = []
    for kind in ("need", "delight", "pain"):
        rows = raised(portraits, segment, kind)[:NAMED]
        if not rows:
            continue
        line = markup.text(words(f"portrait.say_{kind}", items=themes(rows, words)))
        said = next((quotes[r.trait] for r in rows if r.trait in quotes), "")
        if said:
            line += markup.tag("blockquote", said, class_="quote")
        lines.append(line)
    lines += [markup.text(t) for t in _where_and_when(portraits, segment, facts, words)]
    return markup.tag("ul", "".join(markup.tag("li", li) for li in lines)) if lines else ""


def _where_and_when(portraits: Portraits, segment: str, facts: Facts, words: Words) -> list[str]:
    lines = []
    for mode in portraits.modes.of(segment):
        column, _, value = mode.trait.partition("=")
        if column == "preferred_channel":
            where = words.label(column, value)
            lines.append(words("portrait.channel", value=where, share=mode.share,
                               base=mode.share_all))  # fmt: skip
    if facts.tops is not None:
        first = [top for kind in ("weekday", "daypart") for top in facts.tops.of(segment, kind)[:1]]
        when = [t for t in first if t.share >= MOST or t.low > CLEARLY]
        items = [words("portrait.time_item", item=words.label(t.kind, t.item), share=t.share)
                 for t in when]  # fmt: skip
        if items:
            lines.append(words("portrait.time", items=joined(items, words)))
    return lines


def persona(portraits: Portraits, segment: str, facts: Facts, words: Words) -> str:
    """Return a card of the commonest values: every field with the share that stands behind it."""
    rows = {m.trait.partition("=")[0]: m for m in portraits.modes.of(segment)}
    is_company = bool(facts.roles) or any(c in rows for c in _OF_A_COMPANY)
    order = _OF_A_COMPANY if is_company else _OF_A_PERSON
    made = portraits.lifts.defined_by  # all of them have it: that is no news
    fields = [rows[c] for c in (*order, "preferred_channel") if c in rows and c not in made]
    if not fields:
        return ""
    badge = markup.tag("span", markup.text(words("portrait.illustration")), class_="badge warn")
    head = _name(rows, is_company=is_company, words=words)
    items = [words("portrait.item", trait=m.trait, share=m.share) for m in fields]
    for kind in ("need", "pain"):
        told = raised(portraits, segment, kind)[:1]
        if told:
            items.append(words(f"portrait.persona_{kind}", items=themes(told, words)))
    return markup.tag("div", head + badge + listed(items), class_="persona")


def _name(rows: dict[str, Mode], *, is_company: bool, words: Words) -> str:
    """Return a made-up name for a person; a company has none."""
    if is_company or "gender" not in rows:
        return ""
    mode = rows["gender"]
    value = mode.trait.partition("=")[2]
    if not words.has(f"portrait.name_{value}"):
        return ""
    name = words("portrait.persona_name", name=words(f"portrait.name_{value}"), trait=mode.trait,
                 share=mode.share)  # fmt: skip
    return markup.tag("p", markup.tag("b", markup.text(name)))


def roles(facts: Facts, words: Words) -> str:
    """Return whom one talks to at the companies of the segment."""
    return listed([
        capital(words("portrait.role", role=r.role, share=r.share, base=r.share_all))
        for r in facts.roles
    ])  # fmt: skip


def top_items(rows: Sequence[Top], words: Words) -> str:
    """Return products or pages with the share of customers who have them."""
    head = markup.tag("td", "") + "".join(
        markup.tag("th", markup.text(words(f"portrait.{h}")), scope="col", class_="num")
        for h in ("here", "all")
    )
    body = "".join(
        markup.tag("tr", markup.tag("th", markup.text(capital(_item(r, words))), scope="row")
                   + "".join(markup.tag("td", markup.text(words.value(v, Unit.SHARE)), class_="num")
                             for v in (r.share, r.share_all)))
        for r in rows
    )  # fmt: skip
    inside = markup.tag("thead", markup.tag("tr", head)) + markup.tag("tbody", body)
    return markup.tag("table", inside, class_="tight")


def _item(row: Top, words: Words) -> str:
    return words.label("touchpoint", row.item) if row.kind == "page" else row.item


def example_table(portraits: Portraits, segment: str, words: Words) -> str:
    """Return real customers nearest to the middle of the segment, by a number of the page."""
    rows = portraits.examples.of(segment)
    columns = example_columns(rows)
    if not rows or not columns:
        return ""
    heads = markup.tag("th", markup.text("№"), scope="col") + "".join(
        markup.tag("th", markup.text(capital(words.label("column", c))), scope="col")
        for c in columns
    )
    body = "".join(
        markup.tag(
            "tr",
            markup.tag("th", str(r.example), scope="row")
            + "".join(markup.tag("td", markup.text(_cell(r, c, words))) for c in columns),
        )
        for r in rows
    )  # fmt: skip
    table = markup.tag("table", markup.tag("thead", markup.tag("tr", heads))
                       + markup.tag("tbody", body), class_="tight numbered")  # fmt: skip
    title = words("portrait.examples")
    box = markup.tag("div", table, class_="scroll", role="region", tabindex=0, aria_label=title)
    return box + paragraph(words("portrait.examples_note"), class_="meta")


def _cell(row: object, column: str, words: Words) -> str:
    value = getattr(row, column)
    if column.startswith("main_"):
        return words.label(column.removeprefix("main_"), value)
    return words.value(value, unit_of(column))


def how_to_recognise(found: Recognised, fidelity: float, words: Words) -> str:
    """Return the rule of a cluster in words, and how far it can be trusted."""
    lines = [joined([_condition(c, words) for c in path], words) for path in found.paths if path]
    if not lines:
        return paragraph(words("portrait.recognise_not"), class_="meta")
    sure = words("portrait.recognise_sure", precision=found.precision, recall=found.recall,
                 fidelity=fidelity)  # fmt: skip
    return listed(lines) + paragraph(sure, class_="meta")


def _condition(condition: Condition, words: Words) -> str:
    name = capital(words.label("column", condition.column))
    if condition.value:
        key = "portrait.is_not" if condition.is_not else "portrait.is"
        return words(key, column=name, value=words.label(condition.column, condition.value))
    unit = unit_of(condition.column)
    low, high = (None if v is None else words.value(v, unit) for v in
                 (condition.low, condition.high))  # fmt: skip
    kind = "between" if low and high else "from" if low else "below"
    return words(f"portrait.{kind}", column=name, low=low or "", high=high or "")


def listed(lines: Sequence[str]) -> str:
    """Return lines of plain text as a list."""
    return markup.tag("ul", "".join(markup.tag("li", markup.text(line)) for line in lines))


def paragraph(text: str, *, class_: str = "") -> str:
    """Return plain text as a paragraph."""
    return markup.tag("p", markup.text(text), class_=class_)
