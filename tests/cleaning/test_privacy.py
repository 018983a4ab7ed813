"""What leaves the project names nobody, asks nobody who refused, and runs nothing."""

from __future__ import annotations

import csv
import hashlib
import hmac

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.privacy import (
    consented,
    harmless,
    hashed,
    hashing_key,
    without_identifiers,
    write_csv,
)
from cjm_research.errors import DataError, ParameterError

KEY = b"a secret of the shop"


def test_a_hash_is_the_standards_hmac():
    expected = hmac.new(KEY, b"email\0a@b.org", hashlib.sha256).hexdigest()[:32]
    assert hashed(pd.Series(["A@B.org "]), key=KEY, purpose="email").tolist() == [expected]


def test_another_key_or_purpose_gives_another_hash():
    text = pd.Series(["+79161234567"])
    found = {
        hashed(text, key=KEY, purpose="phone")[0],
        hashed(text, key=KEY, purpose="name")[0],
        hashed(text, key=KEY[::-1], purpose="phone")[0],
    }
    assert len(found) == 3


def test_a_missing_identifier_stays_missing():
    assert hashed(pd.Series([None, "a"]), key=KEY, purpose="x").isna().tolist() == [True, False]


@pytest.mark.parametrize(("text", "said"), [("", "is not set"), ("short", "has 5 characters")])
def test_a_missing_or_short_key_is_a_clear_error(text, said):
    with pytest.raises(ParameterError, match=f"CJM_HASH_KEY {said}"):
        hashing_key({"CJM_HASH_KEY": text})


def test_tables_still_join_and_no_name_is_left():
    customers = pd.DataFrame(
        {
            "customer_id": ["c1", "c2"], "name": ["Anna", "Olga"], "city": ["Omsk", "Perm"],
            "birth_date": pd.to_datetime(["1980-05-06", None]).astype("datetime64[us]"),
            "passport": ["77", "78"], "referred_by": [None, "c1"],
        }
    )  # fmt: skip
    quarantine = pd.DataFrame(
        {
            "table": ["customers", "orders", "orders"], "column": ["name", "amount", ""],
            "value": ["Anna", "-5", "Anna;5"], "customer_id": ["c1", "c2", None],
        }
    )  # fmt: skip
    orders = pd.DataFrame({"customer_id": ["c2"], "amount": [5.0]})
    tables = {"customers": customers, "orders": orders, "quarantine": quarantine}
    found = without_identifiers(tables, key=KEY, personal=["passport"])
    people = found["customers"]
    assert found["orders"]["customer_id"].tolist() == [people["customer_id"][1]]
    assert people["referred_by"][1] == people["customer_id"][0]
    assert people["city"].tolist() == ["Omsk", "Perm"]
    assert str(people["birth_date"][0].date()) == "1980-01-01"
    assert found["quarantine"]["value"].isna().tolist() == [True, False, True]
    written = " ".join(f.to_csv() for f in found.values())
    assert not [
        t for t in ("Anna", "Olga", "c1", "c2", "77", "78", "05-06") if t in written.split(",")
    ]


def test_nobody_is_contacted_where_no_consent_is_known():
    with pytest.raises(DataError, match="Nobody's consent is known"):
        consented(pd.DataFrame({"customer_id": ["a"]}))


def test_service_messages_go_to_those_who_were_not_asked_but_not_to_those_who_refused():
    customers = pd.DataFrame(
        {
            "customer_id": ["yes", "no", "unasked"],
            "consent_marketing": pd.array([True, False, None], dtype="boolean"),
        }
    )
    assert consented(customers, unknown="allow")["customer_id"].tolist() == ["yes", "unasked"]


@given(st.text(max_size=20))
def test_no_cell_is_left_that_begins_like_a_formula(text):
    safe = harmless(text)
    assert safe.removeprefix("'") == text or safe == text
    starts = safe.lstrip(" ").startswith(("=", "@", "\t", "\r", "＝", "＠"))
    assert not starts


def test_a_written_table_comes_back_and_runs_nothing(tmp_path):
    path = tmp_path / "lists" / "spring.csv"
    frame = pd.DataFrame(
        {
            "name": ["=cmd|' /C calc'!A0", "Ёлкина, Анна"],
            "phone": ["+79161234567", None],
            "n": [-1, 2],
        }
    )
    write_csv(frame, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["name", "phone", "n"],
        ["'=cmd|' /C calc'!A0", "+79161234567", "-1"],
        ["Ёлкина, Анна", "", "2"],
    ]
    assert [p.name for p in path.parent.iterdir()] == ["spring.csv"]
