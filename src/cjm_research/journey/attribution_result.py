"""What attribution says: credit of the touches before a conversion, model by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
from scipy import special

from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.credit import Model
    from cjm_research.journey.touch_paths import Touch
    from cjm_research.study.model import Limits

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchCredit:
    """What one model credits to one kind of touch."""

    touch: str
    model: Model
    journeys: int
    """Journeys that met it."""
    credit: float
    """Conversions; those of all kinds add up to all conversions."""
    share: float
    """Of the credit of all kinds."""
    low: float
    high: float
    effect: float
    """``markov``: share of the conversions that the chain would lose without it. ``shapley``:
    its value in the game for the conversion rate. NaN for the other models, and for a game of
    more than `MOST_IN_GAME` kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution(Result):
    """Credit of the touches before a conversion. Bookkeeping of what was met, not of causes."""

    units: ClassVar[Mapping[str, Unit]] = {
        "channel": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "credit_model": Unit.LABEL,
        "journeys": Unit.COUNT,
        "credit": Unit.NUMBER,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "effect": Unit.SHARE,
    }

    rows: tuple[TouchCredit, ...]
    by: Touch
    conversion: str
    n_journeys: int
    """Journeys with at least one touch."""
    n_conversions: int
    n_untouched: int
    """Conversions of which no touch is known: shared out to nobody."""
    differences: tuple[tuple[str, float, float], ...]
    """Kind, its share by ``markov`` less that by ``last``, and the standard error of that."""
    replicates: int
    confidence: float
    limits: Limits = USUAL

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns that a page shows."""
        return (self.by, "credit_model", "journeys", "credit", "share", "low", "high", "effect")

    def of(self, model: Model) -> tuple[TouchCredit, ...]:
        """Return the rows of one model, most credit first."""
        return tuple(r for r in self.rows if r.model == model)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per model and kind of touch."""
        same = [c for c in self.units if c not in ("channel", "touchpoint", "credit_model")]
        rows = [
            {self.by: r.touch, "credit_model": r.model, **{c: getattr(r, c) for c in same}}
            for r in self.rows
        ]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return, per kind, its share of the credit by ``markov`` against that by ``last``.

        Both shares come from the same journeys, so the difference is bootstrapped as one; the
        p-value takes it as normal, and Holm's correction is over the kinds.
        """
        if not self.differences:
            return ()
        whole = {r.touch: r for r in self.of("markov")}
        last = {r.touch: r for r in self.of("last")}
        z = [abs(d) / se if se > 0 else NAN for _, d, se in self.differences]
        p = [float(2 * special.ndtr(-x)) for x in z]
        adjusted = adjust_p_values(p, correction="holm")
        return tuple(
            Finding(
                id=f"journey/credit/{self.by}={name}",
                kind=f"credit_of_{self.by}",
                subject={self.by: name, "stage": self.conversion},
                estimate=whole[name].share,
                low=whole[name].low,
                high=whole[name].high,
                confidence=self.confidence,
                reference=last[name].share,
                p=p[i],
                p_adjusted=float(adjusted[i]),
                family=f"journey/credit/{self.by}",
                unit=Unit.SHARE,
                n=self.n_conversions,
                method="markov chain against last touch; bootstrap over journeys, holm",
                status=told(
                    self.limits, self.n_conversions, is_clear=adjusted[i] < 1 - self.confidence
                ),
                values={"difference": difference, "journeys": whole[name].journeys},
            )
            for i, (name, difference, _) in enumerate(self.differences)
        )
