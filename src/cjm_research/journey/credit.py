"""How the touches of a journey share the credit for its conversion: arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.journey.touch_paths import TouchPaths

    Floats = NDArray[np.float64]

Model = Literal["first", "last", "linear", "position", "decay", "markov", "shapley"]
RULES: tuple[Model, ...] = ("first", "last", "linear", "position", "decay", "shapley")
"""Models whose credit of a journey depends on that journey only."""
MODELS: tuple[Model, ...] = (
    "first", "last", "linear", "position", "decay", "markov", "shapley",
)  # fmt: skip
ENDS_SHARE = 0.4
"""Credit of the first and of the last touch in the model ``position``."""
MOST_IN_GAME = 15
"""Kinds of touches of which every subset is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """Journeys that are alike, counted: what a replicate draws."""

    count: Floats
    """Journeys of each unit."""
    of_path: sparse.csr_array
    """1 where a unit has the touches and the end of a path, shape (n_paths, n_units): units of
    one path differ in their times only."""
    converted: Floats
    """1 where the path's journeys converted, else 0."""
    rules: dict[Model, sparse.csr_array]
    """Credit of one journey of each path, for `decay` of each unit, shape (n_paths or n_units,
    n_kinds); zero without conversion."""
    moves: sparse.csr_array
    """Moves of one journey of each path between states, shape (n_paths, n_states ** 2)."""
    n_kinds: int


def touch_weights(paths: TouchPaths, model: Model, *, half_life_days: float) -> Floats:
    """Return the credit of each touch of a journey; those of one journey add up to 1.

    Parameters
    ----------
    paths : TouchPaths
        Touches in their order.
    model : {"first", "last", "linear", "position", "decay", "shapley"}
        ``position``: 40 % to the first, 40 % to the last, the rest to those between; of two,
        half each. ``decay``: half as much for every `half_life_days` before the conversion.
        ``shapley``: the same to every kind of touch that was met, however often.
    half_life_days : float
        For ``decay``.

    Notes
    -----
    With the worth of a set of kinds being the conversions of those journeys that met none but
    kinds of the set, Shapley's value has this closed form: a journey's conversion is split
    evenly over the kinds it met, since all of them are needed and none more than another.
    """
    start, n = paths.starts, np.bincount(paths.journey, minlength=paths.n_journeys)
    weight = np.zeros(len(paths.touch))
    last = start + n - 1
    if model == "first":
        weight[start] = 1.0
    elif model == "last":
        weight[last] = 1.0
    elif model == "position":
        ends = np.where(n > 2, ENDS_SHARE, 1 / np.minimum(n, 2))
        weight += ((1 - 2 * ENDS_SHARE) / np.maximum(n - 2, 1))[paths.journey]
        weight[start] = ends
        weight[last] = ends
    elif model == "decay":
        newest = paths.days_before[last]  # relative to the last touch: nothing underflows to 0 / 0
        power = (newest[paths.journey] - paths.days_before) / half_life_days
        weight = np.exp2(power)
        weight /= np.bincount(paths.journey, weight)[paths.journey]
    elif model == "shapley":
        weight[paths.first_of_each] = 1.0
        weight /= np.bincount(paths.journey, weight)[paths.journey]
    else:
        weight += (1 / n)[paths.journey]
    return weight


def as_units(paths: TouchPaths, models: tuple[Model, ...], *, half_life_days: float) -> Units:
    """Return the journeys of `paths`, those that are alike as one."""
    alike = _alike(paths)
    is_own = np.zeros(paths.n_journeys, dtype=bool)
    if "decay" in models:  # the times of its touches are a journey's own
        is_own = paths.converted & (np.diff(np.append(paths.starts, len(paths.touch))) > 1)
    first, count = np.unique(
        np.where(is_own, np.arange(paths.n_journeys), alike), return_counts=True
    )
    examples, path = np.unique(alike[first], return_inverse=True)
    each, one_each = paths.of(examples), paths.of(first)
    rules = {}
    for model in (m for m in models if m in RULES):
        own = one_each if model == "decay" else each
        weight = touch_weights(own, model, half_life_days=half_life_days)
        weight = weight * own.converted[own.journey]
        shape = own.n_journeys, len(paths.names)
        rules[model] = sparse.coo_array((weight, (own.journey, own.touch)), shape=shape).tocsr()
    ones = np.ones(len(path)), (path, np.arange(len(path)))
    return Units(
        count=count.astype(np.float64),
        of_path=sparse.coo_array(ones, shape=(len(examples), len(path))).tocsr(),
        converted=each.converted.astype(np.float64),
        rules=rules,
        moves=_moves(each),
        n_kinds=len(paths.names),
    )


def rule_credit(units: Units, model: Model, *, weights: Floats) -> Floats:
    """Return the conversions that each kind is credited with, shape (n_draws, n_kinds).

    Parameters
    ----------
    weights : numpy.ndarray of float, shape (n_paths, n_draws), for `decay` (n_units, n_draws)
        How many journeys each path or unit stands for, in each draw.
    """
    return np.asarray(units.rules[model].T @ weights).T


def moves_made(units: Units, *, weights: Floats) -> Floats:
    """Return the moves between states, shape (n_draws, n_kinds + 1, n_kinds + 2).

    Parameters
    ----------
    weights : numpy.ndarray of float, shape (n_paths, n_draws)
        How many journeys each path stands for, in each draw.
    """
    k = units.n_kinds
    return np.asarray(units.moves.T @ weights).T.reshape(-1, k + 1, k + 2)


def removal_effects(counts: Floats) -> tuple[Floats, float]:
    """Return by how much fewer would convert without each kind of touch, and how many do.

    The journeys make a chain: start, kinds of touches, conversion, no conversion. A kind is
    taken away by sending all who would come to it to "no conversion". Both chances come from
    the chain's fundamental matrix, without drawing anything.

    Parameters
    ----------
    counts : numpy.ndarray of float, shape (n_kinds + 1, n_kinds + 2)
        Moves from the start and the kinds, as `moves_made` gives them for one draw.

    Returns
    -------
    effects : numpy.ndarray of float, shape (n_kinds,)
        1 less the chance of a conversion without the kind over the chance with it, 0..1; 0
        where nobody converts.
    conversion : float
        Chance of a conversion, of all journeys: exactly their share.

    References
    ----------
    Anderl E., Becker I., von Wangenheim F., Schumann J. H. (2016). Mapping the customer
    journey: lessons learned from graph-based online attribution modeling. International
    Journal of Research in Marketing 33(3), 457-474. doi:10.1016/j.ijresmar.2016.03.001
    """
    k = len(counts) - 1
    out = counts.sum(axis=1, keepdims=True)
    chance = np.divide(counts, out, out=np.zeros_like(counts), where=out > 0)
    onward, won = chance[:, : k + 1], chance[:, k + 1]
    onward[:, 0] = 0.0  # "no conversion" stands in the column of the start: nothing follows it
    fundamental = np.linalg.inv(np.eye(k + 1) - onward)
    converts = fundamental @ won
    if converts[0] <= 0:
        return np.zeros(k), 0.0
    # Lost without a kind is who ever comes to it and converts from there.
    ever = fundamental[0, 1:] / np.diagonal(fundamental)[1:]
    return np.clip(ever * converts[1:] / converts[0], 0.0, 1.0), float(converts[0])


def game_values(paths: TouchPaths) -> Floats | None:
    """Return Shapley's values of the kinds in the game for the conversion rate.

    The worth of a set of kinds is the share that converts of those journeys that met none but
    kinds of the set; 0 where there is no such journey. The values add up to the share of all.

    Returns
    -------
    numpy.ndarray of float, shape (n_kinds,)
        None if there are more than `MOST_IN_GAME` kinds.

    References
    ----------
    Shapley L. S. (1953). A value for n-person games. Contributions to the Theory of Games II,
    307-317. doi:10.1515/9781400881970-018
    """
    k = len(paths.names)
    if k > MOST_IN_GAME:
        return None
    bits = np.zeros(paths.n_journeys, dtype=np.int64)
    first = paths.first_of_each
    np.add.at(bits, paths.journey[first], np.int64(1) << paths.touch[first])
    met = np.stack(
        [np.bincount(bits, minlength=1 << k), np.bincount(bits, paths.converted, minlength=1 << k)]
    )
    for i in range(k):  # sums over all subsets, one kind at a time
        halves = met.reshape(2, -1, 2, 1 << i)
        halves[:, :, 1] += halves[:, :, 0]
    worth = np.divide(met[1], met[0], out=np.zeros(1 << k), where=met[0] > 0)
    size = np.bitwise_count(np.arange(1 << k, dtype=np.uint32)).astype(np.int64)
    share = _orders(k)
    values = np.empty(k)
    for i in range(k):
        pair = worth.reshape(-1, 2, 1 << i)
        before = size.reshape(-1, 2, 1 << i)[:, 0]
        values[i] = ((pair[:, 1] - pair[:, 0]) * share[before]).sum()
    return values


def _orders(k: int) -> Floats:
    """Share of all orders of k kinds in which a given set of each size comes just before one."""
    share = np.ones(k)
    share[0] = 1 / k
    for size in range(1, k):
        share[size] = share[size - 1] * size / (k - size)
    return share


def _alike(paths: TouchPaths) -> NDArray[np.int64]:
    """Return for each journey the first one with the same touches and end."""
    start = paths.starts
    n = np.diff(np.append(start, len(paths.touch)))
    base = len(paths.names) + 1
    most = int(61 / np.log2(base))  # touches that one number tells, and the end
    place = np.arange(len(paths.touch)) - np.repeat(start, n)
    digits = (paths.touch + 1) * np.int64(base) ** np.minimum(place, most - 1)
    told = np.add.reduceat(digits, start) if len(start) else start
    code = 2 * told + paths.converted
    number: dict[tuple[bytes, bool], int] = {}
    for j in np.flatnonzero(n > most).tolist():
        key = paths.touch[start[j] : start[j] + n[j]].tobytes(), bool(paths.converted[j])
        code[j] = -1 - number.setdefault(key, len(number))
    _, first, alike = np.unique(code, return_index=True, return_inverse=True)
    return np.asarray(first[alike])


def _moves(paths: TouchPaths) -> sparse.csr_array:
    """Return each journey's moves from the start and the kinds to the kinds and conversion."""
    k, n = len(paths.names), paths.n_journeys
    start = paths.starts
    end = np.append(start[1:], len(paths.touch)) - 1 if n else start
    came_from = np.zeros(len(paths.touch), dtype=np.int64)
    came_from[1:] = paths.touch[:-1] + 1
    came_from[start] = 0
    states = k + 2
    into = came_from * states + paths.touch + 1
    # The last column is the conversion; "no conversion" needs none: its row is column 0, the
    # start, which nobody comes back to.
    out = (paths.touch[end] + 1) * states + np.where(paths.converted, k + 1, 0)
    journey = np.concatenate([paths.journey, np.arange(n)])
    cell = np.concatenate([into, out])
    ones = np.ones(len(cell))
    return sparse.coo_array((ones, (journey, cell)), shape=(n, (k + 1) * states)).tocsr()
