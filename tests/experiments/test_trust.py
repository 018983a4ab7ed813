"""Checks that come before any number is read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DesignError
from cjm_research.experiments.checks import Check, TrustChecks, in_order
from cjm_research.experiments.trust import TrustLimits, trust_checks


def verdict(checks, check, **subject):
    found = [
        c for c in checks.checks
        if c.check == check and all(getattr(c, k) == v for k, v in subject.items())
    ]  # fmt: skip
    assert len(found) == 1
    return found[0].verdict


def test_an_even_split_passes(plan, counted):
    checks = trust_checks(counted({"control": (50, 500), "offer": (60, 510)}), plan())
    assert verdict(checks, "sample_ratio") == "passed"
    assert not checks.is_broken


def test_a_broken_split_breaks_the_experiment(plan, counted):
    # 840 against 1000: chi-square 13.9, p = 0.0002.
    checks = trust_checks(counted({"control": (84, 840), "offer": (100, 1000)}), plan())
    assert [c.check for c in checks.broken] == ["sample_ratio"]
    assert checks.broken[0].p == pytest.approx(0.000191, rel=0.01)


def test_a_split_is_held_against_the_planned_shares(plan, counted):
    units = counted({"control": (90, 900), "offer": (10, 100)})
    planned = plan(arms={"control": 0.9, "offer": 0.1})
    assert not trust_checks(units, planned).is_broken
    assert trust_checks(units, plan()).is_broken


def test_an_arm_without_units_breaks_the_experiment(plan, counted):
    planned = plan(arms={"control": 0.5, "offer": 0.25, "gift": 0.25})
    checks = trust_checks(counted({"control": (10, 200), "offer": (10, 200)}), planned)
    assert "empty_arm" in {c.check for c in checks.broken}


@pytest.mark.parametrize(("mixed", "expected"), [(0, "passed"), (10, "warning"), (200, "failed")])
def test_units_in_two_arms_warn_and_then_break(plan, counted, mixed, expected):
    units = counted({"control": (50, 500), "offer": (50, 500)})
    units["exclusion"] = pd.array(["two_arms"] * mixed + [None] * (1000 - mixed), dtype="string")
    checks = trust_checks(units, plan(), limits=TrustLimits(ratio_p=0))
    assert verdict(checks, "two_arms") == expected
    assert checks.is_broken == (expected == "failed")


def test_values_missing_more_in_one_arm_make_the_metric_unusable(plan, counted):
    units = counted({"control": (50, 500), "offer": (50, 500)})
    units.loc[400:499, "bought"] = np.nan
    checks = trust_checks(units, plan())
    assert verdict(checks, "missing_values", metric="bought") == "failed"
    assert checks.unusable == {"bought"}
    assert not checks.is_broken


def test_values_missing_alike_only_warn(plan, counted):
    units = counted({"control": (50, 500), "offer": (50, 500)})
    units.loc[::10, "bought"] = np.nan
    checks = trust_checks(units, plan())
    assert verdict(checks, "missing_values", metric="bought") == "warning"
    assert next(c for c in checks.checks if c.check == "missing_values").count == 100


# Pearson's chi-square of [[100, 400], [50, 450]] is 19.61 (by hand: 1000 (100*450 - 50*400)^2
# / (150 * 850 * 500 * 500)), p = 9.5e-6.
def test_the_missing_values_are_compared_by_pearsons_chi_square(plan, counted):
    units = counted({"control": (50, 500), "offer": (50, 500)})
    units.loc[400:499, "bought"] = np.nan
    units.loc[950:999, "bought"] = np.nan
    check = next(c for c in trust_checks(units, plan()).checks if c.check == "missing_values")
    assert check.p == pytest.approx(9.5e-6, rel=0.02)


def test_a_metric_of_nulls_is_unusable(plan, counted):
    units = counted({"control": (50, 500), "offer": (50, 500)}).assign(bought=np.nan)
    assert trust_checks(units, plan()).unusable == {"bought"}


def test_a_constant_metric_warns(plan, counted):
    checks = trust_checks(counted({"control": (0, 500), "offer": (0, 500)}), plan())
    assert verdict(checks, "constant", metric="bought") == "warning"


def test_a_split_that_is_broken_in_one_segment_warns(plan, counted):
    units = counted({"control": (50, 1000), "offer": (50, 1000)})
    place = ["x"] * 300 + ["y"] * 700 + ["x"] * 700 + ["y"] * 300
    segments = pd.DataFrame({"unit_id": units["unit_id"], "place": place})
    checks = trust_checks(units, plan(), segments=segments)
    assert verdict(checks, "segment_ratio", segment="x", grouping="place") == "warning"


def test_two_rows_of_one_unit_are_refused(plan, counted):
    units = counted({"control": (50, 500), "offer": (50, 500)})
    with pytest.raises(
        DesignError, match=r"1000 rows of .test. name a unit that stands in another row"
    ):
        trust_checks(pd.concat([units, units]), plan())


def test_each_warning_is_a_finding_with_an_id_of_its_own(plan, counted):
    units = counted({"control": (84, 840), "offer": (100, 1000)})
    findings = trust_checks(units, plan()).findings()
    assert [f.kind for f in findings] == ["check_sample_ratio"]
    assert len({f.id for f in findings}) == len(findings)


def test_a_day_that_lost_an_arm_warns(plan, counted):
    units = counted({"control": (50, 1000), "offer": (50, 1000)})
    day = np.r_[np.zeros(850), np.ones(150), np.zeros(1000)]
    days = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(day, unit="D")
    checks = trust_checks(units.assign(exposed_at=days), plan())
    assert verdict(checks, "day_ratio") == "warning"


def test_days_with_an_even_split_pass(plan, counted):
    units = counted({"control": (50, 1000), "offer": (50, 1000)})
    days = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(np.arange(2000) % 5, unit="D")
    assert verdict(trust_checks(units.assign(exposed_at=days), plan()), "day_ratio") == "passed"


def test_every_warning_is_in_the_table_of_checks_and_one_of_each_other_kind():
    rows = [
        Check(check="implausible", verdict="warning", metric="a"),
        Check(check="implausible", verdict="warning", metric="b"),
        Check(check="implausible", verdict="passed", metric="c"),
        Check(check="constant", verdict="passed", metric="a"),
        Check(check="constant", verdict="passed", metric="b"),
    ]
    found = TrustChecks(experiment="x", checks=in_order(rows), n_units=10).told()
    assert [(c.check, c.metric) for c in found] == [
        ("implausible", "a"), ("implausible", "b"), ("constant", "a")
    ]  # fmt: skip
