"""Agreement of people, or of people and rules, who sort the same things into the same classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.bootstrap import DRAWS, spread_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_TWO = 2
Level = Literal["nominal", "ordinal", "interval", "ratio"]
_LEVELS = ("nominal", "ordinal", "interval", "ratio")


class Agreement(NamedTuple):
    """Agreement beyond chance: 1 is perfect, 0 is that of chance; NaN where nothing can be said."""

    value: float
    low: float
    high: float
    n: int
    """Things that two or more have sorted."""


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95) -> Agreement:
    """Cohen's kappa of two coders, with the large-sample interval of Fleiss, Cohen and Everitt.

    Parameters
    ----------
    first, second : array_like of float, shape (n,)
        Class that each coder gave; NaN where none was given: such a thing is left out.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Agreement
        NaN where both use one and the same class only: then chance agrees too.

    Raises
    ------
    ParameterError
        If the coders sorted different numbers of things.

    References
    ----------
    Cohen J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20(1), 37-46. doi:10.1177/001316446002000104
    Fleiss J. L., Cohen J., Everitt B. S. (1969). Large sample standard errors of kappa and
    weighted kappa. Psychological Bulletin 72(5), 323-327. doi:10.1037/h0028106

    Examples
    --------
    Fifty proposals: 20 yes of both, 15 no of both, 5 and 10 where they differ; kappa .4.

    >>> one, two = [1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    >>> round(cohen_kappa(one, two).value, 9)
    0.4
    """
    _check(confidence)
    a, b = (np.asarray(v, dtype=np.float64) for v in (first, second))
    if a.shape != b.shape or a.ndim != 1:
        raise ParameterError.expected("second", f"of the shape {a.shape}", got=b.shape)
    known = ~(np.isnan(a) | np.isnan(b))
    n = int(known.sum())
    classes, codes = np.unique(np.concatenate([a[known], b[known]]), return_inverse=True)
    table = np.zeros((len(classes), len(classes)))
    np.add.at(table, (codes[:n], codes[n:]), 1.0)
    if n == 0 or len(classes) < _TWO:
        return Agreement(np.nan, np.nan, np.nan, n)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(rows @ columns)
    kappa = (seen - chance) / (1 - chance)
    own = np.diag(p) * ((1 - chance) - (rows + columns) * (1 - seen)) ** 2
    cross = p * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - seen) ** 2 * (cross.sum() - np.trace(cross))
    variance = own.sum() + off - (seen * chance - 2 * chance + seen) ** 2
    error = np.sqrt(max(0.0, variance) / n) / (1 - chance) ** 2
    half = float(special.ndtri((1 + confidence) / 2) * error)
    return Agreement(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), n)


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    rng: np.random.Generator,
    level: Level = "nominal",
    confidence: float = 0.95,
) -> Agreement:
    """Krippendorff's alpha, any number of coders, some values missing.

    The interval is a percentile bootstrap over the things that were sorted.

    Parameters
    ----------
    ratings : array_like of float, shape (n_coders, n_things)
        Class that each coder gave to each thing; NaN where none was given.
    rng : numpy.random.Generator
        For the bootstrap.
    level : {"nominal", "ordinal", "interval", "ratio"}, default "nominal"
        What the classes are: names, ranks (a grade of severity), steps of equal size, or amounts
        with a true nought. From ranks on, near classes disagree less than distant ones.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Agreement
        NaN where all classes are one and the same: then agreement says nothing.

    Raises
    ------
    ParameterError
        If the ratings are no table, or the level is none of these.

    References
    ----------
    Krippendorff K. (2011). Computing Krippendorff's alpha-reliability. University of
    Pennsylvania. https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    Section B there: two observers, twelve things, five classes; alpha .692.

    >>> letters = ["aabbdcccedda", "babbbcccedd" + "d"]
    >>> given = [[ord(x) for x in line] for line in letters]
    >>> round(krippendorff_alpha(given, rng=np.random.default_rng(1)).value, 3)
    0.692
    """
    _check(confidence)
    values = np.asarray(ratings, dtype=np.float64)
    if values.ndim != _TWO:
        raise ParameterError.expected("ratings", "coders by things", got=values.shape)
    if level not in _LEVELS:
        raise ParameterError.unknown("level", level, known=_LEVELS)
    classes = np.unique(values[~np.isnan(values)])
    counts = (values[:, :, None] == classes).sum(axis=0).astype(np.float64)
    paired = counts[counts.sum(axis=1) >= _TWO]
    n = len(paired)
    if n == 0:
        return Agreement(np.nan, np.nan, np.nan, 0)
    apart = _distances(classes, paired.sum(axis=0), level)
    # Things sorted alike are drawn together: a draw of things is one of kinds, n times.
    alike, times = np.unique(paired, axis=0, return_counts=True)
    value = float(_alpha(times[None, :].astype(np.float64), alike, apart)[0])
    if np.isnan(value):
        return Agreement(np.nan, np.nan, np.nan, n)
    draws = rng.multinomial(n, times / n, size=DRAWS).astype(np.float64)
    drawn = _alpha(draws, alike, apart)
    # A draw in which all classes are one has no disagreement to speak of.
    spread = spread_of(np.nan_to_num(drawn, nan=1.0), value, confidence=confidence)
    return Agreement(value, float(spread.low), float(spread.high), n)


def _distances(classes: Floats, totals: Floats, level: Level) -> Floats:
    """Return how far apart two classes are, squared."""
    one, two = classes[:, None], classes[None, :]
    apart: Floats = (one != two).astype(np.float64)
    if level == "ordinal":  # how many values lie between, half of each of the two
        place = totals.cumsum() - totals / 2
        apart = np.square(place[:, None] - place[None, :])
    elif level == "interval":
        apart = np.square(one - two)
    elif level == "ratio":
        apart = np.square((one - two) / np.where(one + two == 0, 1.0, one + two))
    return apart


def _alpha(draws: Floats, counts: Floats, apart: Floats) -> Floats:
    """Return alpha of each draw of things; NaN where only one class is left."""
    size = counts.sum(axis=1)
    differing = ((counts @ apart) * counts).sum(axis=1) / (size - 1)
    totals = draws @ counts
    n = totals.sum(axis=1)
    observed = draws @ differing / n
    expected = ((totals @ apart) * totals).sum(axis=1) / (n * (n - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
