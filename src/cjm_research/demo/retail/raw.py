"""The shop's tables as its systems export them: headers, words, formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo import names
from cjm_research.demo.draw import generator, pick, seconds
from cjm_research.demo.files import decimal_comma, stamp
from cjm_research.demo.retail import plan
from cjm_research.demo.retail.words import WORDS

if TYPE_CHECKING:
    from cjm_research.demo.draw import Times, Words

MOSCOW = np.timedelta64(3, "h")
MANAGERS = ("Кленова А.", "Тихов П.", "Озерова М.", "Ветров Д.", "Липина С.")


def words(column: pd.Series, vocabulary: str) -> Words:
    """Replace keys by the words of the system; no key, no word."""
    found: Words = column.map(WORDS[vocabulary]).fillna("").to_numpy(dtype=object)
    return found


def customers(seed: int, people: pd.DataFrame, since: Times) -> pd.DataFrame:
    """Return the CRM's customers; some people left fields of the form empty."""
    rng, n = generator(seed, "crm"), len(people)
    called = names.people(rng, people["gender"].to_numpy(dtype=object))
    domain = pick(rng, n, ["example.com", "example.org"])
    ids = people["customer_id"].str.removeprefix("C")
    emails = [
        f"{names.latin(surname)}.{number}@{host}"
        for (surname, _, _), number, host in zip(called, ids, domain, strict=True)
    ]
    registered = since - seconds(np.where(rng.random(n) < 0.5, rng.uniform(0, 420, n), 0.0))
    table = pd.DataFrame(
        {
            "ID клиента": people["customer_id"],
            "ФИО": [" ".join(parts) for parts in called],
            "Телефон": names.phones(rng, n, blank=0.05),
            "E-mail": np.where(rng.random(n) < 0.06, "", np.array(emails, dtype=object)),
            "Дата рождения": stamp(people["birth_date"].to_numpy(), "%d.%m.%Y"),
            "Пол": words(people["gender"], "gender"),
            "Город": words(people["city"], "city"),
            "Регион": words(people["region"], "region"),
            "Доход": words(people["income_band"], "income_band"),
            "Образование": words(people["education"], "education"),
            "Занятость": words(people["occupation"], "occupation"),
            "Состав семьи": words(people["household"], "household"),
            "Интересы": words(people["interests"], "interests"),
            "Удобный канал связи": words(people["preferred_channel"], "preferred_channel"),
            "Источник": words(people["acquisition_channel"], "acquisition_channel"),
            "Согласие на рассылку": np.where(people["consent_marketing"], "да", "нет"),
            "Бонусы, руб.": decimal_comma(people["bonus_balance"].to_numpy(dtype=np.float64)),
            "Дата регистрации": stamp(registered.astype("datetime64[D]"), "%d.%m.%Y"),
            "Статус": words(people["status"], "status"),
            "Ушёл": people["is_churned"].map({True: "да", False: "нет"}).fillna(""),
            "Дата ухода": stamp(people["churned_on"].to_numpy(), "%d.%m.%Y"),
            "Причина ухода": words(people["lost_reason"], "lost_reason"),
        }
    )
    optional = ("Дата рождения", "Город", "Доход", "Образование", "Занятость", "Интересы",
                "Удобный канал связи", "Источник", "Состав семьи")  # fmt: skip
    for column in optional:
        table[column] = np.where(rng.random(n) < 0.03, "", table[column].to_numpy(dtype=object))
    return table.sort_values("ID клиента", ignore_index=True)


def order_lines(people: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Return the shop's order lines."""
    pattern = "%Y-%m-%d %H:%M"
    return pd.DataFrame(
        {
            "Order ID": bought["order_id"],
            "Line": bought["line"].astype(str),
            "Customer ID": people["customer_id"].to_numpy()[bought["row"]],
            "Created at": stamp(bought["at"].to_numpy(), pattern),
            "Product": bought["product"],
            "Category": words(bought["category"], "category"),
            "Qty": bought["quantity"].astype(str),
            "Discount": np.char.mod("%.2f", bought["discount"].to_numpy(dtype=np.float64)),
            "Line total": np.char.mod("%.2f", bought["amount"].to_numpy(dtype=np.float64)),
            "Channel": bought["channel"],
            "Status": words(bought["status"], "order_status"),
            "Promised at": stamp(bought["promised_at"].to_numpy(), pattern),
            "Delivered at": stamp(bought["delivered_at"].to_numpy(), pattern),
        }
    )


def web_hits(
    seed: int, people: pd.DataFrame, happened: pd.DataFrame, bought: pd.DataFrame
) -> pd.DataFrame:
    """Return the analytics log, with stamps of UTC+3 that do not say so."""
    rng, n = generator(seed, "web"), len(happened)
    paid = bought.groupby("order_id")["amount"].sum()
    value = happened["order_id"].map(paid).to_numpy(dtype=np.float64)
    source = np.where(
        happened["name"].isin(["visit_social", "visit_search", "visit_ad", "visit_referral",
                               "visit_marketplace"]),
        happened["name"].str.removeprefix("visit_"),
        pick(rng, n, {"direct": 0.7, "internal": 0.3}),
    )  # fmt: skip
    day = happened["at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    visit = 7_000_000_000 + happened["row"].to_numpy() * 100_000 + day
    return pd.DataFrame(
        {
            "ym:pv:watchID": (np.arange(n) + 4_611_000_000_000_000_000).astype(str),
            "ym:pv:visitID": visit.astype(str),
            "ym:pv:clientID": people["customer_id"].to_numpy()[happened["row"]],
            "ym:pv:dateTime": stamp(happened["at"].to_numpy(), "%Y-%m-%d %H:%M:%S"),
            "ym:pv:goalName": happened["name"],
            "ym:pv:lastTrafficSource": source,
            "ym:pv:deviceCategory": pick(rng, n, {"mobile": 0.6, "desktop": 0.4}),
            "ym:pv:ecommerceRevenue": np.where(
                np.isnan(value), "", np.char.mod("%.2f", np.nan_to_num(value)).astype(object)
            ),
        }
    )


def feedback(people: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return the survey tool's answers; dates are date cells, scores numbers."""
    return pd.DataFrame(
        {
            "№ ответа": [f"F{i:05d}" for i in range(len(said))],
            "ID клиента": people["customer_id"].to_numpy()[said["row"]],
            "Дата": pd.Series(said["given_at"]).dt.as_unit("s").astype(object),
            "Тип": words(said["kind"], "kind"),
            "Оценка": said["score"].astype(object),
            "Шкала от": said["scale_min"],
            "Шкала до": said["scale_max"],
            "Текст": said["text"],
            "Точка контакта": words(said["touchpoint"], "touchpoint"),
            "Канал": words(said["channel"], "feedback_channel"),
        }
    )


def exposures(people: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return the mail tool's log of who got what, in UTC."""
    return pd.DataFrame(
        {
            "campaign": words(shown["experiment"], "experiment"),
            "contact_id": people["customer_id"].to_numpy()[shown["row"]],
            "variant": words(shown["arm"], "arm"),
            "sent_at": stamp((shown["exposed_at"] - MOSCOW).to_numpy(), "%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def ad_totals(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the advertising cabinet's export: sums per day and ad, no people."""
    return pd.DataFrame(
        {
            "Дата": stamp(sums["day"].to_numpy(), "%d.%m.%Y"),
            "Кампания": "Баннеры, июнь",
            "Объявление": words(sums["ad"], "ad"),
            "Показы": sums["shown"],
            "Клики": sums["clicks"],
            "Заказы": sums["orders"],
            "Расход, ₽": sums["spend"].map("{:.2f}".format),
        }
    )


def outcomes(people: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return what the mail tool measured for each contact."""
    return pd.DataFrame(
        {
            "campaign": words(measured["experiment"], "experiment"),
            "contact_id": people["customer_id"].to_numpy()[measured["row"]],
            "metric": measured["metric"],
            "value": measured["value"].astype(str),
            "measured_at": stamp(
                (measured["observed_at"] - MOSCOW).to_numpy(), "%Y-%m-%dT%H:%M:%SZ"
            ),
        }
    )


def care_contacts(seed: int, people: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Return the calls and greetings that managers made, mostly to those who spend much."""
    rng = generator(seed, "care")
    spent = bought.groupby("row")["amount"].sum()
    current = spent[people["status"].to_numpy()[spent.index] == "current"]
    p = current.to_numpy() / current.sum()
    row = current.index.to_numpy()[rng.choice(len(current), 3000, p=p)]
    width = (plan.LAST - plan.FIRST).astype("timedelta64[D]").astype(np.int64)
    made = plan.FIRST + seconds(rng.integers(0, width, len(row)) + rng.uniform(0.4, 0.75, len(row)))
    order = np.argsort(made, kind="stable")
    kind = pick(rng, len(row), {"call": 0.5, "message": 0.3, "greeting": 0.2})
    result = pick(rng, len(row), {"reached": 0.6, "no_answer": 0.25, "later": 0.15})
    return pd.DataFrame(
        {
            "Клиент": people["customer_id"].to_numpy()[row[order]],
            "Когда": stamp(made[order], "%d.%m.%Y %H:%M"),
            "Вид контакта": words(pd.Series(kind), "care_kind"),
            "Менеджер": pick(rng, len(row), MANAGERS),
            "Итог": words(pd.Series(result), "care_result"),
        }
    )
