"""Means of arms adjusted for what was known before: regression and strata, from moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.comparison import Comparison, two_sided_quantile
from cjm_research.stats.fieller import MeanPair
from cjm_research.stats.moments import Moments, merge_moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROUNDING = 1e-13  # of a mean: a column that varies no more is constant
_TINY = 1e-10  # of a covariate's variance: what is left of it when others explain it


class ArmFit(NamedTuple):
    """One arm's own line of the outcome on the covariates."""

    n: int
    mean: float
    """Of the outcome, moved to where the covariates average over all arms."""
    square: float
    """Squared standard error of `mean`, given the covariates."""
    slopes: Floats
    df: int
    """Units less the parameters of the line."""


class Stratum(NamedTuple):
    """Moments of one stratum: the outcome, then covariates."""

    treated: Moments
    control: Moments
    everyone: Moments
    """Of all arms."""


def linearised(sample: Moments, *, numerator: int = 0, denominator: int = 1) -> Moments:
    """Return moments whose first column is a ratio of two sums, linearised at its value.

    The columns left over keep their order. Its mean is the ratio, and its variance over n the
    squared standard error of the ratio by the delta method.

    Parameters
    ----------
    sample : Moments
        Moments of the parts of the ratio and of any other columns.
    numerator, denominator : int
        Which columns are the parts.

    References
    ----------
    Deng A., Knoblich U., Lu J. (2018). Applying the delta method in metric analytics. KDD '18,
    233-242. doi:10.1145/3219819.3219919

    Examples
    --------
    >>> from cjm_research.stats.moments import moments
    >>> clicks = linearised(moments([[1.0, 4.0], [3.0, 4.0], [2.0, 4.0]]))
    >>> clicks.mean.tolist(), clicks.variance.round(4).tolist()
    ([0.5], [0.0625])
    """
    others = [i for i in range(len(sample.mean)) if i not in {numerator, denominator}]
    kept = sample.select([numerator, *others])
    base = float(sample.mean[denominator])
    if sample.n == 0 or base == 0:
        return Moments(n=0, mean=kept.mean * 0, cross=kept.cross * 0)
    ratio = float(sample.mean[numerator]) / base
    weights = np.zeros((1 + len(others), len(sample.mean)))
    weights[0, numerator], weights[0, denominator] = 1 / base, -ratio / base
    weights[np.arange(1, 1 + len(others)), others] = 1
    centred = sample.combine(weights)
    centred.mean[0] = ratio
    return centred


def adjusted_pair(
    treated: Moments, control: Moments, *, everyone: Moments | None = None
) -> MeanPair:
    """Return both arms' means, each moved by its own line to the covariates of all units.

    Parameters
    ----------
    treated, control : Moments
        First column the outcome, the others covariates (with an indicator beside each covariate
        that is missing for some). Without covariates this is Welch's comparison.
    everyone : Moments, optional
        The same columns over all arms; treated and control together if absent.

    Returns
    -------
    MeanPair
        An arm with too few units for a line keeps its own mean. Errors are NaN for fewer than two
        units, or where nothing varies. That covariates of all units are a sample too is part of
        the errors: they are for customers like these, not for these alone.

    Notes
    -----
    Lin's estimator: the regression with an interaction of each covariate with the arm is one
    line per arm. Its HC2 variance is approached by residual variance of each arm's line over n,
    with the leverage of the shift, which needs no second look at the rows; the two agree to
    1 / n (``tests/stats/test_adjusted.py``). A covariate that is constant or explained by the
    others takes no part.

    References
    ----------
    Lin W. (2013). Agnostic notes on regression adjustments to experimental data. Annals of
    Applied Statistics 7, 295-318. doi:10.1214/12-AOAS583
    Negi A., Wooldridge J. M. (2021). Revisiting regression adjustment in experiments with
    heterogeneous treatment effects. Econometric Reviews 40, 504-534.
    doi:10.1080/07474938.2020.1824732

    Examples
    --------
    >>> from cjm_research.stats.moments import moments
    >>> before = [[1.0, 1.0], [2.0, 2.2], [3.0, 2.8], [4.0, 4.0]]
    >>> after = [[2.0, 1.0], [3.0, 2.2], [4.0, 2.8], [5.2, 4.0]]
    >>> pair = adjusted_pair(moments(after), moments(before))
    >>> round(pair.treated - pair.control, 3)
    1.05
    """
    whole = treated.merge(control) if everyone is None else everyone
    if not (len(treated.mean) == len(control.mean) == len(whole.mean)):
        raise ParameterError.expected(
            "control", f"of {len(treated.mean)} columns", got=len(control.mean)
        )
    one, none = (_fit(arm, whole.mean[1:]) for arm in (treated, control))
    spread = _spread_of_mean(whole)
    square1, square0 = (fit.square + fit.slopes @ spread @ fit.slopes for fit in (one, none))
    shared = float(one.slopes @ spread @ none.slopes)
    apart = one.slopes - none.slopes
    parts = ((one.square, one.df), (none.square, none.df),
             (float(apart @ spread @ apart), whole.n - 1))  # fmt: skip
    return MeanPair(one.mean, none.mean, square1, square0, shared, _satterthwaite(parts))


def stratified_pair(strata: Sequence[Stratum]) -> MeanPair:
    """Return both arms' means with the strata weighed as they occur among all units.

    Parameters
    ----------
    strata : sequence of Stratum
        Every unit is in one of them; each is adjusted for its covariates by its own lines.

    Returns
    -------
    MeanPair
        NaN where a stratum lacks an arm: merge small strata first.

    Raises
    ------
    ParameterError
        If there is no stratum.

    References
    ----------
    Miratrix L. W., Sekhon J. S., Yu B. (2013). Adjusting treatment effect estimates by
    post-stratification in randomized experiments. JRSS B 75, 369-396.
    doi:10.1111/j.1467-9868.2012.01048.x
    """
    if not strata:
        raise ParameterError.expected("strata", "one or more", got="none")
    weights = np.array([s.everyone.n for s in strata], dtype=np.float64)
    n = float(weights.sum())
    share = weights / n
    pairs = [adjusted_pair(s.treated, s.control, everyone=s.everyone) for s in strata]
    numbers = np.array([list(p) for p in pairs], dtype=np.float64)
    one, none, square1, square0, shared, df = numbers.T
    mean1, mean0 = float(share @ one), float(share @ none)
    # How often each stratum occurs is estimated too.
    between1 = float(share @ (one - mean1) ** 2) / max(n - 1, 1)
    between0 = float(share @ (none - mean0) ** 2) / max(n - 1, 1)
    between = float(share @ ((one - mean1) * (none - mean0))) / max(n - 1, 1)
    own = square1 + square0 - 2 * shared
    across = between1 + between0 - 2 * between
    parts = [*zip(share**2 * own, df, strict=True), (across, n - 1)]
    return MeanPair(
        mean1,
        mean0,
        float(share**2 @ square1) + between1,
        float(share**2 @ square0) + between0,
        float(share**2 @ shared) + between,
        _satterthwaite(parts),
    )


def compare_pair(pair: MeanPair, *, confidence: float = 0.95) -> Comparison:
    """Difference of two estimated means with its t test and interval.

    Examples
    --------
    >>> result = compare_pair(MeanPair(5.2, 4.5, 0.075, 0.1, df=42.97))
    >>> [round(float(x), 3) for x in result]
    [0.7, -0.144, 1.544, 0.102, 0.418]
    """
    one, none, square1, square0, shared, df = (np.asarray(x, dtype=np.float64) for x in pair)
    square = square1 + square0 - 2 * shared
    se = np.sqrt(np.where(square > 0, square, np.nan))
    estimate = one - none
    quantile = two_sided_quantile(confidence, df)
    with np.errstate(invalid="ignore"):
        p = 2 * special.stdtr(df, -np.abs(estimate) / se)
    return Comparison(
        estimate=estimate, low=estimate - quantile * se, high=estimate + quantile * se, p=p, se=se
    )


def _fit(arm: Moments, at: Floats) -> ArmFit:
    k = len(at)
    none = ArmFit(arm.n, np.nan, np.nan, np.zeros(k), 0)
    if arm.n == 0:
        return none
    inverse, rank = _inverse(arm)
    df = arm.n - 1 - rank
    slopes = inverse @ arm.cross[1:, 0]
    move = at - arm.mean[1:]
    mean = float(arm.mean[0] + slopes @ move)
    if df < 1:
        return none._replace(mean=mean if rank == 0 else np.nan)
    left = max(float(arm.cross[0, 0] - slopes @ arm.cross[1:, 0]), 0.0)
    square = left / df * (1 / arm.n + float(move @ inverse @ move))
    return ArmFit(arm.n, mean, square, slopes, df)


def _inverse(arm: Moments) -> tuple[Floats, int]:
    """Invert the covariates' cross-products, leaving out those that the others explain."""
    n, cross = arm.n, arm.cross[1:, 1:]
    size = np.diagonal(cross)
    used: list[int] = []
    for i in np.flatnonzero(size > n * (_ROUNDING * arm.mean[1:]) ** 2):
        tried = [*used, int(i)]
        scale = np.sqrt(size[tried])
        if np.linalg.eigvalsh(cross[np.ix_(tried, tried)] / np.outer(scale, scale))[0] > _TINY:
            used = tried
    inverse = np.zeros_like(cross)
    if used and n > len(used) + 1:
        at = np.ix_(used, used)
        scale = np.sqrt(np.outer(size[used], size[used]))
        inverse[at] = np.linalg.inv(cross[at] / scale) / scale
        return inverse, len(used)
    return inverse, 0


def _spread_of_mean(whole: Moments) -> Floats:
    """Return the covariances of the covariates' means over all units."""
    k = len(whole.mean) - 1
    if whole.n < 2 or k == 0:
        return np.zeros((k, k))
    return np.asarray(whole.cross[1:, 1:] / (whole.n - 1) / whole.n)


def _satterthwaite(parts: Sequence[tuple[float, float]]) -> float:
    total = sum(square for square, _ in parts)
    if not total > 0:
        return np.nan
    return float(1 / sum((s / total) ** 2 / df for s, df in parts if s > 0))


def pooled_moments(arms: Sequence[Moments]) -> Moments:
    """Merge the moments of all arms."""
    return merge_moments(arms, n_columns=len(arms[0].mean))
