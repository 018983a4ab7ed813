"""What is made before the notebooks of a run: what more than one of them reads, and no more."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from cjm_research.report import remote
from cjm_research.report.plan import Job
from cjm_research.report.shared import shared_tables
from cjm_research.report.warm import warm_up
from cjm_research.workspace.derived import Shared

ROOT = Path(__file__).parents[2]
"""The package's own notebooks, whose parameters count."""


def _job(notebook, subject="", *, skipped="", **parameters):
    return Job(study="shop", report=notebook, notebook=notebook, stem=notebook + subject,
               parameters=parameters, skipped=skipped)  # fmt: skip


PORTRAITS = [_job("02_segment_portraits", g, grouping=g) for g in ("size", "age")]
MATRIX = _job("06_customer_matrix")
NEEDS = _job("03_pains_and_needs")
TODAY = Shared(table="features")
FORECASTS = Shared(table="forecasts", horizon=90)


class _Session:
    """Calls nothing and notes what it was asked, and when its workers were renewed."""

    workers, folder = 2, ROOT

    def __init__(self, fails=None):
        self.called, self.fails = [], fails

    def start(self):
        self.called.append("start")

    def renew(self):
        self.called.append("renew")

    def call(self, function, *args):
        self.called.append((function, args[-1]))
        if function is self.fails:
            raise ValueError

    def asked(self, function):
        return [c[1] for c in self.called if c[0] is function]


def _version(n_buckets=3, **rows):
    return SimpleNamespace(n_buckets=n_buckets, rows=lambda table: rows.get(table, 0))


def test_portraits_share_both_days_forecasts_and_habits():
    before = Shared(table="features", days_before=90)
    assert set(shared_tables(PORTRAITS, ROOT)) == {
        TODAY, before, Shared(table="habits"), FORECASTS,
    }  # fmt: skip


def test_one_page_shares_nothing():
    assert shared_tables([PORTRAITS[0]], ROOT) == []


def test_what_one_page_alone_reads_is_left_to_it():
    assert shared_tables([PORTRAITS[0], MATRIX], ROOT) == [TODAY, FORECASTS]


def test_pages_that_forecast_nothing_share_the_customers_alone():
    assert shared_tables([NEEDS, _job("04_journey_map")], ROOT) == [TODAY]


def test_a_page_that_is_skipped_reads_nothing():
    assert shared_tables([NEEDS, _job("06_customer_matrix", skipped="report.needs")], ROOT) == []


def test_pages_of_other_settings_share_no_forecast():
    other = _job("06_customer_matrix", horizon=30)
    assert shared_tables([MATRIX, other], ROOT) == [TODAY]


def test_no_earlier_day_is_made_where_moves_are_not_asked_for():
    asked = [_job("02_segment_portraits", g, compare_days=0, horizon=30) for g in ("size", "age")]
    days = {t.days_before for t in shared_tables(asked, ROOT) if t.table == "features"}
    assert days == {0, 30}


def test_buckets_come_before_the_tables_that_are_made_of_them():
    session = _Session()
    warm_up(session, _version(events=9, feedback=9), "shop", jobs=PORTRAITS)
    last_bucket = max(i for i, c in enumerate(session.called) if c[0] is remote.warm)
    of_buckets = [i for i, c in enumerate(session.called)
                  if c[0] is remote.warm_shared and c[1].table != "forecasts"]  # fmt: skip
    assert len(session.asked(remote.warm)) == 6
    assert len(of_buckets) == 3
    assert min(of_buckets) > last_bucket
    assert session.called[-1] == "renew"


@pytest.mark.parametrize(
    ("n_buckets", "jobs"), [(1, PORTRAITS), (3, PORTRAITS[:1])], ids=["small study", "one page"]
)
def test_nothing_is_shared_in_a_small_study_or_for_one_page(n_buckets, jobs):
    session = _Session()
    warm_up(session, _version(n_buckets, events=9), "shop", jobs=jobs)
    assert session.asked(remote.warm_shared) == []


def test_a_table_that_cannot_be_made_is_left_to_the_page_that_needs_it():
    session = _Session(fails=remote.warm_shared)
    warm_up(session, _version(orders=9), "shop", jobs=PORTRAITS)
    assert len(session.asked(remote.warm_shared)) == 4


def test_settings_in_words_of_a_notebook_of_ones_own_stop_no_run():
    told = {"horizon": "a quarter", "compare_days": "none", "confidence": "high"}
    pages = [_job("02_segment_portraits", **told), _job("06_customer_matrix", **told)]
    assert TODAY in shared_tables(pages, ROOT)
