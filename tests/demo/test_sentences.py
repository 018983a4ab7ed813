"""Every written sentence speaks of its theme and of no other, as the codebook reads it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cjm_research import demo
from cjm_research.demo.voices import DAYS, sentences
from cjm_research.needs.codebook import load_codebook
from cjm_research.needs.coding import feedback_codes

STUDIES = Path(__file__).parents[2] / "studies"
NO_THEME = {"neutral", "general", "interviewer", "story"}
WRITTEN = [
    (name, theme, language)
    for name in demo.NAMES
    for theme, by_language in sentences(name).items()
    for language in by_language
]


@pytest.fixture(scope="module")
def coded():
    """Themes that the codebook finds in each sentence, by business and sentence."""
    found = {}
    for name in demo.NAMES:
        rows = pd.DataFrame(
            [
                {"text": filled(s, language), "language": language}
                for by_language in sentences(name).values()
                for language, phrasings in by_language.items()
                for s in phrasings
            ]
        )
        rows = rows.assign(feedback_id=rows.index.astype(str), kind="open", customer_id="c")
        codes = feedback_codes(
            rows.astype("string[pyarrow]"), load_codebook(STUDIES / f"{name}.codebook.toml")
        )
        themes = codes.dropna(subset="theme").groupby("feedback_id")["theme"].agg(set)
        found[name] = {
            text: frozenset(themes.get(row, ()))
            for text, row in zip(rows["text"], rows["feedback_id"], strict=True)
        }
    return found


def filled(sentence, language):
    return sentence.replace("{days}", DAYS[language][1]).replace("{minutes}", "20")


@pytest.mark.parametrize(("name", "theme", "language"), WRITTEN)
def test_sentences_are_coded_with_their_themes_only(coded, name, theme, language):
    expected = frozenset(set(theme.split("+")) - NO_THEME)
    texts = [filled(s, language) for s in sentences(name)[theme][language]]
    wrong = {t: coded[name][t] for t in texts if coded[name][t] != expected}
    assert not wrong


@pytest.mark.parametrize(("name", "theme", "language"), WRITTEN)
def test_a_theme_has_many_phrasings_and_none_twice(name, theme, language):
    phrasings = sentences(name)[theme][language]
    assert len(set(phrasings)) == len(phrasings)
    assert len(phrasings) >= (2 if "+" in theme else 5 if theme in NO_THEME else 6)


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_planted_theme_is_written_in_every_language_of_the_texts(name):
    languages = set(sentences(name)["neutral"])
    written = {t: set(by_language) for t, by_language in sentences(name).items()}
    assert all(written[t.theme] == languages for t in demo.truth(name).themes)
