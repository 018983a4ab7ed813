"""What cannot be is set aside or left out; what is odd is pointed out and kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.clean_study import clean_study
from cjm_research.cleaning.outliers import outlying
from cjm_research.study.model import Study

PEOPLE = {"table": "customers", "file": "c.csv",
          "columns": {"customer_id": "id", "acquired_on": "came", "churned_on": "left",
                      "referred_by": "by", "updated_at": "at"}}  # fmt: skip
ORDERS = {"table": "orders", "file": "*.csv", "unknown_customers": "keep",
          "columns": {"customer_id": "who", "order_id": "no", "amount": "sum", "status": "state",
                      "ordered_at": "day", "quantity": "n", "currency": "money", "paid_on": "paid"},
          }  # fmt: skip
HEAD = "who,no,sum,state,day,n,money,paid\n"


def _cleaned(folder, *sources, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    study = Study.model_validate(
        {
            "name": "shop", "title": "Shop", "languages": ["en"], "currency": "RUB",
            "research": {"question": "Who buys?"}, "sources": list(sources),
        }
    )  # fmt: skip
    return clean_study(study, folder)


def _issues(found):
    rows = found.tables["issues"]
    return {(r.code, r.column or "", r.outcome): int(r.rows) for r in rows.itertuples()}


def _orders(*rows):
    return HEAD + "".join(",".join(map(str, r)) + "\n" for r in rows)


def _line(i, amount=100, **cells):
    day = f"2026-01-{1 + i % 28:02d}"
    usual = {"state": "completed", "day": day, "n": 1, "money": "RUB", "paid": ""}
    return (f"c{i % 20}", i, amount, *(usual | cells).values())


def test_an_outlier_is_pointed_out_and_kept(tmp_path):
    rows = [_line(i, 90 + i % 20) for i in range(100)] + [_line(100, 90_000_000)]
    found = _cleaned(tmp_path, ORDERS, o=_orders(*rows))
    assert _issues(found)["outlier", "amount", "flagged"] == 1
    assert found.tables["orders"]["amount"].max() == 90_000_000


@given(st.lists(st.floats(50, 200), min_size=50, max_size=120))
def test_amounts_of_one_size_have_no_outlier(amounts):
    assert not outlying(np.array(amounts)).any()


@given(st.lists(st.floats(-1e6, 1e9), max_size=49))
def test_few_values_have_no_outlier(amounts):
    assert not outlying(np.array(amounts)).any()


def test_log_normal_amounts_have_hardly_an_outlier():
    # Six standard deviations of a normal law: 2e-9 (tables of the normal distribution).
    values = np.random.default_rng(5).lognormal(8, 1.5, 200_000)
    assert outlying(values).sum() == 0


def test_money_of_another_currency_is_pointed_out(tmp_path):
    rows = [_line(1), _line(2, money="USD"), _line(3, money="usd")]
    found = _cleaned(tmp_path, ORDERS, o=_orders(*rows))
    assert _issues(found)["other_currency", "currency", "flagged"] == 2
    assert len(found.tables["orders"]) == 3


def test_a_file_in_kopecks_among_roubles_is_pointed_out(tmp_path):
    roubles = _orders(*(_line(i, 900 + i) for i in range(60)))
    kopecks = _orders(*(_line(i, 100 * (900 + i)) for i in range(60, 100)))
    found = _cleaned(tmp_path, ORDERS, a=roubles, b=kopecks)
    assert _issues(found)["unit_clash", "amount", "flagged"] == 40


def test_a_second_export_of_the_same_days_counts_once(tmp_path):
    first = [_line(i) for i in range(40)]
    found = _cleaned(tmp_path, ORDERS, jan=_orders(*first), jan_late=_orders(*first, _line(99)))
    assert len(found.tables["orders"]) == 41
    assert _issues(found)["re_exported", "", "set_aside"] == 40


def test_equal_lines_within_one_export_stay_two(tmp_path):
    rows = [_line(i) for i in range(40)]
    twice = _orders(*rows, _line(0))
    found = _cleaned(tmp_path, ORDERS, a=twice, b=twice)
    assert len(found.tables["orders"]) == 41


def test_equal_lines_of_two_shops_are_kept(tmp_path):
    shop = [_line(i, 100 + i) for i in range(60)]
    other = [_line(i, 300 + i) for i in range(60)] + shop[:12]
    found = _cleaned(tmp_path, ORDERS, a=_orders(*shop), b=_orders(*other))
    assert len(found.tables["orders"]) == 132


def test_a_refund_of_an_order_that_is_not_there_is_pointed_out(tmp_path):
    bought = ("a", 1, 100, "completed", "2026-01-05", 1, "RUB", "")
    back = ("a", 2, -100, "returned", "2026-01-07", -1, "RUB", "")
    early = ("a", 3, -100, "returned", "2026-01-01", -1, "RUB", "")
    stranger = ("b", 4, -100, "returned", "2026-01-07", -1, "RUB", "")
    found = _cleaned(tmp_path, ORDERS, o=_orders(bought, back, early, stranger))
    assert _issues(found)["return_without_order", "status", "flagged"] == 2


def test_days_that_cannot_follow_each_other_are_left_out(tmp_path):
    text = "id,came,left,by,at\na,2025-05-01,2025-01-01,,\nb,2025-01-01,2025-05-01,a,\n"
    found = _cleaned(tmp_path, PEOPLE, c=text)
    assert found.tables["customers"]["churned_on"].isna().tolist() == [True, False]
    assert _issues(found) == {("left_before_came", "churned_on", "left_out"): 1}


def test_a_payment_long_before_the_order_is_left_out(tmp_path):
    rows = [_line(1, paid="2025-12-20"), _line(2, paid="2024-12-20")]
    orders = _cleaned(tmp_path, ORDERS, o=_orders(*rows)).tables["orders"]
    assert orders["paid_on"].isna().tolist() == [False, True]


def test_what_has_happened_is_not_years_ahead(tmp_path):
    people = "id,came,left,by,at\nc1,2025-05-01,,,2062-01-01\nc2,2026-02-01,,,2026-02-03\n"
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "c.csv").write_text(people)
    found = _cleaned(tmp_path, {**PEOPLE, "file": "crm/c.csv"}, ORDERS, o=_orders(_line(1)))
    assert found.tables["customers"]["updated_at"].isna().tolist() == [True, False]


def test_a_customer_referred_by_nobody_known_is_pointed_out(tmp_path):
    found = _cleaned(tmp_path, PEOPLE, c="id,came,left,by,at\na,,,b,\nb,,,zz,\n")
    assert _issues(found) == {("unknown_reference", "referred_by", "flagged"): 1}
    assert found.tables["customers"]["referred_by"].tolist() == ["b", "zz"]


@pytest.mark.parametrize("low_high", ["10,1", "5,5"])
def test_a_scale_upside_down_is_set_aside(tmp_path, low_high):
    source = {"table": "feedback", "file": "f.csv", "constants": {"kind": "rating"},
              "columns": {"score": "s", "scale_min": "a", "scale_max": "b"}}  # fmt: skip
    found = _cleaned(tmp_path, source, f=f"s,a,b\n5,{low_high}\n5,1,10\n")
    assert found.tables["quarantine"]["code"].tolist() == ["scale_upside_down"]


def test_every_row_is_kept_or_set_aside_whatever_is_wrong(tmp_path):
    rows = [_line(i, amount, day=day, state=state, n=n) for i, (amount, day, state, n) in enumerate(
        [(-5, "2026-01-01", "returned", -1), ("x", "2026-01-01", "completed", 1),
         (5, "31.02.2026", "completed", 1), (5, "2062-01-01", "completed", -3)] * 8)]  # fmt: skip
    found = _cleaned(tmp_path, ORDERS, a=_orders(*rows), b=_orders(*rows))
    loads = found.tables["loads"]
    assert (loads["rows_in"] == loads["rows_kept"] + loads["rows_quarantined"]).all()
    assert loads["rows_in"].sum() == 64
    assert pd.notna(found.tables["quarantine"]["code"]).all()
