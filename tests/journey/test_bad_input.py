"""Events that are few, odd or many give a clear statement or an answer, never a silent NaN."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import CjmError, DataError, NoDataError, ParameterError, SchemaError
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.early_signs import Landmark, early_signs
from cjm_research.journey.explain import explain
from cjm_research.journey.flow import flow
from cjm_research.journey.funnel import funnel
from cjm_research.journey.influence import touchpoint_influence
from cjm_research.journey.log import event_log
from cjm_research.journey.log_checks import log_checks
from cjm_research.journey.lost import lost
from cjm_research.journey.moves import transitions
from cjm_research.journey.moving_up import moving_up
from cjm_research.journey.patterns import loops, path_variants
from cjm_research.journey.planned import planned_order
from cjm_research.journey.scope import end_of
from cjm_research.journey.second_order import due_second
from cjm_research.journey.sessions import sessions
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.stages import event_stages, unmatched_events
from cjm_research.journey.stays import stays
from cjm_research.journey.triggers import triggers
from cjm_research.study.plans import Stage

STAGES = [
    Stage.model_validate({"id": i, "label": i, "events": [{"names": [i]}]}) for i in ("a", "b", "c")
]
IDS = [s.id for s in STAGES]
START = pd.Timestamp("2026-01-01", tz="UTC")
COUNTERS = [
    funnel, flow, transitions, lost, sessions, path_variants, loops, planned_order, goal_chances,
    time_in_stage, touchpoint_influence, triggers,
]  # fmt: skip


def events(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "hour", "name"])
    hours = pd.to_timedelta(frame.pop("hour").astype("float64"), unit="h")
    frame = frame.astype({"customer_id": "string[pyarrow]", "name": "string[pyarrow]"})
    return frame.assign(occurred_at=START + hours)


@pytest.mark.parametrize("count", COUNTERS)
def test_no_events_give_an_empty_answer(count):
    result = count(event_stages(events(), STAGES), IDS)
    shares = result.to_frame().select_dtypes("number").to_numpy(dtype="float64", na_value=np.nan)
    assert not (shares > 0).any()
    assert [f for f in result.findings() if f.status == "shown"] == []


@pytest.mark.parametrize("count", COUNTERS)
def test_one_customer_gives_an_answer_and_no_claim(count):
    result = count(event_stages(events(("p", 0, "a"), ("p", 1, "b")), STAGES), IDS)
    assert list(result.to_frame()) == list(result.units)
    assert [f for f in result.findings() if f.status == "shown"] == []


@pytest.mark.parametrize("count", [c for c in COUNTERS if c is not funnel])
def test_one_stage_gives_an_answer(count):
    result = count(event_stages(events(("p", 0, "a"), ("q", 1, "a")), STAGES), ["a"])
    assert list(result.to_frame()) == list(result.units)


def test_one_stage_is_no_funnel():
    with pytest.raises(ParameterError, match="two or more different names"):
        funnel(event_stages(events(("p", 0, "a")), STAGES), ["a"])


@pytest.mark.parametrize("count", COUNTERS)
def test_equal_stamps_everywhere_keep_the_order_of_the_rows(count):
    rows = [(c, 0, s) for c in "pqr" for s in "abc"]
    tied = count(event_stages(events(*rows), STAGES), IDS).to_frame()
    apart = [(c, h / 1e9, s) for c in "pqr" for h, s in enumerate("abc")]
    spread = count(event_stages(events(*apart), STAGES), IDS).to_frame()
    days = [c for c in tied if not c.endswith(("days", "minutes", "low", "high"))]
    pd.testing.assert_frame_equal(tied[days], spread[days], atol=1e-6)


def test_nobody_can_be_told_apart_by_time_where_all_stamps_are_equal():
    rows = [(c, 0, s) for c in "pqr" for s in "abc"]
    assert log_checks(events(*rows)).of("tied").share == 1


def test_a_sequence_unties_equal_stamps():
    tied = events(("p", 0, "a"), ("p", 0, "b")).assign(sequence=[2, 1])
    assert log_checks(tied).of("tied").events == 0
    assert event_stages(tied, STAGES)["stage"].tolist() == ["b", "a"]


def test_a_million_events_of_one_customer():
    n = 1_000_000
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "customer_id": pd.Series(["p"] * n, dtype="string[pyarrow]"),
            "name": rng.choice(IDS, n),
            "occurred_at": START + pd.to_timedelta(np.arange(n), unit="s"),
        }
    )
    log = event_log(frame, STAGES)
    assert [s.reached for s in funnel(log, IDS).steps] == [1, 1, 1]
    moved = transitions(log, IDS)
    assert sum(m.moves for m in moved.moves) == 1 + int((log.stage[1:] != log.stage[:-1]).sum())
    assert path_variants(log, IDS).variants[0].path[-1] == "…"


def test_events_before_birth_are_counted_and_told():
    customers = pd.DataFrame(
        {
            "customer_id": ["p", "q"],
            "birth_date": pd.to_datetime(["2026-06-01", "1990-01-01"]),
            "acquired_on": pd.to_datetime(["2025-01-01", "2026-01-02"]),
        }
    )
    got = log_checks(events(("p", 0, "a"), ("q", 0, "a"), ("z", 0, "a")), customers)
    counts = {f.check: f.events for f in got.flaws}
    assert (counts["before_birth"], counts["before_acquired"]) == (1, 1)
    assert counts["unknown_customer"] == 1
    assert {f.subject["log_check"] for f in got.findings()} >= {"before_birth", "before_acquired"}


def test_a_day_is_the_studys_when_births_are_compared():
    # 23:30 UTC on 31 December is already 1 January in Berlin: the day of acquisition.
    frame = events(("p", -0.5, "a"))
    customers = pd.DataFrame({"customer_id": ["p"], "acquired_on": pd.to_datetime(["2026-01-01"])})
    assert log_checks(frame, customers, zone="Europe/Berlin").of("before_acquired").events == 0
    assert log_checks(frame, customers).of("before_acquired").events == 1


def test_events_after_the_end_and_without_a_time_are_told_and_counted_nowhere():
    frame = events(("p", 0, "a"), ("p", 99, "b"), ("q", None, "a"))
    got = log_checks(frame, observed_until="2026-01-02")
    assert (got.of("no_time").events, got.of("too_late").events) == (1, 1)
    steps = funnel(event_stages(frame, STAGES), IDS, observed_until="2026-01-02")
    assert ([s.reached for s in steps.steps], steps.n_without_time) == ([1, 0, 0], 1)


def test_dates_without_a_time_are_noticed():
    assert log_checks(events(("p", 0, "a"), ("p", 5, "b"))).of("only_midnight").events == 1


def test_hours_of_a_clock_change_are_true_hours():
    # Berlin, 29 March 2026: from 01:30 to 03:30 on the clock is one hour.
    clock = pd.to_datetime(["2026-03-29 01:30", "2026-03-29 03:30"]).tz_localize("Europe/Berlin")
    frame = pd.DataFrame({"customer_id": "p", "name": ["a", "b"], "occurred_at": clock})
    got = funnel(event_stages(frame, STAGES), ["a", "b"], within=1.01 / 24,
                 observed_until="2026-04-01")  # fmt: skip
    assert (got.steps[1].reached, got.steps[1].median_days) == (1, pytest.approx(1 / 24))


def test_the_hour_that_a_clock_runs_twice_keeps_its_order():
    # 25 October 2026: 02:30 summer time comes before 02:10 winter time.
    stamps = ["2026-10-25 02:30+02:00", "2026-10-25 02:10+01:00"]
    clock = pd.to_datetime(stamps, utc=True).tz_convert("Europe/Berlin")
    frame = pd.DataFrame({"customer_id": "p", "name": ["a", "b"], "occurred_at": clock})
    assert event_stages(frame, STAGES)["stage"].tolist() == ["a", "b"]


def test_a_rule_that_names_an_unknown_column_says_which():
    odd = [Stage.model_validate(
        {"id": "a", "label": "a", "events": [{"column": "chanel", "values": ["web"]}]}
    )]  # fmt: skip
    frame = events(("p", 0, "a")).assign(channel="web")
    with pytest.raises(SchemaError, match=r"no column 'chanel'. Did you mean 'channel'"):
        event_log(frame, odd)


def test_rules_that_match_nothing_leave_all_events_over():
    other = [Stage.model_validate({"id": "z", "label": "z", "events": [{"names": ["zzz"]}]})]
    frame = events(("p", 0, "a"), ("p", 1, "b"))
    assert event_stages(frame, other).empty
    assert unmatched_events(frame, other).n_unmatched == 2


def test_missing_customers_are_in_no_journey():
    frame = events(("p", 0, "a"), (None, 0, "a"))
    log = event_log(frame, STAGES)
    assert (log.n_customers, len(log.time)) == (1, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: attribution(
            log.assign(channel="web"), AttributionPlan(conversion="b"), rng=np.random.default_rng(0)
        ),
        lambda log: early_signs(log, None),
    ],
)
def test_what_cannot_be_answered_says_why(ask):
    with pytest.raises(CjmError) as caught:
        ask(event_stages(events(("p", 0, "a")), STAGES))
    assert isinstance(caught.value, NoDataError | ParameterError)
    assert str(caught.value).endswith(".")


def test_a_rule_that_is_nearly_an_events_name_is_told():
    misspelt = [Stage.model_validate({"id": "z", "label": "z", "events": [{"names": ["chekout"]}]})]
    frame = events(("p", 0, "checkout"), ("q", 1, "checkout"), ("q", 2, "else"))
    got = unmatched_events(frame, misspelt)
    assert [(a.stage, a.asked, a.found) for a in got.almost] == [("z", "chekout", "checkout")]
    told = got.findings()[0]
    assert (told.kind, told.estimate, told.status) == ("rule_misses", 2, "shown")


def test_a_rule_whose_event_did_not_happen_is_no_misspelling():
    quiet = [Stage.model_validate({"id": "z", "label": "z", "events": [{"names": ["refund"]}]})]
    assert unmatched_events(events(("p", 0, "checkout")), quiet).almost == ()


# --- the end of what was watched, with and without a zone --------------------------------

LEFT_AND_STAYED = events(("p", 0, "a"), ("p", 2_100, "a"), ("q", 0, "a"), ("q", 300, "a"))
ORDERS = pd.DataFrame(
    {
        "customer_id": ["p", "p", "q"],
        "ordered_at": START + pd.to_timedelta([1, 9, 4], unit="D"),
    }
)


@pytest.mark.parametrize(
    "ask",
    [
        lambda until: due_second(ORDERS, observed_until=until),
        lambda until: moving_up(ORDERS, observed_until=until).to_frame().to_dict(),
        lambda until: explain(events(("p", 1, "a")), STAGES, "p", observed_until=until),
        lambda until: early_signs(
            event_stages(LEFT_AND_STAYED, STAGES),
            None, landmark=Landmark(days=9, quiet_days=9, observed_until=until),
        ),
    ],
)  # fmt: skip
def test_an_end_without_a_zone_is_utc(ask):
    assert repr(ask("2026-04-01")) == repr(ask(pd.Timestamp("2026-04-01", tz="UTC")))
    with pytest.raises(ParameterError, match="observed_until must be a time; got 'soon'"):
        ask("soon")


def test_a_day_ends_where_clocks_skip_its_midnight():
    # Cairo's summer time of 2024 began on 26 April: 00:00 became 01:00.
    assert end_of(pd.Timestamp("2024-04-25"), "Africa/Cairo").isoformat() == (
        "2024-04-26T01:00:00+03:00"
    )


def test_a_day_ends_at_the_first_of_two_midnights():
    # Havana's winter time of 2024 began on 3 November: 01:00 became 00:00 again.
    assert end_of(pd.Timestamp("2024-11-02"), "America/Havana").isoformat() == (
        "2024-11-03T00:00:00-04:00"
    )


def test_no_stage_is_no_chain():
    with pytest.raises(ParameterError, match="different names, one or more"):
        goal_chances(event_stages(events(("p", 0, "a")), STAGES), [])


@pytest.mark.parametrize("days", [-1, float("inf"), float("nan")])
def test_a_window_that_is_none_is_refused(days):
    with pytest.raises(ParameterError, match="within_days must be days"):
        explain(events(("p", 1, "a")), STAGES, "p", within_days=days)


def test_an_unknown_customer_does_not_list_all_customers():
    with pytest.raises(ParameterError) as caught:
        explain(events(*((f"c{i}", 0, "a") for i in range(500))), STAGES, "c1234")
    assert len(str(caught.value)) < 100


# --- addresses as touchpoints -----------------------------------------------------------


def test_more_touchpoints_than_two_bytes_can_number_are_told_apart():
    n = 33_000
    log = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "occurred_at": START,
            "stage": "a",
            "touchpoint": [f"page{i}" for i in range(n)],
        }
    )
    found = stays(log, ["a", "b"])["a"]
    assert len(set(found.touchpoint.tolist())) == n


def test_credit_is_not_shared_among_thousands_of_pages():
    pages = [(f"c{i}", 0, "a") for i in range(400)] + [(f"c{i}", 1, "b") for i in range(400)]
    log = event_stages(events(*pages), STAGES)
    log["touchpoint"] = [f"page{i}" for i in range(len(log))]
    with pytest.raises(DataError, match="400 kinds of touchpoint to share credit among"):
        attribution(log, AttributionPlan(conversion="b", by="touchpoint"),
                    rng=np.random.default_rng(1))  # fmt: skip
