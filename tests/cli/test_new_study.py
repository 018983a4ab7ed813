"""`cjm new` and `cjm check` with somebody else's files."""

from __future__ import annotations

import pytest

from cjm_research.cli.main import run_app
from cjm_research.study.load import load_study

ORDERS = "client,bought on,amount\n1,2026-05-04,5.5\n2,2026-05-05,7\n"
CLIENTS = "customer_id,city\n1,Omsk\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text(ORDERS)
    (tmp_path / "exports" / "clients.csv").write_text(CLIENTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_its_files(here):
    assert run_app(["new", "shop", "exports"]) == 0
    found = load_study(here / "studies" / "shop.toml").sources
    assert [s.file for s in found] == ["clients.csv", "orders.csv"]


def test_what_is_no_table_in_a_folder_is_left_out_and_said(here, capsys):
    (here / "exports" / "readme.txt").write_text("Exported by Ann on Monday.\n")
    assert run_app(["new", "shop", "exports"]) == 0
    assert "readme.txt: left out: " in capsys.readouterr().out
    assert not (here / "data" / "raw" / "shop" / "readme.txt").exists()


def test_a_list_of_customers_without_their_number_is_told(here, capsys):
    (here / "exports" / "clients.csv").write_text("Our number,name,city\n1,Anna,Omsk\n")
    assert run_app(["new", "shop", "exports"]) == 0
    assert "customer_id <- no header is known for it" in capsys.readouterr().out


def test_an_empty_folder_is_an_error(here, capsys):
    (here / "nothing").mkdir()
    assert run_app(["new", "shop", "nothing"]) == 2
    assert "Folder 'nothing' has no files." in capsys.readouterr().err


def test_a_column_can_be_told(here):
    told = ["--column", "ordered_at=bought on"]
    assert run_app(["new", "shop", "exports", *told]) == 0
    found = load_study(here / "studies" / "shop.toml").sources
    assert found[1].columns["ordered_at"] == "bought on"
    assert "ordered_at" not in found[0].columns


@pytest.mark.usefixtures("here")
def test_a_time_that_is_not_found_is_asked_for(capsys):
    assert run_app(["new", "shop", "exports/orders.csv"]) == 0
    assert "name one: --column ordered_at=HEADER" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("told", "message"),
    [
        (["--table", "order.csv=orders"], "There is no file for --table 'order.csv'. Did you mean"),
        (["--table", "orders.csv=oders"], "There is no table 'oders'. Did you mean 'orders'?"),
        (["--table", "orders"], "--table must be FILE=TABLE; got 'orders'."),
        (["--column", "ordered_at=bougt on"], "Did you mean 'bought on'?"),
        (["--column", "ordered_at"], "--column must be COLUMN=HEADER; got 'ordered_at'."),
    ],
)
def test_what_is_told_and_fits_nothing_names_the_nearest(told, message, capsys):
    assert run_app(["new", "shop", "exports/orders.csv", *told]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_check_says_why_rows_are_put_aside(capsys):
    assert run_app(["new", "shop", "exports", "--column", "ordered_at=bought on"]) == 0
    assert run_app(["check", "shop"]) == 0
    out = capsys.readouterr().out
    assert "orders.csv -> orders: 2 rows in, 1 kept, 1 put aside\n  put aside: " in out
    assert "customer_id (1)" in out


@pytest.mark.usefixtures("here")
def test_check_says_how_to_keep_rows_of_unknown_customers(here, capsys):
    (here / "exports" / "clients.csv").write_text("customer_id,city\n9,Omsk\n")
    assert run_app(["new", "shop", "exports", "--column", "ordered_at=bought on"]) == 0
    assert run_app(["check", "shop"]) == 0
    assert 'unknown_customers = "keep"' in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_check_says_that_texts_have_no_codebook_and_how_to_get_one(here, capsys):
    (here / "reviews.csv").write_text("review,rating\nfine,5\nlate,1\n")
    assert run_app(["new", "shop", "reviews.csv"]) == 0
    assert run_app(["check", "shop"]) == 0
    assert "cjm new codebook shop retail (or freight)" in capsys.readouterr().out
    assert run_app(["new", "codebook", "shop", "retail"]) == 0
    path = here / "studies" / "shop.toml"
    line = 'codebook = "shop.codebook.toml"\n'
    path.write_text(path.read_text().replace("languages", line + "languages", 1))
    capsys.readouterr()
    assert run_app(["check", "shop"]) == 0
    assert "no codebook" not in capsys.readouterr().out


@pytest.mark.parametrize("given", [["nosuch.csv"], ["exports", "nosuch.csv"], ["odd.csv"]])
def test_files_that_cannot_be_read_begin_no_project(here, given):
    (here / "odd.csv").write_text("x,y\n1,2\n")
    before = sorted(here.rglob("*"))
    assert run_app(["new", "shop", *given]) == 2
    assert sorted(here.rglob("*")) == before
