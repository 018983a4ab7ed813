"""The forwarder's tables as its systems export them: headers, words, formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo import names
from cjm_research.demo.draw import generator, pick, seconds
from cjm_research.demo.files import decimal_comma, stamp
from cjm_research.demo.freight import plan
from cjm_research.demo.freight.companies import MANAGERS
from cjm_research.demo.freight.words import WORDS

if TYPE_CHECKING:
    from cjm_research.demo.draw import Times, Words

DAY, MINUTE = "%d.%m.%Y", "%d.%m.%Y %H:%M"
FIRST_PARTS = ("Агро", "Торг", "Пром", "Строй", "Маш", "Прод", "Текс", "Мет", "Лес", "Хим")
LAST_PARTS = ("вектор", "линия", "ресурс", "альянс", "стандарт", "форум", "базис", "маркет",
              "профиль", "импульс", "контур", "резерв")  # fmt: skip
BRANDS = ("Восход", "Орбита", "Меридиан", "Каскад", "Родник", "Горизонт")


def words(column: pd.Series, vocabulary: str) -> Words:
    """Replace keys by the words of the system; no key, no word."""
    found: Words = column.map(WORDS[vocabulary]).fillna("").to_numpy(dtype=object)
    return found


def companies(seed: int, table: pd.DataFrame, first: Times) -> pd.DataFrame:
    """Return the CRM's companies; tax numbers begin with 00, which no region has."""
    rng, n = generator(seed, "crm"), len(table)
    called = [
        f"{form} «{FIRST_PARTS[a]}{LAST_PARTS[b]} {BRANDS[c]}»"
        for form, a, b, c in zip(words(table["legal_form"], "legal_form"), rng.integers(0, 10, n),
                                 rng.integers(0, 12, n), rng.integers(0, 6, n), strict=True)
    ]  # fmt: skip
    until = np.where(table["contract_type"] == "long_term", first + seconds(740.0),
                     np.datetime64("NaT", "s"))  # fmt: skip
    created = first - seconds(rng.uniform(0, 300, n))
    exported = pd.DataFrame(
        {
            "ID компании": table["customer_id"],
            "Компания": called,
            "ИНН": [f"00{i:08d}" for i in 11_000_000 + rng.permutation(9_000_000)[:n]],
            "Форма": words(table["legal_form"], "legal_form"),
            "Отрасль": words(table["niche"], "niche"),
            "Размер": words(table["company_size"], "company_size"),
            "Сотрудников": table["employees"].astype(str),
            "Выручка, руб.": [f"{x:,.2f}".replace(",", " ").replace(".", ",")
                              for x in table["annual_revenue"]],
            "Площадок": table["sites"].astype(str),
            "Регион": words(table["region"], "region"),
            "Основной груз": words(table["main_cargo"], "main_cargo"),
            "Тип договора": words(table["contract_type"], "contract_type"),
            "Договор до": stamp(until.astype("datetime64[D]"), DAY),
            "Удобная связь": words(table["preferred_channel"], "preferred_channel"),
            "Источник": words(table["acquisition_channel"], "acquisition_channel"),
            "Ответственный": table["manager"],
            "Статус": words(table["status"], "status"),
            "Дата заведения": stamp(created.astype("datetime64[D]"), DAY),
            "Ушёл": table["is_churned"].map({True: "да", False: "нет"}).fillna(""),
            "Дата ухода": stamp(table["churned_on"].to_numpy(), DAY),
            "Причина ухода": words(table["lost_reason"], "lost_reason"),
        }
    )  # fmt: skip
    for column in ("Сотрудников", "Выручка, руб.", "Площадок", "Источник", "Удобная связь"):
        kept = rng.random(n) >= 0.04
        exported[column] = np.where(kept, exported[column].to_numpy(dtype=object), "")
    return exported.sort_values("ID компании", ignore_index=True)


def contacts(seed: int, table: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the people at the companies with their roles."""
    rng, n = generator(seed, "people"), len(people)
    called = names.people(rng, people["gender"].to_numpy(dtype=object))
    return pd.DataFrame(
        {
            "ID контакта": [f"Л-{i:05d}" for i in range(1, n + 1)],
            "ID компании": table["customer_id"].to_numpy()[people["row"]],
            "ФИО": [" ".join(parts) for parts in called],
            "Должность": words(people["role"], "role"),
            "Телефон": names.phones(rng, n, blank=0.08),
            "E-mail": [f"{names.latin(s)}.{i}@example.com" for i, (s, _, _) in enumerate(called)],
        }
    )


def deals(table: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Return the deals of the sales pipeline."""
    pattern = "%Y-%m-%d %H:%M:%S"
    row = made["row"].to_numpy()
    return pd.DataFrame(
        {
            "id": [str(8_100_000 + i) for i in range(len(made))],
            "company_id": table["customer_id"].to_numpy()[row],
            "pipeline": "Продажи",
            "status": words(made["stage"], "deal_stage"),
            "result": words(made["outcome"], "outcome"),
            "price": made["amount"].map("{:.0f}".format),
            "created_at": stamp(made["created_at"].to_numpy(), pattern),
            "closed_at": stamp(made["closed_at"].to_numpy(), pattern),
            "loss_reason": words(made["lost_reason"], "lost_reason"),
            "source": words(made["source"], "acquisition_channel"),
            "responsible": table["manager"].to_numpy()[row],
        }
    )


def contracts(table: pd.DataFrame, signed: pd.DataFrame) -> pd.DataFrame:
    """Return the register of contracts."""
    return pd.DataFrame(
        {
            "№ договора": [f"Д-{i:04d}/25" for i in range(1, len(signed) + 1)],
            "ID компании": table["customer_id"].to_numpy()[signed["row"]],
            "Вид": words(signed["type"], "contract_type"),
            "Начало": stamp(signed["starts_on"].to_numpy(), DAY),
            "Окончание": stamp(signed["ends_on"].to_numpy(), DAY),
            "Объём, т": decimal_comma(signed["committed_volume"].to_numpy(), 1),
        }
    )


def shipments(table: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """Return the transport system's report of shipments; dates are date cells."""
    return pd.DataFrame(
        {
            "№ перевозки": shipped["order_id"],
            "Клиент": table["customer_id"].to_numpy()[shipped["row"]],
            "Дата заявки": _cells(shipped["at"]),
            "Груз": words(shipped["cargo_type"], "cargo_type"),
            "Вид транспорта": words(shipped["transport_mode"], "transport_mode"),
            "Откуда": shipped["origin"],
            "Куда": shipped["destination"],
            "Вес, кг": shipped["weight"].astype(object),
            "Сумма, руб.": shipped["amount"].astype(object),
            "Срок доставки": _cells(shipped["promised_at"]),
            "Доставлено": _cells(shipped["delivered_at"]),
            "Повреждение": np.where(shipped["is_damaged"], "да", "нет"),
            "Оплатить до": stamp(shipped["invoice_due_on"].to_numpy(), DAY),
            "Оплачено": stamp(shipped["paid_on"].to_numpy(), DAY),
            "Статус": words(shipped["status"], "order_status"),
        }
    )


def log(table: pd.DataFrame, happened: pd.DataFrame) -> pd.DataFrame:
    """Return the log of the journey."""
    return pd.DataFrame(
        {
            "event_id": [f"e{i:06d}" for i in range(len(happened))],
            "client": table["customer_id"].to_numpy()[happened["row"]],
            "event": happened["name"],
            "time": stamp(happened["at"].to_numpy(), "%Y-%m-%d %H:%M:%S"),
            "channel": happened["channel"],
        }
    )


def surveys(table: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to the NPS and CSAT surveys."""
    asked = said[said["kind"] != "ticket"]
    is_nps = asked["kind"] == "nps"
    return pd.DataFrame(
        {
            "№": [f"A{i:04d}" for i in range(len(asked))],
            "Клиент": table["customer_id"].to_numpy()[asked["row"]],
            "Дата": stamp(asked["given_at"].to_numpy(), MINUTE),
            "Опрос": words(asked["kind"], "kind"),
            "Оценка": asked["score"].map("{:.0f}".format),
            "Минимум": np.where(is_nps, "0", "1"),
            "Максимум": np.where(is_nps, "10", "5"),
            "Этап": words(asked["touchpoint"], "touchpoint"),
            "Комментарий": asked["text"],
        }
    ).reset_index(drop=True)


def tickets(table: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return the help desk's tickets."""
    opened = said[said["kind"] == "ticket"]
    return pd.DataFrame(
        {
            "Номер": [f"T-{i:05d}" for i in range(len(opened))],
            "Клиент": table["customer_id"].to_numpy()[opened["row"]],
            "Создан": stamp(opened["given_at"].to_numpy(), MINUTE),
            "Первый ответ": stamp(opened["first_response_at"].to_numpy(), MINUTE),
            "Решён": stamp(opened["resolved_at"].to_numpy(), MINUTE),
            "Тема": words(opened["touchpoint"], "touchpoint"),
            "Текст": opened["text"],
        }
    ).reset_index(drop=True)


def interviews(table: pd.DataFrame, talked: pd.DataFrame) -> pd.DataFrame:
    """Return the interviews, one remark a line."""
    number = talked.groupby("interview").cumcount() + 1
    return pd.DataFrame(
        {
            "Реплика №": talked["interview"] + "/" + number.map("{:02d}".format),
            "Интервью": talked["interview"],
            "Клиент": table["customer_id"].to_numpy()[talked["row"]],
            "Дата": stamp(talked["at"].to_numpy(), DAY),
            "Говорит": words(talked["speaker"], "speaker"),
            "Реплика": talked["text"],
        }
    )


def care_contacts(seed: int, table: pd.DataFrame) -> pd.DataFrame:
    """Return visits, calls and greetings of the managers."""
    rng = generator(seed, "care")
    current = np.flatnonzero(table["status"] == "current")
    weight = table["company_size"].map({"small": 1.0, "medium": 2.0, "large": 3.0}).to_numpy()
    p = weight[current] / weight[current].sum()
    row = rng.choice(current, 1400, p=p)
    width = (plan.LAST - plan.FIRST).astype("timedelta64[D]").astype(np.int64)
    made = np.sort(plan.FIRST + seconds(rng.integers(0, width, 1400) + rng.uniform(0.4, 0.7, 1400)))
    kinds = pick(rng, 1400, {"call": 0.6, "visit": 0.25, "greeting": 0.15})
    results = pick(rng, 1400, {"reached": 0.55, "no_answer": 0.2, "request": 0.25})
    return pd.DataFrame(
        {
            "Клиент": table["customer_id"].to_numpy()[row],
            "Когда": stamp(made, MINUTE),
            "Вид": words(pd.Series(kinds), "care_kind"),
            "Менеджер": pick(rng, 1400, MANAGERS),
            "Итог": words(pd.Series(results), "care_result"),
        }
    )


def exposures(table: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return who was in the test of status messages."""
    return pd.DataFrame(
        {
            "Тест": WORDS["experiment"][plan.TEST],
            "Клиент": table["customer_id"].to_numpy()[shown["row"]],
            "Группа": words(shown["arm"], "arm"),
            "Когда": stamp(shown["exposed_at"].to_numpy(), MINUTE),
        }
    )


def _cells(times: pd.Series) -> pd.Series:
    """Turn times into objects, of which the workbook makes date cells."""
    cells: pd.Series = times.dt.as_unit("s").astype(object)
    return cells
