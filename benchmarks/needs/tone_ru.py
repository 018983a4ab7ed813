"""Tone of Russian texts."""

from __future__ import annotations

from benchmarks.needs.labelled import tone_contest

CONTEST = tone_contest("ru")
