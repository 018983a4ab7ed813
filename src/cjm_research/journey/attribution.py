"""Which touches conversions are credited to, by several models side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.journey.attribution_result import NAN, Attribution, TouchCredit
from cjm_research.journey.credit import (
    MODELS,
    Model,
    Units,
    as_units,
    game_values,
    moves_made,
    removal_effects,
    rule_credit,
)
from cjm_research.journey.telling import USUAL
from cjm_research.journey.touch_paths import Touch, touch_paths

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.model import Limits

    Floats = NDArray[np.float64]

MOST_KINDS = 300
"""Kinds of touches that credit is shared among; addresses of pages are more, and no touchpoints."""
_DRAWN_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionPlan:
    """What is credited, and how."""

    conversion: str
    """Stage that counts as a conversion."""
    by: Touch = "channel"
    models: tuple[Model, ...] = MODELS
    left_out: tuple[str, ...] = ()
    """Kinds that are no touch, such as a visit by a typed address."""
    lookback_days: float | None = None
    """Older touches share no credit; all do if absent."""
    half_life_days: float = 7
    """For the model ``decay``."""
    replicates: int = 200
    """Draws of the bootstrap; 0 for no intervals."""


def attribution(
    event_stages: EventStages,
    plan: AttributionPlan,
    *,
    rng: np.random.Generator,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Attribution:
    """Share the credit for conversions among the touches before them.

    A customer is one journey and converts once. Credit says what was met on the way to a
    conversion; whether a conversion would have come without it, only a test shows.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave.
    plan : AttributionPlan
        Conversion, kind of touches, models.
    rng : numpy.random.Generator
        Draws the bootstrap: every journey counts Poisson(1) times in a replicate.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the percentile intervals of the shares.
    limits : Limits
        How many conversions a statement needs.

    Returns
    -------
    Attribution
        Credits of a model add up to the conversions with a touch.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If a value of the plan is not allowed.
    NoDataError
        If nobody met anything before, or nobody converted after a touch.
    DataError
        If there are more than `MOST_KINDS` kinds of touches.
    """
    _check(plan, confidence)
    paths = touch_paths(
        event_stages, plan.conversion, by=plan.by, left_out=plan.left_out,
        lookback_days=plan.lookback_days, observed_until=observed_until,
    )  # fmt: skip
    if not paths.n_conversions:
        raise NoDataError(
            f"Nobody came to the stage {plan.conversion!r} after a {plan.by} that is known."
        )
    if len(paths.names) > MOST_KINDS:
        raise DataError(
            f"There are {len(paths.names):,} kinds of {plan.by} to share credit among, and at most"
            f" {MOST_KINDS} can be. Name the {plan.by} of several events at once in the study file."
        )
    units = as_units(paths, plan.models, half_life_days=plan.half_life_days)
    (credit,), (effects,) = _credits(units, plan.models, units.count[:, None])
    drawn = _replicates(units, plan, rng)
    game = game_values(paths) if "shapley" in plan.models else None
    met = np.bincount(paths.touch[paths.first_of_each], minlength=len(paths.names))
    rows: list[TouchCredit] = []
    for i, model in enumerate(plan.models):
        raw = effects if model == "markov" else game if model == "shapley" else None
        ends = _ends(drawn[:, i], confidence)
        rows += _rows(paths.names, model, met, credit=credit[i], ends=ends, effect=raw)
    return Attribution(
        rows=tuple(rows),
        by=plan.by,
        conversion=plan.conversion,
        n_journeys=paths.n_journeys,
        n_conversions=paths.n_conversions,
        n_untouched=paths.n_untouched,
        differences=_differences(paths.names, plan.models, credit, drawn),
        replicates=plan.replicates,
        confidence=confidence,
        limits=limits,
    )


def _check(plan: AttributionPlan, confidence: float) -> None:
    unknown = [m for m in plan.models if m not in MODELS]
    if unknown:
        raise ParameterError.unknown("model", unknown[0], known=MODELS)
    if not plan.models:
        raise ParameterError.expected("models", "one or more", got=plan.models)
    if not plan.half_life_days > 0:
        raise ParameterError.expected("half_life_days", "above zero", got=plan.half_life_days)
    if plan.replicates < 0:
        raise ParameterError.expected("replicates", "zero or more", got=plan.replicates)
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)


def _credits(units: Units, models: tuple[Model, ...], weights: Floats) -> tuple[Floats, Floats]:
    """Return the credit of each model and kind, and the removal effects of the chain.

    Parameters
    ----------
    weights : numpy.ndarray of float, shape (n_units, n_draws)
        How many journeys each unit stands for, in each draw.

    Returns
    -------
    credit : numpy.ndarray of float, shape (n_draws, n_models, n_kinds)
    effects : numpy.ndarray of float, shape (n_draws, n_kinds)
        NaN if the chain is not asked for.
    """
    n_draws, k = weights.shape[1], units.n_kinds
    of_paths = np.asarray(units.of_path @ weights)
    effects, out = np.full((n_draws, k), NAN), np.empty((n_draws, len(models), k))
    for i, model in enumerate(models):
        if model == "markov":
            effects = np.stack([removal_effects(c)[0] for c in moves_made(units, weights=of_paths)])
            total = effects.sum(axis=1, keepdims=True)
            share = np.divide(effects, total, out=np.zeros((n_draws, k)), where=total > 0)
            out[:, i] = share * (units.converted @ of_paths)[:, None]
        else:
            own = weights if model == "decay" else of_paths
            out[:, i] = rule_credit(units, model, weights=own)
    return out, effects


def _replicates(units: Units, plan: AttributionPlan, rng: np.random.Generator) -> Floats:
    """Return the shares of the credit in each replicate, shape (replicates, models, kinds)."""
    n_units, done = len(units.count), 0
    out = np.empty((plan.replicates, len(plan.models), units.n_kinds))
    while done < plan.replicates:
        size = min(plan.replicates - done, max(1, _DRAWN_AT_ONCE // n_units))
        drawn = rng.poisson(units.count, size=(size, n_units))
        credit, _ = _credits(units, plan.models, np.ascontiguousarray(drawn.T, dtype=np.float64))
        total = credit.sum(axis=2, keepdims=True)
        out[done : done + size] = np.divide(
            credit, total, out=np.full_like(credit, NAN), where=total > 0
        )
        done += size
    return out


def _ends(drawn: Floats, confidence: float) -> Floats:
    """Return the low and the high end of each kind's share."""
    known = drawn[~np.isnan(drawn).any(axis=1)]
    if not len(known):
        return np.full((2, drawn.shape[1]), NAN)
    return np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)


def _rows(
    names: tuple[str, ...],
    model: Model,
    met: NDArray[np.int64],
    *,
    credit: Floats,
    ends: Floats,
    effect: Floats | None,
) -> list[TouchCredit]:
    return [
        TouchCredit(
            touch=names[i],
            model=model,
            journeys=int(met[i]),
            credit=float(credit[i]),
            share=float(credit[i] / credit.sum()) if credit.sum() > 0 else NAN,
            low=float(ends[0, i]),
            high=float(ends[1, i]),
            effect=NAN if effect is None else float(effect[i]),
        )
        for i in sorted(range(len(names)), key=lambda i: (-credit[i], names[i]))
    ]


def _differences(
    names: tuple[str, ...], models: tuple[Model, ...], credit: Floats, drawn: Floats
) -> tuple[tuple[str, float, float], ...]:
    if not {"markov", "last"} <= set(models) or len(drawn) < 2:
        return ()
    one, other = models.index("markov"), models.index("last")
    share = credit / credit.sum(axis=1, keepdims=True)
    gap = share[one] - share[other]
    se = np.nanstd(drawn[:, one] - drawn[:, other], axis=0, ddof=1)
    return tuple((name, float(gap[k]), float(se[k])) for k, name in enumerate(names))
