"""Emotion map: which emotions customers name, or show, at each touchpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.answers import mood_answers
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.placing import need, placed
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.journey.touchpoints import as_met
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.data import JourneyData
    from cjm_research.study.model import Limits

Kind = Literal["choice", "tag", "tone"]
KINDS: tuple[Kind, ...] = ("choice", "tag", "tone")
"""Where emotions come from: what customers chose, what coders tagged, the tone of answers."""

GOOD = ("delight", "joy", "happy", "gratitude", "pride", "trust", "relief", "hope", "satisfied",
        "interest", "tone_good")  # fmt: skip
NEUTRAL = ("surprise", "calm", "neutral", "indifferent", "tone_neutral")
BAD = ("boredom", "confusion", "doubt", "worry", "disappointment", "annoyance", "irritation",
       "frustration", "sadness", "shame", "fear", "anger", "disgust", "tone_bad")  # fmt: skip
ORDER = (*GOOD, *NEUTRAL, *BAD)
"""From the best to the worst; an emotion that is not here stands between good and bad."""
CALM = 1 / 3
"""A mood within this of zero counts as a neutral tone."""
COLUMNS = ["customer_id", "stage", "touchpoint", "emotion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointEmotion:
    """An emotion at one touchpoint, or at a stage as a whole where no touchpoint is named."""

    stage: str
    touchpoint: str
    emotion: str
    customers: int
    n: int
    """Customers with any emotion there."""
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionMap(Result):
    """Share of the customers of a touchpoint with each emotion; a customer may have several."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "emotion": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[TouchpointEmotion, ...]
    """Every emotion at every touchpoint, in the order of the journey, best emotion first."""
    kind: Kind | None
    """None where the data hold no emotion."""
    n_unplaced: int
    """Emotions that name no stage."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    @property
    def emotions(self) -> tuple[str, ...]:
        """Return the emotions from the best to the worst."""
        return tuple(sorted({r.emotion for r in self.rows}, key=place))

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Return stage and touchpoint of each row of the map, in the order of the journey."""
        return tuple(dict.fromkeys((r.stage, r.touchpoint) for r in self.rows))

    def of(self, stage: str) -> tuple[TouchpointEmotion, ...]:
        """Return the most frequent emotion at each touchpoint of a stage."""
        here = [r for r in self.rows if r.stage == stage]
        names = dict.fromkeys(r.touchpoint for r in here)
        return tuple(
            max((r for r in here if r.touchpoint == name), key=lambda r: r.customers)
            for name in names
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per touchpoint and emotion."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        frame["touchpoint"] = frame["touchpoint"].replace("", None)
        hidden = ("customers", "share", "low", "high")
        frame["customers"] = frame["customers"].astype("Int64")
        return without_small(frame, self.limits, n="n", columns=hidden)

    def findings(self) -> tuple[Finding, ...]:
        """Return the touchpoint where a bad emotion is most frequent."""
        bad = [r for r in self.rows if r.emotion in BAD and r.touchpoint]
        enough = [r for r in bad if self.limits.level(r.n) == "claims"]
        worst = sorted(enough, key=lambda r: (-r.low, r.stage, r.touchpoint, r.emotion))[:1]
        return tuple(
            Finding(
                id=f"journey/emotion/touchpoint={r.touchpoint}/emotion={r.emotion}",
                kind="worst_emotion",
                subject={"stage": r.stage, "touchpoint": r.touchpoint, "emotion": r.emotion},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=r.n,
                window=self.window,
                method="wilson",
                direction="bad",
                customers=r.customers,
                status=told(self.limits, r.n),
            )
            for r in worst
        )


def emotion_map(
    data: JourneyData,
    stages: Sequence[str],
    *,
    kind: Kind | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> EmotionMap:
    """Count the emotions of customers at each touchpoint.

    Parameters
    ----------
    data : JourneyData
        In `feedback`, `emotion` is what a customer chose, several parted by ``;`` or ``|``; in
        `feedback_codes`, themes of kind ``emotion`` are tags; `event_stages` tells the stages
        of the touchpoints and their order.
    stages : sequence of str
        Stages in the order of the journey.
    kind : {"choice", "tag", "tone"}, optional
        Where emotions are taken from; the first of these that the data hold if absent. Tone is
        what a grade or, without one, the text says: good, neutral, bad.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    ParameterError
        If `kind` is none of these.
    """
    if kind is not None and kind not in KINDS:
        raise ParameterError.unknown("kind", kind, known=KINDS)
    events = coded_events(data.event_stages)
    tables = (data.feedback, data.feedback_codes, events)
    found, told_kind = pd.DataFrame(columns=COLUMNS), None
    for name in KINDS if kind is None else (kind,):
        found = _SOURCES[name](*tables)
        if len(found):
            told_kind = name
            break
    is_here = found["stage"].isin(list(stages))
    return EmotionMap(
        rows=_rows(found.loc[is_here], events, stages=stages, confidence=confidence),
        kind=told_kind,
        n_unplaced=int((~is_here).sum()),
        confidence=confidence,
        limits=limits,
    )


def place(emotion: str) -> tuple[int, str]:
    """Return what sorts emotions from the best to the worst.

    Examples
    --------
    >>> sorted(["anger", "puzzled", "joy"], key=place)
    ['joy', 'puzzled', 'anger']
    """
    between = len(GOOD) + len(NEUTRAL)
    return (2 * ORDER.index(emotion) if emotion in ORDER else 2 * between - 1, emotion)


def _chosen(feedback: pd.DataFrame, _codes: pd.DataFrame, events: EventStages) -> pd.DataFrame:
    if "emotion" not in feedback:
        return pd.DataFrame(columns=COLUMNS)
    rows = placed(feedback.loc[feedback["emotion"].notna()], events)
    rows["emotion"] = rows["emotion"].astype("str").str.split(r"[;|]", regex=True)
    rows = rows.explode("emotion")
    rows["emotion"] = rows["emotion"].str.strip().str.casefold()
    return rows.loc[rows["emotion"] != "", COLUMNS]


def _tagged(_feedback: pd.DataFrame, codes: pd.DataFrame, events: EventStages) -> pd.DataFrame:
    need(codes, ("theme", "theme_kind"), table="feedback_codes")
    rows = codes.loc[(codes["theme_kind"] == "emotion").fillna(value=False)]
    return placed(rows, events).rename(columns={"theme": "emotion"})[COLUMNS]


def _toned(feedback: pd.DataFrame, codes: pd.DataFrame, events: EventStages) -> pd.DataFrame:
    """Return one tone per customer and touchpoint: that of the mean mood there."""
    keys = ["customer_id", "stage", "touchpoint"]
    answers = mood_answers(feedback, codes, events)
    means = answers.groupby(keys, observed=True, dropna=False)["mood"].mean().reset_index()
    means["emotion"] = "tone_neutral"
    means.loc[means["mood"] > CALM, "emotion"] = "tone_good"
    means.loc[means["mood"] < -CALM, "emotion"] = "tone_bad"
    return means[COLUMNS]


_SOURCES = {"choice": _chosen, "tag": _tagged, "tone": _toned}


def _rows(
    found: pd.DataFrame, events: EventStages, *, stages: Sequence[str], confidence: float
) -> tuple[TouchpointEmotion, ...]:
    rows: list[TouchpointEmotion] = []
    emotions = sorted({str(e) for e in found["emotion"]}, key=place)
    for stage in stages:
        at_stage = found.loc[found["stage"] == stage]
        names = {str(t) for t in at_stage["touchpoint"].dropna()}
        met = [t for t in as_met(events, stage) if t in names]
        for name in [*met, *sorted(names - set(met)), *([] if names else [""])]:
            here = at_stage if not name else at_stage.loc[at_stage["touchpoint"] == name]
            rows += _at(stage, name, here, emotions=emotions, confidence=confidence)
    return tuple(rows)


def _at(
    stage: str, name: str, here: pd.DataFrame, *, emotions: Sequence[str], confidence: float
) -> list[TouchpointEmotion]:
    n = int(here["customer_id"].nunique())
    if not n:
        return []
    counts = here.groupby("emotion", observed=True)["customer_id"].nunique()
    found = [int(counts.get(e, 0)) for e in emotions]
    low, high = wilson_interval(found, n, confidence=confidence)
    return [
        TouchpointEmotion(
            stage=stage,
            touchpoint=name,
            emotion=emotion,
            customers=customers,
            n=n,
            share=customers / n,
            low=float(low[i]),
            high=float(high[i]),
        )
        for i, (emotion, customers) in enumerate(zip(emotions, found, strict=True))
    ]
