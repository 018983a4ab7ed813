"""Each segment's share of customers beside its share of revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.pairs import Pair, pairs
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.words import Words
    from cjm_research.segmentation.portraits import Portraits

INDEX = ("segment", "n", "share", "revenue_share", "index", "ordered_share", "median_revenue",
         "mood")  # fmt: skip
"""Columns of the table of all segments."""


COUNTED = ("segment", "n", "share")
"""Columns of a study without money and feedback: the chart says the same."""


def index_columns(result: Portraits) -> tuple[str, ...]:
    """Return the columns that are known of any segment: without orders there is no revenue."""
    known = result.to_frame()[list(INDEX)].notna().any()
    return tuple(column for column in INDEX if known[column])


def sizes_exhibit(result: Portraits) -> ExhibitBlock | None:
    """Return customers and revenue of the segments; nothing where none may be shown.

    Where refunds are above purchases, or nobody paid, there are no shares of revenue, and the
    note says so.
    """
    shown = [s for s in result.sizes if s.level != "hidden"]
    if not shown:
        return None
    is_refunded = any(s.revenue == s.revenue and s.revenue_share != s.revenue_share for s in shown)
    is_plain = index_columns(result) == COUNTED
    key = "portraits_sizes_plain" if is_plain else "portraits_sizes"
    key = "portraits_sizes_refunded" if is_refunded else key
    return Exhibit(
        title=lead(result.sizes_only(), "portraits.sizes", grouping=result.grouping),
        body=chart(sizes, result, twin=table(result, columns=COUNTED) if is_plain else False),
        note=note(key, covered=result.covered, n=result.n_customers),
    )


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
