"""Words: labels, nouns, sentences."""

from __future__ import annotations

import pytest

from cjm_research.errors import ParameterError
from cjm_research.present.words import Words
from cjm_research.results import Unit
from cjm_research.study.phrase import Phrase


def phrase(words):
    return Phrase.model_validate(words)


def test_the_studys_label_comes_before_the_catalogues():
    words = Words("ru", labels={"stage": {"purchase": phrase({"ru": "перевозка"})}})
    assert words.label("stage", "purchase") == "перевозка"


def test_a_label_without_words_is_the_value_itself():
    assert Words("zh").label("region", "Урал") == "Урал"


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_missing_label_is_a_dash(missing):
    assert Words("ru").label("stage", missing) == "–"


def test_a_column_with_a_prefix_takes_the_vocabulary_of_its_last_word():
    assert Words("ru").label("from_stage", "purchase") == "покупка"


def test_a_segment_is_named_as_in_its_own_grouping():
    own = {
        "segment": {"a": phrase("first")},
        "segment.niche": {"a": phrase("farming")},
    }
    words = Words("en", labels=own)
    assert words.label("segment", "a", among={"grouping": "niche"}) == "farming"
    assert words.label("segment", "a", among={"grouping": "size"}) == "first"


def test_the_study_replaces_a_noun_in_all_its_forms():
    forms = phrase({"ru": "компания-клиент|компании-клиента|компаний-клиентов|компании-клиенты"})
    words = Words("ru", nouns={"customer": forms})
    texts = [words.noun("customer", n).split("\u202f")[1] for n in (1, 3, 12)]
    assert texts == ["компания-клиент", "компании-клиента", "компаний-клиентов"]
    assert words.noun_form("customer", "plural") == "компании-клиенты"


def test_a_noun_of_one_form_stands_for_all():
    words = Words("en", nouns={"customer": phrase({"en": "cargo"})})
    assert [words.noun("customer", n) for n in (1, 5)] == ["1 cargo", "5 cargo"]


def test_a_noun_in_another_language_does_not_slip_in():
    words = Words("ru", nouns={"customer": phrase({"en": "company|companies"})})
    assert words.noun_form("customer", "plural") == "клиенты"


def test_a_chinese_noun_alone_has_no_measure_word():
    assert [Words("zh").noun_form("customer", f) for f in ("one", "many", "plural")] == ["客户"] * 3


def test_a_heading_speaks_the_studys_words():
    words = Words("en", nouns={"customer": phrase({"en": "company|companies"})})
    assert words.column("n_customers") == "Companies"


def test_a_heading_without_words_is_an_error():
    with pytest.raises(ParameterError, match=r"column\.no_such"):
        Words("en").column("no_such")


def test_a_value_that_is_missing_is_named():
    with pytest.raises(ParameterError, match=r"'table\.shown' needs the value 'n'"):
        Words("en")("table.shown", shown=1)


@pytest.mark.usefixtures("context")
def test_a_finding_is_told_in_its_own_unit(pain):
    finding = pain(estimate=-0.011, low=-0.02, high=-0.001, unit=Unit.POINTS)
    assert Words("en").sentence(finding) == "Late: −1.1\xa0pp (−2.0 to −0.1\xa0pp, n = 200)"


def test_a_tick_is_written_by_unit():
    assert Words("ru").tick(Unit.SHARE)(0.25, 0) == "25\u202f%"


def test_a_pain_among_the_traits_goes_by_its_name():
    labels = {"theme": {"late_delivery": Phrase.model_validate("Срыв сроков")}}
    words = Words("ru", labels=labels)
    assert words.label("trait", "late_delivery") == "Срыв сроков"
