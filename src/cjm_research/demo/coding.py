"""Sentences that people sorted into themes by hand, with the mistakes that were planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.demo.draw import Marks
    from cjm_research.demo.planted import PlantedCoding

CODING = "coding"
"""Folder of the filled sheets, among the raw files."""
NO_THEME = ("neutral", "general")


def coding_sheets(
    seed: int, answers: pd.DataFrame, *, themes: Sequence[str], plan: PlantedCoding
) -> dict[str, pd.DataFrame]:
    """Draw texts at random and let every coder sort their sentences, each with own mistakes.

    Parameters
    ----------
    seed : int
        Of the business.
    answers : pandas.DataFrame
        ``feedback_id`` and ``told`` (what `tell` wrote), a row per text that can be coded.
    themes : sequence of str
        The columns of a sheet.
    plan : PlantedCoding
        How many texts, who codes, and how wrong.

    Returns
    -------
    dict of str to pandas.DataFrame
        A filled sheet by the name of its file.
    """
    rng = generator(seed, "texts to code")
    said = answers.loc[[any(t not in NO_THEME for t, _ in told) for told in answers["told"]]]
    chosen = said.iloc[np.sort(rng.permutation(len(said))[: plan.texts])]
    rows = [
        (name, number, words, theme)
        for name, told in zip(chosen["feedback_id"], chosen["told"], strict=True)
        for number, (theme, words) in enumerate(told, start=1)
    ]
    sheet = pd.DataFrame(rows, columns=["feedback_id", "sentence", "text", "theme"])
    meant = _meant(rng, sheet.pop("theme"), themes, plan)
    return {
        f"{coder}.xlsx": sheet.join(
            pd.DataFrame(
                np.where(_seen(generator(seed, coder), meant, themes, plan), 1.0, np.nan),
                columns=list(themes),
            )
        ).assign(coder=coder)
        for coder in plan.coders
    }


def _meant(
    rng: np.random.Generator, written: pd.Series[str], themes: Sequence[str], plan: PlantedCoding
) -> Marks:
    """Mark what a careful reader sees: the written themes, and now and then one more."""
    own = written.str.split("+")
    meant = np.array([[t in mine for t in themes] for mine in own])
    for (theme, also), rate in plan.also_meant.items():
        is_said = meant[:, themes.index(theme)]
        meant[:, themes.index(also)] |= is_said & (rng.random(len(meant)) < rate)
    return meant


def _seen(
    rng: np.random.Generator, meant: Marks, themes: Sequence[str], plan: PlantedCoding
) -> Marks:
    """Mark what one coder sees: some themes are missed, here and there a wrong one is added."""
    missed = np.array([plan.missed_of.get(t, plan.missed) for t in themes])
    seen: Marks = meant & (rng.random(meant.shape) >= missed)
    wrong = np.flatnonzero(rng.random(len(meant)) < plan.added)
    seen[wrong, rng.integers(0, len(themes), len(wrong))] = True
    return seen
