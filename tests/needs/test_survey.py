"""A questionnaire: scales, weights, spreads, choices, opportunities, Kano, drivers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DataError, ParameterError
from cjm_research.needs.grades import satisfaction
from cjm_research.needs.scores import nps
from cjm_research.needs.survey.choices import choices
from cjm_research.needs.survey.contrast import penalty_reward
from cjm_research.needs.survey.kano import kano
from cjm_research.needs.survey.key_drivers import key_drivers
from cjm_research.needs.survey.likert import likert
from cjm_research.needs.survey.opportunity import opportunities
from cjm_research.needs.survey.questions import graded, n_not_applicable, with_scales
from cjm_research.needs.survey.scales import scale_reliability
from cjm_research.needs.survey.weighting import survey_weights, weight_check, weighted
from cjm_research.study.survey import SurveyPlan


def _answers(kind, question, scores, scale=(1.0, 5.0), customers=None):
    n = len(scores)
    return pd.DataFrame(
        {
            "customer_id": customers or [f"c{i}" for i in range(n)],
            "kind": kind,
            "question": question,
            "score": np.asarray(scores, dtype=float),
            "scale_min": scale[0],
            "scale_max": scale[1],
            "text": None,
        }
    )


def _feedback(*parts):
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "feedback_id", [f"f{i}" for i in range(len(table))])
    texts = ["feedback_id", "customer_id", "kind", "question", "text"]
    return table.astype(dict.fromkeys(texts, "string[pyarrow]"))


def _plan(**settings):
    return SurveyPlan.model_validate(settings)


PLAN = _plan()


# --- scales ---------------------------------------------------------------------------


def test_a_scale_comes_from_the_study_and_is_never_guessed():
    bare = _feedback(_answers("csat", "delivery", [4, 5, 3], scale=(np.nan, np.nan)))
    assert graded(bare, "csat").answers.empty
    plan = _plan(questions={"delivery": {"label": "Delivery", "scale": [1, 5]}})
    assert len(graded(with_scales(bare, plan), "csat").answers) == 3


def test_not_applicable_is_no_grade():
    plan = _plan(questions={"d": {"label": "D", "scale": [0, 100]}}, not_applicable=[99])
    table = _feedback(_answers("csat", "d", [99, 80, 99], scale=(np.nan, np.nan)))
    assert n_not_applicable(table, plan) == 2
    assert graded(with_scales(table, plan), "csat").answers["score"].tolist() == [80]


def test_low_effort_is_the_satisfied_end_where_the_study_says_so():
    plan = _plan(questions={"effort": {"label": "Effort", "low_is_good": True}})
    table = with_scales(_feedback(_answers("ces", "effort", [1, 2, 3, 5])), plan)
    assert satisfaction(table).rows[0].share == pytest.approx(0.5)
    assert likert(table).questions()[0].net == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"questions": {"d": {"label": "D", "scale": [5, 1]}}}, "from its lowest"),
        ({"population": {"gender": {"f": 0.5, "m": 0.6}}}, "add up to 1.1"),
        ({"population": {"gender": {"f": 1.0, "m": 0.0}}}, "above 0"),
        ({"trim": [1.5, 3]}, "one above 1"),
        ({"questions": {"speed": {"label": "S"}}, "drivers": ["sped"]}, "Did you mean 'speed'"),
        (
            {"questions": {"why": {"label": "W"}}, "purchase_question": "whi"},
            "purchase_question: there is no question 'whi'. Did you mean 'why'",
        ),
    ],
)
def test_a_wrong_survey_section_says_what_is_wrong(settings, message):
    with pytest.raises(ValueError, match=message):
        _plan(**settings)


# --- weights --------------------------------------------------------------------------

HALVES = {"population": {"gender": {"f": 0.5, "m": 0.5}}}


def _people(n_women, n_men):
    genders = ["f"] * n_women + ["m"] * n_men
    ids = [f"c{i}" for i in range(len(genders))]
    return pd.DataFrame({"customer_id": ids, "gender": genders}).astype("string[pyarrow]")


def test_weights_bring_the_answers_to_the_population():
    # 75 women all promoters, 25 men all detractors: NPS 50; weighted to halves: 0.
    plan = _plan(**HALVES)
    table = _feedback(_answers("nps", "r", [10] * 75 + [0] * 25, scale=(0.0, 10.0)))
    weights = survey_weights(table, _people(75, 25), plan)
    assert nps(table).overall.score == pytest.approx(50)
    assert nps(weighted(table, weights)).overall.score == pytest.approx(0, abs=1e-6)
    check = weight_check(weights, _people(75, 25), plan)
    assert [r.weighted for r in check.rows] == pytest.approx([0.5, 0.5])
    # Kish by hand: weights 2/3 (75) and 2 (25): 100 (75 x 4/9 + 25 x 4) / 100^2.
    assert check.design_effect == pytest.approx(100 * (75 * 4 / 9 + 100) / 100**2)


def test_weights_widen_the_interval():
    table = _feedback(_answers("nps", "r", [10, 0] * 50, scale=(0.0, 10.0)))
    uneven = table.assign(weight=[0.4, 0.4, 2.5, 2.5] * 25)
    plain, heavy = nps(table).overall, nps(uneven).overall
    assert heavy.score == pytest.approx(plain.score)
    assert heavy.high - heavy.low > plain.high - plain.low


def test_weighted_satisfaction_is_the_weighted_share():
    table = _feedback(_answers("csat", "d", [5, 5, 1, 1])).assign(weight=[3.0, 1.0, 1.0, 1.0])
    assert satisfaction(table).rows[0].share == pytest.approx(4 / 6)


def test_a_value_that_nobody_has_is_a_clear_error():
    table = _feedback(_answers("csat", "d", [5, 4]))
    with pytest.raises(DataError, match="nobody who answered has 'm'"):
        survey_weights(table, _people(2, 0), _plan(**HALVES))
    with pytest.raises(ParameterError, match="no share for 'm'"):
        survey_weights(table, _people(1, 1), _plan(population={"gender": {"f": 0.5, "d": 0.5}}))


def test_who_has_no_known_trait_counts_as_one():
    people = _people(2, 2)
    people.loc[0, "gender"] = pd.NA
    table = _feedback(_answers("csat", "d", [5, 4, 3, 2]))
    weights = survey_weights(table, people, _plan(**HALVES))
    assert weights["weight"].iloc[0] == 1.0
    assert weight_check(weights, people, _plan(**HALVES)).n_unknown == 1


# --- spreads and choices --------------------------------------------------------------


def test_the_net_score_is_above_less_below_the_middle():
    table = _feedback(
        _answers("satisfaction", "good", [5, 4, 3, 2]),
        _answers("satisfaction", "bad", [1, 1, 3, 2]),
    )
    found = {r.question: r for r in likert(table).questions()}
    assert found["good"].net == pytest.approx(0.25)
    assert found["bad"].net == pytest.approx(-0.75)
    assert [r.question for r in likert(table).questions()] == ["good", "bad"]


def test_the_worst_questions_come_first_and_good_ones_not_at_all():
    table = _feedback(
        _answers("satisfaction", "good", [5, 4, 3, 2]),
        _answers("satisfaction", "bad", [1, 5, 2, 2]),
        _answers("satisfaction", "worst", [1, 1, 3, 2]),
        _answers("importance", "unimportant", [1, 1, 1, 2]),
    )
    assert [r.question for r in likert(table).worst().questions()] == ["worst", "bad"]


def _choice(question, texts, customers=None):
    table = _answers("choice", question, [np.nan] * len(texts), (np.nan, np.nan), customers)
    return table.assign(text=texts)


def test_importance_is_told_in_words_of_its_own_and_is_no_grade():
    kinds_of_question = ("importance", "satisfaction")
    table = _feedback(*(_answers(k, "price", [5] * 90 + [1] * 10) for k in kinds_of_question))
    found = likert(table)
    kinds = {f.subject["kind"]: f.kind for f in found.findings()}
    assert kinds == {"importance": "net_importance", "satisfaction": "net_grade"}
    assert [q.kind for q in found.grades().questions()] == ["satisfaction"]


def test_several_options_are_shares_of_those_who_answered():
    plan = _plan(questions={"why": {"label": "Why", "several": True}})
    found = choices(
        _feedback(_choice("why", ["price; speed", "price", "speed", "habit"])), plan=plan
    )
    shares = {r.option: (r.customers, r.share) for r in found.rows}
    assert shares == {"price": (2, 0.5), "speed": (2, 0.5), "habit": (1, 0.25)}
    assert {r.n for r in found.rows} == {4}


def test_a_question_without_several_keeps_its_semicolons():
    found = choices(_feedback(_choice("why", ["a; b"])), plan=PLAN)
    assert [r.option for r in found.rows] == ["a; b"]


def test_one_question_is_told_apart_from_the_others():
    both = _feedback(_choice("why", ["habit", "offer"]), _choice("where", ["shop", "site"]))
    found = choices(both, plan=PLAN)
    assert found.of("why").questions() == ("why",)
    assert found.but("why").questions() == ("where",)
    assert len(found.of("why").rows) + len(found.but("why").rows) == len(found.rows)


def test_a_segment_that_chooses_otherwise_is_found():
    table = _feedback(_choice("why", ["price"] * 150 + ["speed"] * 150))
    groups = pd.DataFrame(
        {"customer_id": table["customer_id"], "segment": ["thrifty"] * 150 + ["busy"] * 150}
    )
    found = choices(table, groups, plan=PLAN, grouping="g")
    told = {
        (f.subject.get("segment"), f.subject["option"])
        for f in found.findings()
        if f.status == "shown"
    }
    assert ("thrifty", "price") in told


def test_options_stand_in_the_order_of_the_study():
    plan = _plan(questions={"age": {"label": "Age", "options": {"young": "Young", "old": "Old"}}})
    found = choices(_feedback(_choice("age", ["old", "old", "young"])), plan=plan)
    assert [r.option for r in found.rows] == ["young", "old"]


# --- opportunity ----------------------------------------------------------------------


def test_the_opportunity_score_is_ulwicks():
    # 9 of 10 find it important, 3 of 10 are satisfied: 9 + (9 - 3) = 15.
    table = _feedback(
        _answers("importance", "speed", [5] * 9 + [2]),
        _answers("satisfaction", "speed", [5] * 3 + [2] * 7),
        _answers("importance", "colour", [1] * 9 + [5]),
        _answers("satisfaction", "colour", [4] * 8 + [1] * 2),
    )
    first, second = opportunities(table).rows
    assert (first.question, first.score, first.zone) == ("speed", pytest.approx(15), "extreme")
    assert (second.score, second.zone) == (pytest.approx(1), "overserved")
    assert first.low <= first.score <= first.high


def test_the_interval_of_the_opportunity_is_the_same_in_every_run():
    table = _feedback(
        _answers("importance", "a", [5, 4, 2, 1] * 30),
        _answers("satisfaction", "a", [1, 2, 5] * 40),
    )
    assert opportunities(table).rows == opportunities(table).rows


# --- Kano -----------------------------------------------------------------------------


def test_a_feature_is_classed_by_the_table():
    # Like it there, dislike it missing: one-dimensional. Expected, dislike: must-be.
    table = _feedback(
        _answers("kano_functional", "gps", [1] * 60 + [2] * 40),
        _answers("kano_dysfunctional", "gps", [5] * 100),
    )
    (row,) = kano(table).rows
    assert (row.category, row.one_dimensional, row.must_be) == ("one_dimensional", 0.6, 0.4)
    assert (row.pleases, row.displeases) == pytest.approx((0.6, -1.0))


def test_two_classes_that_tie_are_not_told():
    table = _feedback(
        _answers("kano_functional", "gps", [1] * 60 + [2] * 58),
        _answers("kano_dysfunctional", "gps", [5] * 118),
    )
    result = kano(table)
    assert result.rows[0].is_tie
    assert result.findings()[0].status == "not_significant"


def test_kano_needs_its_five_answers():
    table = _feedback(
        _answers("kano_functional", "gps", [1, 2, 7], scale=(1.0, 7.0)),
        _answers("kano_dysfunctional", "gps", [5, 5, 5]),
    )
    assert kano(table).rows == ()
    assert kano(table).n_left_out == 3


# --- drivers --------------------------------------------------------------------------


def _driven(n=400, seed=1):
    """Return answers where speed drives the overall grade, price a little, colour not."""
    rng = np.random.default_rng(seed)
    parts = {q: rng.integers(1, 6, n) for q in ("speed", "price", "colour")}
    overall = 2 + 1.2 * parts["speed"] + 0.4 * parts["price"] + rng.normal(0, 1, n)
    return _feedback(
        *(_answers("satisfaction", q, s) for q, s in parts.items()),
        _answers("nps", "recommend", np.clip(np.rint(overall), 0, 10), scale=(0.0, 10.0)),
    )


def test_the_planted_driver_is_found_first():
    result = key_drivers(_driven(), PLAN)
    assert [r.question for r in result.rows] == ["speed", "price", "colour"]
    assert sum(r.importance for r in result.rows) == pytest.approx(1)
    assert sum(r.lmg for r in result.rows) == pytest.approx(1)
    told = [f.subject["question"] for f in result.findings() if f.status == "shown"]
    assert told == ["speed"]


def test_drivers_that_are_alike_are_not_told():
    table = _driven()
    twin = table[(table["question"] == "speed")].assign(question="twin", feedback_id="t")
    twin["score"] += np.where(np.arange(len(twin)) == 0, 1e-3, 0)
    twin["feedback_id"] = [f"t{i}" for i in range(len(twin))]
    twin["score"] = twin["score"].clip(upper=5)
    result = key_drivers(pd.concat([table, twin], ignore_index=True), PLAN)
    assert result.condition > 30
    assert result.is_shaky
    assert not [f for f in result.findings() if f.status == "shown"]


def test_who_skipped_a_part_is_left_out_and_nothing_is_filled_in():
    table = _driven()
    skipped = table[~((table["question"] == "price") & (table["customer_id"] == "c0"))]
    assert key_drivers(skipped, PLAN).rows[0].n == 399


def test_a_penalty_without_a_reward_is_a_basic_factor():
    rng = np.random.default_rng(3)
    n = 600
    speed, joy = rng.integers(1, 6, n), rng.integers(1, 6, n)
    overall = 7 - 3.0 * (speed <= 2) + 2.0 * (joy >= 4) + rng.normal(0, 0.7, n)
    table = _feedback(
        _answers("satisfaction", "speed", speed),
        _answers("satisfaction", "joy", joy),
        _answers("nps", "r", np.clip(np.rint(overall), 0, 10), scale=(0.0, 10.0)),
    )
    factors = {r.question: r.factor for r in penalty_reward(table, PLAN).rows}
    assert factors == {"speed": "basic", "joy": "excitement"}


# --- reliability ----------------------------------------------------------------------


def test_a_group_of_questions_has_its_alpha():
    # The example of the doctest in stats: alpha .773.
    plan = _plan(
        questions={q: {"label": q, "group": "trust", "scale": [1, 3]} for q in ("a", "b", "c")}
    )
    grades = {
        "a": [1, 2, 2, 3, 2, 2, 3, 3, 2, 3],
        "b": [1, 1, 1, 2, 3, 3, 2, 3, 3, 3],
        "c": [1, 1, 2, 1, 2, 3, 3, 3, 2, 3],
    }
    table = _feedback(*(_answers("csat", q, s, (1.0, 3.0)) for q, s in grades.items()))
    result = scale_reliability(table, plan)
    assert result.rows[0].alpha == pytest.approx(0.7734, abs=1e-4)
    assert len(result.rows) == 3


def test_no_answers_give_empty_results_with_their_columns():
    empty = _feedback(_answers("csat", "d", []))
    results = [
        likert(empty), choices(empty, plan=PLAN), opportunities(empty), kano(empty),
        key_drivers(empty, PLAN), penalty_reward(empty, PLAN), scale_reliability(empty, PLAN),
        weight_check(survey_weights(empty, _people(0, 0), PLAN), _people(0, 0), PLAN),
    ]  # fmt: skip
    for result in results:
        assert list(result.to_frame()) == list(result.units)
        assert result.findings() == ()
