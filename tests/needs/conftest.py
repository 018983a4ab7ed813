"""Feedback and a codebook that tests of this folder share."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.needs.codebook import Codebook

THEMES = {
    "themes": [
        {
            "id": "late",
            "kind": "pain",
            "stage": "delivery",
            "label": "Late",
            "any": {"ru": ["опозда*"], "en": ["late"], "zh": ["慢"]},
        },
        {
            "id": "tasty",
            "kind": "delight",
            "label": "Tasty",
            "any": {"ru": ["вкусный", "вкусно"], "en": ["tasty"], "zh": ["好吃"]},
        },
    ]
}


@pytest.fixture
def codebook():
    return Codebook.model_validate(THEMES)


@pytest.fixture
def feedback():
    """Return a maker of a feedback table from rows of (customer, kind, text) and more columns."""

    def made(rows, **columns):
        frame = pd.DataFrame(rows, columns=["customer_id", "kind", "text"]).astype(
            "string[pyarrow]"
        )
        frame.insert(0, "feedback_id", [f"f{n:05d}" for n in range(len(frame))])
        frame["feedback_id"] = frame["feedback_id"].astype("string[pyarrow]")
        frame["given_at"] = pd.Timestamp("2026-02-01", tz="UTC") + pd.to_timedelta(
            range(len(frame)), unit="h"
        )
        return frame.assign(**columns)

    return made
