"""A researcher's table reads in the researcher's language."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research import present
from cjm_research.errors import ParameterError
from cjm_research.present import context
from cjm_research.present.words import Words
from cjm_research.schema.tables import TABLES
from cjm_research.study.phrase import Phrase

STUDY = context.Context(
    languages=("ru",),
    researcher="ru",
    labels={
        "column": {"shoe_size": Phrase({"en": "size of shoe", "ru": "размер обуви"})},
        "stage": {"cart": Phrase({"en": "cart", "ru": "корзина"})},
    },
)
ROWS = pd.DataFrame(
    {
        "customer_id": ["c1", "c2"],
        "stage": pd.array(["cart", None], dtype="string"),
        "status": pd.Categorical(["returned", "completed"]),
        "shoe_size": [41.5, None],
        "my_note": ["cart", "x"],
    }
)


def test_headings_and_codes_are_in_the_researchers_language():
    with context.using(STUDY):
        shown = present.labelled(ROWS)
    assert list(shown)[3:] == ["Размер обуви", "my_note"]
    assert shown.iloc[0, 1] == "корзина"
    assert pd.isna(shown.iloc[1, 1])
    assert list(shown.iloc[:, 0]) == ["c1", "c2"]
    assert list(shown["my_note"]) == ["cart", "x"]
    assert shown.iloc[:, 3].tolist()[0] == 41.5


def test_the_table_that_was_given_is_not_changed():
    before = ROWS.copy(deep=True)
    with context.using(STUDY):
        present.labelled(ROWS)
    pd.testing.assert_frame_equal(ROWS, before)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_of_the_tables_has_a_heading(table, language):
    names = [c.name for c in TABLES[table].columns]
    shown = present.labelled(pd.DataFrame(columns=names), language=language)
    # a heading begins with a capital, or with a letter that has none; a name never does
    assert [h for h in shown if h in names and h != "n"] == []


def test_two_columns_of_one_heading_keep_their_names():
    words = Words("en")
    pair = [n for n in ("n", "customers", "reached") if words.has(f"column.{n}")][:1]
    shown = present.labelled(pd.DataFrame([[1, 2]], columns=pair * 2), language="en")
    assert list(shown) == pair * 2


def test_an_unknown_language_is_told_with_those_there_are():
    with pytest.raises(ParameterError, match=r"no language 'fr'"):
        present.labelled(ROWS, language="fr")
