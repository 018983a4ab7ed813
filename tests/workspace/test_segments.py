"""Segments by name or by a condition, saved beside the study file, and compared."""

from __future__ import annotations

import shutil

import pytest

import cjm_research
from cjm_research.errors import ParameterError, StudyError
from cjm_research.segmentation.compare import compare
from cjm_research.study.load import load_study
from cjm_research.study.saved import SAVED, read_saved, saved_path
from cjm_research.workspace.workspace import open_study

STUDY = """
title = "Shop"
languages = ["en", "ru"]
currency = "RUB"
[research]
question = "Who buys?"
[[sources]]
table = "customers"
file = "customers.csv"
columns = {customer_id = "id", city = "city"}
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "id", amount = "sum", ordered_at = "day"}
[[groupings]]
id = "by_city"
label = "By city"
column = "city"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    from cjm_research.workspace.build import clean

    root = tmp_path_factory.mktemp("shop")
    for folder in ("studies", "data/raw/shop"):
        (root / folder).mkdir(parents=True)
    (root / "studies/shop.toml").write_text(STUDY, encoding="utf-8")
    people = "".join(f"c{i},{'Perm' if i % 2 else 'Ufa'}\n" for i in range(60))
    people += "c60,Nizhny & Veliky/2\n"
    orders = "".join(
        f"c{i},{10 + j},2026-01-{1 + j:02d}\n" for i in range(60) for j in range(1 + i % 5)
    )
    raw = root / "data/raw/shop"
    (raw / "customers.csv").write_text("id,city\n" + people, encoding="utf-8")
    (raw / "orders.csv").write_text("id,sum,day\n" + orders, encoding="utf-8")
    clean("shop", root)
    return root


@pytest.fixture
def root(made, tmp_path):
    shutil.copytree(made, tmp_path / "p")
    return tmp_path / "p"


@pytest.fixture
def study(root):
    return open_study("shop", root=root)


def test_a_segment_by_its_name_or_a_condition(study):
    assert len(study.segment("by_city/Perm")) == 30
    assert len(study.segment("Perm")) == 30
    assert len(study.segment("by_city/Nizhny & Veliky/2")) == 1
    often = study.segment("n_orders >= 4 and city = 'Ufa'")
    assert len(often) == 12
    assert set(often.of(study.orders)["customer_id"]) == set(often.customers["customer_id"])


def test_a_name_that_is_not_there_is_told_the_nearest(study):
    with pytest.raises(ParameterError, match="by_city/Perm"):
        study.segment("by_city/Prm")
    with pytest.raises(StudyError, match="n_orders"):
        study.segment("n_order >= 4")
    with pytest.raises(StudyError):
        study.segment("1 = 1; drop table x")


def test_a_saved_segment_is_there_when_the_study_is_opened_again(study, root):
    saved = study.save_segment('Часто "покупают"', "n_orders >= 4")
    again = open_study("shop", root=root)
    grouping = again.study.grouping(SAVED)
    assert grouping.several
    (segment,) = grouping.segments
    assert segment.label.text("ru") == 'Часто "покупают"'
    assert len(again.segment(f"saved/{segment.id}")) == len(saved) == 24
    with pytest.raises(ParameterError, match="already"):
        again.save_segment('Часто "покупают"', "n_orders >= 3")
    again.save_segment('Часто "покупают"', "n_orders >= 3", replace=True)
    assert [s.when for s in read_saved(saved_path(again.study.path))] == ["n_orders >= 3"]


def test_nothing_is_saved_that_is_wrong_or_empty(study):
    with pytest.raises(StudyError):
        study.save_segment("x", "no_such_column > 1")
    with pytest.raises(ParameterError, match="No customer fits"):
        study.save_segment("x", "n_orders > 1000")
    assert not saved_path(study.study.path).exists()


def test_a_spoilt_file_of_segments_is_named(study, root):
    saved_path(study.study.path).write_text("[[segments]]\nid = 'A'\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"shop\.segments\.toml"):
        load_study(root / "studies/shop.toml")


def test_groups_are_compared_and_noise_is_not_called_a_difference(study):
    first, second = study.segment("Perm"), study.segment("Ufa")
    found = compare(first.customers, second.customers)
    shown = {f.subject["trait"] for f in found.findings() if f.status == "shown"}
    assert shown == {"city=Perm", "city=Ufa"}
    flipped = compare(second.customers, first.customers).to_frame().set_index("trait")
    own = found.to_frame().set_index("trait")
    assert (own["difference"] + flipped["difference"]).abs().max() < 1e-12
    with pytest.raises(ParameterError, match="both groups"):
        compare(first.customers, first.customers)
    with pytest.raises(ParameterError, match="must have customers"):
        compare(first.customers, second.customers.head(0))


def test_segments_are_compared_as_they_come_and_by_their_names(study):
    found = cjm_research.compare(study.segment("Perm"), study.segment("Ufa"))
    tables = [study.segment(name).customers for name in ("Perm", "Ufa")]
    assert found.to_frame().equals(compare(*tables).to_frame())
    assert (found.first, found.second) == ("Perm", "Ufa")
