"""What sets the segments apart: one table of all of them, for the first look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.bodies import html
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.segmentation.tables import mark_of
from cjm_research.present.sentences import note, say
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.columns import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.words import Words
    from cjm_research.segmentation.behaviour import BehaviourRange
    from cjm_research.segmentation.lifts import TraitLift
    from cjm_research.segmentation.portraits import Portraits

MOST_SEGMENTS, MOST_NUMBERS, MOST_TRAITS, MOST_THEMES = 8, 5, 8, 4
_PROVED = (" ▲", " ▼")
_SAID = ("pain", "need", "delight")


def set_apart(portraits: Portraits) -> ExhibitBlock | None:
    """Return numbers, traits and themes that differ, a column for each segment.

    Nothing where there is one segment only, or where none differs from the others.
    """
    speaking = [s.segment for s in portraits.sizes if s.level not in {"hidden", "facts"}]
    segments = speaking[:MOST_SEGMENTS]
    rows = (_numbers(portraits), _traits(portraits, ("trait",), MOST_TRAITS),
            _traits(portraits, _SAID, MOST_THEMES))  # fmt: skip
    if len(segments) < 2 or not any(rows):
        return None
    return Exhibit(
        title=say("portraits.apart", grouping=portraits.grouping),
        body=html(lambda words: _table(portraits, segments, rows, words=words)),
        note=note("portraits_apart", n=portraits.n_customers),
    )


def _numbers(portraits: Portraits) -> list[str]:
    """Return features that made the segments or are proved to differ, the furthest apart first."""
    furthest: dict[str, float] = {}
    for row in portraits.behaviour.rows:
        if row.defines or (row.p == row.p and row.status == "shown"):
            far = max(furthest.get(row.feature, 0.0), abs(row.rank50 - 0.5))
            furthest[row.feature] = far
    return sorted(furthest, key=lambda f: (-furthest[f], f))[:MOST_NUMBERS]


def _traits(portraits: Portraits, kinds: Sequence[str], most: int) -> list[str]:
    """Return traits that may be told of a segment, the strongest first, few of each column."""
    sizes = [s.segment for s in portraits.sizes]
    found = [r for s in sizes for r in portraits.lifts.weightiest(s, *kinds)]
    found.sort(key=lambda r: (-r.weight, r.trait))
    told: dict[str, tuple[str, str]] = {}
    for row in found:  # of one column and segment the strongest value
        of = (row.trait.partition("=")[0] if row.kind == "trait" else row.trait, row.segment)
        if row.trait not in told and of not in told.values():
            told[row.trait] = of
    return list(told)[:most]


def _table(
    portraits: Portraits, segments: Sequence[str], rows: Sequence[Sequence[str]], *, words: Words
) -> str:
    among = {"grouping": portraits.grouping}
    names = [capital(words.label("segment", s, among=among)) for s in segments]
    heads = "".join(
        markup.tag("th", markup.text(name), scope="col", class_="num")
        for name in (*names, capital(words("portrait.all")))
    )
    features, traits, themes = rows
    ranges = {(r.segment, r.feature): r for r in portraits.behaviour.rows}
    body = [_number_row(f, [ranges.get((s, f)) for s in segments], words) for f in features]
    lifts = {(r.segment, r.kind == "trait", r.trait): r for r in portraits.lifts.rows}
    for is_trait, named in ((True, traits), (False, themes)):
        body += [_share_row([lifts.get((s, is_trait, t)) for s in segments], words) for t in named]
    title = words("portraits.apart", grouping=portraits.grouping)
    inside = (
        markup.tag("caption", markup.text(title), class_="vh")
        + markup.tag("thead", markup.tag("tr", markup.tag("td", "") + heads))
        + markup.tag("tbody", "".join(body))
    )
    table = markup.tag("table", inside, class_="tight apart")
    return markup.tag("div", table, class_="scroll", role="region", tabindex=0, aria_label=title)


def _number_row(feature: str, ranges: Sequence[BehaviourRange | None], words: Words) -> str:
    unit = unit_of(feature)
    name = capital(words.label("column", feature))
    is_share = unit is Unit.SHARE
    cells = []
    for found in ranges:
        value = float("nan") if found is None else found.mean if is_share else found.median
        mark = mark_of(found) if found is not None else ""
        cells.append((words.value(value, unit) + mark, mark in _PROVED))
    known = next(r for r in ranges if r is not None)
    base = known.mean_all if is_share else known.median_all
    name = words("portrait.mean_of", name=name) if is_share else name
    return _row(name, cells, words.value(base, unit))


def _share_row(rows: Sequence[TraitLift | None], words: Words) -> str:
    known = next(r for r in rows if r is not None)
    name = words.label("trait", known.trait)
    if known.kind != "trait":
        kind, theme = words.label("kind", known.kind), words.label("theme", known.trait)
        name = capital(words("trait.value", column=kind, value=theme))
    cells = []
    for found in rows:
        if found is None or found.status == "hidden_small_n":
            cells.append(("–", False))
            continue
        told = found.status == "shown"
        mark = (" ▲" if found.lift > 1 else " ▼") if told else ""
        cells.append((words.value(found.share, Unit.SHARE) + mark, told))
    return _row(name, cells, words.value(known.share_all, Unit.SHARE))


def _row(name: str, cells: Sequence[tuple[str, bool]], base: str) -> str:
    shown = "".join(
        markup.tag("td", markup.tag("b", markup.text(t)) if told else markup.text(t), class_="num")
        for t, told in cells
    )
    head = markup.tag("th", markup.text(name), scope="row")
    return markup.tag("tr", head + shown + markup.tag("td", markup.text(base), class_="num base"))
