"""The preset grouping by time since first and last order: lead, new, active, sleeping, lost."""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS = ("lead", "new", "active", "sleeping", "lost")
"""In the order of a customer's life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Thresholds of the preset, in days."""

    new_days: int = 60
    """A customer is new for so long after the first order."""
    active_days: int = 120
    """And active while the last order is at most so old."""
    sleeping_days: int = 365
    """And sleeping until it is so old; lost afterwards."""

    def conditions(self, columns: frozenset[str]) -> dict[str, str]:
        """Return the SQL condition of each segment; no two hold at once.

        A customer whom the source declares lost (`status`, `is_churned`) is lost whatever the
        dates say.

        Examples
        --------
        >>> Lifecycle(new_days=30).conditions(frozenset())["new"]
        'n_orders > 0 AND first_order_days <= 30 AND recency_days <= 365'
        """
        declared = []
        if "status" in columns:
            declared.append("coalesce(status = 'lost', false)")
        if "is_churned" in columns:
            declared.append("coalesce(is_churned, false)")
        gone = " OR ".join(declared)
        kept = f" AND NOT ({gone})" if gone else ""
        # Who never ordered is no old customer: that is known, though the recency is not.
        old = f"coalesce(recency_days > {self.sleeping_days}, false)"
        recent = f"recency_days <= {self.active_days}"
        lapsed = f"recency_days > {self.active_days} AND recency_days <= {self.sleeping_days}"
        first = f"first_order_days <= {self.new_days}"
        return {
            "lead": f"n_orders = 0{kept}",
            "new": f"n_orders > 0 AND {first} AND recency_days <= {self.sleeping_days}{kept}",
            "active": f"n_orders > 0 AND NOT ({first}) AND {recent}{kept}",
            "sleeping": f"n_orders > 0 AND NOT ({first}) AND {lapsed}{kept}",
            "lost": f"{gone} OR {old}" if gone else old,
        }
