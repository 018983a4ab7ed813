"""Every portrait of a grouping, one block after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.needs.verbatims import quotes
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.segmentation.portrait import Portrait
from cjm_research.present.headlines import lead
from cjm_research.present.markup import text
from cjm_research.present.sentences import note
from cjm_research.present.tables import table
from cjm_research.segmentation.roles import contact_roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.workspace.workspace import Workspace

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


def portrait_pages(portraits: Portraits, world: Workspace) -> Pages:
    """Return a portrait of every segment, largest claims and all.

    Parameters
    ----------
    portraits : Portraits
        The segments of one grouping.
    world : Workspace
        The open study: strategies, contacts of companies, sentences of customers.
    """
    plan = world.study.grouping(portraits.grouping)
    strategies = {s.id: s.strategy for s in plan.segments}
    members = world.segments(portraits.grouping)
    roles = contact_roles(
        world.contacts, members, limits=world.limits, confidence=portraits.confidence
    )
    codes = world.feedback_codes
    return Pages(
        tuple(
            Portrait(
                portraits=portraits,
                segment=size.segment,
                strategy=strategies.get(size.segment),
                roles=roles.of(size.segment),
                quotes=_quoted(portraits, size.segment, _of(codes, members, size.segment), world),
            )
            for size in portraits.sizes
        )
    )


def found_groups(portraits: Portraits, world: Workspace) -> ExhibitBlock | None:
    """Return how the clusters of a grouping were found; nothing for declared segments."""
    model = world.model(world.study.grouping(portraits.grouping))
    if model is None:
        return None
    return Exhibit(
        title=lead(model.criteria, "portraits.clusters"),
        body=table(model.criteria),
        note=note("portraits_clusters", n=model.criteria.n_customers),
    )


def _of(codes: pd.DataFrame, members: pd.DataFrame, segment: str) -> pd.DataFrame:
    own = members.loc[members["segment"] == segment, "customer_id"]
    return codes[codes["customer_id"].isin(own)]


def _quoted(
    portraits: Portraits, segment: str, codes: pd.DataFrame, world: Workspace
) -> Mapping[str, Mapping[str, str]]:
    """Return, for each language of the study, one sentence for each theme that sets apart."""
    themes = [r.trait for r in portraits.voices(segment) if r.lift > 1][:_QUOTED]
    if not themes or codes.empty:
        return {}
    found = {}
    for language in map(str, world.study.languages):
        rows = quotes(codes, themes, languages=[language], per_theme=1).rows
        found[language] = {r.theme: _marked(r.text, r.language) for r in rows}
    return found


def _marked(sentence: str, language: str) -> str:
    opening, closing = _MARKS.get(language, ("“", "”"))
    return f'<span lang="{text(language)}">{opening}{text(sentence.strip())}{closing}</span>'
