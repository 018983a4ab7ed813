"""Events find their stage by ordered rules; what no rule names is counted."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from cjm_research.errors import SchemaError
from cjm_research.journey.stages import COLUMNS, event_stages, unmatched_events
from cjm_research.study.plans import Stage


def stage(id_, *rules):
    return Stage.model_validate({"id": id_, "label": id_, "events": list(rules)})


def log(*rows, columns=("customer_id", "occurred_at", "name")):
    frame = pd.DataFrame(list(rows), columns=list(columns))
    if "occurred_at" in frame:
        frame["occurred_at"] = pd.to_datetime(frame["occurred_at"], utc=True)
    return frame


EVENTS = log(
    ("a", "2026-01-01 10:00", "ad_view"),
    ("a", "2026-01-02 10:00", "cart_add"),
    ("a", "2026-01-03 10:00", "heartbeat"),
    ("b", "2026-01-01 09:00", "cart_open"),
)


def test_the_first_rule_that_matches_decides():
    first = stage("basket", {"names": ["cart_add"], "touchpoint": "basket"})
    second = stage("any_cart", {"prefix": "cart"})
    got = event_stages(EVENTS, [first, second])
    assert got["stage"].tolist() == ["basket", "any_cart"]
    assert got["touchpoint"].tolist() == ["basket", "cart_open"]


def test_the_order_of_stages_decides_where_rules_overlap():
    wide = stage("any_cart", {"prefix": "cart"})
    narrow = stage("basket", {"names": ["cart_add"]})
    assert event_stages(EVENTS, [wide, narrow])["stage"].tolist() == ["any_cart", "any_cart"]


def test_all_conditions_of_a_rule_must_hold():
    events = EVENTS.assign(channel=["web", "app", "app", "app"])
    rule = {"regex": "^cart_(add|open)$", "column": "channel", "values": ["app"]}
    got = event_stages(events, [stage("app_cart", rule)])
    assert got["name"].tolist() == ["cart_add", "cart_open"]
    rule["values"] = ["web"]
    assert event_stages(events, [stage("web_cart", rule)]).empty


def test_an_events_own_touchpoint_stands_unless_the_rule_names_one():
    events = EVENTS.assign(touchpoint=["banner", None, None, "shelf"])
    got = event_stages(events, [stage("all", {"regex": "."})])
    assert got["touchpoint"].tolist() == ["banner", "cart_add", "heartbeat", "shelf"]


def test_equal_stamps_go_by_sequence_then_by_their_own_order():
    rows = [("a", "2026-01-01", n, s) for n, s in [("x", 2), ("y", 1), ("z", 2), ("w", None)]]
    events = log(*rows, columns=("customer_id", "occurred_at", "name", "sequence"))
    events["sequence"] = events["sequence"].astype("Int64")
    got = event_stages(events, [stage("all", {"regex": "."})])
    assert got["name"].tolist() == ["y", "x", "z", "w"]


def test_events_without_a_time_are_kept_and_come_last():
    events = log(("a", None, "late"), ("a", "2026-01-01", "first"))
    got = event_stages(events, [stage("all", {"regex": "."})])
    assert got["name"].tolist() == ["first", "late"]


def test_the_table_has_the_columns_of_the_contract():
    got = event_stages(EVENTS.assign(session_id="s", note="x"), [stage("all", {"regex": "."})])
    assert tuple(got) == (*COLUMNS, "session_id")
    assert str(got["occurred_at"].dtype) == "datetime64[us, UTC]"


def test_no_event_gives_an_empty_table_with_its_types():
    got = event_stages(EVENTS.iloc[:0], [stage("all", {"regex": "."})])
    assert got.empty
    assert tuple(got) == COLUMNS
    assert str(got["occurred_at"].dtype) == "datetime64[us, UTC]"
    assert event_stages(EVENTS, []).empty


def test_unmatched_events_are_counted_with_their_customers():
    left = unmatched_events(EVENTS, [stage("cart", {"prefix": "cart"})])
    assert [(r.name, r.events, r.customers) for r in left.rows] == [
        ("ad_view", 1, 1), ("heartbeat", 1, 1),
    ]  # fmt: skip
    assert left.n_events == 4
    (finding,) = left.findings()
    assert finding.estimate == 0.5


def test_nothing_unmatched_is_no_finding():
    assert unmatched_events(EVENTS, [stage("all", {"regex": "."})]).findings() == ()


def test_a_rule_on_a_column_that_is_not_there_names_the_nearest():
    rule = {"column": "channnel", "values": ["app"]}
    with pytest.raises(SchemaError, match="Did you mean 'channel'"):
        event_stages(EVENTS.assign(channel="app"), [stage("app", rule)])


def test_a_regex_that_cannot_be_read_is_shown():
    with pytest.raises(ValidationError, match=r"regex '\(' cannot be read"):
        stage("bad", {"regex": "("})
