"""Coding by hand: a fair sample out, checked cells in, agreement and precision from them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from cjm_research.errors import DataError, ParameterError
from cjm_research.needs.agreement import theme_agreement, with_reliability
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.coding_sheet import coding_sample, read_coding_sheets
from cjm_research.needs.pains import theme_shares
from cjm_research.needs.quality import rule_report
from cjm_research.needs.talks import interview_themes
from cjm_research.needs.telling import Telling

LATE = [f"Опоздали на {n} часов." for n in range(2, 42)]
TASTY = [f"Очень вкусно было в {n} раз." for n in range(2, 12)]
OTHER = [f"Заказ номер {n} как всегда." for n in range(2, 302)]
ENGLISH = [f"It came late by {n} hours." for n in range(2, 7)]


@pytest.fixture
def codes(feedback, codebook):
    rows = [(f"c{n}", "open", t) for n, t in enumerate(LATE + TASTY + OTHER + ENGLISH)]
    return feedback_codes(feedback(rows), codebook)


@pytest.fixture
def sheet(codes, codebook, tmp_path):
    """Return a function that writes a filled sheet: a coder and marks by feedback_id."""

    def _write(coder, late, *, name="a.xlsx", heads=("late", "tasty"), change=None):
        sample = coding_sample(codes, codebook)
        book = Workbook()
        book.active.append(["feedback_id", "sentence", "text", *heads, "coder"])
        for row in sample.itertuples():
            cells = [row.feedback_id, row.sentence, row.text, late(row), 0, coder]
            book.active.append(change(cells) if change else cells)
        book.save(tmp_path / name)
        return tmp_path / name

    return _write


def _by_rule(row):
    return int("позда" in row.text or "late" in row.text)


def test_the_sample_has_every_theme_every_language_and_texts_without_a_theme(codes, codebook):
    sample = coding_sample(codes, codebook)
    assert len(sample) == 150
    assert sample["text"].is_unique
    assert set(LATE + TASTY + ENGLISH) <= set(sample["text"])
    assert sample["text"].isin(OTHER).sum() == 150 - 55


def test_a_rare_theme_is_not_crowded_out_by_a_frequent_one(codes, codebook):
    sample = coding_sample(codes, codebook, n=30)
    assert sample["text"].isin(TASTY).sum() == 10
    assert sample["text"].isin(LATE + ENGLISH).sum() == 10
    assert sample["language"].eq("en").sum() == 5


def test_the_sample_does_not_depend_on_the_order_of_rows(codes, codebook):
    shuffled = codes.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(coding_sample(codes, codebook), coding_sample(shuffled, codebook))


def test_nothing_to_code_is_said(feedback, codebook):
    with pytest.raises(DataError, match="nothing can be coded"):
        coding_sample(feedback_codes(feedback([("c", "open", "нет")]), codebook), codebook)
    with pytest.raises(ParameterError, match="n must be 1 or more"):
        coding_sample(pd.DataFrame(), codebook, n=0)


def test_a_filled_sheet_is_read_back(codes, codebook, sheet):
    read = read_coding_sheets([sheet("Анна", _by_rule)], codes, codebook)
    assert len(read) == 300
    assert set(read["coder"]) == {"анна"}
    assert read.loc[read["theme"] == "late", "named"].sum() == 45


def test_rows_without_a_coder_are_not_coded_yet(codes, codebook, sheet):
    assert read_coding_sheets([sheet(None, _by_rule)], codes, codebook).empty


def test_every_flaw_is_named_with_file_row_and_column(codes, codebook, sheet):
    def spoil(cells):
        spoilt = {"Опоздали на 2 часов.": ("late", 3, "maybe"),
                  "Опоздали на 3 часов.": ("id", 0, "zzz"),
                  "Опоздали на 4 часов.": ("text", 2, "Совсем другое")}.get(cells[2])  # fmt: skip
        return (
            cells if spoilt is None else [*cells[: spoilt[1]], spoilt[2], *cells[spoilt[1] + 1 :]]
        )

    with pytest.raises(DataError) as error:
        read_coding_sheets([sheet("a", _by_rule, change=spoil)], codes, codebook)
    told = str(error.value)
    assert "column 'late': 1 or 0 (or empty, x, yes, no) is allowed; got 'maybe'" in told
    assert "column 'feedback_id': the feedback has no sentence 1 of 'zzz'" in told
    assert "column 'text': the feedback has another text there: 'Опоздали на 4 часов.'" in told
    assert all(line.startswith("a.xlsx, row ") for line in told.splitlines())


def test_a_misspelt_theme_names_the_nearest(codes, codebook, sheet):
    path = sheet("a", _by_rule, heads=("lat", "tasty"))
    with pytest.raises(DataError, match=r"column 'lat' is no theme of the codebook. Did you mean"):
        read_coding_sheets([path], codes, codebook)


def test_a_coder_codes_a_sentence_once(codes, codebook, sheet):
    paths = [sheet("a", _by_rule), sheet("A ", _by_rule, name="b.xlsx")]
    with pytest.raises(DataError, match=r"b.xlsx, row 2: 'a' has coded this sentence already"):
        read_coding_sheets(paths, codes, codebook)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_named(codes, codebook, tmp_path, content):
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(DataError, match=r"x.xlsx: this is no XLSX workbook"):
        read_coding_sheets([tmp_path / "x.xlsx"], codes, codebook)


def test_people_who_see_what_the_rules_see_make_a_theme_reliable(codes, codebook, sheet):
    paths = [sheet("a", _by_rule), sheet("b", _by_rule, name="b.xlsx")]
    found = theme_agreement(read_coding_sheets(paths, codes, codebook), codes)
    late = next(r for r in found.rows if r.theme == "late")
    assert (late.alpha, late.kappa, late.machine) == (1, 1, 1)
    assert (late.precision, late.recall, late.verdict) == (1, 1, "reliable")
    assert found.coders == 2
    assert found.n == 150


def test_people_who_disagree_make_a_theme_unreliable_wherever_it_is_told(codes, codebook, sheet):
    rng = np.random.default_rng(2)
    paths = [sheet("a", _by_rule), sheet("b", lambda _: int(rng.random() < 0.3), name="b.xlsx")]
    found = theme_agreement(read_coding_sheets(paths, codes, codebook), codes)
    assert found.unreliable >= {"late"}
    telling = with_reliability(Telling(), found)
    told = {f.subject["theme"]: f.status for f in theme_shares(codes, telling=telling).findings()}
    assert told["late"] == "not_reliable"
    assert told["tasty"] == ("not_reliable" if "tasty" in found.unreliable else "shown")
    talks = interview_themes(codes.assign(kind="interview"), telling=telling)
    assert {f.status for f in talks.findings() if f.subject["theme"] == "late"} == {"not_reliable"}


def test_one_coder_is_compared_with_the_rules(codes, codebook, sheet):
    def half(row):  # sees the theme in English only: 5 of the 45 that the rules find
        return int("late" in row.text)

    found = theme_agreement(read_coding_sheets([sheet("a", half)], codes, codebook), codes)
    late = next(r for r in found.rows if r.theme == "late")
    assert np.isnan(late.alpha)
    assert np.isnan(late.kappa)
    assert late.precision == pytest.approx(5 / 45)
    assert late.recall == 1
    assert late.verdict == "unreliable"


def test_the_precision_of_each_rule_comes_from_the_sheet(codes, codebook, sheet):
    def half(row):
        return int("late" in row.text)

    by_hand = read_coding_sheets([sheet("a", half)], codes, codebook)
    rules = {r.rule: r for r in rule_report(codes, codebook, by_hand=by_hand).rows if r.checked}
    assert (rules["late"].checked, rules["late"].precision) == (5, 1.0)
    assert (rules["опозда*"].checked, rules["опозда*"].precision) == (40, 0.0)


def test_without_sheets_nothing_is_said_of_agreement(codes, codebook):
    read = read_coding_sheets([], codes, codebook)
    found = theme_agreement(read, codes)
    assert found.rows == ()
    assert found.unreliable == frozenset()
    assert not [r for r in rule_report(codes, codebook, by_hand=read).rows if r.checked]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_exported_sheet_is_harmless_complete_and_can_be_read_back(retail, language):
    from cjm_research.report.coding_file import write_coding_sheet

    path, n = write_coding_sheet(retail, language=language)
    first = path.read_bytes()
    assert write_coding_sheet(retail, language=language)[0].read_bytes() == first
    assert n == 150
    sheet = load_workbook(path)["coding"]
    heads = [c.value for c in sheet[2]]
    assert heads == ["feedback_id", "sentence", "text", *retail.codebook.kinds, "coder"]
    assert sheet.max_row == n + 2
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    read = read_coding_sheets([path], retail.feedback_codes, retail.codebook)
    assert read.empty  # nobody has coded yet, and nothing is wrong with it
