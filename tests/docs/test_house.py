"""The house stays small: the length of modules and functions of the package."""

from __future__ import annotations

import ast
from statistics import median, quantiles

import pytest
from tests.docs.conftest import ROOT

SOURCES = sorted((ROOT / "src" / "cjm_research").rglob("*.py"))


@pytest.fixture(scope="module")
def trees():
    """Return the parsed modules."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def _body_lines(function):
    """Return the lines of a function without its docstring."""
    first = function.body[0]
    has_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    told = first.end_lineno - first.lineno + 1 if has_text else 0
    return function.end_lineno - function.lineno + 1 - told


def test_the_median_module_has_at_most_200_lines():
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES]
    assert median(lengths) <= 200


def test_nine_functions_in_ten_have_fewer_than_35_lines(trees):
    found = [
        _body_lines(node)
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert quantiles(found, n=10)[-1] < 35


def test_every_module_says_what_it_is(trees):
    silent = [str(p.relative_to(ROOT)) for p, tree in trees.items() if not ast.get_docstring(tree)]
    assert silent == []
