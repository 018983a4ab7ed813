"""The trust tables are made, and a method card's figure of each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.simulated import families, segments, surveys
from benchmarks.simulated.__main__ import PARTS, SEED
from benchmarks.simulated.picture import CARDS, read_tables
from benchmarks.simulated.row import lines

ROOT = Path(__file__).parents[2]
QUICK = (surveys.scores, families.splits, families.many_questions, segments.lifts)
"""Simulations that take about a second."""


@pytest.mark.slow
@pytest.mark.usefixtures("shared_data")
def test_a_quick_run_writes_every_table(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "benchmarks.simulated", "--quick", str(tmp_path)],
        cwd=ROOT, check=True, timeout=600,
    )  # fmt: skip
    quick = read_tables([tmp_path / "trust-research.md"])
    assert set(quick) == set(read_tables([ROOT / "docs" / "trust-research.md"]))


@pytest.mark.parametrize("simulate", QUICK, ids=lambda s: s.__name__)
def test_the_page_holds_what_the_simulation_gives(simulate):
    found = simulate(np.random.default_rng([SEED, PARTS.index(simulate)]))
    page = (ROOT / "docs" / "trust-research.md").read_text(encoding="utf-8")
    assert [table.title for table in found if "\n".join(lines(table)) not in page] == []


def test_every_card_has_a_table_and_its_figure():
    tables = read_tables(sorted((ROOT / "docs").glob("trust-*.md")))
    for card, (_, titles) in CARDS.items():
        assert all(any(t.startswith(title) for t in tables) for title in titles), card
        assert (ROOT / "docs" / "methods" / "figures" / f"{card}.svg").is_file()
        assert (ROOT / "docs" / "methods" / f"{card}.md").is_file()


def test_figures_hold_nothing_of_the_day_or_the_machine():
    for figure in (ROOT / "docs" / "methods" / "figures").glob("*.svg"):
        text = figure.read_text(encoding="utf-8")
        assert "<dc:date>" not in text
        assert "/home" not in text
