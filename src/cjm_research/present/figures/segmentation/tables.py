"""Tables of a portrait with small bars in their rows: traits, behaviour, what was said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.columns import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.present.words import Words
    from cjm_research.segmentation.behaviour import BehaviourRange
    from cjm_research.segmentation.lifts import TraitLift

TRAITS = ("segment", "kind", "trait", "n_with", "n", "share", "share_all", "lift", "low", "high",
          "p_adjusted", "status")  # fmt: skip
"""Columns of the table of all traits."""

MORE, LESS = 7, 5
"""Traits that are told: more common than among all, rarer."""
_WIDE, _HIGH = 76, 16  # of a bar, in pixels
_DOUBLINGS = 2  # each way: an index of 25 to 400
_BAR = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" aria-hidden="true"'
_LIFTS = ("trait", "here", "all", "lifts", "index_head", "n_with")
_WELL_KNOWN = 0.9
_FEW = 5  # customers who are too few to be counted out


def trait_table(rows: Sequence[TraitLift], words: Words) -> str:
    """Return who they are: share here, share of all, a bar on a doubling scale, the index."""
    if not rows:
        return _quiet(words("portrait.no_traits"))
    more = [r for r in rows if r.lift > 1][:MORE]
    less = [r for r in rows if r.lift <= 1][:LESS]
    told = [*more, *less]
    body = "".join(
        _row([words.label("trait", r.trait), *_shares(r, words)], bar=_lift_bar(r)) for r in told
    )
    rest = len(rows) - len(told)
    notes = [words("portrait.index_note")]
    if any(map(_is_less_known, told)):
        notes.append(words("portrait.less_known"))
    if rest:
        notes.append(words("portrait.more_rows", n=rest))
    return _table(words, _LIFTS, body, "who") + _quiet(_sentences(notes, words))


def voice_table(rows: Sequence[TraitLift], quotes: Mapping[str, str], words: Words) -> str:
    """Return pains, needs and praise that set them apart, each with a sentence of theirs."""
    body = ""
    for r in rows[: MORE + LESS]:
        kind, theme = words.label("kind", r.kind), words.label("theme", r.trait)
        name = capital(words("trait.value", column=kind, value=theme))
        body += _row([name, *_shares(r, words)], bar=_lift_bar(r))
        if r.lift > 1 and r.trait in quotes:
            said = markup.tag("blockquote", quotes[r.trait], class_="quote")
            body += markup.tag("tr", markup.tag("td", said, colspan=len(_LIFTS)))
    return _table(words, _LIFTS, body, "said") + _quiet(words("portrait.voice_note"))


def behaviour_table(rows: Sequence[BehaviourRange], words: Words) -> str:
    """Return how they behave: where their quantiles lie among all customers, and the medians."""
    if not rows:
        return ""
    body = ""
    for r in sorted(rows, key=_is_plain):  # what sets them apart comes first
        unit = unit_of(r.feature)
        name = capital(words.label("column", r.feature)) + mark_of(r)
        values = (r.median, r.median_all)
        if unit is Unit.SHARE:  # most customers have none: a median would say nothing
            name, values = words("portrait.mean_of", name=name), (r.mean, r.mean_all)
        medians = [words.value(v, unit) for v in values]
        body += _row([name, *medians], bar=_range_bar(r), bar_at=1, is_quiet=_is_plain(r))
    notes = [words("portrait.behaviour_note")]
    if any(r.defines for r in rows):
        notes.append(words("portrait.behaviour_made"))
    if any(map(_differs, rows)):
        notes.append(words("portrait.behaviour_tested"))
    return _table(words, ["trait", "ranks", "here", "all"], body, "how") + _quiet(
        _sentences(notes, words)
    )


def _sentences(notes: Sequence[str], words: Words) -> str:
    return ("" if words.language == "zh" else " ").join(notes)


def mark_of(row: BehaviourRange) -> str:
    """Return the sign of what made the segment, or of what is proved to be higher or lower."""
    if row.defines:
        return " †"
    return (" ▲" if row.above > 0.5 else " ▼") if _differs(row) else ""


def _is_plain(row: BehaviourRange) -> bool:
    """Tell whether a number was tested and is like that of the others."""
    return row.p == row.p and row.status != "shown" and not row.defines


def _differs(row: BehaviourRange) -> bool:
    return row.p == row.p and row.status == "shown"


def _shares(row: TraitLift, words: Words) -> list[str]:
    ends = [words.value(100 * v, Unit.INDEX) for v in (row.low, row.high)]
    interval = words("portrait.range", low=ends[0], high=ends[1])
    return [
        words.value(row.share, Unit.SHARE),
        words.value(row.share_all, Unit.SHARE),
        f"{words.value(100 * row.lift, Unit.INDEX)} ({interval})",
        _count(row, words),
    ]


def _count(row: TraitLift, words: Words) -> str:
    few = f"< {words.value(_FEW, Unit.COUNT)}" if row.n_with < _FEW else ""
    return (few or words.value(row.n_with, Unit.COUNT)) + ("*" if _is_less_known(row) else "")


def _is_less_known(row: TraitLift) -> bool:
    """Tell whether a trait is unknown of many; of what is said it always is."""
    return row.kind == "trait" and row.known < _WELL_KNOWN


def _table(words: Words, heads: Sequence[str], body: str, name: str) -> str:
    cells = "".join(
        markup.tag("td", _AXES.get(h, ""))  # names and bars have no heading to be read out
        if h in {*_AXES, "trait"}
        else markup.tag("th", markup.text(words(f"portrait.{h}")), scope="col", class_="num")
        for h in heads
    )  # fmt: skip
    caption = markup.tag("caption", markup.text(words(f"portrait.{name}")), class_="vh")
    table = markup.tag(
        "table",
        caption + markup.tag("thead", markup.tag("tr", cells)) + markup.tag("tbody", body),
        class_="tight",
    )
    title = words(f"portrait.{name}")
    return markup.tag("div", table, class_="scroll", role="region", tabindex=0, aria_label=title)


def _row(texts: Sequence[str], *, bar: str, bar_at: int = 3, is_quiet: bool = False) -> str:
    cells = [markup.tag("th", markup.text(texts[0]), scope="row")]
    for t in texts[1:]:
        number, _, aside = t.partition(" (")
        small = markup.tag("small", f" ({markup.text(aside)}") if aside else ""
        cells.append(markup.tag("td", markup.text(number) + small, class_="num"))
    cells.insert(bar_at, markup.tag("td", bar))
    return markup.tag("tr", "".join(cells), class_="plain" if is_quiet else None)


def _axis(marks: Sequence[tuple[float, str, str]]) -> str:
    """Return the scale above bars: places, numbers, and how each is aligned."""
    drawn = "".join(
        f'<text x="{x:.1f}" y="11" text-anchor="{anchor}" font-size="10" fill="var(--soft)">'
        f"{number}</text>"
        for x, number, anchor in marks
    )
    return f"<svg {_BAR}>{drawn}</svg>"


def _lift_bar(row: TraitLift) -> str:
    """Return a bar from 100 to the index, on a scale of doublings, with its interval."""
    middle = _WIDE / 2
    at, low, high = (_doubled(v) for v in (row.lift, row.low, row.high))
    colour = "var(--accent)" if at >= middle else "var(--warn)"
    left, width = min(at, middle), abs(at - middle)
    return (
        f"<svg {_BAR}>"
        f'<rect x="{left:.1f}" y="3" width="{width:.1f}" height="10" fill="{colour}"/>'
        f'<path d="M{low:.1f} 8H{high:.1f}" stroke="var(--ink)" stroke-width="1.5"/>'
        f'<path d="M{middle:.1f} 0V{_HIGH}" stroke="var(--soft)" stroke-width="1"/></svg>'
    )


def _doubled(lift: float) -> float:
    steps = math.log2(max(lift, 2.0**-_DOUBLINGS))
    part = (min(max(steps, -_DOUBLINGS), _DOUBLINGS) + _DOUBLINGS) / (2 * _DOUBLINGS)
    return part * _WIDE


def _range_bar(row: BehaviourRange) -> str:
    """Return the ranks of the quantiles on a track of all customers."""
    ranks = (row.rank10, row.rank25, row.rank50, row.rank75, row.rank90)
    p10, p25, p50, p75, p90 = (4 + r * (_WIDE - 8) for r in ranks)
    return (
        f"<svg {_BAR}>"
        f'<rect x="0" y="5" width="{_WIDE}" height="6" fill="var(--pale)"/>'
        f'<path d="M{_WIDE / 2:.1f} 0V{_HIGH}" stroke="var(--soft)" stroke-width="1"/>'
        f'<path d="M{p10:.1f} 8H{p90:.1f}" stroke="var(--accent)" stroke-width="2"/>'
        f'<rect x="{p25:.1f}" y="4" width="{max(p75 - p25, 1):.1f}" height="8"'
        ' fill="var(--accent)"/>'
        f'<circle cx="{p50:.1f}" cy="8" r="3.6" fill="var(--bg)" stroke="var(--ink)"'
        ' stroke-width="1.6"/></svg>'
    )


def _quiet(text: str) -> str:
    return markup.tag("p", markup.text(text), class_="meta")


_AXES = {
    "lifts": _axis([(_WIDE / 4, "50", "middle"), (_WIDE / 2, "100", "middle"),
                    (_WIDE * 3 / 4, "200", "middle")]),
    "ranks": _axis([(4, "0", "start"), (_WIDE / 2, "50", "middle"), (_WIDE - 4, "100", "end")]),
}  # fmt: skip
"""Scales of bars: the index, in doublings; the percentile among all customers."""
