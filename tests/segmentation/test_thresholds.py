"""Named thresholds: set by the study, replaced by a run, refused where they are wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import ParameterError, StudyError
from cjm_research.segmentation.groupings import memberships, rules_of
from cjm_research.segmentation.thresholds import read_thresholds, thresholds_of
from cjm_research.study.plans import Grouping

RULE = {"id": "often", "label": "x", "when": "n_orders >= $frequent_from"}


def grouping(**given):
    return Grouping.model_validate({"id": "g", "label": "x", "segments": [RULE], **given})


def test_a_threshold_is_filled_in_and_is_part_of_the_version():
    features = pd.DataFrame({"customer_id": ["a", "b"], "n_orders": [5, 12]})
    nobody = features[["customer_id"]]
    few, many = (grouping(thresholds={"frequent_from": n}) for n in (5, 12))
    one, other = (memberships(nobody, features, [g]) for g in (few, many))
    assert (len(one), len(other)) == (2, 1)
    assert set(one["model_version"]) != set(other["model_version"])


def test_a_threshold_that_is_not_declared_is_named_with_the_nearest():
    with pytest.raises(StudyError, match=r"no threshold 'frequent_from'\. Did you mean"):
        rules_of(grouping(thresholds={"frequent_form": 5}), frozenset())


def test_the_lifecycle_has_thresholds_of_its_own():
    life = Grouping.model_validate({"id": "life", "label": "x", "preset": "lifecycle",
                                    "thresholds": {"active_days": 30}})  # fmt: skip
    assert "recency_days <= 30" in rules_of(life, frozenset())["active"]
    assert thresholds_of(life) == {"new_days": 60, "active_days": 30, "sleeping_days": 365}
    wrong = life.model_copy(update={"thresholds": {"activ_days": 1.0}})
    with pytest.raises(StudyError, match="the lifecycle has no threshold 'activ_days'"):
        thresholds_of(wrong)


@pytest.mark.parametrize(
    "text", ["frequent_from", "frequent_from=many", "frequent_from=1e999", "=3",
             "frequent_from=1; DROP TABLE x"]
)  # fmt: skip
def test_a_threshold_is_a_plain_number(text):
    with pytest.raises(ParameterError, match="thresholds must be of the kind"):
        read_thresholds(text, known=["frequent_from"])


def test_an_unknown_threshold_of_a_run_is_refused():
    with pytest.raises(ParameterError, match="Did you mean 'frequent_from'"):
        read_thresholds("frequent_form=3", known=["frequent_from"])
