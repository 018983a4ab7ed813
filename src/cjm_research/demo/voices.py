"""What customers say: texts put together from written sentences, with scores that fit."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.demo.draw import mark_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.demo.draw import Marks, Words
    from cjm_research.demo.planted import PlantedTheme

Sentences = dict[str, dict[str, list[str]]]
Told = tuple[tuple[str, str], ...]
"""Sentences of one text: theme (two, joined by "+"; "neutral" and "general" are none), words."""
DAYS = {
    "ru": ("день", "два дня", "три дня", "четыре дня", "пять дней", "неделю"),
    "en": ("two days", "three days", "four days", "five days", "a week"),
    "zh": ("两天", "三天", "四天", "五天", "一个星期"),
}
MINUTES = ("15", "20", "25", "30", "40")
NO_SPACE = ("zh",)


def sentences(name: str) -> Sentences:
    """Read the written sentences of a demo business: theme, language, phrasings."""
    text = (files("cjm_research.demo") / "texts" / f"{name}.toml").read_text(encoding="utf-8")
    found: Sentences = tomllib.loads(text)
    return found


def theme_marks(
    rng: np.random.Generator, themes: Sequence[PlantedTheme], segments: Mapping[str, Words]
) -> Marks:
    """Mark who speaks of which theme, shape (customers, themes): each segment at its rate.

    `segments` holds each customer's segment by grouping; over the values of `""` the speakers
    of every theme are spread evenly.
    """
    spread = segments[""]
    everyone = np.full(len(spread), "", dtype=object)
    return np.column_stack(
        [
            mark_by(
                rng,
                segments[t.grouping] if t.grouping else everyone,
                {"": t.rate, **t.raised},
                spread=spread,
            )
            for t in themes
        ]
    )


def speak(
    rng: np.random.Generator,
    said: Marks,
    *,
    themes: Sequence[str],
    languages: Sequence[str],
    written: Sentences,
) -> list[str]:
    """Write one text per row from the themes that the row speaks of.

    Parameters
    ----------
    rng : numpy.random.Generator
        Picks the phrasings.
    said : array of bool, shape (rows, themes)
        Which themes each row speaks of. A row of none gets a text without content.
    themes : sequence of str
        Names of the columns of `said`.
    languages : sequence of str
        Language of each row.
    written : dict
        What `sentences` read.
    """
    told = tell(rng, said, themes=themes, languages=languages, written=written)
    return [joined(parts, language) for parts, language in zip(told, languages, strict=True)]


def tell(
    rng: np.random.Generator,
    said: Marks,
    *,
    themes: Sequence[str],
    languages: Sequence[str],
    written: Sentences,
) -> list[Told]:
    """Write what `speak` joins to texts: of each row its sentences, each with its theme."""
    return [
        _told(
            rng,
            [t for t, is_said in zip(themes, row, strict=True) if is_said],
            language=language,
            written=written,
        )
        for row, language in zip(said, languages, strict=True)
    ]


def joined(told: Told, language: str) -> str:
    """Return the sentences as one text.

    Examples
    --------
    >>> joined((("late", "Late again."), ("neutral", "I live far away.")), "en")
    'Late again. I live far away.'
    """
    return ("" if language in NO_SPACE else " ").join(sentence for _, sentence in told)


def grades(
    rng: np.random.Generator, n_pains: NDArray[np.int64], n_delights: NDArray[np.int64],
    *, top: int, low: int,
) -> NDArray[np.int64]:  # fmt: skip
    """Give scores from `low` to `top` that fall with pains and rise with delights."""
    width = top - low
    middle = 0.83 - 0.46 * (n_pains > 0) - 0.14 * (n_pains > 1) + 0.12 * (n_delights > 0)
    score = low + width * (middle + rng.normal(0, 0.11, len(n_pains)))
    rounded: NDArray[np.int64] = np.clip(np.rint(score), low, top).astype(np.int64)
    return rounded


def _told(
    rng: np.random.Generator, themes: list[str], *, language: str, written: Sentences
) -> Told:
    order = [themes[i] for i in rng.permutation(len(themes))]
    pair = next((k for k in written if "+" in k and set(k.split("+")) <= set(order)), None)
    if pair and rng.random() < 0.6:
        order = [pair, *(t for t in order if t not in pair.split("+"))]
    if not order:
        order = ["general"]
    if rng.random() < 0.22:
        order.insert(0, "neutral")
    return tuple((t, _sentence(rng, written[t][language], language)) for t in order)


def _sentence(rng: np.random.Generator, phrasings: Sequence[str], language: str) -> str:
    phrase = phrasings[int(rng.integers(len(phrasings)))]
    spoken = DAYS[language]
    return phrase.replace("{days}", spoken[int(rng.integers(len(spoken)))]).replace(
        "{minutes}", MINUTES[int(rng.integers(len(MINUTES)))]
    )


def count_kinds(said: Marks, themes: Sequence[PlantedTheme], kind: str) -> NDArray[np.int64]:
    """Count for each row the themes of a kind that it speaks of."""
    columns = [i for i, t in enumerate(themes) if t.kind == kind]
    counts: NDArray[np.int64] = said[:, columns].sum(axis=1)
    return counts


def spread(counts: Mapping[str, int], table: pd.DataFrame, *, rng: np.random.Generator,
           key: str) -> list[NDArray[np.int64]]:  # fmt: skip
    """Pick rows for each value of `key`, no customer twice within a value."""
    picked = []
    for value, n in counts.items():
        inside = table.index[table[key] == value].to_numpy()
        mixed = rng.permutation(inside)
        _, firsts = np.unique(table.loc[mixed, "row"].to_numpy(), return_index=True)
        picked.append(rng.permutation(mixed[firsts])[:n])
    return picked
