"""NPS, satisfied customers and grades from a feedback table."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import ParameterError
from cjm_research.needs.grades import grade_distribution, satisfaction
from cjm_research.needs.scores import nps
from cjm_research.stats.nps import nps_interval


def _answers(feedback, scores, kind="nps", scale=(0.0, 10.0), customers=None):
    customers = customers or [f"c{n}" for n in range(len(scores))]
    rows = [(c, kind, None) for c in customers]
    return feedback(rows, score=scores, scale_min=scale[0], scale_max=scale[1])


def test_the_score_is_promoters_less_detractors(feedback):
    # 5 promoters, 3 passives, 2 detractors of 10: NPS 30.
    scores = nps(_answers(feedback, [10, 9, 9, 10, 9, 7, 8, 7, 6, 0]))
    assert scores.overall.score == pytest.approx(30)
    assert (scores.overall.low, scores.overall.high) == pytest.approx(
        (float(nps_interval([2, 3, 5]).low), float(nps_interval([2, 3, 5]).high))
    )


def test_another_scale_is_no_net_promoter_score_and_is_counted(feedback):
    scores = nps(_answers(feedback, [5, 4, 3], scale=(1.0, 5.0)))
    assert scores.overall is None
    assert scores.n_other_scale == 3
    assert nps(_answers(feedback, [5.0], scale=(float("nan"), 10.0))).n_other_scale == 1


def test_a_grade_outside_its_scale_is_left_out(feedback):
    scores = nps(_answers(feedback, [10, 11, -1]))
    assert (scores.overall.n, scores.n_other_scale) == (1, 2)


def test_a_customer_who_answers_often_widens_the_interval(feedback):
    grades = [10] * 20 + [0] * 20
    alone = nps(_answers(feedback, grades)).overall
    twice = nps(_answers(feedback, grades, customers=[f"c{n // 2}" for n in range(40)])).overall
    assert twice.score == alone.score
    assert twice.high - twice.low > alone.high - alone.low


def test_a_segment_is_compared_with_the_others(feedback):
    rows = _answers(feedback, [10] * 40 + [0] * 40)
    groups = pd.DataFrame(
        {"customer_id": rows["customer_id"], "segment": ["fans"] * 40 + ["rest"] * 40}
    )
    scores = nps(rows, groups, grouping="g", wave="")
    fans = next(r for r in scores.rows if r.segment == "fans")
    assert (fans.score, fans.reference) == (100, -100)
    finding = next(f for f in scores.findings() if f.subject.get("segment") == "fans")
    assert finding.direction == "good"
    assert finding.status == "hidden_small_n"  # 40 answers: below the limit for claims


def test_the_newest_wave_is_told_against_the_one_before(feedback):
    rows = _answers(feedback, [0] * 150 + [10] * 150)
    rows["given_at"] = pd.to_datetime(["2025-11-01"] * 150 + ["2026-02-01"] * 150, utc=True)
    scores = nps(rows)
    assert [r.wave for r in scores.waves().rows] == ["2025-10-01", "2026-01-01"]
    (change,) = [f for f in scores.findings() if f.kind == "nps_change"]
    assert (change.reference, change.estimate, change.status) == (-100, 100, "shown")


def test_an_unknown_wave_is_an_error(feedback):
    with pytest.raises(ParameterError, match="wave must be one of"):
        nps(_answers(feedback, [10]), wave="week")


@pytest.mark.parametrize(
    ("grades", "scale", "share"),
    [
        ([5, 4, 3, 1], (1.0, 5.0), 0.5),
        ([3, 2, 1], (1.0, 3.0), 1 / 3),
        ([10, 9, 8], (1.0, 10.0), 2 / 3),
    ],
)
def test_satisfied_is_the_two_highest_grades_and_one_on_a_short_scale(
    feedback, grades, scale, share
):
    (row,) = satisfaction(_answers(feedback, grades, "csat", scale)).rows
    assert row.share == pytest.approx(share)


def test_the_distribution_shows_every_grade_of_the_scale(feedback):
    grades = [1] * 8 + [4] * 4
    found = grade_distribution(_answers(feedback, grades, "rating", (1.0, 5.0))).to_frame()
    assert found["grade"].tolist() == [1, 2, 3, 4, 5]
    assert found["n"].tolist() == [8, 0, 0, 4, 0]


def test_the_distribution_of_a_few_answers_is_not_shown(feedback):
    assert grade_distribution(_answers(feedback, [1] * 9, "rating", (1.0, 5.0))).rows == ()


def test_no_answers_give_empty_results_with_their_columns(feedback):
    empty = feedback([])
    for result in (nps(empty), satisfaction(empty), grade_distribution(empty)):
        assert list(result.to_frame()) == list(result.units)
        assert result.findings() == ()
