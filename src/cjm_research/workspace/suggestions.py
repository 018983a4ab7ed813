"""Suggested themes of a study, kept beside the data so that they keep their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.needs.scope import until
from cjm_research.needs.suggested import SuggestedThemes, suggested_themes
from cjm_research.needs.telling import Telling
from cjm_research.store.whole import write_whole
from cjm_research.workspace.kept import read_kept
from cjm_research.workspace.keys import key

if TYPE_CHECKING:
    from cjm_research.workspace.workspace import Workspace

_REMEDY = "Put back a copy of the file, or delete it to have the themes found anew."


def study_suggestions(world: Workspace) -> SuggestedThemes:
    """Return the suggestions of a study up to its day: kept ones, else found and kept.

    The newest kept ones of other data or another day are those that ids are taken from.
    """
    folder = world.store.folder / "derived" / "suggested"
    kept = sorted(folder.glob("*.json"))
    name = f"-{key(world.codes_key, world.as_of.isoformat())}.json"
    own = [p for p in kept if p.name.endswith(name)]
    if own:
        return read_kept(own[-1], SuggestedThemes.from_json, remedy=_REMEDY)
    before = read_kept(kept[-1], SuggestedThemes.from_json, remedy=_REMEDY) if kept else None
    codes = until(world.feedback_codes, world.as_of, zone=world.study.zone)
    found = suggested_themes(
        codes,
        world.codebook,
        previous=before,
        telling=Telling(limits=world.limits, min_customers=world.study.privacy.min_customers),
    )
    write_whole(folder / f"{len(kept) + 1:04}{name}", found.to_json())
    return found
