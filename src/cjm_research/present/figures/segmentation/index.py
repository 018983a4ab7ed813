"""The index of segments: moves between them, and two groupings crossed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import CjmError, NoDataError, SchemaError
from cjm_research.present import markup
from cjm_research.present.bodies import html
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.segmentation.contracts import contract_lines
from cjm_research.present.figures.segmentation.sizes import COUNTED, index_columns
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note, say, sentence
from cjm_research.present.tables import Table, table
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.crosses import crossed
from cjm_research.segmentation.matrix import CELLS, place_customers
from cjm_research.segmentation.matrix_axes import axes
from cjm_research.segmentation.moves import NEW

if TYPE_CHECKING:
    from cjm_research.present.bodies import Body
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.sentences import Sentence
    from cjm_research.present.words import Words
    from cjm_research.segmentation.crosses import Crossed, Crossing
    from cjm_research.segmentation.moves import Migration
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.value.contract_life import ContractLife
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace

WORTH = 10
"""Customers who went from one segment to another, from whom on moves are shown."""
FLOWS = ("segment", "were", "remained", "came", "new", "went", "now", "net", "low", "high")
"""Columns of the table of flows."""


def in_numbers(portraits: Portraits) -> ExhibitBlock | None:
    """Return the segments as a table; nothing where sizes are all that is known."""
    columns = index_columns(portraits)
    if columns == COUNTED:
        return None
    return Exhibit(
        title=say("portraits.table", grouping=portraits.grouping),
        body=table(portraits, columns=columns),
    )


def moved(migration: Migration | None) -> ExhibitBlock | None:
    """Return who moved between the segments; nothing where hardly anybody is known to have."""
    if migration is None or sum(f.came for f in migration.flows) < WORTH:
        return None
    bodies: tuple[Body, ...] = (table(migration, columns=FLOWS),)
    if sum(m.n for m in migration.moves if m.segment_from not in (m.segment_to, NEW)) >= WORTH:
        bodies = (html(lambda words: _matrix(migration, words)), *bodies)
    drift = migration.drift
    null = float(np.ceil(drift.null * 100) / 100)  # two places are told: a bound stays one
    return Exhibit(
        title=lead(migration, "portraits.moved", grouping=migration.grouping,
                   since=migration.since, until=migration.until),
        body=bodies,
        note=note("portraits_moved", since=migration.since, until=migration.until,
                  psi=drift.psi, null=null),
    )  # fmt: skip


def contract_table(life: ContractLife | None) -> ExhibitBlock | None:
    """Return how many contracts outlast each period; nothing where that is not known."""
    if life is None:
        return None
    units = {"months" if k == "period" else k: u for k, u in life.units.items()}
    frame = life.to_frame().rename(columns={"period": "months"})
    frame = frame.dropna(axis="columns", how="all")  # a model that fits no segment
    units = {k: u for k, u in units.items() if k in frame}
    numbers = Table(frame=frame, units=units, name="contracts", within={"grouping": life.grouping})
    return Exhibit(
        title=_shortest(life),
        body=chart(contract_lines, life, twin=numbers),
        note=note("portraits_contracts", n=life.n_customers),
    )


def _shortest(life: ContractLife) -> Sentence:
    """Return the segment whose contracts run the shortest, under an anchor that stays."""
    plain = say("portraits.contracts", grouping=life.grouping)
    told = sorted(life.findings(), key=lambda f: (f.estimate, f.id))
    return replace(sentence(told[0]), id=plain.anchor) if told else plain


def cross_table(world: Workspace, plan: Grouping, *, cross_with: str = "") -> ExhibitBlock | None:
    """Return a grouping crossed with another; nothing in a study that has only one.

    Nothing either where every pair is too small to be shown, or the other cannot be made (its own
    page says why), unless it was asked for.

    Parameters
    ----------
    world : Workspace
        The open study.
    plan : Grouping
        The grouping of the page.
    cross_with : str
        Id of the other; the next of the study if empty.

    Raises
    ------
    ParameterError
        If there is no grouping of that id.
    """
    ids = [g.id for g in world.study.groupings]
    if not cross_with and len(ids) < 2:
        return None
    other = cross_with or ids[(ids.index(plan.id) + 1) % len(ids)]
    try:
        others = world.memberships_of(world.study.grouping(other))
    except CjmError:
        if cross_with:
            raise
        return None
    found = crossed(
        world.features,
        world.memberships_of(plan),
        others,
        names=(plan.id, other),
        limits=world.limits,
    )
    if not cross_with and not found.to_frame()["n"].gt(0).any():
        return None  # every pair is hidden
    return Exhibit(
        title=say("portraits.crossed", grouping=plan.id, other_grouping=other),
        body=html(lambda words: _crossed(found, words)),
        note=note(_crossed_note(found), n=found.n_hidden),
    )


def _crossed_note(found: Crossed) -> str:
    known = found.to_frame()["revenue_share"].notna().any()
    return "portraits_crossed" if known else "portraits_crossed_plain"


def matrix_cells(world: Workspace, plan: Grouping) -> ExhibitBlock | None:
    """Return the segments crossed with the cells of the customer matrix; nothing without one."""
    asked = axes(world.study.matrix, world.features)
    try:
        placed = place_customers(world.customers, world.features, asked)
        cells = placed[["customer_id", "cell"]].rename(columns={"cell": "segment"})
        found = crossed(world.features, world.memberships_of(plan), cells,
                        names=(plan.id, "matrix"), limits=world.limits)  # fmt: skip
    except (NoDataError, SchemaError):
        return None
    heads = [c for c in CELLS if c in found.others]
    return Exhibit(
        title=say("portraits.matrix_cells"),
        body=html(lambda words: _in_matrix(found, heads, words)),
        note=note("portraits_matrix", n=found.n_hidden, importance=asked.importance,
                  value=asked.value),
    )  # fmt: skip


def _in_matrix(found: Crossed, cells: list[str], words: Words) -> str:
    own = {"grouping": found.grouping}
    rows = [
        (_name(s, words, own), [_crossing(found.cell(s, c), words) for c in cells])
        for s in found.segments
    ]
    heads = [capital(words.label("cell", c)) for c in cells]
    return _table(words("portraits.matrix_cells"), "", heads, rows)


def _matrix(migration: Migration, words: Words) -> str:
    frame = migration.matrix()
    among = {"grouping": migration.grouping}
    heads = [_name(str(c), words, among) for c in frame.columns]
    rows = []
    for name, counts in zip(map(str, frame.index), frame.to_numpy(), strict=True):
        whole = max(int(counts.sum()), 1)
        cells = [
            _cell(words.value(int(n), Unit.COUNT), words.value(n / whole, Unit.SHARE), n / whole,
                  is_own=name == column)
            for column, n in zip(map(str, frame.columns), counts, strict=True)
        ]  # fmt: skip
        rows.append((_name(name, words, among), cells))
    return _table(words("portraits.matrix"), words("portraits.from_to"), heads, rows)


def _crossed(found: Crossed, words: Words) -> str:
    own, other = {"grouping": found.grouping}, {"grouping": found.grouping_with}
    heads = [_name(s, words, other) for s in found.others]
    rows = [
        (_name(s, words, own), [_crossing(found.cell(s, o), words) for o in found.others])
        for s in found.segments
    ]
    title = words("portraits.crossed", grouping=found.grouping, other_grouping=found.grouping_with)
    return _table(title, "", heads, rows)


def _crossing(cell: Crossing, words: Words) -> str:
    if cell.n != cell.n:
        return markup.tag("td", markup.text(words("portraits.few")), class_="num")
    money = "" if cell.revenue_share != cell.revenue_share else words(
        "portraits.money", revenue_share=cell.revenue_share
    )  # fmt: skip
    share = words.value(cell.share, Unit.SHARE)
    below = words("list.separator").join(filter(None, [share, money]))
    return _cell(words.value(int(cell.n), Unit.COUNT), below, cell.share)


def _cell(number: str, below: str, share: float, *, is_own: bool = False) -> str:
    """Return a cell with a bar of its share of the row."""
    inside = markup.tag("b", markup.text(number)) if is_own else markup.text(number)
    width = 64 * min(max(share, 0.0), 1.0)
    bar = (
        '<svg width="64" height="5" viewBox="0 0 64 5" aria-hidden="true">'
        '<rect width="64" height="5" fill="var(--pale)"/>'
        f'<rect x="{64 - width:.1f}" width="{width:.1f}" height="5" fill="var(--accent)"/></svg>'
    )
    small = markup.tag("span", markup.text(below), class_="meta")
    return markup.tag("td", f"{inside}<br>{small}<br>{bar}", class_="num")


def _name(segment: str, words: Words, among: dict[str, str]) -> str:
    return capital(words.label("segment", segment, among=among))


def _table(title: str, corner: str, heads: list[str], rows: list[tuple[str, list[str]]]) -> str:
    top = markup.tag("th", markup.text(corner), scope="col") + "".join(
        markup.tag("th", markup.text(h), scope="col", class_="num") for h in heads
    )
    body = "".join(
        markup.tag("tr", markup.tag("th", markup.text(name), scope="row") + "".join(cells))
        for name, cells in rows
    )
    inside = (
        markup.tag("caption", markup.text(title), class_="vh")
        + markup.tag("thead", markup.tag("tr", top))
        + markup.tag("tbody", body)
    )
    table_ = markup.tag("table", inside, class_="tight")
    return markup.tag("div", table_, class_="scroll", role="region", tabindex=0, aria_label=title)
