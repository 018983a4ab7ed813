"""What customers are likely to do, as a page shows it: nothing where it cannot be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjm_research.present import markup, theme
from cjm_research.present.blocks import Section
from cjm_research.present.bodies import html
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit, ExhibitBlock
from cjm_research.present.figures.intervals import intervals
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note, say
from cjm_research.present.tables import table
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.segmentation.care_done import CareExecution
    from cjm_research.segmentation.outlook import Outlook
    from cjm_research.segmentation.value.churn import Churn
    from cjm_research.segmentation.value.cohorts import Cohorts
    from cjm_research.segmentation.value.holdout_result import Holdout

_ROW, _DARKEST, _MOST_PAIRS, _MOST_MOVES = 0.36, 0.55, 10, 12
_METHOD_COLUMNS = ("value_method", "auc", "slope", "expected_share", "came_share", "money_expected",
                   "is_reliable")  # fmt: skip
_PARTS: Mapping[str, tuple[str, ...]] = {
    "value": ("groups",), "cohorts": ("cohorts",), "churn": ("churn",),
    "next": ("need", "affinity"), "potential": ("potential",), "moves": ("moves",),
    "abc": ("abc",),
}  # fmt: skip


def part(found: Outlook, name: str) -> Section | None:
    """Return the heading of a part, or nothing when the part is not there."""
    there = any(getattr(found, field) is not None for field in _PARTS[name])
    return Section(f"value_{name}") if there else None


def forecast(found: Outlook) -> ExhibitBlock | None:
    """Return who is likely to buy, by cell."""
    groups = found.groups
    if groups is None:
        return None
    return Exhibit(
        title=lead(groups, "value.groups", horizon=groups.horizon),
        body=chart(intervals, groups, label="cell", value="p_active"),
        note=note("value_groups", horizon=groups.horizon),
    )


def checked(found: Outlook) -> ExhibitBlock | None:
    """Return how the forecast fared on days that it had not seen, beside the naive ways."""
    check = found.check
    if check is None:
        return None
    frame = check.to_frame()
    return Exhibit(
        title=lead(check, "value.check"),
        body=(
            chart(fifths, check, twin=table(check.fifths_frame(), check.fifth_units)),
            table(frame, check.units, columns=_METHOD_COLUMNS, name="methods"),
        ),
        note=note("value_check", horizon=check.horizon, n=check.n_customers,
                  window_from=check.window[0], window_to=check.window[1]),
    )  # fmt: skip


def retention(found: Outlook) -> ExhibitBlock | None:
    """Return cohorts by periods, empty where a period has not ended."""
    result = found.cohorts
    if result is None:
        return None
    return Exhibit(
        title=lead(result, "value.cohorts"),
        body=chart(cohort_grid, result),
        note=note(f"value_cohorts_{result.period}", hidden=result.n_hidden),
    )


def leaving(found: Outlook) -> ExhibitBlock | None:
    """Return who left, by the chance that traits gave them."""
    result = found.churn
    if result is None:
        return None
    return Exhibit(
        title=lead(result, "value.churn"),
        body=chart(fifths, result),
        note=note("value_churn", n=result.n_customers, rate=result.rate, auc=result.auc,
                  slope=result.slope),
    )  # fmt: skip


def next_need(found: Outlook) -> ExhibitBlock | None:
    """Return how well the next need is told."""
    result = found.need
    if result is None:
        return None
    return Exhibit(
        title=lead(result, "value.need"),
        body=chart(intervals, result, label="need_method", value="share"),
        note=note("value_need", horizon=result.horizon, window_from=result.window[0],
                  window_to=result.window[1]),
    )  # fmt: skip


def together(found: Outlook) -> ExhibitBlock | None:
    """Return the kinds that are bought together."""
    result = found.affinity
    if result is None or not result.pairs:
        return None
    frame = result.to_frame()
    frame = frame[frame["p_adjusted"] < 1 - result.confidence]
    if frame.empty:
        return None
    named = {"kind": f"first_{result.column}", "other_kind": f"second_{result.column}"}
    units = {named.get(k, k): u for k, u in result.units.items() if k not in {"p", "p_adjusted"}}
    return Exhibit(
        title=lead(result, "value.affinity"),
        body=table(frame.rename(columns=named), units, limit=_MOST_PAIRS, name="affinity"),
        note=note("value_affinity", tested=result.n_tested, n=result.n_customers),
    )


def promising(found: Outlook) -> ExhibitBlock | None:
    """Return what became of customers who resembled the valuable ones."""
    result = found.potential
    if result is None:
        return None
    return Exhibit(
        title=lead(result, "value.potential"),
        body=chart(intervals, result, label="potential_group", value="share"),
        note=note("value_potential"),
    )


def moved(found: Outlook) -> ExhibitBlock | None:
    """Return the largest moves between the groups of recency and frequency."""
    result = found.moves
    if result is None:
        return None
    frame = result.to_frame()
    frame = frame[frame["from_cell"] != frame["cell"]].sort_values("n", ascending=False)
    units = {"to_cell" if k == "cell" else k: u for k, u in result.units.items()}
    return Exhibit(
        title=lead(result, "value.moves"),
        body=table(frame.rename(columns={"cell": "to_cell"}), units, limit=_MOST_MOVES,
                   name="moves"),
        note=note("value_moves", window_from=result.window[0], window_to=result.window[1]),
    )  # fmt: skip


def classes(found: Outlook) -> ExhibitBlock | None:
    """Return ABC and XYZ."""
    result = found.abc
    if result is None:
        return None
    return Exhibit(
        title=lead(result, "value.abc"), body=table(result), note=note("value_abc")
    )  # fmt: skip


def not_shown(found: Outlook) -> ExhibitBlock | None:
    """Return which parts are not on the page, and why."""
    if not found.missing:
        return None

    def render(words: Words) -> str:
        items = [markup.tag("li", markup.text(capital(words(key)))) for key in found.missing]
        return markup.tag("ul", "".join(items))

    return Exhibit(title=say("value.not_shown"), body=html(render))


def plan_and_fact(done: CareExecution, by_manager: CareExecution) -> ExhibitBlock | None:
    """Return contacts made against the plan; nothing where none are written down."""
    if not done.n_made:
        return None
    bodies = [table(done)]
    if by_manager.groups:
        frame = by_manager.to_frame().rename(columns={"group": "manager"})
        bodies.append(table(frame, by_manager.units_by_manager, name="by_manager"))
    return Exhibit(
        title=lead(done, "value.care_done"),
        body=tuple(bodies),
        note=note("value_care_done"),
    )


def fifths(result: Holdout | Churn, words: Words) -> Figure:
    """Draw what was expected of each fifth of the customers beside what came."""
    rows: tuple[Any, ...] = result.fifths
    shares = [getattr(r, "came_share", getattr(r, "left_share", 0.0)) for r in rows]
    figure = theme.new_figure(height=1.25 + _ROW * len(rows))
    axes = figure.subplots()
    at = list(range(len(rows)))
    axes.hlines(at, [r.low for r in rows], [r.high for r in rows], color=theme.ACCENT,
                linewidth=4, alpha=0.3)  # fmt: skip
    axes.plot(shares, at, "o", color=theme.ACCENT, markersize=6, label=words("figure.happened"))
    axes.plot([r.expected_share for r in rows], at, "D", markerfacecolor=theme.BG,
              markeredgecolor=theme.INK, markersize=7, label=words("figure.expected"))  # fmt: skip
    axes.set_yticks(at, [words.label("fifth", str(r.fifth)) for r in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    theme.quiet(axes, grid="x")
    right = axes.twinx()
    theme.quiet(right)
    right.set_ylim(axes.get_ylim())
    texts = [" · ".join(words.value(v, Unit.SHARE) for v in (r.expected_share, s))
             for r, s in zip(rows, shares, strict=True)]  # fmt: skip
    right.set_yticks(at, texts)
    figure.legend(loc="outside upper left", ncols=2, handletextpad=0.3, borderaxespad=0)
    return figure


def cohort_grid(result: Cohorts, words: Words) -> Figure:
    """Draw shares of each cohort by periods since the first purchase; darker is more."""
    grid = result.grid().tail(18)
    sizes = {c.cohort: c.n for c in result.cells}
    figure = theme.new_figure(height=1.0 + _ROW * len(grid))
    axes = figure.subplots()
    top = float(grid.max().max()) or 1.0
    ages = [int(a) for a in grid.columns][:18]
    for y, (_, row) in enumerate(grid.iterrows()):
        for x, age in enumerate(ages):
            _square(axes, (x, y), float(row[age]), top=top, words=words, many=len(ages) > 12)
    names = [f"{words.period(c, result.period)} · {words('key_figures.n', n=sizes[str(c)])}"
             for c in grid.index]  # fmt: skip
    axes.set_yticks(range(len(grid)), names)
    axes.set_xticks(range(len(ages)), [str(a) for a in ages])
    axes.set_xlim(-0.5, len(ages) - 0.5)
    axes.set_ylim(len(grid) - 0.5, -0.5)
    axes.set_xlabel(words(f"figure.cohort_{result.period}"))
    theme.quiet(axes)
    return figure


def _square(
    axes: Any,  # noqa: ANN401  # stubs of matplotlib lack the patch
    at: tuple[int, int],
    share: float,
    *,
    top: float,
    words: Words,
    many: bool,
) -> None:
    if share != share:
        return
    x, y = at
    axes.fill_between([x - 0.47, x + 0.47], y - 0.44, y + 0.44, color=theme.ACCENT,
                      alpha=_DARKEST * share / top, linewidth=0)  # fmt: skip
    text = words.value(round(share, 2), Unit.SHARE) if not many else f"{share * 100:.0f}"
    axes.text(x, y, text, ha="center", va="center", color=theme.INK, fontsize=theme.SIZE - 1)
