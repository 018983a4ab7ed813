"""Figure of how far the tone may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.needs.tone_trust import ToneCalibration
    from cjm_research.present.words import Words

_SMALLEST, _LARGEST = 25.0, 260.0  # area of a mark, in square points


def tone_calibration(result: ToneCalibration, words: Words) -> Figure:
    """Draw the share of bad texts over the probability that the model gave them.

    Parameters
    ----------
    result : ToneCalibration
        Bins by language; on the diagonal the probabilities are right.
    words : Words
        The language.
    """
    figure = theme.new_figure(height=3.4)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=theme.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    most = max((r.n for r in result.rows), default=1)
    for n, language in enumerate(dict.fromkeys(r.language for r in result.rows)):
        rows = [r for r in result.rows if r.language == language]
        colour, marker = theme.SERIES[n % len(theme.SERIES)], theme.MARKERS[n % len(theme.MARKERS)]
        x, y = [r.predicted for r in rows], [r.observed for r in rows]
        axes.plot(x, y, linewidth=1, color=colour, marker=marker,
                  label=words.label("language", language))  # fmt: skip
        sizes = [_SMALLEST + (_LARGEST - _SMALLEST) * r.n / most for r in rows]
        axes.scatter(x, y, s=sizes, alpha=0.35, linewidths=0, color=colour, marker=marker)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_predicted_bad"))
    axes.set_ylabel(words("figure.needs_observed_bad"))
    theme.quiet(axes, grid="y")
    axes.legend(loc="upper left")
    return figure
