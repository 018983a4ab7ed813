"""Pains of a stage are shares of those who wrote there; opportunities show what they are of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import SchemaError
from cjm_research.journey.answers import mood_answers
from cjm_research.journey.flow import flow
from cjm_research.journey.opportunities import opportunities
from cjm_research.journey.pains import named_pains, stage_pains, stage_problems
from cjm_research.study.model import Limits

EVENTS = pd.DataFrame(
    {
        "customer_id": ["a"],
        "occurred_at": pd.to_datetime(["2026-01-01"], utc=True),
        "stage": ["buy"],
        "touchpoint": ["till"],
    }
)
FEW = Limits(hidden_below=1, facts_below=1, claims_from=1)


def codes(*rows):
    columns = ["feedback_id", "customer_id", "theme", "theme_kind", "stage", "touchpoint"]
    return pd.DataFrame(list(rows), columns=columns)


SAID = codes(
    ("f1", "a", "slow", "pain", None, "till"),
    ("f1", "a", "slow", "pain", None, "till"),
    ("f2", "a", "slow", "pain", None, "till"),
    ("f2", "a", "rude", "pain", None, "till"),
    ("f3", "b", "nice", "delight", None, "till"),
    ("f4", "c", None, None, None, "till"),
    ("f5", None, "slow", "pain", None, "till"),
)


def test_a_customer_who_repeats_a_pain_counts_once():
    got = stage_pains(SAID, EVENTS, stages=["buy"], limits=FEW)
    assert [(r.theme, r.customers, r.n) for r in got.rows] == [("slow", 2, 4), ("rude", 1, 4)]


def test_who_wrote_is_counted_even_where_no_pain_was_named():
    got = stage_pains(SAID, EVENTS, stages=["buy", "use"], limits=FEW)
    assert dict(got.writers) == {"buy": 4, "use": 0}


def test_any_pain_counts_a_customer_once():
    got = stage_problems(SAID, EVENTS, stages=["buy", "use"], limits=FEW)
    assert [(r.customers, r.n) for r in got.rows] == [(2, 4), (0, 0)]
    assert np.isnan(got.rows[1].share)


def test_a_stage_of_the_theme_counts_where_no_touchpoint_is_known():
    said = codes(("f", "a", "slow", "pain", "use", None), ("g", "b", None, None, None, None))
    got = stage_pains(said, EVENTS, stages=["use"], limits=FEW)
    assert [(r.theme, r.customers, r.n) for r in got.rows] == [("slow", 1, 1)]


def test_shares_of_few_are_not_in_the_table():
    frame = stage_pains(SAID, EVENTS, stages=["buy"]).to_frame()
    assert frame["share"].isna().all()
    assert frame["customers"].tolist() == [2, 1]


def writers(n, n_pain, *, stage):
    return codes(
        *[
            (f"{stage}{i}", f"{stage}{i}", "slow" if i < n_pain else None,
             "pain" if i < n_pain else None, stage, None)
            for i in range(n)
        ]
    )  # fmt: skip


def test_the_stage_with_most_problems_is_told_when_it_is_clearly_the_worst():
    said = pd.concat([writers(200, 120, stage="buy"), writers(200, 40, stage="use")])
    (finding,) = stage_problems(said, EVENTS, stages=["buy", "use"]).findings()
    assert (finding.subject, finding.status) == ({"stage": "buy"}, "shown")


def test_two_stages_alike_have_no_worst():
    said = pd.concat([writers(200, 62, stage="buy"), writers(200, 60, stage="use")])
    (finding,) = stage_problems(said, EVENTS, stages=["buy", "use"]).findings()
    assert finding.status == "not_significant"


def test_no_texts_are_no_finding():
    assert stage_problems(codes(), EVENTS, stages=["buy"]).findings() == ()
    assert stage_pains(codes(), EVENTS, stages=["buy"]).rows == ()


def ranked(small, data):
    pains = stage_pains(data.feedback_codes, data.event_stages, stages=small.IDS)
    return opportunities(
        pains,
        named_pains(data.feedback_codes, data.event_stages),
        answers=mood_answers(data.feedback, data.feedback_codes, data.event_stages),
        flow=flow(data.event_stages, small.IDS),
    )


def test_the_score_is_affected_times_loss_with_ten_for_the_largest(small, data):
    rows = ranked(small, data).rows
    weights = [r.affected * max(r.loss, 0) for r in rows]
    assert [r.score for r in rows] == pytest.approx([10 * w / max(weights) for w in weights])
    assert rows[0].score == 10
    assert [r.rank for r in rows] == list(range(1, len(rows) + 1))


def test_a_sentence_tells_affected_customers_in_two_digits(small, data):
    (finding,) = ranked(small, data).findings()
    best = ranked(small, data).rows[0]
    assert finding.values["affected"] == best.affected_about  # noqa: PD011  # of a finding
    assert best.affected_about == pytest.approx(best.affected, rel=0.05)
    assert len(str(best.affected_about).rstrip("0")) <= 2


def test_affected_is_the_share_of_writers_times_all_at_the_stage(small, data):
    best = ranked(small, data).best_of("buy")
    at_stage = flow(data.event_stages, small.IDS).of("buy").customers
    assert best.theme == "long_form"
    assert best.affected == pytest.approx(best.share * at_stage)


def test_mood_lost_is_of_those_at_the_stage_who_did_not_name_the_pain(small, data):
    answers = mood_answers(data.feedback, data.feedback_codes, data.event_stages)
    named = named_pains(data.feedback_codes, data.event_stages)
    here = answers[answers["stage"] == "buy"].groupby("customer_id")["mood"].mean()
    with_pain = here.index.isin(named.loc[named["theme"] == "long_form", "customer_id"])
    best = ranked(small, data).best_of("buy")
    assert best.loss == pytest.approx(here[~with_pain].mean() - here[with_pain].mean())


def test_pains_that_too_few_wrote_about_are_notranked(small, data):
    strict = Limits(hidden_below=1000, facts_below=2000, claims_from=3000)
    pains = stage_pains(data.feedback_codes, data.event_stages, stages=small.IDS, limits=strict)
    empty = opportunities(
        pains,
        named_pains(data.feedback_codes, data.event_stages),
        answers=mood_answers(data.feedback, data.feedback_codes, data.event_stages),
        flow=flow(data.event_stages, small.IDS),
    )
    assert (empty.rows, empty.findings(), empty.best_of("buy")) == ((), (), None)


def test_a_missing_column_is_named():
    with pytest.raises(SchemaError, match="theme_kind"):
        named_pains(SAID.drop(columns="theme_kind"), EVENTS)
