"""All sources of a study: doubles, unknown customers, days out of time, one error for all."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.cleaning.clean_study import clean_study
from cjm_research.cleaning.read_sources import source_files
from cjm_research.errors import SourceError
from cjm_research.schema.tables import TABLES
from cjm_research.study.model import Study
from cjm_research.study.sources import Source

CUSTOMERS = {"table": "customers", "file": "c.csv",
             "columns": {"customer_id": "id", "city": "town", "birth_date": "born"}}  # fmt: skip
ORDERS = {"table": "orders", "file": "o.csv",
          "columns": {"customer_id": "who", "order_id": "no", "amount": "sum",
                      "ordered_at": "day"}}  # fmt: skip
PEOPLE = "id,town,born\na,Omsk,1980-01-01\nb,Perm,1990-01-01\n"
SALES = "who,no,sum,day\na,1,10,2026-01-01\nb,2,20,2026-01-02\n"


@pytest.fixture
def cleaned(tmp_path):
    """Return a function that cleans a study of the given sources and files."""

    def _cleaned(*sources, identity=None, **files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_csv", ".csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        study = Study.model_validate(
            {
                "name": "shop", "title": "Shop", "languages": ["en"], "currency": "RUB",
                "research": {"question": "Who buys?"}, "sources": list(sources),
                "identity": identity or {},
            }
        )  # fmt: skip
        return clean_study(study, tmp_path)

    return _cleaned


def _aside(found):
    columns = ["table", "source_line", "code"]
    return found.tables["quarantine"][columns].to_numpy().tolist()


def test_every_canonical_table_is_there(cleaned):
    tables = cleaned(ORDERS, o_csv=SALES).tables
    books = {"quarantine", "loads", "issues", "changes", "flags", "choices"}
    identity = {"identities", "identity_review", "identity_values", "identity_counts"}
    assert set(tables) == {*TABLES, *books, *identity}
    assert list(tables["customers"].columns[:1]) == ["customer_id"]
    assert len(tables["customers"]) == 0


def test_nothing_is_invented_without_a_customer_list(cleaned):
    found = cleaned(ORDERS, o_csv=SALES)
    assert len(found.tables["orders"]) == 2
    assert _aside(found) == []


def test_orders_of_unknown_customers_are_set_aside(cleaned):
    found = cleaned(CUSTOMERS, ORDERS, c_csv=PEOPLE, o_csv=SALES + "x,3,5,2026-01-03\n")
    assert _aside(found) == [["orders", 4, "unknown_customer"]]
    assert found.tables["quarantine"]["customer_id"].tolist() == ["x"]


def test_anonymous_visitors_are_kept_when_the_study_says_so(cleaned):
    visits = {"table": "events", "file": "e.csv", "unknown_customers": "keep",
              "columns": {"customer_id": "who", "name": "what"}}  # fmt: skip
    found = cleaned(CUSTOMERS, visits, c_csv=PEOPLE, e_csv="who,what\na,visit\nz,visit\n")
    assert len(found.tables["events"]) == 2


def test_a_source_that_keeps_unknown_customers_keeps_only_its_own(cleaned):
    columns = {"customer_id": "who", "name": "what"}
    visits = {"table": "events", "file": "visits/*.csv", "columns": columns,
              "unknown_customers": "keep"}  # fmt: skip
    calls = {"table": "events", "file": "calls.csv", "columns": columns}
    rows = "who,what\na,visit\nz,visit\n"
    found = cleaned(CUSTOMERS, visits, calls, c_csv=PEOPLE, visits__e_csv=rows, calls_csv=rows)
    assert _aside(found) == [["events", 3, "unknown_customer"]]
    assert sorted(found.tables["events"]["source_file"].unique()) == ["calls.csv", "visits/e.csv"]


def test_feedback_without_a_customer_is_kept(cleaned):
    said = {"table": "feedback", "file": "f.csv", "constants": {"kind": "rating"},
            "columns": {"customer_id": "who", "score": "grade"}}  # fmt: skip
    found = cleaned(CUSTOMERS, said, c_csv=PEOPLE, f_csv="who,grade\n,5\na,4\nz,3\n")
    assert found.tables["feedback"]["score"].tolist() == [5.0, 4.0]


def test_a_customer_who_stands_twice_is_kept_once(cleaned):
    found = cleaned(CUSTOMERS, c_csv=PEOPLE + "a,Omsk,1980-01-01\n")
    assert _aside(found) == [["customers", 4, "double"]]


def test_of_two_contents_under_one_key_the_newest_is_kept(cleaned):
    source = {**CUSTOMERS, "columns": {**CUSTOMERS["columns"], "updated_at": "at"}}
    text = "id,town,born,at\na,Omsk,,2026-02-01\na,Perm,,2026-01-01\na,Tver,,\n"
    found = cleaned(source, c_csv=text)
    assert found.tables["customers"]["city"].tolist() == ["Omsk"]
    assert _aside(found) == [
        ["customers", 3, "conflicting_key"],
        ["customers", 4, "conflicting_key"],
    ]


def test_equal_lines_of_orders_are_kept_and_pointed_out(cleaned):
    found = cleaned(ORDERS, o_csv=SALES + "a,1,10,2026-01-01\n")
    assert len(found.tables["orders"]) == 3
    assert found.tables["issues"][["code", "outcome", "rows"]].to_numpy().tolist() == [
        ["same_content", "flagged", 1]
    ]


def test_equal_lines_of_orders_are_doubles_when_the_study_names_their_key(cleaned):
    found = cleaned({**ORDERS, "unique": ["order_id"]}, o_csv=SALES + "a,1,10,2026-01-01\n")
    assert _aside(found) == [["orders", 4, "double"]]


def test_rows_without_an_id_that_look_alike_are_no_doubles(cleaned):
    people = {"table": "customers", "file": "c.csv",
              "columns": {"customer_id": "#line", "city": "town"}}  # fmt: skip
    found = cleaned(people, c_csv="town\nOmsk\nOmsk\n")
    assert found.tables["customers"]["customer_id"].tolist() == ["c.csv#2", "c.csv#3"]


def test_an_exposure_that_is_logged_twice_counts_once(cleaned):
    shown = {"table": "exposures", "file": "x.csv", "constants": {"experiment": "e"},
             "columns": {"unit_id": "u", "arm": "arm", "exposed_at": "at"}}  # fmt: skip
    text = "u,arm,at\na,on,2026-01-01\na,on,2026-01-01\na,off,2026-01-02\n"
    found = cleaned(shown, x_csv=text)
    assert found.tables["exposures"]["arm"].tolist() == ["on", "off"]


def test_a_day_of_birth_after_the_data_is_left_out(cleaned):
    found = cleaned(CUSTOMERS, ORDERS, c_csv=PEOPLE + "c,Tver,2091-01-01\nd,Tver,1860-01-01\n",
                    o_csv=SALES)  # fmt: skip
    assert found.tables["customers"]["birth_date"].isna().tolist() == [False, False, True, True]
    assert found.tables["changes"]["code"].tolist() == ["birth_in_future", "implausible_birth"]


def test_a_stamp_years_beyond_all_others_is_set_aside(cleaned):
    rows = "".join(f"a,{i},1,2026-01-{1 + i % 28:02d}\n" for i in range(300))
    found = cleaned(ORDERS, o_csv="who,no,sum,day\n" + rows + "a,301,1,2062-01-01\n")
    assert _aside(found) == [["orders", 302, "future_date"]]
    assert found.info["newest_day"] == "2026-01-28"


def test_of_a_few_stamps_years_apart_none_is_set_aside(cleaned):
    found = cleaned(ORDERS, o_csv="who,no,sum,day\na,1,1,2022-01-01\na,2,1,2024-03-01\n")
    assert _aside(found) == []
    assert found.info["newest_day"] == "2024-03-01"


def test_a_stamp_that_another_table_reaches_is_none_of_the_future(cleaned):
    visits = {"table": "events", "file": "e.csv", "constants": {"name": "visit"},
              "columns": {"customer_id": "who", "occurred_at": "day"}}  # fmt: skip
    orders = "".join(f"a,{i},1,2023-01-{1 + i % 28:02d}\n" for i in range(300))
    events = "".join(f"a,2026-01-{1 + i % 28:02d}\n" for i in range(60))
    found = cleaned(
        ORDERS, visits, o_csv="who,no,sum,day\n" + orders + "a,301,1,2026-01-20\n",
        e_csv="who,day\n" + events,
    )  # fmt: skip
    assert _aside(found) == []


def test_a_slip_in_a_small_table_is_told_by_the_large_ones(cleaned):
    calls = {"table": "care_contacts", "file": "k.csv", "constants": {"kind": "call"},
             "columns": {"customer_id": "who", "made_at": "day"}}  # fmt: skip
    orders = "".join(f"a,{i},1,2026-01-{1 + i % 28:02d}\n" for i in range(300))
    found = cleaned(
        ORDERS, calls, o_csv="who,no,sum,day\n" + orders,
        k_csv="who,day\na,2026-01-05\na,2062-01-05\n",
    )  # fmt: skip
    assert _aside(found) == [["care_contacts", 3, "future_date"]]


def test_what_a_second_list_knows_is_kept_when_it_reads_otherwise(cleaned):
    def listed(file):
        return {"table": "customers", "file": file,
                "columns": {"customer_id": "id", "points": "points"}}  # fmt: skip

    found = cleaned(
        listed("one.csv"), listed("two.csv"), one_csv="id,points\n1,10\n2,\n3,30\n",
        two_csv="id,points\n2,high\n3,low\n",
    )  # fmt: skip
    assert found.tables["customers"]["points"].tolist()[1] == "high"
    flags = found.tables["flags"]
    assert flags["code"].tolist() == ["contradicting_sources"]
    assert flags["customer_id"].tolist() == ["3"]


FORM = {"table": "feedback", "columns": {"feedback_id": "id", "customer_id": "who"},
        "unpivot": {"q1": "speed", "q2": "price"},
          "constants": {"kind": "rating", "scale_min": 1, "scale_max": 5}}  # fmt: skip


def test_answers_of_one_form_that_has_a_number_are_rows_of_their_own(cleaned):
    found = cleaned({**FORM, "file": "f.csv"}, f_csv="id,who,q1,q2\n7,a,5,4\n8,b,3,\n")
    assert _aside(found) == []
    ids = found.tables["feedback"]["feedback_id"].tolist()
    assert sorted(ids) == ["7/price", "7/speed", "8/speed"]


def test_a_form_whose_number_is_missing_keeps_all_its_answers(cleaned):
    found = cleaned({**FORM, "file": "f.csv"}, f_csv="id,who,q1,q2\n7,a,5,4\n,b,3,2\n")
    assert _aside(found) == []
    made = found.tables["feedback"]
    own = made.loc[made["id_is_generated"], "feedback_id"]
    assert sorted(own) == ["f.csv#3/price", "f.csv#3/speed"]


def test_a_form_that_stands_twice_counts_once(cleaned):
    found = cleaned({**FORM, "file": "f.csv"}, f_csv="id,who,q1,q2\n7,a,5,4\n7,a,5,4\n")
    assert [r[2] for r in _aside(found)] == ["double", "double"]


def test_all_problems_of_all_sources_are_said_at_once(cleaned):
    wrong = {**ORDERS, "columns": {**ORDERS["columns"], "amount": "summ"}}
    with pytest.raises(SourceError) as caught:
        cleaned(CUSTOMERS, wrong, o_csv=SALES)
    first, second = str(caught.value).split("\n")
    assert first.startswith("customers: There is no file 'c.csv'")
    assert "Did you mean 'sum'?" in second


def test_a_pattern_reads_all_its_files(cleaned):
    source = {**ORDERS, "file": "2026/*.csv"}
    found = cleaned(source, **{"2026__jan_csv": SALES, "2026__feb_csv": SALES})
    assert found.tables["loads"]["source_file"].tolist() == ["2026/feb.csv", "2026/jan.csv"]
    assert len(found.tables["orders"]) == 4


def test_a_pattern_without_a_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"No file matches '\*\.csv'"):
        source_files(Source.model_validate({**ORDERS, "file": "*.csv"}), tmp_path)


def test_a_pattern_that_is_none_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"'\*\*x\.csv' is no pattern of files"):
        source_files(Source.model_validate({**ORDERS, "file": "**x.csv"}), tmp_path)


def test_folders_with_cyrillic_and_chinese_names_work(cleaned):
    found = cleaned({**ORDERS, "file": "Выгрузки 数据/заказы*.csv"},
                    **{"Выгрузки 数据__заказы_csv": SALES})  # fmt: skip
    assert len(found.tables["orders"]) == 2


def test_two_sources_of_one_table_keep_their_own_columns(cleaned):
    shop = {**ORDERS, "columns": {**ORDERS["columns"], "till": "till"}}
    site = {**ORDERS, "file": "s.csv", "columns": {**ORDERS["columns"], "device": "dev"}}
    found = cleaned(
        shop, site,
        o_csv="who,no,sum,day,till\na,1,10,2026-01-01,7\n",
        s_csv="who,no,sum,day,dev\nb,2,20,2026-01-02,phone\n",
    )  # fmt: skip
    orders = found.tables["orders"]
    assert orders["till"].tolist()[:1] == [7.0]
    assert orders["device"].isna().tolist() == [True, False]
    assert str(orders["ordered_at"].dtype) == "datetime64[us, UTC]"


def test_the_books_balance_over_every_step(cleaned):
    dirty = PEOPLE + "a,Omsk,1980-01-01\n,Perm,\n"
    found = cleaned(CUSTOMERS, ORDERS, c_csv=dirty, o_csv=SALES + "x,3,5,2026-01-03\na,4,?,\n")
    loads = found.tables["loads"]
    assert loads[["rows_in", "rows_kept", "rows_quarantined"]].to_numpy().tolist() == [
        [4, 2, 2],
        [4, 2, 2],
    ]
    assert found.info["rows_in"] == 8


def test_the_tables_survive_the_store(cleaned, tmp_path):
    from cjm_research.store.store import Store, commit

    found = cleaned(CUSTOMERS, ORDERS, c_csv=PEOPLE, o_csv=SALES + "x,3,5,2026-01-03\n")
    commit(tmp_path / "store", found.tables, info=found.info)
    store = Store.open(tmp_path / "store")
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(store.read(name), table.reset_index(drop=True))


SURVEY = {"table": "customers", "file": "s.csv",
          "columns": {"customer_id": "who", "city": "town", "education": "school"}}  # fmt: skip


def test_a_second_source_fills_in_what_the_first_does_not_know(cleaned):
    found = cleaned(
        CUSTOMERS, SURVEY,
        c_csv="id,town,born\na,Omsk,1980-01-01\nb,,1990-01-01\n",
        s_csv="who,town,school\nb,Perm,higher\nc,Tver,school\n",
    )  # fmt: skip
    people = found.tables["customers"][["customer_id", "city", "education"]].fillna("?")
    assert people.to_numpy().tolist() == [
        ["a", "Omsk", "?"],
        ["b", "Perm", "higher"],
        ["c", "Tver", "school"],
    ]
    assert _aside(found) == [["customers", 2, "merged"]]


def test_where_two_sources_contradict_the_first_is_kept_and_it_is_said(cleaned):
    found = cleaned(CUSTOMERS, SURVEY, c_csv=PEOPLE, s_csv="who,town,school\na,Tver,\n")
    assert found.tables["customers"]["city"].tolist() == ["Omsk", "Perm"]
    issues = found.tables["issues"].set_index("code")
    assert issues.loc["contradicting_sources", "column"] == "city"


def test_rows_follow_a_merged_customer_and_keep_whose_they_were(cleaned):
    people = {**CUSTOMERS, "columns": {"customer_id": "id", "name": "who", "phone": "tel"}}
    found = cleaned(
        people, ORDERS, identity={"match": "keys"},
        c_csv="id,who,tel\na,Ли Анна,+79161112233\nb,Анна Ли,8 916 111-22-33\nc,Ким Олег,\n",
        o_csv=SALES,
    )  # fmt: skip
    assert found.tables["customers"]["customer_id"].tolist() == ["a", "c"]
    orders = found.tables["orders"][["customer_id", "source_customer_id"]]
    assert orders.to_numpy().tolist() == [["a", "a"], ["a", "b"]]
    assert _aside(found) == [["customers", 3, "same_customer"]]
    assert found.tables["loads"]["rows_in"].tolist() == [3, 2]


def test_nothing_is_merged_unless_the_study_says_so(cleaned):
    people = {**CUSTOMERS, "columns": {"customer_id": "id", "name": "who", "phone": "tel"}}
    found = cleaned(people, c_csv="id,who,tel\na,Ли Анна,+79161112233\nb,Ли Анна,+79161112233\n")
    assert len(found.tables["customers"]) == 2
    assert "source_customer_id" not in found.tables["customers"]


def test_a_study_file_sets_the_limits_of_reading(tmp_path):
    (tmp_path / "o.csv").write_text(SALES, encoding="utf-8")
    study = Study.model_validate(
        {
            "name": "shop", "title": "Shop", "languages": ["en"], "currency": "RUB",
            "research": {"question": "Who buys?"}, "sources": [ORDERS],
            "reading": {"max_columns": 2},
        }
    )  # fmt: skip
    with pytest.raises(SourceError, match=r"4 columns; at most 2 are read \(setting max_columns\)"):
        clean_study(study, tmp_path)
