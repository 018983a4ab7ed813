"""What customers need next and when; what is bought together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.segmentation.value.affinity import affinity
from cjm_research.segmentation.value.histories import purchase_days
from cjm_research.segmentation.value.kinds_bought import needs_by_part, needs_of
from cjm_research.segmentation.value.need_checks import need_check
from cjm_research.segmentation.value.next_need import chances, next_needs
from cjm_research.segmentation.value.rhythm import rhythm
from cjm_research.study.model import Limits

DAY = pd.Timestamp("2026-12-31")
KINDS = np.array(["paper", "ink", "toner", "chairs", "lamps"])


def orders(habits, *, seed=1, n=900, gap=20):
    """Each customer draws kinds by `habits(rng, customer)`, about every `gap` days."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        share = habits(rng, i)
        day = rng.integers(0, 200)
        for _ in range(rng.poisson(9) + 1):
            if day > 540:
                break
            rows.append((f"C{i}", day, KINDS[rng.choice(5, p=share)], 10.0))
            day += rng.integers(gap - 5, gap + 6) * (1 + i % 3)
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "category", "amount"])
    return frame.assign(
        customer_id=frame["customer_id"].astype("string[pyarrow]"),
        category=frame["category"].astype("string[pyarrow]"),
        ordered_at=pd.Timestamp("2025-07-09", tz="UTC") + pd.to_timedelta(frame["day"], "D"),
    )


def by_chance(_rng, _i):
    return np.array([0.4, 0.2, 0.2, 0.1, 0.1])


def by_taste(_rng, i):
    return np.array([0.46, 0.46, 0.04, 0.02, 0.02] if i % 2 else [0.02, 0.04, 0.04, 0.45, 0.45])


def test_kinds_drawn_at_random_do_not_go_together():
    # The number of purchases makes every pair seem to; among equal numbers none does.
    found = affinity(needs_of(orders(by_chance), as_of=DAY), as_of=DAY, limits=Limits())
    assert found.n_tested >= 15
    assert [p for p in found.pairs if p.p_adjusted < 0.05] == []


@pytest.mark.slow
def test_the_interval_of_a_pair_covers_nothing_going_on_and_few_runs_claim_anything():
    covered, claimed = [], 0
    for seed in range(60):
        lines = orders(by_chance, seed=seed, n=300)
        pairs = affinity(needs_of(lines, as_of=DAY), as_of=DAY, limits=Limits()).pairs
        covered += [p.low <= 1 <= p.high for p in pairs]
        claimed += any(p.p_adjusted < 0.05 for p in pairs)
    assert 0.92 <= np.mean(covered) <= 0.98
    assert claimed <= 8


@pytest.mark.parametrize("n_parts", [2, 7])
def test_needs_of_parts_that_share_no_customer_are_those_of_all_lines(n_parts):
    rng = np.random.default_rng(4)
    lines = orders(by_taste, n=200)
    lines["amount"] = rng.integers(1, 4, len(lines)) * 5.0
    lines["status"] = rng.choice(["completed", "returned", "cancelled"], len(lines))
    lines["is_charge"] = rng.random(len(lines)) < 0.1
    lines = pd.concat([lines, lines.sample(frac=0.4, random_state=1).assign(category="ink")])
    part = pd.factorize(lines["customer_id"])[0] % n_parts
    whole = needs_of(lines, as_of=DAY)
    found = needs_by_part(
        lambda: (lines[part == i] for i in range(n_parts)),
        purchase_days(lines, as_of=DAY),
        column="category",
        as_of=DAY,
    )
    assert found.kinds == whole.kinds
    assert found.kind.tolist() == whole.kind.tolist()


def test_what_a_taste_joins_is_found():
    found = affinity(needs_of(orders(by_taste), as_of=DAY), as_of=DAY, limits=Limits())
    best = {(p.kind, p.other_kind) for p in found.pairs[:4]}
    assert best == {("paper", "ink"), ("ink", "paper"), ("chairs", "lamps"), ("lamps", "chairs")}
    assert found.findings()[0].status == "shown"


def test_a_forecast_that_knows_the_taste_beats_the_same_as_last_time():
    def habit(_rng, i):
        return np.array([0.6, 0.1, 0.1, 0.1, 0.1]) if i % 2 else np.array([0.1, 0.1, 0.1, 0.1, 0.6])

    found = need_check(needs_of(orders(habit), as_of=DAY), as_of=DAY, horizon=120)
    assert found.is_better
    assert found.findings()[0].kind == "next_need_better"


def test_where_the_last_purchase_tells_all_no_forecast_is_better():
    def loyal(_rng, i):
        return np.eye(5)[i % 5]

    found = need_check(needs_of(orders(loyal), as_of=DAY), as_of=DAY, horizon=120)
    assert not found.is_better
    assert found.methods[0].share == found.methods[1].share == 1
    assert found.findings()[0].kind == "next_need_same"


def test_the_day_follows_the_own_pauses():
    lines = orders(by_chance)
    needs = needs_of(lines, as_of=DAY)
    found = next_needs(needs, as_of=DAY).set_index("customer_id")
    own = found[found["basis"] == "own"]
    last = lines.groupby("customer_id")["ordered_at"].max().dt.tz_localize(None)
    pause = (own["next_on"] - last[own.index]).dt.days
    number = own.index.str[1:].astype(int)
    assert pause.groupby(number % 3).median().tolist() == pytest.approx([20, 40, 60], abs=2)
    assert (own["next_from"] <= own["next_on"]).all()


def test_who_is_long_silent_is_not_waited_for():
    lines = orders(by_chance)
    quiet = lines[(lines["customer_id"] != "C0") | (lines["day"] < 100)]
    assert "C0" not in set(next_needs(needs_of(quiet, as_of=DAY), as_of=DAY)["customer_id"])


def test_chances_of_a_customer_add_up_to_one():
    found = chances(needs_of(orders(by_chance), as_of=DAY), weight=5.0)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_day_with_two_kinds_counts_as_that_of_most_money():
    lines = orders(by_chance)
    extra = lines.iloc[[0]].assign(category="lamps", amount=999.0)
    needs = needs_of(pd.concat([lines, extra]), as_of=DAY)
    assert needs.kinds[needs.kind[needs.purchases.codes == needs.purchases.codes[0]][0]] in KINDS
    first = lines.iloc[0]
    who = list(needs.purchases.ids).index(first["customer_id"])
    assert needs.kinds[needs.kind[needs.purchases.codes == who][0]] == "lamps"


def test_a_cancelled_line_is_no_need_of_its_day():
    lines = orders(by_chance)
    extra = lines.iloc[[0]].assign(category="lamps", amount=999.0, status="cancelled")
    needs = needs_of(pd.concat([lines.assign(status="completed"), extra]), as_of=DAY)
    who = list(needs.purchases.ids).index(lines.iloc[0]["customer_id"])
    assert needs.kinds[needs.kind[needs.purchases.codes == who][0]] != "lamps"


def test_one_customer_has_no_pauses_of_others():
    lines = orders(by_chance).head(1)
    found = rhythm(purchase_days(lines, as_of=DAY))
    assert np.isnan(found.usual).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="category"), "no column of orders tells"),
        (lambda t: t.head(20), "purchases it is known what was bought"),
        (lambda t: t.assign(category=pd.NA), "no column of orders tells"),
    ],
)
def test_too_little_is_said(change, message):
    with pytest.raises(NoDataError, match=message):
        needs_of(change(orders(by_chance)), as_of=DAY)
    needs = needs_of(orders(by_chance, n=60), as_of=DAY)
    with pytest.raises(NoDataError, match="100 are needed"):
        need_check(needs, as_of=DAY, horizon=10)


def test_a_charge_is_no_need_of_its_day():
    lines = orders(by_chance)
    extra = lines.iloc[[0]].assign(category="postage", amount=999.0, is_charge=True)
    needs = needs_of(pd.concat([lines, extra]), as_of=DAY)
    assert "postage" not in needs.kinds
    pd.testing.assert_frame_equal(
        next_needs(needs, as_of=DAY), next_needs(needs_of(lines, as_of=DAY), as_of=DAY)
    )


def test_what_is_bought_after_the_day_changes_no_need():
    lines = orders(by_chance)
    day = lines["ordered_at"].min() + pd.Timedelta(days=300)
    day = day.tz_localize(None).normalize()
    known = lines[
        lines["ordered_at"] < (day + pd.Timedelta(days=1)).tz_localize(lines["ordered_at"].dt.tz)
    ]
    assert len(known) < len(lines)
    one, other = needs_of(lines, as_of=day), needs_of(known, as_of=day)
    assert (one.kinds, one.kind.tolist()) == (other.kinds, other.kind.tolist())
