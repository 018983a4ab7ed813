"""Templates of questionnaire and interviews: written, filled in, read without any mapping."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cjm_research.errors import ParameterError, SourceError
from cjm_research.needs.survey.choices import choices
from cjm_research.needs.survey.kano import kano
from cjm_research.needs.survey.opportunity import opportunities
from cjm_research.workspace.build import clean
from cjm_research.workspace.questionnaire import ANSWERS, BUSINESSES, INTERVIEWS, write_templates
from cjm_research.workspace.workspace import open_study

ROOT = Path(__file__).parents[2]
NOT_APPLICABLE = {"en": "n/a", "ru": "н/п", "zh": "不适用"}
N = 12
DAY = dt.datetime.fromisoformat("2026-03-01")


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    return tmp_path


def _cell(header, how, number, none):
    """Return what a person would write under a header."""
    if "0–10" in header or " 10" in header or "– 10" in header:
        return 9
    if "(1" in header or "（1" in header:
        return none if number == 0 and none in how else 1 + number % 5
    if ": " in how or "：" in how:
        options = how.replace("：", ": ").split(": ", 1)[1].split("; ")
        return options[number % len(options)]
    return "Доставка опоздала на день"


def _fill(path, language):
    book = load_workbook(path)
    sheet, told = book["answers"], book.worksheets[1]
    how = {row[0]: row[1] for row in told.iter_rows(min_row=2, values_only=True)}
    headers = [c.value for c in sheet[1]]
    for number in range(N):
        fixed = [f"A-{number}", "", DAY + dt.timedelta(days=number)]
        sheet.append(
            fixed + [_cell(h, how[h], number, NOT_APPLICABLE[language]) for h in headers[3:]]
        )
    book.save(path)


def _talk(path):
    book = load_workbook(path)
    sheet = book["interviews"]
    for number in range(3):
        sheet.append([f"I{number}", "", DAY, "", "", "Долго ждал курьера"])
    book.save(path)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("business", BUSINESSES)
def test_filled_sheets_load_without_a_mapping(project, business, language):
    write_templates(project, business, "mine", language=language)
    folder = project / "data" / "raw" / "mine"
    _fill(folder / ANSWERS, language)
    _talk(folder / INTERVIEWS)
    clean("mine", project)
    world = open_study("mine", root=project)
    assert world.quarantine.empty
    assert world.feedback["respondent"].nunique() == N
    counts = world.feedback.groupby("kind").size()
    assert counts["nps"] == counts["csat"] == counts["ces"] == N
    assert counts["importance"] == 5 * N
    assert counts["satisfaction"] == 5 * (N - 1)  # "not applicable" is no answer
    assert counts["kano_functional"] == counts["kano_dysfunctional"] == 3 * N
    assert counts["interview"] == 3
    plan = world.study.survey
    assert len(opportunities(world.feedback).rows) == 5
    assert {r.n for r in kano(world.feedback).rows} == {N}
    found = {r.option for r in choices(world.feedback, plan=plan).rows}
    assert found <= {o for q in plan.questions.values() for o in q.options}


def test_a_sheet_that_nobody_filled_in_is_named(project):
    write_templates(project, "retail", "mine", language="ru")
    with pytest.raises(SourceError, match=r"'interviews.xlsx' has a header and no rows"):
        clean("mine", project)


def test_nothing_is_overwritten(project):
    write_templates(project, "retail", "mine")
    with pytest.raises(ParameterError, match="already"):
        write_templates(project, "freight", "mine")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("retial", "mine", "en"), "Did you mean 'retail'"),
        (("retail", "mine", "de"), "no language 'de'"),
        (("retail", "My Study", "en"), "small Latin letters"),
    ],
)
def test_a_wrong_request_says_what_is_allowed(project, arguments, message):
    business, name, language = arguments
    with pytest.raises(ParameterError, match=message):
        write_templates(project, business, name, language=language)
