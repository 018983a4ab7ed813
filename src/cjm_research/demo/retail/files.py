"""The shop's raw files, spoiled as planned, and the truth about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.coding import CODING, coding_sheets
from cjm_research.demo.dirt import set_cells, spoil
from cjm_research.demo.draw import generator
from cjm_research.demo.files import write_text, write_workbook
from cjm_research.demo.planted import Truth
from cjm_research.demo.retail import (
    campaigns,
    opinions,
    plan,
    purchases,
    questionnaire,
    raw,
    visits,
)
from cjm_research.demo.retail import people as crowd

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.demo.dirt import Spoil
    from cjm_research.demo.draw import Variant

WAYS: dict[str, dict[tuple[str, str], Spoil]] = {
    "crm_customers.csv": {
        ("blank_key", "customer_id"): set_cells("ID клиента", [""]),
        ("bad_date", "birth_date"): set_cells(
            "Дата рождения", ["31.02.1987", "00.00.0000", "15.13.1990", "01.01.2091"]
        ),
    },
    "shop_order_lines.csv": {
        ("bad_date", "ordered_at"): set_cells(
            "Created at", ["2026-13-45 10:00", "2026-00-00 00:00", "30.02.2026 12:00"],
            **{"Order ID": "D"},
        ),
        ("unknown_customer", "customer_id"): set_cells(
            "Customer ID", [f"X{i:05d}" for i in range(60)], **{"Order ID": "U"}
        ),
        ("impossible_value", "amount"): set_cells(
            "Line total", ["#REF!", "n/a?", "-"], **{"Order ID": "V"}
        ),
        ("blank_key", "customer_id"): set_cells("Customer ID", [""], **{"Order ID": "B"}),
    },
    "web_hits.tsv": {
        ("bad_date", "occurred_at"): set_cells(
            "ym:pv:dateTime", ["2026-02-30 10:00:00", "2026-00-00 00:00:00"],
            **{"ym:pv:watchID": "46129"},
        ),
        ("unknown_customer", "customer_id"): set_cells(
            "ym:pv:clientID", [f"X{i:05d}" for i in range(100)], **{"ym:pv:watchID": "46139"}
        ),
    },
    "feedback.xlsx": {
        ("bad_date", "given_at"): set_cells(
            "Дата", ["31.02.2026", "вчера", "00.00.2026"], **{"№ ответа": "D"}
        ),
        ("impossible_value", "score"): set_cells("Оценка", [55, -3, 99], **{"№ ответа": "V"}),
        ("unknown_customer", "customer_id"): set_cells(
            "ID клиента", [f"X{i:05d}" for i in range(20)], **{"№ ответа": "U"}
        ),
        ("blank_text", "text"): set_cells("Текст", [""]),
    },
}  # fmt: skip


def write_files(folder: Path, *, seed: int, variant: Variant = "planted") -> None:
    """Write every raw file of the shop into a folder."""
    tables = {
        name: spoil(
            table,
            [d for d in plan.DIRT if d.file == name],
            rng=generator(seed, f"dirt of {name}"),
            ways=WAYS.get(name, {}),
        )
        for name, table in clean_tables(seed, variant).items()
    }
    answers = tables.pop("feedback.xlsx")
    _write_coding_sheets(folder / CODING, seed, answers)
    write_workbook(
        answers.drop(columns="told"), folder / "feedback.xlsx",
        sheet="Ответы", title="Опросы и отзывы, выгрузка за год", dates=("Дата",),
    )  # fmt: skip
    write_text(tables.pop("crm_customers.csv"), folder / "crm_customers.csv",
               encoding="cp1251", delimiter=";")  # fmt: skip
    write_text(tables.pop("shop_order_lines.csv"), folder / "shop_order_lines.csv",
               encoding="utf-8-sig")  # fmt: skip
    write_text(tables.pop("web_hits.tsv"), folder / "web_hits.tsv", delimiter="\t")
    write_text(tables.pop("care_contacts.csv"), folder / "care_contacts.csv", delimiter=";")
    write_text(tables.pop("survey_2026.csv"), folder / "survey_2026.csv", delimiter=";")
    for name, table in tables.items():
        write_text(table, folder / name)


def planted_groups(seed: int) -> pd.DataFrame:
    """Return what category each buyer likes most."""
    people = crowd.customers(seed)
    _, started = campaigns.redesign(seed, purchases.attempts(seed, people))
    _, started = campaigns.spring(seed, people, started)
    placed = purchases.orders(seed, people, started)
    return pd.DataFrame({
        "customer_id": people["customer_id"],
        "grouping": "taste",
        "group": purchases.favourites(seed, people, placed),
    })[people["is_buyer"].to_numpy()]  # fmt: skip


def clean_tables(seed: int, variant: Variant = "planted") -> dict[str, pd.DataFrame]:
    """Draw the whole business: each raw file's rows before anything is spoiled."""
    people = crowd.customers(seed)
    redesigned, started = campaigns.redesign(seed, purchases.attempts(seed, people))
    mailed, started = campaigns.spring(seed, people, started)
    others = [campaigns.reminder(seed, people), campaigns.letter(seed, people)]
    shown = pd.concat([mailed, redesigned, *others], ignore_index=True)
    placed = purchases.orders(seed, people, started)
    started = _with_order_ids(started, placed)
    bought = purchases.lines(seed, people, placed, variant=variant)
    people = purchases.churn(seed, people, started)
    happened = visits.events(people, started, placed=placed, seed=seed)
    said = opinions.feedback(seed, people, happened)
    first = happened.groupby("row")["at"].min().reindex(range(len(people)))
    since = first.fillna(pd.Timestamp(plan.FIRST)).to_numpy()
    return {
        "crm_customers.csv": raw.customers(seed, people, since),
        "shop_order_lines.csv": raw.order_lines(people, bought),
        "web_hits.tsv": raw.web_hits(seed, people, happened, bought),
        "feedback.xlsx": raw.feedback(people, said).assign(told=said["told"]),
        "mailing_exposures.csv": raw.exposures(people, shown),
        "mailing_outcomes.csv": raw.outcomes(people, campaigns.outcomes(seed, shown)),
        "care_contacts.csv": raw.care_contacts(seed, people, bought),
        "survey_2026.csv": questionnaire.answers(seed, people),
        "ad_totals.csv": raw.ad_totals(campaigns.banners(seed)),
    }


def planted() -> Truth:
    """Return what is planted in the shop's files."""
    starters = plan.N_CUSTOMERS * float(np.prod(list(plan.REACHED.values())))
    return Truth(
        name="retail",
        first_day=str(plan.FIRST.astype("datetime64[D]")),
        last_day=str(plan.LAST.astype("datetime64[D]")),
        sizes={
            "crm_customers.csv": plan.N_CUSTOMERS,
            "shop_order_lines.csv": plan.N_LINES,
            "web_hits.tsv": plan.N_EVENTS,
            "feedback.xlsx": sum(opinions.TEXTS.values()),
            "care_contacts.csv": 3000,
            "survey_2026.csv": sum(questionnaire.ASKED.values()) * questionnaire.N_QUESTIONS,
        },
        survey=questionnaire.planted(),
        segments=plan.segments(),
        themes=plan.THEMES,
        effects=plan.EFFECTS,
        broken_splits=plan.SPLITS,
        churn_causes=plan.CAUSES,
        step_rates={
            "awareness": plan.REACHED["consideration"],
            "consideration": plan.REACHED["purchase"],
            "purchase": plan.N_BUYERS / starters,
            "after_sales": plan.AFTER_SALES_TO_LOYALTY,
        },
        weakest_step="purchase",
        low_mood_stage="purchase",
        dirt=plan.DIRT,
        coding=plan.CODING,
    )


def _write_coding_sheets(folder: Path, seed: int, answers: pd.DataFrame) -> None:
    """Write what people found in some of the answers, those that the cleaning keeps."""
    is_kept = answers["№ ответа"].str.startswith("F") & (answers["Текст"] != "")
    kept = answers.loc[is_kept, ["№ ответа", "told"]].drop_duplicates("№ ответа")
    themes = [t.theme for t in plan.THEMES]
    folder.mkdir()
    for name, sheet in coding_sheets(
        seed, kept.rename(columns={"№ ответа": "feedback_id"}), themes=themes, plan=plan.CODING
    ).items():
        write_workbook(sheet, folder / name, sheet="coding", title="Разметка отзывов по темам")


def _with_order_ids(started: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """Tell each placed attempt the number of its order."""
    ids = started[started["is_placed"]].sort_values(["at", "row"]).index
    numbers = pd.Series("", index=started.index, dtype=object)
    numbers.loc[ids] = placed["order_id"].to_numpy()
    return started.assign(order_id=numbers)
