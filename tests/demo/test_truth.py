"""What is planted can be found again in the cleaned tables."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from cjm_research import demo
from cjm_research.stats.proportions import wilson_interval

NAMES = demo.NAMES
TRAITS = [
    (name, segment, trait)
    for name in NAMES
    for segment in demo.truth(name).segments
    for trait in segment.traits
]


RATES = [
    (name, planted, segment, rate)
    for name in NAMES
    for planted in demo.truth(name).themes
    for segment, rate in {"": planted.rate, **planted.raised}.items()
]


def _id(value):
    return getattr(value, "theme", str(value))


@pytest.fixture
def world(request, name):
    return request.getfixturevalue(name)


def segment_rows(world, planted):
    groups = world.segments(planted.grouping)
    return set(groups.loc[groups["segment"] == planted.segment, "customer_id"])


@pytest.mark.parametrize("name", NAMES)
def test_clean_rows_are_exactly_those_that_were_made(world, name):
    truth = demo.truth(name)
    kept = world.loads.set_index("source_file")["rows_kept"]
    assert kept[list(truth.sizes)].to_dict() == dict(truth.sizes)


@pytest.mark.parametrize("name", NAMES)
def test_every_spoiled_row_that_was_added_is_set_aside_and_no_other(world, name):
    truth = demo.truth(name)
    aside = world.loads.set_index("source_file")["rows_quarantined"]
    assert aside.to_dict() == {file: truth.dirty_rows(file) for file in aside.index}


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_set_aside_for_the_reason_that_was_planted(world, name):
    codes = {"doubled": "double", "unknown_customer": "unknown_customer"}
    aside = world.quarantine.groupby(["source_file", "code"]).size()
    planted = [d for d in demo.truth(name).dirt if d.kind in codes and d.is_added]
    assert planted
    assert [int(aside[d.file, codes[d.kind]]) for d in planted] == [d.rows for d in planted]


def test_a_bad_date_of_birth_is_left_out_and_its_customer_kept(retail):
    dirt = next(d for d in demo.truth("retail").dirt if d.column == "birth_date")
    left_out = retail.issues.loc[retail.issues["column"] == "birth_date", "rows"].sum()
    assert left_out == dirt.rows


@pytest.mark.parametrize(
    ("name", "planted"),
    [(n, s) for n in NAMES for s in demo.truth(n).segments],
    ids=lambda v: v if isinstance(v, str) else v.segment,
)
def test_a_segment_has_its_planted_share(world, planted):
    share = len(segment_rows(world, planted)) / len(world.customers)
    assert share == pytest.approx(planted.share, abs=0.025)  # blanks hide up to 6 % of each


@pytest.mark.parametrize(
    ("name", "planted", "trait"),
    TRAITS,
    ids=[f"{n}-{s.segment}-{t.column}-{t.value}" for n, s, t in TRAITS],
)
def test_a_trait_is_over_represented_as_planted(world, planted, trait):
    inside = world.customers["customer_id"].isin(segment_rows(world, planted))
    values = world.customers[trait.column]
    mine, others = values[inside].dropna(), values[~inside].dropna()
    low, high = wilson_interval((mine == trait.value).sum(), len(mine), confidence=0.999)
    assert low <= trait.share <= high
    rest, _ = wilson_interval((others == trait.value).sum(), len(others), confidence=0.999)
    assert rest <= trait.elsewhere + 0.02
    assert low > trait.elsewhere


@pytest.mark.parametrize("name", NAMES)
def test_steps_of_the_journey_pass_the_planted_shares(world, name):
    truth, stages = demo.truth(name), world.study.stage_ids()
    customers = world.event_stages.groupby("stage")["customer_id"].unique()
    reached = [set(customers[stage]) for stage in stages]
    passed = [len(a & b) / len(a) for a, b in pairwise(reached)]
    rates = dict(zip(stages, passed, strict=False))
    assert rates == pytest.approx(dict(truth.step_rates), abs=0.025)
    assert min(rates, key=rates.get) == truth.weakest_step


@pytest.mark.parametrize("name", NAMES)
def test_customers_with_the_cause_leave_as_often_as_planted(world, name):
    (cause,) = demo.truth(name).churn_causes
    late = world.orders["delivered_at"] > world.orders["promised_at"] + pd.Timedelta(hours=2)
    hit = world.customers["customer_id"].isin(world.orders.loc[late, "customer_id"])
    gone = world.customers["is_churned"]
    known = gone.notna()
    rates = [gone[known & hit].mean(), gone[known & ~hit].mean()]
    assert rates == pytest.approx([cause.churn_with, cause.churn_without], abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_does_anything_after_leaving(world):
    left = world.customers.set_index("customer_id")["churned_on"].dropna()
    day = world.events["customer_id"].map(left)
    local = world.events["occurred_at"].dt.tz_convert(world.study.zone).dt.tz_localize(None)
    assert not (local > day).any()


@pytest.mark.parametrize(("name", "planted", "segment", "rate"), RATES, ids=_id)
def test_texts_of_a_stage_speak_of_a_theme_at_the_planted_rate(world, planted, segment, rate):
    texts = asked_at(world)
    texts = texts[(texts["stage"] == planted.stage) & ~texts["is_lost"]]
    groups = world.segments(planted.grouping).set_index("customer_id")["segment"]
    groups = groups[~groups.index.duplicated()]
    members = texts["customer_id"].map(groups)
    own = (members == segment) if segment else ~members.isin(list(planted.raised))
    texts = texts[own | (not planted.raised)]
    codes = world.feedback_codes
    said = texts["feedback_id"].isin(codes.loc[codes["theme"] == planted.theme, "feedback_id"])
    low, high = wilson_interval(said.sum(), len(said), confidence=0.9999)
    assert low <= rate <= high


def asked_at(world):
    """Texts with the stage of their touchpoint and whether their customer has left."""
    places = {rule.touchpoint: stage.id for stage in world.study.stages for rule in stage.events}
    feedback = world.feedback[world.feedback["kind"] != "interview"]
    feedback = feedback[feedback["text"].notna()]
    lost = set(world.customers.loc[world.customers["is_churned"].eq(True), "customer_id"])  # noqa: FBT003
    return pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"],
            "customer_id": feedback["customer_id"],
            "stage": feedback["touchpoint"].map(places),
            "is_lost": feedback["customer_id"].isin(lost),
        }
    )


def test_pains_come_up_in_as_many_interviews_as_planted(freight):
    codes = freight.feedback_codes
    talks = codes[codes["kind"] == "interview"]
    found = talks.groupby("theme")["customer_id"].nunique().to_dict()
    assert found == dict(demo.truth("freight").interviews)


def test_languages_of_the_shops_texts_are_mixed_as_planted(retail):
    said = retail.feedback_codes.drop_duplicates("feedback_id")["language"]
    shares = said.value_counts(normalize=True)
    assert [shares["ru"], shares["en"], shares["zh"]] == pytest.approx([0.7, 0.2, 0.1], abs=0.02)


@pytest.mark.parametrize("column", ["gender", "education", "consent_marketing"])
def test_what_is_not_planted_is_alike_in_every_segment(retail, column):
    groups = retail.segments("life_situation").merge(retail.customers, on="customer_id")
    shares = pd.crosstab(groups["segment"], groups[column], normalize="index")
    assert (shares.max() - shares.min()).max() < 0.02
