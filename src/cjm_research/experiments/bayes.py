"""Chance to beat the control, beside the tests and never instead of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.bayes import Posterior, beta_binomial, normal_effect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.experiments.effect import Effect

USUAL_CHANGE = 0.1
"""Relative change that the prior of a mean takes as usual (its standard deviation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesRow:
    """What is believed of one metric of one arm."""

    metric: str
    arm: str
    prior: str
    """``uniform`` for rates, ``normal`` around no change for means."""
    n: int
    chance_to_beat: float
    """That the arm is better than the control."""
    expected_loss: float
    """What taking the arm costs on average if it is the worse one, relative to the control."""
    expected_loss_control: float
    """What keeping the control costs on average if it is the worse one."""
    expected_change: float
    """Relative change after the prior has drawn it towards none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesEffects(Result):
    """Chances to beat the control under stated priors; the decision does not rest on them."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "prior": Unit.LABEL,
        "n": Unit.COUNT,
        "chance_to_beat": Unit.SHARE,
        "expected_loss": Unit.SHARE,
        "expected_loss_control": Unit.SHARE,
        "expected_change": Unit.SHARE,
    }

    experiment: str
    rows: tuple[BayesRow, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric and arm."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the tests speak, this stands beside them."""
        return ()


def bayes_effects(found: Sequence[Effect], *, experiment: str) -> BayesEffects:
    """Return the chance to beat the control for each success metric and arm.

    Rates have uniform priors (beta with one success and one failure); the difference of means has
    a normal prior around zero whose standard deviation is a tenth of the control's mean.

    Parameters
    ----------
    found : sequence of Effect
        As `arm_effects` gives them.
    experiment : str
        Id of the experiment.
    """
    rows = [_row(e) for e in found if e.is_main and e.role == "success" and e.p == e.p]
    return BayesEffects(experiment=experiment, rows=tuple(r for r in rows if r is not None))


def _row(effect: Effect) -> BayesRow | None:
    base = abs(effect.control.mean)
    if not base > 0 or not effect.se > 0:
        return None
    if effect.method == "score_test":
        counts = ((s.successes, s.n) for s in (effect.treated, effect.control))
        belief: Posterior = beta_binomial(*counts)
    else:
        belief = normal_effect(effect.difference, se=effect.se, prior_sd=USUAL_CHANGE * base)
    is_up = effect.better == "up"
    losses = (belief.loss_if_treated, belief.loss_if_control)
    return BayesRow(
        metric=effect.metric,
        arm=effect.arm,
        prior="uniform" if effect.method == "score_test" else "normal",
        n=effect.n,
        chance_to_beat=belief.chance_above if is_up else 1 - belief.chance_above,
        expected_loss=losses[0 if is_up else 1] / base,
        expected_loss_control=losses[1 if is_up else 0] / base,
        expected_change=belief.mean / base,
    )
