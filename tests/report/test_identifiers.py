"""Which identifiers a study's pages are held against."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.report.identifiers import identifier_hashes, looks_like_an_id
from cjm_research.store.store import Store, commit

LETTERS = "aZß09Ωя7中②٣²-_ .#"


def _store(folder, ids):
    customers = pd.DataFrame({"customer_id": pd.Series(ids, dtype="string")})
    commit(folder, {"customers": customers}, info={}, rows_per_bucket=40)
    return Store.open(folder)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=120))
def test_kept_are_the_hashes_of_all_ids_that_point_at_someone(tmp_path_factory, ids):
    plain = {text.casefold().strip() for text in ids}
    asked = sorted(t for t in plain if looks_like_an_id(t) or " " in t)
    hashes = identifier_hashes(_store(tmp_path_factory.mktemp("store"), ids))
    wanted = pd.util.hash_array(np.array(asked, dtype=object), categorize=False) if asked else []
    assert hashes.tolist() == sorted(set(map(int, wanted)))


@pytest.mark.parametrize("ids", [[], [None, None], ["", " "], ["abc"]])
def test_where_no_id_points_at_anyone_nothing_is_kept(tmp_path, ids):
    assert not len(identifier_hashes(_store(tmp_path, ids)))
