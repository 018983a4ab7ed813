"""Suggested themes: planted ones are found, keep their ids, and say how steady they are."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from cjm_research.needs.codebook import Codebook
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.suggested import SuggestedThemes, suggested_themes
from cjm_research.needs.theme_words import theme_words
from cjm_research.needs.tone_model import ToneModel
from cjm_research.needs.topics import find_topics, matched, word_matrix
from cjm_research.stats.log_odds import log_odds

PLANTED = {
    "parking": ["kerb", "car", "street", "garage", "ticket"],
    "music": ["music", "loud", "speaker", "song", "volume"],
    "menu": ["menu", "dish", "vegan", "soup", "portion"],
    "app": ["app", "login", "password", "screen", "update"],
}


def _texts(rng, n):
    """Sentences of five words, four of one theme and one of any."""
    any_word = [w for words in PLANTED.values() for w in words]
    names = list(PLANTED)
    return [
        " ".join([*rng.choice(PLANTED[names[i % 4]], 4, replace=False), rng.choice(any_word)])
        for i in range(n)
    ]


def _codes(feedback, texts, book=None):
    rows = [(f"c{i}", "open", t) for i, t in enumerate(texts)]
    return feedback_codes(feedback(rows), book, tone=ToneModel())


def test_planted_themes_are_found_each_by_its_words(feedback):
    found = suggested_themes(_codes(feedback, _texts(np.random.default_rng(1), 600)))
    firsts = [set(" ".join(r.top).split()) for r in found.rows]
    assert len(found.rows) == 4
    assert all(any(set(words) <= first for first in firsts) for words in PLANTED.values())
    assert all(r.stability > 0.7 for r in found.rows)
    assert sum(r.customers for r in found.rows) <= 600


def test_sentences_of_the_codebook_are_left_out(feedback):
    book = Codebook.model_validate(
        {"themes": [{"id": "p", "kind": "pain", "label": "P", "any": {"en": PLANTED["parking"]}}]}
    )
    found = suggested_themes(_codes(feedback, _texts(np.random.default_rng(2), 800), book), book)
    assert not any("kerb" in r.keywords for r in found.rows)


def test_two_runs_give_the_same_bytes(feedback):
    codes = _codes(feedback, _texts(np.random.default_rng(3), 500))
    once = suggested_themes(codes).to_json()
    assert suggested_themes(codes.sample(frac=1, random_state=1)).to_json() == once
    assert SuggestedThemes.from_json(once).to_json() == once


def test_ids_survive_a_tenth_of_new_data_and_are_never_used_again(feedback):
    texts = _texts(np.random.default_rng(4), 660)
    before = suggested_themes(_codes(feedback, texts[:600]))
    after = suggested_themes(_codes(feedback, texts), previous=before)
    words = {r.suggestion: set(r.top) for r in before.rows}
    assert {r.suggestion for r in after.rows} == set(words)
    assert all(len(set(r.top) & words[r.suggestion]) >= 5 for r in after.rows)
    other = suggested_themes(
        _codes(feedback, [f"brick{i % 7} wall{i % 5} roof{i % 3} tile{i % 4}" for i in range(400)]),
        previous=after,
    )
    assert not {r.suggestion for r in other.rows} & set(words)


def test_a_snippet_is_a_theme_of_a_codebook(feedback):
    found = suggested_themes(_codes(feedback, _texts(np.random.default_rng(5), 600)))
    book = Codebook.model_validate(tomllib.loads("\n".join(r.snippet() for r in found.rows)))
    assert [t.id for t in book.themes] == [r.suggestion for r in found.rows]


def test_a_theme_of_few_people_is_not_shown(feedback):
    texts = _texts(np.random.default_rng(6), 600)
    rows = [(f"c{i % 8}", "open", f"{t} {i}") for i, t in enumerate(texts)]
    found = suggested_themes(feedback_codes(feedback(rows), None, tone=ToneModel()))
    assert found.public().rows == ()


@pytest.mark.parametrize("texts", [[], ["late"], ["нет"] * 50, ["👍"] * 50, ["x y z"] * 100])
def test_texts_without_themes_give_none(feedback, texts):
    assert suggested_themes(_codes(feedback, texts)).rows == ()


def test_stop_words_and_the_dictionary_are_the_codebooks():
    book = Codebook(stop_words={"en": ["Acme"]}, dictionary={"zh": ["外卖小哥"]})
    assert theme_words(["Acme delivers parcels"], "en", book) == [["", "deliver", "parcel"]]
    assert theme_words(["外卖小哥迟到"], "zh", book)[0][0] == "外卖小哥"


def test_sets_are_paired_so_that_the_sum_is_largest():
    # Taking the best pair first (0, 0: 0.5) would leave nothing for the second.
    one, two = [{"a", "b"}, {"a"}], [{"a", "c"}, {"b"}]
    assert {(i, j) for i, j, _ in matched(one, two)} == {(0, 1), (1, 0)}


def test_words_that_always_stand_together_have_a_coherence_of_one():
    groups = [[f"{g}{i}" for i in range(10)] for g in "abcdef"]
    matrix = word_matrix([g for g in groups for _ in range(30)])
    topics = find_topics(matrix)
    assert topics.coherence.max() == pytest.approx(1)


def test_log_odds_of_equal_use_are_nought():
    found = log_odds([10, 20, 30], [100, 200, 300], [1, 2, 3])
    assert found.difference == pytest.approx([0, 0, 0])


def test_the_prior_draws_rare_words_in():
    counts, others, prior = [2, 200, 798], [0, 100, 900], [1, 150, 849]
    found = log_odds(counts, others, prior)
    assert found.z[1] > found.z[0] > 0
