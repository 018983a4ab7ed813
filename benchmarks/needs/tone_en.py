"""Tone of English texts."""

from __future__ import annotations

from typing import Any

from benchmarks.needs.labelled import tone_contest, tone_tool

CONTEST = tone_contest("en")


@tone_tool(CONTEST, "VADER", needs=("vaderSentiment", "pandas"))
def tone_vader(data: Any) -> list[float]:
    """Ask for the compound score."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return [analyser.polarity_scores(text)["compound"] for text in data["text"]]
