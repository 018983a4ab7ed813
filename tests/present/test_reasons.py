"""Every reason that a package function gives for saying nothing is told in every language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cjm_research
from cjm_research.present.reasons import said_reason
from cjm_research.present.words import Words


def _reasons():
    """Return the message of every `NoDataError` in the source, with 7 for what is filled in."""
    for path in sorted(Path(cjm_research.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NoDataError"
            if named and node.args and (said := _sample(node.args[0])):
                yield pytest.param(said, id=f"{path.stem}:{node.lineno}")


def _sample(node):
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(_filled(part) for part in node.values)


def _filled(part):
    if isinstance(part, ast.Constant):
        return str(part.value)
    if isinstance(part.value, ast.Name) and part.value.id == "few":  # said in two halves
        return "Grouping 'g': 3 customers cannot make 7 clusters"
    return "'7'" if part.conversion == ord("r") else "7"


@pytest.mark.parametrize("reason", [*_reasons()])
def test_a_reason_is_told_in_every_language(reason):
    assert said_reason(reason, Words("en")) == reason
    for language in ("ru", "zh"):
        words = Words(language)
        said = said_reason(reason, words)
        assert said not in ("", reason, words("index.no_data"))
        assert reason.count("7") <= 1 or "7" in said


def test_a_reason_of_somebody_elses_notebook_is_told_at_least_as_what_it_is():
    assert said_reason("We found nothing.", Words("en")) == "We found nothing."
    assert said_reason("We found nothing.", Words("zh")) == Words("zh")("index.no_data")


def test_names_from_a_study_do_not_become_a_template():
    reason = "The study '{a}' declares no experiment."
    assert "{a}" in said_reason(reason, Words("ru"))
