"""How right tones are: macro-F1 clustered by customer, and calibrated probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import optimize, special

from cjm_research.needs.tone_model import CalibrationBin, probability_bad

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_Z = 1.959963984540054  # 95 %
_BINS = 10
_FEWEST_IN_BIN = 20


class Accuracy(NamedTuple):
    """Mean of the F1 of bad and of good, with its 95 % interval; NaN if not measured."""

    macro_f1: float = np.nan
    low: float = np.nan
    high: float = np.nan


class Calibration(NamedTuple):
    """Predicted against observed shares of bad texts."""

    bins: tuple[CalibrationBin, ...]
    error: float
    """Mean distance of the two over texts."""


def accuracy(labels: ArrayLike, scores: ArrayLike, clusters: ArrayLike) -> Accuracy:
    """Return macro-F1 of two classes; a score of 0 is wrong whatever the label.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        1 good, 0 bad.
    scores : array_like of float, shape (n,)
        Above 0 good, below 0 bad.
    clusters : array_like, shape (n,)
        Customer of each; texts of one are not independent.

    Notes
    -----
    F1 = 2TP / (2TP + FP + FN) is a ratio of sums: its variance is that of its linearisation,
    taken between clusters (the delta method).

    Examples
    --------
    >>> accuracy([1, 1, 0, 0], [0.5, -0.5, -0.5, -0.5], [1, 2, 3, 4]).macro_f1.__round__(3)
    0.733
    """
    truth, score = np.asarray(labels), np.asarray(scores, dtype=float)
    if not len(truth):
        return Accuracy()
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    value, influence = 0.0, np.zeros(len(truth))
    for label, sign in ((1, 1), (0, -1)):
        told = score * sign > 0
        hit = 2.0 * ((truth == label) & told)
        base = (truth == label).astype(float) + told
        total = base.sum()
        f1 = hit.sum() / total if total else 0.0
        value += f1 / 2
        influence += (hit - f1 * base) / max(total, 1) / 2
    by_cluster = np.bincount(cluster, weights=influence)
    n = len(by_cluster)
    half = _Z * np.sqrt(n / max(n - 1, 1) * float((by_cluster**2).sum()))
    return Accuracy(float(value), max(0.0, float(value - half)), min(1.0, float(value + half)))


def platt(labels: ArrayLike, scores: ArrayLike) -> tuple[float, float]:
    """Return slope and intercept of the log odds of a good text, by maximum likelihood.

    Targets are drawn in by one text of each kind, as Platt does; a slope below zero (scores
    that say nothing) becomes a small one.

    References
    ----------
    Lin H.-T., Lin C.-J., Weng R. (2007). A note on Platt's probabilistic outputs.
    doi:10.1007/s10994-007-5018-6.

    Examples
    --------
    >>> slope, intercept = platt([0, 0, 1, 1], [-1.0, -0.5, 0.5, 1.0])
    >>> slope > 0, abs(intercept) < 0.01
    (True, True)
    """
    truth, score = np.asarray(labels, dtype=float), np.asarray(scores, dtype=float)
    good, bad = truth.sum(), (1 - truth).sum()
    target = np.where(truth == 1, (good + 1) / (good + 2), 1 / (bad + 2))

    def loss(at: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        odds = at[0] * score + at[1]
        error = special.expit(odds) - target
        value = float(np.sum(np.logaddexp(0, odds) - target * odds))
        return value, np.array([float(error @ score), float(error.sum())])

    start = np.array([1.0, np.log((good + 1) / (bad + 1))])
    found = optimize.minimize(loss, start, jac=True, method="BFGS")
    return max(float(found.x[0]), 0.05), float(found.x[1])


def calibration(
    labels: ArrayLike, scores: ArrayLike, *, line: tuple[float, float], language: str = ""
) -> Calibration:
    """Compare the probability of a bad text with how many are bad, in ten bins of equal width.

    Parameters
    ----------
    labels : array_like of int
        1 good, 0 bad.
    scores : array_like of float
        Of models that had not seen the texts.
    line : tuple of float
        Slope and intercept of `platt`.
    language : str
        Of the texts.
    """
    truth = np.asarray(labels)
    probability = probability_bad(np.asarray(scores), slope=line[0], intercept=line[1])
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    bins, distance = [], 0.0
    for number in np.unique(place):
        inside = place == number
        predicted, observed = float(probability[inside].mean()), float((truth[inside] == 0).mean())
        n = int(inside.sum())
        distance += n * abs(predicted - observed)
        if n >= _FEWEST_IN_BIN:
            bins.append(
                CalibrationBin(language=language, predicted=predicted, observed=observed, n=n)
            )
    return Calibration(tuple(bins), distance / len(truth))
