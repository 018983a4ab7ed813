"""What a study file may not say: one sentence that names the key, the value and what it may be."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from cjm_research.errors import ParameterError
from cjm_research.study.identity import Identity
from cjm_research.study.metric import Metric
from cjm_research.study.model import Study
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import EventRule

METRIC = {"id": "basket", "label": "Basket", "table": "orders"}
QUANTILE = {**METRIC, "kind": "quantile", "quantile": 0.9}
REFUSED = [
    (
        Identity,
        {"review_from": 0.9, "merge_from": 0.8},
        r"not be above merge_from \(0.8\); got 0.9",
    ),
    (Metric, {**METRIC, "kind": "ratio"}, "'per' and the kind 'ratio' go together"),
    (Metric, {**METRIC, "kind": "mean", "quantile": 0.9}, "'quantile' and the kind of that name"),
    (Metric, {**QUANTILE, "before_days": 9}, "a quantile is not adjusted"),
    (Metric, {**QUANTILE, "table": "campaign_totals"}, "sums of the arms have no quantile"),
    (Phrase, {"de": "Bestellung"}, "language 'de' is not one of"),
    (Phrase, {}, "a text in at least one language is needed"),
    (EventRule, {}, "an event rule needs one of 'names', 'prefix', 'regex', 'column'"),
    (EventRule, {"column": "channel"}, "'column' and 'values' go together"),
    (EventRule, {"names": ["a"], "values": ["ads"]}, "'column' and 'values' go together"),
    (EventRule, {"regex": "(a"}, r"regex '\(a' cannot be read: missing \)"),
]


@pytest.mark.parametrize(("model", "plain", "says"), REFUSED, ids=[says for *_, says in REFUSED])
def test_what_a_study_may_not_say_is_refused_by_name(model, plain, says):
    with pytest.raises(ValidationError, match=says):
        TypeAdapter(model).validate_python(plain)


def test_a_grouping_is_asked_for_by_name(retail):
    with pytest.raises(ParameterError, match=r"Did you mean 'life_situation'\?"):
        retail.study.grouping("life_situatoin")


def test_a_study_without_groupings_says_so():
    study = Study.model_construct(name="shop", groupings=[])
    with pytest.raises(ParameterError, match=r"^Study 'shop' declares no grouping"):
        study.grouping("")
