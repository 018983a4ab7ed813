"""What leaves the project about people: keyed hashes, lists of those who agreed, harmless CSV."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, ParameterError
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cjm_research.schema.columns import Table

    Mask = NDArray[np.bool_]

KEY_VARIABLE = "CJM_HASH_KEY"
"""Environment variable that holds the secret key of the hashes."""

SHORTEST_KEY = 16
CUSTOMER_IDS = ("customer_id", "unit_id", "source_customer_id", "other_id", "referred_by")
"""Columns that name a customer: one id has one hash in all of them, so that tables still join."""

_HASH_LENGTH = 32
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def hashing_key(environment: Mapping[str, str]) -> bytes:
    """Return the secret key of the hashes.

    Raises
    ------
    ParameterError
        If the variable is not set, or its text is too short to keep a secret.

    Examples
    --------
    >>> hashing_key({})
    Traceback (most recent call last):
    cjm_research.errors.ParameterError: The environment variable CJM_HASH_KEY is not set. \
Identifiers are hashed with a secret key of at least 16 characters; set it and try again.
    """
    text = environment.get(KEY_VARIABLE, "")
    if len(text) < SHORTEST_KEY:
        found = f"has {len(text)} characters" if text else "is not set"
        raise ParameterError(
            f"The environment variable {KEY_VARIABLE} {found}. Identifiers are hashed with a"
            f" secret key of at least {SHORTEST_KEY} characters; set it and try again."
        )
    return text.encode()


def hashed(values: pd.Series, *, key: bytes, purpose: str) -> pd.Series:
    """Replace texts by keyed hashes: equal texts give equal hashes, and nobody can turn one back.

    Parameters
    ----------
    values : pandas.Series of str
        Identifiers. A missing one stays missing.
    key : bytes
        The secret. Without it a hash cannot be found by trying all telephone numbers.
    purpose : str
        What the values are, ``"email"``: one text hashes differently for another purpose.

    Returns
    -------
    pandas.Series of str
        HMAC-SHA-256 (RFC 2104) of purpose and text, cut to 128 bits, in hexadecimal. Case, width
        and blanks around a text do not count.

    Examples
    --------
    >>> first, second = hashed(pd.Series(["A@b.org", " a@b.org"]), key=b"k" * 16, purpose="email")
    >>> first == second, len(first)
    (True, 32)
    """
    codes, texts = pd.factorize(values.astype("string[pyarrow]"))
    found = [_hash(str(t), key, purpose) for t in texts]
    cells = np.array([*found, None], dtype=object)[codes]
    return pd.Series(cells, index=values.index, name=values.name, dtype="string[pyarrow]")


def without_identifiers(
    tables: Mapping[str, pd.DataFrame], *, key: bytes, personal: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Hash who people are in all tables of a study; what they did stays as it is.

    Names, telephone numbers, addresses, tax numbers and customer ids become hashes, a date of
    birth becomes the first day of its year. The books of the cleaning lose the values that stood
    in such columns and the texts of rows that could not be read.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables and the books of the cleaning.
    key : bytes
        The secret (see `hashing_key`).
    personal : collection of str
        Further columns of the study's own that name a person.
    """
    return {
        name: _hidden(frame, TABLES.get(name), key=key, personal={*personal})
        for name, frame in tables.items()
    }


def consented(
    customers: pd.DataFrame, *, unknown: Literal["refuse", "allow"] = "refuse"
) -> pd.DataFrame:
    """Return the customers who may be written to or called.

    A customer whose consent is not known is left out. Who shares a telephone number or an e-mail
    address with someone who refused is left out too: the refusal came from that address.

    Parameters
    ----------
    customers : pandas.DataFrame
        Canonical customers, `consent_marketing` among the columns.
    unknown : {"refuse", "allow"}
        What is done where nobody asked. ``"allow"`` is for service messages that need no consent.

    Raises
    ------
    DataError
        If no customer's consent is known: then nobody may be contacted.

    Examples
    --------
    >>> customers = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "b", "c", "d"],
    ...         "email": ["x@y.org", "x@y.org", "z@y.org", None],
    ...         "consent_marketing": pd.array([True, False, True, None], dtype="boolean"),
    ...     }
    ... )
    >>> consented(customers)["customer_id"].tolist()
    ['c']
    """
    if "consent_marketing" not in customers or customers["consent_marketing"].isna().all():
        raise DataError(
            "Nobody's consent is known, so nobody may be contacted. Map the column"
            " 'consent_marketing' in the study file."
        )
    consent = customers["consent_marketing"].astype("boolean")
    refused = consent.eq(other=False).fillna(value=False).to_numpy(dtype=bool)
    may = consent.fillna(value=unknown == "allow").to_numpy(dtype=bool)
    for column in ("phone", "email"):
        if column in customers:
            addresses = customers[column]
            may &= ~(addresses.notna() & addresses.isin(addresses[refused].dropna())).to_numpy()
    return customers.loc[may].reset_index(drop=True)


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A number or a telephone number is none and stays; anything else that begins like a formula
    gets an apostrophe in front, which spreadsheets do not show.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-5,2"), harmless("+79161234567"), harmless(" @SUM(A1)")
    ("'=1+1", '-5,2', '+79161234567', "' @SUM(A1)")
    """
    bare = text.lstrip(" \u00a0\u200b\ufeff")
    if not bare.startswith(_STARTS_FORMULA) or _PLAIN_NUMBER.fullmatch(bare):
        return text
    return f"'{text}"


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that is harmless in a spreadsheet, whole or not at all.

    UTF-8 with a byte order mark and Windows line ends, as Excel reads it; the folder is made
    when it is not there.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any table; its index is not written.
    path : Path
        The file, replaced when it is there.
    """
    plain = frame.rename(columns=lambda name: harmless(str(name)))
    for i, name in enumerate(plain.columns):
        column = plain.iloc[:, i]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            texts = column.astype("string[pyarrow]").map(harmless, na_action="ignore")
            plain = plain.assign(**{str(name): texts})
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    plain.to_csv(staged, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    staged.replace(path)


def _hash(text: str, key: bytes, purpose: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    message = f"{purpose}\0{plain}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:_HASH_LENGTH]


def _hidden(
    frame: pd.DataFrame, table: Table | None, *, key: bytes, personal: set[str]
) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for name in (str(c) for c in frame):
        declared = table.column(name) if table is not None else None
        if name in CUSTOMER_IDS:
            columns[name] = hashed(frame[name], key=key, purpose="customer_id")
        elif name == "birth_date":
            columns[name] = frame[name].dt.to_period("Y").dt.to_timestamp().astype("datetime64[us]")
        elif name in personal or (declared is not None and declared.personal):
            columns[name] = hashed(frame[name], key=key, purpose=name)
    if table is None and {"table", "column"} <= set(frame):
        spoken = ~_tells_nobody(frame, personal)
        columns |= {c: frame[c].mask(spoken) for c in ("value", "before") if c in frame}
    return frame.assign(**columns)


def _tells_nobody(book: pd.DataFrame, personal: set[str]) -> Mask:
    """Tell which lines of a book hold a value that names nobody."""
    names = zip(book["table"].fillna(""), book["column"].fillna(""), strict=True)
    return np.array([_is_plain(str(t), str(c), personal) for t, c in names], dtype=bool)


def _is_plain(table: str, column: str, personal: set[str]) -> bool:
    declared = TABLES[table].column(column) if table in TABLES else None
    if declared is None or column in personal:
        return False
    return not declared.personal and declared.kind not in (Kind.ID, Kind.TEXT)
