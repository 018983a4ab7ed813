"""Tables that are made before the pages are those that the pages then read."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.workspace.derived import Shared
from cjm_research.workspace.forecasts import study_forecasts
from cjm_research.workspace.habits import study_habits, study_places
from cjm_research.workspace.shared import make_shared
from cjm_research.workspace.workspace import open_study

ASKED = {
    Shared(table="features"): lambda world: world.features,
    Shared(table="features", days_before=60): lambda world: (
        world.at(world.as_of - pd.Timedelta(days=60)).features
    ),
    Shared(table="forecasts", horizon=60): lambda world: study_forecasts(world, horizon=60),
    Shared(table="habits"): lambda world: (study_habits(world), study_places(world)),
}


def _kept(root):
    return {f: f.stat().st_mtime_ns for f in root.glob("data/processed/retail/derived/*/*.parquet")}


@pytest.mark.parametrize("wanted", ASKED, ids=str)
def test_a_page_finds_what_was_made_before(demo_project, wanted):
    make_shared("retail", demo_project, wanted)
    kept = _kept(demo_project)
    ASKED[wanted](open_study("retail", root=demo_project))
    assert _kept(demo_project) == kept


def test_no_features_are_made_of_a_day_before_the_data(demo_project):
    kept = _kept(demo_project)
    make_shared("retail", demo_project, Shared(table="features", days_before=5000))
    assert _kept(demo_project) == kept
