"""The forwarder's companies: what they are, how far they come, what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import deal, deal_by, generator, mark_by, seconds
from cjm_research.demo.freight import plan

if TYPE_CHECKING:
    from cjm_research.demo.draw import Marks, Words

MANAGERS = ("Рощина Е.", "Дубравин К.", "Зорина Т.", "Лугов С.", "Осинина В.", "Медов И.")
QUIET_DAYS = (70, 140)


def companies(seed: int) -> pd.DataFrame:
    """Draw the companies, one row each, in canonical words.

    Besides their attributes they carry what only the maker knows: how far they come,
    `is_frequent`, `is_late` and `leaves`.
    """
    rng, n = generator(seed, "companies"), plan.N_COMPANIES
    table = pd.DataFrame({"customer_id": [f"К-{i:04d}" for i in 1001 + rng.permutation(n)]})
    niche = deal(rng, n, plan.NICHES)
    size = deal_by(rng, niche, {"": plan.SIZES})
    table["niche"], table["company_size"] = niche, size
    table["main_cargo"] = deal_by(rng, niche, plan.CARGO)
    table["region"] = deal_by(rng, niche, plan.REGIONS)
    table["legal_form"] = deal_by(rng, size, {**plan.LEGAL_FORMS, "": plan.LEGAL_FORMS["small"]})
    table["acquisition_channel"] = deal_by(rng, size, plan.ACQUIRED)
    low, high = (np.array([plan.EMPLOYEES[s][i] for s in size]) for i in (0, 1))
    table["employees"] = np.rint(low * (high / low) ** rng.random(n)).astype(int)
    per_head = rng.lognormal(15.2, 0.35, n)
    table["annual_revenue"] = np.round(table["employees"] * per_head, -3)
    table["sites"] = 1 + rng.poisson(np.where(size == "large", 4.0, 0.5))
    table["manager"] = deal_by(rng, size, {"": dict.fromkeys(MANAGERS, 1.0)})
    return _with_fate(rng, table)


def _with_fate(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add how far each company comes and what happens to it; the same in every group."""
    group = (table["niche"] + " " + table["company_size"]).to_numpy(dtype=object)
    reached = np.ones(len(table), dtype=bool)
    for stage, share in plan.REACHED.items():
        reached = _among(rng, group, reached, share)
        table[f"reaches_{stage}"] = reached
    ships = table["reaches_carriage"].to_numpy()
    table["is_frequent"] = _among(rng, group, reached, plan.FREQUENT)
    often = np.where(table["is_frequent"], "frequent", "").astype(object)
    table["preferred_channel"] = deal_by(rng, often, plan.CHANNELS)
    size = table["company_size"].to_numpy(dtype=object)
    contract = deal_by(rng, size, {**plan.CONTRACTS, "": plan.CONTRACTS["small"]})
    table["contract_type"] = np.where(ships, contract, "")
    table["cargo_type"] = ""
    for cargo, types in plan.CARGO_TYPES.items():
        rows = (table["main_cargo"] == cargo).to_numpy()
        table.loc[rows, "cargo_type"] = deal_by(rng, (size + often)[rows], {"": types})
    table["is_late"] = _among(rng, often, ships, plan.LATE_SHIPPERS)
    late = table["is_late"].to_numpy()
    table["leaves"] = _among(rng, often, late, plan.CHURN_LATE) | _among(
        rng, often, ships & ~late, plan.CHURN_OTHER
    )
    return table


def fate(seed: int, table: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """Add status, the day and the reason of leaving, from the last shipment on."""
    rng, n = generator(seed, "fate"), len(table)
    last = shipped.groupby("row")["at"].max().reindex(range(n)).to_numpy()
    gone = table["leaves"].to_numpy()
    quiet = seconds(rng.integers(*QUIET_DAYS, n))
    why = np.where(table["is_late"], "late", "").astype(object)
    ships = table["reaches_carriage"].to_numpy()
    return table.assign(
        is_churned=pd.Series(gone, dtype="boolean").where(ships),
        churned_on=np.where(
            gone, (last + quiet).astype("datetime64[D]"), np.datetime64("NaT", "D")
        ),
        status=np.select([gone, ships], ["lost", "current"], "lead"),
        lost_reason=np.where(gone, deal_by(rng, why, plan.LOST_REASONS), ""),
    )


def _among(rng: np.random.Generator, group: Words, able: Marks, share: float) -> Marks:
    """Mark that share of those who are able, the same in every group."""
    groups = np.where(able, group, "nobody").astype(object)
    exact = mark_by(rng, groups, {"": share, "nobody": 0.0})
    return exact & able
