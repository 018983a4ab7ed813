"""What each arm earned beyond the control: extra orders, revenue and profit, against its cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from scipy import special

from cjm_research.experiments.money_result import ArmMoney, CampaignMoney, MoneyVerdict
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.two_proportions import score_p_value
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.experiments.checks import TrustChecks
    from cjm_research.experiments.effect import Effect
    from cjm_research.study.plans import Experiment
    from cjm_research.study.worth import Economics

NAN = float("nan")


class Span(NamedTuple):
    """An estimate with its interval; NaN where a bound is not known or there is none."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Span:
        """Scale all three by a factor that is not negative."""
        return Span(self.value * factor, self.low * factor, self.high * factor)

    def less(self, cost: float) -> Span:
        """Take a known amount off."""
        return Span(self.value - cost, self.low - cost, self.high - cost)


def campaign_money(
    experiment: Experiment,
    found: Sequence[Effect],
    checks: TrustChecks,
    *,
    spend: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> CampaignMoney | None:
    """Turn the effects of an experiment into money.

    Extra orders are the difference per unit times the units of the arm, and so is extra
    revenue; extra profit is the margin of that revenue less what the arm cost beyond the
    control. Costs count as known exactly. An arm pays off when a test finds its revenue above
    the break-even, which is the cost divided by margin and units (Holm over the arms).

    Parameters
    ----------
    experiment : Experiment
        The plan with `money` and the costs of its arms.
    found : Sequence of Effect
        As `arm_effects` gives them; uncapped, unadjusted rows are used.
    checks : TrustChecks
        As `trust_checks` gives them: nothing may be claimed of a broken experiment.
    spend : Mapping of str to float, optional
        What was spent on each arm, from `campaign_totals`; added to the declared costs.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a claim needs.

    Returns
    -------
    CampaignMoney or None
        None where the plan has no `money`, or no metric that money can be made of.
    """
    plan = experiment.money
    if plan is None or not experiment.has_control:
        return None
    rows = []
    for arm in (a for a in experiment.arms if a != experiment.control):
        own = [
            e for e in found if e.arm == arm and _is_plain(e) and e.metric not in checks.unusable
        ]
        orders, revenue = _orders(plan, own), _revenue(plan, own)
        source = orders if plan.order_value is not None and revenue is None else revenue
        if source is None or source.problem:
            continue
        cost = _costs(experiment, source, orders, spend or {})
        rows.append(_arm_money(plan, source, orders, cost))
    if not rows:
        return None
    return CampaignMoney(
        experiment=experiment.id,
        rows=_judged(rows, 1 - confidence),
        confidence=confidence,
        is_reliable=not checks.is_broken,
        limits=limits,
    )


NOTHING = Span(NAN, NAN, NAN)


class _Cost(NamedTuple):
    """What an arm cost beyond the control, in the study's currency."""

    fixed: float
    per_unit: float
    per_order: float
    spend: float
    n: int
    orders: float
    """Orders of the arm; of the control, at the size of the arm, where that pays for them."""

    @property
    def total(self) -> float:
        return self.fixed + self.per_unit * self.n + self.per_order * self.orders + self.spend

    def at(self, units: int) -> float:
        """Return the cost of reaching so many units: what is fixed is paid once."""
        return self.fixed + (self.total - self.fixed) / self.n * units


def _is_plain(effect: Effect) -> bool:
    return effect.is_main


def _orders(plan: Economics, rows: Sequence[Effect]) -> Effect | None:
    named = [e for e in rows if e.metric == plan.orders]
    counted = [e for e in rows if e.role == "success" and not e.is_money
               and e.kind in {"conversion", "mean"}]  # fmt: skip
    return next(iter(named if plan.orders is not None else counted), None)


def _revenue(plan: Economics, rows: Sequence[Effect]) -> Effect | None:
    named = [e for e in rows if e.metric == plan.revenue]
    summed = [e for e in rows if e.is_money and e.kind == "mean"]
    if plan.order_value is not None and plan.revenue is None:
        return None
    return next(iter(named if plan.revenue is not None else summed), None)


def _costs(
    experiment: Experiment, source: Effect, orders: Effect | None, spend: Mapping[str, float]
) -> _Cost:
    arm, control = source.arm, experiment.control
    rate = experiment.money.rate if experiment.money is not None else 1.0
    own, none = experiment.arms[arm].costs, experiment.arms[control].costs
    scale = source.treated.n / source.control.n
    made = orders.treated.total if orders is not None else 0.0
    of_control = orders.control.total * scale if orders is not None else 0.0
    per_order = own.per_order - none.per_order * of_control / made if made else 0.0
    return _Cost(
        fixed=rate * (own.fixed - none.fixed),
        per_unit=rate * (own.per_unit - none.per_unit),
        per_order=rate * per_order,
        spend=spend.get(arm, 0.0) - spend.get(control, 0.0) * scale,
        n=source.treated.n,
        orders=made,
    )


def _arm_money(plan: Economics, source: Effect, orders: Effect | None, cost: _Cost) -> ArmMoney:
    is_counted = source is orders
    value = (plan.order_value or NAN) * plan.rate if is_counted else 1.0
    n, total, base = source.treated.n, cost.total, source.control.mean
    extra = _span(orders).times(n) if orders is not None else NOTHING
    earned = _span(source).times(n * value)
    profit = earned.times(plan.margin).less(total)
    need = total / (plan.margin * value * n)
    rollout = NOTHING
    if plan.rollout_units is not None:
        reached = _span(source).times(plan.margin * value * plan.rollout_units)
        rollout = reached.less(cost.at(plan.rollout_units))
    return ArmMoney(
        arm=source.arm,
        source=source,
        n=n,
        margin=plan.margin,
        order_value=value if is_counted else NAN,
        fixed_cost=cost.fixed,
        unit_cost=cost.per_unit,
        order_cost=cost.per_order,
        orders_made=cost.orders,
        spend=cost.spend,
        cost=total,
        extra_orders=extra,
        extra_revenue=earned,
        extra_profit=profit,
        cost_per_order=cost_per_extra(total, extra),
        romi=profit.times(1 / total) if total > 0 else NOTHING,
        break_even=need * value,
        break_even_change=need / base if base > 0 else NAN,
        seen_change=source.lift,
        rollout_units=plan.rollout_units,
        rollout_profit=rollout,
        p=_p_of_break_even(source, need),
    )


def _span(effect: Effect) -> Span:
    return Span(effect.difference, effect.low, effect.high)


def cost_per_extra(cost: float, extra: Span) -> Span:
    """Return what one extra order cost; without an upper bound where there may be none extra.

    Examples
    --------
    >>> cost_per_extra(1000.0, Span(50.0, 20.0, 80.0))
    Span(value=20.0, low=12.5, high=50.0)
    >>> cost_per_extra(1000.0, Span(10.0, -5.0, 25.0))
    Span(value=100.0, low=40.0, high=nan)
    >>> cost_per_extra(1000.0, Span(-10.0, -25.0, -5.0))
    Span(value=nan, low=nan, high=nan)
    """
    if not cost > 0:
        return NOTHING
    value, low, high = (cost / x if x > 0 else NAN for x in extra)
    return Span(value, high, low)


def _p_of_break_even(effect: Effect, need: float) -> float:
    """Return the p of the hypothesis that the effect is just what pays for the arm."""
    if effect.method == "score_test":
        if not -1 < need < 1:
            return 0.0 if effect.p == effect.p else NAN
        counts = ((s.successes, s.n) for s in (effect.treated, effect.control))
        return float(score_p_value(*counts, difference=need))
    # The error is that of the difference, so that what adjusted arms share is counted once.
    return float(2 * special.stdtr(effect.df, -abs(effect.difference - need) / effect.se))


def _judged(rows: Sequence[ArmMoney], level: float) -> tuple[ArmMoney, ...]:
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    return tuple(
        replace(r, p_adjusted=float(p), n_questions=len(rows), verdict=_verdict(r, float(p), level))
        for r, p in zip(rows, adjusted, strict=True)
    )


def _verdict(row: ArmMoney, p: float, level: float) -> MoneyVerdict:
    if p != p:
        return "unknown"
    if p < level:
        return "pays_off" if row.extra_profit[0] > 0 else "loses"
    return "not_after_correction" if row.p < level else "not_shown"
