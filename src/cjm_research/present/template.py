"""Templates of the catalogues: which fields they have, and how a field is filled.

=====================  ==========================================================================
``{text}``             as it is; a number as a plain number
``{x:share}``          by any `Unit`; ``{x:+money}`` writes a plus before what is not negative
``{x:unit}``           by the unit that came along as the value ``unit`` (the finding's own)
``{interval:share}``   "from low to high", of the values ``low`` and ``high``; also ``:unit``
``{stage:label}``      words of the key in the vocabulary of the field's name
``{a:label:stage}``    words of the key in a vocabulary that is named
``{n:noun:customer}``  the number with the noun in the form that goes with it
``{customer:many}``    the noun alone: ``one`` (клиент), ``many`` (клиентов), ``plural`` (клиенты)
=====================  ==========================================================================

A brace is written twice to stand for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Literal

from cjm_research.errors import ParameterError, nearest
from cjm_research.results import Unit

FieldKind = Literal["text", "value", "interval", "label", "noun", "noun_form"]
_FORMS = ("one", "many", "plural")
_UNITS = (*(str(u) for u in Unit), "unit")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template."""

    name: str
    kind: FieldKind
    argument: str = ""
    """The unit, vocabulary, noun or form."""
    is_signed: bool = False


@cache
def parse(template: str) -> tuple[str | Field, ...]:
    """Split a template into texts and fields.

    Examples
    --------
    >>> parse("{stage:label}: {x:share}")[2]
    Field(name='x', kind='value', argument='share', is_signed=False)
    >>> parse("{x:shar}")
    Traceback (most recent call last):
    ...
    cjm_research.errors.ParameterError: Template '{x:shar}': there is no format 'shar'. Did you ...
    """
    parts: list[str | Field] = []
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ParameterError(f"Template {template!r} cannot be read: {error}.") from None
    for text, name, spec, conversion in pieces:
        if text:
            parts.append(text)
        if name is None:
            continue
        if conversion or not name.isidentifier():
            raise ParameterError(f"Template {template!r}: {name!r} is not the name of a field.")
        parts.append(_field(name, spec or "", template))
    return tuple(parts)


def _field(name: str, spec: str, template: str) -> Field:
    head, _, argument = spec.partition(":")
    unit = head.removeprefix("+")
    if not spec:
        return Field(name, "text")
    if head == "label":
        return Field(name, "label", argument or name)
    if head == "noun" and argument:
        return Field(name, "noun", argument)
    if head in _FORMS:
        return Field(name, "noun_form", head)
    if unit in _UNITS and not argument:
        kind: FieldKind = "interval" if name == "interval" else "value"
        return Field(name, kind, unit, is_signed=head != unit)
    known = ("label", "noun:NAME", *_FORMS, *_UNITS)
    raise ParameterError(
        f"Template {template!r}: there is no format {spec!r}.{nearest(unit, known)}"
        f" There are {list(known)}."
    )


def fields(template: str) -> tuple[Field, ...]:
    """Return the fields of a template, in their order."""
    return tuple(p for p in parse(template) if isinstance(p, Field))


def value_names(template: str) -> frozenset[str]:
    """Return the values that a template asks for; nouns alone ask for none.

    Examples
    --------
    >>> sorted(value_names("{customer:many}: {n:count}, {interval:share}"))
    ['high', 'low', 'n']
    """
    names: set[str] = set()
    for field in fields(template):
        if field.kind == "interval":
            names |= {"low", "high"}
        elif field.kind != "noun_form":
            names.add(field.name)
    return frozenset(names)
