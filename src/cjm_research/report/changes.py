"""What changed since the last report: findings that moved by more than noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from cjm_research.results import Finding
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMPARED = ("shown", "not_significant")
"""Statuses whose estimates rest on enough data to be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One finding in the last report and in this one."""

    id: str
    before: float
    after: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How the findings of a report moved against a baseline."""

    moved: tuple[Move, ...]
    """Those that moved by more than noise, the surest first."""
    n_compared: int
    n_not_compared: int
    """Findings of both reports whose noise cannot be told apart from a change."""
    n_same_days: int
    """Those of them that speak of the same days in both reports."""
    n_corrected: int
    """Those of the same days whose estimate differs: the data of these days were corrected."""
    method_changed: tuple[str, ...]
    """Findings that are calculated in another way than before."""


def changes(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    *,
    confidence: float = 0.95,
) -> Changes:
    """Compare the findings of two reports.

    Parameters
    ----------
    before, after : sequence of mapping
        Findings as ``findings.json`` keeps them.
    confidence : float
        A move is told if its adjusted p-value is below ``1 - confidence``.

    Notes
    -----
    The noise of a difference depends on how the two windows of data lie. Apart: the variances
    add up. One inside the other: the larger window holds the smaller one's rows, and for means
    of independent rows the variance of the difference is the variance of the smaller window's
    estimate less that of the larger one's. Overlapping otherwise, or the same: not compared.
    A statement that speaks of something else than before ("the worst stage is…") is no move.
    All comparisons of a report are one family (Benjamini-Hochberg).
    """
    old = {str(f["id"]): Finding.from_dict(f) for f in before}
    new = {str(f["id"]): Finding.from_dict(f) for f in after}
    both = [i for i in new if i in old]
    method_changed = tuple(i for i in both if _method(old[i]) != _method(new[i]))
    same = [i for i in both if i not in method_changed]
    same = [i for i in same if dict(old[i].subject) == dict(new[i].subject)]
    same = [i for i in same if {old[i].status, new[i].status} <= set(COMPARED)]
    p_values = {i: p for i in same if (p := p_value(old[i], new[i])) is not None}
    adjusted = adjust_p_values(list(p_values.values()), correction="benjamini_hochberg")
    moves = [
        Move(id=i, before=old[i].estimate, after=new[i].estimate, p=p, p_adjusted=float(q))
        for (i, p), q in zip(p_values.items(), adjusted, strict=True)
        if q < 1 - confidence
    ]
    same_days = [i for i in same if i not in p_values and old[i].window == new[i].window]
    return Changes(
        moved=tuple(sorted(moves, key=lambda m: (m.p_adjusted, m.p, m.id))),
        n_compared=len(p_values),
        n_not_compared=len(same) - len(p_values),
        n_same_days=len(same_days),
        n_corrected=sum(_differs(old[i].estimate, new[i].estimate) for i in same_days),
        method_changed=method_changed,
    )


def _differs(before: float, after: float) -> bool:
    return not math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-12) and not (
        math.isnan(before) and math.isnan(after)
    )


def p_value(before: Finding, after: Finding) -> float | None:
    """Return the two-sided p-value of a difference, or None when its noise is not known.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from cjm_research.results import Unit
    >>> old = Finding(id="a", kind="a", subject={}, estimate=0.2, unit=Unit.SHARE, n=400,
    ...               method="wilson", se=0.02, window=("2026-01-01", "2026-01-31"))
    >>> new = replace(old, estimate=0.3, window=("2026-02-01", "2026-02-28"))
    >>> round(p_value(old, new), 4)
    0.0004
    >>> p_value(old, replace(new, window=("2026-01-15", "2026-02-15"))) is None
    True
    """  # fmt: skip
    variance = _variance(before, after)
    if variance is None or not variance > 0:
        return None
    difference = after.estimate - before.estimate
    if not math.isfinite(difference):
        return None
    return math.erfc(abs(difference) / math.sqrt(2 * variance))


def standard_error(finding: Finding) -> float | None:
    """Return the standard error that a finding names, or the one of its interval."""
    if finding.se is not None:
        return finding.se
    width = finding.high - finding.low
    if not math.isfinite(width):
        return None
    return width / 2 / NormalDist().inv_cdf((1 + finding.confidence) / 2)


def _variance(before: Finding, after: Finding) -> float | None:
    old, new = standard_error(before), standard_error(after)
    if old is None or new is None or before.window is None or after.window is None:
        return None
    (old_from, old_to), (new_from, new_to) = before.window, after.window
    if new_from > old_to or old_from > new_to:
        return new**2 + old**2
    if (old_from, old_to) == (new_from, new_to):
        return None
    if new_from <= old_from and old_to <= new_to:
        return _nested(new**2, after.n, before.n)
    if old_from <= new_from and new_to <= old_to:
        return _nested(old**2, before.n, after.n)
    return None


def _nested(outer: float, n_outer: int, n_inner: int) -> float | None:
    """Return the variance of an inner window's estimate less that of the outer one around it."""
    return outer * (n_outer / n_inner - 1) if n_outer > n_inner > 0 else None


def _method(finding: Finding) -> tuple[str, int, str]:
    return finding.method, finding.method_version, finding.unit
