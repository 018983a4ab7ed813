"""The map's card: scores that agree with the report of needs, and the end of the funnel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.card_scores import card_scores, compare_scores
from cjm_research.journey.map_dress import dressed_map
from cjm_research.journey.scope import JourneyChoices, JourneyTables
from cjm_research.journey.triggers import triggers
from cjm_research.needs.grades import satisfaction
from cjm_research.needs.scores import nps
from cjm_research.present import theme
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.words import Words
from cjm_research.study.journey_plan import JourneyPlan


def _answers(kind, grades, high, customers=None):
    n = len(grades)
    return pd.DataFrame(
        {
            "feedback_id": [f"{kind}{i}" for i in range(n)],
            "kind": kind,
            "customer_id": customers or [f"c{i}" for i in range(n)],
            "score": [float(g) for g in grades],
            "scale_min": 0.0 if kind == "nps" else 1.0,
            "scale_max": float(high),
        }
    )


def _mixed(seed):
    rng = np.random.default_rng(seed)
    who = [f"c{i}" for i in rng.integers(0, 60, 200)]
    return pd.concat(
        [
            _answers("nps", rng.integers(0, 11, 200), 10, who),
            _answers("csat", rng.integers(1, 6, 200), 5, who),
        ],
        ignore_index=True,
    )


def test_the_score_of_rocks_example():
    # Rocks (2016): of 36 answers, 6 detract and 20 promote: NPS 38.9, interval 12.1 to 59.7.
    grades = [3] * 6 + [8] * 10 + [10] * 20
    (found,) = card_scores(_answers("nps", grades, 10))
    ends = [round(x, 1) for x in (found.score, found.low, found.high)]
    assert ends == [38.9, 12.1, 59.7]


@pytest.mark.parametrize("seed", range(4))
def test_both_scores_are_those_of_the_report_of_needs(seed):
    feedback = _mixed(seed)
    promoters, satisfied = card_scores(feedback)
    one = nps(feedback, wave="").rows[0]
    other = satisfaction(feedback).rows[0]
    assert (promoters.score, promoters.low, promoters.high, promoters.n) == pytest.approx(
        (one.score, one.low, one.high, one.n)
    )
    assert (satisfied.score, satisfied.low, satisfied.high, satisfied.n) == pytest.approx(
        (other.share, other.low, other.high, other.n)
    )


def test_scales_are_not_guessed():
    plain = _answers("nps", [9, 10], 10)
    unknown = plain.assign(scale_max=np.nan)
    shorter = _answers("nps", [4, 5], 5)
    assert card_scores(pd.concat([unknown, shorter], ignore_index=True)) == ()


def test_no_answers_have_no_scores():
    assert card_scores(_mixed(0).iloc[:0]) == ()


def test_a_score_compared_with_itself_differs_by_nothing():
    for score in card_scores(_mixed(1)):
        gap = compare_scores(score, score, confidence=0.95)
        assert gap.estimate == 0
        assert gap.low < 0 < gap.high
        assert gap.p == pytest.approx(1)


def test_interval_and_p_of_a_difference_agree():
    for seed in range(6):
        one, other = card_scores(_mixed(seed)), card_scores(_mixed(seed + 50))
        for a, b in zip(one, other, strict=True):
            gap = compare_scores(a, b, confidence=0.95)
            assert (gap.p < 0.05) == (gap.low > 0 or gap.high < 0)


@pytest.fixture(scope="module")
def tables(small, data):
    orders = pd.DataFrame({"customer_id": [], "amount": [], "ordered_at": []})
    return JourneyTables(
        events=small.event_rows(),
        event_stages=data.event_stages,
        orders=orders,
        feedback=data.feedback,
        feedback_codes=data.feedback_codes,
    )


@pytest.mark.parametrize("within", [0.0, 2.0])
def test_the_card_shows_the_end_of_the_reports_funnel(tables, small, within):
    choices = JourneyChoices(within_days=within, observed_until=pd.Timestamp("2026-06-01"))
    journey = analyse_journey(tables, small.STAGES, choices=choices)
    end, through = journey.funnel.end, journey.map.through
    assert (through.reached, through.share) == (end.reached, end.share)
    frame = journey.map.to_frame()
    row = frame.loc[frame["map_row"] == "through"].iloc[0]
    assert (row["n"], row["share"]) == (journey.funnel.n_started, end.share)


def test_the_foot_sets_both_counts_of_the_last_stage_side_by_side(tables, small):
    journey = analyse_journey(tables, small.STAGES)
    seen, through = journey.map.stages[-1].flow.customers, journey.map.through
    with theme.style():
        figure = draw(journey.map, Words("en"))
    said = " ".join(t.get_text() for t in figure.axes[0].texts)
    assert f"by whatever way: {seen}; through all stages in their order, of 300" in said
    assert f": {through.reached}." in said


def test_clear_triggers_stand_on_the_map_and_in_its_table(drawn, data, small):
    plan = JourneyPlan(rows=["triggers"])
    dressed = dressed_map(drawn, data, small.STAGES, plan=plan)
    expected = triggers(data.event_stages, small.IDS)
    for stage in dressed.stages:
        assert (stage.triggers or ()) == expected.of(stage.stage)
    frame = dressed.to_frame()
    rows = frame.loc[frame["map_row"] == "trigger"]
    assert set(rows["touchpoint"]) <= {r.touchpoint for r in expected.rows}
    assert (rows["times"] > 1).all()
