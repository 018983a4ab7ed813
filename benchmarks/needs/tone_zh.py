"""Tone of Chinese texts."""

from __future__ import annotations

from typing import Any

from benchmarks.needs.labelled import tone_contest, tone_tool

CONTEST = tone_contest("zh")


@tone_tool(
    CONTEST,
    "snownlp",
    needs=("snownlp", "pandas"),
    note="its trained model of reviews; above one half is good",
)
def tone_snownlp(data: Any) -> list[float]:
    """Ask for the share of good."""
    from snownlp import SnowNLP

    return [SnowNLP(text).sentiments - 0.5 for text in data["text"]]
