"""A project made by an older version takes the new notebooks and loses nobody's work."""

from __future__ import annotations

import pytest

from cjm_research.cli.main import run_app
from cjm_research.workspace.notebooks import compare_notebooks, note_notebooks, upgrade_notebooks
from cjm_research.workspace.starter import begin_project, starter_folder

FIRST, SECOND = "notebooks/01_data_quality.ipynb", "notebooks/02_segment_portraits.ipynb"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project whose first two notebooks were laid by an older version."""
    written = begin_project(tmp_path)
    for name in (FIRST, SECOND):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\n")
    note_notebooks(tmp_path, written)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_that_was_just_begun_is_up_to_date(tmp_path):
    note_notebooks(tmp_path, begin_project(tmp_path))
    found = compare_notebooks(tmp_path)
    assert (found.older, found.changed, found.missing) == ((), (), ())


def test_older_notebooks_are_replaced_and_changed_ones_left_alone(project):
    (project / SECOND).write_text('{"mine": 1}', encoding="utf-8")
    found = upgrade_notebooks(project)
    assert (found.older, found.changed) == ((FIRST,), (SECOND,))
    assert (project / FIRST).read_bytes() == (starter_folder() / FIRST).read_bytes()
    assert (project / SECOND).read_text(encoding="utf-8") == '{"mine": 1}'
    assert compare_notebooks(project).changed == (SECOND,)


def test_force_keeps_what_was_changed_beside_the_new_one(project):
    (project / SECOND).write_text('{"mine": 1}', encoding="utf-8")
    upgrade_notebooks(project, force=True)
    assert (project / f"{SECOND}.old").read_text(encoding="utf-8") == '{"mine": 1}'
    assert (project / SECOND).read_bytes() == (starter_folder() / SECOND).read_bytes()


def test_what_was_changed_here_and_not_in_the_new_version_is_nobodys_business(tmp_path):
    note_notebooks(tmp_path, begin_project(tmp_path))
    (tmp_path / FIRST).write_text('{"mine": 1}', encoding="utf-8")
    assert compare_notebooks(tmp_path).changed == ()


def test_a_project_without_notes_loses_nothing(project):
    (project / "notebooks" / ".laid.json").unlink()
    before = (project / FIRST).read_bytes()
    assert upgrade_notebooks(project).changed == (FIRST, SECOND)
    assert (project / FIRST).read_bytes() == before


def test_the_command_says_what_became_of_each(project, capsys):
    (project / SECOND).write_text('{"mine": 1}', encoding="utf-8")
    assert run_app(["upgrade"]) == 0
    said = capsys.readouterr().out
    assert f"{FIRST}: this version's now" in said
    assert f"{SECOND}: left alone, it was changed here" in said
    (project / SECOND).unlink()
    assert run_app(["upgrade"]) == 0
    assert run_app(["upgrade"]) == 0
    assert "The notebooks are those of version" in capsys.readouterr().out


def test_check_says_when_notebooks_are_older(project, capsys):
    (project / "orders.csv").write_text("customer_id,amount\n1,5\n")
    assert run_app(["new", "shop", "orders.csv"]) == 0
    assert run_app(["check", "shop"]) == 0
    assert "2 notebooks here are not of version" in capsys.readouterr().out
