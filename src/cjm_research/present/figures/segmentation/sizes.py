"""Each segment's share of customers beside its share of revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.figures.pairs import Pair, pairs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.segmentation.portraits import Portraits

INDEX = ("segment", "n", "share", "revenue_share", "index", "ordered_share", "median_revenue",
         "mood")  # fmt: skip
"""Columns of the table of all segments."""


def index_columns(result: Portraits) -> tuple[str, ...]:
    """Return the columns that are known of any segment: without orders there is no revenue."""
    known = result.to_frame()[list(INDEX)].notna().any()
    return tuple(column for column in INDEX if known[column])


def sizes(result: Portraits, words: Words) -> Figure:
    """Draw customers and revenue of each segment that is not too small to be shown.

    Parameters
    ----------
    result : Portraits
        The segments of a grouping.
    words : Words
        The language.
    """
    among = {"grouping": result.grouping}
    shown = [s for s in result.sizes if s.level != "hidden"]
    return pairs(
        [
            Pair(
                name=words.label("segment", s.segment, among=among),
                share=s.share,
                low=s.low,
                high=s.high,
                revenue_share=s.revenue_share,
            )
            for s in shown
        ],
        words,
    )
