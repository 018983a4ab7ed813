"""Reasons, quotes, lanes and early signs agree with counting by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.journey.early_signs import (
    Landmark,
    Whose,
    early_signs,
    first_orders,
    known_to_have_left,
)
from cjm_research.journey.lanes import lanes_on_time
from cjm_research.journey.leaving import LeavingTables, leaving_reasons
from cjm_research.journey.quotes import quote_conversion
from cjm_research.study.model import Limits

START = pd.Timestamp("2026-01-01", tz="UTC")
FEW = Limits(hidden_below=1, facts_below=1, claims_from=1)


def on(day):
    return START + pd.Timedelta(days=day)


def deals(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "outcome", "lost_reason"])
    return frame.assign(deal_id=range(len(rows)), source="site")


# --- reasons --------------------------------------------------------------------------


def test_a_customer_counts_once_per_reason():
    lost = deals(("a", "lost", "price"), ("a", "lost", "price"), ("b", "lost", "price"),
                 ("b", "lost", "time"), ("c", "won", None))  # fmt: skip
    got = leaving_reasons(LeavingTables(deals=lost), lost=())
    counts = {r.reason: (r.group.customers, r.group.n) for r in got.rows}
    assert counts == {"price": (2, 2), "time": (1, 2)}


def test_the_first_reason_is_tested_over_those_who_gave_one_of_the_two():
    # 9 give price only, 1 time only, 5 both: McNemar's exact p of 9 to 1.
    rows = [(f"p{i}", "lost", "price") for i in range(14)]
    rows += [(f"p{i}", "lost", "time") for i in range(5)] + [("t", "lost", "time")]
    got = leaving_reasons(LeavingTables(deals=deals(*rows)), lost=(), limits=FEW)
    known = stats.binom.cdf(1, 10, 0.5) * 2
    assert dict(got.leads)["deal"] == pytest.approx(known)
    assert got.findings()[0].status == "shown"


def test_tickets_count_of_those_who_left_only():
    codes = pd.DataFrame(
        {
            "customer_id": ["gone", "here"],
            "kind": "ticket",
            "theme": ["late", "late"],
            "theme_kind": "pain",
            "touchpoint": "support",
        }
    )
    (row,) = leaving_reasons(LeavingTables(feedback_codes=codes), lost={"gone"}).rows
    assert (row.source, row.reason, row.group.customers) == ("ticket", "late", 1)


def test_an_exit_survey_is_a_source_of_its_own():
    codes = pd.DataFrame(
        {
            "customer_id": ["a"],
            "kind": "open",
            "theme": ["late"],
            "theme_kind": "pain",
            "touchpoint": "exit_survey",
        }
    )
    assert leaving_reasons(LeavingTables(feedback_codes=codes), lost=()).sources == ("exit_survey",)


def test_segments_are_compared_among_those_with_a_reason():
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(100)],
            "lost_reason": ["late"] * 40 + ["price"] * 10 + ["late"] * 10 + ["price"] * 40,
        }
    )
    segments = pd.DataFrame(
        {"customer_id": customers["customer_id"], "segment": ["x"] * 50 + ["y"] * 50}
    )
    tables = LeavingTables(customers=customers, segments=segments)
    got = leaving_reasons(tables, lost=(), limits=FEW).by_segment()
    shares = {(r.segment, r.reason): r.group.share for r in got.rows}
    assert shares == {("x", "late"): 0.8, ("x", "price"): 0.2,
                      ("y", "late"): 0.2, ("y", "price"): 0.8}  # fmt: skip
    assert {f.status for f in got.findings() if "segment" in f.subject} == {"shown"}


def test_no_reason_anywhere_is_said():
    with pytest.raises(NoDataError, match="Nothing says why customers leave"):
        leaving_reasons(LeavingTables(), lost=())


def test_overlapping_segments_are_refused():
    segments = pd.DataFrame({"customer_id": ["a", "a"], "segment": ["x", "y"]})
    tables = LeavingTables(deals=deals(("a", "lost", "price")), segments=segments)
    with pytest.raises(DataError, match="more than one"):
        leaving_reasons(tables, lost=())


# --- quotes and lanes -----------------------------------------------------------------


def test_open_deals_are_in_no_share():
    got = quote_conversion(deals(("a", "won", None), ("b", "lost", "x"), ("c", "open", None)))
    assert (got.rows[0].customers, got.rows[0].n, got.n_open) == (1, 2, 1)


def test_deals_that_are_all_open_are_no_data():
    with pytest.raises(NoDataError, match="No deal is won or lost yet"):
        quote_conversion(deals(("a", "open", None)))


def shipments(*rows):
    columns = ["origin", "destination", "promised", "delivered"]
    frame = pd.DataFrame(list(rows), columns=columns)
    for name in ("promised", "delivered"):
        days = pd.to_timedelta(frame.pop(name).astype("Float64"), unit="D")
        frame[f"{name}_at"] = START + days
    return frame


def test_on_time_is_by_the_promised_moment_and_lane_by_lane():
    rows = [("A", "B", 5, 5), ("A", "B", 5, 7), ("A", "B", 5, 9), ("B", "A", 5, 4)]
    got = lanes_on_time(shipments(*rows, ("B", "A", 5, None)))
    assert (got.whole.customers, got.whole.n, got.n_unknown) == (2, 4, 1)
    first = got.lanes[0]
    assert (first.origin, first.destination, first.group.share) == ("A", "B", 1 / 3)
    assert first.late_days == 3


def test_a_lane_name_may_hold_anything():
    got = lanes_on_time(shipments(("A=B", "C → D", 5, 5)))
    assert [(r.origin, r.destination) for r in got.lanes] == [("A=B", "C → D")]


def test_shipments_without_times_are_no_data():
    with pytest.raises(NoDataError, match="No shipment has a place"):
        lanes_on_time(shipments(("A", "B", None, None)))


# --- early signs ----------------------------------------------------------------------


def log(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "day", "touchpoint"])
    times = START + pd.to_timedelta(frame.pop("day").astype("int64"), unit="D")
    return frame.assign(occurred_at=times, stage="use")


def test_only_the_first_days_count_of_those_who_were_still_there():
    # Landmark 10 days, watched 100. "early" left on day 5: in neither group. What "gone" met on
    # day 20 is after the landmark.
    events = log(
        ("gone", 0, "visit"), ("gone", 20, "help"), ("stays", 0, "visit"), ("stays", 3, "help"),
        ("early", 0, "help"), ("end", 99, "visit"),
    )  # fmt: skip
    left = pd.DataFrame({"customer_id": ["gone", "early"], "left_on": [on(50), on(5)]})
    got = early_signs(
        events, None, whose=Whose(left=left),
        landmark=Landmark(days=10, observed_until=on(100)), limits=FEW,
    )  # fmt: skip
    assert (got.n_left, got.n_stayed, got.n_too_new) == (1, 1, 2)
    (helped,) = [r for r in got.rows if r.touchpoint == "help"]
    assert (helped.left, helped.stayed) == (0, 1)


def test_silence_counts_as_having_left_where_nobody_knows():
    events = log(("quiet", 0, "visit"), ("quiet", 12, "visit"), ("busy", 0, "visit"),
                 ("busy", 95, "visit"))  # fmt: skip
    landmark = Landmark(days=10, quiet_days=30, observed_until=on(100))
    got = early_signs(events, None, landmark=landmark, limits=FEW)
    assert (got.n_left, got.n_stayed, got.is_known) == (1, 1, False)


def test_those_who_never_bought_are_not_among_those_who_stayed():
    events = log(("a", 0, "visit"), ("b", 0, "visit"), ("lead", 0, "visit"))
    bought = pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": [on(0), on(1)]})
    left = pd.DataFrame({"customer_id": ["a"], "left_on": [on(60)]})
    got = early_signs(
        events, None, whose=Whose(since=first_orders(bought), left=left),
        landmark=Landmark(observed_until=on(100)), limits=FEW,
    )  # fmt: skip
    assert (got.n_left, got.n_stayed) == (1, 1)


def test_a_sign_that_was_planted_is_found_and_the_others_are_not():
    rows = []
    for i in range(600):
        gone = i % 3 == 0
        rows.append((f"c{i}", 0, "visit" if i % 2 else "page"))
        rows += [(f"c{i}", 1, "complaint")] if i % 10 < (6 if gone else 2) else []
    left = pd.DataFrame({"customer_id": [f"c{i}" for i in range(0, 600, 3)]})
    got = early_signs(
        log(*rows), None, whose=Whose(left=left), landmark=Landmark(observed_until=on(100))
    )
    told = [f.subject["touchpoint"] for f in got.findings() if f.status == "shown"]
    assert told == ["complaint"]


def test_pains_are_compared_among_those_who_wrote():
    events = log(("a", 0, "visit"), ("b", 0, "visit"), ("c", 0, "visit"))
    codes = pd.DataFrame(
        {
            "feedback_id": ["1", "2"],
            "customer_id": ["a", "b"],
            "given_at": [on(1), on(1)],
            "theme": ["late", None],
            "theme_kind": ["pain", None],
        }
    )
    left = pd.DataFrame({"customer_id": ["a"]})
    got = early_signs(
        events, codes, whose=Whose(left=left), landmark=Landmark(observed_until=on(100)),
        limits=FEW,
    )  # fmt: skip
    (row,) = [r for r in got.rows if r.kind == "pain"]
    assert (row.left, row.n_left, row.stayed, row.n_stayed) == (1, 1, 0, 1)


def test_nobody_who_left_is_no_data():
    with pytest.raises(NoDataError, match="0 customers left and 1 stayed"):
        early_signs(
            log(("a", 0, "visit")), None, whose=Whose(left=pd.DataFrame({"customer_id": []})),
            landmark=Landmark(observed_until=on(100)),
        )  # fmt: skip


def test_days_of_a_landmark_are_above_zero():
    with pytest.raises(ParameterError, match="above zero"):
        early_signs(log(("a", 0, "visit")), None, landmark=Landmark(days=0))


def test_records_tell_who_left_by_status_flag_or_date():
    customers = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "status": ["lost", "current", None, "current"],
            "is_churned": [None, True, None, False],
            "churned_on": pd.to_datetime([None, None, "2026-03-01", None]),
        }
    )
    got = known_to_have_left(customers)
    assert got["customer_id"].tolist() == ["a", "b", "c"]
    assert known_to_have_left(customers[["customer_id"]]) is None
