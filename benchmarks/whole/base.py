"""A made-up base in files as systems export them: ten order lines and twenty events a customer.

Everything is drawn in arrays and written by pyarrow: a million customers take a minute.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

ROOT = Path(__file__).parents[2]
DAYS = 540
"""From the first day of the data to the last."""
LAST = np.datetime64("2026-06-30T18:00:00", "s")
CITIES = ("Moscow", "Saint Petersburg", "Kazan", "Perm", "Samara", "Ufa", "Omsk", "Tver")
SOURCES = ("search", "ads", "social", "recommendation", "marketplace")
HOUSEHOLDS = ("family", "couple", "single")
CATEGORIES = ("home", "beauty", "electronics", "sport", "grocery", "kids")
PATH = ("product_view", "cart_add", "checkout_start", "order_placed", "tracking_view")
VISITS = ("visit_search", "visit_ad", "visit_social", "article_view", "visit_referral")
THEMES = ("slow_form", "payment_fails", "late_delivery", "slow_support", "polite_courier",
          "hidden_delivery_cost", "good_quality", "helpful_advice", "neutral")  # fmt: skip
TOUCHPOINTS = ("checkout_form", "payment", "courier", "support", "product_page")


def write_base(folder: Path, customers: int) -> None:
    """Write the raw files, the study and its notebooks of a project."""
    raw = folder / "data" / "raw" / "base"
    for place in (raw, folder / "studies", folder / "reports"):
        place.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", dirs_exist_ok=True)
    shutil.copy(Path(__file__).parent / "base.toml", folder / "studies")
    shutil.copy(ROOT / "studies/retail.codebook.toml", folder / "studies/base.codebook.toml")
    rng = np.random.default_rng(20260630)
    kind = rng.choice(3, customers, p=(0.6, 0.3, 0.1))  # seldom, regular, often
    began = rng.integers(0, DAYS, customers)
    _write(raw / "customers.csv", _customers(rng, kind, began))
    _write(raw / "orders.csv", _orders(rng, kind, began))
    _write(raw / "events.csv", _events(rng, kind, began))
    _write(raw / "answers.csv", _answers(rng, customers))
    arms = rng.permutation(customers)[: customers // 5]
    _write(raw / "mailing.csv", _mailing(rng, arms))


def _customers(rng: np.random.Generator, kind: Numbers, began: Numbers) -> dict[str, Any]:
    n = len(kind)
    born = np.datetime64("1950-01-01") + rng.integers(0, 365 * 55, n).astype("timedelta64[D]")
    return {
        "Client": _ids("C", np.arange(n)),
        "City": _names(CITIES, rng.choice(8, n, p=(0.3, 0.2, *[0.5 / 6] * 6))),
        "Gender": _names(("female", "male"), rng.integers(0, 2, n)),
        "Born": pa.array(born),
        "Household": _names(HOUSEHOLDS, (kind + (rng.random(n) < 0.3)) % 3),
        "Source": _names(SOURCES, rng.integers(0, 5, n)),
        "Registered": pa.array(_times(began).astype("datetime64[D]")),
        "Consent": _names(("yes", "no"), (rng.random(n) < 0.2).astype(int)),
    }


def _orders(rng: np.random.Generator, kind: Numbers, began: Numbers) -> dict[str, Any]:
    orders = rng.poisson(np.array([1.5, 6.0, 14.0])[kind])
    who = np.repeat(np.arange(len(kind)), orders)
    lines = 1 + rng.poisson(1.45, len(who))
    at = began[who] + rng.random(len(who)) * (DAYS - began[who])
    order, of = np.repeat(np.arange(len(who)), lines), np.repeat(who, lines)
    size = len(order)
    category = np.where(rng.random(size) < 0.5, of % 6, rng.integers(0, 6, size))
    status = rng.choice(3, len(who), p=(0.93, 0.04, 0.03))
    price = np.round(rng.gamma(2.0, 450.0, size) * (1 + kind[of] * 0.3), 2)
    late = rng.integers(1, 6, len(who)) - 2
    promised = _times(at + 3)
    delivered = promised + _days(np.maximum(late, 0))
    return {
        "Order": _ids("O", order),
        "Client": _ids("C", of),
        "Created": pa.array(_times(at)[order]),
        "Product": _ids("P", category * 50 + rng.integers(0, 50, size)),
        "Category": _names(CATEGORIES, category),
        "Quantity": pa.array(1 + rng.poisson(0.3, size)),
        "Amount": pa.array(price),
        "Status": _names(("completed", "returned", "cancelled"), status[order]),
        "Promised": pa.array(promised.astype("datetime64[D]")[order]),
        "Delivered": pa.array(delivered.astype("datetime64[D]")[order]),
    }  # fmt: skip


def _events(rng: np.random.Generator, kind: Numbers, began: Numbers) -> dict[str, Any]:
    visits = rng.poisson(np.array([3.5, 9.0, 16.0])[kind])
    who = np.repeat(np.arange(len(kind)), visits)
    depth = np.minimum(rng.geometric(0.42, len(who)), len(PATH))
    hits = 1 + depth
    at = began[who] + rng.random(len(who)) * (DAYS - began[who])
    visit = np.repeat(np.arange(len(who)), hits)
    place = np.arange(len(visit)) - np.repeat(np.cumsum(hits) - hits, hits)
    names = np.where(place == 0, len(PATH) + rng.integers(0, len(VISITS), len(visit)), place - 1)
    return {
        "Hit": _ids("h", np.arange(len(visit))),
        "Visit": _ids("v", visit),
        "Client": _ids("C", who[visit]),
        "Time": pa.array(_times(at)[visit] + (place * 47).astype("timedelta64[s]")),
        "Goal": _names((*PATH, *VISITS), names),
        "Source": _names(SOURCES, rng.integers(0, 5, len(who))[visit]),
        "Device": _names(("phone", "desktop"), rng.integers(0, 2, len(who))[visit]),
    }


def _answers(rng: np.random.Generator, customers: int) -> dict[str, Any]:
    n = customers // 5
    said = _sentences()
    theme = rng.integers(0, len(THEMES), n)
    first, second = rng.integers(0, 60, n), rng.integers(0, 60, n)
    texts = np.array(
        [f"{said[t][a % len(said[t])]} {said[-1][b % len(said[-1])]}" if b % 2 else
         said[t][a % len(said[t])] for t, a, b in zip(theme, first, second, strict=True)],
        dtype=object,
    )  # fmt: skip
    texts[rng.random(n) < 0.4] = ""
    score = np.clip(rng.normal(np.where(theme < 4, 5.0, 8.5), 2.0).round(), 0, 10)
    return {
        "Answer": _ids("A", np.arange(n)),
        "Client": _ids("C", rng.integers(0, customers, n)),
        "Date": pa.array(_times(rng.random(n) * DAYS).astype("datetime64[D]")),
        "Score": pa.array(score.astype(int)),
        "Text": pa.array(texts, pa.string()),
        "Touchpoint": _names(TOUCHPOINTS, theme % len(TOUCHPOINTS)),
    }


def _sentences() -> list[list[str]]:
    """Return what customers say by theme, in two languages, each with its minutes filled in."""
    text = (ROOT / "src/cjm_research/demo/texts/retail.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    return [
        [
            phrase.replace("{minutes}", str(minutes)).replace("{days}", "two days")
            for minutes in (10, 20, 30)
            for language in ("en", "ru")
            for phrase in written[theme][language]
        ]
        for theme in THEMES
    ]


def _mailing(rng: np.random.Generator, people: Numbers) -> dict[str, Any]:
    arm = rng.integers(0, 2, len(people))
    sent = np.full(len(people), np.datetime64("2026-05-04T09:00:00", "s"))
    return {
        "Campaign": _names(("may_letter",), np.zeros(len(people), dtype=np.int64)),
        "Client": _ids("C", people),
        "Arm": _names(("control", "letter"), arm),
        "Sent": pa.array(sent),
    }


def _times(days: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return stamps of days since the first."""
    first = LAST - np.timedelta64(DAYS * 86_400, "s")
    stamps: NDArray[np.datetime64] = first + _days(days)
    return stamps


def _days(n: NDArray[Any]) -> NDArray[np.timedelta64]:
    spans: NDArray[np.timedelta64] = (n * 86_400).astype("timedelta64[s]")
    return spans


def _ids(letter: str, numbers: Numbers) -> pa.Array:
    """Return ids of eight digits behind a letter."""
    digits = pa.array(numbers + 100_000_000).cast(pa.string())
    return pa.compute.utf8_replace_slice(digits, 0, 1, letter)


def _names(names: tuple[str, ...], places: Numbers) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), names).cast(pa.string())


def _write(path: Path, columns: dict[str, Any]) -> None:
    csv.write_csv(pa.table(columns), path)
