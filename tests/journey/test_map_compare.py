"""Two maps beside each other: what was planted differs, what was not does not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.map_cells import MOODS
from cjm_research.journey.map_compare import compare_maps
from cjm_research.journey.scope import JourneyChoices, JourneyTables
from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.versus import compare_periods, compare_segments, with_changes
from cjm_research.present import theme
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.figures.journey_map.versus import comparison_headline, comparison_map
from cjm_research.present.layout import crowded
from cjm_research.present.svg import svg
from cjm_research.present.words import Words
from cjm_research.results import Unit
from cjm_research.study.journey_plan import JourneyPlan


@pytest.fixture(scope="module")
def halves(data):
    """Return the customers of two segments, every fourth to the first."""
    ids = sorted(data.event_stages["customer_id"].unique())
    names = ["first" if i % 4 < 2 else "second" for i in range(len(ids))]
    return pd.DataFrame({"customer_id": ids, "segment": names})


@pytest.fixture(scope="module")
def tables(data, halves):
    """Return the tables of the small journey; the first segment dislikes delivery."""
    feedback = data.feedback.copy()
    first = halves.loc[halves["segment"] == "first", "customer_id"]
    sad = feedback["customer_id"].isin(first) & (feedback["touchpoint"] == "delivery")
    feedback.loc[sad, "score"] -= 2
    return JourneyTables(
        events=pd.DataFrame({"customer_id": [], "name": []}),
        event_stages=data.event_stages,
        orders=pd.DataFrame(),
        feedback=feedback,
        feedback_codes=data.feedback_codes,
        segments=halves,
    )


@pytest.fixture(scope="module")
def compared(tables, small):
    """Return the comparison of both segments."""
    return compare_segments(tables, small.STAGES, segments=("first", "second"))


def words_in(language, small):
    labels = {"stage": {s.id: s.label for s in small.STAGES}}
    return Words(language, "RUB", labels, {})


def test_the_planted_difference_is_clear_and_no_other(compared):
    clear = {(r.map_row, r.name) for r in compared.rows if compared.is_clear(r)}
    # A worse delivery lowers the mood over the whole journey, and the satisfied, too.
    assert clear == {("mood", "delivery"), ("overall_mood", ""), ("csat", "")}
    told = [f.kind for f in compared.findings() if f.status == "shown"]
    assert sorted(told) == [
        "segment_csat",
        "segment_overall_mood",
    ]  # 60 customers a side are no claim, 150 are
    delivery = compared.of("mood", "use", "delivery")
    assert delivery.low < -1 < delivery.high  # two grades of five are 1 on a scale of -1 to 1


def test_shares_are_compared_by_newcombes_interval(compared):
    row = compared.of("on", "look")
    one, other = (m.flow.of("look") for m in (compared.first, compared.second))
    known = difference_of_shares(
        (one.moved_on, one.customers), (other.moved_on, other.customers), confidence=0.95
    )
    assert (row.difference, row.low, row.high, row.p) == tuple(known)


def test_exchanging_the_sides_turns_the_sign_and_nothing_else(compared):
    turned = compare_maps(compared.second, compared.first)
    for row in compared.rows:
        other = turned.of(row.map_row, row.stage, row.name)
        assert (other.difference, other.low, other.high) == pytest.approx(
            (-row.difference, -row.high, -row.low), nan_ok=True
        )
        assert other.p_adjusted == pytest.approx(row.p_adjusted, nan_ok=True)


def test_a_map_compared_with_itself_differs_nowhere(drawn):
    same = compare_maps(drawn, drawn)
    assert {r.difference for r in same.rows} == {0.0}
    assert [f for f in same.findings() if f.status == "shown"] == []


def test_a_pain_that_only_one_side_names_counts_as_none_on_the_other(data, small):
    calm = data.feedback_codes.assign(theme=pd.NA, theme_kind=pd.NA)
    one, other = (
        journey_map(data, small.STAGES),
        journey_map(replace(data, feedback_codes=calm), small.STAGES),
    )
    row = compare_maps(one, other).of("pain", "buy", "long_form")
    assert row.second == 0
    assert row.n_second == row.n_first


def test_the_table_has_shares_or_moods_and_never_both(compared):
    frame = compared.to_frame()
    is_mood = frame["map_row"].isin(MOODS)
    assert frame.loc[is_mood, "share_first"].isna().all()
    assert frame.loc[~is_mood, "mood_first"].isna().all()
    assert list(frame) == list(compared.units)


def test_segments_that_share_customers_are_refused(tables, small, halves):
    both = pd.concat([halves, halves.head(3).assign(segment="second")])
    with pytest.raises(DataError, match="2 customers are in both segments, 'first' and 'second'"):
        compare_segments(replace(tables, segments=both), small.STAGES, segments=("first", "second"))


def test_a_segment_is_not_compared_with_itself_nor_with_an_unknown_one(tables, small):
    with pytest.raises(ParameterError, match="two different ones"):
        compare_segments(tables, small.STAGES, segments=("first", "first"))
    with pytest.raises(ParameterError, match="Did you mean 'second'"):
        compare_segments(tables, small.STAGES, segments=("first", "secund"))


def test_periods_know_their_own_days_only(tables, small):
    # Days 0 to 2.5 and 2.5 to 5: who looks in the first half, delivers in the second.
    until = JourneyChoices(observed_until=pd.Timestamp("2026-01-05T00:00", tz="UTC"))
    got = compare_periods(tables, small.STAGES, choices=until, plan=JourneyPlan(period_days=2))
    assert got.second.window == ("2026-01-01", "2026-01-02")
    assert got.first.window == ("2026-01-04", "2026-01-04")
    assert got.second.n_customers == 300
    assert got.first.n_customers == 120
    assert got.days == 2


def test_periods_are_days_of_the_zone_in_which_the_data_end(tables, small):
    # 14:00 in UTC is midnight there: all that happened was a day later than in UTC
    days = pd.to_datetime(tables.event_stages["occurred_at"], utc=True).dt.floor("D")
    late = tables.event_stages.assign(occurred_at=days + pd.Timedelta(hours=14))
    until = JourneyChoices(observed_until=pd.Timestamp("2026-01-06", tz="Asia/Vladivostok"))
    got = compare_periods(
        replace(tables, event_stages=late), small.STAGES, choices=until,
        plan=JourneyPlan(period_days=2),
    )  # fmt: skip
    assert got.second.window == ("2026-01-02", "2026-01-03")
    assert got.first.window == ("2026-01-05", "2026-01-05")


def test_periods_before_the_data_begin_are_refused(tables, small):
    with pytest.raises(NoDataError, match="two periods of 90 days need events from"):
        compare_periods(tables, small.STAGES)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_no_text_of_the_comparison_meets_another(compared, small, language):
    words = words_in(language, small)
    with theme.style():
        figure = comparison_map(compared, words)
        assert crowded(figure) == []
        first, second = (svg(comparison_map(compared, words), alt="Map") for _ in range(2))
    assert first == second
    assert len(first.encode()) < 120_000


def test_clear_changes_stand_on_the_map_and_in_its_table(compared, drawn, small):
    got = with_changes(drawn, replace(compared, days=90))
    words = words_in("en", small)
    with theme.style():
        said = [t.get_text() for a in draw(got, words).axes for t in a.texts]
    overall = compared.of("overall_mood")
    assert words("figure.map.mood_change", arrow="▼", points=overall.difference) in said
    assert "the last 90 days against the 90 before" in " ".join(said)
    row = got.to_frame().query("map_row == 'overall_mood'").iloc[0]
    assert row["mood_change"] == overall.difference


def test_the_headline_is_the_surest_of_what_customers_feel(compared, small):
    # Both that are told are of the second segment, whom the delivery did not annoy.
    first, second = compared.first.mood.overall, compared.second.mood.overall
    words = words_in("en", small)
    moods = [words.value(m, Unit.MOOD) for m in (first, second)]
    satisfied = [s.score for m in (compared.first, compared.second) for s in m.scores
                 if s.kind == "csat"]  # fmt: skip
    shares = [words.value(s, Unit.SHARE) for s in satisfied]
    assert comparison_headline(compared, words) in (
        f"Mood over the whole journey: “first” {moods[0]}, “second” {moods[1]}",
        f"Satisfied (CSAT): “first” {shares[0]}, “second” {shares[1]}",
    )


ROWS = ("reach", "touchpoint", "pain", "on", "back", "mood", "touchpoint_mood", "overall_mood",
        "through", "nps", "csat")  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_row_has_its_headline(row, small, language):
    place = {"theme": "slow", "touchpoint": "delivery", "stage": "look"}
    assert words_in(language, small)(f"figure.versus.head_{row}", **place)


def test_a_clear_change_of_going_on_stands_before_who_was_seen_where(compared, small):
    rows = tuple(
        replace(r, p=p, p_adjusted=p, n_first=1000, n_second=1000)
        for r in compared.rows
        for p in [{"reach": 1e-9, "on": 1e-6}.get(r.map_row, 0.9)]
    )
    sides = replace(compared, rows=rows, days=90)
    assert comparison_headline(sides, words_in("en", small)).startswith("Go on from “")
    assert " in the 90 days before" in comparison_headline(sides, words_in("en", small))
