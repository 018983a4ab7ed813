"""The customers as they are compared: names in one form, keys that point at one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.identity.agreement import NameBook
from cjm_research.cleaning.identity.names import Name, canonical_name, has_cyrillic
from cjm_research.cleaning.parsing.tax_ids import tax_id_fits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.identity import Identity

    Texts = list[str | None]

MOST_NAMES = 4
"""Names under which one telephone number or address may stand; with more it is nobody's own."""
MOST_RECORDS = 30
"""Records that may carry one value before it is a stand-in."""

_MAILBOXES = frozenset(
    ["info", "office", "sales", "admin", "mail", "post", "support", "zakaz", "order", "orders",
     "shop", "contact", "contacts", "hr", "pr", "buh", "buhgalter", "noreply", "no-reply",
     "marketing", "reception", "test", "manager", "director", "opt", "secretary", "service", "sale",
     "hello", "team", "finance", "account", "accounts", "billing", "webmaster", "kontakt",
     "priemnaya"]
)  # fmt: skip
"""Names of mailboxes that many people read."""

_GIVEN = re.compile(r"given|first|forename|\bимя\b|^имя|^名")
_TEST_MAIL = re.compile(r"@(example\.(com|org|net|ru)|test\.|localhost|mailinator\.)")
_TEST_NUMBER = re.compile(r"(\d)\1{6,}|0?1234567|9876543|(\d{2})\2{4}|(\d{3})\3{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is compared of each customer, by place in the table."""

    book: NameBook
    fields: pd.DataFrame
    """Columns ``name``, ``phone``, ``email``, ``tax_id``, ``birth``, ``gender`` and those that the
    study names; texts, or None where not known or not the customer's own."""
    keys: tuple[str, ...]
    """Columns of `fields` that point at one customer."""
    certain: tuple[str, ...]
    """Those of them that need no name beside them: tax numbers, numbers of other systems."""
    address: tuple[str, ...]
    """Those that the study adds: streets, postcodes."""
    n_shared: int
    """Telephone numbers and addresses that nobody owns: switchboards, mailboxes, stand-ins."""

    has_checked_numbers: bool
    """Tax numbers were proved by their check digits, so two of them are two customers."""
    given: str | None = None
    """Column of `fields` that holds the first name alone."""
    names_slip: bool = False
    """Names of one customer differ so often in this table that a name proves little."""

    def __len__(self) -> int:
        return len(self.fields)


def prepared(customers: pd.DataFrame, settings: Identity, *, region: str | None = None) -> Records:
    """Bring customers into the form in which they are compared.

    Parameters
    ----------
    customers : pandas.DataFrame
        Canonical customers.
    settings : Identity
        Of the study.
    region : str, optional
        Country whose tax numbers have check digits that can be proved: ``RU`` or ``CN``.
    """
    names = _names(customers, settings, region)
    fields: dict[str, Texts] = {"name": [n.text or None for n in names]}
    if len(settings.names) > 1:
        fields |= {f"name_{i}": _texts(customers, c) for i, c in enumerate(settings.names)}
    shared = 0
    for column in ("phone", "email"):
        values = _texts(customers, column)
        own = _own(values, fields["name"], column)
        shared += _shared(values, own)
        fields[column] = own
    tax_ids = [_tax_id(t, region) for t in _texts(customers, "tax_id")]
    fields["tax_id"] = _own(tax_ids, fields["name"], "tax_id")
    fields["birth"] = _days(customers)
    fields["gender"] = _texts(customers, "gender")
    for column in settings.keys:
        fields[column] = _own(_texts(customers, column), fields["name"], column)
    for column in dict.fromkeys(("city", *settings.compare)):
        fields[column] = _texts(customers, column)
    frame = pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in fields.items()})
    certain = ("tax_id", *settings.keys)
    return Records(
        book=NameBook(
            words=[n.words for n in names], is_company=[n.is_company for n in names]
        ),
        fields=frame,
        keys=(*certain, "phone", "email"),
        certain=certain,
        address=tuple(settings.compare),
        n_shared=shared,
        has_checked_numbers=region in ("RU", "CN"),
        given=_given(settings.names),
    )  # fmt: skip


def _given(columns: list[str]) -> str | None:
    """Find the column of the first name among those that together are the name."""
    found = [i for i, c in enumerate(columns) if _GIVEN.search(c.casefold())]
    return f"name_{found[0]}" if len(columns) > 1 and len(found) == 1 else None


def _names(customers: pd.DataFrame, settings: Identity, region: str | None) -> list[Name]:
    columns = [_texts(customers, c) for c in settings.names]
    texts = [" ".join(p for p in parts if p) for parts in zip(*columns, strict=True)]
    distinct = list(dict.fromkeys(texts))
    cyrillic = [has_cyrillic(t.casefold()) for t in distinct]
    is_latin_too = any(cyrillic) and not all(
        c or not re.search("[A-Za-z]{2}", t) for c, t in zip(cyrillic, distinct, strict=True)
    )
    is_company = _companies(customers, settings, region)
    known: dict[tuple[str, bool], Name] = {}
    for key in dict.fromkeys(zip(texts, is_company, strict=True)):
        found = canonical_name(key[0], is_latin_too=is_latin_too, is_company=key[1])
        if settings.subjects == "people" and found.is_company:
            found = Name(words=found.words, is_company=False)
        known[key] = found
    return [known[k] for k in zip(texts, is_company, strict=True)]


def _companies(customers: pd.DataFrame, settings: Identity, region: str | None) -> list[bool]:
    """Tell who is a company for certain, before the name is looked at."""
    if settings.subjects != "auto":
        return [settings.subjects == "companies"] * len(customers)
    forms = [bool(t) and t not in ("ип", "person") for t in _texts(customers, "legal_form")]
    lengths = {"RU": 10, "CN": 18}
    taxed = [
        region in lengths and t is not None and len(t) == lengths[region or ""]
        for t in _texts(customers, "tax_id")
    ]
    return [a or b for a, b in zip(forms, taxed, strict=True)]


def _texts(customers: pd.DataFrame, column: str) -> Texts:
    """Return a column as trimmed texts in small letters; an absent one is not known."""
    if column not in customers:
        return [None] * len(customers)
    plain = customers[column].astype("string[pyarrow]").str.strip().str.casefold()
    known: Texts = plain.astype(object).where(plain.notna() & (plain != ""), None).tolist()
    return known


def _days(customers: pd.DataFrame) -> Texts:
    if "birth_date" not in customers:
        return [None] * len(customers)
    days = customers["birth_date"].dt.strftime("%Y%m%d").astype(object)
    known: Texts = days.where(days.notna(), None).tolist()
    return known


def _own(values: Texts, names: Texts, column: str) -> Texts:
    """Leave out what stands under many names or many times, and what nobody owns."""
    frame = pd.DataFrame({"value": values, "name": names}, dtype=object)
    repeated = frame[frame["value"].notna() & frame.duplicated("value", keep=False)]
    grouped = repeated.groupby("value")["name"].agg(["size", "nunique"])
    many = (grouped["nunique"] > MOST_NAMES) | (grouped["size"] > MOST_RECORDS)
    nobodys = {str(v) for v in grouped.index[many]}
    if column in ("phone", "email"):
        nobodys |= {v for v in set(values) if v is not None and _is_stand_in(v, column)}
    return [None if v in nobodys else v for v in values]


def _shared(values: Texts, own: Texts) -> int:
    """Count the values that several records carry and that are nobody's own."""
    left_out = pd.Series([v for v, o in zip(values, own, strict=True) if o is None], dtype=object)
    return int((left_out.dropna().value_counts() > 1).sum())


def _is_stand_in(value: str, column: str) -> bool:
    if column == "email":
        local = re.split(r"[@+.\d]", value)[0]
        return local in _MAILBOXES or bool(_TEST_MAIL.search(value))
    return bool(_TEST_NUMBER.search(value))


def _tax_id(text: str | None, region: str | None) -> str | None:
    if text is None or tax_id_fits(text, region) is False:
        return None
    return None if len(set(text)) == 1 else text


def key_pairs(values: pd.Series) -> NDArray[np.int64]:
    """Return all pairs of places that share a known value, the lower place first."""
    known = pd.DataFrame({"value": values, "place": np.arange(len(values))}).dropna()
    known = known[known.duplicated("value", keep=False)]
    both = known.merge(known, on="value")
    pairs = both.loc[both["place_x"] < both["place_y"], ["place_x", "place_y"]]
    return pairs.to_numpy(dtype=np.int64).reshape(-1, 2)
