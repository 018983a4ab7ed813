"""Every portrait of a grouping, one block after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.journey.answers import mood_answers
from cjm_research.journey.mood import mood_by_stage
from cjm_research.needs.verbatims import quotes
from cjm_research.present.figures.segmentation.facts import Facts
from cjm_research.present.figures.segmentation.portrait import Portrait
from cjm_research.present.markup import text
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.care import due_for_contact
from cjm_research.segmentation.matrix import cadences, place_customers
from cjm_research.segmentation.matrix_axes import axes
from cjm_research.segmentation.roles import contact_roles
from cjm_research.segmentation.segment_care import segment_care
from cjm_research.segmentation.tops import tops_of
from cjm_research.segmentation.value.retention import retention
from cjm_research.study.days import begin_of
from cjm_research.workspace.forecasts import study_purchases
from cjm_research.workspace.habits import named_lines, study_habits, study_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.mood import Mood
    from cjm_research.segmentation.moves import Migration
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.segment_care import SegmentCare
    from cjm_research.segmentation.value.prospects import Prospects
    from cjm_research.segmentation.value.retention import Retention
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace

_NOT_ASKED = pd.DataFrame({c: [] for c in ("customer_id", "stage", "touchpoint")}, dtype="string")
"""How many met a stage, which the picture of the mood does not show."""
_HORIZON = 90  # days that are named where nothing is forecast
_QUOTED = 4  # themes of a segment that are quoted
_MARKS = {"ru": ("«", "»")}


@dataclass(frozen=True, slots=True)
class Pages:
    """Portraits that a cell shows one by one."""

    portraits: tuple[Portrait, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415  # only where a notebook runs

        for portrait in self.portraits:
            display(portrait)  # type: ignore[no-untyped-call]


def portrait_pages(
    portraits: Portraits,
    world: Workspace,
    *,
    plan: Grouping,
    migration: Migration | None = None,
    prospects: Prospects | None = None,
    segment: str = "",
) -> Pages:
    """Return a portrait of every segment, or of one.

    Parameters
    ----------
    portraits : Portraits
        The segments of one grouping.
    world : Workspace
        The open study: strategies, contacts of companies, sentences of customers, journey.
    plan : Grouping
        The grouping, with the thresholds of this run.
    migration : Migration, optional
        Moves since an earlier day.
    prospects : Prospects, optional
        Forecast of each segment.
    segment : str
        Only this segment; every one if empty.

    Raises
    ------
    ParameterError
        If there is no segment of that name.
    """
    by_level = sorted(portraits.sizes, key=lambda s: s.level == "hidden")  # few to say: last
    names = [s.segment for s in by_level]
    if segment and segment not in names:
        raise ParameterError.unknown("segment", segment, known=names)
    found = _facts(portraits, world, plan, (migration, prospects))
    return Pages(
        tuple(
            Portrait(portraits=portraits, segment=name, facts=found[name])
            for name in names
            if segment in ("", name)
        )
    )


def _facts(
    portraits: Portraits,
    world: Workspace,
    plan: Grouping,
    over_time: tuple[Migration | None, Prospects | None],
) -> dict[str, Facts]:
    migration, prospects = over_time
    members = world.memberships_of(plan)[["customer_id", "segment"]]
    strategies = {s.id: s.strategy for s in plan.segments}
    roles = contact_roles(
        world.contacts, members, limits=world.limits, confidence=portraits.confidence
    )
    tops = tops_of(study_habits(world), members, lines=named_lines(world), grouping=plan.id,
                   limits=world.limits)  # fmt: skip
    moods = _moods(portraits, world, members)
    returned = _comes_back(world, members, portraits.confidence)
    care = _care(world, members)
    codes, model = _by_segment(world.feedback_codes, members), world.model(plan)
    return {
        s.segment: Facts(
            strategy=strategies.get(s.segment),
            roles=roles.of(s.segment),
            quotes=_quoted(portraits, s.segment, codes.get(s.segment), world),
            tops=tops,
            migration=migration,
            mood=moods.get(s.segment),
            model=model,
            window=world.window,
            prospects=prospects,
            retention=returned,
            care=care,
            has_contacts=not world.care_contacts.empty,
            horizon=prospects.horizon if prospects is not None else _HORIZON,
        )
        for s in portraits.sizes
    }


def _comes_back(world: Workspace, members: pd.DataFrame, confidence: float) -> Retention | None:
    """Return who comes back; nothing without dated orders."""
    day = begin_of(world.as_of, world.study.zone)
    try:
        return retention(study_purchases(world), members, as_of=day, limits=world.limits,
                         confidence=confidence)  # fmt: skip
    except (NoDataError, SchemaError):
        return None


def _care(world: Workspace, members: pd.DataFrame) -> dict[str, SegmentCare]:
    """Return where segments lie in the matrix and who is due; nothing without a matrix."""
    day = begin_of(world.as_of, world.study.zone)
    plan = axes(world.study.matrix, world.features)
    try:
        placed = place_customers(world.customers, world.features, plan)
    except (NoDataError, SchemaError):
        return {}
    cadence = cadences(plan)
    due = due_for_contact(placed, world.care_contacts, cadence=cadence, as_of=day)
    return segment_care(due, placed, members, cadence=cadence, limits=world.limits)


def _moods(
    portraits: Portraits, world: Workspace, members: pd.DataFrame
) -> dict[str, tuple[Mood, Mood]]:
    """Return the mood by stage of each segment beside that of all; nothing without a journey."""
    stages = world.study.stage_ids()
    if not stages or world.feedback.empty or not world.store.has("events"):
        return {}
    answers = mood_answers(world.feedback, world.feedback_codes, study_places(world))
    confidence, limits = portraits.confidence, world.limits

    def _mood(said: pd.DataFrame) -> Mood:
        return mood_by_stage(said, _NOT_ASKED, stages=stages, confidence=confidence, limits=limits)

    base, told = _mood(answers), _described(portraits)
    said = dict(inside_segments(answers["customer_id"], members))
    return {s: (_mood(answers[said[s]]), base) for s in told}


def _described(portraits: Portraits) -> set[str]:
    return {s.segment for s in portraits.sizes if s.level not in ("hidden", "facts")}


def _by_segment(rows: pd.DataFrame, members: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {s: rows[inside] for s, inside in inside_segments(rows["customer_id"], members)}


def _quoted(
    portraits: Portraits, segment: str, codes: pd.DataFrame | None, world: Workspace
) -> Mapping[str, Mapping[str, str]]:
    """Return, for each language of the study, one sentence for each theme that sets apart."""
    themes = [r.trait for r in portraits.voices(segment) if r.lift > 1][:_QUOTED]
    if not themes or codes is None:
        return {}
    found = {}
    for language in map(str, world.study.languages):
        rows = quotes(codes, themes, languages=[language], per_theme=1).rows
        found[language] = {r.theme: _marked(r.text, r.language) for r in rows}
    return found


def _marked(sentence: str, language: str) -> str:
    opening, closing = _MARKS.get(language, ("“", "”"))
    return f'<span lang="{text(language)}">{opening}{text(sentence.strip())}{closing}</span>'
