"""Traits of customers: who they are, apart from what made their segment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.segmentation.base import PERSONAL
from cjm_research.segmentation.columns import FEATURES, FROM_ORDERS, voice_kind
from cjm_research.segmentation.groupings import rules_of
from cjm_research.segmentation.level_codes import level_codes
from cjm_research.segmentation.order_traits import PREFIX, source_of
from cjm_research.segmentation.syntax import columns_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjm_research.study.plans import Grouping

MOST_LEVELS = 60
"""Values that a column may have to be read as a trait."""

_MANY, _THREADS = 200_000, 2
"""Rows from which columns are read side by side, and by how many threads."""

BANDS: dict[str, tuple[float, ...]] = {
    "age": (18, 25, 35, 45, 55, 65),
    "employees": (16, 101, 251),  # micro, small, medium and large by Russian law 209-FZ
    "sites": (2, 6, 21),
}
"""First value of each band but the lowest, for numbers that are told as bands."""

_MADE_OF = {"age": {"birth_date"}, "has_contract": {"contract_until", "contract_type"},
            "main_category": {"category"}, "main_cargo_type": {"cargo_type"},
            "main_channel": {"channel"}}  # fmt: skip
"""Features made of other columns: a segment defined by one is defined by the other."""

_KIN = (
    {"revenue", "revenue_share", "order_value_rate", "profit", "average_order", "n_orders",
     "n_order_days", "orders_per_year"},
    {"first_order_days", "tenure_days"},
    {"company_size", "employees"},
)  # fmt: skip
"""Columns that are made of each other: what is defined by one differs in all."""

_STATES = {"status", "is_churned"}
"""Columns that repeat whether and when a customer ordered."""

_TEXT_FEATURES = ("main_category", "main_cargo_type", "main_channel", "has_contract")
_NO_TRAITS = frozenset(["manager", "customer_id", "referred_by", "source_customer_id", "currency"])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trait:
    """One column as levels: `codes` point into `levels`, -1 where it is not known."""

    column: str
    kind: str
    """``trait``, or ``pain``, ``need``, ``delight`` for what customers spoke of."""
    codes: NDArray[np.int8]
    levels: tuple[str, ...]
    told: tuple[int, ...]
    """Levels to speak of: of a yes/no column, yes."""

    def key(self, level: int) -> str:
        """Return the trait's name: ``city=perm``, or the theme of a pain."""
        if self.kind != "trait":
            return self.column.partition("_")[2]
        return f"{self.column}={self.levels[level]}"


def defining_columns(grouping: Grouping, columns: frozenset[str]) -> frozenset[str]:
    """Return the columns that made the segments of a grouping.

    What made a segment describes it and is never tested: its difference is there by
    construction.
    """
    named: set[str] = set(grouping.features)
    if grouping.column:
        named.add(grouping.column)
    for condition in rules_of(grouping, columns).values():
        named |= columns_used(condition)
    if named & FROM_ORDERS:
        named |= _STATES
    for kin in _KIN:
        if named & kin:
            named |= kin
    named |= {c for c in columns if source_of(c) in named or PREFIX + c in named}
    for feature, sources in _MADE_OF.items():
        if named & {feature, *sources}:
            named |= {feature, *sources}
    return frozenset(named)


def traits(base: pd.DataFrame) -> Iterator[Trait]:
    """Go through the traits of the customers of `base`, in the order of its columns.

    Texts and choices with 2 to 60 values (the schema's, and every attribute that the study
    declares), yes/no columns, numbers that have bands, and the themes that customers spoke of.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives.
    """
    asked = [c for c in map(str, base.columns) if c not in PERSONAL and c not in _NO_TRAITS]
    if len(base) < _MANY:
        found = (_trait(name, base[name]) for name in asked)
        yield from (trait for trait in found if trait is not None)
        return
    with ThreadPoolExecutor(_THREADS) as threads:
        yield from (t for t in threads.map(_trait, asked, (base[c] for c in asked)) if t)


def _trait(name: str, values: pd.Series) -> Trait | None:
    if name in BANDS:
        return _banded(name, values)
    if voice_kind(name) or isinstance(values.dtype, pd.BooleanDtype):
        return _yes_no(name, values)
    return _levels(name, values) if _is_text(name, values) else None


def band_name(column: str, band: int) -> str:
    """Return the key of a band: ``-17``, ``18-24``, ``65+``.

    Examples
    --------
    >>> [band_name("age", i) for i in (0, 1, 6)], band_name("sites", 0)
    (['-17', '18-24', '65+'], '1')
    """
    cuts = BANDS[column]
    if band == 0:
        if cuts[0] == 2:
            return "1"
        return f"-{cuts[0] - 1:g}"
    if band == len(cuts):
        return f"{cuts[-1]:g}+"
    return f"{cuts[band - 1]:g}-{cuts[band] - 1:g}"


def _is_text(name: str, values: pd.Series) -> bool:
    if name in FEATURES:
        return name in _TEXT_FEATURES
    declared = TABLES["customers"].column(name)
    if declared is not None:
        return declared.kind in (Kind.TEXT, Kind.CHOICE)
    return isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype)


def _levels(name: str, values: pd.Series) -> Trait | None:
    read = level_codes(values, at_most=MOST_LEVELS)
    if read is None or len(read[1]) < 2:
        return None
    codes, levels = read
    return Trait(
        column=name,
        kind="trait",
        codes=codes,
        levels=levels,
        told=tuple(range(len(levels))),
    )


def _yes_no(name: str, values: pd.Series) -> Trait | None:
    codes: NDArray[np.int8] = np.array(values.astype("Int8").fillna(-1), dtype=np.int8)
    if not (codes == 1).any():
        return None
    return Trait(
        column=name,
        kind=voice_kind(name) or "trait",
        codes=codes,
        levels=("no", "yes"),
        told=(1,),
    )


def _banded(name: str, values: pd.Series) -> Trait | None:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(numbers)
    if not known.any():
        return None
    cuts = BANDS[name]
    codes = np.where(known, np.searchsorted(cuts, np.nan_to_num(numbers), side="right"), -1)
    n_levels = len(cuts) + 1
    return Trait(
        column=name,
        kind="trait",
        codes=codes.astype(np.int8),
        levels=tuple(band_name(name, i) for i in range(n_levels)),
        told=tuple(range(n_levels)),
    )
