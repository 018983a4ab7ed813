"""What the mood curve says: its lowest and its highest point, and who stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.journey.telling import told
from cjm_research.results import Finding, Unit
from cjm_research.stats.means import Sample, compare_means
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from cjm_research.journey.mood import Mood, MoodPoint


def mood_findings(mood: Mood) -> tuple[Finding, ...]:
    """Return one finding for the lowest point, the highest, and every other that differs.

    The lowest is compared with the next lowest, the highest with the next highest, every other
    point with the mean of the others, all by Welch's test; Holm's correction is over all points
    that enough customers spoke at.
    """
    points = [p for p in mood.points if mood.limits.level(p.n) in ("estimates", "claims")]
    if len(points) < 2:
        return ()
    order = sorted(range(len(points)), key=lambda i: points[i].mood)
    lowest, highest = order[0], order[-1]
    rivals = {lowest: [points[order[1]]], highest: [points[order[-2]]]}
    compared = [
        _compared(p, rivals.get(i) or [q for q in points if q is not p], mood.confidence)
        for i, p in enumerate(points)
    ]
    adjusted = adjust_p_values([c[1] for c in compared], correction="holm")
    kinds = {highest: "mood_high_point", lowest: "mood_low_point"}
    return tuple(
        _finding(
            mood, p, kind=kinds.get(i, "mood_point"), compared=(*compared[i], float(adjusted[i]))
        )
        for i, p in enumerate(points)
    )


def _compared(point: MoodPoint, others: list[MoodPoint], confidence: float) -> tuple[float, float]:
    """Return the mean of other points, and the p-value of the difference from it."""
    mean = float(np.mean([p.mood for p in others]))
    # The mean of independent means: its variance as one mean of one large sample.
    variance = float(np.sum([p.sd**2 / p.n for p in others])) / len(others) ** 2
    size = sum(p.n for p in others)
    own = Sample(point.n, point.mood, point.sd**2)
    p = compare_means(own, Sample(size, mean, variance * size), confidence=confidence).p
    return mean, float(p)


def _finding(
    mood: Mood, point: MoodPoint, *, kind: str, compared: tuple[float, float, float]
) -> Finding:
    reference, p, adjusted = compared
    where = f"touchpoint={point.touchpoint}" if mood.by_touchpoint else f"stage={point.stage}"
    place = {"stage": point.stage}
    if mood.by_touchpoint:
        place["touchpoint"] = point.touchpoint
        kind = f"touchpoint_{kind}"
    return Finding(
        id=f"journey/mood/{where}",
        kind=kind,
        subject=place,
        estimate=point.mood,
        low=point.low,
        high=point.high,
        confidence=mood.confidence,
        reference=reference,
        p=p,
        p_adjusted=adjusted,
        family=f"journey/mood/{'touchpoint' if mood.by_touchpoint else 'stage'}",
        unit=Unit.MOOD,
        n=point.n,
        window=mood.window,
        method="student; welch against the next point or the others, holm",
        direction="bad" if point.mood < reference else "good",
        status=told(mood.limits, point.n, is_clear=adjusted < 1 - mood.confidence),
        values={"answers": point.answers, "response_share": point.response_share},
    )
