"""Errors name what is wrong, survive a process and suggest the nearest name."""

from __future__ import annotations

import pickle

import pytest

from cjm_research import errors
from cjm_research.errors import CjmError, ParameterError, SchemaError, StudyError

EVERY = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, CjmError)]


@pytest.mark.parametrize("kind", EVERY)
def test_errors_survive_pickling(kind):
    error = kind("amount must be positive; got -1.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)


def test_missing_column_suggests_the_nearest_one():
    error = SchemaError.missing_column("stage", table="events", found=["stages", "amount"])
    assert "no column 'stage'. Did you mean 'stages'?" in str(error)


def test_unknown_name_lists_what_there_is():
    error = ParameterError.unknown("grouping", "cargoo", known=["niche", "cargo"])
    assert str(error) == (
        "There is no grouping 'cargoo'. Did you mean 'cargo'? There are ['cargo', 'niche']."
    )


def test_study_error_has_a_line_for_each_problem():
    error = StudyError.problems("retail.toml", ["a: wrong.", "b: missing."])
    assert str(error).splitlines() == ["retail.toml: a: wrong.", "retail.toml: b: missing."]
