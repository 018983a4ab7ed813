"""A change is told only if it is larger than noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cjm_research.present.words import Words
from cjm_research.report.changed import changed_box, filled_cards
from cjm_research.report.changes import changes, p_value
from cjm_research.results import Finding, Unit
from cjm_research.workspace.days import at_end

JANUARY, FEBRUARY, BOTH = (
    ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-02-28"),
)  # fmt: skip


def _finding(estimate, window, *, se=0.02, name="a", n=400, **more):
    return Finding(
        id=name, kind="k", subject={}, estimate=estimate, se=se, unit=Unit.SHARE, n=n,
        method="wilson", window=window, **more,
    )  # fmt: skip


def _changes(before, after):
    return changes([f.to_dict() for f in before], [f.to_dict() for f in after])


def test_windows_apart_add_their_variances():
    # z = 0.1 / sqrt(0.03^2 + 0.04^2) = 2: p = 0.0455, as any table of the normal law has it
    p = p_value(_finding(0.2, JANUARY, se=0.03), _finding(0.3, FEBRUARY, se=0.04))
    assert p == pytest.approx(0.0455, abs=5e-5)


def test_a_window_inside_the_other_shares_its_rows():
    # 144 of the 400 rows: their errors are 0.05 and 0.03, and 0.05^2 - 0.03^2 = 0.04^2
    p = p_value(_finding(0.2, JANUARY, se=0.05, n=144), _finding(0.28, BOTH, se=0.03, n=400))
    assert p == pytest.approx(0.0455, abs=5e-5)


@pytest.mark.parametrize("window", [JANUARY, ("2026-01-15", "2026-02-15"), None])
def test_windows_that_overlap_otherwise_are_not_compared(window):
    assert p_value(_finding(0.2, JANUARY), _finding(0.9, window)) is None


def test_the_error_of_an_interval_stands_in_for_one_that_is_not_named():
    half = 1.959964 * 0.03
    old = _finding(0.2, JANUARY, se=None, low=0.2 - half, high=0.2 + half)
    p = p_value(old, _finding(0.3, FEBRUARY, se=0.04))
    assert p == pytest.approx(0.0455, abs=5e-5)


def test_a_change_of_method_is_listed_apart():
    found = _changes([_finding(0.2, JANUARY)], [_finding(0.9, FEBRUARY, method_version=2)])
    assert found.method_changed == ("a",)
    assert found.moved == ()


@pytest.mark.parametrize("status", ["hidden_small_n", "not_reliable"])
def test_what_may_not_be_told_is_not_compared(status):
    found = _changes([_finding(0.2, JANUARY)], [_finding(0.9, FEBRUARY, status=status)])
    assert (found.n_compared, found.moved) == (0, ())


def test_a_statement_about_something_else_than_before_is_no_move():
    old, new = _finding(0.2, JANUARY), _finding(0.9, FEBRUARY)
    said = [replace(f, subject={"stage": s}) for f, s in ((old, "cart"), (new, "delivery"))]
    assert _changes(said[:1], said[1:]).moved == ()


def test_an_estimate_that_is_not_known_is_not_compared():
    found = _changes([_finding(math.nan, JANUARY)], [_finding(0.9, FEBRUARY)])
    assert (found.n_compared, found.n_not_compared) == (0, 1)


def test_many_comparisons_are_one_family():
    # one p of 0.0455 among twenty: Benjamini-Hochberg makes it 0.91
    old = [_finding(0.2, JANUARY, se=0.03, name=str(i)) for i in range(20)]
    new = [_finding(0.3 if i == 0 else 0.2, FEBRUARY, se=0.04, name=str(i)) for i in range(20)]
    assert _changes(old, new).moved == ()
    assert [m.id for m in _changes(old[:1], new[:1]).moved] == ["0"]


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.05])
@pytest.mark.parametrize("is_nested", [False, True])
def test_nothing_that_did_not_change_is_told_more_often_than_promised(share, is_nested):
    # 20 shares of 400 people each, drawn twice: apart, or the second holds the first too
    rng = np.random.default_rng(20261122)
    n, runs, false = 800 if is_nested else 400, 600, 0
    for _ in range(runs):
        old = rng.binomial(400, share, size=20)
        new = rng.binomial(400, share, size=20) + (old if is_nested else 0)
        before = [_share(k, 400, JANUARY, str(i)) for i, k in enumerate(old)]
        after = [_share(k, n, BOTH if is_nested else FEBRUARY, str(i)) for i, k in enumerate(new)]
        false += bool(_changes(before, after).moved)
    assert false / runs < 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


@pytest.mark.slow
def test_a_state_of_the_same_customers_at_two_days_is_no_louder_than_promised():
    # 500 customers of whom a tenth changes its state each week, and 25 new ones come
    rng = np.random.default_rng(20261122)
    days, false, bold = [at_end(w) for w in (JANUARY, BOTH)], 0, 0
    for _ in range(2000):
        then = rng.random(500) < 0.3
        now = np.where(rng.random(500) < 0.1, rng.random(500) < 0.3, then)
        now = np.concatenate([now, rng.random(25) < 0.3])
        pair = (int(then.sum()), 500), (int(now.sum()), 525)
        before, after = (_share(k, n, day, "a") for (k, n), day in zip(pair, days, strict=True))
        false += p_value(before, after) < 0.05
        bold += (
            p_value(*(replace(f, window=w) for f, w in ((before, JANUARY), (after, BOTH)))) < 0.05
        )
    assert false <= 100
    assert bold > 200  # as days that hold one another, states would raise false alarms


def _share(k, n, window, name):
    return _finding(k / n, window, se=math.sqrt(k / n * (1 - k / n) / n), name=name, n=n)


def test_what_is_said_of_the_same_days_is_corrected_and_not_changed():
    before = [_finding(0.2, JANUARY), _finding(0.5, JANUARY, name="b")]
    found = _changes(before, [_finding(0.2, JANUARY), _finding(0.6, JANUARY, name="b")])
    assert (found.moved, found.n_compared) == ((), 0)
    assert (found.n_same_days, found.n_corrected) == (2, 1)


SAME_DAYS = {"since": "2026-02-01T06:00:00+03:00", "n_compared": 0, "n_not_compared": 4}


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"n_same_days": 4, "n_corrected": 0}, "every statement is as it was"),
        ({"n_same_days": 4, "n_corrected": 2}, "Statements that differ: 2"),
        ({"n_same_days": 3, "n_corrected": 0}, "Nothing could be compared"),
        ({"n_same_days": 0, "n_corrected": 0}, "Nothing could be compared"),
    ],
)
def test_the_page_says_why_nothing_was_compared(counts, said):
    assert said in changed_box(SAME_DAYS | counts, Words("en"))


@pytest.mark.parametrize(("after", "said"), [(7, "as in the last report"), (8, "beyond noise")])
def test_a_key_figure_that_is_equal_is_not_called_noise(after, said):
    card = {"unit": "count", "before": 7, "after": after, "moved": False}
    assert said in filled_cards("<!--change:k-->", {"cards": {"k": card}}, Words("en"))
