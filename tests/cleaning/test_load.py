"""A source to a canonical table: types, keys, rules, and the books that always balance."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cjm_research.cleaning.load import load, load_files
from cjm_research.errors import CjmError, SourceError
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import Source

HILLSTROM = "arm,visit,spend\nmens,1,29.99\nnone,0,0\nmens,0,\n"


def _source(**given):
    return Source.model_validate({"file": "x.csv", **given})


def test_every_column_of_the_schema_is_there_with_its_type(load_orders):
    table = load_orders("client,sum,day\nc1,1,2026-01-01\n").table
    types = {c: str(t) for c, t in table.dtypes.items()}
    for column in TABLES["orders"].columns:
        expected = pd.Series(dtype=column.dtype).dtype
        assert types[column.name] == str(expected)


def test_rows_carry_their_file_and_line(load_orders):
    table = load_orders("client,sum,day\nc1,1,2026-01-01\n").table
    assert table[["source_file", "source_line"]].to_numpy().tolist() == [["orders.csv", 2]]


def test_a_key_that_the_source_lacks_is_made_and_flagged(write):
    source = _source(table="events", columns={"customer_id": "who", "name": "what"})
    table = load(write("who,what\na,visit\na,visit\n", "log.csv"), source).table
    assert table["event_id"].tolist() == ["log.csv#2", "log.csv#3"]
    assert table["id_is_generated"].tolist() == [True, True]


def test_a_blank_cell_of_a_key_that_the_source_has_is_not_invented(write):
    source = _source(table="customers", columns={"customer_id": "id", "city": "town"})
    loaded = load(write("id,town\na,Omsk\n,Perm\n", "c.csv"), source)
    assert loaded.table["customer_id"].tolist() == ["a"]
    assert loaded.quarantine["code"].tolist() == ["missing_required"]


def test_one_file_feeds_three_tables_under_one_key(write):
    path = write(HILLSTROM, "h.csv")
    constants = {"experiment": "mail"}
    shown = load(path, _source(table="exposures", columns={"unit_id": "#line", "arm": "arm"},
                               constants=constants)).table  # fmt: skip
    measured = load(path, _source(table="outcomes", columns={"unit_id": "#line"},
                                  constants=constants,
                                  unpivot={"visit": "visit", "spend": "money"})).table  # fmt: skip
    assert shown["unit_id"].tolist() == ["h.csv#2", "h.csv#3", "h.csv#4"]
    assert measured.groupby("metric")["value"].agg(["size", "sum"]).to_numpy().tolist() == [
        [2, 29.99],
        [3, 1.0],
    ]
    assert set(measured["unit_id"]) == set(shown["unit_id"])


def test_rows_of_an_unpivoted_source_are_its_filled_cells(write):
    source = _source(table="outcomes", columns={"unit_id": "#line"},
                     constants={"experiment": "mail"},
                     unpivot={"visit": "visit", "spend": "spend"})  # fmt: skip
    info = load(write(HILLSTROM, "h.csv"), source).info
    assert info[["rows_in", "rows_kept"]].to_numpy().tolist() == [[5, 5]]


def test_a_source_may_map_no_header_at_all(write):
    source = _source(table="exposures", columns={"unit_id": "#line"},
                     constants={"experiment": "mail", "arm": "all"})  # fmt: skip
    assert len(load(write(HILLSTROM, "h.csv"), source).table) == 3


def test_a_computed_column_is_worked_out_from_others(write):
    source = _source(
        table="orders",
        columns={"customer_id": "c", "quantity": "q", "price": "p"},
        computed={"amount": "quantity * price"},
    )
    loaded = load(write("c,q,p\na,2,1.5\nb,,3\n", "o.csv"), source)
    assert loaded.table["amount"].tolist() == [3.0]
    assert loaded.quarantine["column"].tolist() == ["amount"]


def test_a_computed_column_of_words_is_refused(write):
    source = _source(
        table="orders",
        columns={"customer_id": "c", "quantity": "q", "category": "p"},
        computed={"amount": "quantity * category"},
    )
    with pytest.raises(SourceError, match="uses 'category', which does not hold numbers"):
        load(write("c,q,p\na,2,shoes\n", "o.csv"), source)


def test_the_first_rule_that_fits_sets_a_column_and_a_constant_is_the_default(write):
    source = _source(
        table="orders",
        columns={"customer_id": "c", "order_id": "o", "amount": "a", "quantity": "q"},
        constants={"status": "completed"},
        rules=[
            {"column": "order_id", "prefix": "C", "set": {"status": "cancelled"}},
            {"column": "quantity", "at_most": 0, "set": {"status": "returned"}},
        ],
    )
    text = "c,o,a,q\na,1,5,1\na,C2,5,-1\na,3,5,0\na,4,5,\n"
    status = load(write(text, "o.csv"), source).table["status"]
    assert status.tolist() == ["completed", "cancelled", "returned", "completed"]


@pytest.mark.parametrize(
    "condition",
    [{"values": ["t"]}, {"prefix": "t"}, {"regex": "^t$"}, {"missing": False}],
)
def test_a_rule_sets_rows_aside(write, condition):
    source = _source(
        table="orders", columns={"customer_id": "c", "amount": "a", "tester": "x"},
        rules=[{"column": "tester", "exclude": True, **condition}],
    )  # fmt: skip
    loaded = load(write("c,a,x\na,1,\nb,1,t\n", "o.csv"), source)
    assert loaded.table["customer_id"].tolist() == ["a"]
    assert loaded.quarantine["code"].tolist() == ["excluded"]


def test_a_rule_that_sets_an_impossible_value_is_refused(write):
    source = _source(
        table="orders", columns={"customer_id": "c", "amount": "a"},
        rules=[{"column": "amount", "at_most": 0, "set": {"status": "canceled"}}],
    )  # fmt: skip
    with pytest.raises(SourceError, match="sets 'status' to 'canceled', which it cannot hold"):
        load(write("c,a\na,1\n", "o.csv"), source)


def test_parquet_columns_keep_their_values(tmp_path, orders):
    path = tmp_path / "orders.parquet"
    stamps = pd.to_datetime(["2026-01-01 10:00", None])
    pq.write_table(
        pa.table({"client": [17850.0, 13047.0], "sum": [2.55, 1 / 3], "day": stamps}), path
    )
    table = load(path, orders()).table
    assert table["customer_id"].tolist() == ["17850", "13047"]
    assert table["amount"].tolist() == [2.55, 1 / 3]
    assert table["ordered_at"].isna().tolist() == [False, True]


def test_files_of_one_source_share_their_evidence(write, orders):
    january = write("client,sum,day\na,1,03/04/2024\n", "a.csv")
    april = write("client,sum,day\nb,1,25/04/2024\n", "b.csv")
    loaded = load_files({"a.csv": january, "b.csv": april}, orders())
    assert loaded.table["ordered_at"].dt.month.tolist() == [4, 4]
    assert loaded.info["rows_kept"].tolist() == [1, 1]


def test_the_studys_currency_fills_what_the_source_does_not_say(write, orders):
    path = write("client,sum,day\na,1,2026-01-01\n")
    assert load(path, orders(), hints={"currency": "RUB"}).table["currency"].tolist() == ["RUB"]


def test_examples_of_issues_show_no_person(write):
    source = _source(table="customers", columns={"customer_id": "id", "birth_date": "born"})
    issues = load(write("id,born\na,31.02.1987\n", "c.csv"), source).issues
    assert issues[["code", "example"]].to_numpy().tolist() == [["unreadable_date", ""]]


CELLS = st.text(st.characters(codec="cp1251", exclude_characters="\r\x98\0"), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(
            st.from_regex(r"\A[A-Za-zА-Яа-я0-9]{1,8}\Z"),
            st.decimals(min_value=-10**6, max_value=10**6, places=2),
            st.dates(min_value=pd.Timestamp("1971-01-02").date()),
            CELLS,
        ),
        min_size=1, max_size=25,
    ),
    layout=st.sampled_from(
        [("utf-8", ","), ("utf-8-sig", ";"), ("cp1251", ";"), ("utf-16", "\t"), ("utf-8", "|")]
    ),
    comma=st.booleans(),
)  # fmt: skip
def test_a_clean_table_comes_back_from_every_layout(tmp_path, rows, layout, comma):
    encoding, delimiter = layout
    table = pd.DataFrame(rows, columns=["client", "sum", "day", "комментарий"])
    table = table[table["day"] < pd.Timestamp("2099-01-01").date()]
    assume(len(table))
    table["client"] = "К" + table["client"]
    written = table.assign(
        sum=[f"{v:.2f}".replace(".", "," if comma else ".") for v in table["sum"]],
        day=[d.strftime("%d.%m.%Y") for d in table["day"]],
    )
    path = tmp_path / "orders.csv"
    path.write_bytes(written.to_csv(index=False, sep=delimiter).encode(encoding))
    source = _source(
        table="orders", encoding=None if encoding != "cp1251" else encoding,
        columns={
            "customer_id": "client", "amount": "sum", "ordered_at": "day", "note": "комментарий",
        },
        kinds={"note": "text"},
    )  # fmt: skip
    loaded = load(path, source)
    assert len(loaded.quarantine) == 0
    assert loaded.table["customer_id"].tolist() == table["client"].tolist()
    assert loaded.table["amount"].tolist() == [float(v) for v in table["sum"]]
    assert loaded.table["ordered_at"].dt.date.tolist() == table["day"].tolist()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_mutated_file_gives_a_table_or_a_clear_error(tmp_path, data):
    text = 'client;sum;day\nc1;1,5;03.04.2024\n"c;2";2,5;25.04.2024\nИванов;3,5;\n' * 3
    raw = bytearray(text.encode(data.draw(st.sampled_from(["utf-8", "cp1251", "utf-16"]))))
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(raw) - 1), st.integers(0, 255)), max_size=6)
    ):
        raw[place] = value
    path = tmp_path / "orders.csv"
    path.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    source = _source(
        table="orders", columns={"customer_id": "client", "amount": "sum", "ordered_at": "day"}
    )
    try:
        loaded = load(path, source)
    except CjmError:  # a clear error is fine; any other is not
        return
    sums = loaded.info[["rows_in", "rows_kept", "rows_quarantined"]].sum()
    assert sums["rows_in"] == len(loaded.table) + len(loaded.quarantine)


def test_the_same_file_gives_the_same_table(load_orders):
    text = "client,sum,day\nc1,1,2026-01-01\nc2,x,2026-01-01\n"
    first, second = load_orders(text), load_orders(text)
    assert_frame_equal(first.table, second.table)
    assert_frame_equal(first.quarantine, second.quarantine)


def test_signs_of_currencies_fill_the_column_of_the_currency(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id;amount\na;$10\nb;20 €\nc;30\nd;100 CHF\n", encoding="utf-8")
    table = load(path, "orders", hints={"currency": "RUB"}).table
    assert table["currency"].tolist() == ["USD", "EUR", "RUB", "CHF"]
    assert table["amount"].tolist() == [10, 20, 30, 100]


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("NT$1,200.50", 1200.5, "TWD"), ("1,200.50 NT$", 1200.5, "TWD"), ("US$9.99", 9.99, "USD"),
        ("HK$5.00", 5, "HKD"), ("R$ 7.50", 7.5, "BRL"), ("A$3.25", 3.25, "AUD"),
        ("CA$3.25", 3.25, "CAD"), ("₩1,500.00", 1500, "KRW"), ("12.50 kč", 12.5, "CZK"),
        ("1.2万人民币", 12_000, "CNY"), ("30美元", 30, "USD"), ("500円", 500, "JPY"),
        ("12.50 rur", 12.5, "RUB"), ("3 доллара", 3, "USD"), ("8 юаней", 8, "CNY"),
        ("4.50 Euro", 4.5, "EUR"),
    ],
)  # fmt: skip
def test_a_currency_is_known_by_its_longest_sign(cell, amount, currency, tmp_path):
    path = tmp_path / "orders.csv"
    text = f'order_id,date,customer_id,total\n1,2024-03-05,C1,"{cell}"\n2,2024-03-06,C2,0.25\n'
    path.write_text(text, encoding="utf-8")
    row = load(path, "orders").table.iloc[0]
    assert (row["amount"], row["currency"]) == (amount, currency)


def test_no_sign_no_currency(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id;amount\na;10\nb;20\n", encoding="utf-8")
    assert load(path, "orders").table["currency"].isna().all()


def test_an_example_of_a_day_has_no_clock(tmp_path):
    path = tmp_path / "orders.csv"
    lines = ["order_id,ordered_at,delivered_at,customer_id,amount", "1,2024-03-05,2024-03-01,a,10",
             "2,2024-03-05,2024-03-09,b,10"]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    issues = load(path, "orders").issues
    assert issues["example"].tolist() == ["2024-03-01"]
