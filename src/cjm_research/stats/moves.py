"""One quantile moved against another: how far it may be moved before it is ruled out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cjm_research.stats.quantiles import QuantileLaw

    Floats = NDArray[np.float64]

_STEPS, _CLOSE = 200, 1e-9  # of the whole range
_NEAR = 8e-3  # of the spread, where single steps of the chance are looked at
_MANY = 1000  # steps


class Moves:
    """Chances that the treated quantile is beyond the control's, moved by multiples of `size`."""

    __slots__ = ("_above", "_below", "_chances", "_control", "_size", "_treated", "at_zero")

    def __init__(
        self,
        treated: QuantileLaw,
        control: QuantileLaw,
        size: Floats,
        *,
        at_zero: tuple[float, float] | None = None,
    ) -> None:
        self._treated, self._control, self._size = treated, control.values, size
        self._below = np.concatenate([[0.0], np.cumsum(control.chances)])
        self._above = np.concatenate([[0.0], np.cumsum(control.chances[::-1])])
        self._chances = control.chances
        self.at_zero = at_zero or (self.at_most(0.0), self.at_least(0.0))

    def at_most(self, by: float) -> float:
        """Chance that the treated quantile is at most the moved one of the control."""
        bar, sums = self._moved(by)
        return float(
            self._treated.chances @ (sums[-1] - sums[bar.searchsorted(self._treated.values)])
        )

    def at_least(self, by: float) -> float:
        """Chance that it is at least so much."""
        bar, sums = self._moved(by)
        return float(self._treated.chances @ sums[bar.searchsorted(self._treated.values, "right")])

    def _moved(self, by: float) -> tuple[Floats, Floats]:
        bar = self._control + by * self._size
        return (bar, self._below) if bar[0] <= bar[-1] else (bar[::-1], self._above)

    def jumps(self, out: float, inside: float) -> tuple[Floats, Floats] | None:
        """Return the moves, from one to another, at which a chance grows, and by how much.

        A change at the first move itself is left out. None where there are many.
        """
        (early, _), (late, _) = self._moved(min(out, inside)), self._moved(max(out, inside))
        if (early[1:] < early[:-1]).any() or (late[1:] < late[:-1]).any():
            return None
        values, rises = self._treated.values, out < inside
        start = late.searchsorted(values, "left" if rises else "right")
        counts = early.searchsorted(values, "left" if rises else "right") - start
        counts = np.maximum(counts, 0)
        if counts.sum() > _MANY:
            return None
        rows = np.repeat(np.arange(len(counts)), counts)
        others = start[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        moves = (values[rows] - self._control[others]) / self._size[others]
        order = np.argsort(moves if rises else -moves)
        masses = self._treated.chances[rows] * self._chances[others]
        return moves[order], np.cumsum(masses[order])

    def ends(self, tail: float, guess: Normal) -> tuple[float, float]:
        """Return the smallest and the largest move that is not ruled out."""
        values, others = self._treated.values, self._control
        width = (max(values[-1], others[-1]) - min(values[0], others[0])) / self._size.min() + 1.0
        # Zero is asked itself, so that the interval holds it exactly when p is not small.
        low_ends, high_ends = (
            (0.0, s * width) if at < tail else (-s * width, 0.0)
            for at, s in zip(self.at_zero, (1.0, -1.0), strict=True)
        )
        low = self._end(Chance(self.at_most, tail, 1.0), low_ends, guess)
        return low, self._end(Chance(self.at_least, tail, -1.0), high_ends, guess)

    def _end(self, chance: Chance, ends: tuple[float, float], guess: Normal) -> float:
        """Return the first move, from the outer end, that is not ruled out."""
        aim = abs(ends[0] - ends[1]) * _CLOSE
        close = max(guess.spread * _NEAR, aim)
        guesses = guess.of(chance, close)
        while True:
            out, inside, lacking = _closer(chance, ends, guesses, close=close)
            ends = out, inside
            found = self.jumps(out, inside)
            if found is not None and len(found[0]):
                moves, grown = found
                is_in = lacking + grown >= 0
                return float(moves[is_in.argmax()]) if is_in.any() else inside
            if close <= aim:
                return inside
            guesses, close = iter(()), max(close / 30, aim)


class Chance(NamedTuple):
    """The chance of a move, against the one at which it is ruled out."""

    of: Callable[[float], float]
    least: float
    sign: float
    """1 where the chance rises with the move."""

    def excess(self, by: float) -> float:
        """Return how far the chance is above the least one; below zero the move is ruled out."""
        return self.of(by) - self.least


class Normal(NamedTuple):
    """Where the quantiles' difference is and how far it spreads, taken as normal for a guess."""

    centre: float
    spread: float

    def of(self, chance: Chance, close: float) -> Iterator[float]:
        """Guess an end: from the normal curve, from the chance found there, and both sides."""
        wanted = float(special.ndtri(chance.least))
        at = self.centre + chance.sign * wanted * self.spread
        found = chance.of(at)
        if 0 < found < 1:
            at += chance.sign * (wanted - float(special.ndtri(found))) * self.spread
        yield at - close / 2.5
        yield at + close / 2.5


def _closer(
    chance: Chance, ends: tuple[float, float], guesses: Iterator[float], *, close: float
) -> tuple[float, float, float]:
    """Close in on where a move stops being ruled out; the last is the excess at the outer end.

    After the guesses follows false position, with every third step a halving, since the chance
    moves in steps.
    """
    out, inside = ends
    f_out, f_inside, lacking = -1.0, 1.0, float("nan")
    for step in range(_STEPS):
        guess = next(guesses, None)
        if guess is None:
            share = f_inside / (f_inside - f_out) if f_inside > f_out else 0.5
            share = 0.5 if step % 3 == 2 else min(max(share, 1e-3), 0.999)
            guess = inside + share * (out - inside)
        elif not min(out, inside) < guess < max(out, inside):
            continue
        f = chance.excess(guess)
        if f < 0:
            out, f_out, f_inside, lacking = guess, f, f_inside / 2, f
        else:
            inside, f_inside, f_out = guess, f, f_out / 2
        if abs(inside - out) < close:
            break
    return out, inside, lacking if lacking == lacking else chance.excess(out)
