"""What segments are not asked with: one sentence that names the parameter, column or grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.cluster_scales import numbers
from cjm_research.segmentation.fitting import check_enough
from cjm_research.segmentation.grids import grid_of
from cjm_research.segmentation.occasions import occasions
from cjm_research.segmentation.value.contracts import fit_contracts
from cjm_research.segmentation.value.forecast import same_as_before

PEOPLE = pd.DataFrame({"customer_id": ["a"], "city": ["Perm"]})
TODAY = pd.Timestamp("2026-06-30", tz="UTC")
ALIKE = np.zeros((9, 2))
LINE = ["r"]
REFUSED = [
    (lambda: numbers(PEOPLE, "city"), SchemaError, "Column 'city' holds no numbers"),
    (lambda: numbers(PEOPLE, "age"), SchemaError, "'age'"),
    (lambda: check_enough(ALIKE, 12, grouping="own"), NoDataError, "9 customers cannot make 12"),
    (lambda: check_enough(ALIKE, 2, grouping="own"), NoDataError, "only 1 of them differ"),
    (lambda: grid_of("own", ["recency"], []), ParameterError, "no axis of an RFM grid 'recency'"),
    (lambda: grid_of("own", LINE, [("new", "1234")]), ParameterError, r"no name for .* \[\(5,\)\]"),
    (lambda: grid_of("own", LINE, [("all", "123456")]), ParameterError, r"do not exist: \[\(6,\)"),
    (lambda: grid_of("own", LINE, [("new", "12"), ("old", "2345")]), ParameterError,
     r"calls the cell \(2,\) both 'new' and 'old'"),
    (lambda: occasions(PEOPLE, PEOPLE, as_of=TODAY, ahead=-1), ParameterError, "ahead must be at"),
    (lambda: fit_contracts([0, 2], [True, False]), ParameterError, "periods must be whole and at"),
    (lambda: fit_contracts([1.5, 2], [True, False]), ParameterError, "periods must be whole and"),
    (lambda: fit_contracts([1, 2], [True, True]), NoDataError, "must have ended and some still"),
    (lambda: same_as_before(PEOPLE, horizon=0), ParameterError, "horizon must be at least 1 day"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "kind", "says"), REFUSED, ids=[says for *_, says in REFUSED])
def test_what_cannot_be_answered_is_refused_by_name(ask, kind, says):
    with pytest.raises(kind, match=says):
        ask()
