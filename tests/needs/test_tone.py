"""Tone learnt in the run: which path, how right, and that it says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.grams import gram_matrix, learn_grams
from cjm_research.needs.reading import read_feedback
from cjm_research.needs.tone_accuracy import accuracy, calibration, platt
from cjm_research.needs.tone_model import ToneModel
from cjm_research.needs.tone_training import (
    FEWEST_RATED,
    fit_tone,
    fit_tone_sample,
    join_samples,
    tone_sample,
)
from cjm_research.needs.tone_trust import tone_calibration, tone_quality

THINGS = ("чайник", "стол", "диван", "лампа", "ковёр", "шкаф", "стул", "пылесос", "утюг", "фен")
GOOD_SIGNS, BAD_SIGNS = ["зюмбрик", "кловый"], ["шмурдяк", "брыкатый"]  # no lexicon knows them


def _rated(feedback, n, *, signs=(BAD_SIGNS, GOOD_SIGNS), rng=None, wrong=0.0):
    """Texts in which made-up words tell the grade; every customer writes two."""
    rng = rng or np.random.default_rng(1)
    rows, score = [], []
    for i in range(n):
        good = i % 2
        thing = " ".join(rng.choice(THINGS, 3))
        rows.append((f"c{i // 2}", "rating", f"{thing} {rng.choice(signs[good])} {i}"))
        score.append(float(5 if (good if rng.random() >= wrong else 1 - good) else 1))
    return feedback(rows, score=score, scale_min=1.0, scale_max=5.0)


def test_grades_teach_words_that_no_lexicon_knows(feedback):
    model = fit_tone(_rated(feedback, 2 * FEWEST_RATED + 40))
    assert [r.learnt_from for r in model.rows] == ["ratings"]
    bad, good = model.tones(["Чайник шмурдяк", "Чайник зюмбрик"], "ru")
    assert bad < 0 < good


def test_accuracy_is_that_of_unseen_texts(feedback):
    (row,) = fit_tone(_rated(feedback, 600, wrong=0.2)).rows
    assert row.macro_f1 == pytest.approx(0.8, abs=0.05)  # a fifth of the grades are wrong
    assert row.low < row.macro_f1 < row.high
    assert row.n_measured == 600


def test_grades_without_a_pattern_do_not_win_over_the_lexicon(feedback):
    rng = np.random.default_rng(3)
    words = ("ужасный", "отличный")
    rows = [
        (f"c{i}", "rating", f"{words[i % 2]} {' '.join(rng.choice(THINGS, 3))} {i}")
        for i in range(300)
    ]
    noise = rng.integers(0, 2, 300)
    score = [5.0 if (i % 2 if i % 10 else noise[i]) else 1.0 for i in range(300)]
    (row,) = fit_tone(feedback(rows, score=score, scale_min=1.0, scale_max=5.0)).rows
    assert row.learnt_from == "self_trained"
    assert row.macro_f1 >= row.lexicon_f1 - 0.05


def test_texts_alone_teach_words_that_go_with_those_of_the_lexicon(feedback):
    rng = np.random.default_rng(2)
    rows = []
    for i in range(400):
        sure, sign = (("ужасный", "брыкатый"), ("отличный", "кловый"))[i % 2]
        told = f"{sure} {sign}" if i % 4 < 2 else sign
        rows.append((f"c{i}", "open", f"{' '.join(rng.choice(THINGS, 2))} {told} {i}"))
    model = fit_tone(feedback(rows))
    (row,) = model.rows
    assert (row.learnt_from, row.n_measured) == ("self_trained", 0)
    assert np.isnan(row.macro_f1)
    bad, good = model.tones(["Стул брыкатый", "Стул кловый"], "ru")
    assert bad < 0 < good


def test_few_texts_leave_the_lexicon_alone(feedback):
    model = fit_tone(feedback([("a", "open", "Ужасно"), ("b", "open", "Late again")]))
    assert {r.language: r.learnt_from for r in model.rows} == {"en": "lexicon", "ru": "lexicon"}
    assert model.tones(["Ужасно"], "ru") == ToneModel().tones(["Ужасно"], "ru")


def test_detractors_and_promoters_teach_and_passives_do_not(feedback):
    rows = _rated(feedback, 400).assign(kind="nps", scale_min=0.0, scale_max=10.0)
    rows["score"] = [9.0 if i % 2 else 6.0 for i in range(400)]
    rows.loc[:49, "score"] = 8.0
    (row,) = fit_tone(rows).rows
    assert (row.n_bad, row.n_good) == (175, 175)


def test_the_model_follows_from_the_texts_and_not_from_their_order(feedback):
    rows = _rated(feedback, 300)
    whole = fit_tone(rows).to_json()
    assert fit_tone(rows.iloc[::-1]).to_json() == whole
    parts = [tone_sample(read_feedback(rows.iloc[i::3])) for i in range(3)]
    assert fit_tone_sample(join_samples(parts)).to_json() == whole


def test_a_model_survives_its_file(feedback):
    model = fit_tone(_rated(feedback, 260))
    again = ToneModel.from_json(model.to_json())
    texts = ["Стол зюмбрик", "Стол шмурдяк", "Стол"]
    assert again.tones(texts, "ru") == model.tones(texts, "ru")
    assert tone_quality(again).to_frame().equals(tone_quality(model).to_frame())


def test_codes_carry_the_learnt_tone(feedback):
    codes = feedback_codes(_rated(feedback, 300), None)
    is_bad = codes["text"].str.contains("|".join(BAD_SIGNS))
    assert (codes.loc[is_bad, "sentiment"] < 0).mean() > 0.95


def test_macro_f1_is_that_of_scikit_learn():
    rng = np.random.default_rng(5)
    labels, scores = rng.integers(0, 2, 200), rng.normal(size=200)
    expected = f1_score(labels, (scores > 0).astype(int), average="macro")
    assert accuracy(labels, scores, np.arange(200)).macro_f1 == pytest.approx(expected)


@pytest.mark.slow
def test_the_interval_of_the_accuracy_covers():
    rng = np.random.default_rng(6)
    truth = 0.75  # of both classes alike: macro-F1 of a symmetric confusion is its accuracy
    covered = 0
    for _ in range(1000):
        labels = np.repeat([0, 1], 100)
        right = np.repeat(rng.random(100) < truth, 2)  # two texts a customer, right together
        scores = np.where(labels == 1, 1.0, -1.0) * np.where(right, 1, -1)
        found = accuracy(labels, scores, np.arange(200) // 2)
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / 1000 <= 0.97


def test_platt_finds_the_line_that_made_the_labels():
    rng = np.random.default_rng(7)
    scores = rng.normal(size=20_000)
    labels = rng.random(20_000) < 1 / (1 + np.exp(-(2 * scores - 0.5)))
    assert platt(labels, scores) == pytest.approx((2, -0.5), abs=0.1)


def test_right_probabilities_have_no_error():
    rng = np.random.default_rng(8)
    scores = rng.normal(size=20_000)
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-scores))).astype(int)
    found = calibration(labels, scores, line=(1.0, 0.0))
    assert found.error < 0.02
    assert sum(b.n for b in found.bins) <= 20_000


def test_calibration_is_told_bin_by_bin(feedback):
    model = fit_tone(_rated(feedback, 600, wrong=0.2))
    frame = tone_calibration(model).to_frame()
    assert frame["predicted"].is_monotonic_increasing
    assert (frame["n"] >= 20).all()


def test_rows_of_known_texts_have_length_one_in_each_block():
    texts = ["late again", "so late", "late and rude", "rude again"]
    matrix = gram_matrix([*texts, "zzz"], learn_grams(texts, "en"))
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    assert squares == pytest.approx([2, 2, 2, 2, 0])


def test_chinese_is_read_by_runs_of_signs():
    grams = learn_grams(["送餐太慢", "太慢了"], "zh")
    assert set(grams.runs.names) == {"太", "慢", "太 慢"}
    assert grams.pieces.names == ()


def test_no_text_at_all_gives_an_empty_model(feedback):
    assert fit_tone(feedback([])).rows == ()
    assert fit_tone(pd.DataFrame({"feedback_id": ["1"], "kind": ["nps"]})).rows == ()
