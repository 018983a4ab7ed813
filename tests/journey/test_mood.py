"""Mood: grades on their own scale, customers before answers, clear ends only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cjm_research.errors import ParameterError, SchemaError
from cjm_research.journey.answers import mood_answers
from cjm_research.journey.card_scores import card_scores
from cjm_research.journey.mood import mean_mood, mood_by_stage, mood_by_touchpoint
from cjm_research.journey.placing import placed, touchpoint_stages

EVENTS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "b"],
        "stage": ["buy", "buy", "use"],
        "touchpoint": ["till", "till", "help"],
    }
)
NO_CODES = pd.DataFrame({"feedback_id": [], "sentence": [], "sentiment": []})


def feedback(*rows):
    columns = ["feedback_id", "customer_id", "kind", "score", "scale_min", "scale_max",
               "touchpoint"]  # fmt: skip
    return pd.DataFrame(list(rows), columns=columns)


def codes(*rows):
    return pd.DataFrame(list(rows), columns=["feedback_id", "sentence", "sentiment", "stage"])


@pytest.mark.parametrize(
    ("kind", "score", "low", "high", "mood"),
    [
        ("csat", 1, 1, 5, -1.0),
        ("csat", 3, 1, 5, 0.0),
        ("rating", 5, 1, 5, 1.0),
        ("nps", 10, np.nan, np.nan, 1.0),
        ("nps", 5, 0, 10, 0.0),
        ("ces", 7, 1, 7, 1.0),
    ],
)
def test_a_grade_is_put_on_its_own_scale(kind, score, low, high, mood):
    rows = feedback(("f", "a", kind, score, low, high, "till"))
    assert mood_answers(rows, NO_CODES, EVENTS)["mood"].tolist() == [mood]


@pytest.mark.parametrize(
    ("kind", "score", "low", "high"),
    [
        ("csat", 4, np.nan, np.nan),  # no scale: nothing is invented
        ("csat", 9, 1, 5),  # outside its scale
        ("importance", 5, 1, 5),  # no grade of an experience
        ("csat", np.nan, 1, 5),
    ],
)
def test_a_score_that_tells_no_mood_is_left_out(kind, score, low, high):
    rows = feedback(("f", "a", kind, score, low, high, "till"))
    assert mood_answers(rows, NO_CODES, EVENTS).empty


def test_the_tone_of_the_text_stands_in_where_there_is_no_grade():
    rows = feedback(("f", "a", "ticket", np.nan, np.nan, np.nan, "till"))
    said = codes(("f", 1, -0.8, None), ("f", 1, -0.8, None), ("f", 2, 0.2, None))
    got = mood_answers(rows, said, EVENTS)
    assert got["mood"].tolist() == pytest.approx([-0.3])
    assert got["is_graded"].tolist() == [False]


def test_a_grade_goes_before_the_tone():
    rows = feedback(("f", "a", "csat", 5, 1, 5, "till"))
    assert mood_answers(rows, codes(("f", 1, -0.8, None)), EVENTS)["mood"].tolist() == [1.0]


def test_feedback_without_a_customer_is_a_customer_of_its_own():
    rows = feedback(("f", None, "csat", 5, 1, 5, "till"), ("g", None, "csat", 1, 1, 5, "till"))
    assert mood_answers(rows, NO_CODES, EVENTS)["customer_id"].nunique() == 2


def test_an_answer_without_a_touchpoint_is_at_the_one_stage_it_speaks_of():
    rows = feedback(
        ("f", "a", "csat", 5, 1, 5, None),
        ("g", "a", "csat", 5, 1, 5, None),
        ("h", "a", "csat", 5, 1, 5, None),
    )
    said = codes(("f", 1, 0.1, "use"), ("g", 1, 0.1, "use"), ("g", 2, 0.1, "buy"))
    got = mood_answers(rows, said, EVENTS)
    assert got["stage"].fillna("").tolist() == ["use", "", ""]


def test_a_customer_who_answers_often_counts_once():
    rows = feedback(
        *[(f"f{i}", "a", "csat", 1, 1, 5, "till") for i in range(9)],
        ("g", "b", "csat", 5, 1, 5, "till"),
    )
    point = mood_by_stage(mood_answers(rows, NO_CODES, EVENTS), EVENTS, stages=["buy"]).points[0]
    assert (point.mood, point.n, point.answers, point.response_share) == (0.0, 2, 10, 1.0)


def test_the_interval_is_students():
    moods = [0.1, 0.2, 0.4, 0.7]
    got = mean_mood(pd.DataFrame({"customer_id": list("abcd"), "mood": moods}), confidence=0.95)
    known = stats.t.interval(0.95, df=3, loc=np.mean(moods), scale=stats.sem(moods))
    assert (got.low, got.high) == pytest.approx(known)


def test_one_answer_has_no_interval():
    answers = pd.DataFrame({"customer_id": ["a"], "mood": [0.5]})
    got = mean_mood(answers, confidence=0.95)
    assert got.mood == 0.5
    assert np.isnan(got.low)


def test_no_answers_give_empty_points_and_nothing_to_say():
    got = mood_by_stage(mood_answers(feedback(), NO_CODES, EVENTS), EVENTS, stages=["buy"])
    assert (got.points[0].n, got.findings()) == (0, ())
    assert np.isnan(got.points[0].mood)
    assert np.isnan(got.overall)


def test_few_answers_are_counted_but_not_shown_in_the_table():
    rows = feedback(("f", "a", "csat", 5, 1, 5, "till"), ("g", "b", "csat", 1, 1, 5, "till"))
    frame = mood_by_stage(mood_answers(rows, NO_CODES, EVENTS), EVENTS, stages=["buy"]).to_frame()
    assert frame["n"].tolist() == [2]
    assert frame["mood"].isna().all()


def crowd(moods):
    """Make answers of 200 customers per touchpoint, around a mean each."""
    rng = np.random.default_rng(3)
    parts = [
        pd.DataFrame(
            {
                "feedback_id": [f"{place}{i}" for i in range(200)],
                "customer_id": [f"{place}{i}" for i in range(200)],
                "stage": stage,
                "touchpoint": place,
                "mood": rng.normal(mean, 0.3, 200).clip(-1, 1),
                "is_graded": True,
            }
        )
        for (stage, place), mean in moods.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_a_low_point_is_told_when_it_is_clearly_below_the_next():
    answers = crowd({("buy", "till"): -0.4, ("buy", "door"): 0.3, ("use", "help"): 0.35})
    got = mood_by_touchpoint(answers, EVENTS, stages=["buy", "use"])
    (low,) = [f for f in got.findings() if f.kind == "touchpoint_mood_low_point"]
    assert (low.subject["touchpoint"], low.status) == ("till", "shown")


def test_a_low_point_that_could_be_another_is_not_told():
    answers = crowd({("buy", "till"): 0.3, ("buy", "door"): 0.3, ("use", "help"): 0.3})
    got = mood_by_touchpoint(answers, EVENTS, stages=["buy", "use"])
    assert {f.status for f in got.findings()} == {"not_significant"}


@pytest.mark.slow
def test_where_all_points_are_alike_a_low_point_is_seldom_told():
    # Lowest against next lowest is a careful test: far fewer than 5 % false claims.
    rng = np.random.default_rng(11)
    told = 0
    for _ in range(400):
        answers = pd.DataFrame(
            {
                "feedback_id": np.arange(600).astype(str),
                "customer_id": np.arange(600).astype(str),
                "stage": np.repeat(["buy", "use", "leave"], 200),
                "touchpoint": "x",
                "mood": rng.normal(0.2, 0.3, 600).clip(-1, 1),
                "is_graded": True,
            }
        )
        findings = mood_by_stage(answers, EVENTS, stages=["buy", "use", "leave"]).findings()
        told += any(f.status == "shown" for f in findings)
    assert told <= 0.05 * 400


def test_a_touchpoint_belongs_to_the_stage_of_most_of_its_events():
    events = pd.DataFrame({"stage": ["a", "b", "b", "a", "c"], "touchpoint": list("xxxyy")})
    assert touchpoint_stages(events).to_dict() == {"x": "b", "y": "a"}


def test_feedback_keeps_its_own_stage_where_its_touchpoint_is_unknown():
    rows = pd.DataFrame(
        {"feedback_id": ["f", "g"], "touchpoint": ["till", "moon"], "stage": ["use", "use"]}
    )
    assert placed(rows, EVENTS)["stage"].tolist() == ["buy", "use"]


def test_wrong_values_are_refused():
    with pytest.raises(SchemaError, match="feedback_id"):
        mood_answers(pd.DataFrame({"kind": []}), NO_CODES, EVENTS)
    with pytest.raises(ParameterError, match="confidence"):
        mean_mood(pd.DataFrame({"customer_id": [], "mood": []}), confidence=2)


def test_little_effort_is_a_good_mood():
    # "How hard was it?", 1 not at all to 7 very: an answer of 1 is the best there is.
    rows = feedback(
        ("f", "a", "ces", 1, 1, 7, "till"), ("g", "b", "ces", 7, 1, 7, "till"),
    ).assign(low_is_good=[True, True])  # fmt: skip
    assert mood_answers(rows, NO_CODES, EVENTS)["mood"].tolist() == [1.0, -1.0]


def test_satisfaction_counts_the_good_end_of_its_scale():
    given = [(f"f{i}", f"c{i}", "csat", g, 1, 5, "till") for i, g in enumerate([1, 1, 2, 5])]
    rows = feedback(*given).assign(low_is_good=True)
    (satisfied,) = card_scores(rows)
    assert satisfied.score == 3 / 4
