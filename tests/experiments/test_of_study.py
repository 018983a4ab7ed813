"""An experiment of a study in one call."""

from __future__ import annotations

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from tests.experiments.conftest import World

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.experiments.of_study import study_campaign
from cjm_research.study.model import Limits

START = pd.Timestamp("2026-03-01", tz="UTC")


@pytest.fixture
def world(plan):
    """Make a study with one experiment of what is given."""

    def make(*, experiments=None, as_of="2026-06-01", **tables):
        known = [plan()] if experiments is None else experiments
        by_id = {e.id: e for e in known}

        def experiment(name):
            if name and name not in by_id:
                raise ParameterError.unknown("experiment", name, known=by_id)
            return by_id[name] if name else known[0]

        empty = dict.fromkeys(
            ("customers", "orders", "events", "exposures", "outcomes", "campaign_totals",
             "memberships"), pd.DataFrame()
        )  # fmt: skip
        study = SimpleNamespace(
            name="shop", experiments=known, experiment=experiment, tzinfo=ZoneInfo("Asia/Tokyo")
        )
        return World(study=study, as_of=pd.Timestamp(as_of), limits=Limits(), **{**empty, **tables})

    return make


def exposures(n=600, at=START):
    arms = ["control", "offer"] * (n // 2)
    return pd.DataFrame({"experiment": "test", "unit_id": [f"c{i}" for i in range(n)],
                         "arm": arms, "exposed_at": at})  # fmt: skip


ORDERS = pd.DataFrame(
    {
        "customer_id": [f"c{i}" for i in [*range(1, 200, 2), *range(0, 40, 2)]],
        "ordered_at": START,
        "amount": 1.0,
    }
)


def test_units_come_first(world):
    result = study_campaign(world(exposures=exposures(), orders=ORDERS))
    assert result.is_from_units
    assert result.tables == ("exposures", "orders")
    assert result.decision.state == "ship"


def test_sums_stand_in_where_there_are_no_exposures(world):
    totals = pd.DataFrame({"experiment": "test", "arm": ["control", "offer"], "metric": "bought",
                           "n": 1000, "total": [100, 160]})  # fmt: skip
    result = study_campaign(world(campaign_totals=totals))
    assert result.tables == ("campaign_totals",)
    assert result.decision.state == "ship"


def test_a_study_without_experiments_has_nothing_to_report(world):
    with pytest.raises(NoDataError, match="declares no experiment"):
        study_campaign(world(experiments=[]))


def test_an_experiment_without_data_has_nothing_to_report(world):
    with pytest.raises(NoDataError, match="neither exposures nor totals of the experiment 'test'"):
        study_campaign(world())


def test_an_unknown_experiment_is_named(world):
    with pytest.raises(ParameterError, match="no experiment 'spring'"):
        study_campaign(world(), "spring")


def test_an_experiment_without_dates_is_not_held_to_the_calendar(world, plan):
    dated = plan(ends_on="2026-12-31")
    undated = exposures(at=pd.NaT)
    orders = ORDERS.assign(ordered_at=START + pd.Timedelta(days=1))
    running = study_campaign(world(experiments=[dated], exposures=exposures(), orders=ORDERS))
    assert running.decision.state == "keep_running"
    started = plan(starts_on="2026-03-01", ends_on="2026-12-31")
    over = study_campaign(world(experiments=[started], exposures=undated, orders=orders))
    assert over.decision.state == "ship"
