"""Who is in which segment, and whom a grouping leaves out."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import StudyError
from cjm_research.segmentation.column_values import with_small_together
from cjm_research.segmentation.groupings import coverage, memberships
from cjm_research.segmentation.lifecycle import SEGMENTS
from cjm_research.study.plans import Grouping

FEATURES = pd.DataFrame({
    "customer_id": ["a", "b", "c", "d"],
    "n_orders": pd.array([12, 2, 0, None], dtype="Int64"),
    "revenue": [900.0, 10.0, 0.0, 700.0],
    "recency_days": [3.0, 400.0, None, 200.0],
    "first_order_days": [500.0, 400.0, None, 300.0],
})  # fmt: skip
CUSTOMERS = pd.DataFrame({
    "customer_id": ["a", "b", "c", "e"],
    "name": ["Анна", "Борис", "Вера", "Егор"],
    "region": ["ural", "volga", None, "ural"],
    "has_site": pd.array([True, False, None, True], dtype="boolean"),
})  # fmt: skip


def grouping(*rules, several=False, **other):
    return Grouping.model_validate({
        "id": "value", "label": "x", "several": several, **other,
        "segments": [{"id": i, "label": i, "when": w} for i, w in rules],
    })  # fmt: skip


def members(one):
    found = memberships(CUSTOMERS, FEATURES, [one])
    return sorted(zip(found["customer_id"], found["segment"], strict=True))


FREQUENT, RICH = ("frequent", "n_orders >= 10"), ("rich", "revenue > 500")


def test_the_first_true_rule_takes_a_customer():
    assert members(grouping(FREQUENT, RICH)) == [("a", "frequent"), ("d", "rich")]


def test_with_several_every_true_rule_takes_a_customer():
    assert members(grouping(FREQUENT, RICH, several=True)) == [
        ("a", "frequent"), ("a", "rich"), ("d", "rich"),
    ]  # fmt: skip


def test_customers_of_the_features_are_looked_at_and_no_others():
    assert {c for c, _ in members(grouping(("all", "true")))} == {"a", "b", "c", "d"}


def test_a_column_stands_for_a_grouping():
    one = grouping(column="region")
    assert members(one) == [("a", "ural"), ("b", "volga")]


def test_a_yes_no_column_gives_segments_yes_and_no():
    assert members(grouping(column="has_site")) == [("a", "yes"), ("b", "no")]


def test_days_that_stand_for_a_grouping_name_its_segments():
    until = CUSTOMERS.assign(until=pd.to_datetime(["2026-01-01", "2026-02-01", None, None]))
    found = memberships(until, FEATURES, [grouping(column="until")])
    assert found["segment"].tolist() == ["2026-01-01", "2026-02-01"]


def test_a_personal_column_cannot_make_segments():
    with pytest.raises(StudyError, match="grouping 'value': there is no column 'name'"):
        members(grouping(column="name"))


def test_a_rule_error_names_the_grouping():
    with pytest.raises(
        StudyError, match=r"grouping 'value': .*segment 'x': there is no column 'ag'"
    ):
        members(grouping(("x", "ag > 1")))


def test_the_version_changes_with_the_rules_only():
    versions = [
        memberships(CUSTOMERS, FEATURES, [g])["model_version"].iloc[0]
        for g in (grouping(RICH), grouping(RICH, several=True), grouping(("rich", "revenue > 5")))
    ]
    assert versions[0] == versions[1] != versions[2]


def test_coverage_counts_matched_shared_unknown_and_left_out():
    found = coverage(CUSTOMERS, FEATURES, grouping(FREQUENT, RICH, ("never", "revenue > 9000")))
    assert found.to_frame().to_numpy().tolist() == [
        ["frequent", 1, 1, 1, 1],
        ["rich", 2, 1, 1, 0],
        ["never", 0, 0, 0, 0],
    ]
    assert (found.n_covered, found.n_undecided, found.n_outside) == (2, 0, 2)
    assert found.never_matched == ("never",)


def test_a_customer_whom_no_rule_can_decide_is_undecided_and_not_outside():
    found = coverage(CUSTOMERS, FEATURES, grouping(FREQUENT))
    assert (found.n_covered, found.n_undecided, found.n_outside) == (1, 1, 2)


def test_no_grouping_gives_an_empty_table():
    found = memberships(CUSTOMERS, FEATURES, [])
    assert list(found) == ["customer_id", "grouping", "segment", "model_version"]
    assert found.empty


DAYS = [  # n_orders, first_order_days, recency_days, status, segment
    (0, None, None, "lead", "lead"),
    (1, 10.0, 10.0, "current", "new"),
    (9, 900.0, 120.0, "current", "active"),
    (9, 900.0, 121.0, None, "sleeping"),
    (9, 900.0, 365.0, "current", "sleeping"),
    (9, 900.0, 366.0, "current", "lost"),
    (9, 900.0, 5.0, "lost", "lost"),
    (0, None, None, "lost", "lost"),
]


@pytest.mark.parametrize(("n", "first", "last", "status", "expected"), DAYS)
def test_the_lifecycle_follows_first_and_last_order(n, first, last, status, expected):
    features = pd.DataFrame({
        "customer_id": ["a"], "n_orders": pd.array([n], dtype="Int64"),
        "first_order_days": pd.array([first], dtype="float64"),
        "recency_days": pd.array([last], dtype="float64"),
    })  # fmt: skip
    customers = pd.DataFrame({
        "customer_id": ["a"], "status": pd.array([status], dtype="string[pyarrow]"),
        "is_churned": pd.array([None], dtype="boolean"),
    })  # fmt: skip
    life = Grouping.model_validate({"id": "life", "label": "x", "preset": "lifecycle",
                                    "several": True})  # fmt: skip
    found = memberships(customers, features, [life])
    assert found["segment"].tolist() == [expected]
    assert expected in SEGMENTS


def cities(**counts):
    names = [name for name, n in counts.items() for _ in range(n)]
    ids = pd.array([f"c{i}" for i in range(len(names))], dtype="string[pyarrow]")
    people = pd.DataFrame({"customer_id": ids})
    return people.assign(city=pd.array(names, dtype="string[pyarrow]")), people


CITY = Grouping.model_validate({"id": "city", "label": "x", "column": "city"})


def test_values_of_few_customers_are_one_segment():
    customers, features = cities(perm=12, ufa=3, omsk=2)
    plan = with_small_together(customers, CITY, below=10)
    found = memberships(customers, features, [plan])["segment"].value_counts()
    assert found.to_dict() == {"perm": 12, "other": 5}
    assert coverage(customers, features, plan).never_matched == ()


def test_one_small_value_keeps_its_name_and_is_hidden_where_it_is_shown():
    customers, _ = cities(perm=12, ufa=3)
    assert with_small_together(customers, CITY, below=10) == CITY


def test_a_grouping_may_name_the_values_that_are_segments():
    customers, features = cities(perm=12, ufa=12, omsk=12)
    plan = CITY.model_copy(update={"shown_values": ["ufa"]})
    assert with_small_together(customers, plan, below=10) == plan
    found = memberships(customers, features, [plan])["segment"].value_counts()
    assert found.to_dict() == {"other": 24, "ufa": 12}


def test_hundreds_of_small_values_are_no_mistake_once_they_are_together():
    customers, features = cities(perm=12, **{f"town{i}": 1 for i in range(200)})
    plan = with_small_together(customers, CITY, below=10)
    assert set(memberships(customers, features, [plan])["segment"]) == {"perm", "other"}
    with pytest.raises(StudyError, match="has 201 values"):
        memberships(customers, features, [CITY])
