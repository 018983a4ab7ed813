"""The command line: one clear message, the right exit code, nothing heavy before there is work."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

import pytest

from cjm_research.cli import exits

STUDY = """
title = "Shop"
languages = ["en"]
currency = "RUB"
[research]
question = "Who buys?"
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "client", amount = "sum", ordered_at = "day"}
[[reports]]
id = "data_quality"
"""
ORDERS = "client,sum,day\n" + "".join(
    f"c{i % 30},{i},2026-01-{1 + i % 28:02d}\n" for i in range(60)
)
SHOW = """from IPython.display import display
block = {"kind": "question", "id": "question", "title": {"en": "Data"}, "html": {"en": "<p>?</p>"}}
display({"application/vnd.cjm.block+json": block, "text/plain": "question"}, raw=True)"""
HEAVY = {"typer", "rich", "pydantic", "pandas", "numpy", "nbformat", "papermill", "nbconvert",
         "matplotlib", "babel"}  # fmt: skip


def _notebook(*cells):
    return {
        "cells": [
            {"cell_type": "code", "id": f"cell-{i}", "source": source, "outputs": [],
             "execution_count": None, "metadata": {"tags": ["parameters"]} if i == 0 else {}}
            for i, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


@pytest.fixture
def root(tmp_path):
    for folder in ("studies", "notebooks", "data/raw/shop"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "studies/shop.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "data/raw/shop/orders.csv").write_text(ORDERS, encoding="utf-8")
    cells = ('study: str = "retail"  # name of a file\nshare: float = 0.5  # between 0 and 1', SHOW)
    path = tmp_path / "notebooks/01_data_quality.ipynb"
    path.write_text(json.dumps(_notebook(*cells)), encoding="utf-8")
    return tmp_path


def _cjm(root, *words):
    return subprocess.run(
        [sys.executable, "-m", "cjm_research.cli.main", *words],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "shopp"], "Did you mean 'shop'"),
        (["run", "shop", "data_qualty"], "Did you mean 'data_quality'"),
        (["run", "shop", "-p", "shar=0.1"], "Did you mean 'share'"),
        (["run", "shop", "-p", "share=2"], "share must be a number between 0 and 1; got '2'."),
        (["run", "shop", "-p", "share"], "-p must be name=value; got 'share'."),
        (["run", "shop", "--workers", "x"], "--workers"),
        (["run"], "See: cjm run --help"),
        (["rum", "shop"], "See: cjm --help"),
        (["demo", "retial"], "Did you mean 'retail'"),
        (["why", "shop", "nothing"], "There is no report 'nothing'"),
        (["params", "nothing"], "There is no report 'nothing'"),
        (["history", "shop"], "no published reports"),
        (["check", "shopp"], "Did you mean 'shop'"),
        (["clean", "shopp"], "Did you mean 'shop'"),
        (["schedule"], "cjm schedule takes a study and a time"),
        (["schedule", "shop"], "as in: cjm schedule retail 'weekly mon 06:00'"),
        (["run", "shop", "--grouping", "x"], "There are none."),
    ],
)
def test_bad_input_gets_one_message_and_exit_code_two(root, words, said):
    done = _cjm(root, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "reports/shop").exists()


def test_outside_a_project_the_message_says_where_to_go(tmp_path):
    done = _cjm(tmp_path, "run", "shop")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "No folder 'studies'" in done.stderr


def test_check_reads_everything_and_changes_nothing(root):
    done = _cjm(root, "check", "shop")
    assert done.returncode == 0, done.stderr
    assert "60 rows in, 60 kept, 0 put aside" in done.stdout
    assert not (root / "reports").exists()
    assert not (root / "data/processed").exists()


def test_check_reads_codebook_and_actions_too(root):
    (root / "studies/shop.codebook.toml").write_text("x =", encoding="utf-8")
    named = f'codebook = "shop.codebook.toml"\n{STUDY}'
    (root / "studies/shop.toml").write_text(named, encoding="utf-8")
    done = _cjm(root, "check", "shop")
    assert (done.returncode, "shop.codebook.toml" in done.stderr) == (2, True)
    (root / "studies/shop.toml").write_text(STUDY, encoding="utf-8")
    (root / "studies/shop.actions.csv").write_text("what\n", encoding="utf-8")
    done = _cjm(root, "check", "shop")
    assert (done.returncode, "shop.actions.csv" in done.stderr) == (2, True)


def test_a_broken_pattern_is_named_with_file_line_and_theme(root):
    book = (
        '[[themes]]\nid = "late"\nkind = "pain"\nlabel = "Late"\n[themes.regex]\nru = ["(опозд"]\n'
    )
    (root / "studies/shop.codebook.toml").write_text(book, encoding="utf-8")
    named = f'codebook = "shop.codebook.toml"\n{STUDY}'
    (root / "studies/shop.toml").write_text(named, encoding="utf-8")
    done = _cjm(root, "check", "shop")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    said = " ".join(done.stderr.split())
    assert re.search(r"shop\.codebook\.toml: line \d.*'late'.*\(опозд.*is broken", said), said
    assert not (root / "reports/shop").exists()


def test_a_console_of_few_letters_is_no_error(root):
    (root / "data/raw/shop/заказы 订单.csv").write_text(ORDERS, encoding="utf-8")
    study = STUDY.replace("orders.csv", "заказы 订单.csv")
    (root / "studies/shop.toml").write_text(study, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cjm_research.cli.main", "check", "shop"], cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "cp1251"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert r"заказы \u8ba2\u5355.csv -> orders".encode("cp1251") in done.stdout


def test_params_lists_type_default_range_and_help(root):
    said = _cjm(root, "params", "data_quality").stdout
    assert "share = 0.5: a number between 0 and 1" in said
    assert "name of a file" in said


def test_the_plan_is_plain_data_for_other_programs(root):
    (job,) = json.loads(_cjm(root, "plan", "shop", "--json").stdout)
    assert (job["page"], job["command"]) == ("data_quality", "cjm run shop data_quality")
    assert _cjm(root, "plan", "shop").stdout == "data_quality\n"


def test_the_version_is_said(root):
    assert _cjm(root, "--version").stdout.startswith("cjm_research 0")


def test_a_run_then_nothing_to_do_then_why(root):
    first = _cjm(root, "run", "shop")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "data_quality: made" in first.stdout
    again = _cjm(root, "run", "shop")
    assert again.stdout == "shop: 2 reports up to date.\n"
    (root / "studies/shop.toml").write_text(STUDY + "\n# a word\n", encoding="utf-8")
    said = _cjm(root, "why", "shop", "data_quality").stdout
    assert _cjm(root, "why", "shop").stdout == said
    assert "made again: the study file or its codebook changed." in said
    rows = _cjm(root, "history", "shop", "--csv").stdout.splitlines()
    assert rows[0].startswith("study,report,page,made_at")


def test_nothing_to_do_is_known_with_the_standard_library_alone(root):
    assert _cjm(root, "run", "shop").returncode == 0
    code = (
        "import sys; sys.argv = ['cjm', 'run', 'shop']\n"
        "from cjm_research.cli.main import main\n"
        "code = main()\n"
        "third = {m.partition('.')[0] for m in sys.modules}\n"
        f"print(code, sorted(third & {HEAVY!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_report_that_fails_on_what_it_was_given_is_exit_code_two(root):
    path = root / "notebooks/01_data_quality.ipynb"
    raised = "from cjm_research.errors import StudyError\nraise StudyError('no column revenu')"
    path.write_text(json.dumps(_notebook('study: str = "a"', raised)), encoding="utf-8")
    done = _cjm(root, "run", "shop")
    assert done.returncode == 2
    assert "data_quality: FAILED: StudyError (cell 2): no column revenu" in done.stdout


def test_a_failed_report_is_exit_code_one(root):
    path = root / "notebooks/01_data_quality.ipynb"
    path.write_text(json.dumps(_notebook('study: str = "a"', "1 / 0")), encoding="utf-8")
    done = _cjm(root, "run", "shop")
    assert done.returncode == 1
    assert "data_quality: FAILED: ZeroDivisionError (cell 2): division by zero" in done.stdout
    assert (root / "reports/shop/data_quality.failed.en.html").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so_and_leaves_no_process(root, number):
    path = root / "notebooks/01_data_quality.ipynb"
    mark = root / "begun"
    cells = ('study: str = "a"', f"open({str(mark)!r}, 'w').write(str(__import__('os').getpid()))",
             "__import__('time').sleep(60)")  # fmt: skip
    path.write_text(json.dumps(_notebook(*cells)), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "cjm_research.cli.main", "run", "shop"],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        deadline = time.monotonic() + 90
        while not (mark.is_file() and mark.read_text()) and time.monotonic() < deadline:
            time.sleep(0.1)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said == "Stopped. Pages that stood before stand as they were.\n"
    assert not (root / "reports/shop").exists()
    assert not _is_alive(int(mark.read_text()))


def _is_alive(pid):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True,
                               text=True, check=False).stdout.strip()  # fmt: skip
        if not state or state.startswith("Z"):
            return False
        time.sleep(0.2)
    return True


def test_a_full_disk_is_named(capsys, monkeypatch, tmp_path):
    def write(_words, **_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(tmp_path)
    room = {str(tmp_path): 0, tempfile.gettempdir(): 10**9}
    monkeypatch.setattr(exits.signal, "signal", lambda *_: None)
    monkeypatch.setattr(exits, "disk_usage", lambda folder: SimpleNamespace(free=room[folder]))
    assert exits.run_guarded(write, []) == 2
    assert capsys.readouterr().err == f"No space left on device: {tmp_path}.\n"
