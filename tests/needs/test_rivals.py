"""Rivals side by side: planted differences found, none within the noise, no rank by a score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import SchemaError
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.rival_table import market
from cjm_research.needs.rivals import brand_scores, brand_themes
from cjm_research.needs.scope import of_brand, with_brand
from cjm_research.needs.sides import brand_drivers, swot
from cjm_research.present.figures.needs_rivals import brand_scores as draw
from cjm_research.present.words import Words

RATES = {
    "ours": (0.05, 0.30),
    "lantern": (0.25, 0.30),
    "beacon": (0.05, 0.60),
    "reef": (0.05, 0.30),
}
"""Share that names the pain "late" and the delight "tasty": lantern is late, beacon is tasty."""
N = 300


def _reviews(rates, *, seed=4, n=N):
    rng = np.random.default_rng(seed)
    rows = []
    for brand, (late, tasty) in rates.items():
        for i in range(n):
            is_late, is_tasty = (rng.random(2) < (late, tasty)).tolist()
            text = " ".join(
                [f"Заказ {i}."] + ["Опоздали сильно."] * is_late + ["Очень вкусно."] * is_tasty
            )
            score = 4 - 2 * is_late + is_tasty
            rows.append((f"{brand}{i}", "rating", text, brand, float(score)))
    return pd.DataFrame(rows, columns=["customer_id", "kind", "text", "brand", "score"])


@pytest.fixture
def said(feedback, codebook):
    """Return feedback and codes of reviews of brands."""

    def _said(rates=RATES, **given):
        rows = _reviews(rates, **given)
        table = feedback(rows[["customer_id", "kind", "text"]].to_numpy().tolist())
        table = table.assign(
            brand=rows["brand"].astype("string[pyarrow]").to_numpy(), score=rows["score"],
            scale_min=1.0, scale_max=5.0,
        )  # fmt: skip
        return table, feedback_codes(table, codebook)

    return _said


def test_planted_strong_and_weak_sides_of_rivals_are_found(said):
    _, codes = said()
    found = swot(brand_themes(codes, own="ours"), own="ours")
    sides = {(r.side, r.brand, r.theme) for r in found.rows}
    assert ("opportunity", "lantern", "late") in sides
    assert ("threat", "beacon", "tasty") in sides
    assert ("strength", "ours", "late") in sides  # 5 % against 12 % of the others
    assert ("weakness", "ours", "tasty") in sides  # 30 % against 40 %
    assert "reef" not in {r.brand for r in found.rows if r.side == "opportunity"}


def test_brands_that_are_alike_have_no_side_and_no_rank(said):
    table, codes = said(dict.fromkeys("abcd", (0.1, 0.3)), seed=11)
    scores = brand_scores(table, codes, own="a")
    assert scores.n_clear == 0
    assert {r.standing for r in scores.rows} == {"alike"}
    assert all(f.status == "not_significant" for f in scores.findings())
    assert swot(brand_themes(codes, own="a"), own="a").rows == ()


def test_brands_stand_by_size_and_ours_first_whatever_they_score(said):
    table, codes = said()
    few = table.index[(table["brand"] == "beacon").to_numpy()][:150]
    kept = table.drop(index=few)
    coded = codes[codes["feedback_id"].isin(kept["feedback_id"])]
    assert brand_scores(kept, coded, own="reef").brands == ("reef", "lantern", "ours", "beacon")


def test_shares_are_those_of_a_count_by_hand(said):
    table, codes = said()
    rows = {(r.brand, r.measure): r for r in brand_scores(table, codes).rows}
    late = table["text"].str.contains("Опоздали")
    own = (table["brand"] == "lantern").to_numpy()
    assert rows["lantern", "any_pain"].share == pytest.approx(late[own].mean())
    assert rows["lantern", "any_pain"].elsewhere == pytest.approx(late[~own].mean())
    assert rows["lantern", "rating"].share == pytest.approx((table["score"][own] >= 4).mean())


def test_feedback_that_names_no_brand_takes_no_part_and_is_ours(said):
    table, _ = said()
    mixed = table.assign(brand=table["brand"].where(table["brand"] != "reef"))
    assert len(with_brand(mixed)) == 3 * N
    assert len(of_brand(mixed, "ours")) == 2 * N
    assert len(of_brand(mixed, "")) == 4 * N


def test_one_brand_or_none_is_no_comparison(said):
    table, codes = said({"ours": (0.1, 0.3)})
    assert brand_scores(table, codes).rows == ()
    assert brand_themes(codes).rows == ()
    plain = table.drop(columns="brand"), codes.drop(columns="brand")
    assert brand_scores(*plain).rows == ()
    assert brand_themes(plain[1]).rows == ()


def test_grades_on_different_scales_are_not_compared(said):
    table, codes = said()
    mixed = table.assign(scale_max=np.where(table["brand"] == "reef", 10.0, 5.0))
    assert {r.measure for r in brand_scores(mixed, codes).rows} == {"any_pain"}


def test_what_goes_with_the_grade_is_shown_for_each_brand(said):
    _, codes = said()
    rows = {(r.brand, r.theme): r for r in brand_drivers(codes, own="ours").rows}
    # Planted: late costs two of the four steps of the scale, tasty adds one.
    assert rows["lantern", "late"].difference == pytest.approx(-0.5, abs=0.08)
    assert rows["beacon", "tasty"].difference == pytest.approx(0.25, abs=0.08)
    assert rows["lantern", "late"].difference_high < 0


def test_a_customer_who_speaks_of_two_brands_counts_with_each(said):
    table, codes = said()
    same = codes.assign(customer_id="c" + codes["customer_id"].str.extract(r"(\d+)$")[0])
    rows = [r for r in brand_scores(table, same).rows if r.measure == "any_pain"]
    assert [r.n for r in rows] == [N] * 4


def test_the_table_of_rivals_is_shown_as_it_is_with_the_amount_of_feedback(said):
    table, _ = said()
    rivals = pd.DataFrame({"brand": ["beacon", "gull"], "price_note": ["5 % below us", None]})
    found = market(rivals, table).to_frame()
    assert found["answers"].tolist() == [N, 0]
    assert found["price_note"].isna().tolist() == [False, True]
    with pytest.raises(SchemaError, match="no column 'brand'"):
        market(pd.DataFrame({"name": ["x"]}), table)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_figure_marks_our_brand_and_what_is_clear(said, language):
    table, codes = said()
    words = Words(language)
    figure = draw(brand_scores(table, codes, own="ours"), words)
    texts = [t.get_text() for a in figure.axes for t in (*a.get_yticklabels(), *a.texts)]
    assert words("figure.needs_ours", brand="ours") in " ".join(texts).replace("\n", " ")
    assert any("▼" in t for t in texts)


@pytest.mark.slow
def test_alike_brands_are_seldom_told_apart(feedback, codebook):
    claims = 0
    for seed in range(60):
        rows = _reviews(dict.fromkeys("abc", (0.1, 0.3)), seed=seed, n=150)
        table = feedback(rows[["customer_id", "kind", "text"]].to_numpy().tolist())
        table = table.assign(
            brand=rows["brand"].astype("string[pyarrow]").to_numpy(), score=rows["score"],
            scale_min=1.0, scale_max=5.0,
        )  # fmt: skip
        codes = feedback_codes(table, codebook)
        claims += brand_scores(table, codes).n_clear > 0
    assert claims <= 8  # 5 % of 60 is 3; more than 8 would come by chance in 1 of 200
