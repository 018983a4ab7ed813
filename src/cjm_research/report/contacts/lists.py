"""Which customers are on a list, and why each is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.present.words import capital
from cjm_research.results import Unit
from cjm_research.segmentation.care import due_for_contact
from cjm_research.segmentation.matrix import cadences, place_customers
from cjm_research.segmentation.occasions import occasions
from cjm_research.segmentation.potential import candidates, potential
from cjm_research.segmentation.value.kinds_bought import needs_of
from cjm_research.segmentation.value.need_checks import need_check
from cjm_research.segmentation.value.next_need import next_needs
from cjm_research.study.days import begin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjm_research.present.words import Words
    from cjm_research.workspace.workspace import Workspace

IMPORTANT = ("high_high", "high_low")
"""Cells whose customers are greeted by a manager."""
AHEAD = 30
"""Days within which a need is offered for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactList:
    """A list before consent and addresses: who, why, in which order."""

    name: str
    rows: pd.DataFrame
    """`customer_id`, `manager`, `reason` in words, then what the list adds."""
    units: dict[str, Unit]
    """Further columns."""


def contact_list(world: Workspace, name: str, words: Words) -> ContactList:
    """Make a list of a study.

    Parameters
    ----------
    world : Workspace
        The open study.
    name : str
        One of `LISTS`.
    words : Words
        Language of the reasons.

    Raises
    ------
    ParameterError
        If there is no such list.
    DataError
        If the list would be empty, or is not to be relied on.
    """
    if name not in LISTS:
        raise ParameterError.unknown("list", name, known=LISTS)
    found = LISTS[name](world, words)
    if found.rows.empty:
        raise DataError(f"The list {name!r} is empty: nobody is to be contacted for this reason.")
    return found


def _due(world: Workspace, words: Words) -> ContactList:
    rows = _table(world)
    rows = rows[rows["reason"].isin(["never", "cadence"]).to_numpy(dtype=bool, na_value=False)]
    rows = rows.assign(reason=[
        words("contacts.never", cell=r.cell, cadence=r.cadence_days) if r.reason == "never"
        else words("contacts.due", cell=r.cell, since=r.contact_days, cadence=r.cadence_days)
        for r in _rows(rows)
    ])  # fmt: skip
    return _with(world, "due", rows, {"cell": Unit.LABEL, "revenue": Unit.MONEY,
                                      "contact_days": Unit.DAYS})  # fmt: skip


def _overdue(world: Workspace, words: Words) -> ContactList:
    rows = _table(world)
    rows = rows[rows["silent_days"].notna()].sort_values(
        ["silent_days", "customer_id"], ascending=[False, True]
    )
    known = world.features.set_index("customer_id")
    rows = rows.assign(
        recency_days=known["recency_days"].reindex(rows["customer_id"]).to_numpy(),
        gap_p80_days=known["gap_p80_days"].reindex(rows["customer_id"]).to_numpy(),
    )
    rows = rows.assign(reason=[
        words("contacts.overdue", silent=r.recency_days, usual=round(r.gap_p80_days))
        for r in _rows(rows)
    ])  # fmt: skip
    return _with(world, "overdue", rows, {"cell": Unit.LABEL, "revenue": Unit.MONEY,
                                          "silent_days": Unit.DAYS})  # fmt: skip


def _occasions(world: Workspace, words: Words) -> ContactList:
    table = _table(world)
    table = table[table["cell"].isin(IMPORTANT).to_numpy(dtype=bool)]
    people = world.customers[world.customers["customer_id"].isin(table["customer_id"])]
    found = occasions(people, world.care_contacts, as_of=_day(world),
                      ahead=world.study.care.ahead_days,
                      calendars=world.study.calendars)  # fmt: skip
    rows = found.merge(table[["customer_id", "cell", "manager", "revenue"]], on="customer_id")
    rows = rows.assign(greet_on=rows["on"], reason=[
        words("contacts.occasion" if pd.isna(r.years) else f"contacts.{r.occasion}",
              occasion=r.occasion, on=r.on, years=0 if pd.isna(r.years) else int(r.years))
        for r in _rows(rows)
    ])  # fmt: skip
    return _with(world, "occasions", rows, {"greet_on": Unit.DATE, "cell": Unit.LABEL,
                                            "revenue": Unit.MONEY})  # fmt: skip


def _potential(world: Workspace, words: Words) -> ContactList:
    check = potential(world.orders, as_of=_day(world), limits=world.limits)
    if not check.is_proved:
        raise DataError(
            "The list 'potential' is not made: customers chosen like this three months ago did"
            " not become valuable more often than others."
        )
    one, other = check.groups
    table = _table(world)
    rows = table[table["customer_id"].isin(candidates(world.orders, as_of=_day(world)))]
    text = words("contacts.potential", share=one.share, rest=other.share)
    return _with(world, "potential", rows.assign(reason=text),
                 {"cell": Unit.LABEL, "revenue": Unit.MONEY})  # fmt: skip


def _borderline(world: Workspace, words: Words) -> ContactList:
    placed = _placed(world)
    near = placed.loc[placed["is_borderline"].to_numpy(dtype=bool), "customer_id"]
    table = _table(world)
    rows = table[table["customer_id"].isin(near).to_numpy(dtype=bool)]
    rows = rows.assign(reason=[words("contacts.borderline", cell=c) for c in rows["cell"]])
    return _with(world, "borderline", rows, {"cell": Unit.LABEL, "revenue": Unit.MONEY})


def _offers(world: Workspace, words: Words) -> ContactList:
    needs = needs_of(world.orders, as_of=_day(world))
    is_better = _forecast_is_better(world)
    rows = next_needs(needs, as_of=_day(world), same_as_last=not is_better)
    until = pd.Timestamp(world.as_of) + pd.Timedelta(days=AHEAD)
    awaited = (rows["next_on"] <= until) & (rows["next_to"] >= pd.Timestamp(world.as_of))
    rows = rows[awaited.to_numpy()]
    said = {k: words.label(needs.column, k) for k in needs.kinds}
    rows = rows.assign(
        reason=[
            words(f"contacts.offer_{r.basis}", kind=said[r.next_kind], on=r.next_on,
                  last=said[r.last_kind])
            for r in _rows(rows)
        ],
        offer=[said[k] for k in rows["next_kind"]],
        offer_chance=rows["chance"],
        manager=None,
    ).sort_values(["next_on", "customer_id"])  # fmt: skip
    return _with(world, "offers", rows, {"offer": Unit.TEXT, "offer_chance": Unit.SHARE,
                                         "next_on": Unit.DATE})  # fmt: skip


def _audience(world: Workspace, words: Words) -> ContactList:
    rows = world.customers[["customer_id"]].assign(manager=None, reason=words("contacts.audience"))
    return ContactList(name="audience", rows=rows, units={})


LISTS: dict[str, Callable[[Workspace, Words], ContactList]] = {
    "due": _due,
    "overdue": _overdue,
    "occasions": _occasions,
    "potential": _potential,
    "borderline": _borderline,
    "offers": _offers,
    "audience": _audience,
}
"""Every list by name."""


def _rows(table: pd.DataFrame) -> list[Any]:
    """Return the rows by the names of their columns."""
    return list(table.itertuples())


def _forecast_is_better(world: Workspace) -> bool:
    try:
        needs = needs_of(world.orders, as_of=_day(world))
        return need_check(needs, as_of=_day(world)).is_better
    except NoDataError:
        return False


def _day(world: Workspace) -> pd.Timestamp:
    return begin_of(world.as_of, world.study.zone)


def _placed(world: Workspace) -> pd.DataFrame:
    return place_customers(world.customers, world.features, world.study.matrix)


def _table(world: Workspace) -> pd.DataFrame:
    return due_for_contact(_placed(world), world.care_contacts,
                           cadence=cadences(world.study.matrix), as_of=_day(world))  # fmt: skip


def _with(world: Workspace, name: str, rows: pd.DataFrame, units: dict[str, Unit]) -> ContactList:
    """Return the list with managers known, rows numbered anew, words for the cells."""
    managers = rows["manager"]
    if "manager" in world.customers and managers.isna().all():
        own = world.customers.drop_duplicates("customer_id").set_index("customer_id")["manager"]
        managers = rows["customer_id"].map(own)
    kept = rows.assign(manager=managers)[["customer_id", "manager", "reason", *units]]
    kept["reason"] = [capital(text) for text in kept["reason"]]
    return ContactList(name=name, rows=kept.reset_index(drop=True), units=units)
