"""Nobody real is in the demo businesses."""

from __future__ import annotations

import re

import numpy as np

from cjm_research.demo.names import people, phones


def test_every_address_is_of_a_domain_for_examples(retail, freight):
    addresses = [*retail.customers["email"].dropna(), *freight.contacts["email"].dropna()]
    assert {a.rpartition("@")[2] for a in addresses} == {"example.com", "example.org"}


def test_every_telephone_is_of_the_range_that_nobody_has():
    numbers = [re.sub(r"\D", "", p) for p in phones(np.random.default_rng(0), 5_000)]
    assert all(re.fullmatch(r"[78]90000\d{5}", n) for n in numbers)
    assert len({n[1:] for n in numbers}) == 5_000


def test_tax_numbers_begin_with_a_region_that_does_not_exist(freight):
    numbers = freight.customers["tax_id"]
    assert numbers.str.fullmatch(r"00\d{8}").all()
    assert numbers.is_unique


def test_names_agree_in_gender():
    gender = np.array(["female", "male"] * 200, dtype=object)
    called = people(np.random.default_rng(0), gender)
    assert all(father.endswith(("овна", "на")) for _, _, father in called[::2])
    assert all(father.endswith(("ович", "ич")) for _, _, father in called[1::2])
    assert all(surname.endswith(("а", "ая")) for surname, _, _ in called[::2])
