"""What customers buy, see, and when: collected bucket by bucket as from all rows at once."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.segmentation.habits import Habits, habits, joined_habits
from cjm_research.segmentation.tops import tops_of
from cjm_research.store.reading import read_part
from cjm_research.study.model import Limits

LIMITS = Limits(hidden_below=1, facts_below=1, claims_from=1)


def frame(**columns):
    return pd.DataFrame({
        k: pd.to_datetime(v, utc=True) if k.endswith("_at") else pd.Series(v, dtype="string")
        for k, v in columns.items()
    })  # fmt: skip


@pytest.fixture
def orders():
    # a buys mug and plate, b the mug twice, c is known from events alone, d bought a cup.
    return frame(customer_id=list("aabbd"), product=["mug", "plate", "mug", "mug", "cup"])


@pytest.fixture
def events():
    return frame(
        customer_id=["a", "a", "b", "c", None],
        name=["visit", "visit", "cart", "visit", "cart"],
        touchpoint=["search", "search", None, "blog", "blog"],
        occurred_at=["2026-03-02T09:00", "2026-03-03T20:00", "2026-03-03T21:00",
                     "2026-03-03T10:00", "2026-03-03T11:00"],
    )  # fmt: skip


def pairs(found):
    return {
        (found.ids[c], *found.names[i]) for c, i in zip(found.customer, found.item, strict=True)
    }


def rows_of(table, *customers):
    return table[table["customer_id"].isin(customers)].reset_index(drop=True)


def test_each_pair_is_there_once(orders, events):
    found = habits(orders, events, zone="UTC")
    things = {(c, k, i) for c, k, i in pairs(found) if k in ("product", "page")}
    assert things == {
        ("a", "product", "mug"), ("a", "product", "plate"), ("b", "product", "mug"),
        ("d", "product", "cup"), ("a", "page", "search"), ("b", "page", "cart"),
        ("c", "page", "blog"),
    }  # fmt: skip
    assert len(found.item) == len(pairs(found))
    assert (found.item[1:] >= found.item[:-1]).all()
    assert found.ids.is_unique


def test_buckets_joined_are_all_rows_at_once(orders, events):
    parts = [
        habits(rows_of(orders, *c), rows_of(events, *c), zone="UTC") for c in ("ac", "b", "d", "")
    ]
    whole = habits(orders, events[events["customer_id"].notna()], zone="UTC")
    joined = joined_habits(parts)
    assert pairs(joined) == pairs(whole)
    assert (joined.names, joined.hours) == (whole.names, whole.hours)


def test_what_is_kept_is_what_was_made(orders, events, tmp_path):
    made = habits(orders, events, zone="UTC")
    read = []
    for name, table in made.to_frames().items():
        table.to_parquet(tmp_path / f"{name}.parquet")
        read.append(read_part(tmp_path / f"{name}.parquet"))
    found = Habits.from_frames(*read)
    assert pairs(found) == pairs(made)
    assert (found.names, found.hours) == (made.names, made.hours)


def told(events, kind):
    members = pd.DataFrame({"customer_id": list("abc"), "segment": "all"})
    nothing = frame(customer_id=[])
    found = habits(nothing, events, zone="UTC")
    tops = tops_of(found, members, lines=nothing, grouping="g", limits=LIMITS)
    return {r.item: r.n_with for r in tops.of("all", kind)}


def test_the_time_of_day_is_told_where_hours_differ_anywhere(events):
    assert told(events, "daypart") == {"evening": 2, "morning": 1}  # a tie: first by name
    midnight = events.assign(occurred_at=events["occurred_at"].dt.normalize())
    assert told(midnight, "daypart") == {}
    assert told(midnight, "weekday") == {"monday": 1, "tuesday": 2}


def test_a_customer_of_two_segments_counts_in_both(orders, events):
    members = pd.DataFrame({"customer_id": list("aab"), "segment": ["one", "two", "two"]})
    found = habits(orders, events, zone="UTC")
    tops = tops_of(found, members, lines=orders, grouping="g", limits=LIMITS)
    assert {r.item: (r.n_with, r.n) for r in tops.of("one", "product")} == {
        "mug": (1, 1), "plate": (1, 1)}  # fmt: skip
    assert {r.item: (r.n_with, r.n) for r in tops.of("two", "product")} == {
        "mug": (2, 2), "plate": (1, 2)}  # fmt: skip
    assert {r.share_all for r in tops.rows if r.item == "mug"} == {2 / 3}
