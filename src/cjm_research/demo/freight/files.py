"""The forwarder's raw files, spoiled as planned, and the truth about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.demo.dirt import set_cells, spoil
from cjm_research.demo.draw import generator
from cjm_research.demo.files import write_text, write_workbook
from cjm_research.demo.freight import (
    carriage,
    journey,
    opinions,
    plan,
    questionnaire,
    raw,
    rivals,
)
from cjm_research.demo.freight import companies as firms
from cjm_research.demo.planted import Truth

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cjm_research.demo.dirt import Spoil
    from cjm_research.demo.draw import Variant

WAYS: dict[str, dict[tuple[str, str], Spoil]] = {
    "companies.csv": {
        ("blank_key", "customer_id"): set_cells("ID компании", [""]),
        ("impossible_value", "employees"): set_cells("Сотрудников", ["-5", "много"]),
    },
    "deals.csv": {
        ("unknown_customer", "customer_id"): set_cells(
            "company_id", ["К-9001", "К-9002"], id="U"
        ),
    },
    "shipments.xlsx": {
        ("bad_date", "ordered_at"): set_cells(
            "Дата заявки", ["31.02.2026", "скоро"], **{"№ перевозки": "D"}
        ),
        ("unknown_customer", "customer_id"): set_cells(
            "Клиент", ["К-9001", "К-9003"], **{"№ перевозки": "U"}
        ),
        ("impossible_value", "amount"): set_cells(
            "Сумма, руб.", ["#ЗНАЧ!", "по договорённости"], **{"№ перевозки": "V"}
        ),
    },
    "tickets.csv": {
        ("bad_date", "given_at"): set_cells("Создан", ["32.05.2026", "вчера"], Номер="D"),
    },
    "surveys.csv": {
        ("impossible_value", "score"): set_cells("Оценка", ["100", "-1"], **{"№": "V"}),
    },
    "journey_log.tsv": {
        ("bad_date", "occurred_at"): set_cells(
            "time", ["2026-02-30 09:00:00", "2026-00-00 00:00:00"], event_id="d"
        ),
    },
}  # fmt: skip
CP1251 = ("companies.csv", "contracts.csv", "care_contacts.csv")
SEMICOLON = (*CP1251, "contacts.csv", "surveys.csv", "tickets.csv", "status_test.csv",
             "survey_2026.csv", "carriers_survey.csv", "rivals.csv")  # fmt: skip


def write_files(folder: Path, *, seed: int, variant: Variant = "planted") -> None:
    """Write every raw file of the forwarder into a folder."""
    for name, table in clean_tables(seed, variant).items():
        planned = [d for d in plan.DIRT if d.file == name]
        rng = generator(seed, f"dirt of {name}")
        _write(spoil(table, planned, rng=rng, ways=WAYS.get(name, {})), folder / name)


def planted_groups(seed: int) -> pd.DataFrame:
    """Return which companies ship in which rhythm."""
    table = firms.companies(seed)
    often = table.loc[table["reaches_repeat"], ["customer_id", "is_frequent"]]
    group = often["is_frequent"].map({True: "frequent", False: "occasional"})
    return often[["customer_id"]].assign(grouping="rhythm", group=group)


def clean_tables(seed: int, variant: Variant = "planted") -> dict[str, pd.DataFrame]:
    """Draw the whole business: each raw file's rows before anything is spoiled."""
    table = firms.companies(seed)
    shipped = carriage.shipments(seed, table, variant)
    first = journey.first_requests(seed, table, shipped)
    table = firms.fate(seed, table, shipped)
    happened = journey.events(seed, table, shipped=shipped, first=first)
    said = opinions.feedback(seed, table, happened)
    shown, happened = journey.status_test(seed, table, happened)
    return {
        "companies.csv": raw.companies(seed, table, first),
        "contacts.csv": raw.contacts(seed, table, carriage.roles(seed, table)),
        "deals.csv": raw.deals(table, carriage.deals(seed, table, first)),
        "contracts.csv": raw.contracts(table, carriage.contracts(seed, table, first)),
        "shipments.xlsx": raw.shipments(table, shipped),
        "journey_log.tsv": raw.log(table, happened),
        "surveys.csv": raw.surveys(table, said),
        "tickets.csv": raw.tickets(table, said),
        "interviews.xlsx": raw.interviews(table, opinions.interviews(seed, table)),
        "care_contacts.csv": raw.care_contacts(seed, table),
        "status_test.csv": raw.exposures(table, shown),
        "survey_2026.csv": questionnaire.answers(seed, table),
        "carriers_survey.csv": rivals.survey(seed, table),
        "rivals.csv": rivals.market(seed),
    }


def planted() -> Truth:
    """Return what is planted in the forwarder's files."""
    return Truth(
        name="freight",
        first_day=str(plan.FIRST.astype("datetime64[D]")),
        last_day=str(plan.LAST.astype("datetime64[D]")),
        sizes={"companies.csv": plan.N_COMPANIES, "status_test.csv": plan.TEST_UNITS,
               "care_contacts.csv": 1400,
               "survey_2026.csv": sum(questionnaire.ASKED.values()) * questionnaire.N_QUESTIONS,
               "carriers_survey.csv": rivals.N_ASKED * len(rivals.RATES)},
        segments=plan.segments(),
        themes=plan.THEMES,
        effects=plan.EFFECTS,
        broken_splits=(),
        churn_causes=plan.CAUSES,
        step_rates=dict(zip(plan.REACHED, list(plan.REACHED.values())[1:], strict=False)),
        weakest_step="quote",
        low_mood_stage="carriage",
        dirt=plan.DIRT,
        interviews=plan.INTERVIEWS,
        survey=questionnaire.planted(),
        rivals=rivals.planted(),
    )  # fmt: skip


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.name == "shipments.xlsx":
        write_workbook(
            table, path, sheet="Перевозки", title="Отчёт по перевозкам за период",
            dates=("Дата заявки", "Срок доставки", "Доставлено"),
        )  # fmt: skip
    elif path.name == "interviews.xlsx":
        write_workbook(table, path, sheet="Интервью", title="Глубинные интервью, май")
    else:
        encoding = "cp1251" if path.name in CP1251 else "utf-8"
        delimiter = ";" if path.name in SEMICOLON else ("\t" if path.suffix == ".tsv" else ",")
        write_text(table, path, encoding=encoding, delimiter=delimiter)
