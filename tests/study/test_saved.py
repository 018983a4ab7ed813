"""Segments that were saved while exploring."""

from __future__ import annotations

from cjm_research.study.plans import Segment
from cjm_research.study.saved import add_saved, read_saved

EDITED = """
[[segments]]
id = "often"
label = {en = "Often", ru = "Часто"}
when = "n_orders >= 4"
strategy = {en = "Ask for a \\"referral\\"", ru = "Просить о рекомендации"}
"""


def test_what_was_written_by_hand_stays_when_a_segment_is_added(tmp_path):
    path = tmp_path / "shop.segments.toml"
    path.write_text(EDITED, encoding="utf-8")
    (before,) = read_saved(path)
    more = Segment.model_validate({"id": "rare", "label": "Rare", "when": "n_orders = 1"})
    add_saved(path, more)
    assert read_saved(path) == [before, more]
