"""Bad input of one experiment is a statement or an error, never NaN in silence, never a winner."""

from __future__ import annotations

import json
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from tests.experiments.conftest import World

from cjm_research.errors import DataError, DesignError, SchemaError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.of_study import study_campaign
from cjm_research.present import campaigns
from cjm_research.present.words import Words
from cjm_research.study.model import Limits

PARTS = ("headline", "cards", "trust", "decision", "next_test", "effects", "effects_table",
         "counts", "money_profit", "money_even", "sure", "outlook", "method_card")  # fmt: skip
REVENUE = {"id": "revenue", "kind": "mean", "is_money": True, "table": "outcomes"}


@pytest.fixture
def page():
    """Return all words of the page of a result; it has no NaN and no winner unless it may."""

    def written(result):
        blocks = [getattr(campaigns, p)(result) for p in PARTS]
        text = " ".join(b.html(Words("en")) for b in blocks if b is not None)
        assert "nan" not in text.lower().replace("finance", "").split()
        plain = json.dumps([f.to_dict() for f in result.findings()], allow_nan=False)
        assert plain
        return text

    return written


def no_winner(result):
    return result.decision.state != "ship" and not result.decision.shipped


def test_an_arm_without_units_makes_the_test_invalid(plan, counted, page):
    result = analyse(plan(), counted({"control": (50, 500), "offer": (0, 0)}))
    assert result.decision.state == "invalid"
    assert "every arm has participants" in page(result)


def test_one_unit_in_each_arm_says_nothing(plan, counted, page):
    result = analyse(plan(), counted({"control": (0, 1), "offer": (1, 1)}))
    assert no_winner(result)
    assert "too few" in page(result)


def test_a_metric_of_nulls_only_is_said_to_be_unknown(plan, counted, page):
    units = counted({"control": (50, 500), "offer": (90, 500)})
    units["revenue"] = np.nan
    result = analyse(plan({"id": "bought"}, REVENUE), units)
    assert "revenue" in result.checks.unusable
    assert "no values" in page(result) or "not tested" in page(result)
    assert all(e.problem or e.metric == "bought" for e in result.rows)


def test_where_the_only_success_metric_is_null_there_is_no_winner(plan, counted, page):
    units = counted({"control": (50, 500), "offer": (90, 500)})
    result = analyse(plan(), units.assign(bought=np.nan))
    assert result.decision.state == "invalid"
    assert "invalid" in page(result)


def test_a_baseline_of_zero_has_no_lift_and_still_a_difference(plan, counted, page):
    result = analyse(plan(), counted({"control": (0, 500), "offer": (40, 500)}))
    (row,) = (e for e in result.rows if e.is_main)
    assert row.lift != row.lift
    assert row.low > 0
    assert "–" in page(result)


def test_a_baseline_of_zero_gives_no_winner_but_something_to_look_into(plan, counted, page):
    result = analyse(plan(), counted({"control": (0, 500), "offer": (40, 500)}))
    assert (result.decision.state, result.decision.shipped) == ("review", ())
    assert "nothing at all was counted" in page(result)


def test_negative_revenue_is_computed_and_warned_of(plan, measured, page):
    rng = np.random.default_rng(3)
    arms = {"control": rng.normal(10, 30, 400), "offer": rng.normal(12, 30, 400)}
    result = analyse(plan(REVENUE), measured(arms))
    checks = {c.check: c for c in result.checks.checks}
    assert checks["negative_values"].verdict == "warning"
    assert page(result)


def test_text_in_a_metric_is_an_error_that_names_it(plan, counted):
    units = counted({"control": (50, 500), "offer": (90, 500)}).astype({"bought": object})
    units.loc[0, "bought"] = "yes"
    with pytest.raises(DataError, match=r"'bought' must be a number; got 'yes'"):
        analyse(plan(), units)


def test_an_unknown_metric_is_an_error_with_the_columns_there_are(plan, counted):
    with pytest.raises(SchemaError, match="orderd"):
        analyse(plan({"id": "orderd"}), counted({"control": (1, 50), "offer": (2, 50)}))


def test_a_unit_in_two_rows_is_refused(plan, counted):
    units = counted({"control": (5, 50), "offer": (9, 50)})
    with pytest.raises(DesignError, match="stands in another row too"):
        analyse(plan(), pd.concat([units, units.head(3).assign(arm="offer")]))


def _world(experiment, exposures, orders):
    empty = dict.fromkeys(("customers", "events", "outcomes", "campaign_totals", "memberships"),
                          pd.DataFrame())  # fmt: skip
    study = SimpleNamespace(name="shop", experiments=[experiment], tzinfo=ZoneInfo("UTC"),
                            experiment=lambda _: experiment)  # fmt: skip
    return World(study=study, as_of=pd.Timestamp("2026-06-01"), limits=Limits(),
                           exposures=exposures, orders=orders, **empty)  # fmt: skip


def _exposures(n=400, at="2026-03-02"):
    return pd.DataFrame({"experiment": "test", "unit_id": [f"c{i}" for i in range(n)],
                         "arm": ["control", "offer"] * (n // 2),
                         "exposed_at": pd.Timestamp(at, tz="UTC")})  # fmt: skip


ORDERS = pd.DataFrame({"customer_id": [f"c{i}" for i in range(1, 160, 2)], "amount": 1.0,
                       "ordered_at": pd.Timestamp("2026-03-05", tz="UTC")})  # fmt: skip


def test_units_in_two_arms_are_left_out_and_many_of_them_break_the_test(plan, page):
    shown = _exposures()
    again = shown.head(40).assign(arm=["offer", "control"] * 20)
    result = study_campaign(_world(plan(), pd.concat([shown, again]), ORDERS))
    assert result.decision.state == "invalid"
    assert "In two arms at once and left out: 40 of 400" in page(result)


def test_exposures_outside_the_dates_are_left_out_and_counted(plan, page):
    experiment = plan(starts_on="2026-03-01", ends_on="2026-03-31")
    late = _exposures(20, at="2026-05-01").assign(unit_id=[f"x{i}" for i in range(20)])
    result = study_campaign(_world(experiment, pd.concat([_exposures(), late]), ORDERS))
    assert result.arms.n == 400
    assert "Exposed outside the dates of the test and left out: 20 of 420" in page(result)


def test_where_all_exposures_lie_outside_the_dates_there_is_no_winner(plan, page):
    experiment = plan(starts_on="2027-03-01", ends_on="2027-03-31")
    result = study_campaign(_world(experiment, _exposures(), ORDERS))
    assert result.decision.state == "invalid"
    assert page(result)


def test_two_arms_without_a_named_control_are_described_and_not_compared(plan):
    own = plan()
    nobody = own.model_validate({**own.model_dump(), "control": ""})
    found = study_campaign(_world(nobody, _exposures(), ORDERS))
    text = campaigns.headline(found).html(Words("en"))
    assert "cannot be measured" in text
    assert not [f for f in found.findings() if f.kind.startswith(("effect", "decision"))]


def test_two_experiments_may_call_their_arms_alike():
    from cjm_research.study.phrase import Phrase

    labels = {
        "arm": {"control": Phrase("No letter")},
        "arm.second": {"control": Phrase("No call")},
    }
    words = Words("en", "RUB", labels)
    assert words.label("arm", "control", among={"experiment": "second"}) == "No call"
    assert words.label("arm", "control", among={"experiment": "first"}) == "No letter"
