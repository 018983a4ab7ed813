"""A pattern is tried before it goes into the codebook; the starting notebook for it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.needs.test_notebook_subsets import _result

from cjm_research.errors import ParameterError
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.trying import sentences_with

NOTEBOOK = Path(__file__).parents[2] / "notebooks/explore/read_the_needs.ipynb"


def test_a_pattern_finds_all_forms_and_keeps_the_themes(feedback, codebook):
    rows = [("a", "open", "Курьеры опоздали."), ("b", "open", "Курьера нет."), ("c", "open", "Да.")]
    found = sentences_with(feedback_codes(feedback(rows), codebook), "курьер", language="ru")
    assert found["text"].tolist() == ["Курьеры опоздали.", "Курьера нет."]
    assert found["theme"].isna().tolist() == [False, True]


def test_a_pattern_that_cannot_match_is_named():
    codes = pd.DataFrame({"text": ["a"], "language": ["en"]})
    with pytest.raises(ParameterError, match="pattern must be words with letters"):
        sentences_with(codes, "!?", language="en")
    with pytest.raises(ParameterError, match="There is no language 'de'"):
        sentences_with(codes, "spät", language="de")


def test_the_starting_notebook_runs_from_top_to_bottom(retail, monkeypatch):
    monkeypatch.chdir(retail.root)
    names = {}
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    shown = [_result("".join(c["source"]), names) for c in cells if c["cell_type"] == "code"]
    assert len(shown[-1]) == 20
