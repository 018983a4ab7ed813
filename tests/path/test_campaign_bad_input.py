"""Bad input of a campaign through `cjm run`: a statement or an error, never a winner."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil

import numpy as np
import pytest

from cjm_research.experiments.of_study import study_campaign
from cjm_research.workspace.workspace import open_study

pytestmark = pytest.mark.path

HEAD = """
title = "Shop"
languages = ["en"]
currency = "USD"
[research]
question = "Does the letter pay?"
[[sources]]
table = "exposures"
file = "shown.csv"
columns = {experiment = "test", unit_id = "id", arm = "arm", exposed_at = "at"}
[[sources]]
table = "outcomes"
file = "seen.csv"
columns = {experiment = "test", unit_id = "id"}
unpivot = {bought = "bought", revenue = "revenue"}
"""
TEST = """
[[experiments]]
id = "NAME"
label = "Test NAME"
control = "a"
arms = {a = {label = "No letter", share = 0.5}, b = {label = "Letter", share = 0.5}}
metrics = [
  {id = "bought", label = "Bought", kind = "conversion", table = "outcomes"},
  {id = "revenue", label = "Revenue", kind = "mean", table = "outcomes", is_money = true},
]
"""
N = 400


def shown(keep=lambda _i, _arm: True):
    """Return who was shown what: both arms alike, over four weeks."""
    rows = [[f"u{i:04}", "ab"[i % 2], f"2026-03-{2 + i // 2 % 28:02} 10:00:00"] for i in range(N)]
    return [row for i, row in enumerate(rows) if keep(i, row[1])]


def seen(bought=lambda _i, _arm, x: x, revenue=lambda _i, _arm, x: x):
    """Return what they did: a third buys in each arm."""
    rng = np.random.default_rng(7)
    done, spent = (rng.random(N) < 1 / 3).astype(int), rng.lognormal(3, 0.5, N).round(2)
    return [
        [f"u{i:04}", bought(i, "ab"[i % 2], done[i]), revenue(i, "ab"[i % 2], spent[i])]
        for i in range(N)
    ]


BAD = {
    "empty_arm": (shown(lambda _i, arm: arm == "a"), seen()),
    "one_unit": (shown(lambda i, _arm: i < 2), seen()),
    "null_metric": (shown(), seen(bought=lambda *_: "")),
    "negative": (shown(), seen(revenue=lambda i, _arm, x: -5 if i % 9 == 0 else x)),
    "text_metric": (shown(), seen(revenue=lambda i, _arm, x: "lots" if i % 9 == 0 else x)),
    "two_arms": (shown() + [[u, "ba"["ab".index(a)], at] for u, a, at in shown()[:60]], seen()),
    "outside": (shown(), seen()),
    "all_outside": (shown(), seen()),
    "zero_base": (
        shown(),
        seen(lambda _i, arm, x: 0 if arm == "a" else x, lambda _i, arm, x: 0 if arm == "a" else x),
    ),
}
DATES = {"outside": ("2026-03-09", "2026-03-15"), "all_outside": ("2025-03-03", "2025-03-09")}


def _plan(name):
    dates = DATES.get(name)
    declared = TEST.replace("NAME", name)
    if dates is None:
        return declared
    return declared.replace("arms =", f"starts_on = {dates[0]}\nends_on = {dates[1]}\narms =")


def _write(root, study, plans, rows):
    (root / "studies").mkdir(exist_ok=True)
    (root / "studies" / f"{study}.toml").write_text(HEAD + plans, encoding="utf-8")
    raw = root / "data" / "raw" / study
    raw.mkdir(parents=True)
    files = (("shown.csv", ("id", "arm", "at")), ("seen.csv", ("id", "bought", "revenue")))
    for part, (file, heads) in enumerate(files):
        with (raw / file).open("w", encoding="utf-8", newline="") as text:
            table = csv.writer(text)
            table.writerow(["test", *heads])
            for name, both in rows.items():
                table.writerows([name, f"{name}-{row[0]}", *row[1:]] for row in both[part])


@pytest.fixture(scope="module")
def ran(demo_project, tmp_path_factory, cjm):
    """Return the project after `cjm run` of a study in which every campaign has bad input."""
    root = tmp_path_factory.mktemp("bad")
    shutil.copytree(demo_project / "notebooks", root / "notebooks")
    _write(root, "shop", "".join(_plan(name) for name in BAD), BAD)
    return root, cjm(root, "run", "shop", "05_campaign_results")


@pytest.fixture(scope="module")
def told(ran):
    """Return a function that gives a campaign, and all words of its page."""
    root, _ = ran
    world = open_study("shop", root=root)

    def of(name):
        page = root / "reports" / "shop" / f"campaign_results-{name}.en.html"
        text = re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"))
        return study_campaign(world, name), " ".join(html.unescape(text).split())

    return of


def test_every_campaign_gets_its_page_and_the_run_goes_well(ran):
    root, done = ran
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    made = {p.name for p in (root / "reports" / "shop").glob("campaign_results-*.en.html")}
    assert made == {f"campaign_results-{name}.en.html" for name in BAD}


@pytest.mark.parametrize("name", BAD)
def test_no_page_has_a_winner_or_nan(ran, told, name):
    root, _ = ran
    campaign, text = told(name)
    assert campaign.decision.state != "ship"
    assert not campaign.decision.shipped
    assert "nan" not in text.lower().split()
    found = json.loads(
        (root / "reports" / "shop" / f"campaign_results-{name}.findings.json").read_text("utf-8")
    )
    assert "NaN" not in json.dumps(found)


@pytest.mark.parametrize(("name", "check"), [
    ("empty_arm", "empty_arm"), ("all_outside", "empty_arm"), ("two_arms", "two_arms"),
])  # fmt: skip
def test_a_broken_test_is_said_to_be_invalid(told, name, check):
    campaign, text = told(name)
    assert campaign.decision.state == "invalid"
    assert campaign.decision.failed_check == check
    assert "The test is invalid and has no winner." in text


def test_a_metric_without_values_is_said_to_be_unknown(told):
    campaign, text = told("null_metric")
    assert campaign.checks.unusable == {"bought"}
    # By chance the letter's other metric looks better in these data; that is no winner.
    assert campaign.decision.state == "review"
    assert "another metric of the plan cannot be read" in text
    assert "Bought: not known for 400 of 400 (100%)" in text


def test_text_in_a_metric_is_set_aside_and_the_unit_is_unknown(told):
    campaign, text = told("text_metric")
    missing = next(c for c in campaign.checks.checks
                   if c.check == "missing_values" and c.metric == "revenue")  # fmt: skip
    assert missing.count == 45
    assert "unknown values" in text


def test_negative_revenue_is_warned_of_with_its_number(told):
    campaign, text = told("negative")
    odd = next(c for c in campaign.checks.checks if c.check == "negative_values")
    assert (odd.verdict, odd.count) == ("warning", 45)
    assert "negative amounts warning Revenue 45" in text


def test_units_outside_the_dates_are_left_out_and_counted(told):
    campaign, text = told("outside")
    left = next(c for c in campaign.checks.checks if c.check == "outside_dates")
    assert left.count == N - campaign.checks.n_units > 0
    assert "outside the dates of the test" in text


def test_one_unit_in_each_arm_says_nothing(told):
    campaign, _ = told("one_unit")
    assert campaign.decision.state in {"invalid", "keep_running"}
    effects = [f for f in campaign.findings() if f.kind.startswith("effect")]
    assert not [f for f in effects if f.status == "shown"]


def test_a_baseline_of_zero_has_a_difference_and_no_relative_change(told):
    campaign, text = told("zero_base")
    row = next(r for r in campaign.rows if r.metric == "bought")
    assert row.difference > 0
    assert np.isnan(row.lift)
    assert campaign.decision.state == "review"
    assert "inf" not in text.split()


@pytest.mark.parametrize(("old", "new", "said"), [
    (', b = {label = "Letter", share = 0.5}', "", "needs at least two arms"),
    ('control = "a"', 'control = "c"', "control 'c' is not an arm. Arms are ['a', 'b']."),
    ('table = "outcomes"}', 'table = "outcome"}', "outcomes"),
    ('kind = "mean"', 'kind = "average"', "mean"),
])  # fmt: skip
def test_a_plan_that_cannot_be_ends_the_run_with_one_error(
    demo_project, tmp_path, cjm, old, new, said
):
    shutil.copytree(demo_project / "notebooks", tmp_path / "notebooks")
    _write(tmp_path, "shop", _plan("letter").replace(old, new), {"letter": (shown(), seen())})
    done = cjm(tmp_path, "run", "shop")
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_campaign_without_a_named_control_is_described_and_not_compared(ran, cjm):
    root, _ = ran
    described = _plan("letter").replace('control = "a"\n', "")
    _write(root, "reach", described, {"letter": (shown(), seen())})
    done = cjm(root, "run", "reach", "05_campaign_results")
    assert done.returncode == 0, done.stdout + done.stderr
    page = next((root / "reports" / "reach").glob("campaign_results-*.en.html"))
    assert "cannot be measured" in page.read_text(encoding="utf-8")
