"""Three weekly runs over data that arrive: nothing is told that did not change, what did is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cjm_research.report.prepare import Selection
from cjm_research.report.run import Options, run_study

pytestmark = [pytest.mark.path, pytest.mark.slow]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STUDY = """
title = "Shop"
languages = ["en"]
currency = "EUR"
codebook = "shop.codebook.toml"
[research]
question = "What hurts?"
[[sources]]
table = "feedback"
file = "week_*.csv"
columns = {customer_id = "client", given_at = "day", text = "said", feedback_id = "id"}
constants = {kind = "open"}
[[stages]]
id = "delivery"
label = "Delivery"
[[reports]]
id = "pains_and_needs"
"""
THEMES = {
    "late": "The courier came late again.",
    "form": "The form has too many fields.",
    "price": "The price was wrong at the till.",
}
CODEBOOK = "".join(
    f'[[themes]]\nid = "{name}"\nkind = "pain"\nstage = "delivery"\nlabel = "{name}"\n'
    f'[themes.any]\nen = ["{word}"]\n'
    for name, word in (("late", "courier"), ("form", "form"), ("price", "price"))
)
A_WEEK = 1500
LATE = (0.12, 0.12, 0.40)
"""Share of those who wrote in each week that name the late courier: it jumps in the third."""
OTHERS = {"form": 0.15, "price": 0.10}


def write_week(root, week):
    rng = np.random.default_rng([20260522, week])
    shares = {"late": LATE[week], **OTHERS}
    rows = ["id,client,day,said"]
    for i in range(A_WEEK):
        said = [THEMES[name] for name, share in shares.items() if rng.random() < share]
        day = f"2026-05-{1 + 7 * week + i % 7:02d}"
        rows.append(f"f{week}-{i},c{week}-{i},{day},{' '.join(said) or 'I bought a lamp.'}")
    path = root / f"data/raw/shop/week_{week}.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    """Return what each of three weekly runs said had changed."""
    root = tmp_path_factory.mktemp("weeks")
    for folder in ("studies", "data/raw/shop", "notebooks"):
        (root / folder).mkdir(parents=True)
    shutil.copy(NOTEBOOKS / "03_pains_and_needs.ipynb", root / "notebooks")
    (root / "studies/shop.toml").write_text(STUDY, encoding="utf-8")
    (root / "studies/shop.codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    told = []
    for week in range(3):
        write_week(root, week)
        clock = lambda at=week: 1_777_600_000.0 + at * 7 * 86_400  # noqa: E731
        run = run_study("shop", root, options=Options(selection=Selection()), clock=clock)
        assert [d.status for d in run] == ["fresh"], run
        folder = root / "reports/shop"
        manifest = json.loads((folder / "pains_and_needs.manifest.json").read_text("utf-8"))
        page = (folder / "pains_and_needs.en.html").read_text(encoding="utf-8")
        summary = (folder / "summary.en.html").read_text(encoding="utf-8")
        index = (root / "reports/index.html").read_text(encoding="utf-8")
        told.append({"manifest": manifest, "page": page, "summary": summary, "index": index})
    return told


def test_the_first_week_compares_with_nothing(weeks):
    assert "This is the first report" in weeks[0]["page"]
    assert "This is the first report" in weeks[0]["summary"]


def test_a_week_like_the_last_is_told_as_no_change(weeks):
    assert weeks[1]["manifest"]["n_changes"] == 0
    assert "Nothing moved by more than noise" in weeks[1]["summary"]


def test_the_week_of_the_late_courier_is_told_and_nothing_else(weeks):
    moved = weeks[2]["manifest"]["changes"]["moved"]
    assert moved
    assert all("late" in m["sentence"]["en"] for m in moved if "“" in m["sentence"]["en"])
    shares = [m for m in moved if m["unit"] == "share"]
    assert any(m["after"] > m["before"] + 0.05 for m in shares)
    for name in OTHERS:
        assert not any(f"“{name}”" in m["sentence"]["en"] for m in moved)
    for page in ("page", "summary", "index"):
        assert "▲" in weeks[2][page]
