"""What the first cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER = re.compile(r"[-+−]?\d{1,7}([.,]\d+)?")
DATE = re.compile(r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?")
_ALMOST = 0.95
_MAY_BE_DAYS = ((20_000, 80_000), (1_900, 2_100), (190_001, 210_012))
"""Days as a spreadsheet counts them, from 1954 to 2119; years; years with their month."""


def filled_texts(cells: pa.Array) -> list[str]:
    """Return the cells that hold something, as texts without blanks around them."""
    return [t for t in (str(c).strip() for c in cells.to_pylist() if c is not None) if t]


def mostly(form: re.Pattern[str], texts: list[str]) -> bool:
    """Tell whether almost all texts have a form."""
    return sum(form.fullmatch(t) is not None for t in texts) >= _ALMOST * len(texts)


def are_days(cells: pa.Array) -> bool:
    """Tell whether a column holds days.

    Examples
    --------
    >>> import pyarrow as pa
    >>> are_days(pa.array(["24.08.2025", "", "17.08.2025 10:00"])), are_days(pa.array(["24.08"]))
    (True, False)
    """
    texts = filled_texts(cells)
    return bool(texts) and mostly(DATE, texts)


def are_amounts(cells: pa.Array) -> bool:
    """Tell whether a column holds numbers that are no days, neither as a spreadsheet has them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> are_amounts(pa.array(["120,5", "45000"])), are_amounts(pa.array(["45356.5", "45357"]))
    (True, False)
    >>> are_amounts(pa.array(["20240305", "1709633472"])), are_amounts(pa.array(["2024", "202412"]))
    (False, False)
    """
    texts = [t.replace("\xa0", "").replace(" ", "") for t in filled_texts(cells)]
    if not texts or not mostly(NUMBER, texts):
        return False
    numbers = [float(t.replace(",", ".").replace("−", "-")) for t in texts if NUMBER.fullmatch(t)]
    return any(not any(a <= n <= b for a, b in _MAY_BE_DAYS) for n in numbers)
