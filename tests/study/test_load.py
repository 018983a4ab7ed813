"""A study file is right, or every problem in it is named at once."""

from __future__ import annotations

import re

import pytest

from cjm_research.errors import ParameterError, StudyError
from cjm_research.study.load import load_study

GOOD = """
title = {en = "Shop", ru = "Магазин"}
languages = ["en", "ru"]
currency = "RUB"
zone = "Europe/Moscow"
[research]
question = "Why do customers leave?"
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "Клиент", amount = "Сумма"}
[[stages]]
id = "purchase"
label = {en = "Purchase", ru = "Покупка"}
events = [{names = ["pay"]}]
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, name="shop.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def problems(path):
    with pytest.raises(StudyError) as caught:
        load_study(path)
    return str(caught.value).splitlines()


def test_a_good_file_is_read(write):
    study = load_study(write(GOOD))
    assert study.name == "shop"
    assert study.stages[0].label.text("ru") == "Покупка"
    assert study.reports[0].id == "data_quality"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_study(path).currency == "RUB"


def test_every_problem_is_named_at_once(write):
    text = GOOD.replace('"ru"]', '"fr"]').replace("Europe/Moscow", "Europe/Moskow")
    lines = problems(write(text.replace("title", "tittle")))
    assert len(lines) == 4
    assert any("languages.2" in line and "'fr'" in line for line in lines)
    assert any("Did you mean 'Europe/Moscow'" in line for line in lines)
    assert any("tittle: there is no such key. Did you mean 'title'" in line for line in lines)
    assert any("title: this key is needed" in line for line in lines)


def test_an_unknown_key_deep_inside_names_its_neighbours(write):
    (line,) = problems(write(GOOD.replace("names =", "nmes =", 1)))[:1]
    assert "stages.1.events.1" in line


def test_a_table_that_does_not_exist_names_the_nearest(write):
    (line,) = problems(write(GOOD.replace('"orders"', '"ordrs"')))
    assert "Did you mean 'orders'" in line


def test_a_source_without_a_required_column_is_told(write):
    (line,) = problems(write(GOOD.replace(', amount = "Сумма"', "")))
    assert "needs the columns ['amount']" in line


def test_limits_that_would_claim_on_fewer_than_facts_need_are_refused(write):
    (line,) = problems(write(GOOD + "\n[limits]\nclaims_from = 20\n"))
    assert "limits" in line
    assert "claims_from must not fall in this order; got 10, 30, 20" in line


def test_broken_toml_names_the_line(write):
    (line,) = problems(write(GOOD + "\n[[stages\n"))
    assert "line" in line


def test_a_missing_file_names_the_nearest_study(write, tmp_path):
    write(GOOD)
    with pytest.raises(StudyError, match="Did you mean 'shop'"):
        load_study(tmp_path / "shp.toml")


def test_a_missing_codebook_is_told(write):
    (line,) = problems(write(GOOD.replace("currency", 'codebook = "x.toml"\ncurrency', 1)))
    assert "no file 'x.toml'" in line


def test_doubled_ids_are_told(write):
    (line,) = problems(write(GOOD + '[[stages]]\nid = "purchase"\nlabel = "Again"\n'))
    assert "'purchase' stands twice" in line


def test_shares_of_arms_add_up_to_one(write):
    text = GOOD + (
        '[[experiments]]\nid = "offer"\nlabel = "Offer"\ncontrol = "a"\n'
        'arms = {a = {label = "A", share = 0.5}, b = {label = "B", share = 0.4}}\n'
        'metrics = [{id = "buys", label = "Buys", kind = "conversion", table = "orders"}]\n'
    )
    (line,) = problems(write(text))
    assert "must add up to 1; got 0.9" in line


def test_a_grouping_is_found_by_name_or_is_the_first(write):
    text = GOOD + '[[groupings]]\nid = "city"\nlabel = "City"\ncolumn = "city"\n'
    study = load_study(write(text))
    assert study.grouping("").id == "city"
    with pytest.raises(ParameterError, match="Did you mean 'city'"):
        study.grouping("citty")


@pytest.mark.parametrize("delimiter", [" ", r"\t"])
def test_a_blank_or_a_tab_is_a_delimiter(write, delimiter):
    text = GOOD.replace('file = "orders.csv"', f'file = "orders.txt"\ndelimiter = "{delimiter}"')
    assert load_study(write(text)).sources[0].delimiter in {" ", "\t"}


def test_rows_of_the_map_stand_in_the_order_of_the_file(write):
    study = load_study(write(GOOD + '[journey]\nrows = ["mood", "goal", "quotes"]\n'))
    assert study.journey.rows == ["mood", "goal", "quotes"]


@pytest.mark.parametrize(
    ("journey", "message"),
    [
        ('rows = ["moods"]', r"there is no row 'moods'. Did you mean 'mood'\? Rows are \["),
        ('rows = ["mood", "mood"]', "row 'mood' stands twice"),
        ("rows = []", "journey.rows: .* at least 1"),
        ("row = []", r"there is no such key. Did you mean 'rows'\?"),
        ("period_days = 0", "journey.period_days"),
        ('personas.al = {name = "Maria"}', r"no segment 'al'. Did you mean 'all'\?"),
    ],
)
def test_what_the_journey_section_does_not_know_is_named(write, journey, message):
    (line,) = problems(write(GOOD + f"[journey]\n{journey}\n"))
    assert re.search(message, line)
