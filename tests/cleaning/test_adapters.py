"""Layouts of systems: a generated file of each is found by its headers and read into its table."""

from __future__ import annotations

import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cjm_research.cleaning.adapters.find import find_sources
from cjm_research.cleaning.adapters.library import adapter, adapters, read_adapter
from cjm_research.cleaning.adapters.study_file import study_text
from cjm_research.cleaning.load import load
from cjm_research.errors import ParameterError, SourceError
from cjm_research.study.load import load_study

EVERY = sorted(set(adapters()) - {"any"})


def _csv(*rows, sep=",", encoding="utf-8"):
    return "\n".join(sep.join(map(str, r)) for r in rows).encode(encoding) + b"\n"


def _json(value):
    return json.dumps(value, ensure_ascii=False).encode()


BITRIX = (
    "<html><meta charset='UTF-8'><body><table><tr><th>ID</th><th>Стадия сделки</th>"
    "<th>Название сделки</th><th>Сумма</th><th>Валюта</th><th>Контакт</th><th>Дата создания</th>"
    "</tr><tr><td>15</td><td>Новая</td><td>Поставка</td><td>1 500.50</td><td>RUB</td>"
    "<td>Пётр Ильин</td><td>25.04.2024 10:00:00</td></tr></table></body></html>"
).encode()
GA4 = {
    "event_date": "20240425", "event_timestamp": "1714039200123456", "event_name": "purchase",
    "event_params": [{"key": "ga_session_id", "value": {"string_value": None, "int_value": "77"}}],
    "user_pseudo_id": "1.2", "batch_event_index": "3", "ecommerce": {"purchase_revenue": 19.5},
}  # fmt: skip
TELEGRAM = {
    "name": "Support", "type": "personal_chat", "id": 1,
    "messages": [
        {"id": 1, "type": "message", "date": "2024-04-25T10:00:00", "date_unixtime": "1714039200",
         "from": "Anna", "from_id": "user5", "text": ["where is ", {"type": "bold", "text": "it"}]},
        {"id": 2, "type": "service", "date": "2024-04-25T10:01:00", "actor": "Anna",
         "actor_id": "user5", "action": "joined", "text": ""},
    ],
}  # fmt: skip
AMO = {
    "_page": 1,
    "_embedded": {
        "leads": [
            {"id": 9, "name": "Deal", "price": 5000, "status_id": 142, "pipeline_id": 3,
             "responsible_user_id": 4, "created_at": 1714039200, "closed_at": 1714125600,
             "_embedded": {"contacts": [{"id": 70}]}, "contact_id": 70}
        ]
    },
}  # fmt: skip
RETAIL = {
    "success": True,
    "orders": [
        {"number": "7A", "id": 7, "status": "cancel-other", "createdAt": "2024-04-25 10:00:00",
         "totalSumm": 1500, "summ": 1600, "customer": {"id": 70, "externalId": "c70"}}
    ],
}  # fmt: skip
VK = {
    "items": [
        {"id": 7, "rows": [{"date": "2024-04-25",
                            "base": {"shows": 100, "clicks": 5, "spent": "12.5"}}]}
    ]
}  # fmt: skip
MAIL = {
    "reports": [
        {"id": "x1", "campaign_title": "Spring", "emails_sent": 1000, "abuse_reports": 1,
         "send_time": "2024-04-25T10:00:00+00:00", "unsubscribed": 4,
         "opens": {"opens_total": 400, "unique_opens": 300},
         "clicks": {"unique_subscriber_clicks": 50}}
    ]
}  # fmt: skip

XES = (
    b'<?xml version="1.0"?><log xes.version="1.0"><trace>'
    b'<string key="concept:name" value="007"/><event>'
    b'<string key="concept:name" value="pay"/>'
    b'<date key="time:timestamp" value="2024-04-25T10:00:00+00:00"/></event></trace></log>'
)

# name: content, table, what the first row holds
SAMPLES = {
    "bitrix24": (BITRIX, "deals", {"deal_id": "15", "amount": 1500.5, "customer_id": "Пётр Ильин"}),
    "amocrm": (
        _json(AMO), "deals",
        {"deal_id": "9", "outcome": "won", "amount": 5000.0, "customer_id": "70"},
    ),
    "retailcrm": (
        _json(RETAIL), "orders",
        {"order_id": "7A", "customer_id": "c70", "status": "cancelled", "amount": 1500.0},
    ),
    "zoho_crm": (
        _csv(
            ["Record Id", "Last Name", "First Name", "Contact Owner", "Email", "Lead Source",
             "Email Opt Out", "Created Time"],
            ["zcrm_1", "Smith", "Ann", "Bob", "a@b.org", "Web", "true",
             "2024-04-25T10:00:00+03:00"],
        ),
        "customers", {"customer_id": "zcrm_1", "name": "Smith Ann", "consent_marketing": False},
    ),
    "fxiaoke": (
        _csv(["客户名称", "客户编号", "负责人", "成交状态", "手机", "创建时间"],
             ["北京甲公司", "K001", "王伟", "已成交", "13800138000", "2024-04-25 10:00"],
             encoding="gb18030"),
        "customers", {"customer_id": "K001", "status": "current", "phone": "+8613800138000"},
    ),
    "metrica_logs": (
        _csv(["ym:s:visitID", "ym:s:clientID", "ym:s:dateTime", "ym:s:lastTrafficSource",
              "ym:s:startURL", "ym:s:bounce"],
             ["7500000000000000001", "1699999999123456789", "2024-04-25 10:00:00", "organic",
              "https://x.org/", "0"], sep="\t"),
        "events", {"event_id": "7500000000000000001", "name": "visit", "channel": "organic"},
    ),
    "ga4_bigquery": (
        _json(GA4) + b"\n" + _json(GA4 | {"event_name": "page_view"}) + b"\n", "events",
        {"name": "purchase", "session_id": "77", "sequence": 3, "value": 19.5},
    ),
    "yandex_direct": (
        b'"Report" 2024-04-01 - 2024-04-30\n'
        + _csv(["Date", "CampaignName", "Impressions", "Clicks", "Cost", "Ctr"],
               ["2024-04-01", "Brand", 1000, 10, 25_000_000, "1.00"],
               ["2024-04-02", "Brand", 900, 12, "--", "1.33"], sep="\t")
        + b"Total rows: 2\n",
        "campaign_totals", {"arm": "Brand", "n": 1000.0, "metric": "clicks", "total": 10.0},
    ),
    "vk_ads": (_json(VK), "campaign_totals", {"arm": "7", "n": 100.0, "total": 5.0}),
    "google_forms": (
        _csv(["Отметка времени", "Адрес электронной почты", "Готовы ли вы порекомендовать нас?"],
             ["25.04.2024 10:00:00", "a@b.org", 9], ["26.04.2024 10:00:00", "c@b.org", 2]),
        "feedback", {"kind": "nps", "score": 9.0, "customer_id": "a@b.org"},
    ),
    "surveymonkey": (
        _csv(["Respondent ID", "Collector ID", "Start Date", "End Date", "How easy was it?", "Why",
              ""],
             ["", "", "", "", "Response", "Price", "Service"],
             ["118", "9", "04/25/2024 10:00:00 AM", "04/25/2024 10:05:00 AM", 4, "Price", ""],
             ["119", "9", "04/26/2024 10:00:00 AM", "04/26/2024 10:05:00 AM", 2, "", "Service"]),
        "feedback", {"kind": "ces", "score": 4.0, "customer_id": "118"},
    ),
    "typeform": (
        _csv(["#", "How satisfied are you?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"],
             ["ab1", 5, "2024-04-25 10:00:00", "2024-04-25 10:05:00", "n1"]),
        "feedback", {"kind": "csat", "score": 5.0, "customer_id": "ab1"},
    ),
    "mailchimp": (_json(MAIL), "campaign_totals", {"arm": "Spring", "n": 1000.0, "total": 300.0}),
    "onec_sales": (
        _csv(["Контрагент", "Количество", "Сумма"], ["ООО Ромашка", 3, "1 500,50"],
             ["Товар А", 1, "500,50"], ["Товар Б", 2, "1 000,00"], ["ИП Лютик", 1, "200,00"],
             ["Товар А", 1, "200,00"], ["Итого", 4, "1 700,50"], sep=";", encoding="cp1251"),
        "orders", {"customer_id": "ООО Ромашка", "product": "Товар А", "amount": 500.5},
    ),
    "yandex_forms": (
        _csv(["ID", "Время создания", "Оцените доставку", "Почта"],
             ["5001", "2024-04-25 10:00:00", 4, "a@b.org"]),
        "feedback", {"kind": "rating", "score": 4.0, "customer_id": "a@b.org"},
    ),
    "wjx": (
        _csv(["序号", "提交答卷时间", "所用时间", "来源", "来自IP", "1、您对服务满意吗？"],
             ["1", "2024/4/25 10:00:00", "60秒", "微信", "1.1.1.1", "5"]),
        "feedback", {"kind": "csat", "score": 5.0, "customer_id": "1"},
    ),
    "youzan": (
        _csv(["订单号", "订单状态", "订单创建时间", "买家手机号", "商品名称", "商品数量",
              "商品实际成交金额"],
             ["E20240425100000001", "交易完成", "2024-04-25 10:00:00", "13800138000", "茶", "2",
              "¥59.80"], encoding="gb18030"),
        "orders", {"order_id": "E20240425100000001", "status": "completed", "amount": 59.8},
    ),
    "xes": (XES, "events", {"customer_id": "007", "name": "pay"}),
    "telegram": (
        _json(TELEGRAM), "feedback",
        {"text": "where is it", "customer_id": "user5", "feedback_id": "1"},
    ),
}  # fmt: skip


@pytest.fixture
def sample(write):
    def _sample(name):
        content, table, first = SAMPLES[name]
        return write(content, f"{name}.export"), table, first

    return _sample


@pytest.mark.parametrize("name", EVERY)
def test_every_layout_has_a_sample(name):
    assert name in SAMPLES


@pytest.mark.parametrize("name", EVERY)
def test_a_file_of_a_system_is_known_by_its_headers(sample, name):
    path, table, first = sample(name)
    hints = {"currency": "CNY"} if name == "fxiaoke" else {}
    loaded = load(path, hints=hints)
    assert f"adapter={name}" in loaded.evidence["choice"].tolist()
    row = loaded.table.iloc[0]
    assert {c: row[c] for c in first} == first
    declared = loaded.info["table"].unique().tolist()
    assert declared == [table]


@pytest.mark.parametrize("name", EVERY)
def test_rows_of_a_system_add_up(sample, name):
    info = load(sample(name)[0]).info
    assert (info["rows_in"] == info["rows_kept"] + info["rows_quarantined"]).all()


@pytest.mark.parametrize("name", EVERY)
def test_a_layout_says_how_it_is_known(name):
    found = adapter(name)
    assert found.known_from != "documentation" or found.reference
    assert found.known_from != "memory" or "memory" in found.note or not found.reference


def test_stamps_of_ga4_are_microseconds_in_utc(sample):
    stamp = load(sample("ga4_bigquery")[0]).table["occurred_at"][0]
    assert stamp.isoformat() == "2024-04-25T10:00:00.123456+00:00"


def test_nested_parquet_of_ga4_is_read_as_its_json(tmp_path):
    path = tmp_path / "events.parquet"
    pq.write_table(pa.Table.from_pylist([GA4 | {"event_timestamp": 1714039200123456}]), path)
    row = load(path).table.iloc[0]
    assert (row["session_id"], row["value"], row["sequence"]) == ("77", 19.5, 3)
    assert row["occurred_at"].isoformat() == "2024-04-25T10:00:00.123456+00:00"


def test_money_of_direct_is_in_millionths_unless_it_has_fractions(write):
    header = ["Date", "CampaignName", "Impressions", "Clicks", "Cost", "Ctr"]
    whole = write(_csv(header, ["2024-04-01", "A", 10, 1, 25_000_000, 1], sep="\t"), "a.tsv")
    parts = write(_csv(header, ["2024-04-01", "A", 10, 1, "25.50", 1], sep="\t"), "b.tsv")
    costs = [t.loc[t["metric"] == "cost", "total"].item()
             for t in (load(whole).table, load(parts).table)]  # fmt: skip
    assert costs == [25.0, 25.5]


def test_rows_of_groups_are_known_by_the_outline_of_the_sheet(tmp_path):
    book = openpyxl.Workbook()
    rows = [("Контрагент", "Сумма"), ("ООО Ромашка", 1500), ("Товар А", 1000), ("Товар Б", 499),
            ("ИП Лютик", 200), ("Товар А", 200)]  # fmt: skip
    for row in rows:
        book.active.append(row)
    for line in (3, 4, 6):
        book.active.row_dimensions[line].outlineLevel = 1
    book.save(tmp_path / "sales.xlsx")
    loaded = load(tmp_path / "sales.xlsx")
    assert loaded.table["customer_id"].tolist() == ["ООО Ромашка", "ООО Ромашка", "ИП Лютик"]
    assert loaded.quarantine["source_line"].tolist() == [2, 5]


def test_a_layout_of_ones_own_is_taken_from_a_folder(tmp_path, write):
    folder = tmp_path / "adapters"
    folder.mkdir()
    (folder / "till.toml").write_text(
        'title = "Our till"\nknown_from = "sample"\n[[parts]]\ntable = "orders"\n'
        'signs = ["chk", "rub"]\n'
        '[parts.columns]\ncustomer_id = ["card"]\namount = ["rub"]\norder_id = ["chk"]\n'
    )
    loaded = load(write("chk,card,rub\n1,007,5.50\n"), hints={"adapters": folder})
    assert loaded.table["customer_id"].tolist() == ["007"]
    assert "adapter=till" in loaded.evidence["choice"].tolist()


def test_a_wrong_layout_file_names_file_and_key(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('title = "x"\nknown_from = "sample"\n[[parts]]\ntable = "order"\n')
    with pytest.raises(SourceError, match=r"'bad.toml': parts.0: table 'order' is not known"):
        read_adapter(path)


def test_an_unknown_adapter_names_the_nearest(write):
    with pytest.raises(ParameterError, match=r"no adapter 'bitrix'\. Did you mean 'bitrix24'\?"):
        load(write("a,b\n1,2\n"), adapter="bitrix")


def test_an_unknown_hint_names_the_nearest(write):
    with pytest.raises(ParameterError, match=r"no hint 'dayfirst'\. Did you mean 'day_first'\?"):
        load(write("a,b\n1,2\n"), "orders", hints={"dayfirst": True})


def test_what_is_not_known_is_asked_for_by_name(write):
    with pytest.raises(SourceError, match=r"\['customer_id'\] of table 'orders'.*'columns'"):
        load(write("what,sum\n1,2\n"), "orders")


ALIASES = {
    "ru": (["Код клиента", "Номер заказа", "Дата заказа", "Сумма, руб."], ";"),
    "zh": (["客户编号", "订单号", "下单时间", "金额（元）"], ","),
    "en": (["Customer_ID", "OrderNumber", "Order date", "Amount"], "\t"),
}


@pytest.mark.parametrize("language", ALIASES)
def test_headers_of_three_languages_are_known(write, language):
    header, sep = ALIASES[language]
    path = write(_csv(header, ["007", "A1", "2024-04-25", "10.5"], sep=sep))
    row = load(path, table="orders").table.iloc[0]
    assert (row["customer_id"], row["order_id"], row["amount"]) == ("007", "A1", 10.5)


def test_which_header_was_taken_for_which_column_can_be_overridden(write):
    path = write("client,sum,total\nc1,5,6\n")
    found = load(path, table="orders").evidence.set_index("column")
    assert found.loc["amount", "override"] == 'columns.amount = "total"'
    assert load(path, "orders", hints={"columns": {"amount": "sum"}}).table["amount"][0] == 5.0


def test_parts_of_a_name_are_joined(write):
    text = "Фамилия,Имя,Отчество,Телефон\nИванова,Анна,,89161234567\n"
    row = load(write(text), table="customers", hints={"currency": "RUB"}).table.iloc[0]
    assert (row["name"], row["phone"]) == ("Иванова Анна", "+79161234567")


def test_a_first_study_file_suggests_stages_and_groupings_that_load(tmp_path, write):
    events = ["Визит", "Просмотр товара", "Добавил в корзину", "Оплата", "Отзыв", "щелчок X"]
    rows = "".join(f"C{i};{e};{i + 1:02d}.03.2024\n" for i, e in enumerate(events))
    people = "".join(f"C{i};{'мж'[i % 2]}\n" for i in range(6))
    found = [
        find_sources(write(f"ID клиента;Событие;Дата\n{rows}", "ev.csv")),
        find_sources(write(f"ID клиента;Пол\n{people}", "cu.csv")),
    ]
    path = tmp_path / "shop.toml"
    path.write_text(study_text("shop", found), encoding="utf-8")
    study = load_study(path)
    assert [s.id for s in study.stages] == ["awareness", "consideration", "purchase", "loyalty"]
    assert [(g.column, g.label.text("ru")) for g in study.groupings] == [("gender", "Пол")]
    assert '# Events in no stage yet: "щелчок X"' in path.read_text(encoding="utf-8")


def test_a_list_of_shipments_is_of_orders_and_its_bare_id_is_the_shipment(write):
    text = "ID,Project Code,Country,Shipment Mode,Line Item Quantity,Line Item Value,"
    text += "Delivered to Client Date\n1,100-CI,Niger,Air,19,551.5,02-Jun-06\n"
    loaded = load(write(text, "shipments.csv"))
    row = loaded.table.iloc[0]
    assert (row["order_id"], row["customer_id"], row["amount"]) == ("1", "100-CI", 551.5)
    assert (row["transport_mode"], row["quantity"]) == ("Air", 19.0)


def test_headers_in_traditional_chinese_are_those_of_the_simplified(tmp_path):
    path = tmp_path / "orders.csv"
    lines = [
        "訂單編號,訂單日期,會員編號,訂單金額,商品名稱,數量,單價,訂單狀態",
        "1,2024/03/05,甲,1萬,面膜,2,600,已完成",
        "2,2024/03/06,乙,800,面霜,1,800,已取消",
    ]
    path.write_bytes("\n".join(lines).encode("big5"))
    table = load(path, "orders").table
    assert table["amount"].tolist() == [10_000, 800]
    assert table["quantity"].tolist() == [2, 1]
    assert table["status"].tolist() == ["completed", "cancelled"]


def test_a_header_with_a_unit_and_an_id_after_the_word_are_known(tmp_path):
    path = tmp_path / "orders.csv"
    text = "Номер заказа\tДата\tКлиент ID\tСумма, тыс. руб.\n001\t05.03.2024\tA\t1,5\n"
    path.write_bytes(text.encode("utf-16"))
    row = load(path, "orders").table.iloc[0]
    assert (row["customer_id"], row["order_id"], row["amount"]) == ("A", "001", 1500)


def test_words_under_a_header_of_numbers_are_no_grades(write):
    rows = "".join(f"Text number {i},{'positive' if i % 2 else 'negative'}\n" for i in range(30))
    found = find_sources(write("review,label\n" + rows, "t.csv"))
    (source,) = found.sources
    assert set(source.columns) == {"text"}
    assert source.constants == {"kind": "open"}


def test_grades_under_the_same_header_are(write):
    rows = "".join(f"Text number {i},{i % 2}\n" for i in range(30))
    (source,) = find_sources(write("review,label\n" + rows, "t.csv")).sources
    assert source.columns["score"] == "label"


@pytest.mark.parametrize("header", ["Response ID", "ID ответа", "№ анкеты", "答卷编号"])
def test_the_number_of_a_form_is_no_question(write, header):
    asked = f"{header},Timestamp,How likely are you to recommend us?,What should we change?\n"
    rows = "".join(f"{i},2026-01-02 10:00,9,Cheaper delivery {i}\n" for i in range(30))
    sources = find_sources(write(asked + rows, "f.csv")).sources
    assert header not in {h for s in sources for h in s.unpivot}


def test_a_second_telephone_fills_the_cells_that_the_first_leaves_empty(write):
    text = "Record Id,Last Name,Contact Owner,Email Opt Out,Phone,Mobile\n"
    text += "z1,A,Bob,false,,8 905 000 11 22\nz2,B,Bob,false,8 916 123-45-67,8 905 000 11 33\n"
    loaded = load(write(text), hints={"currency": "RUB"})
    assert loaded.table["phone"].tolist() == ["+79050001122", "+79161234567"]
    assert "otherwise=Mobile" in loaded.evidence["choice"].tolist()


def test_a_deal_without_a_contact_is_the_firms(write):
    head = "ID;Стадия сделки;Сумма;Валюта;Контакт;Компания\n"
    text = head + "1;Сделка успешна;5;Российский рубль;Пётр;ООО Дуб\n2;Новая;6;руб.;;ООО Клён\n"
    table = load(write(text)).table
    assert table["customer_id"].tolist() == ["Пётр", "ООО Клён"]
    assert table["outcome"].fillna("").tolist() == ["won", ""]
    assert table["currency"].unique().tolist() == ["RUB"]


def test_numbers_of_contacts_and_of_firms_are_not_mixed(write):
    head = "ID,STAGE_ID,OPPORTUNITY,CONTACT_ID,COMPANY_ID\n"
    loaded = load(write(head + "1,NEW,5,15,16\n2,NEW,5,,15\n"))
    assert loaded.table["customer_id"].tolist() == ["15"]
    assert loaded.quarantine["code"].tolist() == ["missing_required"]


def test_headers_of_a_template_say_that_they_must_be_filled(write):
    head = "客户名称（必填）,客户编号,负责人（必填）,成交状态,手机\n"
    loaded = load(write((head + "甲,K1,王伟,已成交,13800138000\n").encode("gb18030")))
    assert "adapter=fxiaoke" in loaded.evidence["choice"].tolist()
    assert loaded.table["status"].tolist() == ["current"]


def test_orders_with_the_names_of_their_buyers_are_orders(write):
    head = "Номер;ID;Дата оформления;Клиент;Телефон;E-mail;Статус;Сумма;Менеджер\n"
    rows = "1A;1;05.03.2024;Анна;+79161234567;a@b.ru;Выполнен;1200,50;Олег\n"
    rows += "2A;2;06.03.2024;Пётр;+79051112233;;Отменен;300;Олег\n"
    loaded = load(write(head + rows))
    assert loaded.info["table"].tolist() == ["orders"]
    assert loaded.table["status"].tolist() == ["completed", "cancelled"]


def test_people_of_amocrm_are_no_survey(write):
    head = '"ID","Тип","Имя","Фамилия","Наименование","Ответственный","Дата создания",'
    head += '"Рабочий телефон (контакт)","Рабочий email (контакт)"\n'
    row = '"5","контакт","Анна","Иванова","Анна Иванова","Олег","05.03.2024 10:00:00",'
    loaded = load(write(head + row + '"\'+79161234567","a@b.ru"\n'))
    assert loaded.info["table"].tolist() == ["customers"]
    assert loaded.table[["name", "phone", "email"]].to_numpy().tolist() == [
        ["Анна Иванова", "+79161234567", "a@b.ru"]
    ]


def test_an_open_deal_of_amocrm_has_no_day_of_its_end_and_no_slip(write):
    head = "ID,Этап сделки,Воронка,Бюджет,Основной контакт,Дата закрытия\n"
    loaded = load(write(head + "1,Первичный контакт,В,5,Анна,не закрыта\n"))
    assert loaded.issues.empty
    assert loaded.table["outcome"].tolist() == ["open"]


def test_who_answered_is_no_answer(write):
    head = (
        "Respondent ID,Collector ID,End Date,Email Address,First Name,How was it?,Reach us,Why?\n"
    )
    head += ",,,,,Response,Open-Ended Response,Open-Ended Response\n"
    rows = "118,9,03/05/2024 10:00:00,a@b.org,Anna,4,+1 202 555 0143,slow\n"
    rows += "119,9,03/25/2024 10:00:00,c@d.org,Bob,2,(202) 555-0144,\n"
    loaded = load(write(head + rows))
    questions = loaded.table["question"].unique().tolist()
    assert questions == ["How was it? / Response", "Why? / Open-Ended Response"]
    assert loaded.table["kind"].unique().tolist() == ["rating", "open"]


def test_a_question_that_few_answered_has_the_day_order_of_the_whole_file(write):
    head = "Timestamp,How satisfied are you?,Why?\n"
    loaded = load(write(head + "03/05/2024 10:00:00,5,fine\n03/25/2024 10:00:00,4,\n"))
    opened = loaded.table[loaded.table["kind"] == "open"]
    assert opened["given_at"].dt.strftime("%m-%d").tolist() == ["03-05"]
    assert "ambiguous_date" not in loaded.issues["code"].tolist()


def test_answers_that_were_passed_over_do_not_make_a_grade_a_choice(write):
    head = "序号,提交答卷时间,所用时间,1、您有多大可能向朋友推荐我们？\n"
    text = head + "1,2024/3/5 10:00:00,60秒,9\n2,2024/3/6 10:00:00,95秒,(跳过)\n"
    loaded = load(write(text.encode("gb18030")))
    assert loaded.table[["kind", "score"]].to_numpy().tolist() == [["nps", 9.0]]


def test_the_second_row_of_a_header_of_groups_is_no_group(write):
    text = "ООО Ромашка;;;\nПродажи за март;;;\n;;;\nКонтрагент;Количество;Сумма;\n"
    text += "Номенклатура;;;\nООО Дуб;3;1 500,50;\nТовар А;1;500,50;\nТовар Б;2;1 000,00;\n"
    text += "ИП Клён;1;200,00;\nТовар А;1;200,00;\nИтого;4;1 700,50;\n"
    loaded = load(write(text.encode("cp1251")))
    assert loaded.table["customer_id"].tolist() == ["ООО Дуб", "ООО Дуб", "ИП Клён"]
    assert loaded.table["amount"].sum() == 1700.5


def test_campaigns_as_the_page_of_direct_exports_them(write):
    head = "День;Кампания;№ Кампании;Показы;Клики;Расход (руб.);CTR (%)\n"
    rows = "05.03.2024;Бренд;123;1 000;10;25,50;1,00\nИтого;;;1 000;10;25,50;\n"
    table = load(write(head + rows)).table.set_index("metric")
    assert table["total"].to_dict() == {"clicks": 10.0, "cost": 25.5}
    assert table["n"].tolist() == [1000.0, 1000.0]


def test_an_own_rule_may_have_groups_in_its_pattern(write):
    rule = {"column": "product", "regex": "^(доставк|упаковк)", "exclude": True}
    text = "customer_id,amount,product\nc1,5,доставка\nc2,6,чай\n"
    loaded = load(write(text), "orders", hints={"rules": [rule]})
    assert loaded.quarantine["code"].tolist() == ["excluded"]
    assert loaded.table["product"].tolist() == ["чай"]


def test_what_fills_a_column_otherwise_needs_a_header_first(write):
    with pytest.raises(SourceError, match=r"'otherwise' names 'phone', which has no header"):
        load(write("customer_id,amount\nc1,5\n"), "orders", hints={"otherwise": {"phone": ["x"]}})


@pytest.mark.parametrize(
    ("paid", "column"), [("24.08.2025", "paid_on"), ("1200,50", None), ("45893", "paid_on")]
)
def test_what_stands_below_a_header_of_two_meanings_tells_which_it_is(write, paid, column):
    text = "Клиент;Дата заявки;Сумма, руб.;Оплачено\n" + f"К-1;01.08.2025;1500,25;{paid}\n" * 9
    (source,) = find_sources(write(text)).sources
    taken = {header: name for name, header in source.columns.items()}
    assert taken["Сумма, руб."] == "amount"
    assert taken.get("Оплачено") == column


def test_what_was_paid_is_the_amount_where_no_other_sum_is(write):
    text = "Клиент;Дата заявки;Оплачено\n" + "К-1;01.08.2025;1500,25\n" * 9
    (source,) = find_sources(write(text)).sources
    assert source.columns["amount"] == "Оплачено"


def test_what_was_solved_is_a_ticket(write):
    text = "Номер;Клиент;Создан;Решён;Текст\nT-1;К-1;01.08.2025;02.08.2025;Не пришло\n"
    (source,) = find_sources(write(text)).sources
    assert (source.table, source.constants["kind"]) == ("feedback", "ticket")
    assert source.columns["resolved_at"] == "Решён"
