"""The forwarder's shipments, deals and contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import at_daytime, days, deal, generator, pick, pick_by, seconds
from cjm_research.demo.freight import plan

if TYPE_CHECKING:
    from cjm_research.demo.draw import Times, Variant

FIRST_SHIPMENT, LAST_SHIPMENT = days("2025-07-28"), days("2026-06-12")
LAST_OF_LEAVERS = days("2026-01-20")
PLACES = ("Москва", "Псков", "Пенза", "Челябинск", "Томск", "Ставрополь", "Ярославль",
          "Новороссийск")  # fmt: skip
RATES = {"rail": 3.1, "road": 4.6, "sea": 2.4}  # roubles for a kilogram


def shipments(seed: int, table: pd.DataFrame, variant: Variant = "planted") -> pd.DataFrame:
    """Draw the shipments; a company with bad luck gets its last one late.

    Companies ship often or now and then; of the variant ``continuum``, anything in between.
    """
    rng = generator(seed, "shipments")
    rows = np.flatnonzero(table["reaches_carriage"])
    often = table["is_frequent"].to_numpy()[rows]
    repeats = table["reaches_repeat"].to_numpy()[rows]
    counts = np.where(often, 15 + rng.poisson(10, len(rows)), rng.integers(2, 9, len(rows)))
    if variant == "continuum":
        counts = np.clip(np.rint(rng.lognormal(2.2, 0.6, len(rows))), 2, 90).astype(int)
    counts = np.where(repeats, counts, 1)
    row = np.repeat(rows, counts)
    n = len(row)
    last = np.where(table["leaves"].to_numpy()[row], LAST_OF_LEAVERS, LAST_SHIPMENT)
    at = FIRST_SHIPMENT + seconds(rng.random(n) * (last - FIRST_SHIPMENT).astype(np.int64) / 86400)
    at = at_daytime(rng, at, first=8.5, last=18)
    shipped = pd.DataFrame({"row": row, "at": at}).sort_values(["at", "row"], ignore_index=True)
    shipped["order_id"] = [f"П-{i:06d}" for i in range(20_001, 20_001 + n)]
    who = table.iloc[shipped["row"].to_numpy()]
    other = pick_by(rng, who["main_cargo"].to_numpy(dtype=object), plan.CARGO_TYPES)
    usual = rng.random(n) < plan.USUAL_CARGO
    shipped["cargo_type"] = np.where(usual, who["cargo_type"].to_numpy(dtype=object), other)
    shipped["transport_mode"] = pick_by(rng, who["niche"].to_numpy(dtype=object), plan.MODES)
    start = rng.integers(0, len(PLACES), n)
    shipped["origin"] = np.array(PLACES, dtype=object)[start]
    onward = (start + rng.integers(1, len(PLACES), n)) % len(PLACES)
    shipped["destination"] = np.array(PLACES, dtype=object)[onward]
    scale = who["company_size"].map({"small": 1.0, "medium": 2.2, "large": 4.5}).to_numpy()
    shipped["weight"] = np.round(rng.lognormal(7.6, 0.5, n) * scale, 0)
    price = shipped["transport_mode"].map(RATES).to_numpy()
    shipped["amount"] = np.round(shipped["weight"] * price * rng.lognormal(0, 0.2, n), -2)
    return _delivered(rng, table, shipped)


def _delivered(
    rng: np.random.Generator, table: pd.DataFrame, shipped: pd.DataFrame
) -> pd.DataFrame:
    n, row = len(shipped), shipped["row"].to_numpy()
    is_last = ~shipped["row"].duplicated(keep="last").to_numpy()
    unlucky = table["is_late"].to_numpy()[row]
    shipped["is_late"] = unlucky & (is_last | (rng.random(n) < plan.LATE_SHIPMENTS))
    shipped["status"] = deal(rng, n, {"completed": 0.97, "cancelled": 0.03})
    day = shipped["at"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    promised = day + seconds(rng.integers(3, 10, n) + 0.75)
    slip = np.where(shipped["is_late"], rng.integers(1, 8, n) - 0.2, -rng.uniform(0.1, 0.9, n))
    cancelled = (shipped["status"] == "cancelled").to_numpy()
    delivered = np.where(cancelled, np.datetime64("NaT", "s"), promised + seconds(slip))
    cargo = table["main_cargo"].map(plan.DAMAGED_SHIPMENTS).to_numpy()[row]
    due = (delivered + seconds(14.0)).astype("datetime64[D]")
    paid = (due + rng.integers(-8, 12, n).astype("timedelta64[D]")).astype("datetime64[D]")
    is_open = np.isnat(paid) | (paid > plan.LAST.astype("datetime64[D]"))
    return shipped.assign(
        promised_at=promised,
        delivered_at=delivered,
        is_damaged=~cancelled & (rng.random(n) < cargo),
        invoice_due_on=due,
        paid_on=np.where(is_open, np.datetime64("NaT", "D"), paid),
    )


def deals(seed: int, table: pd.DataFrame, first: Times) -> pd.DataFrame:
    """Draw the deals: one for the first request of each company, and some that were lost."""
    rng = generator(seed, "deals")
    rows = np.flatnonzero(table["reaches_rate_request"])
    row = np.concatenate([rows, rng.choice(rows, 400)])
    is_first = np.arange(len(row)) < len(rows)
    won = is_first & table["reaches_contract"].to_numpy()[row]
    quoted = table["reaches_quote"].to_numpy()[row]
    created = first[row] + seconds(np.where(is_first, 0.02, rng.uniform(1, 15, len(row))))
    size = table["company_size"].to_numpy(dtype=object)[row]
    stage = np.select([won, quoted], ["won", "quote"], "rate_request")
    found = pd.DataFrame({"row": row, "created_at": created, "stage": stage})
    found["closed_at"] = created + seconds(rng.uniform(2, 12, len(row)))
    found["outcome"] = np.where(won, "won", "lost")
    found["lost_reason"] = np.where(won, "", pick_by(rng, size, plan.DEAL_REASONS))
    found["amount"] = np.round(rng.lognormal(11.6, 0.7, len(row)), -3)
    found["source"] = table["acquisition_channel"].to_numpy(dtype=object)[row]
    return found.sort_values(["created_at", "row"], ignore_index=True)


def contracts(seed: int, table: pd.DataFrame, first: Times) -> pd.DataFrame:
    """Draw the contracts of those who signed one."""
    rng = generator(seed, "contracts")
    row = np.flatnonzero(table["reaches_contract"])
    kind = table["contract_type"].to_numpy(dtype=object)[row]
    kind = np.where(kind == "", "spot", kind)
    starts = (first[row] + seconds(rng.uniform(6, 12, len(row)))).astype("datetime64[D]")
    length = np.where(kind == "long_term", 730, 90).astype("timedelta64[D]")
    volume = np.where(kind == "long_term", np.round(rng.lognormal(5.5, 0.6, len(row)), 1), np.nan)
    return pd.DataFrame({"row": row, "type": kind, "starts_on": starts,
                         "ends_on": starts + length, "committed_volume": volume})  # fmt: skip


def roles(seed: int, table: pd.DataFrame) -> pd.DataFrame:
    """Draw the people at each company with their roles."""
    rng = generator(seed, "contacts")
    counts = table["company_size"].map({"small": 1, "medium": 2, "large": 3}).to_numpy()
    row = np.repeat(np.arange(len(table)), counts)
    position = pd.Series(row).groupby(row).cumcount().to_numpy()
    small = np.where(rng.random(len(row)) < 0.6, "director", "logistician")
    others = np.array(["logistician", "accountant", "buyer"], dtype=object)[position]
    role = np.where(counts[row] == 1, small, others)
    gender = pick(rng, len(row), {"female": 0.5, "male": 0.5})
    return pd.DataFrame({"row": row, "role": role, "gender": gender})
