"""Whom to contact now: the cadence of each cell, the customer's own rhythm, what was done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.kernels import codes_of, day_numbers, group_extreme
from cjm_research.segmentation.matrix import CELLS
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits

IMPORTANT = ("high_high", "high_low")
"""Cells of high importance."""

GAPS_FOR_A_RHYTHM = 3
"""Gaps between orders that a customer's own rhythm needs."""


def due_for_contact(
    placed: pd.DataFrame,
    care_contacts: pd.DataFrame,
    *,
    cadence: Mapping[str, int],
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """List every placed customer with the day since which a contact is due.

    The last contact is the newest of `care_contacts` and ``customers.last_contact_at`` up to
    the day; one that was made takes the customer off the list until the cadence has passed.
    Apart from that, a customer is silent against the own rhythm when the last order is older
    than the 80th percentile of the days between orders, given at least three gaps.

    Parameters
    ----------
    placed : pandas.DataFrame
        As `matrix.place_customers` gives.
    care_contacts : pandas.DataFrame
        Contacts made, as the canonical table; may be empty.
    cadence : mapping of str to int
        Days between contacts in each cell.
    as_of : pandas.Timestamp
        The day; with a zone it is a day there.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `cell`, `manager` (of the customer, else of the last contact), `revenue`,
        `contact_days` (since the last contact; NaN if there was none), `cadence_days`,
        `overdue_days` (NaN if never contacted), `silent_days` (beyond the own rhythm; NaN if
        within it) and `reason`: ``never``, ``cadence``, ``rhythm`` or missing when nobody needs
        to be called. The list names customers: it belongs into ``data/contacts/`` and on no
        page.
    """
    zone = str(as_of.tz) if as_of.tz is not None else "UTC"
    day = float(day_numbers(pd.Series([as_of.tz_localize(None)]), "UTC")[0])
    made = _last_contact(placed, care_contacts, day=day, zone=zone)
    pause = placed["cell"].map(dict(cadence)).to_numpy(dtype=np.float64)
    overdue = day - made - pause
    rhythm = (placed["recency_days"] - placed["gap_p80_days"]).to_numpy(np.float64)
    n_gaps = placed["n_order_days"].to_numpy(dtype=np.float64, na_value=np.nan) - 1
    silent = np.where((rhythm > 0) & (n_gaps >= GAPS_FOR_A_RHYTHM), rhythm, np.nan)
    reason = np.select(
        [np.isnan(made), overdue >= 0, ~np.isnan(silent)], ["never", "cadence", "rhythm"], ""
    )
    table = placed[["customer_id", "cell", "revenue"]].assign(
        manager=_managers(placed, care_contacts),
        contact_days=day - made,
        cadence_days=pause,
        overdue_days=overdue,
        silent_days=silent,
        reason=pd.Series(reason, index=placed.index, dtype="string[pyarrow]").replace("", pd.NA),
    )
    return _by_revenue(table)


def _by_revenue(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, most revenue first and those that are even by their ids.

    `features` stand in the order of their ids, which is quicker to see than to make.
    """
    ids = pa.array(table["customer_id"].astype("string[pyarrow]").array, type=pa.large_string())
    if not pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py():
        table = table.sort_values("customer_id")
    revenue = table["revenue"].to_numpy(dtype=np.float64, na_value=np.nan)
    return table.iloc[np.argsort(-revenue, kind="stable")].reset_index(drop=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan:
    """The plan of one cell, or of one manager, against what was done."""

    group: str
    n: int
    in_time: int
    """Contacted within the cadence."""
    due: int
    """Contacted, and the cadence has passed."""
    never: int
    """No contact is known."""
    silent: int
    """Contacted in time, and yet silent longer than is their habit; of a group that nobody is
    known to have contacted, all who are silent so long."""
    due_share: float
    """Due or never contacted."""
    low: float
    high: float
    median_overdue: float
    revenue_due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlans(Result):
    """Customers due for contact: counts, no names."""

    units: ClassVar[Mapping[str, Unit]] = {
        "group": Unit.LABEL,
        "n": Unit.COUNT,
        "in_time": Unit.COUNT,
        "due": Unit.COUNT,
        "never": Unit.COUNT,
        "silent": Unit.COUNT,
        "due_share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "median_overdue": Unit.DAYS,
        "revenue_due": Unit.MONEY,
    }

    by: str
    """``cell`` or ``manager``."""
    plans: tuple[CarePlan, ...]
    confidence: float
    n_hidden: int
    """Groups too small to be shown."""
    window: tuple[str, str] | None = None

    @property
    def n(self) -> int:
        """Customers of all the groups shown."""
        return sum(p.n for p in self.plans)

    @property
    def n_due(self) -> int:
        """Customers to contact: the cadence has passed, or no contact is known."""
        return sum(p.due + p.never for p in self.plans)

    @property
    def n_silent(self) -> int:
        """Customers contacted in time, and silent against their own rhythm (see `silent`)."""
        return sum(p.silent for p in self.plans)

    @property
    def is_written(self) -> bool:
        """A contact with anybody is known."""
        return any(p.never < p.n for p in self.plans)

    def main(self) -> CarePlans:
        """Return the cells of high importance, which a reader asks about first."""
        return replace(self, plans=tuple(p for p in self.plans if p.group in IMPORTANT))

    @property
    def units_by_manager(self) -> dict[str, Unit]:
        """Units of the table by manager, whose names are texts and no keys."""
        kept = ("n", "in_time", "due", "never", "silent", "due_share", "revenue_due")
        return {"manager": Unit.TEXT, **{k: self.units[k] for k in kept}}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cell or manager."""
        return pd.DataFrame([asdict(p) for p in self.plans], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return, per cell, which part of the customers should be contacted; none by manager.

        Where no contact with anybody is known, nothing is said: nobody wrote them down.
        """
        if self.by != "cell" or not self.is_written:
            return ()
        return tuple(
            Finding(
                id=f"segmentation/care/cell={p.group}",
                kind="contact_due",
                subject={"cell": p.group},
                estimate=p.due_share,
                low=p.low,
                high=p.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=p.n,
                customers=float(p.due + p.never),
                money=p.revenue_due,
                method="cadence",
                window=self.window,
                direction="bad",
                values={"due": p.due + p.never, "never": p.never, "silent": p.silent},
            )
            for p in self.plans
            if p.due + p.never
        )


def care_plans(
    due: pd.DataFrame,
    by: str = "cell",
    *,
    limits: Limits,
    confidence: float = 0.95,
    window: tuple[str, str] | None = None,
) -> CarePlans:
    """Count who is due, by cell or by manager.

    Parameters
    ----------
    due : pandas.DataFrame
        As `due_for_contact` gives.
    by : {"cell", "manager"}
        What to count by; a customer without a manager counts for no manager.
    limits : Limits
        A smaller group is not shown.
    confidence : float, default 0.95
        Of the interval of the share that is due.
    window : tuple of str, optional
        First and last day of the data, ISO.
    """
    found = due[by].dropna()
    order = [c for c in CELLS if (found == c).any()] if by == "cell" else sorted(found.unique())
    groups = {name: due[(due[by] == name).fillna(False)] for name in order}  # noqa: FBT003
    shown = {k: g for k, g in groups.items() if limits.level(len(g)) != "hidden"}
    return CarePlans(
        by=by,
        plans=tuple(_plan(str(k), g, confidence) for k, g in shown.items()),
        confidence=confidence,
        n_hidden=len(groups) - len(shown),
        window=window,
    )


def _plan(name: str, rows: pd.DataFrame, confidence: float) -> CarePlan:
    counts = rows["reason"].value_counts()
    due, never = int(counts.get("cadence", 0)), int(counts.get("never", 0))
    silent = int(counts.get("rhythm", 0))
    if never == len(rows):  # no contact is written down: the own rhythm is all that is known
        silent = int(rows["silent_days"].notna().sum())
    low, high = wilson_interval(due + never, len(rows), confidence=confidence)
    late = rows[rows["reason"].isin(["cadence", "never"])]
    return CarePlan(
        group=name,
        n=len(rows),
        in_time=len(rows) - due - never,
        due=due,
        never=never,
        silent=silent,
        due_share=(due + never) / len(rows),
        low=float(low),
        high=float(high),
        median_overdue=float(rows.loc[rows["reason"] == "cadence", "overdue_days"].median()),
        revenue_due=float(late["revenue"].sum()),
    )


def _managers(placed: pd.DataFrame, care_contacts: pd.DataFrame) -> pd.Series:
    own = placed["manager"].astype("string[pyarrow]")
    if care_contacts.empty or not {"manager", "made_at"} <= set(map(str, care_contacts.columns)):
        return own
    known = care_contacts.dropna(subset=["manager", "made_at", "customer_id"])
    newest = known.sort_values(["made_at", "manager"]).drop_duplicates("customer_id", keep="last")
    last = placed["customer_id"].map(newest.set_index("customer_id")["manager"])
    return own.fillna(last.astype("string[pyarrow]"))


def _last_contact(
    placed: pd.DataFrame, care_contacts: pd.DataFrame, *, day: float, zone: str
) -> np.ndarray:
    last = np.full(len(placed), np.nan)
    if pd.api.types.is_datetime64_any_dtype(placed["last_contact_at"].dtype):
        own = day_numbers(placed["last_contact_at"], zone)
        last = np.where(own <= day, own, np.nan)
    if care_contacts.empty or "made_at" not in care_contacts:
        return last
    days = day_numbers(care_contacts["made_at"], zone)
    codes = codes_of(
        care_contacts["customer_id"], pd.Index(placed["customer_id"], dtype="string[pyarrow]")
    )
    kept = (codes >= 0) & (days <= day)
    newest = group_extreme(codes[kept], days[kept], len(placed), largest=True)
    either: np.ndarray = np.fmax(last, newest)
    return either
