"""Values that a spreadsheet ruined come back from a clean copy, where the copy is sure of them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cjm_research.cleaning.clean_study import clean_study
from cjm_research.study.model import Study
from cjm_research.study.sources import Source

SOURCE = {"table": "feedback", "file": "ruined.csv", "constants": {"kind": "open"},
          "columns": {"feedback_id": "id", "text": "words", "customer_id": "who"},
          "repair": {"file": "copy.csv", "by": {"feedback_id": "no"},
                     "restore": {"feedback_id": "no", "text": "said"}}}  # fmt: skip


@pytest.fixture
def cleaned(tmp_path):
    """Return a function that cleans a ruined file with its copy."""

    def _cleaned(ruined, copy):
        (tmp_path / "ruined.csv").write_text("id,words,who\n" + ruined, encoding="utf-8")
        (tmp_path / "copy.csv").write_text("no,said\n" + copy, encoding="utf-8")
        study = Study.model_validate(
            {
                "name": "shop", "title": "Shop", "languages": ["en"], "currency": "USD",
                "research": {"question": "What hurts?"}, "sources": [SOURCE],
            }
        )  # fmt: skip
        return clean_study(study, tmp_path).tables

    return _cleaned


def test_a_rounded_id_and_its_text_are_restored(cleaned):
    tables = cleaned("570306133677760000,=@shop late,a\n", "570306133677760513,@shop late\n")
    row = tables["feedback"].iloc[0]
    assert (row["feedback_id"], row["text"]) == ("570306133677760513", "@shop late")
    before = tables["changes"].set_index("column")["before"]
    assert before["text"] == "=@shop late"


def test_a_row_without_a_copy_stays_and_is_counted(cleaned):
    tables = cleaned("570306133677760000,late,a\n", "999306133677760513,@shop late\n")
    assert tables["feedback"]["feedback_id"].tolist() == ["570306133677760000"]
    issues = tables["issues"].set_index(["code", "column"])["rows"]
    assert issues["not_restored", "feedback_id"] == 1


def test_a_value_that_two_copies_tell_differently_is_not_restored(cleaned):
    tables = cleaned(
        "570306133677760000,=late,a\n", "570306133677760513,late\n570306133677760513,never came\n"
    )
    row = tables["feedback"].iloc[0]
    assert (row["feedback_id"], row["text"]) == ("570306133677760513", "=late")


def test_a_repair_of_a_column_that_is_not_mapped_is_refused():
    wrong = {**SOURCE, "repair": {"file": "c.csv", "by": {"feedback_id": "no"},
                                  "restore": {"txt": "said"}}}  # fmt: skip
    with pytest.raises(ValidationError, match="'repair' names 'txt'"):
        Source.model_validate(wrong)
