"""Telephone numbers, e-mail addresses and tax numbers."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing.contacts import (
    e164,
    email,
    parse_emails,
    parse_phones,
    parse_tax_ids,
)
from cjm_research.cleaning.parsing.distinct import distinct_texts
from cjm_research.cleaning.parsing.tax_ids import tax_id_fits
from cjm_research.study.sources import Source


@pytest.mark.parametrize(
    "text",
    ["+7 (916) 123-45-67", "8 916 123 45 67", "8(916)1234567", "79161234567", "9161234567",
     "+7 916 123 45 67 доб. 12", "８９１６１２３４５６７", "8 10 7 916 123-45-67"],
)  # fmt: skip
def test_one_russian_number_has_one_form(text):
    assert e164(text, "RU") == "+79161234567"


@pytest.mark.parametrize("text", ["138 0013 8000", "+86 138-0013-8000", "0086 13800138000"])
def test_one_chinese_number_has_one_form(text):
    assert e164(text, "CN") == "+8613800138000"


def test_a_number_with_its_country_needs_no_region():
    assert e164("+44 20 7946 0958") == "+442079460958"


@pytest.mark.parametrize("text", ["12345", "нет телефона", "+7 916 ***-**-67", "0000000000000000"])
def test_what_is_no_number_is_none(text):
    assert e164(text, "RU") is None


@given(st.integers(9_000_000_000, 9_999_999_999), st.sampled_from(["8", "+7", "7", ""]))
def test_every_way_to_write_a_mobile_number_ends_the_same(number, prefix):
    assert e164(f"{prefix}{number}", "RU") == f"+7{number}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Anna.Petrova@Example.ORG", "anna.petrova@example.org"),
        ("mailto:a+b@mail.example.ru", "a+b@mail.example.ru"),
        ("почта@пример.рф", "почта@пример.рф"),
        ("аnna@example.org", None),  # the first letter is Cyrillic
        ("a..b@example.org", None),
        ("a@example", None),
        ("a@b@example.org", None),
        ("a@example.org, b@example.org", "a@example.org"),
    ],
)
def test_addresses(text, address):
    assert email(text) == address


# Sberbank's number on the public register, and the example of GB 32100-2015 in the standard's text.
@pytest.mark.parametrize(
    ("text", "region", "fits"),
    [
        ("7707083893", "RU", True),
        ("7707083892", "RU", False),
        ("500100732259", "RU", True),  # the tax service's own example of twelve digits
        ("500100732258", "RU", False),
        ("77070838", "RU", False),
        ("91350100M000100Y43", "CN", True),
        ("91350100M000100Y44", "CN", False),
        ("7707083893", "US", None),
        ("941240000193", "KZ", True),  # Kazakhtelecom's, on the public register
        ("971240001315", "KZ", True),  # Kaspi Bank's
        ("971240001316", "KZ", False),
        ("200988541", "BY", True),  # examples of python-stdnum 2.2
        ("MA1953684", "BY", True),
        ("МА1953684", "BY", True),  # in Cyrillic letters
        ("200988542", "BY", False),
    ],
)
def test_check_digits(text, region, fits):
    assert tax_id_fits(text, region) is fits


def test_one_slip_among_tax_numbers_is_pointed_out():
    column = distinct_texts(pa.array(["7707083893"] * 3 + ["7707083892"]))
    (note,) = parse_tax_ids(column, region="RU").notes
    assert (note.code, note.rows) == ("wrong_check_digit", 1)


def test_numbers_of_another_kind_are_not_called_slips():
    column = distinct_texts(pa.array(["1", "2", "3"]))
    assert parse_tax_ids(column, region="RU").notes == ()


def test_what_is_no_number_is_left_out_and_kept_in_the_changes(write):
    source = Source(table="customers", file="c.csv",
                    columns={"customer_id": "id", "phone": "tel", "email": "mail"})  # fmt: skip
    text = "id,tel,mail\na,8 916 123-45-67,A@B.ru\nb,call me,none\n"
    loaded = load(write(text, "c.csv"), source, hints={"currency": "RUB"})
    assert loaded.table[["phone", "email"]].fillna("").to_numpy().tolist() == [
        ["+79161234567", "a@b.ru"],
        ["", ""],
    ]
    assert loaded.changes["before"].tolist() == ["call me", "none"]
    assert loaded.issues["example"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("number", "fits"),
    [("1027700132195", True), ("1027700132196", False), ("304500116000157", True),
     ("304500116000158", False), ("7707083893/773601001", True), ("7707083893/77360", False)],
)  # fmt: skip
def test_numbers_of_the_russian_registers(number, fits):
    assert tax_id_fits(number, "RU") is fits


def test_a_column_of_russian_numbers_needs_no_country(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "customer_id,phone\n1,8 (916) 123-45-67 доб. 12\n2,тел. 89161234568\n"
        '3,"89161234569, 89161234570"\n4,138 0013 8000\n'
    )
    loaded = load(path, "customers")
    assert loaded.table["phone"].dropna().tolist() == [
        "+79161234567", "+79161234568", "+79161234569",
    ]  # fmt: skip
    assert "region=RU" in loaded.evidence["choice"].tolist()


def test_usual_numbers_are_read_as_one_by_one():
    texts = [
        "89161234567",
        "+7 (916) 123-45-68",
        "9161234569",
        "84951234567",
        "1",
        "+44 20 7946 0958",
    ]
    found = parse_phones(distinct_texts(pa.array(texts)), region="RU").cells
    assert found.fillna("").tolist() == [e164(t, "RU") or "" for t in texts]


def test_chinese_numbers_are_known_where_they_cannot_be_american(tmp_path):
    path = tmp_path / "c.csv"
    numbers = ["13800138000", "139 0013 9000", "137-0013-7000", "15012345678"]
    rows = [f"{i},{n}" for i, n in enumerate(numbers)]
    path.write_text("\n".join(["客户编号,手机号", *rows]), encoding="utf-8")
    loaded = load(path, "customers")
    assert loaded.table["phone"].tolist() == [
        "+8613800138000", "+8613900139000", "+8613700137000", "+8615012345678",
    ]  # fmt: skip
    assert "region=CN" in loaded.evidence["choice"].tolist()


def test_american_numbers_with_their_one_are_not_taken_for_chinese(tmp_path):
    path = tmp_path / "c.csv"
    rows = [f"{i},1{area}5550{100 + i}" for i, area in enumerate((312, 415, 503, 617, 702, 812))]
    path.write_text("\n".join(["customer_id,phone", *rows]), encoding="utf-8")
    assert load(path, "customers").table["phone"].isna().all()


def test_a_number_of_a_town_without_its_code_is_none():
    assert e164("345-67-89", "RU") is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("138****5678", "CN"),
        ("8 916 XXX-45-67", "RU"),
        ("12345678901", "CN"),
        ("8 029 123 45 67", "RU"),
        ("+7 (000) 000-00-00", "RU"),
        ("000-000-0000", "US"),
    ],
)
def test_hidden_digits_and_beginnings_that_no_number_has_are_none(text, region):
    assert e164(text, region) is None


def test_a_number_that_a_spreadsheet_counted_with_is_read():
    assert e164("79161234567.0", "RU") == "+79161234567"


@pytest.mark.parametrize(
    ("text", "number"),  # examples of libphonenumber's own tests
    [
        ("+44 20 7031 3000", "+442070313000"),
        ("+39 02 3661 8300", "+390236618300"),
        ("+54 9 11 8765 4321", "+5491187654321"),
        ("+64 3 331 6005", "+6433316005"),
        ("tel:+1-650-253-0000", "+16502530000"),
    ],
)
def test_numbers_of_other_countries(text, number):
    assert e164(text, "RU") == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Anna K. <a@b.ru>", "a@b.ru"),
        ("a@b.ru; c@d.ru", "a@b.ru"),
        ("a@mail.ru (work)", "a@mail.ru"),
        ("a@b.ru.", "a@b.ru"),
        (".a@b.ru", None),
        ("a@-b.ru", None),
        ("a@[127.0.0.1]", None),
        ("x" * 65 + "@b.ru", None),
    ],
)
def test_addresses_with_names_and_addresses_that_no_mail_reaches(text, address):
    assert email(text) == address
    cells = parse_emails(distinct_texts(pa.array([text]))).cells
    assert cells.fillna("").tolist() == [address or ""]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("11010519491231002X", True),  # GB 11643-1999, its example
        ("110105194912310021", False),
        ("440300708461136", None),  # 15 digits, before 2015: without a check
    ],
)
def test_numbers_of_persons_and_old_numbers_in_china(text, fits):
    assert tax_id_fits(text, "CN") is fits


def test_tax_numbers_are_bare_and_zeros_that_were_lost_come_back():
    texts = ["ИНН 7707083893", "500100732259.0", "105020396", "7702 070139", "0000000000"]
    parsed = parse_tax_ids(distinct_texts(pa.array(texts)), region="RU")
    bare = ["7707083893", "500100732259", "0105020396", "7702070139", "0000000000"]
    assert parsed.cells.tolist() == bare
    assert [c.choice for c in parsed.choices] == ["leading_zero"]
    assert [(n.code, n.rows) for n in parsed.notes] == [("wrong_check_digit", 1)]
