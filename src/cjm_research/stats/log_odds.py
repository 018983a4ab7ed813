"""Words that set one body of text apart from another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class LogOdds(NamedTuple):
    """Log odds ratio of each word, and how many standard errors it is from none."""

    difference: NDArray[np.float64]
    z: NDArray[np.float64]


def log_odds(counts: ArrayLike, others: ArrayLike, prior: ArrayLike) -> LogOdds:
    """Compare how often words are used in two bodies of text, with an informative prior.

    Parameters
    ----------
    counts, others : array_like of float, shape (n_words,)
        Uses of each word in the one and in the other.
    prior : array_like of float, shape (n_words,)
        Uses that are assumed beforehand, above 0: those in a large body of text, scaled. They
        draw rare words in to no difference.

    Returns
    -------
    LogOdds
        NaN for a word that is the only one: it has no odds.

    Raises
    ------
    ParameterError
        If a prior is not above 0.

    References
    ----------
    Monroe B. L., Colaresi M. P., Quinn K. M. (2008). Fightin' words: lexical feature selection
    and evaluation for identifying the content of political conflict. Political Analysis 16,
    372-403. doi:10.1093/pan/mpn018, equations 15, 16, 20 and 22.

    Examples
    --------
    >>> found = log_odds([8, 2], [2, 8], [1, 1])
    >>> found.difference.round(3), found.z.round(2)
    (array([ 2.197, -2.197]), array([ 3.3, -3.3]))
    """
    own, rest, base = (np.asarray(a, dtype=float) for a in (counts, others, prior))
    if not (base > 0).all():
        raise ParameterError.expected("prior", "above 0", got=float(base.min()))
    one, two = own + base, rest + base
    if one.size < 2:  # the odds of the only word there is are not defined
        return LogOdds(np.full(one.shape, np.nan), np.full(one.shape, np.nan))
    difference = np.log(one / (one.sum() - one)) - np.log(two / (two.sum() - two))
    return LogOdds(difference, difference / np.sqrt(1 / one + 1 / two))
