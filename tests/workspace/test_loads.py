"""A load reads what changed, changes nothing twice, and leaves the store whole when it fails."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.cleaning import read_sources
from cjm_research.errors import ParameterError, SourceError
from cjm_research.store.store import Store
from cjm_research.workspace import build
from cjm_research.workspace.build import clean

STUDY = """
title = "Shop"
languages = ["en"]
currency = "RUB"
[research]
question = "Who buys?"
[[sources]]
table = "customers"
file = "crm.csv"
columns = {customer_id = "id", name = "who", phone = "tel", city = "town"}
[[sources]]
table = "events"
file = "events_*.csv"
unknown_customers = "keep"
HISTORY
columns = {customer_id = "who", name = "what", occurred_at = "at", event_id = "no"}
"""
PLAIN = STUDY.replace("HISTORY", "")
KEEPING = STUDY.replace("HISTORY", 'history = "keep"')
CRM = "id,who,tel,town\na,Anna Li,+79161112233,Omsk\nb,Oleg Kim,,Perm\n"
DAY = "no,who,what,at\n{0}1,a,visit,2026-01-{0}T10:00\n{0}2,b,visit,2026-01-{0}T11:00\n"


@pytest.fixture
def shop(tmp_path):
    """Return a function that writes a study and raw files, cleans, and opens the store."""
    raw = tmp_path / "data" / "raw" / "shop"
    raw.mkdir(parents=True)
    (tmp_path / "studies").mkdir()

    def _load(study=PLAIN, gone=(), **files):
        (tmp_path / "studies" / "shop.toml").write_text(study, encoding="utf-8")
        for name, text in files.items():
            (raw / f"{name}.csv").write_text(text, encoding="utf-8")
        for name in gone:
            (raw / f"{name}.csv").unlink()
        clean("shop", tmp_path)
        return Store.open(tmp_path / "data" / "processed" / "shop")

    _load.root = tmp_path
    return _load


def _reads(monkeypatch):
    read = []

    def counted(paths, source, **settings):
        read.extend(paths)
        return original(paths, source, **settings)

    original = read_sources.load_files
    monkeypatch.setattr(read_sources, "load_files", counted)
    return read


def test_the_same_files_change_nothing_and_are_not_read_again(shop, monkeypatch):
    first = shop(crm=CRM, events_01=DAY.format("01"))
    read = _reads(monkeypatch)
    again = shop(crm=CRM, events_01=DAY.format("01"))
    assert (again.version, read) == (first.version, [])


def test_only_the_source_that_changed_is_read(shop, monkeypatch):
    shop(crm=CRM, events_01=DAY.format("01"))
    read = _reads(monkeypatch)
    store = shop(crm=CRM + "c,Ivan Li,,Tver\n")
    assert read == ["crm.csv"]
    assert (len(store.read("customers")), len(store.read("events"))) == (3, 2)


def test_a_load_in_steps_gives_the_tables_of_one_load(shop):
    shop(crm=CRM, events_01=DAY.format("01"))
    steps = shop(events_02=DAY.format("02"))
    (steps.folder / "CURRENT").unlink()
    whole = shop()
    for name in ("customers", "events", "loads", "quarantine", "issues"):
        pd.testing.assert_frame_equal(whole.read(name), steps.read(name))


def test_a_late_day_is_loaded_anew_by_its_key(shop):
    shop(study=KEEPING, crm=CRM, events_01=DAY.format("01"), events_02=DAY.format("02"))
    late = DAY.format("02").replace("022,b,visit", "022,b,order") + "023,a,visit,2026-01-02T23:00\n"
    store = shop(study=KEEPING, events_02b=late, gone=["events_01", "events_02"])
    events = store.read("events").sort_values("event_id")
    assert events["event_id"].tolist() == ["011", "012", "021", "022", "023"]
    assert events["name"].tolist() == ["visit", "visit", "visit", "order", "visit"]
    loads = store.read("loads")
    assert (loads["rows_in"] == loads["rows_kept"] + loads["rows_quarantined"]).all()


def test_rows_of_files_that_are_gone_go_too_unless_the_source_keeps_them(shop):
    shop(crm=CRM, events_01=DAY.format("01"), events_02=DAY.format("02"))
    assert len(shop(gone=["events_01"]).read("events")) == 2


def test_a_source_that_keeps_its_history_needs_no_file_at_all(shop):
    shop(study=KEEPING, crm=CRM, events_01=DAY.format("01"))
    assert len(shop(study=KEEPING, gone=["events_01"]).read("events")) == 2


def test_a_failed_load_leaves_the_store_as_it_was(shop):
    first = shop(crm=CRM, events_01=DAY.format("01"))
    with pytest.raises(SourceError, match="town"):
        shop(crm="id,who,tel\na,Anna,\n", events_02=DAY.format("02"))
    after = Store.open(first.folder)
    assert after.version == first.version
    assert len(after.read("events")) == 2


def test_what_differs_from_the_last_load_is_kept(shop):
    first = shop(crm=CRM, events_01=DAY.format("01"))
    assert first.read("drift").empty
    drift = shop(crm=CRM + "".join(f"x{i},Ann,,\n" for i in range(6))).read("drift")
    rows = drift.set_index(["table", "measure", "column"])[["before", "now"]]
    assert rows.loc[("customers", "rows", "")].tolist() == [2.0, 8.0]
    assert rows.loc[("customers", "filled", "city")].tolist() == [1.0, 0.25]


def test_identifiers_are_hashed_before_anything_is_stored(shop, monkeypatch):
    hidden = PLAIN + '[privacy]\nidentifiers = "hash"\n'
    monkeypatch.delenv("CJM_HASH_KEY", raising=False)
    with pytest.raises(ParameterError, match="CJM_HASH_KEY is not set"):
        shop(study=hidden, crm=CRM, events_01=DAY.format("01"))
    monkeypatch.setenv("CJM_HASH_KEY", "a secret of the shop")
    store = shop(study=hidden, crm=CRM, events_01=DAY.format("01"))
    assert set(store.read("events")["customer_id"]) == set(store.read("customers")["customer_id"])
    written = list(store.folder.rglob("*.parquet"))
    texts = " ".join(pd.read_parquet(p).to_csv() for p in written)
    assert written
    assert [t for t in ("Anna Li", "+79161112233", "Oleg") if t in texts] == []


def test_a_list_of_decisions_that_changed_makes_a_new_load(shop):
    people = "id,who,tel,town\na,Li Anna,+79161112233,Omsk\nb,Li Anna,+79161112233,Omsk\n"
    study = PLAIN + '[identity]\nmatch = "keys"\ndecisions = "d.csv"\n'
    (shop.root / "studies" / "d.csv").write_text("customer_id,other_id,decision\n")
    merged = shop(study=study, crm=people, events_01=DAY.format("01"))
    assert merged.read("events")["customer_id"].tolist() == ["a", "a"]
    (shop.root / "studies" / "d.csv").write_text("customer_id,other_id,decision\na,b,apart\n")
    undone = shop(study=study)
    assert undone.read("customers")["customer_id"].tolist() == ["a", "b"]
    assert undone.read("events")["customer_id"].tolist() == ["a", "b"]


def test_the_list_of_merges_keeps_what_a_person_wrote_into_it(shop):
    people = "id,who,tel,town\na,Li Anna,+79161112233,Omsk\nb,Li Anna,+79161112233,Omsk\n"
    study = PLAIN + '[identity]\nmatch = "keys"\n'
    shop(study=study, crm=people, events_01=DAY.format("01"))
    path = shop.root / "data" / "contacts" / "shop.identity.csv"
    rows = pd.read_csv(path, dtype=str)
    assert rows[["customer_id", "other_id", "state"]].to_numpy().tolist() == [["a", "b", "merged"]]
    rows.assign(decision="apart").to_csv(path, index=False)
    shop(study=study, crm=people + "c,Kim Oleg,,\n")
    assert pd.read_csv(path, dtype=str)["decision"].tolist() == ["apart"]


def test_a_load_that_dies_at_the_list_of_merges_writes_it_the_next_time(shop, monkeypatch):
    people = "id,who,tel,town\na,Li Anna,+79161112233,Omsk\nb,Li Anna,+79161112233,Omsk\n"
    study = PLAIN + '[identity]\nmatch = "keys"\n'
    with monkeypatch.context() as patch:
        patch.setattr(build, "write_identity_list", _refuse)
        with pytest.raises(OSError, match="open elsewhere"):
            shop(study=study, crm=people, events_01=DAY.format("01"))
    shop(study=study)
    assert (shop.root / "data" / "contacts" / "shop.identity.csv").is_file()


def _refuse(*_):
    raise OSError(13, "open elsewhere")
