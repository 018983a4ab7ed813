"""The codebook: what it may hold, and what an error says."""

from __future__ import annotations

import pytest

from cjm_research.errors import StudyError
from cjm_research.needs.codebook import Codebook, load_codebook, need_stages

GOOD = """
[[themes]]
id = "late"
kind = "pain"
stage = "delivery"
label = { en = "Late", ru = "Поздно", zh = "迟到" }
any.ru = ["опоздать", "срыв срок"]
near.ru = [{ words = ["ждать", "долго"], within = 4 }]
not.ru = ["лучше поздно"]
regex.en = ["late (again|once more)"]
"""


def _load(tmp_path, text):
    path = tmp_path / "shop.codebook.toml"
    path.write_text(text, encoding="utf-8")
    return load_codebook(path)


def test_a_theme_is_read_with_its_rules(tmp_path):
    (theme,) = _load(tmp_path, GOOD).themes
    assert theme.label.text("zh") == "迟到"
    assert theme.near["ru"][0].within == 4
    assert theme.not_["ru"] == ["лучше поздно"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'kind = "pain"',
            'kind = "pian"',
            r"shop.codebook.toml: line \d+, theme 'late', kind: .*'pain'\?",
        ),
        ("any.ru", "ani.ru", r"theme 'late', ani: there is no such key\. Did you mean 'any'\?"),
        ("any.ru", "any.fr", r"theme 'late', any\.fr: Input should be 'en', 'ru' or 'zh'"),
        ("(again|", "((again|", r"theme 'late': regex\.en: pattern 1, .* is broken"),
        ('"late (again|once more)"', '".*"', r"regex\.en: pattern 1, '\.\*', matches every"),
        ('"опоздать"', '"!!!"', r"theme 'late': any\.ru: pattern '!!!' has no letters"),
        ('id = "late"', "", r"theme 1 of the file, id: this key is needed and missing"),
        ("within = 4", "within = 0", r"theme 'late', near\.ru\.1\.within: .*greater than"),
        ("within = 4", "withn = 4", r"withn: there is no such key\. Did you mean 'within'\?"),
        ("[[themes]]", "[[themes]", r"shop.codebook.toml is not valid TOML"),
    ],
)
def test_an_error_names_file_theme_and_key(tmp_path, old, new, message):
    with pytest.raises(StudyError, match=message):
        _load(tmp_path, GOOD.replace(old, new, 1))


def test_all_problems_are_named_at_once(tmp_path):
    broken = GOOD.replace('"pain"', '"pian"').replace("within = 4", "within = 0")
    with pytest.raises(StudyError) as caught:
        _load(tmp_path, broken)
    assert len(str(caught.value).splitlines()) == 2


def test_a_theme_without_rules_and_a_doubled_id_are_errors(tmp_path):
    bare = '[[themes]]\nid = "a"\nkind = "pain"\nlabel = "A"\n'
    with pytest.raises(StudyError, match="theme 'a': a theme needs one of 'any', 'near', 'regex'"):
        _load(tmp_path, bare)
    with pytest.raises(StudyError, match="theme id 'late' stands twice"):
        _load(tmp_path, GOOD + GOOD)


def test_a_need_that_no_theme_is_names_the_nearest(tmp_path):
    with pytest.raises(StudyError, match=r"need 'lat' is no theme\. Did you mean 'late'\?"):
        _load(tmp_path, GOOD + 'need = "lat"\n')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"There is no codebook 'no\.codebook\.toml'"):
        load_codebook(tmp_path / "no.codebook.toml")


def test_a_broken_pattern_is_told_with_its_line(tmp_path):
    path = tmp_path / "shop.codebook.toml"
    path.write_text(
        '[[themes]]\nid = "one"\nkind = "pain"\nlabel = "One"\n[themes.any]\nen = ["late"]\n\n'
        '[[themes]]\nid = "two"\nkind = "pain"\nlabel = "Two"\n[themes.regex]\nen = ["(late"]\n',
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match=r"shop\.codebook\.toml[\s\S]*line 13, theme 'two'"):
        load_codebook(path)


def with_stage(stage):
    theme = {"id": "late", "kind": "pain", "label": "late", "stage": stage, "any": {"en": ["late"]}}
    return Codebook.model_validate({"themes": [theme]})


def test_a_misspelt_stage_of_a_theme_names_the_nearest():
    with pytest.raises(
        StudyError, match=r"b\.toml: theme 'late', stage: .*Did you mean 'purchase'"
    ):
        need_stages(with_stage("purchse"), ["awareness", "purchase"], file="b.toml")


@pytest.mark.parametrize("stage", ["purchase", "carriage", None])
def test_a_stage_of_another_trade_is_let_be(stage):
    need_stages(with_stage(stage), ["awareness", "purchase"], file="b.toml")
