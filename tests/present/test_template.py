"""Fields of templates."""

from __future__ import annotations

import pytest

from cjm_research.errors import ParameterError
from cjm_research.present.template import Field, fields, parse, value_names


@pytest.mark.parametrize(
    ("template", "field"),
    [
        ("{x}", Field("x", "text")),
        ("{x:money}", Field("x", "value", "money")),
        ("{x:+share}", Field("x", "value", "share", is_signed=True)),
        ("{estimate:unit}", Field("estimate", "value", "unit")),
        ("{interval:points}", Field("interval", "interval", "points")),
        ("{stage:label}", Field("stage", "label", "stage")),
        ("{a:label:stage}", Field("a", "label", "stage")),
        ("{n:noun:customer}", Field("n", "noun", "customer")),
        ("{customer:many}", Field("customer", "noun_form", "many")),
    ],
)
def test_a_field_says_how_it_is_filled(template, field):
    assert fields(template) == (field,)


def test_a_doubled_brace_stands_for_itself():
    assert "".join(str(p) for p in parse("{{x}}")) == "{x}"


@pytest.mark.parametrize("template", ["{x", "{}", "{x!r}", "{a.b}", "{a[0]}", "{x:money:usd}"])
def test_what_is_no_template_is_an_error(template):
    with pytest.raises(ParameterError, match="Template"):
        parse(template)


def test_an_unknown_format_names_the_nearest():
    with pytest.raises(ParameterError, match=r"'pionts'.*'points'"):
        parse("{x:pionts}")


def test_a_noun_alone_asks_for_no_value():
    assert value_names("{customer:plural}: {n:count}") == {"n"}
