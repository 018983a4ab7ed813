"""Findings are plain data that a file can keep."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.results import Finding, Unit

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(estimate=numbers, low=numbers, p=st.none() | st.floats(0, 1), n=st.integers(0, 10**9))
def test_a_finding_comes_back_from_json_as_it_was(estimate, low, p, n):
    finding = Finding(
        id="journey/weakest_step",
        kind="weakest_step",
        subject={"stage": "purchase"},
        estimate=estimate,
        low=low,
        high=low,
        unit=Unit.SHARE,
        n=n,
        p=p,
        method="wilson",
        window=("2026-01-01", "2026-06-30"),
        values={"passed": 7},
    )
    assert Finding.from_dict(json.loads(json.dumps(finding.to_dict()))) == finding


def test_what_is_not_known_is_null_in_the_file():
    finding = Finding(
        id="a/b", kind="b", subject={}, estimate=float("nan"), unit=Unit.SHARE, n=0, method="none"
    )
    assert json.loads(json.dumps(finding.to_dict(), allow_nan=False))["estimate"] is None


def test_a_finding_cannot_be_changed():
    finding = Finding(
        id="a/b", kind="b", subject={}, estimate=1.0, unit=Unit.SHARE, n=1, method="none"
    )
    with pytest.raises(AttributeError):
        finding.estimate = 2.0


def test_what_has_no_end_is_null_in_the_file():
    finding = Finding(
        id="a/b", kind="b", subject={}, estimate=1.2, low=0.5, high=float("inf"), unit=Unit.LIFT,
        n=9, method="koopman", values={"most": float("inf")},
    )  # fmt: skip
    plain = json.loads(json.dumps(finding.to_dict(), allow_nan=False))
    assert (plain["high"], plain["values"]["most"]) == (None, None)
