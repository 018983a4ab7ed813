"""Tone of Chinese texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.needs.labelled import load, scored, tone_contest

if TYPE_CHECKING:
    from benchmarks.contest import Answer

CONTEST = tone_contest("zh")


@CONTEST.tool(
    "snownlp",
    load=load,
    needs=("snownlp", "pandas"),
    note="its trained model of reviews; above one half is good",
)
def tone_snownlp(data: Any) -> Answer:
    """Ask for the share of good."""
    from snownlp import SnowNLP

    return scored(data, [SnowNLP(text).sentiments - 0.5 for text in data["text"]])
