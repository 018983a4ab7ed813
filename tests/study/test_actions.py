"""The action log that people keep by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cjm_research.errors import StudyError
from cjm_research.study.actions import Action, actions_path, read_actions

HEAD = "finding,action,owner,due,status,done_on\n"


def read(tmp_path, text):
    path = tmp_path / "shop.actions.csv"
    path.write_text(text, encoding="utf-8")
    return read_actions(path)


def test_no_file_is_an_empty_log(tmp_path):
    assert read_actions(actions_path(tmp_path / "shop.toml")) == []


def test_a_log_of_a_russian_spreadsheet_is_read(tmp_path):
    text = (
        "\ufefffinding;action;owner;due\nneeds/a;Сократить форму, срочно;Продукт;2026-12-01\n;;;\n"
    )
    assert read(tmp_path, text) == [
        Action(
            finding="needs/a", action="Сократить форму, срочно", owner="Продукт",
            due=date(2026, 12, 1), status="planned",
        )
    ]  # fmt: skip


def test_an_action_may_be_written_in_several_languages(tmp_path):
    (action,) = read(tmp_path, "finding,action,action_zh\na,Cut the form,缩短表单\n")
    assert [action.said(x) for x in ("en", "ru", "zh")] == [
        "Cut the form", "Cut the form", "缩短表单",
    ]  # fmt: skip


def test_a_day_of_doing_means_done(tmp_path):
    (action,) = read(tmp_path, HEAD + "a,b,c,,,2026-01-02\n")
    assert (action.status, action.is_open) == ("done", False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("finding,owner\na,b\n", "there is no column 'action'"),
        ("finding,action,ownr\na,b,c\n", "'ownr' is not known. Did you mean 'owner'?"),
        ("finding,action,action\na,b,c\n", "'action' stands twice"),
        (HEAD + ",b,c,,,\n", "row 2: finding is empty"),
        (HEAD + "a,b,c,31.12.2026,,\n", "row 2: due: '31.12.2026' is no day"),
        (HEAD + "a,b,c,,plannd,\n", "row 2: status 'plannd' is not one of"),
        (HEAD + "a,b,c,,done,\n", "row 2: done_on is empty"),
        (HEAD + "\na,b,anna@shop.ru,,,\n", "row 3: owner: an e-mail address would be published"),
    ],
)
def test_what_does_not_fit_is_named_with_its_row(tmp_path, text, message):
    with pytest.raises(StudyError, match=r"shop\.actions\.csv") as error:
        read(tmp_path, text)
    assert message in str(error.value)


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(StudyError) as error:
        read(tmp_path, HEAD + ",b,c,x,,\na,,c,,,\n")
    assert len(str(error.value).splitlines()) == 3


def test_a_text_with_the_separator_and_no_quotes_is_refused_and_not_cut(tmp_path):
    with pytest.raises(StudyError, match="row 2: 3 cells under 2 columns; a text that holds"):
        read(tmp_path, "finding,action\na,Cut the form, then test\n")


def test_a_text_keeps_its_lines(tmp_path):
    first, second = read(tmp_path, 'finding,action\na,"Cut\nthe form"\nb,Call\u2028back\n')
    assert (first.action, second.action) == ("Cut\nthe form", "Call\u2028back")
