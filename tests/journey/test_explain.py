"""What decided on one customer agrees with the funnel, and says why."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import ParameterError
from cjm_research.journey.explain import explain
from cjm_research.journey.funnel import attempts
from cjm_research.journey.kernel import NEVER
from cjm_research.journey.stages import event_stages


def events(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "name"])
    frame["occurred_at"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        frame.pop("day"), unit="D"
    )
    return frame


def test_each_event_says_its_rule_and_why_it_counts(small):
    log = events(("a", 0, "cart"), ("a", 1, "view_page"), ("a", 2, "odd"), ("a", 3, "cart"),
                 ("a", 4, "view_x"), ("a", None, "support"), ("a", 5, "support"))  # fmt: skip
    got = explain(log, small.STAGES, "a")
    assert [(e.name, e.step, e.reason) for e in got.events] == [
        ("cart", 0, "out_of_turn"),
        ("view_page", 1, "counted"),
        ("odd", 0, "no_rule"),
        ("cart", 2, "counted"),
        ("view_x", 0, "again"),
        ("support", 3, "counted"),
        ("support", 0, "no_time"),
    ]
    assert got.reached == 3
    assert got.events[1].rule == "prefix = view"
    assert got.events[3].rule == "names = cart, payment"
    assert got.events[2].stage == ""


def test_a_window_and_an_end_are_reasons(small):
    log = events(("a", 0, "view_page"), ("a", 5, "cart"), ("a", 9, "support"))
    got = explain(
        log, small.STAGES, "a", within_days=2, observed_until=pd.Timestamp("2026-01-08", tz="UTC")
    )
    assert [e.reason for e in got.events] == ["counted", "window", "after_the_end"]


def test_equal_times_say_what_parted_them(small):
    log = events(("a", 0, "cart"), ("a", 0, "view_page"), ("a", 1, "cart"))
    assert [e.order for e in explain(log, small.STAGES, "a").events] == ["file", "file", "time"]
    numbered = explain(log.assign(sequence=[2, 1, 1]), small.STAGES, "a")
    assert [(e.name, e.order) for e in numbered.events] == [
        ("view_page", "sequence"), ("cart", "sequence"), ("cart", "time"),
    ]  # fmt: skip


@pytest.mark.parametrize("within", [0, 1.5])
def test_the_steps_agree_with_the_funnel_for_every_customer(small, within):
    log = small.event_rows(60)
    staged = event_stages(log, small.STAGES)
    late = pd.Timestamp("2027-01-01", tz="UTC")  # no window is open any more
    found = attempts(staged, small.IDS, within=within or None, order="ordered", observed_until=late)
    reached = dict(zip(found.ids, (found.took != NEVER).sum(axis=0), strict=True))
    told = {c: explain(log, small.STAGES, c, within_days=within).reached for c in reached}
    assert told == {c: int(n) for c, n in reached.items()}


def test_an_unknown_customer_is_named_with_the_nearest(small):
    with pytest.raises(ParameterError, match="no customer 'c001'"):
        explain(small.event_rows(5), small.STAGES, "c001")
