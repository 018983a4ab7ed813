"""Exhibits below the journey map: each result with its title, its picture or table, its note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cjm_research.present import theme
from cjm_research.present.bodies import Body
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.intervals import intervals
from cjm_research.present.figures.journey import periods_chart
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note
from cjm_research.present.tables import table
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from cjm_research.journey.attribution_result import Attribution
    from cjm_research.journey.patterns import PathVariants
    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.words import Words
    from cjm_research.results import Result

WIDTH = 8.6
NAME = Pen(size=theme.SIZE)
NUMBER = Pen(size=8.5, align="center")
HEAD = Pen(size=8.5, align="center", color=theme.SOFT)
QUIET = Pen(size=8.5, color=theme.SOFT, align="right")
LANES = 15
"""Rows of a long table that a page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How a kind of result is shown."""

    title: str
    note: str
    values: Mapping[str, str]
    """Field of the note: attribute of the result; a dot goes one deeper."""
    draw: Any = None
    """A chart; a table of the result's own columns if absent."""
    options: Mapping[str, Any] | None = None
    columns: tuple[str, ...] = ()
    """Of the table; those that the result shows if empty."""


GROUPS = 30
"""Rows of a table of segments or traits."""
_IN_PARTS = {"MovingUp": "by_trait", "StageTimes": "by_segment", "LeavingReasons": "by_segment"}
"""Results with a table of all customers and one of groups: what gives the groups."""
_ESTIMATED = ("estimates", "claims")
_CONFIDENCE = {"confidence": "confidence"}
_LOOKS = {
    "PathVariants": _Look(title="variants", note="variants", values={
        **_CONFIDENCE, "n": "n_customers", "n_variants": "n_variants", "n_others": "n_others"}),
    "PlannedOrder": _Look(title="planned", note="planned_order", values={
        **_CONFIDENCE, "n_single": "n_single"}),
    "Loops": _Look(title="loops", note="loops", values=_CONFIDENCE,
                   columns=("stage", "customers", "n", "share", "low", "high")),
    "StageTimes": _Look(title="times", note="stage_time", values={"days": "within_days"}),
    "GoalChances": _Look(title="chances", note="goal_chances", values={}),
    "StepsWithin": _Look(title="within", note="step_within", values={
        **_CONFIDENCE, "n_open": "n_open", "days": "window_days"}),
    "PeriodFunnel": _Look(title="periods_funnel", note="period_funnel", draw=periods_chart,
                          values={**_CONFIDENCE, "n_open": "n_open", "days": "window_days"}),
    "Sessions": _Look(title="sessions", note="sessions", values={"minutes": "pause_minutes"}),
    "TouchpointInfluence": _Look(title="influence", note="influence", values=_CONFIDENCE),
    "Triggers": _Look(title="triggers", note="triggers", values=_CONFIDENCE),
    "Attribution": _Look(title="credit", note="attribution", values={
        **_CONFIDENCE, "n": "n_conversions", "n_journeys": "n_journeys",
        "n_untouched": "n_untouched"}),
    "LoyaltyLadder": _Look(title="ladder", note="ladder", draw=intervals,
                           options={"label": "rung"}, values={
        **_CONFIDENCE, "n": "n_customers", "regular_from": "regular_from", "n_asked": "n_asked"}),
    "MovingUp": _Look(title="moving", note="moving_up", values=_CONFIDENCE),
    "DueSecond": _Look(title="due", note="second_order", values={
        "due_from": "due_from", "due_until": "due_until", "n_returned": "n_returned"}),
    "LeavingReasons": _Look(title="leaving", note="leaving", values=_CONFIDENCE),
    "QuoteConversion": _Look(title="quotes", note="quotes", values={
        **_CONFIDENCE, "n_open": "n_open", "n_customers": "n_customers"}),
    "LanesOnTime": _Look(title="lanes", note="on_time", values={
        **_CONFIDENCE, "n_unknown": "n_unknown"}),
    "EarlySigns": _Look(title="signs", note="early_signs", values={
        **_CONFIDENCE, "days": "days", "n_left": "n_left", "n_stayed": "n_stayed",
        "n_too_new": "n_too_new"}),
    "StepCurves": _Look(title="curves", note="step_curves", values={
        **_CONFIDENCE, "n_started": "n_started"}),
    "ExpectationGaps": _Look(title="gaps", note="expectations", values=_CONFIDENCE),
    "LogChecks": _Look(title="flaws", note="", values={}),
    "Absent": _Look(title="absent", note="", values={}),
}  # fmt: skip


def below(result: Result | None) -> ExhibitBlock | None:
    """Return the exhibit of a result of `JourneyDepth`; None where there is none.

    Parameters
    ----------
    result : Result or None
        One of the results of `journey_depth`.
    """
    if result is None or result.to_frame().empty:
        return None
    look = _LOOKS[type(result).__name__]
    values = {field: getattr(result, name) for field, name in look.values.items()}
    return Exhibit(
        title=lead(result, f"journey.{look.title}_title"),
        body=_bodies(result, look),
        note=note(look.note, **values) if look.note else None,
    )


def _bodies(result: Any, look: _Look) -> Body | tuple[Body, ...]:  # noqa: ANN401
    name = type(result).__name__
    if name == "PathVariants":
        return chart(paths_chart, result, twin=_PathTable(result=result))
    if name == "Attribution":
        return chart(credit_chart, result)
    if look.draw is not None:
        return chart(look.draw, result, **(look.options or {}))
    if name in _IN_PARTS:
        whole = table(result.whole(), columns=result.shown)
        groups = getattr(result, _IN_PARTS[name])()
        told = (r for r in groups.rows if groups.limits.level(_customers(r)) in _ESTIMATED)
        groups = replace(groups, rows=tuple(told))
        parts = table(groups, columns=getattr(result, f"shown_{_IN_PARTS[name]}"), limit=GROUPS)
        return (whole, parts) if groups.rows else whole
    columns = look.columns or getattr(result, "shown", None) or list(result.units)
    return table(result, columns=columns, limit=LANES)


def _customers(row: Any) -> int:  # noqa: ANN401
    """Return how many stand behind a row of a group."""
    return int(row.group.n if hasattr(row, "group") else row.entries)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _PathTable(Body):
    """The paths as a table, their stages in words."""

    result: PathVariants

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:
        """Return the table in one language."""
        return self._in(words).html(words, title=title, alt=alt)

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return the numbers, the paths in the first language."""
        return self._in(languages[0]).tables(languages) if languages else []

    def _in(self, words: Words) -> Body:
        frame = self.result.to_frame()
        frame["path"] = [_path(v.path, words) for v in self.result.variants]
        return table(frame, self.result.units, name="paths")


def _path(stages: Sequence[str], words: Words) -> str:
    return capital(" → ".join(words.label("stage", s) for s in stages))


def paths_chart(result: PathVariants, words: Words) -> Figure:
    """Draw the most frequent paths: their stages in words, their share as a bar.

    Parameters
    ----------
    result : PathVariants
        Most frequent first.
    words : Words
        The language.
    """
    left, room = 4.9, 1.9
    sheet = Sheet(width=WIDTH)
    top = max((v.high for v in result.variants), default=1.0)
    y = 0.1
    for variant in result.variants:
        lines = NAME.lines(_path(variant.path, words), left - 0.3, most=3)
        foot = sheet.write_lines((0.1, y), lines, NAME)
        middle = y + (foot - y) / 2
        width, low, high = (room * v / top for v in (variant.share, variant.low, variant.high))
        sheet.bar((left, middle - 0.07), (width, 0.14), fill=theme.ACCENT)
        sheet.line([(left + low, middle), (left + high, middle)], color=theme.INK, width=1.3)
        share = words.value(variant.share, Unit.SHARE)
        text = f"{share} · {words('figure.map.n', n=variant.customers)}"
        sheet.write((WIDTH - 0.1, middle + 0.05), text, QUIET)
        y = max(foot, y + 0.22) + 0.08
    return sheet.done(y)


def credit_chart(result: Attribution, words: Words) -> Figure:
    """Draw the share of the credit of each kind of contact, by each way of counting.

    Parameters
    ----------
    result : Attribution
        Kinds of contact down, ways of counting across; darker is more.
    words : Words
        The language.
    """
    models = list(dict.fromkeys(r.model for r in result.rows))
    touches = list(dict.fromkeys(r.touch for r in result.rows))
    cells = {(r.touch, r.model): r for r in result.rows}
    sheet = Sheet(width=WIDTH)
    columns = Columns(left=2.3, right=WIDTH - 0.1, n=max(len(models), 1), gap=0.06)
    heads = [HEAD.lines(capital(words.label("credit_model", m)), columns.width + 0.04, most=4)
             for m in models]  # fmt: skip
    feet = [sheet.write_lines((columns.center(i), 0.08), head, HEAD)
            for i, head in enumerate(heads)]  # fmt: skip
    y = max([0.1, *feet]) + 0.06
    for touch in touches:
        lines = NAME.lines(capital(words.label(result.by, touch)), 2.1, most=2)
        height = max(0.27, NAME.height(len(lines)) + 0.04)
        sheet.write_lines((0.1, y + (height - NAME.height(len(lines))) / 2), lines, NAME)
        for i, model in enumerate(models):
            cell = cells.get((touch, model))
            share = cell.share if cell is not None else float("nan")
            box = (columns.x(i), y + 0.02), (columns.width, height - 0.04)
            sheet.bar(*box, fill=theme.CARD)
            if share == share:
                sheet.bar(*box, fill=theme.ACCENT, alpha=0.5 * share)
            pen = replace(NUMBER, color=theme.INK)
            text = words.value(share, Unit.SHARE)
            sheet.write((columns.center(i), y + height / 2 + 0.05), text, pen)
        y += height
    return sheet.done(y + 0.1)
