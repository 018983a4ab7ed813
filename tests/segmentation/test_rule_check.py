"""Rules of groupings are checked before anything is computed."""

from __future__ import annotations

import pytest

from cjm_research.errors import StudyError
from cjm_research.segmentation.rule_check import check_rules
from cjm_research.study.plans import Grouping


def grouping(**settings):
    return Grouping.model_validate({"id": "g", "label": "x", **settings})


def rules(*conditions):
    return grouping(
        segments=[{"id": f"s{i}", "label": "x", "when": c} for i, c in enumerate(conditions)]
    )


def test_columns_of_customers_features_themes_and_shares_are_known():
    check_rules([rules("revenue > 3 AND niche = 'a'", "pain_late")], ["niche"])
    check_rules([rules("category_share_kids > 0.5")], [])
    check_rules([grouping(column="niche"), grouping(preset="lifecycle")], ["niche"])


def test_every_wrong_rule_is_named_with_the_nearest_column():
    plans = [rules("revenu > 3", "cty = 'a'"), grouping(column="nich")]
    with pytest.raises(StudyError) as caught:
        check_rules(plans, ["city", "niche"])
    assert str(caught.value).splitlines() == [
        "grouping 'g', segment 's0': there is no column 'revenu'. Did you mean 'revenue'?",
        "grouping 'g', segment 's1': there is no column 'cty'. Did you mean 'city'?",
        "grouping 'g': there is no column 'nich'. Did you mean 'niche'?",
    ]


def test_columns_that_clusters_are_found_from_are_checked_too():
    plan = grouping(kind="clusters", features=["recency_days", "frequensy"])
    with pytest.raises(StudyError, match="'frequensy'"):
        check_rules([plan], [])
