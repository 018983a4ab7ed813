"""What became of the customers' records: joined, kept apart, doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN_RULES = ("phone", "email", "tax_id", "likeness", "decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityResult(Result):
    """How many records were joined by which rule, and how many pairs wait for a person."""

    units: ClassVar[Mapping[str, Unit]] = {
        "identity_state": Unit.LABEL,
        "joined_by": Unit.LABEL,
        "doubt": Unit.LABEL,
        "pairs": Unit.COUNT,
    }

    rows: tuple[tuple[str, str, str, int], ...]
    """State (``merged``, ``review``), rule, reason, how many."""
    records: int
    customers: int
    merged_customers: int
    review: int
    kept_apart: int
    shared_values: int
    decided_apart: int
    decided_same: int
    names_slip: int
    """Proved pairs under other names, where there are so many that names prove little; else 0."""
    is_off: bool
    skipped: str
    """Why likeness was not looked for; empty when it was."""

    @property
    def merged(self) -> int:
        """Records that went into another one."""
        return self.records - self.customers

    @property
    def shown(self) -> tuple[Result, ...]:
        """The result, where there is something to show."""
        return (self,) if self.rows else ()

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        return "quality.identity_off" if self.is_off else "quality.identity"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state, rule and reason, merges first."""
        frame = pd.DataFrame(list(self.rows), columns=list(self.units))
        return frame.assign(doubt=frame["doubt"].replace("", None))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was joined, what waits for a person, and what was kept apart."""
        if self.is_off:
            return ()
        told = {
            "identity_merged": self.merged,
            "identity_review": self.review,
            "identity_kept_apart": self.kept_apart,
            "identity_shared": self.shared_values,
            "identity_names_slip": self.names_slip,
            "identity_undone": self.decided_apart,
        }
        return tuple(
            Finding(
                id=f"quality/{kind}", kind=kind, subject={}, estimate=float(n), unit=Unit.COUNT,
                n=self.records, method="count",
                direction="bad" if kind == "identity_review" else "neutral",
                values={"customers": self.merged_customers, "count": n},
            )
            for kind, n in told.items()
            if n
        )  # fmt: skip


def identity_result(tables: Mapping[str, pd.DataFrame]) -> IdentityResult:
    """Return what became of the customers' records.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``identities``, ``identity_review`` and ``identity_counts`` as the cleaning leaves them.
    """
    counts = tables.get("identity_counts", pd.DataFrame())
    found = {str(w): int(n) for w, n in counts.itertuples(index=False)} if len(counts) else {}
    skipped = next((w.removeprefix("skipped_") for w in found if w.startswith("skipped_")), "")
    names = ("records", "customers", "merged_customers", "review", "kept_apart", "shared_values",
             "decided_apart", "decided_same", "names_slip")  # fmt: skip
    merged = _counted(tables.get("identities"), "merged", ["rule"])
    review = _counted(tables.get("identity_review"), "review", ["rule", "why"])
    return IdentityResult(
        rows=(*merged, *review), is_off=not found, skipped=skipped,
        **{n: found.get(n, 0) for n in names},
    )  # fmt: skip


def _counted(
    rows: pd.DataFrame | None, state: str, columns: list[str]
) -> list[tuple[str, str, str, int]]:
    if rows is None or rows.empty:
        return []
    plain = rows.assign(rule=rows["rule"].where(rows["rule"].isin(_KNOWN_RULES), "own_key"))
    counted = plain.groupby(columns).size().sort_values(ascending=False)
    keys = [k if isinstance(k, tuple) else (k, "") for k in counted.index]
    return [(state, str(r), str(w), int(n)) for (r, w), n in zip(keys, counted, strict=True)]
