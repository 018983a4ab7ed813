"""Makes derived tables that several pages read, before the first of them asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.workspace.forecasts import study_forecasts
from cjm_research.workspace.habits import study_habits, study_places
from cjm_research.workspace.workspace import open_study

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.workspace.derived import Shared


def make_shared(name: str, root: Path, wanted: Shared) -> None:
    """Make and keep a derived table, unless it is kept already.

    A table of a day before the data begin is asked for by no page, and not made.

    Parameters
    ----------
    name : str
        Name of a study that is cleaned.
    root : Path
        The project's folder.
    wanted : Shared
        Which table, of which day and settings.
    """
    world = open_study(name, as_of=wanted.as_of, root=root)
    if wanted.days_before:
        then = world.as_of - pd.Timedelta(days=wanted.days_before)
        if world.window is None or f"{then:%Y-%m-%d}" < world.window[0]:
            return
        world = world.at(then)
    if wanted.table == "features":
        _ = world.features
    elif wanted.table == "forecasts":
        study_forecasts(world, horizon=wanted.horizon, confidence=wanted.confidence)
    else:
        study_habits(world)
        study_places(world)
