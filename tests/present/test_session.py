"""The words of the open study; results in Lab."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from cjm_research.errors import ParameterError
from cjm_research.present import context, formatter
from cjm_research.results import Result, Unit
from cjm_research.study.phrase import Phrase


@pytest.fixture
def opened():
    words = {"customer": Phrase.model_validate({"ru": "компания|компании|компаний"})}
    study = SimpleNamespace(languages=["ru", "zh"], currency="CNY", words=words)
    return SimpleNamespace(study=study, labels={})


@pytest.fixture(autouse=True)
def _as_before():
    with context.using(context.current()):
        yield


def test_a_study_brings_its_languages_currency_and_nouns(opened, monkeypatch):
    monkeypatch.delenv("CJM_LANGUAGE", raising=False)
    context.use(opened)
    current = context.current()
    assert (current.languages, current.researcher) == (("ru", "zh"), "ru")
    assert current.words("ru").noun("customer", 5) == "5\u202fкомпаний"
    assert current.words("zh").value(5, Unit.MONEY) == "5元"


def test_the_researcher_chooses_the_language_of_lab(opened, monkeypatch):
    monkeypatch.setenv("CJM_LANGUAGE", "en")
    context.use(opened)
    assert context.current().researcher == "en"


def test_a_language_that_is_not_there_is_an_error(opened, monkeypatch):
    monkeypatch.setenv("CJM_LANGUAGE", "fr")
    with pytest.raises(ParameterError, match="language 'fr'"):
        context.use(opened)


def test_without_a_study_every_language_is_there():
    assert context.Context().languages == ("en", "ru", "zh")


@pytest.mark.usefixtures("context")
def test_a_result_shows_itself_as_its_table(pains):
    shell = InteractiveShell()
    formatter.register(shell)
    shown, _ = shell.display_formatter.format(pains)
    assert "<table>" in shown["text/html"]
    assert "Late delivery" in shown["text/html"] or "late delivery" in shown["text/html"]
    assert shown["text/plain"].startswith("Pains")


def test_a_result_without_words_falls_back_to_plain_columns():
    class Bare(Result):
        units = {"never_named": Unit.COUNT}  # noqa: RUF012

        def to_frame(self):
            return pd.DataFrame({"never_named": [1]})

        def findings(self):
            return ()

    assert "never_named" in formatter.shown(Bare())["text/html"]


def test_a_segment_has_the_words_of_the_grouping_that_the_page_is_about(opened):
    def words(ru):
        return {"large": Phrase.model_validate(ru)}

    opened.labels = {"segment": words("по выручке"), "segment.fleet": words("большой парк")}
    context.use(opened)
    assert context.current().words("ru").label("segment", "large") == "по выручке"
    context.use(opened, grouping="fleet")
    assert context.current().words("ru").label("segment", "large") == "большой парк"
    context.use(opened, grouping="unheard_of")
    assert context.current().words("ru").label("segment", "large") == "по выручке"
