"""Counts of the reading and of the codebook's rules."""

from __future__ import annotations

import pytest

from cjm_research.errors import NoDataError
from cjm_research.needs.codebook import Codebook
from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.quality import feedback_quality, rule_report


def test_every_text_is_counted_once_and_parts_add_up(feedback, codebook):
    rows = feedback(
        [
            ("a", "open", "Опоздали. Вкусно. Во вторник."),
            ("b", "open", "нет"),
            ("c", "nps", None),
            ("d", "open", "Опоздали, звоните +7 912 345-67-89"),
        ]
    )
    quality = feedback_quality(rows, feedback_codes(rows, codebook))
    measures = ["answers", "texts", "no_content", "sentences", "coded", "uncoded", "redacted"]
    assert [quality.count(m) for m in measures] == [4, 3, 1, 4, 3, 1, 1]
    assert quality.share("coded") + quality.share("uncoded") == pytest.approx(1)


def test_no_feedback_at_all_says_so(feedback, codebook):
    with pytest.raises(NoDataError, match="There is no feedback"):
        feedback_quality(feedback([]), feedback_codes(feedback([]), codebook))


def test_rules_that_find_nothing_or_too_much_are_named(feedback):
    book = Codebook.model_validate(
        {
            "themes": [
                {
                    "id": "t",
                    "kind": "pain",
                    "label": "T",
                    "any": {"ru": ["опозда*", "опоздать", "метеорит"], "zh": ["慢"]},
                }
            ]
        }
    )
    texts = ["Опоздали", "Опоздание на час"] + [f"Заказ {n} пришёл" for n in range(2)]
    rows = feedback([("a", "open", t) for t in texts])
    report = {r.rule: r for r in rule_report(feedback_codes(rows, book), book).rows}
    assert set(report) == {"опозда*", "опоздать", "метеорит"}  # no Chinese sentence, no rule of it
    assert (report["опозда*"].hits, report["опозда*"].exclusive) == (2, 1)
    assert report["опоздать"].exclusive == 0
    assert report["метеорит"].verdict == "dead"


def test_a_rule_that_finds_a_quarter_of_many_sentences_is_greedy(feedback, codebook):
    texts = [f"Опоздали на {n} часов" for n in range(20)] + [f"Взял {n} штук" for n in range(20)]
    rows = feedback([(f"c{n}", "open", t) for n, t in enumerate(texts)])
    (late,) = [r for r in rule_report(feedback_codes(rows, codebook), codebook).rows if r.hits]
    assert late.verdict == "greedy"
