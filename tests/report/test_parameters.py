"""The parameters cell is the schema, and nothing that does not fit it reaches a kernel."""

from __future__ import annotations

import json

import pytest

from cjm_research.errors import ParameterError, ReportError
from cjm_research.report.parameters import check_parameters, parse_parameters, read_parameters

CELL = '''segment: str = "all"  # which segment
share: float = 0.05  # smallest share, between 0 and 0.5
n_rows: int = 10
is_short: bool = False
since: date = "2026-01-01"
order: Literal["size", "value"] = "size"'''


@pytest.fixture
def schema():
    return parse_parameters(CELL, "x.ipynb")


def test_names_types_and_help_come_from_the_cell(schema):
    assert [(p.name, p.type, p.help) for p in schema[:2]] == [
        ("segment", "str", "which segment"),
        ("share", "float", "smallest share, between 0 and 0.5"),
    ]


def test_a_text_whose_comment_says_that_it_is_a_day_is_checked_as_one():
    asked = parse_parameters('as_of: str = ""  # ISO date; empty: the newest day', "x.ipynb")
    assert check_parameters({"as_of": ""}, asked, notebook="x") == {"as_of": ""}
    with pytest.raises(ParameterError, match="as_of must be a day such as 2026-11-22"):
        check_parameters({"as_of": "2026-13-45"}, asked, notebook="x")


def test_the_cell_is_not_executed():
    with pytest.raises(ReportError, match="literal default"):
        parse_parameters("x: int = __import__('os').getpid()", "x.ipynb")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = 1", "only 'name: type = default"),
        ("x: list = []", "types are"),
        ("x: int", "literal default"),
        ("x: int = 2 * 3", "literal default"),
        ("x: int = 'a'", "a whole number"),
        ("x: float = 7.0  # between 0 and 1", "between 0 and 1"),
        ("x: Literal[y] = 1", "types are"),
        ("x: int = (", "parameters cell"),
    ],
)
def test_a_line_that_is_no_typed_literal_is_named(line, message):
    with pytest.raises(ReportError, match=r"x\.ipynb") as error:
        parse_parameters(line, "x.ipynb")
    assert message in str(error.value)


def test_text_stays_text_where_text_is_declared(schema):
    assert check_parameters({"segment": "007"}, schema, notebook="x") == {"segment": "007"}
    assert check_parameters({"n_rows": "007"}, schema, notebook="x") == {"n_rows": 7}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"share": "0.1"}, 0.1),
        ({"share": 0}, 0.0),
        ({"n_rows": 7.0}, 7),
        ({"is_short": "yes"}, True),
        ({"since": "2026-11-22"}, "2026-11-22"),
        ({"order": "value"}, "value"),
        ({"segment": "a; import os"}, "a; import os"),
    ],
)
def test_a_value_becomes_its_type(schema, given, value):
    (typed,) = check_parameters(given, schema, notebook="x").values()
    assert typed == value
    assert type(typed) is type(value)


@pytest.mark.parametrize(
    "given",
    [
        {"share": "five"},
        {"share": "0.6"},
        {"share": "nan"},
        {"share": True},
        {"n_rows": "1e3"},
        {"n_rows": 1.5},
        {"is_short": "perhaps"},
        {"since": "22.11.2026"},
        {"segment": 7},
        {"order": "name"},
    ],
)
def test_a_value_that_does_not_fit_is_refused(schema, given):
    (name,) = given
    with pytest.raises(ParameterError, match=name):
        check_parameters(given, schema, notebook="x")


def test_everything_wrong_is_said_at_once_with_the_nearest_name(schema):
    with pytest.raises(ParameterError) as error:
        check_parameters({"shar": 1, "n_rows": "many"}, schema, notebook="01_x")
    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert "01_x has no parameter 'shar'. Did you mean 'share'?" in lines[0]


def test_a_notebook_without_the_cell_has_no_parameters(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": []}), encoding="utf-8")
    assert read_parameters(path) == ()


def test_two_cells_are_refused(tmp_path):
    cell = {"cell_type": "code", "source": ["x: int = 1"], "metadata": {"tags": ["parameters"]}}
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": [cell, cell]}), encoding="utf-8")
    with pytest.raises(ReportError, match="2 cells"):
        read_parameters(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"x\.ipynb cannot be read"):
        read_parameters(path)


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("by: str = 'month'  # one of month, year", "one of ['month', 'year']"),
        ("by: str = 'a'  # the axis, one of a, b or c", "one of ['a', 'b', 'c']"),
        ("by: str = ''  # one of day or week; empty: none", "one of ['day', 'week', '']"),
        ("by: str = ''  # one of the segments of the study", "text"),
        ("days: int = 90  # looked back, 7 to 730", "a whole number between 7 and 730"),
        ("days: int = 90  # a number such as 2026-01 to 5", "a whole number"),
        ("share: float = 0.1  # between 0 and 1", "a number between 0 and 1"),
    ],
)
def test_a_comment_says_what_is_allowed(line, allowed):
    (parameter,) = parse_parameters(line, "x.ipynb")
    assert parameter.allowed == allowed


def test_what_the_comment_does_not_name_is_refused():
    schema = parse_parameters("by: str = 'month'  # one of month, year", "x.ipynb")
    with pytest.raises(ParameterError, match="one of \\['month', 'year'\\]"):
        check_parameters({"by": "day"}, schema, notebook="x")


def test_two_cells_of_parameters_are_one_too_many(tmp_path):
    cell = {"cell_type": "code", "source": "a: int = 1", "metadata": {"tags": ["parameters"]}}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [cell, cell]}), encoding="utf-8")
    with pytest.raises(ReportError, match="has 2 cells tagged 'parameters', not one"):
        read_parameters(path)
