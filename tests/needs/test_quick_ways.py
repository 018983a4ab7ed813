"""Quick ways give what the slow ones give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.needs import redaction, sentences
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.doubles import _is_alike, resemblance
from cjm_research.needs.grams import gram_matrix, learn_grams
from cjm_research.needs.lemmas import tokenised
from cjm_research.needs.lexicon import lexicon
from cjm_research.needs.text import lone_script, script_of
from cjm_research.needs.tone_training import fit_tone

LETTERS = st.text(alphabet="abcXI-абвЯё 送餐太慢を123.,!?()@/#[]", max_size=40)
TELLTALE = ["t.me/", "ok.ru/", "Instagram", "CVV 12", "pin", "ПИН", "Telegram", "ватсап", "微信",
            "WeChat", "vx", "QQ", "加我v", "собака", " at ", " dot ", "(at)", "IV-ЮК", "12345678",
            "1.2.3.4", "AB12 C", "p\u0130n", "\u017focial", " "]  # fmt: skip


@given(LETTERS, st.integers(0, 40), st.integers(0, 40))
def test_a_part_of_a_text_of_one_script_is_of_that_script_or_has_no_letters(text, start, end):
    lone = lone_script(text)
    if lone:
        assert script_of(text).language == lone
        assert script_of(text[start:end]).language in (lone, "other")


@given(st.lists(st.sampled_from(TELLTALE) | st.text(max_size=5), max_size=6))
def test_no_text_that_a_rule_may_find_something_in_is_let_go(pieces):
    text = "".join(pieces)
    assert redaction._is_suspect(text) == bool(redaction._SUSPECT.search(text))


@given(st.text(alphabet="абв", min_size=40, max_size=60), st.integers(0, 59), st.integers(0, 12))
def test_texts_are_alike_by_the_share_of_their_pieces(one, at, length):
    other = one[:at] + "г" * length + one[at + length :]
    near = min(len(one), len(other)) >= 0.8 * max(len(one), len(other))
    assert _is_alike(one, other) == (near and resemblance(one, other) >= 0.8)


def test_no_shortening_is_too_long_to_be_looked_for():
    lists = sentences._word_lists()
    known = lists["shortenings"] | lists["end_before_capital"]
    assert max(map(len, known)) < sentences._TOO_LONG


def test_some_of_the_texts_teach_what_they_teach_alone():
    texts = ["late again", "so late", "bring it late", "again and again"]
    kept = np.array([True, False, True, True])
    alone = [t for t, is_kept in zip(texts, kept, strict=True) if is_kept]
    part = tokenised(texts).only(kept)
    assert part.texts == alone
    grams = learn_grams(part, "en")
    assert grams.runs.names == learn_grams(alone, "en").runs.names
    assert grams.pieces.names == learn_grams(alone, "en").pieces.names
    assert (gram_matrix(part, grams) != gram_matrix(alone, grams)).nnz == 0


@pytest.mark.parametrize("language", ["ru", "en"])
def test_words_that_do_not_speak_stay_silent_for_the_lexicon_with_words_of_the_trade(language):
    plain = lexicon(language)
    assert not plain.speaks("шмурдяк")
    assert plain.with_words({"шмурдяк": -1.0}).speaks("шмурдяк")
    assert not plain.speaks("шмурдяк")


def test_a_model_learnt_beside_the_reading_is_the_one_learnt_before(feedback, codebook):
    rows = [
        (f"c{i // 2}", "rating", f"{('Ужасно', 'Отлично')[i % 2]} {'опоздал ' * (i % 3)}заказ {i}")
        for i in range(260)
    ]
    table = feedback(rows, score=[1.0, 5.0] * 130, scale_min=1.0, scale_max=5.0)
    beside = feedback_codes(table, codebook)
    before = feedback_codes(table, codebook, tone=fit_tone(table, codebook))
    pd.testing.assert_frame_equal(beside, before, check_exact=True)
