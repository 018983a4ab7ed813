"""A project begins in an empty folder, from an installed package or from the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_research.cli.main import run_app
from cjm_research.workspace.starter import BEGIN, begin_project


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_new_in_an_empty_folder_begins_a_project(empty, capsys):
    (empty / "orders.csv").write_text("Код клиента;Дата заказа;Сумма\n1;04.05.2026;5,50\n")
    assert run_app(["new", "shop", "orders.csv", "--yes"]) == 0
    assert "A project begins here" in capsys.readouterr().out
    assert (empty / "notebooks" / "01_data_quality.ipynb").is_file()
    assert run_app(["check", "shop"]) == 0


def test_a_project_that_is_there_is_used_from_below(empty, monkeypatch, capsys):
    begin_project(empty)
    (empty / "below").mkdir()
    monkeypatch.chdir(empty / "below")
    (empty / "below" / "orders.csv").write_text("customer_id,amount\n1,5.50\n")
    assert run_app(["new", "shop", "orders.csv", "--yes"]) == 0
    assert "begins here" not in capsys.readouterr().out
    assert (empty / "studies" / "shop.toml").is_file()


def test_what_is_there_stays(empty):
    begin_project(empty)
    mine = empty / "notebooks" / "01_data_quality.ipynb"
    mine.write_text("{}", encoding="utf-8")
    assert begin_project(empty) == ()
    assert mine.read_text(encoding="utf-8") == "{}"


@pytest.mark.usefixtures("empty")
def test_without_a_project_the_message_says_how_to_begin(capsys):
    assert run_app(["plan", "shop"]) == 2
    assert "begin a project here: cjm new" in capsys.readouterr().err


def test_the_build_packs_what_a_project_begins_with():
    text = (Path(__file__).parents[2] / "setup.py").read_text(encoding="utf-8")
    assert [pattern for pattern in BEGIN if f'"{pattern}"' not in text] == []
