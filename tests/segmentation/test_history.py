"""Who moved between segments: counts that add up, changes beyond chance, drift with its null."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.segmentation.drift import drift
from cjm_research.segmentation.history import Period, migration
from cjm_research.segmentation.moves import NEW, NONE
from cjm_research.study.model import Limits

PERIOD = Period(grouping="g", since="2026-01-01", until="2026-04-01")


def members(**segments):
    rows = [(i, s) for s, ids in segments.items() for i in ids]
    return pd.DataFrame(rows, columns=["customer_id", "segment"], dtype="string[pyarrow]")


def ids(first, last):
    return [f"c{i:05}" for i in range(first, last)]


def moved(before, now, known, segments=("a", "b")):
    known = pd.Index(known, dtype="string[pyarrow]")
    return migration(
        before, now, segments=segments, known_before=known, period=PERIOD, limits=Limits()
    )


@pytest.fixture
def found():
    # 200 in a: 150 stay, 50 go to b. 100 in b stay. 20 come to a from nowhere, 30 are new in a.
    before = members(a=ids(0, 200), b=ids(200, 300))
    now = members(a=[*ids(0, 150), *ids(300, 320), *ids(900, 930)], b=[*ids(150, 300)])
    return moved(before, now, ids(0, 400))


def test_flows_count_who_stayed_came_went_and_is_new(found):
    a, b = found.of("a"), found.of("b")
    assert (a.were, a.now, a.remained, a.came, a.new, a.went) == (200, 200, 150, 20, 30, 50)
    assert (b.were, b.now, b.remained, b.came, b.new, b.went) == (100, 150, 100, 50, 0, 0)


def test_moves_of_the_matrix_add_up_to_the_customers(found):
    matrix = found.matrix()
    assert matrix.loc["a"].tolist() == [150, 50]
    assert matrix.loc[NONE, "a"] == 20
    assert matrix.loc[NEW, "a"] == 30
    assert matrix.to_numpy().sum() == 350


def test_one_sided_moves_are_told_unless_new_customers_make_up_for_them(found):
    status = {f.segment: f.status for f in found.flows}
    assert status == {"a": "not_significant", "b": "shown"}  # +50 -50; +50 -0


def test_as_many_comings_as_goings_are_chance():
    before = members(a=ids(0, 200), b=ids(200, 400))
    now = members(a=[*ids(20, 200), *ids(200, 222)], b=[*ids(0, 20), *ids(222, 400)])
    found = moved(before, now, ids(0, 400))
    assert {f.status for f in found.flows} == {"not_significant"}
    assert found.of("a").low < 0 < found.of("a").high


def test_new_customers_alone_are_no_move():
    found = moved(members(a=ids(0, 200)), members(a=ids(0, 500)), ids(0, 200), segments=("a",))
    assert found.of("a").status == "hidden_small_n"


def test_a_grouping_with_several_segments_a_customer_has_flows_and_no_matrix():
    before = members(a=ids(0, 200), b=ids(100, 300))
    found = moved(before, before, ids(0, 300))
    assert found.moves == ()
    assert found.of("b").remained == 200


def test_drift_of_two_draws_has_its_published_null():
    # Yurdakul and Naranjo: chi-square of 9 degrees of freedom times (1/500 + 1/500).
    even = [50] * 10
    assert drift(even, even, grouping="g", since="x").null == pytest.approx(0.0677, abs=5e-5)


def test_few_customers_drift_nowhere_that_could_be_told():
    few = drift([1, 14], [10, 5], grouping="g", since="x")
    assert few.psi > few.null
    assert few.status == "hidden_small_n"
    many = drift([10, 140], [100, 50], grouping="g", since="x")
    assert many.status == "shown"


@pytest.mark.slow
def test_drift_passes_its_null_in_a_twentieth_of_the_draws():
    rng = np.random.default_rng(1)
    share = np.array([0.4, 0.3, 0.2, 0.1])
    draws = [drift(rng.multinomial(800, share), rng.multinomial(1200, share),
                   grouping="g", since="x") for _ in range(4000)]  # fmt: skip
    above = np.mean([d.psi > d.null for d in draws])
    assert above == pytest.approx(0.05, abs=0.015)


def test_a_segment_too_small_to_be_shown_is_in_no_flow_and_no_move():
    before, now = members(a=ids(0, 200), b=ids(200, 204)), members(a=ids(0, 203), b=ids(203, 204))
    found = moved(before, now, ids(0, 204))
    assert [f.segment for f in found.flows] == ["a"]
    assert "b" not in found.matrix().index
