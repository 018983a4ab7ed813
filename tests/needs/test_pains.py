"""Shares of customers who name a theme, severity, stages, segments, interviews."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.needs.by_segment import themes_by_segment
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.pains import theme_shares
from cjm_research.needs.stages import pains_by_stage
from cjm_research.needs.talks import interview_themes
from cjm_research.needs.telling import Telling
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.model import Limits
from cjm_research.study.plans import Stage

LATE, FINE, PLAIN = "Опоздали на час", "Очень вкусно", "Заказал во вторник"


@pytest.fixture
def codes(feedback, codebook):
    return lambda rows, **columns: feedback_codes(feedback(rows, **columns), codebook)


def _many(text, n, start=0, kind="open"):
    return [(f"c{start + i}", kind, text) for i in range(n)]


def _row(result, theme):
    return next(r for r in result.rows if r.theme == theme)


def test_a_share_is_of_customers_not_of_texts(codes):
    again = [("c0", "open", f"Опоздали на {h} часа") for h in (2, 3, 4)]
    rows = [*_many(LATE, 10), *_many(PLAIN, 30, 10), *again]
    late = _row(theme_shares(codes(rows)), "late")
    assert (late.customers, late.n, late.share) == (10, 40, 0.25)
    expected = wilson_interval(10, 40)
    assert (late.low, late.high) == pytest.approx((float(expected.low), float(expected.high)))


def test_answers_that_say_nothing_are_not_in_the_base(codes):
    assert _row(theme_shares(codes([*_many(LATE, 5), *_many("нет", 20, 5)])), "late").n == 5


def test_unknown_customers_count_one_each_and_are_told_of(codes):
    result = theme_shares(codes([(None, "open", LATE), (None, "open", PLAIN)]))
    assert (result.n, result.n_unknown) == (2, 2)


def test_a_customer_whose_number_begins_with_a_hash_is_known(codes):
    result = theme_shares(codes([("#7", "open", LATE), (None, "open", PLAIN)]))
    assert (result.n, result.n_unknown) == (2, 1)


def test_pain_is_share_times_severity_and_a_delight_has_none(codes):
    result = theme_shares(codes([*_many(LATE, 5), *_many(FINE, 5, 5)]))
    late, tasty = _row(result, "late"), _row(result, "tasty")
    assert late.pain == pytest.approx(late.share * late.severity)
    assert late.severity > tasty.severity
    assert np.isnan(tasty.pain)


def test_a_low_grade_makes_the_same_words_more_severe(codes):
    rows = [("a", "csat", LATE), ("b", "csat", LATE)]
    scales = {"scale_min": 1.0, "scale_max": 5.0}
    bad, good = (
        _row(theme_shares(codes(rows, score=s, **scales)), "late").severity for s in (1.0, 5.0)
    )
    assert bad > good


def test_money_behind_a_theme_is_that_of_the_customers_who_name_it(codes):
    features = pd.DataFrame({"customer_id": ["c0", "c1", "c2"], "revenue": [10.0, 20.0, 40.0]})
    result = theme_shares(codes([*_many(LATE, 2), *_many(PLAIN, 1, 2)]), features=features)
    assert _row(result, "late").revenue == 30


def test_what_leads_is_the_first_that_may_be_told(codes):
    result = theme_shares(codes([*_many(LATE, 40), *_many(PLAIN, 80, 40)]))
    assert [r.theme for r in result.of_kind("pain").leading().rows] == ["late"]
    assert theme_shares(codes(_many(LATE, 3))).leading().rows == ()


def test_without_orders_there_is_no_money_behind_a_theme(codes):
    features = pd.DataFrame({"customer_id": ["c0", "c1"], "revenue": [0.0, 0.0]})
    result = theme_shares(codes(_many(LATE, 2)), features=features)
    assert np.isnan(_row(result, "late").revenue)


def test_a_theme_that_nobody_names_is_a_zero_and_hidden(codes):
    result = theme_shares(codes(_many(PLAIN, 200)), [("late", "pain")])
    assert (result.rows[0].customers, result.rows[0].share) == (0, 0)
    assert result.findings()[0].status == "hidden_small_n"


def test_few_customers_hide_a_finding(codes):
    enough = theme_shares(codes([*_many(LATE, 5), *_many(PLAIN, 95, 5)]))
    few = theme_shares(codes([*_many(LATE, 4), *_many(PLAIN, 96, 4)]))
    assert enough.findings()[0].status == "shown"
    assert few.findings()[0].status == "hidden_small_n"


def test_interviews_are_counted_apart_and_give_no_interval(codes):
    rows = [
        *_many(LATE, 3, kind="interview"),
        ("c0", "interview", FINE),
        *_many(PLAIN, 4, 3, "interview"),
    ]
    table = codes(rows)
    assert theme_shares(table).n == 0
    result = interview_themes(table)
    assert (_row(result, "late").interviews, result.n) == (3, 7)
    (finding,) = result.findings()  # tasty came up once: an anecdote
    assert np.isnan(finding.low)


def test_an_interview_is_named_by_its_own_column(codes):
    rows = [("c0", "interview", LATE), ("c0", "interview", LATE + " опять")]
    assert interview_themes(codes(rows, interview=["one", "two"])).n == 2


STAGES = [
    Stage.model_validate({"id": i, "label": i, "events": [{"names": [i], "touchpoint": t}]})
    for i, t in (("order", "form"), ("delivery", "courier"))
]


def test_the_base_of_a_stage_is_who_speaks_of_it(codes):
    rows = [*_many(LATE, 3), *_many(PLAIN, 7, 3), *_many(PLAIN, 10, 10)]
    touchpoints = ["courier"] * 10 + ["form"] * 10
    order, delivery = pains_by_stage(codes(rows, touchpoint=touchpoints), STAGES).rows
    assert (order.customers, order.n) == (0, 10)
    assert (delivery.customers, delivery.n, delivery.theme) == (3, 10, "late")


def test_a_theme_counts_at_its_own_stage_wherever_it_was_said(codes):
    rows = codes([*_many(LATE, 3), *_many(PLAIN, 7, 3)], touchpoint="form")
    order, delivery = pains_by_stage(rows, STAGES).rows
    assert (order.customers, delivery.customers) == (0, 3)


def test_without_touchpoints_everybody_is_the_base(codes):
    order, delivery = pains_by_stage(codes([*_many(LATE, 3), *_many(PLAIN, 7, 3)]), STAGES).rows
    assert (order.n, delivery.n) == (10, 10)


def _groups(n_first, n):
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "segment": ["one"] * n_first + ["two"] * (n - n_first),
        }
    )


def test_a_segment_that_names_a_theme_more_is_found_and_sides_mirror(codes):
    rows = codes(
        [*_many(LATE, 60), *_many(PLAIN, 140, 60), *_many(LATE, 10, 200), *_many(PLAIN, 190, 210)]
    )
    result = themes_by_segment(rows, _groups(200, 400), grouping="g")
    one, two = result.rows
    assert (one.share, one.elsewhere) == (0.3, 0.05)
    assert one.difference == pytest.approx(-two.difference)
    assert {(f.kind, f.status) for f in result.findings()} == {
        ("segment_theme_more", "shown"), ("segment_theme_less", "shown"),
    }  # fmt: skip


def test_many_texts_of_one_customer_do_not_make_a_difference_clear(codes):
    texts = [f"Опоздали на {n} часов" for n in range(40)]
    rows = (
        [("c0", "open", t) for t in texts]
        + _many(PLAIN, 199, 1)
        + _many(LATE, 4, 200)
        + _many(PLAIN, 196, 204)
    )
    result = themes_by_segment(codes(rows), _groups(200, 400), grouping="g")
    assert {f.status for f in result.findings()} <= {"not_significant", "hidden_small_n"}


def test_a_small_segment_is_not_asked(codes):
    rows = codes([*_many(LATE, 50), *_many(PLAIN, 50, 50)])
    result = themes_by_segment(rows, _groups(9, 100), grouping="g")
    assert [r.segment for r in result.rows] == ["two"]


def test_limits_of_the_study_hold(codes):
    telling = Telling(limits=Limits(hidden_below=5, facts_below=15, claims_from=30))
    rows = codes([*_many(LATE, 10), *_many(PLAIN, 20, 10)])
    assert theme_shares(rows, telling=telling).findings()[0].status == "shown"
    assert theme_shares(rows).findings()[0].status == "hidden_small_n"


def test_no_feedback_gives_empty_results_with_their_columns(codes):
    empty = codes([])
    results = [
        theme_shares(empty), interview_themes(empty), pains_by_stage(empty, STAGES),
        themes_by_segment(empty, _groups(1, 2), grouping="g"),
    ]  # fmt: skip
    for result in results:
        assert list(result.to_frame()) == list(result.units)
        assert all(f.status != "shown" for f in result.findings())
