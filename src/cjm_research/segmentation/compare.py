"""Two groups of customers side by side: which traits are more common in which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.traits import traits
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.two_proportions import compare_proportions

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupComparison(Result):
    """Shares of each trait in two groups of customers."""

    units: ClassVar[Mapping[str, Unit]] = {
        "trait": Unit.LABEL,
        "share_first": Unit.SHARE,
        "share_second": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "n_known": Unit.COUNT,
        "p_adjusted": Unit.P_VALUE,
    }

    frame: pd.DataFrame
    first: str
    second: str
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per trait, the largest difference that is no noise first."""
        return self.frame

    def findings(self) -> tuple[Finding, ...]:
        """Return each trait that differs; who looks for one between groups reads them all."""
        return tuple(
            Finding(
                id=f"segmentation/compare/trait={row['trait']}",
                kind="group_difference",
                subject={"trait": str(row["trait"])},
                estimate=float(row["difference"]),
                low=float(row["difference_low"]),
                high=float(row["difference_high"]),
                confidence=self.confidence,
                unit=Unit.POINTS,
                n=int(row["n_known"]),
                method="miettinen_nurminen",
                p_adjusted=float(row["p_adjusted"]),
                family="traits of two groups",
                status="shown" if row["p_adjusted"] < 1 - self.confidence else "not_significant",
                values={"share_first": float(row["share_first"]),
                        "share_second": float(row["share_second"])},
            )
            for row in self.frame.to_dict("records")
        )  # fmt: skip


def compare(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    names: tuple[str, str] = ("first", "second"),
    confidence: float = 0.95,
) -> GroupComparison:
    """Compare two groups of customers trait by trait.

    Parameters
    ----------
    first, second : pandas.DataFrame
        One row per customer, as `customer_table` gives; nobody may be in both.
    names : tuple of str
        What the groups are called.
    confidence : float
        Of each interval; the share of false differences among those shown is held below its
        complement (Benjamini-Hochberg over all traits).

    Returns
    -------
    GroupComparison
        Shares 0..1 of the customers of whom the trait is known, their difference (first less
        second) with the Miettinen-Nurminen interval, and the adjusted p of the score test.

    Raises
    ------
    ParameterError
        If a group is empty or the groups share a customer: shares of overlapping groups are
        not independent.

    Examples
    --------
    >>> a = pd.DataFrame({"customer_id": [f"a{i}" for i in range(40)], "city": ["Perm"] * 40})
    >>> b = pd.DataFrame({"customer_id": [f"b{i}" for i in range(40)], "city": ["Ufa"] * 40})
    >>> compare(a, b).to_frame()["difference"].tolist()
    [1.0, -1.0]
    """
    if first.empty or second.empty:
        raise ParameterError("Both groups must have customers.")
    shared = int(first["customer_id"].isin(second["customer_id"]).sum())
    if shared:
        raise ParameterError(f"{shared} customers are in both groups; compare groups apart.")
    both = pd.concat([first, second], ignore_index=True)
    is_first = np.arange(len(both)) < len(first)
    rows = []
    for trait in traits(both):
        known = trait.codes >= 0
        n_first, n_second = int((known & is_first).sum()), int((known & ~is_first).sum())
        if not (n_first and n_second):
            continue
        for level in trait.told:
            has = trait.codes == level
            counts = int((has & is_first).sum()), int((has & ~is_first).sum())
            found = compare_proportions(
                (counts[0], n_first), (counts[1], n_second), confidence=confidence
            )
            rows.append((trait.key(level), counts[0] / n_first, counts[1] / n_second,
                         *(float(x) for x in (found.estimate, found.low, found.high)),
                         n_first + n_second, float(found.p)))  # fmt: skip
    columns = [*list(GroupComparison.units)[:-1], "p"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["p_adjusted"] = adjust_p_values(frame.pop("p"), correction="benjamini_hochberg")
    order = np.lexsort([frame["trait"], -frame["difference"].abs(),
                        frame["p_adjusted"] >= 1 - confidence])  # fmt: skip
    return GroupComparison(
        frame=frame.iloc[order].reset_index(drop=True),
        first=names[0],
        second=names[1],
        confidence=confidence,
    )
