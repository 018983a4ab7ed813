"""What must not be published is found before it is."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.report.failure import masked
from cjm_research.report.gate import identifier_tables, page_faults, text_faults
from cjm_research.report.identifiers import Candidates, identifiers_among
from cjm_research.store.store import Store, commit


@pytest.fixture
def store(tmp_path):
    customers = pd.DataFrame(
        {
            "customer_id": ["C-00123", "77001234", "4512", "Ким_7"],
            "name": ["Анна Петрова", "ООО «Ромашка Логистик»", "Anna", "李 明"],
            "email": ["a@b.ru", None, None, None],
        }
    )
    orders = pd.DataFrame({"customer_id": ["C-00123"], "order_id": ["A55#9"], "amount": [1.0]})
    commit(tmp_path, {"customers": customers, "orders": orders}, info={})
    return Store.open(tmp_path)


def _found(store, text, **more):
    candidates = Candidates()
    candidates.add(text, "exhibit")
    return [leak.what for leak in identifiers_among(candidates, store, **more)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Заказчик C-00123, постоянный", "customers.customer_id"),
        ("customer c-00123.", "customers.customer_id"),
        ("(77001234)", "customers.customer_id"),
        ("Отзыв: анна  Петрова довольна", "customers.name"),
        ("перевозчик ООО Ромашка Логистик", "customers.name"),
        ("order A55#9", "orders.order_id"),
        ("/customers/C-00123/", "customers.customer_id"),
        ("名字 李 明", "customers.name"),
    ],
)
def test_an_identifier_on_a_page_is_found(store, text, what):
    assert what in _found(store, text)


@pytest.mark.parametrize(
    "text", ["4512 orders", "Anna Karenina", "C-001234", "77 001 234", "loyal customers 2026-11"]
)
def test_words_and_numbers_that_point_at_nobody_pass(store, text):
    assert _found(store, text) == []


def test_words_of_the_study_file_are_no_identifiers(store):
    assert _found(store, "Анна Петрова", allowed={"анна петрова"}) == []


def test_a_leak_is_named_without_being_repeated(store):
    candidates = Candidates()
    candidates.add("Анна Петрова", "pains")
    (leak,) = identifiers_among(candidates, store)
    assert str(leak) == "customers.name: Ан… in pains"


@pytest.mark.parametrize(
    "text",
    ["write to anna.k@shop.co.uk", "+7 921 123-45-67", "8 (921) 123-45-67", "89211234567",
     "13812345678", "+44 20 7946 0958"],
)  # fmt: skip
def test_mails_and_phones_are_found(text):
    assert text_faults(text, "x")


@pytest.mark.parametrize(
    "text",
    ["8 911 407,90 ₽", "12 345 678 901", "2026-11-22 – 2026-12-22", "8\u202f123\u202f456\u202f789",
     "95% CI 0.12 to 0.34", "@handle", "8,911,407.90"],
)  # fmt: skip
def test_numbers_and_dates_are_no_phones(text):
    assert text_faults(text, "x") == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script>1</script>",
        '<p onclick="x()">a</p>',
        '<a href="javascript:x()">a</a>',
        '<a href=" JaVaScript:x()">a</a>',
        '<img src="http://x/y.png" alt="a">',
        '<a href="//x.y">a</a>',
        "<iframe></iframe>",
        '<link rel="stylesheet" href="a.css">',
        '<img src="data:image/png;base64,AA">',
        '<svg viewBox="0 0 1 1"></svg>',
    ],
)
def test_scripts_requests_and_figures_without_words_are_refused(markup):
    faults, _ = page_faults(f'<main><figure id="ex">{markup}</figure></main>')
    assert [f.where for f in faults] == ["ex"]


def test_text_that_only_looks_like_markup_passes():
    faults, texts = page_faults('<p>&lt;script&gt;</p><svg role="img" aria-label="a"></svg>')
    assert faults == []
    assert texts["the page"] == ["<script>", "a"]


def test_number_cells_are_not_read():
    _, texts = page_faults('<table><tr><td class="num">77001234</td><td>b</td></tr></table>')
    assert texts == {"the page": ["b"]}


def test_a_column_of_identifiers_is_refused():
    block = {"id": "ex", "tables": [{"name": "t", "units": ["text", "identifier"]}]}
    assert [str(leak) for leak in identifier_tables([block])] == ["column of identifiers: t in ex"]


def test_a_message_of_an_error_hides_names_telephones_and_ids_of_the_store(store):
    message = "no row of Анна  Петрова, c-00123, 4512, Ким_7 or 李 明; call +7 921 123-45-67"
    told = masked(message, store=store.folder)
    assert told == "no row of •••, •••, 4512, ••• or •••; call •••"


def test_a_message_before_the_first_cleaning_hides_what_looks_like_an_id(tmp_path):
    assert masked("no C-00123 in line 12", store=tmp_path) == "no ••• in line 12"
