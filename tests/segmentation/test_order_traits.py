"""Texts of order lines as traits of customers: countries, routes."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.present.words import Words
from cjm_research.segmentation.features import (
    customer_features,
    features_partial,
    finish_features,
    merge_features,
)
from cjm_research.segmentation.groupings import memberships
from cjm_research.segmentation.traits import defining_columns
from cjm_research.study.plans import Grouping

DAY = pd.Timestamp("2026-01-31")
LINES = pd.DataFrame({
    "customer_id": ["a", "a", "a", "b", "b", "c"],
    "amount": [10.0, 10, -10, 5, 5, 7],
    "country": pd.array(["France", "Spain", "Spain", "Italy", "France", None],
                        dtype="string[pyarrow]"),
})  # fmt: skip
NOTHING = pd.DataFrame({"customer_id": []})


def features(lines):
    return customer_features(NOTHING, lines, NOTHING, NOTHING, as_of=DAY)


def partial(lines):
    tables = {"customers": NOTHING, "orders": lines, "events": NOTHING, "feedback_codes": NOTHING}
    return features_partial(tables, DAY)


def test_a_customer_has_the_commonest_value_of_purchases_and_a_tie_goes_to_the_alphabet():
    found = features(LINES)
    # The refund of "a" is no purchase; "b" bought once in each country.
    assert found["main_country"].tolist() == ["France", "France", pd.NA]


def test_a_column_of_many_values_is_no_trait():
    notes = pd.array([f"note {i}" for i in range(61)], dtype="string[pyarrow]")
    lines = pd.DataFrame({"customer_id": "a", "amount": 1.0, "note": notes})
    assert "main_note" not in features(lines)


def test_buckets_together_decide_whether_values_are_too_many():
    one, two = (
        pd.DataFrame({
            "customer_id": name,
            "amount": 1.0,
            "note": pd.array([f"{name} {i}" for i in range(40)], dtype="string[pyarrow]"),
        })
        for name in "ab"
    )  # fmt: skip
    assert "main_note" in features(one)
    assert "main_note" not in finish_features(merge_features(partial(one), partial(two)))


def test_buckets_give_what_all_rows_give():
    parts = [partial(LINES[:3]), partial(LINES[3:])]
    pd.testing.assert_frame_equal(finish_features(merge_features(*parts)), features(LINES))


def test_a_bucket_without_orders_changes_nothing():
    found = finish_features(merge_features(partial(LINES[:0]), partial(LINES)))
    assert found["main_country"].tolist() == ["France", "France", pd.NA]


def test_a_grouping_may_be_the_country_of_orders():
    plan = Grouping.model_validate({"id": "country", "label": "x", "column": "main_country"})
    found = memberships(NOTHING, features(LINES), [plan])
    assert dict(zip(found["customer_id"], found["segment"], strict=True)) == {
        "a": "France",
        "b": "France",
    }


def test_what_made_the_segments_is_known_under_both_names():
    plan = Grouping.model_validate({"id": "country", "label": "x", "column": "main_country"})
    assert defining_columns(plan, frozenset(["country", "main_country"])) == {
        "country", "main_country",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Main country: x"), ("ru", "Страна (чаще всего): x"), ("zh", "主要国家：x")],
)
def test_the_trait_is_named_after_its_column(language, words):
    assert Words(language).label("trait", "main_country=x") == words


LOOKS = pd.DataFrame({
    "customer_id": pd.array(["a", "a", "b", "b", None], dtype="string[pyarrow]"),
    "name": "view",
    "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-02-03", None],
                                  utc=True),
    "section": pd.array(["toys", "toys", "tools", "toys", "toys"], dtype="string[pyarrow]"),
})  # fmt: skip


def test_what_a_customer_looks_at_most_is_an_interest():
    found = customer_features(NOTHING, LINES, LOOKS, NOTHING, as_of=DAY).set_index("customer_id")
    # The look of "b" at toys came after the day; "c" was never there.
    assert found["seen_section"].tolist() == ["toys", "tools", pd.NA]
    plan = Grouping.model_validate({"id": "i", "label": "x", "column": "seen_section"})
    members = memberships(NOTHING, found.reset_index(), [plan])
    assert members["segment"].tolist() == ["toys", "tools"]


def test_interests_of_buckets_are_those_of_all():
    tables = {"customers": NOTHING, "orders": LINES, "events": LOOKS, "feedback_codes": NOTHING}
    whole = finish_features(features_partial(tables, DAY))
    parts = [
        features_partial({**tables, "orders": LINES[:3], "events": LOOKS[:2]}, DAY),
        features_partial({**tables, "orders": LINES[3:], "events": LOOKS[2:]}, DAY),
    ]
    pd.testing.assert_frame_equal(finish_features(merge_features(*parts)), whole)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Section looked at most: x"), ("ru", "Section (смотрят чаще всего): x"),
     ("zh", "最常浏览的section：x")],
)  # fmt: skip
def test_an_interest_is_named_after_its_column(language, words):
    assert Words(language).label("trait", "seen_section=x") == words
