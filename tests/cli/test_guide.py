"""The guide's steps run as they are written, and `cjm new` says clearly what it cannot do."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from cjm_research.cli.main import run_app
from cjm_research.study.load import load_study

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide-bring-your-own-export.md").read_text(encoding="utf-8")
FILES = re.findall(r"```csv (\S+) (\S+)\n(.*?)```", GUIDE, flags=re.DOTALL)
COMMANDS = re.findall(r"```sh\ncjm (.*?)\n```", GUIDE)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder with the guide's files, in which commands run."""
    (tmp_path / "studies").mkdir()
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name, encoding, text in FILES:
        (tmp_path / name).write_bytes(text.encode(encoding))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_guide_has_its_steps():
    assert [c.split()[0] for c in COMMANDS] == ["new", "check", "run"]
    assert [f[0] for f in FILES] == ["orders.csv", "clients.csv"]


def test_new_and_check_do_what_the_guide_says(project, capsys):
    assert [run_app(c.split()) for c in COMMANDS[:2]] == [0, 0]
    said = capsys.readouterr().out
    assert "orders.csv -> orders: 5 rows in, 3 kept, 2 put aside" in said
    assert "clients.csv -> customers: 3 rows in, 3 kept, 0 put aside" in said
    study = load_study(project / "studies" / "myshop.toml")
    assert (study.currency, study.languages) == ("RUB", ["ru"])
    assert (project / "data" / "raw" / "myshop" / "orders.csv").is_file()


@pytest.mark.path
def test_the_whole_guide_ends_in_a_page(project):
    assert [run_app(c.split()) for c in COMMANDS] == [0, 0, 0]
    pages = list((project / "reports").glob("*data_quality*"))
    assert pages or list((project / "reports").rglob("*data_quality*.html"))


def test_one_file_of_participants_fills_three_tables(project, capsys):
    (text,) = re.findall(r"```toml letters.toml\n(.*?)```", GUIDE, flags=re.DOTALL)
    (project / "studies" / "letters.toml").write_text(text, encoding="utf-8")
    raw = project / "data" / "raw" / "letters"
    raw.mkdir(parents=True)
    arms = ("none", "men", "none", "women")
    rows = [f"{arms[i % 4]},{'town' if i % 2 else 'land'},{i % 5 // 4},{i % 7}" for i in range(90)]
    (raw / "participants.csv").write_text("\n".join(["letter,area,visited,spent", *rows]))
    assert run_app(["check", "letters"]) == 0
    said = capsys.readouterr().out
    assert "participants.csv -> exposures: 90 rows in, 90 kept" in said
    assert "participants.csv -> outcomes: 180 rows in, 180 kept" in said
    assert "campaign_results" in said.partition("can be made")[2].partition("\n")[0]


def test_the_guides_layout_is_a_layout(project):
    text = re.search(r"```toml\n(.*?)```", GUIDE, flags=re.DOTALL)
    (project / "adapters").mkdir()
    (project / "adapters" / "till.toml").write_text(text[1])
    (project / "till.csv").write_text("chk,card,rub\n1,007,5.50\n")
    assert run_app(["new", "till", "till.csv", "--yes"]) == 0
    study = tomllib.loads((project / "studies" / "till.toml").read_text(encoding="utf-8"))
    assert study["sources"][0]["adapter"] == "till"
    assert run_app(["check", "till"]) == 0


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["new", "My Shop", "orders.csv"], "STUDY must be small Latin letters"),
        (["new", "myshop", "odrers.csv"], "Did you mean 'orders.csv'?"),
        (["new", "myshop", "bad.csv"], "do not tell which table it is"),
        (["new", "myshop", "orders.csv", "--table", "orders"], "--table must be FILE=TABLE"),
        (["new", "myshop", "orders.csv", "--table", "orders.csv=order"], "Did you mean 'orders'?"),
    ],
)
def test_what_new_cannot_do_is_one_message(project, capsys, words, cause):
    (project / "bad.csv").write_text("foo,bar\n1,2\n")
    assert run_app([*words, "--yes"]) == 2
    assert cause in capsys.readouterr().err
    assert not (project / "studies" / "myshop.toml").exists()


def test_a_study_that_is_there_is_not_written_over(project, capsys):
    (project / "studies" / "myshop.toml").write_text("# mine")
    assert run_app(["new", "myshop", "orders.csv", "--yes"]) == 2
    assert "--force writes it anew" in capsys.readouterr().err
    assert (project / "studies" / "myshop.toml").read_text() == "# mine"
