"""Dirty files of every kind, made here: the truth comes back, or what is lost is said."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from cjm_research.cleaning.load import load
from cjm_research.cleaning.reading.content import ReadLimits
from cjm_research.cleaning.reading.mojibake import repaired
from cjm_research.errors import CjmError, SourceError

RU = "Код клиента{s}ФИО{s}Город{s}Комментарий\n007{s}Иванова Анна{s}Казань{s}долго ждала ответа\n"
RU += "008{s}Пётр Ильин{s}Омск{s}всё понравилось\n"
ZH = "客户编号{s}客户姓名{s}城市{s}备注\n007{s}王伟{s}北京{s}送货太慢了\n"
ZH += "008{s}李娜{s}上海{s}味道很好\n"
NAMES = {"ru": ["Иванова Анна", "Пётр Ильин"], "zh": ["王伟", "李娜"]}
TEXTS = {"ru": RU, "zh": ZH}

ENCODINGS = [
    ("ru", "utf-8"), ("ru", "utf-8-sig"), ("ru", "utf-16"), ("ru", "utf-16-le"), ("ru", "cp1251"),
    ("ru", "koi8-r"), ("ru", "cp866"), ("ru", "mac-cyrillic"), ("ru", "utf-16-be"),
    ("zh", "utf-8"), ("zh", "gb18030"), ("zh", "gbk"), ("zh", "utf-16"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(write, language, encoding, sep, end):
    text = TEXTS[language].format(s=sep).replace("\n", end)
    loaded = load(write(text.encode(encoding), "c.csv"), table="customers")
    assert loaded.table["name"].tolist() == NAMES[language]
    assert loaded.table["customer_id"].tolist() == ["007", "008"]
    assert loaded.table["source_line"].tolist() == [2, 3]


def test_traditional_chinese_in_big5(write):
    text = "客戶編號,姓名,城市,評論\n007,陳大文,臺北,送貨太慢了請改善\n"
    text += "008,林美玲,高雄,味道很好會再來\n"
    hints = {"columns": {"customer_id": "客戶編號", "name": "姓名", "city": "城市"}}
    loaded = load(write(text.encode("big5"), "c.csv"), table="customers", hints=hints)
    assert loaded.table["name"].tolist() == ["陳大文", "林美玲"]


def test_western_letters_in_cp1252(write):
    rows = "".join(f"{i},Müller,Köln,très bien naïve café\n" for i in range(20))
    path = write(("customer_id,name,city,note\n" + rows).encode("cp1252"), "c.csv")
    assert load(path, table="customers").table["city"].unique().tolist() == ["Köln"]


SPOILT = [
    ("utf-8", "cp1251"), ("utf-8", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "koi8-r"),
    ("utf-8", "cp866"), ("utf-8", "mac-cyrillic"), ("cp1251", "cp1252"), ("cp1251", "latin-1"),
    ("koi8-r", "cp1251"), ("cp1251", "koi8-r"), ("cp866", "cp1251"),
]  # fmt: skip


def _misread(data, encoding):
    return "".join(bytes([b]).decode(encoding, "ignore") or chr(b) for b in data)


@pytest.mark.parametrize(("was", "read_as"), SPOILT)
def test_letters_that_were_read_in_a_wrong_encoding_are_put_right_and_said(write, was, read_as):
    text = _misread(RU.format(s=";").encode(was), read_as)
    loaded = load(write(text, "c.csv"), table="customers")
    assert loaded.table["name"].tolist() == NAMES["ru"]
    assert "mojibake" in loaded.issues["code"].tolist()


@pytest.mark.parametrize("read_as", ["cp1252", "latin-1"])
def test_chinese_that_was_read_in_a_wrong_encoding_is_put_right(write, read_as):
    loaded = load(write(_misread(ZH.format(s=",").encode(), read_as), "c.csv"), table="customers")
    assert loaded.table["name"].tolist() == NAMES["zh"]


def test_one_spoilt_line_among_good_ones_is_put_right(write):
    good = "".join(f"{i};Анна;Пермь;хорошо\n" for i in range(50))
    bad = _misread("99;Иванов;Казань;долго\n".encode(), "cp1251")
    head = "Код клиента;ФИО;Город;Комментарий\n"
    loaded = load(write(head + good + bad, "c.csv"), table="customers")
    assert loaded.table["city"].tolist()[-1] == "Казань"
    assert loaded.issues.set_index("code").loc["mojibake", "rows"] == 1


@pytest.mark.parametrize(
    "text",
    ["Сёмга №5, café «да» – нет", "ТЕСТ;РСФСР;ВСЁ;РС;Рр", "Ünal Çelik;Ağrı;Łódź;Gdańsk",
     "Ελλάδα;Αθήνα", "Київ;Їжак;ґанок", "王伟,北京,“好”—…", "São Paulo;Ñandú;Ålesund;Ærø"],
)  # fmt: skip
def test_sound_letters_are_left_alone(text):
    assert repaired(text.encode()).data.decode() == text


def test_letters_that_are_lost_are_said(write):
    text = "Код клиента;ФИО\n1;Иван\ufffd\ufffd\n2;Анна\n"
    assert "lost_letters" in load(write(text, "c.csv"), table="customers").issues["code"].tolist()


def test_one_line_in_another_encoding_inside_a_good_file(write):
    head = "Код клиента,ФИО\n".encode()
    good = b"".join(f"{i},Анна\n".encode() for i in range(30))
    loaded = load(write(head + good + "99,Иванов\n".encode("cp1251"), "c.csv"), table="customers")
    assert len(loaded.table) == 31
    assert loaded.issues.set_index("code").loc["repaired_encoding", "example"] == "32"


def test_titles_footers_repeated_headers_and_sep_line_at_once(write):
    head = "Номер заказа;Код клиента;Дата;Сумма\n"
    rows = "1;007;25.04.2024;1 200,50\n2;008;03.04.2024;10,00\n"
    text = f"sep=;\nОтчёт о продажах\n\n{head}{rows}{head}3;009;01.05.2024;7,25\nИтого;;;1217,75\n"
    loaded = load(write(text.encode("cp1251"), "o.csv"), table="orders")
    assert loaded.table["amount"].tolist() == [1200.5, 10.0, 7.25]
    assert loaded.table["source_line"].tolist() == [5, 6, 8]
    aside = zip(loaded.quarantine["source_line"], loaded.quarantine["code"], strict=True)
    assert sorted(aside) == [(7, "repeated_header"), (9, "total_row")]


def test_a_header_of_two_rows_is_joined(write):
    text = "Клиент,,Заказ,,\nКод клиента,Город,Номер заказа,Дата,Сумма\n7,Омск,1,2024-04-25,5\n"
    loaded = load(write(text + "8,Уфа,2,2024-04-26,6\n", "o.csv"), table="orders")
    assert loaded.table["amount"].tolist() == [5.0, 6.0]
    assert loaded.table["source_line"].tolist() == [3, 4]


@pytest.fixture
def book(tmp_path):
    def _book(change, name="b.xlsx"):
        found = openpyxl.Workbook()
        change(found)
        found.save(tmp_path / name)
        return tmp_path / name

    return _book


HEAD = ("Номер заказа", "Код клиента", "Дата", "Сумма")
STAMP = datetime(2026, 1, 2, 15, 4)  # noqa: DTZ001  # a workbook holds no zones


def test_merged_headers_of_two_rows_in_a_workbook(book):
    def change(found):
        sheet = found.active
        sheet.append(["Заказ", None, "Клиент", None])
        sheet.append(["Номер заказа", "Сумма", "Код клиента", "Город"])
        sheet.append([1, 5.5, "007", "Омск"])
        sheet.append([2, 6.5, "008", "Уфа"])
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:D1")

    loaded = load(book(change), table="orders")
    assert loaded.table["amount"].tolist() == [5.5, 6.5]
    assert loaded.table["customer_id"].tolist() == ["007", "008"]


def test_hidden_rows_are_read_and_said(book):
    def change(found):
        found.active.append(HEAD)
        for i in range(3):
            found.active.append((i, f"c{i}", STAMP, 5))
        found.active.row_dimensions[3].hidden = True

    loaded = load(book(change), table="orders")
    assert len(loaded.table) == 3
    hidden = loaded.issues.set_index("code").loc["hidden_rows"]
    assert (hidden["rows"], hidden["example"]) == (1, "3")


def test_a_hidden_sheet_is_passed_over(book):
    def change(found):
        found.active.append(HEAD)
        found.active.append((1, "old", STAMP, 5))
        found.active.sheet_state = "hidden"
        sheet = found.create_sheet("Данные")
        sheet.append(HEAD)
        sheet.append((2, "new", STAMP, 6))

    assert load(book(change), table="orders").table["customer_id"].tolist() == ["new"]


def test_errors_of_formulas_are_said_and_not_read(book):
    def change(found):
        found.active.append(HEAD)
        found.active.append((1, "c1", STAMP, "#N/A"))
        found.active.append((2, "c2", STAMP, "#DIV/0!"))
        found.active.append((3, "c3", STAMP, 5))
        for line in (2, 3):
            found.active.cell(line, 4).data_type = "e"

    loaded = load(book(change), table="orders")
    assert loaded.table["amount"].tolist() == [5.0]
    assert loaded.issues.set_index("code").loc["error_cell", "rows"] == 2
    assert loaded.info["rows_in"].tolist() == [3]


def test_days_since_1904_are_the_same_days(book):
    def change(found):
        found.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        found.active.append(HEAD)
        found.active.append((1, "c1", STAMP, 5))

    stamp = load(book(change), table="orders").table["ordered_at"][0]
    assert stamp.isoformat() == "2026-01-02T15:04:00+00:00"


def test_a_cell_that_was_merged_over_rows_holds_for_each(book):
    def change(found):
        found.active.append(HEAD)
        found.active.append((1, "c1", STAMP, 5))
        found.active.append((2, None, STAMP, 6))
        found.active.merge_cells("B2:B3")

    loaded = load(book(change), table="orders")
    assert loaded.table["customer_id"].tolist() == ["c1", "c1"]
    assert "merged_cells" in loaded.issues["code"].tolist()


def test_a_page_named_as_a_workbook_with_spanned_cells(write):
    page = (
        "<html><head><meta charset='utf-8'></head><body><table><tr><td colspan=4>Отчёт</td></tr>"
        "<tr><th>Номер заказа</th><th>Код клиента</th><th>Дата</th><th>Сумма</th></tr>"
        "<tr><td>1</td><td rowspan=2>c1</td><td>25.04.2024</td><td>1&nbsp;200,50</td></tr>"
        "<tr><td>2</td><td>26.04.2024</td><td>5,00</td></tr></table></body></html>"
    )
    loaded = load(write(page, "o.xls"), table="orders")
    assert loaded.table["customer_id"].tolist() == ["c1", "c1"]
    assert loaded.table["amount"].tolist() == [1200.5, 5.0]


def test_a_workbook_in_the_xml_of_2003(write):
    cells = [["Номер заказа", "Код клиента", "Дата", "Сумма"], ["1", "c1", "2024-04-25", "5.5"]]
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in r) + "</Row>"
        for r in cells
    )
    text = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
        f"{rows}</Table></Worksheet></Workbook>"
    )
    assert load(write(text, "o.xls"), table="orders").table["amount"].tolist() == [5.5]


def test_a_zip_with_one_file_beside_those_of_the_system(tmp_path):
    path = tmp_path / "o.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "customer_id,amount\nc1,5\n")
        archive.writestr("__MACOSX/._orders.csv", "x")
        archive.writestr(".DS_Store", "x")
    assert load(path, table="orders").table["amount"].tolist() == [5.0]


def test_json_lines_with_a_broken_line(write):
    lines = [json.dumps({"customer_id": f"c{i}", "amount": i}) for i in range(3)]
    loaded = load(write("\n".join([*lines[:2], '{"customer_id": "c9', lines[2]]), "o.jsonl"),
                  table="orders")  # fmt: skip
    assert loaded.table["source_line"].tolist() == [1, 2, 4]
    assert loaded.quarantine["source_line"].tolist() == [3]


def test_a_cell_of_two_hundred_thousand_letters_is_read(write):
    text = f"feedback_id,text,score\n1,{'я' * 200_000},5\n2,ok,4\n"
    loaded = load(write(text, "f.csv"), table="feedback", hints={"constants": {"kind": "rating"}})
    assert loaded.table["text"].str.len().tolist() == [200_000, 2]


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><x><row><id>&i;</id></row></x>"
)


def _bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60_000_000)
    return buffer.getvalue()


def _damaged_parquet():
    buffer = io.BytesIO()
    orders = pd.DataFrame({"customer_id": [f"c{i}" for i in range(999)], "amount": 1.5})
    orders.to_parquet(buffer, index=False)
    data = bytearray(buffer.getvalue())
    data[4:900] = b"\xff" * 896  # the footer stays, so that the file is opened
    return bytes(data)


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n  \n", "is empty"),
    "binary": (bytes(range(256)) * 50, "binary"),
    "picture": (b"\x89PNG\r\n\x1a\n....", "picture"),
    "truncated workbook": (b"PK\x03\x04" + b"x" * 200, "damaged"),
    "zip bomb": (_bomb(), "zip bomb"),
    "entity bomb": (ENTITIES.encode(), "entities"),
    "only a header": (b"customer_id,amount\n", "a header and no rows"),
    "no header": (b"1,2\n3,4\n", "header_row = 0"),
    "broken json": (b'{"orders": [{"id": 1},', "broken JSON"),
    "broken xml": (b"<?xml version='1.0'?><a><b>1</b>", "broken XML"),
    "deep json": (b'[{"a":' * 100_000, "JSON that is nested too deeply"),
    "json of nothing": (b"[{}]", "holds no list of records"),
    "xml without records": (b"<?xml version='1.0'?><a/>", "XML without records"),
    "xml of no encoding": (
        b"<?xml version='1.0' encoding='klingon'?><a><b><c>1</c></b><b><c>2</c></b></a>",
        "cannot be read as XML: unknown encoding: klingon",
    ),
    "page of a parquet file lost": (_damaged_parquet(), "damaged parquet file"),
    "five thousand columns": (
        ",".join(f"x{i}" for i in range(5000)).encode() + b"\n" + b"," * 4999 + b"\n",
        "5,000 columns",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_one_clear_error(write, name):
    content, cause = BAD[name]
    with pytest.raises(SourceError, match=cause) as caught:
        load(write(content, "x.csv"), table="orders")
    assert "\n" not in str(caught.value)
    assert "x.csv" in str(caught.value)


@pytest.mark.slow
def test_a_cell_of_two_hundred_megabytes_is_one_clear_error(write):
    path = write(b"customer_id,amount\nc1,5\nc2," + b"9" * 200_000_000 + b"\n")
    with pytest.raises(SourceError, match=r"200,000,000 characters in line 3.*max_cell"):
        load(path, table="orders")


def test_a_file_that_changes_while_it_is_read_is_refused(write, monkeypatch):
    path = write("customer_id,amount\nc1,5\n")
    read = type(path).read_bytes

    def read_and_grow(self):
        data = read(self)
        self.write_bytes(data + b"c2,6\n")
        return data + b"c2"

    monkeypatch.setattr(type(path), "read_bytes", read_and_grow)
    with pytest.raises(SourceError, match="changed while it was read"):
        load(path, table="orders")


def test_limits_are_settings(write):
    path = write("customer_id,amount\nc1,5\n")
    with pytest.raises(SourceError, match="setting max_bytes"):
        load(path, table="orders", limits=ReadLimits(max_bytes=10))


@pytest.mark.parametrize("name", ["export.xlsx", "export.txt", "export", "export.pdf"])
def test_the_ending_of_the_name_does_not_matter(write, name):
    assert len(load(write("customer_id,amount\nc1,5\n", name), table="orders").table) == 1


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(CjmError, match="is a folder"):
        load(tmp_path, table="orders")
    with pytest.raises(CjmError, match="There is no file"):
        load(tmp_path / "no.csv", table="orders")


def test_a_lone_return_ends_a_row_where_whole_rows_come_of_it(write):
    text = "order_id;customer_id;amount\r\n1;a;10\n2;b;20\r3;c;30\r\n4;d;4\r0\n"
    loaded = load(write(text.encode(), "c.csv"), "orders")
    assert loaded.table["order_id"].tolist() == ["1", "2", "3"]
    assert loaded.quarantine["source_line"].tolist() == [4]


def test_a_header_that_occurs_twice_is_said(write):
    text = "order_id,customer_id,Сумма,Сумма\n1,a,10,9\n2,b,20,18\n"
    loaded = load(write(text.encode(), "c.csv"), "orders")
    assert loaded.table["amount"].tolist() == [10.0, 20.0]
    assert loaded.issues[["code", "column"]].to_numpy().tolist() == [["double_header", "amount"]]


def test_lines_that_a_spreadsheet_wrapped_whole_are_unwrapped(write):
    text = (
        '"Номер заказа;Код клиента;Дата заказа;Сумма"\n'
        '"1;007;05.03.2024;12,50"\n"2;""Дуб"";25.03.2024;13"\n'
    )
    loaded = load(write(text.encode("cp1251")), "orders")
    assert loaded.table["customer_id"].tolist() == ["007", "Дуб"]
    assert loaded.table["amount"].tolist() == [12.5, 13]
    assert loaded.table["source_line"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024年3月5日 星期二", "2024-03-05 00:00"),
        ("2024年3月5日(週二) 10:30", "2024-03-05 10:30"),
        ("20240305103000", "2024-03-05 10:30"),
        ("202403051030", "2024-03-05 10:30"),
        ("25.03.2024 10.30", "2024-03-25 10:30"),
    ],
)
def test_times_with_a_day_of_the_week_run_together_or_dotted_are_read(write, written, read):
    loaded = load(write(f"customer_id;ordered_at;amount\nc1;{written};5\n"), "orders")
    assert loaded.table["ordered_at"].dt.strftime("%Y-%m-%d %H:%M").tolist() == [read]


@pytest.mark.parametrize(
    ("written", "currency"), [("US$7.50", "USD"), ("NT$56.50", "TWD"), ("HK$ 8.00", "HKD")]
)
def test_dollars_say_whose_they_are(write, written, currency):
    loaded = load(write(f"customer_id;amount\nc1;{written}\n"), "orders")
    assert loaded.table["currency"].tolist() == [currency]
    assert len(loaded.quarantine) == 0


def test_headers_in_traditional_letters_and_marked_ids_are_known(write):
    text = "訂單編號,客戶編號,下單時間,金額\n`0012345,王,2024/03/25,7.5\n"
    loaded = load(write(text.encode("big5")), "orders")
    assert loaded.table[["order_id", "customer_id", "amount"]].to_numpy().tolist() == [
        ["0012345", "王", 7.5]
    ]


TEAS = [("1", "a", 5.0, "tea, green"), ("2", "b", 6.0, 'say "hi"')]
ODD = {
    "single quotes": "'order_id','customer_id','amount','product'\n"
    "'1','a','5','tea, green'\n'2','b','6','say \"hi\"'\n",
    "backslashes": "order_id,customer_id,amount,product\n"
    '1,a,5,"tea, green"\n2,b,6,"say \\"hi\\""\n',
    "blanks": "order_id, customer_id, amount, product\n"
    '1, "a", 5, "tea, green"\n2, "b", 6, "say ""hi"""\n',
    "hive": "order_id\x01customer_id\x01amount\x01product\n"
    '1\x01a\x015\x01tea, green\n2\x01b\x016\x01say "hi"\n',
    "circumflex": 'order_id^customer_id^amount^product\n1^a^5^tea, green\n2^b^6^say "hi"\n',
    "zeros": "order_id,customer_id,amount,product\n"
    '1,a\x00\x00,5,"tea, green"\n2,b\x00\x00,6,"say ""hi"""\n\x00\x00\x00',
    "entities": "order_id\tcustomer_id\tamount\tproduct\n"
    "1\ta\t5\ttea, green\n2\tb\t6\tsay &quot;hi&quot;\n",
}


@pytest.mark.parametrize("way", ODD)
def test_ways_of_databases_to_write_a_table(write, way):
    loaded = load(write(ODD[way]), "orders")
    columns = ["order_id", "customer_id", "amount", "product"]
    assert list(loaded.table[columns].itertuples(index=False, name=None)) == TEAS
    assert loaded.quarantine.empty


def test_zeros_in_a_text_are_said(write):
    loaded = load(write(ODD["zeros"]), "orders")
    assert loaded.issues.set_index("code").loc["lost_letters", "rows"] == 3


def test_a_comma_of_full_width_separates(write):
    text = "订单号，客户编号，下单时间，金额\n1，a，2024-03-05，5\n2，b，2024-03-06，6\n"
    assert load(write(text), "orders").table["amount"].tolist() == [5.0, 6.0]


def test_what_customers_wrote_keeps_the_signs_of_a_page(tmp_path):
    path = tmp_path / "said.csv"
    path.write_text("feedback_id,text,product\nf1,fish &amp; chips,&quot;Tea&quot;\n")
    columns = {"feedback_id": "feedback_id", "text": "text", "product": "product"}
    hints = {"columns": columns, "constants": {"kind": "open"}}
    table = load(path, "feedback", hints=hints).table
    assert table["text"].tolist() == ["fish &amp; chips"]
    assert table["product"].tolist() == ['"Tea"']
