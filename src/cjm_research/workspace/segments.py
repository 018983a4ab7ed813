"""Segments as a researcher asks for them: by name, or by a condition made up on the spot."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.conditions import evaluate
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import Segment
from cjm_research.study.saved import add_saved, saved_path

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.workspace.workspace import Workspace

_NAME = re.compile(r"[\w-]+(?:/[\w-]+)?")
_NOT_ID = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CustomerGroup:
    """Some of a study's customers, with all that is known of them."""

    name: str
    customers: pd.DataFrame
    """One row per customer: declared columns and features."""

    def __len__(self) -> int:
        return len(self.customers)

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table that belong to these customers."""
        if "customer_id" not in table:
            raise ParameterError("The table has no column 'customer_id'.")
        return table[table["customer_id"].isin(self.customers["customer_id"])]


def customer_group(world: Workspace, text: str) -> CustomerGroup:
    """Return customers by the name of a segment, or by a condition.

    Parameters
    ----------
    world : Workspace
    text : str
        ``"grouping/segment"``, a segment's id that only one grouping has, or an SQL condition
        over the columns of `customers` and `features`, such as ``n_orders >= 3``.

    Raises
    ------
    ParameterError
        If a name fits no segment, or several.
    StudyError
        If a condition is wrong.
    """
    base = customer_table(world.customers, world.features)
    if not (_NAME.fullmatch(text.strip()) or _is_named(world, text.strip())):
        answer = evaluate(base, {text: text})[text]
        return CustomerGroup(name=text, customers=base[answer.fillna(value=False).astype(bool)])
    rows = world.memberships
    grouping, _, segment = text.strip().partition("/")
    grouping, segment = (grouping, segment) if segment else ("", grouping)
    found = rows[rows["segment"] == segment]
    found = found[found["grouping"] == grouping] if grouping else found
    groupings = sorted(found["grouping"].unique().tolist())
    if not groupings:
        known = (rows["grouping"].astype("str") + "/" + rows["segment"].astype("str")).unique()
        raise ParameterError.unknown("segment", text, known=sorted(known))
    if len(groupings) > 1:
        named = [f"{g}/{segment}" for g in groupings]
        raise ParameterError(f"{text!r} is a segment of several groupings: {named}.")
    is_in = base["customer_id"].isin(found["customer_id"])
    return CustomerGroup(name=text, customers=base[is_in])


def _is_named(world: Workspace, text: str) -> bool:
    """Tell whether a text names a segment that a column's values made: ``trade/Food & Drink``."""
    grouping, _, segment = text.partition("/")
    if grouping not in [g.id for g in world.study.groupings]:
        return False
    return bool((world.segments(grouping)["segment"] == segment).any())


def save_segment(
    world: Workspace, name: str, condition: str, *, replace: bool = False
) -> CustomerGroup:
    """Keep a condition as a segment of the grouping ``saved``, after it was tried.

    Parameters
    ----------
    world : Workspace
    name : str
        What the segment is called; its id is made of it if it is written in Latin letters,
        else a hash of it.
    condition : str
        SQL condition over the columns of `customers` and `features`.
    replace : bool
        Write a segment of that id anew.

    Raises
    ------
    StudyError
        If the condition is wrong.
    ParameterError
        If there is such a segment already, or nobody is in it.
    """
    base = customer_table(world.customers, world.features)
    answer = evaluate(base, {name: condition})[name].fillna(value=False).astype(bool)
    if not answer.any():
        raise ParameterError(f"No customer fits {condition!r}; nothing was saved.")
    path = saved_path(world.study.path)
    words = Phrase.model_validate(name)
    add_saved(path, Segment(id=segment_id(name), label=words, when=condition), replace=replace)
    return CustomerGroup(name=name, customers=base[answer])


def segment_id(name: str) -> str:
    """Return an id for a name: its Latin letters and digits, else one made of all its letters.

    Examples
    --------
    >>> segment_id("Big baskets, 2026")
    'big_baskets_2026'
    >>> segment_id("Оптовики").startswith("segment_")
    True
    """
    plain = _NOT_ID.sub("_", name.casefold()).strip("_-")
    if plain and name.isascii():
        return plain
    return f"segment_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
