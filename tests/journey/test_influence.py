"""Influence, triggers and expectation gaps agree with counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.journey.expectations import expectation_gaps
from cjm_research.journey.influence import touchpoint_influence
from cjm_research.journey.triggers import triggers
from cjm_research.study.model import Limits

START = pd.Timestamp("2026-01-01", tz="UTC")
FEW = Limits(hidden_below=1, facts_below=1, claims_from=1)
STEPS = ("look", "buy")


def log(**paths):
    """One customer per keyword; ``chat`` and ``page`` are touchpoints of look, ``!`` is to buy."""
    rows = [
        (c, day, "buy" if t == "!" else "look", t)
        for c, path in paths.items()
        for day, t in enumerate(path.split())
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "stage", "touchpoint"])
    return frame.assign(occurred_at=START + pd.to_timedelta(frame.pop("day"), unit="D"))


def test_moving_on_is_counted_with_and_without_each_touchpoint():
    events = log(a="chat page !", b="page", c="page !", d="chat", e="page")
    (page, chat) = sorted(
        touchpoint_influence(events, STEPS, limits=FEW).rows, key=lambda r: -r.n_met
    )
    assert (chat.n_met, chat.moved_with, chat.n_unmet, chat.moved_without) == (
        2,
        1 / 2,
        3,
        1 / 3,
    )
    assert (page.n_met, page.moved_with, page.n_unmet, page.moved_without) == (4, 1 / 2, 1, 0)


def test_what_is_met_after_moving_on_counts_for_nothing():
    events = log(a="page ! chat", b="page", c="chat")
    got = {r.touchpoint: r for r in touchpoint_influence(events, STEPS, limits=FEW).rows}
    assert (got["chat"].n_met, got["chat"].moved_with) == (1, 0)


def test_a_trigger_is_compared_with_the_customers_own_rate():
    # a: chat is 1 of 3 and last; b: 1 of 2 and not last; c met one thing only: says nothing.
    events = log(a="page page chat !", b="chat page !", c="chat chat !", d="page chat")
    (chat, page) = triggers(events, STEPS, limits=FEW).rows
    assert (chat.touchpoint, chat.moves, chat.n) == ("chat", 1, 2)
    assert chat.expected == pytest.approx(1 / 3 + 1 / 2)
    assert (page.moves, page.expected) == (1, pytest.approx(2 / 3 + 1 / 2))


def test_a_planted_trigger_is_found():
    rng = np.random.default_rng(2)
    paths = {
        f"c{i}": " ".join([*rng.permutation(["page", "page", "chat"])[:2], "chat", "!"])
        for i in range(200)
    }
    got = triggers(log(**paths), STEPS)
    (told,) = [f for f in got.findings() if f.status == "shown"]
    assert told.subject == {"stage": "look", "touchpoint": "chat"}
    assert [r.touchpoint for r in got.of("look")] == ["chat"]


def test_from_the_last_stage_nobody_moves_on():
    assert touchpoint_influence(log(a="!", b="page !"), ("look",), limits=FEW).rows == ()


def test_no_events_have_no_influence_and_no_triggers():
    empty = log(a="page").iloc[:0]
    assert touchpoint_influence(empty, STEPS).rows == ()
    assert triggers(empty, STEPS).rows == ()


@pytest.mark.slow
def test_triggers_keep_their_level_where_the_order_is_chance():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(200):
        paths = {
            f"c{i}": " ".join(
                [*rng.choice(["page", "chat"], size=rng.integers(1, 6), p=[0.7, 0.3]), "!"]
            )
            for i in range(60)
        }
        found += [r.p for r in triggers(log(**paths), STEPS, limits=FEW).rows[:1]]
    assert np.mean(np.array(found) < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(found))


def answers(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "kind", "score"])
    return frame.assign(
        feedback_id=[f"f{i}" for i in range(len(frame))],
        touchpoint="page", scale_min=1.0, scale_max=5.0,
    )  # fmt: skip


def test_gaps_are_paired_by_customer():
    # On -1..1: a expects 1 and gets 0; b expects 1 and gets -1; c told only one of them.
    given = answers(("a", "importance", 5), ("a", "satisfaction", 3), ("b", "importance", 5),
                    ("b", "satisfaction", 1), ("c", "importance", 1))  # fmt: skip
    (row, _) = expectation_gaps(given, log(a="page !"), stages=STEPS).rows
    assert (row.n, row.expected, row.met, row.gap) == (2, 1, -0.5, 1.5)


def test_several_answers_of_a_customer_count_once():
    given = answers(("a", "importance", 5), ("a", "importance", 3), ("a", "satisfaction", 3))
    (row, _) = expectation_gaps(given, log(a="page !"), stages=STEPS).rows
    assert (row.n, row.expected) == (1, 0.5)


def test_no_importance_is_no_gap():
    with pytest.raises(NoDataError, match="Nobody told both"):
        expectation_gaps(answers(("a", "satisfaction", 3)), log(a="page !"), stages=STEPS)
