"""What a source may say, and what it is told when it says it wrong."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from cjm_research.study.arithmetic import evaluate_sum, parse_sum
from cjm_research.study.sources import Source

ORDERS = {"table": "orders", "file": "o.csv", "columns": {"customer_id": "c", "quantity": "q"}}


def _source(**settings):
    return Source.model_validate({**ORDERS, **settings})


def test_a_computed_column_counts_as_given():
    source = _source(computed={"amount": "quantity * 2"})
    assert "amount" in source.given
    assert source.headers == ("c", "q")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"computed": {"amount": "quantity * prise"}}, "uses 'prise', which is not mapped"),
        ({"computed": {"amount": "print(quantity)"}}, "may hold column names, numbers"),
        ({"computed": {"amount": "2 * 3"}}, "may hold column names, numbers"),
        ({"computed": {"amount": "quantity ** 99"}}, "may hold column names, numbers"),
        ({"computed": {"quantity": "quantity * 2"}, "constants": {"amount": 1}},
         "both mapped and computed"),
        ({"constants": {"amount": 1}, "unique": ["order_no"]}, "'unique' names 'order_no'"),
        ({"constants": {"amount": 1}, "rules": [{"column": "x", "prefix": "C", "exclude": True}]},
         "a rule looks at 'x'"),
        ({"constants": {"amount": 1}, "rules": [{"column": "quantity", "exclude": True}]},
         "a rule needs a condition"),
        ({"constants": {"amount": 1}, "rules": [{"column": "quantity", "at_most": 0}]},
         "either sets columns"),
        ({"constants": {"amount": 1}, "rules": [{"column": "c", "regex": "(", "exclude": True}]},
         "is not valid"),
        ({"constants": {"amount": 1}, "unpivot": {"a": "b"}}, "needs 'unpivot_into'"),
        ({}, "needs the columns ['amount']"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(settings, said):
    with pytest.raises(ValidationError) as caught:
        _source(**settings)
    assert said in str(caught.value)


def test_unpivoted_names_and_values_are_given():
    source = Source(
        table="outcomes", file="h.csv", columns={"unit_id": "#line"},
        constants={"experiment": "mail"}, unpivot={"visit": "visit"},
    )  # fmt: skip
    assert source.into == ("metric", "value")
    assert source.headers == ("visit",)


def test_sums_keep_the_usual_order_of_operations():
    values = {"a": np.array([6.0, 1.0]), "b": np.array([3.0, 0.0])}
    assert evaluate_sum("-a + 2 * (a - b) / b", values)[0] == -4.0


def test_a_division_by_zero_is_not_a_number():
    assert np.isnan(evaluate_sum("a / b", {"a": np.array([1.0]), "b": np.array([0.0])})).all()


@pytest.mark.parametrize(
    "text", ["", "a b", "a if b else c", "a.b", "[a]", "'x'", "a" * 600, "a and b"]
)
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(ValueError, match="may"):
        parse_sum(text)
