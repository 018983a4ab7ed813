"""What stands behind pains: scores, places, needs, tickets, occasions."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cjm_research.needs.by_segment import themes_by_segment
from cjm_research.needs.codebook import Codebook
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.impact import theme_impact
from cjm_research.needs.met import needs_met
from cjm_research.needs.occasions import occasion_orders
from cjm_research.needs.pains import theme_shares
from cjm_research.needs.places import one_family, pains_by_place
from cjm_research.needs.stages import pains_by_stage
from cjm_research.needs.tickets import ticket_curves, ticket_times
from cjm_research.stats.contrast import clustered_contrast
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.study.plans import Stage
from cjm_research.study.survey import SurveyPlan

STAGES = [
    Stage.model_validate({"id": i, "label": i, "events": [{"names": [i], "touchpoint": t}]})
    for i, t in (("order", "form"), ("delivery", "courier"))
]


def _coded(feedback, codebook, rows, **columns):
    return feedback_codes(feedback(rows, **columns), codebook)


# --- effect on the score --------------------------------------------------------------


def test_the_impact_is_the_score_with_less_the_score_without(feedback, codebook):
    # 60 late detractors; of 60 others 30 promoters and 30 passives: -100 against 50.
    rows = [(f"c{i}", "nps", "Опоздали" if i < 60 else "Как обычно") for i in range(120)]
    scores = [2.0] * 60 + [10.0] * 30 + [8.0] * 30
    codes = _coded(feedback, codebook, rows, score=scores, scale_min=0.0, scale_max=10.0)
    (row,) = theme_impact(codes, theme_shares(codes)).rows
    assert (row.theme, row.with_it, row.without_it) == ("late", -100, 50)
    assert row.difference == -150
    assert row.pull == pytest.approx(-25 - 50)
    assert row.low < row.difference + 1e-9 < row.high + 1e-6


def test_the_impact_is_the_same_in_every_run(feedback, codebook):
    rows = [(f"c{i % 40}", "nps", ["Опоздали", "Вкусно"][i % 2]) for i in range(80)]
    codes = _coded(feedback, codebook, rows, score=[float(i % 11) for i in range(80)],
                   scale_min=0.0, scale_max=10.0)  # fmt: skip
    first, second = (theme_impact(codes, theme_shares(codes)).rows for _ in range(2))
    assert repr(first) == repr(second)  # NaN differs from itself


def test_texts_without_a_grade_have_no_impact(feedback, codebook):
    codes = _coded(feedback, codebook, [("c", "open", "Опоздали")])
    assert theme_impact(codes, theme_shares(codes)).rows == ()


@pytest.mark.slow
def test_the_interval_of_an_impact_covers(feedback, codebook):
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(60):
        late = rng.random(300) < 0.4
        scores = np.where(late, rng.choice([3.0, 8.0], 300), rng.choice([8.0, 10.0], 300))
        rows = [(f"c{i}", "nps", "Опоздали" if x else "Как обычно") for i, x in enumerate(late)]
        codes = _coded(feedback, codebook, rows, score=scores, scale_min=0.0, scale_max=10.0)
        (row,) = theme_impact(codes, theme_shares(codes)).rows
        covered += row.low <= -100 <= row.high  # -50 against 50
    assert covered >= 52


# --- places ---------------------------------------------------------------------------


def test_a_contrast_of_separate_customers_is_the_usual_one():
    # p1 = 30/60, p2 = 12/60: se = sqrt(p q / n + ...), without pooling.
    hits = [1] * 30 + [0] * 30 + [1] * 12 + [0] * 48
    found = clustered_contrast(hits, [1] * 60 + [0] * 60, range(120))
    expected = np.sqrt(0.5 * 0.5 / 60 + 0.2 * 0.8 / 60) * np.sqrt(120 / 119)
    assert found.se == pytest.approx(expected)


def test_a_customer_on_both_sides_is_not_counted_as_two():
    hits = np.tile([1, 0, 1, 0, 0, 1], 20)
    both = np.repeat([True, False], 60)
    apart = clustered_contrast(hits, both, np.arange(120))
    alike = clustered_contrast(hits, both, np.tile(np.arange(60), 2))
    assert alike.se < apart.se  # the same people on both sides: their difference is steady


def test_a_pain_of_one_channel_is_found_there(feedback, codebook):
    rows = [(f"c{i}", "open", "Опоздали" if i < 120 or i % 10 == 0 else "Как обычно")
            for i in range(400)]  # fmt: skip
    codes = _coded(feedback, codebook, rows, channel=["app"] * 200 + ["shop"] * 200)
    found = pains_by_place(codes, wave="").clear().rows
    assert [(r.dimension, r.place, r.theme) for r in found] == [("channel", "app", "late")]
    told = [f for f in pains_by_place(codes, wave="").findings() if f.status == "shown"]
    assert {f.kind for f in told} == {"pain_channel_more", "pain_channel_less"}


def test_a_difference_within_chance_is_no_more_and_no_less(feedback, codebook):
    rows = [(f"c{i}", "open", "Опоздали" if i % 4 == 0 else "Как обычно") for i in range(400)]
    codes = _coded(feedback, codebook, rows, channel=["app"] * 199 + ["shop"] * 201)
    assert {f.kind for f in pains_by_place(codes, wave="").findings()} == {"pain_channel"}


def test_segments_places_and_stages_are_one_family(feedback, codebook):
    rows = [(f"c{i}", "open", "Опоздали" if i % 3 else "Вкусно") for i in range(240)]
    codes = _coded(
        feedback,
        codebook,
        rows,
        channel=["app", "shop"] * 120,
        touchpoint=["courier", "form"] * 120,
    )
    groups = pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(240)], "segment": ["a", "b", "b"] * 80}
    )
    apart = (
        themes_by_segment(codes, groups, grouping="g"),
        pains_by_place(codes, wave=""),
        pains_by_stage(codes, STAGES),
    )
    joint = one_family(*apart)
    p = [r.p for result in apart for r in result.rows]
    q = [r.p_adjusted for result in joint for r in result.rows]
    assert q == pytest.approx(adjust_p_values(p, correction="benjamini_hochberg"))
    assert len(apart[2].rows) == 2
    assert joint[0].n_asked == joint[1].n_asked == len(p)


def test_a_stage_is_compared_with_the_others_and_both_shares_are_told(feedback, codebook):
    rows = [(f"c{i}", "open", "Опоздали" if i % 2 and i < 120 else "Вкусно") for i in range(240)]
    codes = _coded(feedback, codebook, rows, touchpoint=["courier"] * 120 + ["form"] * 120)
    stages = pains_by_stage(codes, STAGES)
    order, delivery = stages.rows
    assert (delivery.share, delivery.elsewhere, order.elsewhere) == (0.5, 0, 0.5)
    assert stages.is_clear(delivery)
    (told,) = stages.findings()
    assert (told.kind, told.reference) == ("problem_share_apart", 0)


def test_a_pain_without_a_stage_of_its_own_is_compared_by_stage(feedback, codebook):
    plain = codebook.model_dump(exclude_none=True, by_alias=True)
    del plain["themes"][0]["stage"]
    rows = [(f"c{i}", "open", "Опоздали" if i < 60 or i % 10 == 0 else "Вкусно")
            for i in range(240)]  # fmt: skip
    codes = feedback_codes(
        feedback(rows, touchpoint=["courier"] * 120 + ["form"] * 120),
        Codebook.model_validate(plain),
    )
    found = pains_by_place(codes, stages=STAGES, wave="").clear().rows
    assert ("stage", "delivery", "late") in {(r.dimension, r.place, r.theme) for r in found}


def test_a_pain_of_one_stage_is_not_asked_where_else_it_stands(feedback, codebook):
    rows = [(f"c{i}", "open", "Опоздали" if i < 60 else "Вкусно") for i in range(240)]
    codes = _coded(feedback, codebook, rows, touchpoint=["courier"] * 120 + ["form"] * 120)
    asked = pains_by_place(codes, stages=STAGES, wave="").rows
    assert {r.dimension for r in asked} == {"touchpoint"}


# --- needs ----------------------------------------------------------------------------


def test_a_need_names_who_is_satisfied_and_what_blocks_it(feedback, codebook):
    needed = codebook.model_validate(
        {
            "themes": [
                {"id": "on_time", "kind": "need_basic", "label": "On time",
                 "any": {"ru": ["вовремя"]}},
                {"id": "late", "kind": "pain", "label": "Late", "need": "on_time",
                 "any": {"ru": ["опоздать"]}},
            ]
        }
    )  # fmt: skip
    rows = [(f"c{i}", "open", "Нужно вовремя" if i < 20 else "Опоздали") for i in range(60)]
    table = feedback(rows)
    codes = feedback_codes(table, needed)
    asked = feedback([(f"c{i}", "satisfaction", None) for i in range(40)]).assign(
        question="punctual", score=[5.0, 1.0, 1.0, 1.0] * 10, scale_min=1.0, scale_max=5.0
    )
    plan = SurveyPlan.model_validate({"questions": {"punctual": {"label": "P", "need": "on_time"}}})
    empty = pd.DataFrame({"customer_id": [], "segment": []})
    (row,) = needs_met(codes, asked, (empty, ""), codebook=needed, plan=plan).rows
    assert (row.theme, row.customers, row.share) == ("on_time", 20, pytest.approx(1 / 3))
    assert (row.met, row.asked) == (0.25, 40)
    assert (row.pain_theme, row.pain_share) == ("late", pytest.approx(2 / 3))


# --- tickets --------------------------------------------------------------------------


def _tickets(feedback, hours, solved):
    table = feedback([(f"c{i}", "ticket", None) for i in range(len(hours))])
    came = pd.Timestamp("2026-02-01", tz="UTC")
    table["given_at"] = came
    ends = [
        came + pd.Timedelta(hours=h) if s else pd.NaT for h, s in zip(hours, solved, strict=True)
    ]
    return table.assign(resolved_at=pd.to_datetime(pd.Series(ends), utc=True))


def test_the_median_of_solved_tickets_is_the_plain_one(feedback):
    table = _tickets(feedback, [1, 2, 3, 4, 5], [True] * 5)
    (row,) = ticket_times(table, as_of=pd.Timestamp("2026-02-03")).rows
    assert (row.measure, row.half_hours, row.share) == ("resolution", 3, 1.0)


def test_an_open_ticket_counts_with_the_time_it_waited(feedback):
    # Two of six solved after 1 and 2 hours, four open for two days: the median is not known.
    table = _tickets(feedback, [1, 2, 0, 0, 0, 0], [True, True] + [False] * 4)
    (row,) = ticket_times(table, as_of=pd.Timestamp("2026-02-02")).rows
    assert np.isnan(row.half_hours)
    assert (row.done, row.share) == (2, pytest.approx(1 / 3))


def test_a_ticket_solved_before_it_came_is_left_out_and_counted(feedback):
    table = _tickets(feedback, [-5, 2, 3], [True] * 3)
    result = ticket_times(table, as_of=pd.Timestamp("2026-02-02"))
    assert (result.rows[0].n, result.n_impossible) == (2, 1)


def test_curves_rise_from_nothing_to_all(feedback):
    table = _tickets(feedback, range(1, 61), [True] * 60)
    rows = ticket_curves(table, as_of=pd.Timestamp("2026-02-10")).rows
    shares = [r.share for r in rows]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_without_tickets_there_is_nothing(feedback):
    empty = feedback([("c", "open", "x")])
    assert ticket_times(empty, as_of=pd.Timestamp("2026-02-02")).rows == ()


# --- occasions ------------------------------------------------------------------------


def test_orders_of_an_occasion_stand_beside_its_days():
    days = pd.date_range("2026-01-01", "2026-01-10", tz="UTC")
    orders = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(20)],
            "order_id": [f"o{i}" for i in range(20)],
            "ordered_at": [*days, *[days[2]] * 10],
        }
    )
    sale = {
        "id": "sale",
        "label": "Sale",
        "starts_on": date(2026, 1, 3),
        "ends_on": date(2026, 1, 3),
    }
    (row,) = occasion_orders(orders, SurveyPlan.model_validate({"occasions": [sale]})).rows
    assert (row.share, row.days_share, row.customers) == (11 / 20, 0.1, 11)
    assert row.low > row.days_share


def test_an_occasion_that_ends_before_it_starts_is_an_error():
    wrong = {"id": "s", "label": "S", "starts_on": date(2026, 1, 3), "ends_on": date(2026, 1, 1)}
    with pytest.raises(ValueError, match="ends before it starts"):
        SurveyPlan.model_validate({"occasions": [wrong]})
