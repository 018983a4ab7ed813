"""All words of one page language: templates, labels, nouns, values, findings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError, nearest
from cjm_research.present.catalogue import Catalogue, catalogue
from cjm_research.present.template import Field, parse
from cjm_research.present.values import DASH, Values, is_missing, plain_spaces
from cjm_research.results import Finding, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cjm_research.study.phrase import Phrase

_NONE: Mapping[str, Any] = MappingProxyType({})
_BAND = re.compile(r"(?P<first>\d+)\+|(?P<low>\d+)?-(?P<last>\d+)")
_SHARE_OF = re.compile(r"(?P<column>category|cargo|channel)_share_(?P<value>.+)", re.DOTALL)
_MAIN = {"main_": "share_of.most", "seen_": "share_of.seen"}
"""Beginnings of columns made of others, and the words for them."""
_WITHIN = {
    "segment": "grouping", "arm": "experiment", "metric": "experiment", "option": "question",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    r"""The words of one language, with the labels and nouns of a study.

    Examples
    --------
    >>> words = Words("ru")
    >>> words.noun("customer", 21), words.noun("customer", 1.5)
    ('21\u202fклиент', '1,5\u202fклиента')
    >>> words.label("stage", "purchase")
    'покупка'
    >>> words.label("stage", "unheard_of")
    'unheard_of'
    """

    language: str
    currency: str = "RUB"
    labels: Mapping[str, Mapping[str, Phrase]] = field(default_factory=lambda: _NONE)
    """Words of the study for the values of a vocabulary."""
    nouns: Mapping[str, Phrase] = field(default_factory=lambda: _NONE)
    """Words of the study that replace a noun: ``one|other``, or ``one|few|many[|plural]``."""

    @property
    def catalogue(self) -> Catalogue:
        """All entries of the language."""
        return catalogue(self.language)

    @property
    def _values(self) -> Values:
        return Values(self.language, self.currency)

    def has(self, key: str) -> bool:
        """Tell whether the language has a text for `key`."""
        return key in self.catalogue.texts

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key` with its fields filled: plain text, not escaped."""
        return self.fill(self.catalogue.text(key), values, of=key)

    def fill(self, template: str, values: Mapping[str, object], *, of: str = "") -> str:
        """Fill a template; `of` is the key that an error names."""
        return "".join(
            part if isinstance(part, str) else self._filled(part, values, of)
            for part in parse(template)
        )

    def period(self, value: object, kind: str) -> str:
        """Write the month or quarter that begins on a day."""
        return self._values.period(value, kind)

    def label(self, vocabulary: str, key: object, *, among: Mapping[Any, object] = _NONE) -> str:
        """Return the words for a key: of the study, else of the catalogue, else the key itself.

        Parameters
        ----------
        vocabulary : str
            ``stage``, ``theme``, a column's name. One that is not known, such as ``from_stage``,
            is read by its last words.
        key : object
            The value; a dash if it is missing.
        among : Mapping
            The other values of the row or finding. Two groupings may use one segment id, so its
            words are looked up in the row's ``grouping`` first, and those of an arm or metric in
            the row's ``experiment``. A ``trait`` such as ``city=perm`` is a column with its value.
            A theme that stands in the row's ``unreliable`` is marked so.
        """
        if is_missing(key):
            return DASH
        label = self._label(vocabulary, key, among)
        doubted = among.get("unreliable")
        is_marked = isinstance(doubted, tuple) and vocabulary.endswith("theme") and key in doubted
        return self("figure.needs_unreliable", theme=label) if is_marked else label

    def _label(self, vocabulary: str, key: object, among: Mapping[Any, object]) -> str:
        name = str(key)
        if vocabulary == "trait":
            if "=" in name:
                return self._trait(*name.split("=", 1))
            vocabulary = "theme"  # a pain, need or praise among the traits
        if vocabulary == "column" and (part := _SHARE_OF.fullmatch(name)) is not None:
            column = "cargo_type" if part["column"] == "cargo" else part["column"]
            return self(f"share_of.{column}", value=self.label(column, part["value"]))
        found = self._known(vocabulary, name, among)
        begins = name[:5]
        if found is None and vocabulary == "column" and begins in _MAIN:
            return self(_MAIN[begins], value=self.label("column", name[5:]))
        return plain_spaces(name) if found is None else found

    def _known(self, vocabulary: str, name: str, among: Mapping[Any, object]) -> str | None:
        for known in _vocabularies(vocabulary, among):
            phrase = self.labels.get(known, _NONE).get(name)
            if phrase is not None:
                return str(phrase.text(self.language))
            text = self.catalogue.texts.get(f"label.{known}.{name}")
            if text is not None:
                return self.fill(text, {}, of=f"label.{known}.{name}")
        return None

    def column(self, name: str) -> str:
        """Return the heading of a column, with a capital."""
        phrase = self.labels.get("column", _NONE).get(name)
        return capital(phrase.text(self.language) if phrase is not None else self(f"column.{name}"))

    def noun(self, name: str, number: object) -> str:
        """Return a number with a noun in the form that goes with it."""
        return self._values.noun(self._forms(name)[: len(self.catalogue.forms(name))], number)

    def noun_form(self, name: str, form: str) -> str:
        """Return a noun alone: ``one`` of it, ``many`` (genitive in Russian), or the ``plural``.

        Examples
        --------
        >>> [Words("ru").noun_form("customer", form) for form in ("one", "many", "plural")]
        ['клиент', 'клиентов', 'клиенты']
        """
        forms, n_forms = self._forms(name), len(self.catalogue.forms(name))
        many = forms[min(n_forms, len(forms)) - 1]
        if len(forms) > n_forms:
            plural = forms[n_forms]
        elif self._own(name) is None:
            plural = self.catalogue.texts.get(f"nouns.{name}", many)
        else:
            plural = many
        if n_forms == 1:  # Chinese: the one form has a measure word, which a noun alone has not
            return plural
        return {"one": forms[0], "many": many}.get(form, plural)

    def value(self, value: object, unit: Unit) -> str:
        """Return a value as a sentence or a chart shows it."""
        return self._values.text(value, unit)

    def cell(self, value: object, unit: Unit, *, sign: bool = False) -> str:
        """Return a value as a column of a table shows it; `sign` writes a plus."""
        return self._values.cell(value, unit, sign=sign)

    def interval(self, low: object, high: object, unit: Unit) -> str:
        """Return an interval with its unit."""
        return self._values.interval(low, high, unit)

    def tick(self, unit: Unit) -> Callable[[float, object], str]:
        """Return a formatter for the ticks of an axis."""
        return lambda value, _position: self._values.text(value, unit)

    def sentence(self, finding: Finding) -> str:
        """Return the sentence of a finding: the text of ``finding.KIND``, filled from it."""
        return capital(self(f"finding.{finding.kind}", **finding_values(finding)))

    def _trait(self, column: str, value: str) -> str:
        """Return a column with its value: a label, a band of numbers (``18-24``), yes or no."""
        heading = capital(self.label("column", column))
        shown = self.label(column, value)
        if shown == value:  # ``main_category`` has the values of ``category``
            shown = self.label(column[5:] if column[:5] in _MAIN else column, value)
        if value in {"yes", "no"}:
            shown = self(f"value.{value}")
        band = _BAND.fullmatch(value)
        if band is not None:
            first, last = band["first"] or band["low"], band["last"]
            kind = "between" if first and last else "from" if first else "up_to"
            shown = self(f"band.{kind}", low=first or "", high=last or "")
        return self("trait.value", column=heading, value=shown)

    def _forms(self, name: str) -> tuple[str, ...]:
        own = self._own(name)
        if own is None:
            return self.catalogue.forms(name)
        return tuple(f.strip() for f in own.split("|"))

    def _own(self, noun: str) -> str | None:
        phrase = self.nouns.get(noun)
        has = phrase is not None and phrase.has(self.language)
        return phrase.text(self.language) if phrase is not None and has else None

    def _filled(self, part: Field, values: Mapping[str, object], of: str) -> str:
        if part.kind == "noun_form":
            return self.noun_form(part.name, part.argument)
        if part.kind == "interval":
            low, high = (_value(values, name, of) for name in ("low", "high"))
            return self.interval(low, high, _unit(part, values, of))
        value = _value(values, part.name, of)
        match part.kind:
            case "label":
                return self.label(part.argument, value, among=values)
            case "noun":
                return self.noun(part.argument, value)
            case "value":
                return self._values.text(value, _unit(part, values, of), sign=part.is_signed)
            case _:
                is_number = isinstance(value, int | float) and not isinstance(value, bool)
                return self.value(value, Unit.NUMBER if is_number else Unit.TEXT)


def finding_values(finding: Finding) -> dict[str, object]:
    """Return all that the sentence of a finding can name."""
    names = ("estimate", "low", "high", "n", "reference", "p", "p_adjusted", "confidence",
             "customers", "money", "unit")  # fmt: skip
    first, last = finding.window or (None, None)
    return {
        **{name: getattr(finding, name) for name in names},
        "window_from": first,
        "window_to": last,
        **finding.subject,
        **finding.values,
    }


def _vocabularies(vocabulary: str, among: Mapping[Any, object]) -> tuple[str, ...]:
    """Return where the words of a key may stand, the nearest first."""
    plain = vocabulary.partition(".")[0]
    parts = plain.split("_")
    ends = ["_".join(parts[i:]) for i in range(1, len(parts))]
    within = [f"{v}.{among[_WITHIN[v]]}" for v in (plain, *ends) if _WITHIN.get(v) in among]
    first = (vocabulary,) if "." in vocabulary else ()
    return tuple(dict.fromkeys((*first, *within, plain, *ends)))


def capital(text: str) -> str:
    """Return the text with its first letter as a capital; the symbols n and p stay small.

    Examples
    --------
    >>> capital("в 2 раза чаще"), capital("n = 12"), capital("p, corrected")
    ('В 2 раза чаще', 'n = 12', 'p, corrected')
    """
    is_symbol = text[:1] in {"n", "p"} and not text[1:2].isalpha()
    return text if is_symbol else text[:1].upper() + text[1:]


def _value(values: Mapping[str, object], name: str, of: str) -> object:
    if name not in values:
        raise ParameterError(
            f"Text {of!r} needs the value {name!r}.{nearest(name, values)}"
            f" Given were {sorted(values)}."
        )
    return values[name]


def _unit(part: Field, values: Mapping[str, object], of: str) -> Unit:
    if part.argument != "unit":
        return Unit(part.argument)
    return Unit(str(_value(values, "unit", of)))
