"""Settings that the pages show are settings: they fit the model of the file they belong to."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from tests.docs.conftest import PAGES, ROOT, blocks

from cjm_research.cleaning.adapters.model import Adapter
from cjm_research.needs.codebook import Codebook
from cjm_research.study.model import Study

CODEBOOK_KEYS = {"themes", "stop_words", "dictionary", "sentiment"}
SHOWN = [
    pytest.param(block.text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(b for b in blocks(page) if b.language == "toml")
]


def _demo(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "studies" / name).read_text(encoding="utf-8"))


def _with(standing: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Put what is shown into a whole file: a part of a list's entry goes into its first entry."""
    merged = dict(standing)
    for key, value in shown.items():
        entries = standing.get(key)
        if isinstance(value, dict) and isinstance(entries, list):
            merged[key] = [{**entries[0], **value}, *entries[1:]]
        elif isinstance(value, list) and isinstance(entries, list) and "id" in value[0]:
            own = {entry["id"] for entry in value}
            merged[key] = [*(e for e in entries if e["id"] not in own), *value]
        else:
            merged[key] = value
    return merged


@pytest.mark.parametrize("text", SHOWN)
def test_what_a_page_shows_fits_its_file(text):
    shown = tomllib.loads(text)
    if "parts" in shown:
        Adapter.model_validate(shown)
    elif CODEBOOK_KEYS & set(shown):
        Codebook.model_validate(_with(_demo("retail.codebook.toml"), shown))
    else:
        Study.model_validate(_with({"name": "retail", **_demo("retail.toml")}, shown))
