"""Figure of a campaign without a control: one metric by segment, beside everyone reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.figures.experiments import Row, forest, segment_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.experiments.segment_rates import SegmentRates
    from cjm_research.present.words import Words


def rates_forest(rates: SegmentRates, words: Words, *, grouping: str, metric: str) -> Figure:
    """Draw a metric in every segment of a grouping, the largest first.

    Parameters
    ----------
    rates : SegmentRates
        Rates or means by segment.
    words : Words
        The language.
    grouping, metric : str
        Which of them.
    """
    own = [
        r for r in rates.rows
        if (r.grouping, r.reached.metric) == (grouping, metric) and r.status != "hidden_small_n"
    ]  # fmt: skip
    unit = rates.units["value"]
    rows = [
        Row(
            name=segment_name(words, grouping, r.segment),
            at=r.reached.value,
            low=r.reached.low,
            high=r.reached.high,
            text=words("figure.reach_text", value=r.reached.value, unit=unit, n=r.reached.n),
        )
        for r in sorted(own, key=lambda r: -r.reached.value)
    ]
    n = sum(r.reached.n for r in own)
    whole = sum(r.reached.total for r in own) / n if n else None
    label = words.label("metric", metric, among={"experiment": rates.experiment})
    return forest(rows, words, unit=unit, axis=label, line=whole)
