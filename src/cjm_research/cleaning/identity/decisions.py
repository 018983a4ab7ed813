"""What a person decided about two records: one customer, or two. The list that undoes a merge."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import SourceError, nearest

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("customer_id", "other_id", "decision")
SAME, APART = "same", "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two records, by their own ids, and whether they are one customer."""

    first: str
    second: str
    is_same: bool


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Read the list of decisions; rows without one are not decided.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns ``customer_id``, ``other_id`` and ``decision``, which is
        ``same``, ``apart`` or empty. Other columns are for the reader.

    Raises
    ------
    SourceError
        If the file is missing, lacks a column, or has another word.
    """
    if not path.is_file():
        raise SourceError(
            f"There is no file {path.name!r} beside the study file; [identity] names it under"
            " 'decisions'."
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.readline()
            file.seek(0)
            rows = csv.DictReader(
                file, delimiter=";" if start.count(";") > start.count(",") else ","
            )
            missing = [c for c in COLUMNS if c not in (rows.fieldnames or ())]
            if missing:
                there = list(rows.fieldnames or ())
                raise SourceError(f"{path.name} lacks the columns {missing}; it has {there}.")
            read = [_decision(row, path.name, rows.line_num) for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path.name} is no CSV file in UTF-8: {error}.") from None
    return tuple(d for d in read if d is not None)


def placed(decisions: tuple[Decision, ...], customers: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions by place in the table; those on customers who are gone are left out.

    Parameters
    ----------
    decisions : tuple of Decision
        As `read_decisions` gives them; of two on one pair the last one counts.
    customers : pandas.DataFrame
        All records.
    """
    place = {str(c): i for i, c in enumerate(customers["customer_id"])}
    found = {}
    for d in decisions:
        a, b = place.get(d.first), place.get(d.second)
        if a is not None and b is not None and a != b:
            found[min(a, b), max(a, b)] = d.is_same
    return pd.DataFrame(
        {
            "first": pd.Series([a for a, _ in found], dtype="int64"),
            "second": pd.Series([b for _, b in found], dtype="int64"),
            "is_same": pd.Series(list(found.values()), dtype=bool),
        }
    )


def _decision(row: dict[str, str | None], file: str, line: int) -> Decision | None:
    word = (row["decision"] or "").strip().casefold()
    if not word:
        return None
    if word not in (SAME, APART):
        raise SourceError(
            f"{file}, line {line}: decision must be 'same', 'apart' or empty; got"
            f" {row['decision']!r}.{nearest(word, (SAME, APART))}"
        )
    first, second = ((row[c] or "").strip().removeprefix("'") for c in COLUMNS[:2])
    return Decision(first=first, second=second, is_same=word == SAME)
