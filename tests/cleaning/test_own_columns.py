"""Columns that no table knows: kept where they tell of customers, left out where they name them."""

from __future__ import annotations

import pytest

from cjm_research.cleaning.adapters.find import find_sources
from cjm_research.cleaning.adapters.own_columns import with_own_columns
from cjm_research.cleaning.adapters.shown import shown_lines
from cjm_research.cleaning.adapters.study_file import study_text
from cjm_research.cleaning.load import load
from cjm_research.errors import SourceError
from cjm_research.study.load import load_study

HEAD = "customerID,city,PaymentMethod,SeniorCitizen,Возраст,tenure,note,card,mood,joined by\n"
ROWS = "".join(
    f"c{i:03},Omsk,{'Card' if i % 2 else 'Bank'},{i % 2},{20 + i},{i},Met Anna K. at fair {i},"
    f"45567375868998{i:02},{i}.5,{['shop', 'web', 'fair'][i % 3]}\n"
    for i in range(30)
)


@pytest.fixture
def customers(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def test_what_tells_of_customers_is_kept(customers):
    source = with_own_columns(find_sources(customers)).sources[0]
    assert source.columns == {
        "customer_id": "customerID", "city": "city", "payment_method": "PaymentMethod",
        "age": "Возраст", "senior_citizen": "SeniorCitizen", "tenure": "tenure", "mood": "mood",
        "joined_by": "joined by",
    }  # fmt: skip
    assert source.kinds == {"senior_citizen": "boolean"}


def test_free_text_and_long_numbers_could_name_a_person_and_are_left_out(customers):
    found = with_own_columns(find_sources(customers)).sources[0]
    assert not {"note", "card"} & {*found.columns.values()}


def test_a_name_that_means_something_else_gets_another(customers):
    found = with_own_columns(find_sources(customers), taken={"mood"}).sources[0]
    assert found.columns["mood_given"] == "mood"


def test_ages_in_bands_are_no_number(tmp_path):
    path = tmp_path / "customers.csv"
    bands = "".join(f"c{i},{'18-24' if i % 2 else '25-34'},Omsk\n" for i in range(9))
    path.write_text("customer_id,age,city\n" + bands)
    assert with_own_columns(find_sources(path)).sources[0].columns["age_band"] == "age"


def test_other_tables_stay_as_they_are(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,amount,date,mood of the day\n" + "a,1,2026-01-01,good\n" * 9)
    found = find_sources(path)
    assert with_own_columns(found) == found


def test_the_study_file_loads_and_labels_own_columns_by_their_headers(customers):
    text = study_text("shop", [with_own_columns(find_sources(customers))])
    path = customers.with_name("shop.toml")
    path.write_text(text, encoding="utf-8")
    study = load_study(path)
    assert study.labels["column"]["payment_method"].text("en") == "Payment method"
    assert study.labels["column"]["joined_by"].text("en") == "joined by"
    assert "[labels.column]\nage" not in text  # known by itself


def test_own_columns_are_read_by_their_kind(customers):
    source = with_own_columns(find_sources(customers)).sources[0]
    hints = {"columns": source.columns, "kinds": source.kinds}
    table = load(customers, table="customers", hints=hints).table
    assert table["senior_citizen"].dtype == "boolean"
    assert table["age"].sum() == sum(range(20, 50))


def test_orders_without_a_known_customer_are_asked_about(tmp_path):
    path = tmp_path / "shipments.csv"
    path.write_text("ID,Country,Line item value,Weight,Mode,Delivery date,Qty\n1,RU,5,2,Air,,3\n")
    with pytest.raises(SourceError, match=r"looks like orders .* --column customer_id=HEADER"):
        find_sources(path)
    found = find_sources(path, hints={"columns": {"customer_id": "Country"}})
    assert found.sources[0].table == "orders"


def test_only_values_in_the_letters_of_the_file_are_written(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("customer_id,gender,city\n" + "a,m,Omsk\nb,f,Omsk\n" * 3)
    written = study_text("shop", [find_sources(path)])
    assert 'm = "male"' in written
    assert '"муж" = "male"' not in written


def test_a_number_that_is_given_to_one_person_is_left_out(tmp_path):
    path = tmp_path / "people.csv"
    rows = "".join(f"{i},Omsk,{1804974 + 7 * i},{2000 + i},{i % 4}\n" for i in range(60))
    path.write_text("customer_id,city,soc_sec_id,postcode,branch_id\n" + rows)
    source = with_own_columns(find_sources(path)).sources[0]
    assert set(source.columns) == {"customer_id", "city", "postcode", "branch_id"}


def test_texts_with_days_are_feedback_whatever_else_has_a_number(tmp_path):
    path = tmp_path / "tweets.csv"
    path.write_text("id,name,date,text,bank\n1,a,2016-02-01,Карта не работает,1\n")
    assert find_sources(path).sources[0].table == "feedback"


def test_a_list_of_people_with_a_comment_stays_a_list_of_people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,name,phone,comment\n1,Anna,+7 905 000-11-22,came with her sister\n")
    assert find_sources(path).sources[0].table == "customers"


def test_a_scale_that_is_not_said_is_asked_for(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("review,rating\nfine,5\nlate,1\n")
    found = find_sources(path)
    assert any("the scale of the score is not said" in line for line in shown_lines(found))
    text = study_text("shop", [found])
    said = text.replace("# scale_m", "scale_m")
    study_path = path.with_name("shop.toml")
    study_path.write_text(said, encoding="utf-8")
    assert load_study(study_path).sources[0].constants["scale_max"] == 5


def test_headers_that_tell_nothing_are_asked_by_what_a_row_is(tmp_path):
    path = tmp_path / "test.csv"
    path.write_text("recency,segment,visit\n1,a,0\n")
    with pytest.raises(SourceError, match="orders: an order line or a shipment;"):
        find_sources(path)
    with pytest.raises(SourceError, match=r"--column experiment=HEADER .*'#line'"):
        find_sources(path, "exposures")
