"""Public campaigns go the whole path to their pages; the known results hold (SOURCES.md there)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from cjm_research.experiments.of_study import study_campaign
from cjm_research.experiments.totals import analyse_totals
from cjm_research.study.plans import Experiment
from cjm_research.workspace.build import clean
from cjm_research.workspace.workspace import open_study

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
NAMES = ("udacity", "bank", "asos")
ORIGIN = pd.Timestamp("2020-01-01", tz="UTC")
"""The data have days since the start only; any day will do to put looks in their order."""


def _raw(shared, folders):
    for name in ("control_data.csv", "experiment_data.csv"):
        shutil.copy(shared / "udacity_free_trial" / name, folders["udacity"])
    with zipfile.ZipFile(shared / "bank_marketing" / "bank.zip") as packed:
        (folders["bank"] / "bank.csv").write_bytes(packed.read("bank/bank.csv"))
    looks = _looks(shared)
    looks["looked_at"] = ORIGIN + pd.to_timedelta(looks["time_since_start"], unit="D")
    chosen = looks[looks["experiment_id"].isin(["c3d89d", "3b4300", "adea31"])]
    chosen.to_csv(folders["asos"] / "looks.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")


def _looks(shared):
    return pd.read_parquet(shared / "asos_experiments" / "asos_digital_experiments_dataset.parquet")


@pytest.fixture(scope="module")
def project(shared_data, tmp_path_factory):
    root = tmp_path_factory.mktemp("campaigns")
    (root / "studies").mkdir()
    shutil.copytree(HERE.parents[1] / "notebooks", root / "notebooks")
    folders = {n: root / "data" / "raw" / n for n in NAMES}
    for name, folder in folders.items():
        folder.mkdir(parents=True)
        shutil.copy(HERE / "studies" / f"{name}.toml", root / "studies")
    _raw(shared_data, folders)
    for name in NAMES:
        clean(name, root)
    return root


@pytest.fixture(scope="module")
def campaign(project):
    """Return a function that analyses one campaign of a study."""
    return lambda study, name="": study_campaign(open_study(study, root=project), name)


# The course's answers: gross conversion -0.0206 (-0.0291, -0.0120), net conversion -0.0049
# (-0.0116, 0.0019), 345,543 and 344,660 page views; it recommends not to launch.
def test_the_screener_has_the_courses_answers_through_the_whole_path(campaign):
    found = campaign("udacity")
    rows = {e.metric: e for e in found.rows if e.is_main}
    assert rows["enrolled"].difference == pytest.approx(-0.02055, abs=5e-6)
    assert (rows["paid"].low, rows["paid"].high) == pytest.approx((-0.0116, 0.0019), abs=1e-4)
    assert [a.n for a in found.arms.arms] == [345_543, 344_660]
    assert found.decision.state == "review"


# Moro et al. (2014): 11.27 % of 41,188 opened a deposit.
def test_the_banks_calls_have_their_known_rate_and_no_effect(campaign):
    found = campaign("bank")
    (row,) = found.reach[0].rows
    assert (row.n, round(row.value, 4)) == (41_188, 0.1127)
    assert not [f for f in found.findings() if f.kind.startswith(("effect_", "decision_"))]


def test_those_who_agreed_before_agree_more_often(campaign):
    rates = {
        (r.grouping, r.segment): r for r in campaign("bank").by_segment[0].rows
    }  # fmt: skip
    before = rates["earlier", "success"]
    # Counted from the file: 894 of 1,373.
    assert (before.reached.n, before.reached.total) == (1_373, 894)
    assert before.status == "shown"


# Variant 2 of this experiment has 4.97 M units beside 5.79 M and 5.79 M.
def test_a_broken_split_of_a_real_shop_is_refused(campaign):
    found = campaign("asos", "c3d89d")
    assert found.decision.state == "invalid"
    assert found.decision.failed_check == "sample_ratio"


def test_metrics_without_a_variance_are_said_to_be_untestable(campaign):
    found = campaign("asos", "3b4300")
    problems = {e.metric: e.problem for e in found.rows}
    assert problems["1"] == ""
    assert all(problems[m] for m in "234")


def _plan(arms):
    share = 1 / len(arms)
    metrics = [
        {"id": str(i), "label": str(i), "kind": "conversion" if i == 1 else "mean",
         "table": "campaign_totals", "role": "success" if i == 1 else "other"}
        for i in range(1, 5)
    ]  # fmt: skip
    named = {a: {"label": a, "share": share} for a in arms}
    return {"label": "x", "control": "control", "arms": named, "metrics": metrics}


def _long(looks):
    control, variant = (
        looks.assign(arm=arm, n=looks[f"count_{c}"], variance=looks[f"variance_{c}"],
                     total=looks[f"mean_{c}"] * looks[f"count_{c}"])
        for arm, c in (("control", "c"), ("v" + looks["variant_id"].astype(str), "t"))
    )  # fmt: skip
    both = pd.concat([control, variant]).rename(columns={"experiment_id": "experiment"})
    looked_at = ORIGIN + pd.to_timedelta(both["time_since_start"], unit="D")
    metric = both["metric_id"].astype(str)
    return both.assign(metric=metric, is_cumulative=True, looked_at=looked_at)


def test_all_78_experiments_agree_with_welch_from_their_published_sums(shared_data):
    compared = 0
    for name, looks in _looks(shared_data).groupby("experiment_id"):
        totals = _long(looks)
        arms = ["control", *sorted(set(totals["arm"]) - {"control"})]
        found = analyse_totals(Experiment.model_validate({"id": name, **_plan(arms)}), totals)
        last = looks[looks["time_since_start"] == looks["time_since_start"].max()]
        own = {(f"v{r.variant_id}", str(r.metric_id)): r for r in last.itertuples()}
        for effect in (e for e in found.rows if (e.arm, e.metric) in own and not e.problem):
            row = own[effect.arm, effect.metric]
            if effect.metric == "1" or effect.control.n != row.count_c:
                continue
            expected = stats.ttest_ind_from_stats(
                row.mean_t, row.variance_t**0.5, row.count_t,
                row.mean_c, row.variance_c**0.5, row.count_c, equal_var=False,
            ).pvalue  # fmt: skip
            assert effect.p == pytest.approx(expected, rel=1e-6, abs=1e-12)
            compared += 1
    assert compared > 250


@pytest.mark.parametrize("study", NAMES)
def test_every_page_is_made_in_three_languages(project, study):
    command = [sys.executable, "-m", "cjm_research.cli.main", "run", study, "05_campaign_results"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = sorted((project / "reports" / study).glob("campaign_results-*.html"))
    assert {p.suffixes[-2] for p in pages} == {".en", ".ru", ".zh"}
    found = next((project / "reports" / study).glob("*.findings.json"))
    assert "nan" not in json.dumps(json.loads(found.read_text())).lower().split()
