"""What questions and texts are not asked with: one sentence that names the column or parameter."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import DataError, ParameterError, SchemaError
from cjm_research.needs.answers import answers_of, with_groups
from cjm_research.needs.codebook import Codebook
from cjm_research.needs.coding_sheet import coding_sample
from cjm_research.needs.voices import interviews, voices

NOTHING = pd.DataFrame({"comment": ["late"]})
REFUSED = [
    (lambda: answers_of(NOTHING, "nps"), SchemaError, "'kind'.*'feedback'|feedback.*'kind'"),
    (lambda: with_groups(NOTHING, NOTHING), SchemaError, "'customer_id'"),
    (lambda: voices(NOTHING), SchemaError, "feedback_codes"),
    (lambda: interviews(NOTHING), SchemaError, "feedback_codes"),
    (lambda: coding_sample(NOTHING, Codebook(themes=[]), n=0), ParameterError, "n must be 1 or"),
    (lambda: coding_sample(NOTHING, Codebook(themes=[])), DataError, "The codebook has no theme"),
]


@pytest.mark.parametrize(("ask", "kind", "says"), REFUSED, ids=[says for *_, says in REFUSED])
def test_what_cannot_be_answered_is_refused_by_name(ask, kind, says):
    with pytest.raises(kind, match=says):
        ask()
