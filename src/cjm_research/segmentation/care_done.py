"""Contacts that the cadence asked for in some days, against those that were made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.kernels import codes_of, day_numbers
from cjm_research.segmentation.matrix import CELLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits

BEHIND = 0.8
"""Share of the plan below which a group is behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareDone:
    """Plan and fact of one group."""

    group: str
    n: int
    contacts_planned: float
    """Customers times days by cadence."""
    contacts_made: int
    plan_share: float
    """Made by planned."""
    customers_contacted: int
    contacts_extra: int
    """Contacts beyond one in each cadence of a customer: they fill nobody else's plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareExecution(Result):
    """Plan against fact by cell or manager."""

    units: ClassVar[Mapping[str, Unit]] = {
        "group": Unit.LABEL,
        "n": Unit.COUNT,
        "contacts_planned": Unit.COUNT,
        "contacts_made": Unit.COUNT,
        "plan_share": Unit.SHARE,
        "customers_contacted": Unit.COUNT,
        "contacts_extra": Unit.COUNT,
    }

    by: str
    groups: tuple[CareDone, ...]
    days: int
    window: tuple[str, str]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group."""
        return pd.DataFrame([asdict(g) for g in self.groups], columns=list(self.units))

    @property
    def units_by_manager(self) -> dict[str, Unit]:
        """Units of the table by manager, whose names are texts and no keys."""
        rest = {k: u for k, u in self.units.items() if k != "group"}
        return {"manager": Unit.TEXT, **rest}

    @property
    def n_made(self) -> int:
        """Contacts made with all groups."""
        return sum(g.contacts_made for g in self.groups)

    def findings(self) -> tuple[Finding, ...]:
        """Return, per cell, which part of the plan was done; none without contacts."""
        if self.by != "cell" or not self.n_made:
            return ()
        return tuple(
            Finding(
                id=f"segmentation/care_done/cell={g.group}",
                kind="care_done",
                subject={"cell": g.group},
                estimate=g.plan_share,
                reference=1.0,
                unit=Unit.SHARE,
                n=g.n,
                customers=float(g.n - g.customers_contacted),
                method="cadence_plan",
                window=self.window,
                direction="bad" if g.plan_share < BEHIND else "neutral",
                values={
                    "made": g.contacts_made - g.contacts_extra,
                    "planned": round(g.contacts_planned),
                    "days": self.days,
                },
            )
            for g in self.groups
        )


def care_execution(
    due: pd.DataFrame,
    care_contacts: pd.DataFrame,
    by: str = "cell",
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    days: int = 90,
) -> CareExecution:
    """Count planned and made contacts of the last days.

    A customer is planned ``days / cadence`` contacts. Of those made, at most so many (rounded up)
    count; the others are extra.

    Parameters
    ----------
    due : pandas.DataFrame
        As `due_for_contact` gives: `customer_id`, `cell`, `manager`, `cadence_days`.
    care_contacts : pandas.DataFrame
        Contacts made.
    by : {"cell", "manager"}
    as_of : pandas.Timestamp
        The last day.
    limits : Limits
        A smaller group is not shown.
    days : int
        How many days, the last included.
    """
    last = as_of.tz_localize(None).normalize()
    zone = str(as_of.tz) if as_of.tz is not None else "UTC"
    made = np.zeros(len(due), dtype=np.int64)
    if len(care_contacts) and "made_at" in care_contacts:
        ids = pd.Index(due["customer_id"], dtype="string[pyarrow]")
        codes = codes_of(care_contacts["customer_id"], ids)
        age = day_numbers(pd.Series([last]), "UTC")[0] - day_numbers(care_contacts["made_at"], zone)
        inside = (codes >= 0) & (age >= 0) & (age < days)
        made = np.bincount(codes[inside], minlength=len(due))
    planned = days / due["cadence_days"].to_numpy(dtype=np.float64)
    counted = np.minimum(made, np.ceil(planned)).astype(np.int64)
    names = due[by].astype("object")
    known = (
        [c for c in CELLS if (names == c).any()]
        if by == "cell"
        else sorted(names.dropna().unique())
    )
    groups = []
    for name in known:
        own = (names == name).to_numpy(dtype=bool)
        if limits.level(int(own.sum())) == "hidden":
            continue
        groups.append(
            CareDone(
                group=str(name), n=int(own.sum()), contacts_planned=float(planned[own].sum()),
                contacts_made=int(made[own].sum()),
                plan_share=float(counted[own].sum() / planned[own].sum()),
                customers_contacted=int((made[own] > 0).sum()),
                contacts_extra=int((made - counted)[own].sum()),
            )
        )  # fmt: skip
    first = last - pd.Timedelta(days=days - 1)
    return CareExecution(
        by=by, groups=tuple(groups), days=days, window=(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    )
