"""The forwarder's feedback: surveys, tickets and twelve interviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import days, generator, seconds, some
from cjm_research.demo.freight import plan
from cjm_research.demo.freight.journey import END, STAGE_OF
from cjm_research.demo.voices import (
    count_kinds,
    grades,
    sentences,
    speak,
    spread,
    theme_marks,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.demo.draw import Words
    from cjm_research.demo.voices import Sentences

TICKETS = {"carriage": 0.55, "documents": 0.55}
BLAMED_RATE = 0.85
TOUCHPOINTS = {"rate_request": "request", "quote": "quote", "contract": "contract",
               "carriage": "carriage", "documents": "documents", "repeat": "manager"}  # fmt: skip
REMARKS = 9  # of the customer, in one interview


def feedback(seed: int, table: pd.DataFrame, happened: pd.DataFrame) -> pd.DataFrame:
    """Ask companies after each stage; some write tickets of their own accord."""
    rng = generator(seed, "feedback")
    asked = happened.assign(stage=happened["name"].map(STAGE_OF))
    picked = spread(plan.TEXTS, asked, rng=rng, key="stage")
    parts = [_of_stage(seed, table, asked.loc[rows]) for rows in picked]
    return pd.concat(parts).sort_values(["given_at", "row"], ignore_index=True)


def groups(table: pd.DataFrame) -> Mapping[str, Words]:
    """Return each company's segment in every grouping that a theme is raised in."""
    niche = table["niche"].to_numpy(dtype=object)
    known = table["niche"] + table["company_size"] + table["main_cargo"] + table["contract_type"]
    return {
        "": known.to_numpy(dtype=object),
        "niche": niche,
        "cargo": table["main_cargo"].to_numpy(dtype=object),
        "business_type": table["company_size"].to_numpy(dtype=object),
        "behaviour": np.where(table["is_frequent"], "frequent", "").astype(object),
    }


def interviews(seed: int, table: pd.DataFrame) -> pd.DataFrame:
    """Talk with twelve companies; each pain comes up in exactly as many as planned."""
    rng = generator(seed, "interviews")
    written = sentences("freight")
    rows = rng.choice(np.flatnonzero(table["reaches_repeat"]), plan.N_INTERVIEWS, replace=False)
    themes = list(plan.INTERVIEWS)
    said = np.column_stack([some(rng, len(rows), n) for n in plan.INTERVIEWS.values()])
    parts = [
        _talk(rng, [t for t, is_said in zip(themes, mine, strict=True) if is_said], written)
        .assign(row=row, interview=f"И-{number:02d}", at=days("2026-05-12") + seconds(number + 0.5))
        for number, (row, mine) in enumerate(zip(rows, said, strict=True), start=1)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _of_stage(seed: int, table: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    stage = str(asked["stage"].iloc[0])
    rng = generator(seed, f"feedback of {stage}")
    themes = [t for t in plan.THEMES if t.stage == stage]
    who = table.iloc[asked["row"].to_numpy()]
    said = theme_marks(rng, themes, groups(who))
    names = [t.theme for t in themes]
    if "missed_deadline" in names:
        blamed = (who["lost_reason"] == "missed_deadline").to_numpy()
        said[blamed, names.index("missed_deadline")] = some(
            rng, int(blamed.sum()), round(BLAMED_RATE * blamed.sum())
        )
    n = len(asked)
    found = pd.DataFrame({"row": asked["row"].to_numpy(), "touchpoint": TOUCHPOINTS[stage]})
    wait = seconds(rng.uniform(0.1, 1.5, n))
    found["given_at"] = np.minimum(asked["at"].to_numpy() + wait, END)
    found["text"] = speak(rng, said, themes=names, languages=["ru"] * n,
                          written=sentences("freight"))  # fmt: skip
    pains, delights = (count_kinds(said, themes, kind) for kind in ("pain", "delight"))
    is_ticket = (pains > 0) & (rng.random(n) < TICKETS.get(stage, 0.0))
    usual = "nps" if stage in ("carriage", "documents", "repeat") else "csat"
    found["kind"] = np.where(is_ticket, "ticket", usual)
    low, top = (0, 10) if usual == "nps" else (1, 5)
    score = grades(rng, pains, delights, top=top, low=low)
    found["score"] = np.where(is_ticket, np.nan, score)
    answered = found["given_at"] + seconds(rng.gamma(1.5, 0.15, n))
    found["first_response_at"] = answered
    found["resolved_at"] = answered + seconds(rng.gamma(1.5, 1.2, n))
    return found


def _talk(rng: np.random.Generator, themes: list[str], written: Sentences) -> pd.DataFrame:
    """One conversation: questions in turn with remarks, of which some speak of a theme."""
    told = [*themes, *["story"] * (REMARKS - len(themes))]
    order = rng.permutation(len(told))
    marks = np.eye(len(told), dtype=bool)[order]
    remarks = speak(rng, marks, themes=told, languages=["ru"] * len(told), written=written)
    questions = written["interviewer"]["ru"]
    lines = [
        line
        for i, remark in enumerate(remarks)
        for line in (("interviewer", questions[i % len(questions)]), ("customer", remark))
    ]
    return pd.DataFrame(lines, columns=["speaker", "text"])
