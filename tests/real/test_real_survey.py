"""A survey that others published is read from its own file; its known results hold (SOURCES.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cjm_research.needs.survey.choices import choices
from cjm_research.needs.survey.likert import likert
from cjm_research.needs.survey.questions import with_scales
from cjm_research.needs.survey.scales import scale_reliability
from cjm_research.needs.survey.weighting import survey_weights, weight_check, weighted
from cjm_research.workspace.build import clean
from cjm_research.workspace.workspace import open_study

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
NAME = "flying_etiquette"


@pytest.fixture(scope="module")
def manners(shared_data, tmp_path_factory):
    """Return the study of the survey, cleaned."""
    root = tmp_path_factory.mktemp("manners")
    (root / "studies").mkdir()
    shutil.copy(HERE / "studies" / f"{NAME}.toml", root / "studies")
    folder = root / "data" / "raw" / NAME
    folder.mkdir(parents=True)
    shutil.copy(shared_data / NAME / "flying-etiquette.csv", folder)
    clean(NAME, root)
    return open_study(NAME, root=root)


@pytest.fixture(scope="module")
def answers(manners):
    """Return its feedback with the scales of the study."""
    return with_scales(manners.feedback, manners.study.survey)


def test_every_respondent_is_kept(manners):
    assert len(manners.customers) == 1_040
    assert manners.quarantine.empty


def test_41_per_cent_call_reclining_rude(answers):
    # FiveThirtyEight, 41 percent of fliers think you're rude if you recline: 352 of 854.
    rows = [r for r in likert(answers).rows if r.question == "recline"]
    assert rows[0].n == 854
    rude = sum(r.share for r in rows if r.grade > 1)
    assert rude == pytest.approx(352 / 854)
    assert round(rude, 2) == 0.41


def test_unruly_children_are_what_is_found_rudest(answers):
    # 702 of 849 answers in the file.
    rows = [r for r in likert(answers).rows if r.question == "unruly"]
    assert sum(r.share for r in rows if r.grade > 1) == pytest.approx(702 / 849)
    worst = min(likert(answers).questions(), key=lambda r: r.net)
    assert worst.question == "unruly"


def test_three_in_ten_would_do_away_with_reclining(manners, answers):
    # 259 of 854.
    rows = choices(answers, plan=manners.study.survey).rows
    (yes,) = [r for r in rows if (r.question, r.option) == ("no_recline", "Yes")]
    assert (yes.customers, yes.n) == (259, 854)


def test_weights_meet_the_population(manners):
    plan = manners.study.survey
    weights = survey_weights(manners.feedback, manners.customers, plan)
    check = weight_check(weights, manners.customers, plan)
    assert [r.weighted for r in check.rows] == pytest.approx([0.513, 0.487])
    assert check.design_effect < 1.01
    moved = likert(weighted(with_scales(manners.feedback, plan), weights))
    assert {r.n for r in moved.rows if r.question == "recline"} == {854}


def test_nine_questions_of_manners_do_not_measure_one_thing(manners, answers):
    # Alpha straight from the file: k / (k - 1) (1 - sum of variances / variance of sums).
    graded = answers.loc[answers["kind"] == "rating"]
    table = graded.pivot_table(index="customer_id", columns="question", values="score").dropna()
    expected = 9 / 8 * (1 - table.var().sum() / table.sum(axis=1).var())
    result = scale_reliability(answers, manners.study.survey)
    assert result.rows[0].alpha == pytest.approx(expected)
    assert {f.kind for f in result.findings()} == {"reliability_low"}  # .65
