"""Write a list with addresses to ``data/contacts/``: consent applied, harmless in a spreadsheet."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from cjm_research.cleaning.privacy import consented, write_csv
from cjm_research.errors import DataError, ParameterError
from cjm_research.present.words import Words
from cjm_research.report.contacts.lists import LISTS, contact_list
from cjm_research.report.workbook import workbook
from cjm_research.results import Unit
from cjm_research.store.whole import write_whole
from cjm_research.study.phrase import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.report.contacts.lists import ContactList
    from cjm_research.workspace.workspace import Workspace

Hash = Literal["plain", "sha256", "md5"]
HASHES: tuple[Hash, ...] = ("plain", "sha256", "md5")
SHEETS = frozenset(["due", "overdue", "occasions", "potential", "borderline"])
"""Lists for managers, one workbook each; the others are CSV for other programs."""
_UNSAFE = re.compile(r"[^\w\-. ]+")
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever follows after a dot."""
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a list is written."""

    language: str = ""
    """Of reasons and headings; the study's first if empty."""
    hash: Hash = "plain"
    """How an audience's addresses are written: as the advertising cabinet asks."""
    allow_unknown: bool = False
    """Keep customers whose consent nobody knows: for service contacts, which need none."""
    grouping: str = ""
    segment: str = ""
    """Only customers of this segment; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...]
    n_listed: int
    n_refused: int
    """Left out for want of consent."""
    n_without_address: int
    """Of an audience: no telephone and no e-mail."""
    n_written: int


def export_list(world: Workspace, name: str, choice: Choice) -> Exported:
    """Write a list and say who was left out.

    Parameters
    ----------
    world : Workspace
        The open study.
    name : str
        One of `lists.LISTS`.
    choice : Choice
        Language, hash, consent, segment.

    Raises
    ------
    ParameterError
        If a list, language, hash, grouping or segment is not known.
    DataError
        If nobody is left to write.
    """
    language = choice.language or str(world.study.languages[0])
    if language not in LANGUAGES:
        raise ParameterError.unknown("language", language, known=LANGUAGES)
    if choice.hash not in HASHES:
        raise ParameterError.unknown("hash", choice.hash, known=HASHES)
    if name not in LISTS:
        raise ParameterError.unknown("list", name, known=(*LISTS, "coding_sheet"))
    words = Words(language, world.study.currency, world.labels, world.study.words)
    listed = contact_list(world, name, words)
    inside = _of_segment(listed.rows, world, choice)
    allowed = may_contact(world.customers, allow_unknown=choice.allow_unknown)
    rows = inside[inside["customer_id"].isin(allowed["customer_id"]).to_numpy(dtype=bool)]
    if inside.empty:
        raise DataError(f"Nobody of the segment {choice.segment!r} is on the list {name!r}.")
    if rows.empty:
        raise DataError(
            f"The list {name!r} has {len(inside)} customers, and none may be contacted: no consent"
            " is known. Service contacts that need none are written with --allow-unknown-consent."
        )
    folder = world.root / "data" / "contacts" / world.study.name
    full = _joined(rows, world)
    if name == "audience":
        full = _addresses(full, choice.hash)
        if full.empty:
            raise DataError("The audience is empty: no customer has a telephone or an e-mail.")
    files = (
        _write_sheets(full, listed, folder, words)
        if name in SHEETS
        else [_write_table(full, listed, folder, words)]
    )
    return Exported(
        files=tuple(files), n_listed=len(inside), n_refused=len(inside) - len(rows),
        n_without_address=len(rows) - len(full) if name == "audience" else 0, n_written=len(full),
    )  # fmt: skip


def may_contact(customers: pd.DataFrame, *, allow_unknown: bool) -> pd.DataFrame:
    """Return the customers who may be contacted.

    Who refused never is, nor who shares an address with someone who did. Where consent is not
    known, it is taken as refused, unless a service contact needs none.

    Examples
    --------
    >>> people = pd.DataFrame({"customer_id": ["a", "b"]})
    >>> len(may_contact(people, allow_unknown=False)), len(may_contact(people, allow_unknown=True))
    (0, 2)
    """
    known = "consent_marketing" in customers and customers["consent_marketing"].notna().any()
    if not known:
        return customers if allow_unknown else customers.iloc[:0]
    return consented(customers, unknown="allow" if allow_unknown else "refuse")


def _of_segment(rows: pd.DataFrame, world: Workspace, choice: Choice) -> pd.DataFrame:
    if not choice.segment:
        if choice.grouping:
            raise ParameterError(
                f"The grouping {choice.grouping!r} is given without a segment: name one of"
                f" {sorted(world.segments(choice.grouping)['segment'].dropna().unique())} too."
            )
        return rows
    members = world.segments(choice.grouping)
    known = sorted(members["segment"].dropna().unique())
    if choice.segment not in known:
        raise ParameterError.unknown("segment", choice.segment, known=known)
    own = members.loc[(members["segment"] == choice.segment).to_numpy(dtype=bool), "customer_id"]
    return rows[rows["customer_id"].isin(own).to_numpy(dtype=bool)]


def _joined(rows: pd.DataFrame, world: Workspace) -> pd.DataFrame:
    """Join names and addresses: the customer's own, else those of the company's contacts."""
    own = world.customers.drop_duplicates("customer_id")
    columns = ["name", "phone", "email", "preferred_channel"]
    full = rows.merge(own[["customer_id", *(c for c in columns if c in own)]], on="customer_id",
                      how="left")  # fmt: skip
    for column in columns:
        if column not in full:
            full[column] = pd.NA
    people = world.contacts
    if len(people):
        first = people.sort_values("contact_id").drop_duplicates("customer_id")
        first = first.set_index("customer_id")
        for column, source in (("phone", "phone"), ("email", "email"), ("contact", "name"),
                               ("role", "role")):  # fmt: skip
            if source in first:
                found = full["customer_id"].map(first[source])
                full[column] = full[column].fillna(found) if column in full else found
    return full


def _addresses(full: pd.DataFrame, kind: Hash) -> pd.DataFrame:
    """Return telephones and e-mails as advertising cabinets match them.

    Telephones are digits with the country's code and no plus, e-mails small letters without
    blanks; a hash is of exactly that text, without a key, so that the cabinet's own is equal.
    """
    phone = full["phone"].astype("string[pyarrow]").str.replace(r"\D", "", regex=True)
    email = full["email"].astype("string[pyarrow]").str.strip().str.lower()
    table = pd.DataFrame({"phone": phone.where(phone.str.len() >= 10), "email": email})
    table = table.dropna(how="all").drop_duplicates()
    if kind != "plain":
        for column in ("phone", "email"):
            table[column] = table[column].map(lambda t: _digest(t, kind), na_action="ignore")
    return table.sort_values(["phone", "email"], ignore_index=True)


def _digest(text: str, kind: Hash) -> str:
    made = hashlib.new(kind, text.encode(), usedforsecurity=False)
    return made.hexdigest()


def _columns(listed: ContactList, full: pd.DataFrame) -> dict[str, Unit]:
    shown = {"customer_id": Unit.TEXT, "name": Unit.TEXT, "contact": Unit.TEXT, "role": Unit.LABEL,
             "phone": Unit.TEXT, "email": Unit.TEXT, "preferred_channel": Unit.LABEL,
             "reason": Unit.TEXT, **listed.units}  # fmt: skip
    return {c: u for c, u in shown.items() if c in full and full[c].notna().any()}


def _write_sheets(
    full: pd.DataFrame, listed: ContactList, folder: Path, words: Words
) -> list[Path]:
    """Write one workbook per manager, and take away those of managers who have none now."""
    place = folder / listed.name
    nobody = words("contacts.nobody")
    groups = dict(tuple(full.groupby(full["manager"].fillna(nobody).astype(str))))
    files: list[Path] = []
    for manager in sorted(groups):
        table = _sheet(groups[manager], _columns(listed, full), words)
        table["title"] = f"{words(f'contacts.list_{listed.name}')}: {manager}"
        path = place / f"{_file_name(manager, {f.stem for f in files})}.xlsx"
        write_whole(path, workbook([table], language=words.language))
        files.append(path)
    for old in sorted(place.glob("*.xlsx")):
        if old not in files:
            old.unlink()
    return files


def _sheet(rows: pd.DataFrame, units: dict[str, Unit], words: Words) -> dict[str, object]:
    cells = [
        [_plain(v, u, c, words) for v, (c, u) in zip(row, units.items(), strict=True)]
        for row in rows[list(units)].itertuples(index=False)
    ]
    kinds = [str(Unit.TEXT if u is Unit.LABEL else u) for u in units.values()]
    return {"keys": list(units), "columns": {words.language: [words.column(c) for c in units]},
            "rows": cells, "units": kinds}  # fmt: skip


def _plain(value: object, unit: Unit, column: str, words: Words) -> object:
    if value is None or value is pd.NA or value != value:
        return None
    if unit is Unit.LABEL:
        return words.label(column, value)
    if unit is Unit.DATE:
        return f"{pd.Timestamp(str(value)):%Y-%m-%d}"
    return value.item() if hasattr(value, "item") else value


def _write_table(full: pd.DataFrame, listed: ContactList, folder: Path, words: Words) -> Path:
    path = folder / f"{listed.name}.csv"
    if listed.name == "audience":
        write_csv(full, path)
        return path
    units = _columns(listed, full)
    shown = pd.DataFrame({
        words.column(c): [_plain(v, u, c, words) for v in full[c]] for c, u in units.items()
    })  # fmt: skip
    write_csv(shown, path)
    return path


def _file_name(manager: str, taken: set[str]) -> str:
    """Return a name of a file that no system refuses, no two the same.

    Examples
    --------
    >>> _file_name("../Иванов И./", set()), _file_name("a/b", {"a_b"}), _file_name("Con", set())
    ('Иванов И', 'a_b 2', 'Con_')
    """
    plain = _UNSAFE.sub("_", manager).strip("._ ")[:_LONGEST].rstrip("._ ") or "_"
    if _DEVICE.fullmatch(plain.partition(".")[0].rstrip()):
        plain = f"{plain}_"
    name, number = plain, 1
    while name.casefold() in {t.casefold() for t in taken}:
        number += 1
        name = f"{plain} {number}"
    return name
