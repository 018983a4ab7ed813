"""Tone of English texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.needs.labelled import load, scored, tone_contest

if TYPE_CHECKING:
    from benchmarks.contest import Answer

CONTEST = tone_contest("en")


@CONTEST.tool("VADER", load=load, needs=("vaderSentiment", "pandas"))
def tone_vader(data: Any) -> Answer:
    """Ask for the compound score."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return scored(data, [analyser.polarity_scores(text)["compound"] for text in data["text"]])
