"""An opened study gives its tables, its days and its words."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import ParameterError, StoreError, StudyError
from cjm_research.store.store import Store, commit
from cjm_research.workspace.project import project_root
from cjm_research.workspace.workspace import open_study

STUDY = """
title = "Shop"
languages = ["en"]
currency = "RUB"
zone = "Asia/Vladivostok"
[research]
question = "Why?"
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "c", amount = "a"}
[[stages]]
id = "purchase"
label = "Purchase"
[[groupings]]
id = "city"
label = "City"
column = "city"
[labels.city]
Omsk = "Omsk, the city"
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "shop.toml").write_text(STUDY, encoding="utf-8")
    times = pd.to_datetime(["2026-03-01 20:00", "2026-03-09 10:00", None], utc=True)
    orders = pd.DataFrame(
        {"customer_id": ["a", "b", "b"], "amount": [1.0, 2.0, 3.0], "ordered_at": times}
    )
    commit(tmp_path / "data" / "processed" / "shop", {"orders": orders}, info={})
    return tmp_path


def test_days_are_days_of_the_studys_zone(root):
    world = open_study("shop", root=root)
    assert world.window == ("2026-03-02", "2026-03-09")  # 20:00 UTC is the next day there
    assert world.as_of == pd.Timestamp("2026-03-09")


def test_as_of_is_taken_from_the_caller(root):
    world = open_study("shop", as_of="2026-03-05", root=root)
    assert world.as_of == pd.Timestamp("2026-03-05")
    assert world.window == ("2026-03-02", "2026-03-05")


@pytest.mark.parametrize("day", ["yesterday", "05.03.2026", "2020-01-01"])
def test_a_day_that_cannot_be_is_refused(root, day):
    with pytest.raises(ParameterError, match="as_of must be"):
        open_study("shop", as_of=day, root=root)


def test_a_day_of_the_study_file_before_the_data_is_named(root):
    path = root / "studies" / "shop.toml"
    path.write_text(f"as_of = 2020-01-01\n{STUDY}", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"2026-03-02 or later; got '2020-01-01'"):
        open_study("shop", root=root)


def test_the_root_is_found_from_a_folder_below(root):
    below = root / "notebooks" / "explore"
    below.mkdir(parents=True)
    assert project_root(below) == root


def test_no_studies_folder_says_so(tmp_path):
    with pytest.raises(ParameterError, match="No folder 'studies'"):
        project_root(tmp_path)


def test_a_study_that_was_not_cleaned_says_what_to_run(root):
    (root / "studies" / "other.toml").write_text(STUDY, encoding="utf-8")
    with pytest.raises(StoreError, match="cjm clean other"):
        open_study("other", root=root)


def test_an_unknown_study_names_the_nearest(root):
    with pytest.raises(StudyError, match="Did you mean 'shop'"):
        open_study("shopp", root=root)


def test_labels_come_from_the_study(root):
    labels = open_study("shop", root=root).labels
    assert labels["stage"]["purchase"].text("en") == "Purchase"
    assert labels["segment"]["Omsk"].text("en") == "Omsk, the city"


def test_sql_answers_over_the_tables(root):
    answer = open_study("shop", root=root).sql(
        "SELECT customer_id, sum(amount) AS total FROM orders GROUP BY 1 ORDER BY 1"
    )
    assert answer["total"].tolist() == [1.0, 5.0]


def test_sql_reaches_no_file_and_changes_nothing(root):
    world = open_study("shop", root=root)
    with pytest.raises(ParameterError):
        world.sql("SELECT * FROM read_csv('studies/shop.toml')")
    before = Store.open(world.store.folder).version
    world.sql("CREATE TABLE orders_copy AS SELECT * FROM orders")
    assert Store.open(world.store.folder).version == before


def test_data_without_a_day_have_no_window(root):
    never = pd.Series([None], dtype="datetime64[us, UTC]")
    undated = pd.DataFrame({"customer_id": ["a"], "amount": [1.0], "ordered_at": never})
    commit(root / "data" / "processed" / "shop", {"orders": undated}, info={})
    assert open_study("shop", root=root).window is None


def test_only_the_columns_that_are_asked_for_are_read(root):
    world = open_study("shop", root=root)
    found = world.columns("orders", ("amount", "no_such_column"))
    assert (list(found), len(found)) == (["amount"], len(world.orders))
    again = world.columns("orders", ("amount",))
    pd.testing.assert_frame_equal(again, found)
    assert world.columns("orders", ()).shape == (len(world.orders), 0)
