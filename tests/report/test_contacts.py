"""Lists of customers to contact."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil

import openpyxl
import pandas as pd
import pytest

from cjm_research.cli.main import run_app
from cjm_research.errors import DataError, ParameterError
from cjm_research.report.contacts.export import Choice, export_list, may_contact
from cjm_research.report.contacts.lists import LISTS


@pytest.fixture(scope="module")
def shop(retail, tmp_path_factory):
    """Return the retail study with a folder of its own to write to."""
    return dataclasses.replace(retail, root=tmp_path_factory.mktemp("contacts"))


def read(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_a_call_list_is_a_workbook_per_manager_with_a_reason_for_everybody(shop):
    done = export_list(shop, "overdue", Choice(language="ru"))
    tables = [read(f) for f in done.files]
    assert len(done.files) > 1
    assert sum(map(len, tables)) == done.n_written
    assert all(t["Причина"].str.contains("обычно перерыв").all() for t in tables)
    assert all(f.parent == shop.root / "data" / "contacts" / "retail" / "overdue"
               for f in done.files)  # fmt: skip


def test_who_refused_is_on_no_list(shop):
    done = export_list(shop, "overdue", Choice(language="en"))
    customers = shop.customers.set_index("customer_id")["consent_marketing"]
    ids = pd.concat([read(f)["Customer"] for f in done.files])
    assert customers[ids].all()
    assert done.n_refused > 0
    assert done.n_listed == done.n_written + done.n_refused


def test_an_audience_is_hashed_as_cabinets_do_it(shop):
    plain = pd.read_csv(export_list(shop, "audience", Choice()).files[0], dtype=str)
    hashed = pd.read_csv(export_list(shop, "audience", Choice(hash="sha256")).files[0], dtype=str)
    assert plain["phone"].dropna().str.fullmatch(r"\d{10,15}").all()
    assert (plain["email"].dropna() == plain["email"].dropna().str.lower()).all()
    expected = hashlib.sha256(plain["email"].dropna().iloc[0].encode()).hexdigest()
    assert expected in set(hashed["email"])
    assert list(plain.columns) == ["phone", "email"]


def test_an_audience_of_a_segment_holds_its_customers_only(shop):
    every = export_list(shop, "audience", Choice())
    best = export_list(shop, "audience", Choice(grouping="by_value", segment="best"))
    members = shop.segments("by_value")
    assert best.n_listed == int((members["segment"] == "best").sum()) < every.n_listed


def test_the_next_offer_is_awaited_within_a_month(shop):
    path = export_list(shop, "offers", Choice(language="en")).files[0]
    table = pd.read_csv(path)
    assert (pd.to_datetime(table["Expected on"]) <= shop.as_of + pd.Timedelta(days=30)).all()
    assert table["Reason"].str.contains("next need", case=False).all()


def test_texts_like_formulas_are_harmless(shop):
    named = shop.customers.assign(name="=HYPERLINK(1)")
    world = dataclasses.replace(shop)
    world.__dict__["_tables"] = {"customers": named}
    sheet = openpyxl.load_workbook(export_list(world, "overdue", Choice()).files[0]).worksheets[0]
    cells = [c for row in sheet.iter_rows(min_row=4) for c in row if c.value == "=HYPERLINK(1)"]
    assert cells
    assert {c.data_type for c in cells} == {"s"}


def test_a_manager_who_has_nobody_now_keeps_no_old_list(shop):
    first = export_list(shop, "potential", Choice())
    old = first.files[0].with_name("Old.xlsx")
    shutil.copy(first.files[0], old)
    export_list(shop, "potential", Choice())
    assert not old.exists()


@pytest.mark.parametrize(
    ("name", "choice", "message"),
    [
        ("duee", Choice(), "no list 'duee'. Did you mean 'due'"),
        ("due", Choice(language="de"), "no language 'de'"),
        ("audience", Choice(hash="sha265"), "no hash 'sha265'. Did you mean 'sha256'"),
        ("due", Choice(segment="famlies"), "no segment 'famlies'. Did you mean 'families'"),
        ("due", Choice(grouping="by_value"), "given without a segment: name one of"),
        ("due", Choice(grouping="by_valeu"), "no grouping 'by_valeu'. Did you mean 'by_value'"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(shop, name, choice, message):
    with pytest.raises(ParameterError, match=message):
        export_list(shop, name, choice)


def test_without_consent_nobody_is_written(freight):
    with pytest.raises(DataError, match="no consent is known"):
        export_list(freight, "overdue", Choice())


def test_who_refused_stays_refused_when_the_unknown_are_allowed():
    people = pd.DataFrame({
        "customer_id": ["a", "b", "c"],
        "consent_marketing": pd.array([True, False, None], dtype="boolean"),
    })  # fmt: skip
    assert may_contact(people, allow_unknown=True)["customer_id"].tolist() == ["a", "c"]
    assert may_contact(people, allow_unknown=False)["customer_id"].tolist() == ["a"]


def test_every_list_is_named_in_the_help(capsys):
    run_app(["export", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert [n for n in LISTS if n not in shown] == []


def test_an_unknown_list_ends_with_code_two(demo_project, monkeypatch, capsys):
    monkeypatch.chdir(demo_project)
    assert run_app(["export", "retail", "offer"]) == 2
    assert "Did you mean 'offers'" in capsys.readouterr().err
