"""The day order is a property of the column; naive stamps are in the study's zone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing.date_texts import date_texts


def _read(texts, *, day_first=None):
    return date_texts(pa.array(texts)).values(day_first=day_first)[0].astype(str).tolist()


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2024-03-05", "2024-03-05T00:00:00.000000"),
        ("2024-03-05T10:11:12.5Z", "2024-03-05T10:11:12.500000"),
        ("2024-03-05 10:11:12+03:00", "2024-03-05T07:11:12.000000"),
        ("2024/3/5 7:05", "2024-03-05T07:05:00.000000"),
        ("05.03.2024", "2024-03-05T00:00:00.000000"),
        ("05.03.24 7:05", "2024-03-05T07:05:00.000000"),
        ("20240305", "2024-03-05T00:00:00.000000"),
        ("2024年3月5日", "2024-03-05T00:00:00.000000"),
        ("2024年3月5日 10:20", "2024-03-05T10:20:00.000000"),
        ("5 марта 2024 г.", "2024-03-05T00:00:00.000000"),
        ("2024年3月5日 下午3:05", "2024-03-05T15:05:00.000000"),
        ("2024/3/5 上午10:20:00", "2024-03-05T10:20:00.000000"),
        ("10:30 05.03.2024", "2024-03-05T10:30:00.000000"),
        ("05.03.2024 10:30 МСК", "2024-03-05T07:30:00.000000"),
        ("05.03.2013 10:30 MSK", "2013-03-05T06:30:00.000000"),  # Moscow was at UTC+4 then
        ("05.03.2024 10:30 МСК+2", "2024-03-05T05:30:00.000000"),
        ("2024-03-05 10:30 UTC+3", "2024-03-05T07:30:00.000000"),
        ("2024-03-05 10:30:00 北京时间", "2024-03-05T02:30:00.000000"),
        ("2024-03-05 10:30 GMT+0300 (MSK)", "2024-03-05T07:30:00.000000"),
        ("2024-03-05 10:30 (EST)", "2024-03-05T15:30:00.000000"),
        ("02-Jun-06", "2006-06-02T00:00:00.000000"),
        ("01-Sept-06", "2006-09-01T00:00:00.000000"),
        ("Mar 5, 2024", "2024-03-05T00:00:00.000000"),
        ("Tue, 5 Mar 2024 10:00:00 GMT", "2024-03-05T10:00:00.000000"),
        ("25/04/2024 11:35 PM", "2024-04-25T23:35:00.000000"),
        ("13/04/2024 12:05 AM", "2024-04-13T00:05:00.000000"),
        ("1709633472", "2024-03-05T10:11:12.000000"),
        ("1709633472000", "2024-03-05T10:11:12.000000"),
        ("1709633472000000", "2024-03-05T10:11:12.000000"),
        ("45356.5", "2024-03-05T12:00:00.000000"),
        ("42059.4832407407", "2015-02-24T11:35:52.000000"),
        ("1709633472.5", "2024-03-05T10:11:12.500000"),
        ("3/25/24 1PM", "2024-03-25T13:00:00.000000"),
        ("2024-03-05 AM 10:00", "2024-03-05T10:00:00.000000"),
        ("2024/3/5 午後3:05", "2024-03-05T15:05:00.000000"),
        ("2024年3月5日晚上8点", "2024-03-05T20:00:00.000000"),
        ("2024年3月5日 中午11:30", "2024-03-05T11:30:00.000000"),
        ("2024年3月5日 中午1:30", "2024-03-05T13:30:00.000000"),
        ("24年3月5号", "2024-03-05T00:00:00.000000"),
        ("5.03.2024 года", "2024-03-05T00:00:00.000000"),
        ("января 13, 2024", "2024-01-13T00:00:00.000000"),
        ("5th of March 2024", "2024-03-05T00:00:00.000000"),
        ("Tue Mar  5 10:00:00 2024", "2024-03-05T10:00:00.000000"),
        ("Tue Mar 05 10:00:00 +0300 2024", "2024-03-05T07:00:00.000000"),
        ("25. 3. 2024 10:30", "2024-03-25T10:30:00.000000"),
        ("2024. 3. 5.", "2024-03-05T00:00:00.000000"),
        ("25 03 2024", "2024-03-25T00:00:00.000000"),
        ("20240305-103000", "2024-03-05T10:30:00.000000"),
        ("2024-03-05_10-30", "2024-03-05T10:30:00.000000"),
        ("2024-03-05 10:00 Europe/Moscow", "2024-03-05T07:00:00.000000"),
        ("2024-03-05T10:00+03:00[Europe/Moscow]", "2024-03-05T07:00:00.000000"),
        ("'2024-03-05", "2024-03-05T00:00:00.000000"),
    ],
)
def test_a_text_that_can_be_read_in_one_way_is_read_so(text, stamp):
    assert _read([text, "x"])[0] == stamp


@pytest.mark.parametrize(
    "text",
    ["31.02.2024", "2024-13-01", "30.02.2026 12:00", "99.99.9999", "2024-03-05 25:00", "вчера",
     "Sat-Oct-11", "12:00", "0000-00-00", "15.13.1990"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text):
    assert _read([text, "x"])[0] == "NaT"


def test_a_slashed_date_that_can_be_read_both_ways_is_ambiguous():
    assert _read(["03/04/2024", "5/5/2024"]) == ["NaT", "2024-05-05T00:00:00.000000"]


@given(st.lists(st.dates(date(1950, 1, 1), date(2068, 12, 31)), min_size=1), st.booleans())
def test_slashed_dates_come_back_when_the_order_is_known(days, by_day):
    style = "%d/%m/%Y" if by_day else "%m/%d/%Y"
    read = _read([d.strftime(style) for d in days], day_first=by_day)
    assert [r[:10] for r in read] == [d.isoformat() for d in days]


@pytest.fixture
def days(load_orders):
    """Return a function that loads days and gives them as ISO texts."""

    def _days(*texts, **settings):
        rows = "".join(f"c{i};1;{t}\n" for i, t in enumerate(texts))
        loaded = load_orders("client;sum;day\n" + rows, **settings)
        stamps = loaded.table["ordered_at"].dt.tz_convert(settings.get("zone", "UTC"))
        return stamps.dt.strftime("%Y-%m-%d").tolist(), loaded

    return _days


def test_one_proof_decides_the_whole_column(days):
    assert days("03/04/2024", "25/04/2024")[0] == ["2024-04-03", "2024-04-25"]
    assert days("03/04/2024", "04/25/2024")[0] == ["2024-03-04", "2024-04-25"]


def test_without_proof_the_time_is_not_guessed_and_the_row_is_kept(days):
    _, loaded = days("03/04/2024", "05/06/2024")
    assert loaded.table["ordered_at"].isna().tolist() == [True, True]
    assert loaded.changes["code"].tolist() == ["ambiguous_date"] * 2


def test_the_study_says_the_order(days):
    assert days("03/04/2024", day_first=False)[0] == ["2024-03-04"]


def test_contradicting_proof_is_pointed_out(days):
    found, loaded = days("25/04/2024", "04/25/2024", "03/04/2024")
    assert found[:2] == ["2024-04-25", "2024-04-25"]
    assert loaded.table["ordered_at"].isna().tolist() == [False, False, True]
    assert "mixed_day_order" in loaded.issues["code"].tolist()


def test_dotted_dates_keep_the_day_first_beside_american_ones(days):
    assert days("03.04.2024", "04/25/2024")[0] == ["2024-04-03", "2024-04-25"]


def test_the_order_is_taken_from_another_column_of_the_file(load_orders):
    text = "client,sum,day,sent\nc1,1,03/04/2024,25/04/2024\n"
    columns = {"customer_id": "client", "amount": "sum", "ordered_at": "day", "promised_at": "sent"}
    table = load_orders(text, columns=columns).table
    assert table["ordered_at"].dt.month.tolist() == [4]


def test_naive_stamps_are_in_the_studys_zone(load_orders):
    table = load_orders("client,sum,day\nc1,1,2026-01-01 02:30\n", zone="Europe/Moscow").table
    assert str(table["ordered_at"][0]) == "2025-12-31 23:30:00+00:00"


def test_the_sources_zone_comes_first_and_a_named_zone_before_all(load_orders):
    text = "client,sum,day\nc1,1,2026-01-01 12:00\nc2,1,2026-01-01T12:00:00Z\n"
    loaded = load_orders(text, zone="Asia/Shanghai")
    assert loaded.table["ordered_at"].dt.hour.tolist() == [4, 12]


def test_hours_of_a_clock_change_do_not_fail(load_orders):
    text = "client,sum,day\nc1,1,2026-03-29 02:30\nc2,1,2026-10-25 02:30\n"
    table = load_orders(text, zone="Europe/Berlin").table
    assert table["ordered_at"].dt.strftime("%H:%M").tolist() == ["01:00", "00:30"]


def test_a_stand_in_date_of_a_person_is_left_out(write):
    from cjm_research.cleaning.load import load
    from cjm_research.study.sources import Source

    source = Source(
        table="customers", file="c.csv", columns={"customer_id": "id", "birth_date": "born"}
    )
    loaded = load(write("id,born\na,1900-01-01\nb,1970-01-01\nc,31.02.1987\n", "c.csv"), source)
    assert loaded.table["birth_date"].isna().tolist() == [True, False, True]
    assert loaded.changes["code"].tolist() == ["unreadable_date", "sentinel_date"]
    assert loaded.changes["before"].tolist() == ["31.02.1987", "1900-01-01"]


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_epochs_are_utc_whatever_the_zone(load_orders, unit):
    stamp = pd.Timestamp("2024-03-05 10:11:12")
    ticks = int(np.datetime64(stamp, unit).astype("int64"))
    table = load_orders(f"client,sum,day\nc1,1,{ticks}\n", zone="Asia/Shanghai").table
    assert table["ordered_at"][0] == stamp.tz_localize("UTC")


@pytest.mark.parametrize(
    ("form", "number"),
    [("unix_s", "1714039200"), ("unix_ms", "1714039200000"), ("unix_us", "1714039200000000"),
     ("excel", "45407.4166666667"), ("excel_1904", "43945.4166666667")],
)  # fmt: skip
def test_what_a_bare_number_counts_can_be_said(write, form, number):
    path = write(f"customer_id,amount,at\nc1,5,{number}\n")
    hints = {"columns": {"ordered_at": "at"}, "times": {"ordered_at": form}}
    loaded = load(path, "orders", hints=hints)
    assert loaded.table["ordered_at"][0].floor("s").isoformat() == "2024-04-25T10:00:00+00:00"


def test_seconds_beside_thousandths_are_said(write):
    rows = "c1,5,1714039200\nc2,6,1714039200000\nc3,7,1714039201\n"
    loaded = load(write("customer_id,amount,ordered_at\n" + rows), "orders")
    assert loaded.issues.set_index("code").loc["mixed_epochs", "rows"] == 1


ZEROS = ["01.01.0001 0:00:00", "1900-01-01", "9999-12-31", "0001-01-01"]


@pytest.mark.parametrize("zero", ZEROS)
def test_the_zero_of_a_calendar_is_a_stand_in(load_orders, zero):
    loaded = load_orders(f"client,sum,day\nc1,5,2024-05-25\nc2,7,{zero}\n")
    assert loaded.table["ordered_at"].isna().tolist() == [False, True]
    assert loaded.changes[["code", "before"]].to_numpy().tolist() == [["sentinel_date", zero]]


def test_two_digits_are_this_century_and_four_are_what_they_say(load_orders):
    table = load_orders("client,sum,day\nc1,5,25.04.24\nc2,7,25.04.68\nc3,7,25.04.0024\n").table
    assert table["ordered_at"].dt.year.tolist() == [2024, 2068]


def test_dates_in_wide_digits_are_read(load_orders):
    loaded = load_orders("client,sum,day\nc1,5,２０２４年１２月１３日\nc2,7,２０２４／５／３\n")
    days = loaded.table["ordered_at"].dt.strftime("%Y-%m-%d").tolist()
    assert days == ["2024-12-13", "2024-05-03"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("20240305101500", "2024-03-05T10:15:00"),
        ("202403051015", "2024-03-05T10:15:00"),
        ("20240305T101500Z", "2024-03-05T10:15:00"),
        ("20240305 101500+0300", "2024-03-05T07:15:00"),
        ("20241305101500", "NaT"),
        ("1709633700000000", "2024-03-05T10:15:00"),  # sixteen digits are microseconds
    ],
)
def test_stamps_of_digits_only(text, read):
    stamps, _ = date_texts(pa.array([text, "2024-03-06 11:00:00"])).values(day_first=True)
    assert str(stamps[0].astype("M8[s]")) == read


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇二四年三月五日", "2024-03-05"),
        ("二零二四年十二月三十一日", "2024-12-31"),
        ("二○二三年十月二十日", "2023-10-20"),
        ("二〇二四年二月廿九日", "2024-02-29"),
    ],
)
def test_dates_in_chinese_numerals_are_read(load_orders, written, day):
    loaded = load_orders(f"client,day,sum\nc1,{written},5\n")
    assert loaded.table["ordered_at"].dt.strftime("%Y-%m-%d").tolist() == [day]


def test_a_day_in_chinese_numerals_that_the_calendar_lacks_is_set_aside(load_orders):
    loaded = load_orders("client,day,sum\nc1,二〇二四年三月五日,5\nc2,二〇二四年二月三十日,5\n")
    assert loaded.quarantine["code"].tolist() == ["unreadable_date"]


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["24/03/05", "24/03/15", "24/04/02"], ["2024-03-05", "2024-03-15", "2024-04-02"]),
        (["99-12-30", "98-12-31", "98-01-02"], ["1999-12-30", "1998-12-31", "1998-01-02"]),
        (["25/04/24", "03/05/24", "17/06/24"], ["2024-04-25", "2024-05-03", "2024-06-17"]),
        (["24.03.05", "24.03.15", "24.04.02"], ["2005-03-24", "2015-03-24", "2002-04-24"]),
    ],
)
def test_a_short_year_stands_first_where_the_column_proves_it(texts, days, tmp_path):
    path = tmp_path / "orders.csv"
    rows = [f"{i},{text},c,1" for i, text in enumerate(texts)]
    path.write_text("\n".join(["order_id,date,customer_id,total", *rows]), encoding="utf-8")
    loaded = load(path, "orders")
    assert loaded.table["ordered_at"].dt.strftime("%Y-%m-%d").tolist() == days
    is_said = "year_first" in loaded.evidence["choice"].tolist()
    assert is_said == (days[0][2:4] == texts[0][:2])


def test_a_study_that_says_the_day_stands_first_is_believed(tmp_path):
    path = tmp_path / "orders.csv"
    rows = [f"{i},24/03/{i:02},c,1" for i in range(10, 20)]
    path.write_text("\n".join(["order_id,date,customer_id,total", *rows]), encoding="utf-8")
    table = load(path, "orders", hints={"day_first": True}).table
    assert table["ordered_at"].dt.strftime("%d %m").unique().tolist() == ["24 03"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("05/Mar/2024:10:00:00 +0300", "2024-03-05T07:00:00"),
        ("5 мар. 2024 г. в 10:15", "2024-03-05T10:15:00"),
        ("5 Mar 2024 at 10:15 PM", "2024-03-05T22:15:00"),
    ],
)
def test_stamps_of_server_logs_and_letters(text, read):
    stamps, _ = date_texts(pa.array([text])).values(day_first=None)
    assert str(stamps[0].astype("M8[s]")) == read


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("中午1:30", "13:30"),
        ("中午12:30", "12:30"),
        ("中午11:30", "11:30"),
        ("下午1:30", "13:30"),
        ("凌晨1:30", "01:30"),
        ("晚上11:30", "23:30"),
        ("凌晨12:30", "00:30"),
    ],
)
def test_the_clock_around_noon_is_read_as_it_is_said(text, clock):
    (stamp,) = date_texts(pa.array([f"2024/3/5 {text}"])).stamps.astype("M8[m]").astype(str)
    assert stamp.endswith(clock)


def test_twelve_at_night_is_no_time_for_it_may_be_of_either_day():
    assert np.isnat(date_texts(pa.array(["2024/3/5 晚上12:30"])).stamps[0])


def _days(tmp_path, texts, column="ordered_at"):
    path = tmp_path / "f.csv"
    table = "customers" if column == "birth_date" else "orders"
    rows = "".join(f"c{i};{text};5\n" for i, text in enumerate(texts))
    path.write_text(f"customer_id;{column};amount\n{rows}", encoding="utf-8")
    loaded = load(path, table)
    return loaded, loaded.table[column].dt.strftime("%Y-%m-%d").tolist()


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["2024-03", "2024-12"], ["2024-03-01", "2024-12-01"]),
        (["2024年3月", "2024年12月份"], ["2024-03-01", "2024-12-01"]),
        (["март 2024", "мая 2024 г."], ["2024-03-01", "2024-05-01"]),
        (["Mar-24", "April 2024"], ["2024-03-01", "2024-04-01"]),
        (["03.2024", "12/2024"], ["2024-03-01", "2024-12-01"]),
        (["202403", "202412"], ["2024-03-01", "2024-12-01"]),
        (["2024Q1", "4 кв. 2024", "2024年第二季度"], ["2024-01-01", "2024-10-01", "2024-04-01"]),
        (["2020-W53", "2021-W01"], ["2020-12-28", "2021-01-04"]),  # ISO 8601: Mondays
    ],
)
def test_months_quarters_and_weeks_are_their_first_day_and_it_is_said(tmp_path, texts, days):
    loaded, read = _days(tmp_path, texts)
    assert read == days
    assert "first_day_of_period" in loaded.evidence["choice"].tolist()


def test_a_day_of_a_week_is_a_day():
    day = date.fromisocalendar(2024, 10, 2).isoformat()
    assert _read(["2024-W10-2"]) == [f"{day}T00:00:00.000000"]
    assert _read(["2021-W53", "2024-13", "Foo 2024"]) == ["NaT"] * 3


def test_a_month_among_days_does_not_tell_the_day(tmp_path):
    loaded, read = _days(tmp_path, ["2024-03-05", "2024-03-06", "март 2024"])
    assert read == ["2024-03-05", "2024-03-06"]
    assert loaded.quarantine["value"].tolist() == ["март 2024"]


def test_two_digits_of_a_year_of_birth_are_of_the_past(tmp_path):
    texts = ["05.03.68", "25.12.35", "29.02.64", "01.02.05", "01.02.2068"]
    born = ["1968-03-05", "1935-12-25", "1964-02-29", "2005-02-01", "2068-02-01"]
    assert _days(tmp_path, texts, "birth_date")[1] == born


@pytest.mark.parametrize("text", ["0000-00-00", "0000-00-00 00:00:00", "00.00.0000"])
def test_the_day_that_databases_write_for_none_is_no_day_and_no_slip(tmp_path, text):
    loaded, _ = _days(tmp_path, ["2024-03-05", text])
    assert loaded.issues["code"].tolist() == ["sentinel_date"]
    assert len(loaded.table) == 2


def test_a_place_that_is_not_there_is_no_zone():
    assert _read(["2024-03-05 10:00 Europe/Mosco", "2024-03-05 10:00"])[0] == "NaT"
