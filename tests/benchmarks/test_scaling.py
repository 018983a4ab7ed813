"""The page of curves: every point relative to the first of its curve, no absolute time."""

from __future__ import annotations

import re

import pytest
from benchmarks.scaling import __main__ as scaling


@pytest.mark.slow
def test_the_page_has_three_parts_and_every_curve_begins_at_one(tmp_path, monkeypatch):
    monkeypatch.setattr(scaling, "LEAST", {"experiments.effects": 200})
    run = scaling.Run(tmp_path / "data", 0.002, 1)
    scaling.write(tmp_path, run)

    page = (tmp_path / "scaling.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:[\w.]+ \| )?([\d,]+) \| ([\d.]+) \| ([\d.]+)", page, re.MULTILINE)
    first = [row[1:] for row in rows if row[0] in ("200", "1")]
    assert [row[0] for row in rows[:3]] == ["200", "2,000", "20,000"]
    assert len(first) == 3
    assert all(float(value) == 1 for pair in first for value in pair)
    for name in re.findall(r"\((figures/[\w-]+\.svg)\)", page):
        assert "<svg" in (tmp_path / name).read_text(encoding="utf-8")


def test_sizes_grow_a_hundredfold_and_never_fall_below_the_least(tmp_path):
    assert scaling.Run(tmp_path, 1.0, 1).sizes(10_000) == [10_000, 100_000, 1_000_000]
    assert scaling.Run(tmp_path, 0.001, 1).sizes(1_000) == [200, 2_000, 20_000]
