"""A plan of several looks is kept where nothing tells when they were taken."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.from_files import analyse_files
from cjm_research.experiments.totals import analyse_totals

# 200 of 500 against 231 of 500: z = 1.978, p = .048. The last of five evenly spread bounds is
# 2.386 with Pocock's spending and 2.031 with that of O'Brien and Fleming (R: ldbounds; Reboussin
# D. M. et al. (2000), doi:10.1016/S0197-2456(00)00057-X).
COUNTS = {"control": (200, 500), "offer": (231, 500)}
MORE = {"control": (200, 500), "offer": (242, 500)}  # z = 2.68


def _from_units(plan, units, _folder, until=None):
    return analyse(plan, units, until=until)


def _from_files(plan, units, folder, until=None):
    units.to_parquet(folder / "units.parquet")
    return analyse_files(folder, plan, until=until)


def _from_totals(plan, units, _folder, until=None):
    sums = units.groupby("arm")["bought"].agg(["size", "sum"]).reset_index()
    sums.columns = ["arm", "n", "total"]
    return analyse_totals(plan, sums.assign(experiment="test", metric="bought"), until=until)


WAYS = pytest.mark.parametrize("analysed", [_from_units, _from_files, _from_totals])


@WAYS
@pytest.mark.parametrize("stopping", ["pocock", "obrien_fleming", "always_valid"])
def test_an_effect_that_one_look_would_show_is_not_told_after_five(
    plan, counted, tmp_path, analysed, stopping
):
    units = counted(COUNTS)
    assert analysed(plan(), units, tmp_path).decision.state == "ship"
    found = analysed(plan(looks=5, stopping=stopping), units, tmp_path)
    assert found.rows[0].p < 0.05 < found.rows[0].p_look
    assert found.decision.state != "ship"


@WAYS
def test_an_effect_beyond_the_last_bound_is_told(plan, counted, tmp_path, analysed):
    found = analysed(plan(looks=5, stopping="pocock"), counted(MORE), tmp_path)
    assert found.rows[0].p < found.rows[0].p_look < 0.05
    assert found.decision.state == "ship"


@WAYS
def test_a_test_that_runs_on_is_not_ended_by_a_look_that_nobody_counted(
    plan, counted, tmp_path, analysed
):
    running = plan(looks=5, stopping="pocock", starts_on="2026-03-01", ends_on="2026-03-31")
    found = analysed(running, counted(MORE), tmp_path, until=pd.Timestamp("2026-03-10"))
    assert found.decision.arms[0].reason == "not_over"
