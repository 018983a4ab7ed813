"""The page works with whatever part of the feedback a study has, in every language."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pandas as pd
import pytest

from cjm_research.errors import NoDataError
from cjm_research.present.blocks import MIME
from cjm_research.workspace.build import clean

ROOT = Path(__file__).parents[2]
STUDY = """
title = "Thin"
languages = ["en", "ru", "zh"]
currency = "RUB"
codebook = "thin.codebook.toml"
[research]
question = "What hurts?"
[[sources]]
table = "feedback"
file = "feedback.csv"
constants = { scale_min = 0, scale_max = 10 }
[sources.columns]
customer_id = "who"
kind = "kind"
given_at = "when"
score = "score"
text = "text"
[[stages]]
id = "delivery"
label = "Delivery"
"""
CODEBOOK = """
[[themes]]
id = "late"
kind = "pain"
stage = "delivery"
label = { en = "Late", ru = "Опоздание", zh = "迟到" }
any = { ru = ["опоздать"], en = ["late"], zh = ["慢"] }
"""
TEXTS = ["Опоздали на час", "Very late again", "送餐太慢了", "Всё вовремя", "As always"]


def _rows(kind, n, *, text=True, score=True):
    return pd.DataFrame(
        {
            "who": [f"c{i}" for i in range(n)],
            "kind": kind,
            "when": [f"2026-{1 + i % 6:02}-10 12:00" for i in range(n)],
            "score": [i % 11 if score else None for i in range(n)],
            "text": [TEXTS[i % len(TEXTS)] if text else None for i in range(n)],
        }
    )


SUBSETS = {
    "reviews only": _rows("open", 200, score=False),
    "survey only": _rows("nps", 200, text=False),
    "interviews only": _rows("interview", 12, score=False),
    "one text": _rows("open", 1, score=False),
    "all say nothing": _rows("open", 150, score=False).assign(text="нет"),
    "all the same": _rows("open", 150, score=False).assign(who="c", text="Опоздали"),
}


def _page(rows, folder, monkeypatch, *, study=STUDY, beside=None):
    """Run every code cell of the notebook and return what the cells show, by language."""
    (folder / "studies").mkdir()
    (folder / "studies" / "thin.toml").write_text(study, encoding="utf-8")
    (folder / "studies" / "thin.codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    raw = folder / "data" / "raw" / "thin"
    raw.mkdir(parents=True)
    rows.to_csv(raw / "feedback.csv", index=False)
    (folder / "notebooks").mkdir()
    if beside is not None:
        beside(raw)
    clean("thin", folder)
    monkeypatch.chdir(folder / "notebooks")
    notebook = json.loads((ROOT / "notebooks/03_pains_and_needs.ipynb").read_text("utf-8"))
    names, shown = {}, []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"]).replace('"retail"', '"thin"')
            shown.append(_result(source, names))
    return [s._repr_mimebundle_()[MIME] for s in shown if s is not None]


def _result(source, names):
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102  # our own notebook
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None  # noqa: S307


@pytest.mark.parametrize("subset", SUBSETS)
def test_the_page_is_made_in_every_language(subset, tmp_path, monkeypatch):
    blocks = _page(SUBSETS[subset], tmp_path, monkeypatch)
    assert {b["kind"] for b in blocks} >= {"question", "headline", "exhibit"}
    assert all(set(b["html"]) == {"en", "ru", "zh"} for b in blocks)


def test_without_touchpoints_the_base_of_a_stage_is_everybody(tmp_path, monkeypatch):
    blocks = _page(SUBSETS["reviews only"], tmp_path, monkeypatch)
    told = {f["kind"]: f for b in blocks for f in b["findings"]}
    assert told["problem_share_of_all"]["n"] == told["pain_share_at_stage"]["n"] == 200


def test_interviews_alone_give_no_share(tmp_path, monkeypatch):
    blocks = _page(SUBSETS["interviews only"], tmp_path, monkeypatch)
    told = [f for b in blocks for f in b["findings"]]
    assert {f["kind"] for f in told} == {"interview_theme"}


def test_a_survey_alone_tells_its_score(tmp_path, monkeypatch):
    blocks = _page(SUBSETS["survey only"], tmp_path, monkeypatch)
    told = [f for b in blocks for f in b["findings"]]
    assert "nps" in {f["kind"] for f in told}


def test_without_feedback_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "cjm_research.workspace.workspace.Workspace.feedback",
        property(lambda self: self.store.read("feedback").iloc[:0]),
    )
    with pytest.raises(NoDataError, match="There is no feedback"):
        _page(SUBSETS["one text"], tmp_path, monkeypatch)


def test_without_a_codebook_the_page_says_so_and_gives_no_share(tmp_path, monkeypatch):
    bare = STUDY.replace('codebook = "thin.codebook.toml"\n', "")
    blocks = _page(SUBSETS["reviews only"], tmp_path, monkeypatch, study=bare)
    (lacking,) = (b["html"]["en"] for b in blocks if b["kind"] == "lacking")
    (cards,) = (b["html"]["en"] for b in blocks if b["kind"] == "key_figures")
    assert "cjm new codebook thin retail" in lacking
    assert "%" not in cards


def test_grades_on_a_scale_that_is_not_said_are_counted_and_said(tmp_path, monkeypatch):
    unsaid = STUDY.replace("constants = { scale_min = 0, scale_max = 10 }\n", "")
    blocks = _page(_rows("rating", 200), tmp_path, monkeypatch, study=unsaid)
    (lacking,) = (b["html"]["en"] for b in blocks if b["kind"] == "lacking")
    assert "not said: 200" in lacking


def test_a_study_that_says_all_lacks_nothing(tmp_path, monkeypatch):
    blocks = _page(_rows("rating", 200), tmp_path, monkeypatch)
    assert not [b for b in blocks if b["kind"] == "lacking"]
