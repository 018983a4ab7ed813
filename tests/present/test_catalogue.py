"""Words of every page: the same keys and fields in every language, in the glossary's terms."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from cjm_research.errors import ParameterError
from cjm_research.present.catalogue import (
    LOCALES,
    PLURAL_FORMS,
    catalogue,
    catalogue_files,
    plural_index,
)
from cjm_research.present.po import read_messages
from cjm_research.present.template import parse, value_names

LANGUAGES = sorted(LOCALES)
FILES = [pytest.param(p, x, id=f"{x}/{p.name}") for x in LANGUAGES for p in catalogue_files(x)]
FIELD = re.compile(r"\{[^}]*\}")
FORBIDDEN = {
    # GLOSSARY.md, the column of words not to use
    "en": ("Jaccard", "FDR"),
    "ru": ("лифт", "кодовая книга", "настроени", "ограждени", "отгрузить", "Жаккар", "FDR"),
    "zh": ("肖像", "密码本", "客户细分", "心情", "存活", "臂", "发货", "FDR"),
}
TERMS = {
    "headline.title": ("Main findings", "Главное", "核心结论"),
    "title.segment_portraits": ("Segment portraits", "Портреты сегментов", "客户画像"),
    "title.journey_map": ("Customer journey map", "Карта пути клиента (CJM)", "客户旅程地图"),
    "title.customer_matrix": ("Customer matrix", "Матрица клиентов", "客户矩阵"),
    "label.stage.after_sales": ("after-sales", "послепродажное обслуживание", "售后"),
    "label.theme_kind.need_basic": ("basic need", "нужда", "基本需求"),
    "label.theme_kind.need_form": ("need", "потребность", "需求"),
    "label.table.quarantine": ("quarantined rows", "отложенные строки", "异常数据"),
}


def without_fields(text):
    return FIELD.sub("", text)


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_language_has_the_keys_of_english(language):
    missing = set(catalogue("en").texts) ^ set(catalogue(language).texts)
    assert sorted(missing) == []


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_language_has_the_nouns_of_english(language):
    assert sorted(set(catalogue("en").plurals) ^ set(catalogue(language).plurals)) == []


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_language_asks_for_the_same_values(language):
    english, other = catalogue("en").texts, catalogue(language).texts
    differing = {
        key: (english[key], other[key])
        for key in english.keys() & other.keys()
        if value_names(english[key]) != value_names(other[key])
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_has_all_plural_forms(language):
    incomplete = {
        key: forms
        for key, forms in catalogue(language).plurals.items()
        if len(forms) != len(PLURAL_FORMS[language])
    }
    assert incomplete == {}


@pytest.mark.parametrize(("path", "language"), FILES)
def test_no_entry_is_empty_fuzzy_or_doubled(path, language):
    with path.open("rb") as file:
        entries = [m for m in read_po(file, locale=LOCALES[language]) if m.id]
    assert [m for m in entries if m.fuzzy] == []
    assert {_key(m): m.string for m in entries} == read_messages(path)
    assert path.read_text(encoding="utf-8").count("\nmsgid ") == len(entries)


def _key(message):
    return message.id if isinstance(message.id, str) else message.id[0]


def test_messages_are_read_as_babel_reads_them(tmp_path):
    path = tmp_path / "odd.po"
    path.write_text(
        '# x\nmsgid "a"\nmsgstr "one \\"two\\"\\n"\n"three \\\\ four"\n#, fuzzy\nmsgid "b"\n'
        'msgstr "left out"\nmsgid "c"\nmsgstr ""\n\nmsgid "d"\nmsgid_plural "d"\n'
        'msgstr[0] "day"\nmsgstr[1] "days"\n',
        encoding="utf-8",
    )
    with path.open("rb") as file:
        whole = [m for m in read_po(file, locale="en_US") if m.id and not m.fuzzy and m.string]
    assert {_key(m): m.string for m in whole} == read_messages(path)


def test_a_line_that_is_no_message_is_named(tmp_path):
    path = tmp_path / "odd.po"
    path.write_text('msgid "a"\nmsgctxt "menu"\nmsgstr "one"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_messages(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_in_two_files_has_one_text(language):
    seen = {}
    differing = {
        key: (seen[key], text)
        for path in catalogue_files(language)
        for key, text in read_messages(path).items()
        if seen.setdefault(key, text) != text
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_a_template_that_can_be_read(language):
    texts = catalogue(language).texts
    assert all(parse(text) for text in texts.values())


@pytest.mark.parametrize(("language", "script"), [("ru", "[а-яё]"), ("zh", "[\u4e00-\u9fff]")])
def test_no_text_was_left_in_english(language, script):
    own, english = catalogue(language).texts, catalogue("en").texts
    left = {
        key: own[key]
        for key in own.keys() & english.keys()
        if re.search(r"[a-z]{3}", without_fields(english[key]))
        and re.search(r"[a-z]{3}", without_fields(own[key]))
        and not re.search(script, without_fields(own[key]).lower())
    }
    assert left == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_uses_a_word_that_the_glossary_forbids(language):
    found = {
        key: word
        for key, text in catalogue(language).texts.items()
        for word in FORBIDDEN[language]
        if word.lower() in text.lower() and not key.startswith(("how_sure.", "note.", "method."))
    }
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_of_a_finding_names_no_p(language):
    told = {k: t for k, t in catalogue(language).texts.items() if k.startswith("finding.")}
    assert [k for k, t in told.items() if value_names(t) & {"p", "p_adjusted", "se"}] == []


@pytest.mark.parametrize("key", TERMS)
def test_terms_are_those_of_the_glossary(key):
    assert tuple(catalogue(x).text(key) for x in ("en", "ru", "zh")) == TERMS[key]


def test_a_key_that_is_missing_names_the_nearest():
    with pytest.raises(ParameterError, match=r"ru catalogue has no key 'headline\.titel'.*title"):
        catalogue("ru").text("headline.titel")


def test_a_noun_that_is_missing_names_the_nearest():
    with pytest.raises(ParameterError, match=r"noun\.custmer.*noun\.customer"):
        catalogue("en").forms("custmer")


def test_a_language_that_is_not_known_is_an_error():
    with pytest.raises(ParameterError, match="language 'de'"):
        catalogue("de")


def test_russian_plural_forms_follow_cldr():
    # https://cldr.unicode.org/index/cldr-spec/plural-rules: one, few, many; fractions are "other"
    numbers = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 1.5]
    assert [plural_index("ru", n) for n in numbers] == [2, 0, 1, 1, 2, 2, 2, 2, 0, 1, 2, 0, 2, 1]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_size_and_its_number_stand_on_one_line(language):
    texts = catalogue(language).texts.values()
    assert not [t for t in texts if "n = " in t]
    assert [t for t in texts if "n\xa0=\xa0{" in t]


def chinese_with_fields():
    """Return the Chinese texts with a Chinese letter in the place of each field."""
    return {key: FIELD.sub("一", text) for key, text in catalogue("zh").texts.items()}


def test_chinese_texts_have_chinese_punctuation():
    half = re.compile(r"[\u4e00-\u9fff] ?[,;:!?(]|[,;:!?)] ?[\u4e00-\u9fff]|[\u4e00-\u9fff]\.$")
    assert {key: text for key, text in chinese_with_fields().items() if half.search(text)} == {}


def test_no_blank_stands_between_chinese_and_a_number():
    blank = re.compile(
        r"(?<=[\u4e00-\u9fff，。；：、）”]) (?=\{)|(?<=\}) (?=[\u4e00-\u9fff，。；：（“])"
    )
    found = {key: text for key, text in catalogue("zh").texts.items() if blank.search(text)}
    assert found == {}
