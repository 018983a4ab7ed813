"""Columns of a customer list that no table knows: what they tell is kept under their own name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.cleaning.adapters.library import ANY
from cjm_research.cleaning.adapters.looks import DATE, NUMBER, filled_texts, mostly
from cjm_research.cleaning.adapters.match import key_of
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa

    from cjm_research.cleaning.adapters.find import Found
    from cjm_research.study.sources import Source

_OF_A_PERSON = re.compile(
    r"\b(id|uid|guid|ssn|snils|passport|account|iban|снилс|паспорт\w*)\b"
    r"|лицево\w+ сч[её]т|номер карты|身份证|证件|护照|卡号|账号"
)
"""Headers of numbers that are given to one person."""
_MOST_VALUES, _LONGEST = 30, 40
_REPEATED = 3
"""Rows by value from which the values of a text look like a choice, not like names."""
_AGE = {"age", "возраст", "年龄"}
"""Headers of whole years, which are read as the age that a date of birth would give."""
"""Part of the cells that must be numbers or dates: the rest may be marks of what is missing."""


def with_own_columns(found: Found, *, taken: Collection[str] = ()) -> Found:
    """Return what was found in a file with the own columns of a customer list added.

    A column is kept if its first rows hold few values that come again, numbers or dates. What
    could name a person (free texts, long numbers) is left out: add it by hand if it is needed.

    Parameters
    ----------
    found : Found
        Layout and sources of a file; another table than `customers`, or the layout of a system,
        stays as it is.
    taken : collection of str
        Names that mean something else downstream; such a column gets ``_given`` behind its name.
    """
    source = found.sources[0]
    if found.adapter.name != ANY or source.table != "customers":
        return found
    names = {c.name for c in TABLES[source.table].columns} | {*taken} | source.given
    columns, kinds = dict(source.columns), dict(source.kinds)
    for header, cells in found.head.columns.items():
        if header in source.headers or not tells(cells) or _names_a_person(header, cells):
            continue
        name = own_name(header)
        name = "age_band" if name == "age" and not mostly(NUMBER, filled_texts(cells)) else name
        name = f"{name}_given" if name in names else name
        if name not in columns:
            columns[name] = header
            if {*filled_texts(cells)} == {"0", "1"}:
                kinds[name] = Kind.BOOLEAN
    told = source.model_copy(update={"columns": columns, "kinds": kinds})
    return replace(found, sources=(told,))


def tells(cells: pa.Array) -> bool:
    """Tell whether a column holds choices, numbers or dates, and nothing like a name.

    Examples
    --------
    >>> import pyarrow as pa
    >>> tells(pa.array(["yes", "no"] * 3)), tells(pa.array(["Anna K.", "Petr I.", "Olga S."]))
    (True, False)
    >>> tells(pa.array(["29.85", "56.95", " "])), tells(pa.array(["4556737586899855", "4"]))
    (True, False)
    """
    texts = filled_texts(cells)
    values = set(texts)
    if not values or max(map(len, values)) > _LONGEST:
        return False
    if any(re.search(r"\d{8}", v) for v in values):
        return False
    if len(values) <= _MOST_VALUES and len(texts) >= _REPEATED * len(values):
        return True
    return mostly(NUMBER, texts) or mostly(DATE, texts)


def _names_a_person(header: str, cells: pa.Array) -> bool:
    """Tell whether a column holds a number for each person, as its header says."""
    is_such = _OF_A_PERSON.search(key_of(header)) is not None
    return is_such and len(set(filled_texts(cells))) > _MOST_VALUES


def own_name(header: str) -> str:
    """Return a column's name for a header.

    Examples
    --------
    >>> own_name("MonthlyCharges"), own_name("Способ оплаты, вид"), own_name("Возраст")
    ('monthly_charges', 'способ_оплаты_вид', 'age')
    """
    key = key_of(header)
    name = "age" if key in _AGE else re.sub(r"\W+", "_", key).strip("_")
    return name if name and not name[0].isdigit() else f"column_{name}"


def own_label(header: str) -> str:
    """Return what a header says in words.

    Examples
    --------
    >>> own_label("StreamingTV"), own_label("emp.var.rate"), own_label("Способ оплаты")
    ('Streaming TV', 'Emp var rate', 'Способ оплаты')
    """
    if " " in header.strip() or not header.isascii():
        return header.strip()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_.-]+", " ", header).split()
    words = " ".join(w if w.isupper() else w.lower() for w in parted)
    return words[:1].upper() + words[1:] or header


def is_own(source: Source, column: str) -> bool:
    """Tell whether a column of a customer list is none of the schema's."""
    return source.table == "customers" and TABLES["customers"].column(column) is None
