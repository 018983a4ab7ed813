"""Clean tables come back from every layout; spoilt files give a result or one clear error."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm_research.cleaning.load import load
from cjm_research.errors import CjmError

HEADERS = {
    "ru": ("Номер заказа", "Код клиента", "Дата заказа", "Сумма", "Категория"),
    "zh": ("订单号", "客户编号", "下单时间", "金额", "类别"),
    "en": ("Order ID", "Customer ID", "Order date", "Amount", "Category"),
}
CATEGORIES = {"ru": ("Обувь", "Книги; подарки", 'Сад "Лето"'), "zh": ("鞋", "书籍，礼品", "花园"),
              "en": ("Shoes", "Books, gifts", 'The "garden"')}  # fmt: skip
ENCODINGS = {
    "ru": ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866"),
    "zh": ("utf-8", "utf-8-sig", "utf-16", "gb18030"),
    "en": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
}
DATES = ("%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y年%m月%d日", "%d %b %Y")


def _amount(value, locale):
    whole, cents = f"{abs(value):.2f}".split(".")
    grouped = f"{int(whole):,}"
    sign = "-" if value < 0 else ""
    mark, group = {"ru": (",", "\u00a0"), "blank": (",", " "), "de": (",", "."),
                   "en": (".", ","), "plain": (".", "")}[locale]  # fmt: skip
    return sign + grouped.replace(",", group) + mark + cents


@st.composite
def exports(draw):
    """Return the bytes of a clean table in some layout, and the table."""
    language = draw(st.sampled_from(list(HEADERS)))
    encoding = draw(st.sampled_from(ENCODINGS[language]))
    sep = draw(st.sampled_from([",", ";", "\t", "|"]))
    locale = draw(st.sampled_from(["ru", "blank", "de", "en", "plain"]))
    if encoding in ("cp866", "koi8-r", "gb18030") and locale == "ru":
        locale = "blank"
    form = draw(st.sampled_from([d for d in DATES if "年" not in d or language == "zh"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    rows = draw(
        st.lists(
            st.tuples(
                st.from_regex(r"\A0?[0-9]{3,9}\Z"),
                st.dates(pd.Timestamp("2005-01-01").date(), pd.Timestamp("2029-12-31").date()),
                st.decimals(Decimal(-9999999), Decimal(9999999), places=2),
                st.sampled_from(CATEGORIES[language]),
            ),
            min_size=1,
            max_size=20,
        )
    )
    lines = [sep.join(HEADERS[language])]
    for i, (client, day, amount, category) in enumerate(rows):
        cells = [f"A{i}", client, day.strftime(form), _amount(amount, locale), category]
        lines.append(sep.join(_quoted(c, sep) for c in cells))
    return (end.join(lines) + end).encode(encoding), rows


def _quoted(cell, sep):
    return '"' + cell.replace('"', '""') + '"' if sep in cell or '"' in cell else cell


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exports())
def test_a_clean_table_comes_back_from_every_encoding_separator_and_locale(tmp_path, made):
    content, rows = made
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    loaded = load(path, table="orders")
    table = loaded.table
    assert len(loaded.quarantine) == 0
    assert table["customer_id"].tolist() == [r[0] for r in rows]
    assert table["ordered_at"].dt.date.tolist() == [r[1] for r in rows]
    assert table["amount"].tolist() == [float(r[2]) for r in rows]
    assert table["category"].tolist() == [r[3] for r in rows]


BASES = [
    ("Номер заказа;Код клиента;Дата;Сумма;Статус\n"
     + "".join(f"{i};0{i};{1 + i % 28:02}.05.2024;{i} 200,50;Выполнен\n" for i in range(12))
     ).encode("cp1251"),
    ("Order ID,Customer ID,Order date,Amount,Note\n"
     + "".join(f'{i},c{i},2024-05-{1 + i % 28:02},{i}.5,"a, ""b"""\n' for i in range(12))).encode(),
    ("订单号\t客户编号\t下单时间\t金额\n"
     + "".join(f"{i}\tc{i}\t2024年5月{1 + i % 28}日\t{i}.5\n" for i in range(12))
     ).encode("gb18030"),
    b"\xff\xfe" + "Customer ID,Amount\n1,2\n3,4\n".encode("utf-16-le"),
    b'[{"customer_id": "c1", "amount": 5, "x": {"y": [1, 2]}}, {"customer_id": "c2", "amount": 6}]',
    b'{"customer_id": "c1", "amount": 5}\n{"customer_id": "c2", "amount": 6}\n',
    (b"<html><body><table><tr><th>Customer ID</th><th>Amount</th></tr>"
     b"<tr><td>c1</td><td>5</td></tr></table></body></html>"),
    (b"<?xml version='1.0'?><orders><o><customer_id>c1</customer_id><amount>5</amount></o>"
     b"<o><customer_id>c2</customer_id><amount>6</amount></o></orders>"),
]  # fmt: skip
PIECES = [b'"', b"\x00", b"\n", b"\r", b";", b",", b"\t", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf",
          b"\xe2\x80", b"=cmd|' /C calc'!A0", b"1e999", b"-", b"9" * 400, b"\xd0\x98", b"<td>",
          b"{",
          b"]", b"&a;", b"PK\x03\x04", b"\x1f\x8b", b"sep=;\n", b"NaN", b"31.02.2024", b"\x1a",
          ]  # fmt: skip


def _mutated(rng):
    data = bytearray(rng.choice(BASES))
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(6):
            case 0:
                data[at:at] = rng.choice(PIECES)
            case 1:
                del data[at : at + rng.randint(1, 40)]
            case 2:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 3:
                data[at:at] = data[: rng.randint(0, 80)]
            case 4:
                data = data[: max(1, at)]
            case _:
                data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 6)))
    return bytes(data)


def _result_or_error(path, seed):
    """Load one spoilt file; return how long it took."""
    path.write_bytes(_mutated(random.Random(seed)))  # noqa: S311  # no secret
    start = time.perf_counter()
    try:
        info = load(path, table="orders").info
        assert (info["rows_in"] == info["rows_kept"] + info["rows_quarantined"]).all(), seed
    except CjmError:
        pass
    return time.perf_counter() - start


def test_three_hundred_spoilt_files_give_a_result_or_one_clear_error(tmp_path):
    took = [_result_or_error(tmp_path / "x.csv", seed) for seed in range(300)]
    assert max(took) < 30


@pytest.mark.slow
def test_ten_thousand_spoilt_files_give_a_result_or_one_clear_error(tmp_path):
    took = [_result_or_error(tmp_path / "x.csv", seed) for seed in range(300, 10_300)]
    assert max(took) < 30
