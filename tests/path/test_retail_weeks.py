"""The retail demo's files arrive week by week, and its reports tell what was planted, no more."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from tests.conftest import project

from cjm_research import demo
from cjm_research.report.prepare import Selection
from cjm_research.report.run import Options, run_study

pytestmark = [pytest.mark.path, pytest.mark.slow]

BEGIN = "2026-04-20"  # of visits and words; orders are there from their first one
ENDS = ("2026-05-25", "2026-06-01", "2026-06-08")
"""The first day, and the day after the last one of each weekly export.

The demo's shop takes its last orders on 15 June: in a later week nobody would have ordered again,
the share of champions would fall because of it, and the report would rightly say so."""
FILES = ("crm_customers.csv", "shop_order_lines.csv", "web_hits.tsv", "feedback.csv")
REPORTS = ("pains_and_needs", "journey_map", "segment_portraits", "customer_matrix")
FOLLOWED = "147"
FIRST_ORDERS = 120
COMPLAINT = " Курьер опоздал на три дня, никто не предупредил."
MONDAY = 1_779_688_800.0
A_WEEK = 7 * 86_400.0


def _smaller(text):
    """Keep of the study what the arriving files need, and two of its reports."""
    text = re.sub(r"(?m)^as_of = .*$", "", text).replace("feedback.xlsx", "feedback.csv")
    kept, is_wanted = [], True
    for block in re.split(r"(?m)^(?=\[)", text):
        name = re.match(r"\[+([\w.]*)", block)
        top = name[1].split(".")[0] if name else ""
        if block.startswith("[[sources]]"):
            is_wanted = any(f'"{file}"' in block for file in FILES)
        elif top == "groupings":
            is_wanted = (name[1] != "groupings" and is_wanted) or 'id = "life_situation"' in block
        elif top != "sources":
            is_wanted = top not in {"survey", "experiments", "hypotheses"}
        if is_wanted:
            kept.append(block)
    return "".join(kept) + "".join(f'\n[[reports]]\nid = "{report}"\n' for report in REPORTS)


def _arrived(raw):
    """Return the demo's tables that grow, with the column of their time."""
    plain = {"dtype": str, "keep_default_na": False}
    opinions = pd.read_excel(
        raw / "feedback.xlsx", engine="calamine", header=2, dtype=str, na_filter=False
    )
    return {
        "shop_order_lines.csv": (
            pd.read_csv(raw / "shop_order_lines.csv", encoding="utf-8-sig", **plain),
            "Created at",
        ),
        "web_hits.tsv": (
            pd.read_csv(raw / "web_hits.tsv", sep="\t", **plain),
            "ym:pv:dateTime",
        ),
        "feedback.csv": (opinions, "Дата"),
    }


def _is_followed(table):
    """Keep every third customer or so: the story is the same and told in a third of the time."""
    customer = table.columns.intersection(["Customer ID", "ym:pv:clientID"])
    return table[customer[0]].str[-1:].isin(list(FOLLOWED)) if len(customer) else True


def _bought_first(lines, customers, *, days):
    """Let customers who never ordered place their first order, each on one of the days."""
    rng = np.random.default_rng(20260618)
    never = sorted(set(customers) - set(lines["Customer ID"]))
    who = rng.choice([name for name in never if name[-1] in FOLLOWED], FIRST_ORDERS, replace=False)
    like = lines[lines["Status"] == "Completed"].sample(FIRST_ORDERS, random_state=20260618)
    on = pd.Series(rng.choice(days, FIRST_ORDERS), index=like.index)
    clock = {name: on + like[name].str[10:] for name in ("Created at", "Promised at")}
    numbers = [str(9_000_000 + i) for i in range(FIRST_ORDERS)]
    new = like.assign(**{"Customer ID": who, "Order ID": numbers, "Line": "1", "Delivered at": ""})
    return pd.concat([lines, new.assign(**clock)], ignore_index=True)


def _planted(opinions, *, since):
    """Make deliveries of the third week late for most who wrote: grades fall, complaints come."""
    rng = np.random.default_rng(20260617)
    is_late = (opinions["Дата"] >= since) & (rng.random(len(opinions)) < 0.8)
    told = opinions["Текст"].where(~is_late, opinions["Текст"] + COMPLAINT)
    grade = opinions["Оценка"].where(~is_late, opinions["Шкала от"])
    return opinions.assign(Текст=told, Оценка=grade)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    """Return of each of three weekly runs what its reports, summary and index say."""
    root = project(tmp_path_factory.mktemp("retail"))
    path, raw = root / "studies/retail.toml", root / "data/raw/retail"
    path.write_text(_smaller(path.read_text(encoding="utf-8")), encoding="utf-8")
    demo.write("retail", raw)
    shutil.rmtree(raw / "coding", ignore_errors=True)  # of answers that have not arrived here
    tables = _arrived(raw)
    opinions, day = tables["feedback.csv"]
    tables["feedback.csv"] = (_planted(opinions, since=ENDS[1]), day)
    lines, day = tables["shop_order_lines.csv"]
    crm = pd.read_csv(raw / "crm_customers.csv", sep=";", encoding="cp1251", dtype=str)
    grown = _bought_first(
        lines, crm.iloc[:, 0].dropna(), days=["2026-06-02", "2026-06-04", "2026-06-06"]
    )
    tables["shop_order_lines.csv"] = (grown, day)
    told = []
    for number, end in enumerate(ENDS):
        for file, (table, at) in tables.items():
            since = "" if at == "Created at" else BEGIN
            rows = table[(table[at] >= since) & (table[at] < end) & _is_followed(table)]
            rows.to_csv(raw / file, index=False, sep="\t" if file.endswith(".tsv") else ",")
        done = run_study(
            "retail", root, options=Options(selection=Selection(), workers=2),
            clock=lambda at=number: MONDAY + at * A_WEEK,
        )  # fmt: skip
        assert {d.status for d in done} == {"fresh"}, done
        told.append(_told(root / "reports", {d.report: d.stem for d in done}))
    return told


def _told(reports, stems):
    of_report = {
        name: json.loads((reports / f"retail/{stem}.manifest.json").read_text(encoding="utf-8"))
        for name, stem in stems.items()
    }
    pages = {
        name: (reports / f"{name}.html").read_text(encoding="utf-8")
        for name in ("retail/summary.en", "retail/summary.ru", "index")
    }
    return of_report | pages


def _moved(week):
    return [m for name in REPORTS for m in week[name]["changes"].get("moved", ())]


def test_the_first_run_compares_with_nothing(weeks):
    assert _moved(weeks[0]) == []
    assert "This is the first report" in weeks[0]["retail/summary.en"]


@pytest.mark.parametrize("report", REPORTS)
def test_a_week_like_those_before_is_told_as_no_change(weeks, report):
    changes = weeks[1][report]["changes"]
    assert changes["n_compared"] > 0
    assert changes["moved"] == []


def test_the_summary_of_a_quiet_week_says_so(weeks):
    assert "Nothing moved by more than noise" in weeks[1]["retail/summary.en"]


@pytest.mark.parametrize(
    ("report", "said", "unit"),
    [
        ("pains_and_needs", "“Late delivery”", "share"),
        ("journey_map", ": mood +", "mood"),
        ("customer_matrix", "New: ", "share"),
    ],
)
def test_the_report_names_what_was_planted_and_nothing_else(weeks, report, said, unit):
    moved = weeks[2][report]["changes"]["moved"]
    assert moved
    assert [m["sentence"]["en"] for m in moved if said not in m["sentence"]["en"]] == []
    assert {m["unit"] for m in moved} == {unit}
    assert {m["after"] > m["before"] for m in moved} == {unit == "share"}


def test_what_nobody_planted_is_told_of_no_segment(weeks):
    # late deliveries and first orders were planted among all customers alike
    portraits = weeks[2]["segment_portraits"]["changes"]
    assert portraits["n_compared"] > 100
    assert portraits["moved"] == []


def test_summary_and_index_say_it_in_the_languages_of_the_study(weeks):
    for page in ("retail/summary.en", "retail/summary.ru", "index"):
        assert "▲" in weeks[2][page]
    assert "Срыв сроков доставки" in weeks[2]["retail/summary.ru"]
