"""Estimates with their intervals: one row each, read from the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.results import Result

_ROW = 0.36


def intervals(
    result: Result,
    words: Words,
    *,
    label: str = "segment",
    value: str = "share",
    reference: float | None = None,
    limit: int = 15,
) -> Figure:
    """Draw each row's estimate as a point on its interval, with the number and n at the right.

    Parameters
    ----------
    result : Result
        Rows in the order they are read; columns `label`, `value`, ``low``, ``high`` and,
        if known, ``n``.
    words : Words
        The language.
    label, value : str
        Columns of the result.
    reference : float, optional
        A dashed rule to compare with.
    limit : int
        Draw the first rows only; the table has all.
    """
    frame = result.to_frame().head(limit)
    unit = result.units[value]
    names = [theme.wrapped(capital(words.label(label, k)), width=2.6, lines=2)
             for k in frame[label]]  # fmt: skip
    figure = theme.new_figure(height=0.7 + _ROW * len(frame))
    axes = figure.subplots()
    rows = range(len(frame))
    axes.hlines(rows, frame["low"], frame["high"], color=theme.ACCENT, linewidth=4, alpha=0.3)
    axes.plot(frame[value], list(rows), "o", color=theme.ACCENT, markersize=6)
    if reference is not None:
        axes.axvline(reference, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(list(rows), names)
    axes.set_ylim(len(frame) - 0.5, -0.5)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(unit))
    if unit is Unit.SHARE:
        axes.set_xlim(left=0)
    axes.set_xlabel(words.column(value))
    _write_numbers(axes, frame, value=value, words=words, unit=unit)
    return figure


def _write_numbers(
    axes: Axes, frame: pd.DataFrame, *, value: str, words: Words, unit: Unit
) -> None:
    """Write each estimate at the right edge, and n where it is known."""
    right = axes.twinx()
    theme.quiet(right)
    right.set_ylim(axes.get_ylim())
    texts = [words.value(v, unit) for v in frame[value]]
    if "n" in frame:
        texts = [f"{t} · {words('key_figures.n', n=n)}"
                 for t, n in zip(texts, frame["n"], strict=True)]  # fmt: skip
    right.set_yticks(range(len(frame)), texts)
