"""The canonical tables keep the promises that other layers rest on."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import ParameterError
from cjm_research.schema.columns import DTYPES, Kind
from cjm_research.schema.tables import TABLES, table


@pytest.mark.parametrize("declared", TABLES.values(), ids=lambda t: t.name)
def test_column_names_are_unique(declared):
    names = [c.name for c in declared.columns]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("declared", TABLES.values(), ids=lambda t: t.name)
def test_key_and_customer_are_columns(declared):
    named = {declared.key, declared.customer} - {None}
    assert named <= {c.name for c in declared.columns}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_pandas_type(kind):
    assert str(pd.Series(dtype=DTYPES[kind]).dtype) == str(pd.api.types.pandas_dtype(DTYPES[kind]))


def test_personal_columns_are_marked():
    personal = {c.name for t in TABLES.values() for c in t.columns if c.personal}
    assert {"name", "email", "phone", "birth_date", "tax_id"} <= personal


def test_unknown_table_names_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean 'orders'"):
        table("order")
