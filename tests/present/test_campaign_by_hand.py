"""Every number of the campaign page follows from the tables under it: done again by hand here.

The formulas stand in this file and use nothing of the package but the tables of the page.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from cjm_research.experiments.campaign import analyse
from cjm_research.present import campaigns
from cjm_research.present.words import Words
from cjm_research.study.plans import Experiment

WORDS = [Words("en")]
Z = stats.norm.ppf(0.975)
SHARES = {"none": 0.4, "mail": 0.3, "call": 0.3}
EXPERIMENT = Experiment.model_validate(
    {
        "id": "spring",
        "label": "Spring",
        "control": "none",
        "arms": {
            a: {"label": a, "share": s,
                "costs": {"fixed": 900, "per_unit": 2, "per_order": 15} if a != "none" else {}}
            for a, s in SHARES.items()
        },
        "money": {"margin": 0.35, "orders": "bought", "revenue": "revenue"},
        "segments": ["place"],
        "metrics": [
            {"id": "bought", "label": "Bought", "kind": "conversion", "table": "orders"},
            {"id": "revenue", "label": "R", "kind": "mean", "table": "orders", "is_money": True},
            {"id": "left", "label": "Left", "kind": "conversion", "table": "outcomes",
             "role": "guardrail", "better": "down", "margin": 0.03},
        ],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def page():
    """Return the tables of the page by part, each a list of rows by column."""
    rng = np.random.default_rng(11)
    n = 6000
    arm = rng.choice(list(SHARES), n, p=list(SHARES.values()))
    place = rng.choice(["near", "far"], n)
    rate = 0.2 + 0.08 * (arm == "mail") * (place == "near") + 0.01 * (arm == "call")
    bought = (rng.random(n) < rate).astype(float)
    units = pd.DataFrame({
        "unit_id": np.arange(n).astype(str), "arm": arm, "bought": bought,
        "revenue": bought * rng.gamma(4, 100, n), "left": (rng.random(n) < 0.02).astype(float),
    })  # fmt: skip
    found = analyse(EXPERIMENT, units, segments=units[["unit_id"]].assign(place=place))
    parts = ("trust", "effects_table", "counts", "money_profit", "money_orders", "money_even",
             "money_costs", "segment_counts", "segments_tables", "sure", "next_test")  # fmt: skip
    tables = {p: [_rows(t) for t in getattr(campaigns, p)(found).tables(WORDS)] for p in parts}
    tables["sure_effects"] = [t for t in tables["sure"] if "metric" in t[0]]
    return tables


def _rows(table):
    return [dict(zip(table["keys"], row, strict=True)) for row in table["rows"]]


def _beside(page, one, other):
    """Return pairs of rows of two parts that speak of the same metric and arm."""
    of = {(r["metric"], r["arm"]): r for t in page[other] for r in t}
    return [(r, of[r["metric"], r["arm"]]) for t in page[one] for r in t]


def _conversions(pairs):
    return [(a, b) for a, b in pairs if "sd_arm" not in b]


def _means(pairs):
    return [(a, b) for a, b in pairs if "sd_arm" in b]


def test_the_split_is_pearsons_against_the_plan(page):
    arms, checks = page["trust"]
    counts, planned = [a["n"] for a in arms], [a["expected_units"] for a in arms]
    assert sum(counts) == pytest.approx(sum(planned))
    ratio = next(c for c in checks if c["trust_check"] == "sample_ratio")
    p = stats.chisquare(counts, planned).pvalue
    assert (ratio["check_verdict"] == "passed") == (p >= 0.001)
    apart = max(abs(a["share"] - a["planned_share"]) for a in arms)
    assert ratio["share"] == pytest.approx(apart)


def test_values_and_differences_are_sums_over_n(page):
    pairs = _beside(page, "effects_table", "counts")
    assert len(pairs) == 6
    for shown, sums in pairs:
        control = sums["total_control"] / sums["n_control"]
        treated = sums["total_arm"] / sums["n_arm"]
        assert shown["control_value"] == pytest.approx(control)
        assert shown["treated_value"] == pytest.approx(treated)
        assert shown["difference"] == pytest.approx(treated - control)
        assert shown["relative_change"] == pytest.approx(treated / control - 1)


def _score(x1, n1, x0, n0, delta):
    """Miettinen and Nurminen's statistic, the restricted rates found by brute maximisation."""

    def minus_likelihood(p0):
        return -(x1 * math.log(p0 + delta) + (n1 - x1) * math.log(1 - p0 - delta)
                 + x0 * math.log(p0) + (n0 - x0) * math.log(1 - p0))  # fmt: skip

    span = (max(0.0, -delta) + 1e-9, min(1.0, 1 - delta) - 1e-9)
    p0 = optimize.minimize_scalar(minus_likelihood, bounds=span, method="bounded",
                                  options={"xatol": 1e-12}).x  # fmt: skip
    p1 = p0 + delta
    square = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1)
    return (x1 / n1 - x0 / n0 - delta) / math.sqrt(square)


def test_the_ends_of_a_conversions_interval_are_just_refused_by_the_score_test(page):
    for shown, sums in _conversions(_beside(page, "effects_table", "counts")):
        counts = (sums["total_arm"], sums["n_arm"], sums["total_control"], sums["n_control"])
        assert _score(*counts, shown["low"]) == pytest.approx(Z, abs=1e-4)
        assert _score(*counts, shown["high"]) == pytest.approx(-Z, abs=1e-4)


def test_p_of_a_conversion_is_that_of_the_pooled_score(page):
    for shown, sums in _conversions(_beside(page, "sure_effects", "counts")):
        counts = (sums["total_arm"], sums["n_arm"], sums["total_control"], sums["n_control"])
        assert shown["p"] == pytest.approx(2 * stats.norm.sf(abs(_score(*counts, 0.0))), rel=1e-4)


def _welch(sums):
    return stats.ttest_ind_from_stats(
        sums["total_arm"] / sums["n_arm"], sums["sd_arm"], sums["n_arm"],
        sums["total_control"] / sums["n_control"], sums["sd_control"], sums["n_control"],
        equal_var=False,
    )  # fmt: skip


def test_a_means_interval_and_p_are_welchs(page):
    for shown, sums in _means(_beside(page, "sure_effects", "counts")):
        test = _welch(sums)
        assert shown["p"] == pytest.approx(test.pvalue)
        se = shown["difference"] / test.statistic
        one, none = (sums[f"sd_{a}"] ** 2 / sums[f"n_{a}"] for a in ("arm", "control"))
        n1, n0 = sums["n_arm"], sums["n_control"]
        df = (one + none) ** 2 / (one**2 / (n1 - 1) + none**2 / (n0 - 1))  # Welch (1947)
        half = stats.t.ppf(0.975, df) * se
        assert shown["low"] == pytest.approx(shown["difference"] - half)
        assert shown["high"] == pytest.approx(shown["difference"] + half)


def test_p_of_the_success_metrics_is_corrected_by_holm(page):
    rows = [r for t in page["sure_effects"] for r in t if r["metric"] != "left"]
    p = np.array([r["p"] for r in rows])
    order = np.argsort(p)
    holm = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    shown = np.array([r["p_adjusted"] for r in rows])[order]
    assert shown == pytest.approx(holm)
    assert {r["n_questions"] for r in rows} == {4}
    assert {r["family"] for r in rows} == {"holm"}


def test_money_follows_from_effects_and_costs(page):
    profit = {r["arm"]: {} for t in page["money_profit"] for r in t}
    for part in ("money_profit", "money_orders", "money_even", "money_costs"):
        for row in (r for t in page[part] for r in t):
            profit[row["arm"]] |= row
    effects = {(r["metric"], r["arm"]): r for t in page["effects_table"] for r in t}
    for arm, row in profit.items():
        bought, revenue = effects["bought", arm], effects["revenue", arm]
        cost = row["fixed_cost"] + row["unit_cost"] * row["n_arm"]
        cost += row["order_cost"] * row["orders_made"]
        assert row["cost"] == pytest.approx(cost)
        assert row["extra_orders"] == pytest.approx(bought["difference"] * row["n_arm"])
        assert row["extra_orders_high"] == pytest.approx(bought["high"] * row["n_arm"])
        assert row["extra_revenue"] == pytest.approx(revenue["difference"] * row["n_arm"])
        for end in ("", "_low", "_high"):
            earned = row[f"extra_revenue{end}"] * row["margin"] - cost
            assert row[f"extra_profit{end}"] == pytest.approx(earned)
            assert row[f"romi{end}"] == pytest.approx(earned / cost)
        assert row["break_even"] == pytest.approx(cost / row["margin"] / row["n_arm"])
        change = row["break_even"] / revenue["control_value"]
        assert row["break_even_change"] == pytest.approx(change)


def test_the_cost_of_an_extra_order_is_cost_over_extra_orders(page):
    both = page["money_orders"]
    for orders, cost in zip(*both, strict=True):
        assert orders["arm"] == cost["arm"]
        extra = orders["extra_orders"]
        expected = cost["cost"] / extra if extra > 0 else None
        assert cost["cost_per_order"] == pytest.approx(expected)


def test_an_effect_in_a_segment_is_the_difference_of_its_values(page):
    of = {(r["segment"], r["metric"], r["arm"]): r for t in page["segment_counts"] for r in t
          if "treated_value" in r}  # fmt: skip
    rows = [r for t in page["segments_tables"] for r in t if "difference" in r]
    assert len(rows) == 8
    for row in rows:
        sums = of[row["segment"], row["metric"], row["arm"]]
        assert row["difference"] == pytest.approx(sums["treated_value"] - sums["control_value"])


# Fleiss, Levin and Paik (2003), 4.2, without continuity correction.
def test_the_next_tests_size_is_fleiss(page):
    row = next(r for t in page["next_test"] for r in t
               if (r["metric"], r["arm"]) == ("bought", "mail"))  # fmt: skip
    sums = next(r for t in page["counts"] for r in t
                if (r["metric"], r["arm"]) == ("bought", "mail"))  # fmt: skip
    p0 = sums["total_control"] / sums["n_control"]
    p1 = p0 * (1 + row["target_change"])
    share = sums["n_control"] / row["n"]
    pooled = (1 - share) * p1 + share * p0
    null = math.sqrt(pooled * (1 - pooled) * (1 / share + 1 / (1 - share)))
    true = math.sqrt(p1 * (1 - p1) / (1 - share) + p0 * (1 - p0) / share)
    needed = ((Z * null + stats.norm.ppf(0.8) * true) / (p1 - p0)) ** 2
    assert row["needed_units"] == pytest.approx(needed)
