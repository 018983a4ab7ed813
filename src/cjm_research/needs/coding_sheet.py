"""Sentences that people code by hand: which ones, and what the filled sheets say."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import load_workbook

from cjm_research.errors import DataError, ParameterError, nearest
from cjm_research.needs.text import sameness_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cjm_research.needs.codebook import Codebook

TEXTS = 150
KEYS = ("feedback_id", "sentence", "text")
CODER = "coder"
_YES = frozenset({"1", "1.0", "x", "х", "+", "yes", "да", "是", "true", "v", "✓"})
_NO = frozenset({"", "0", "0.0", "-", "–", "no", "нет", "否", "false"})
_UNCODED = ""
_MOST_PROBLEMS = 20


def coding_sample(codes: pd.DataFrame, codebook: Codebook, *, n: int = TEXTS) -> pd.DataFrame:
    """Choose sentences for people to code, so that every theme and every language has some.

    A sentence belongs to the rarest theme that the rules found in it, or to none; these strata
    take turns, a third of all goes to sentences without a theme, and within a stratum the
    languages take turns. The choice is that of a hash of the sentence's key: the same in every
    run, and nobody's taste. A sentence said by several is taken once. What the rules found is
    not in the sheet: people code without knowing it.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    codebook : Codebook
        Its themes are asked for.
    n : int, default 150
        Sentences at most.

    Returns
    -------
    pandas.DataFrame
        ``feedback_id``, ``sentence``, ``text``, ``language``, in the order of their hash.

    Raises
    ------
    ParameterError
        If `n` is below 1.
    DataError
        If the codebook has no theme, or no sentence was said.
    """
    if n < 1:
        raise ParameterError.expected("n", "1 or more", got=n)
    if not codebook.themes:
        raise DataError("The codebook has no theme: there is nothing to code for.")
    said = codes.loc[codes["sentence"].notna() & ~codes["is_double"].astype(bool)]
    if said.empty:
        raise DataError("No feedback has a sentence that says something: nothing can be coded.")
    frequency = said["theme"].value_counts()
    rarity = said["theme"].map(frequency).fillna(len(said) + 1)
    first = said.assign(rarity=rarity).sort_values(["rarity", "theme"], kind="stable")
    first = first.drop_duplicates(["feedback_id", "sentence"]).drop_duplicates("text")
    keys = first["feedback_id"] + "#" + first["sentence"].astype("string[pyarrow]")
    first = first.assign(order=[_order(k) for k in keys], stratum=first["theme"].fillna(_UNCODED))
    chosen = _in_turns(first.sort_values("order"), n)
    columns = [*KEYS, "language"]
    return chosen.sort_values("order")[columns].reset_index(drop=True)


def _order(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _in_turns(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return n rows: two thirds from the themes in turn, the rest without a theme."""
    rows = rows.assign(turn=rows.groupby(["stratum", "language"]).cumcount())
    rows = rows.sort_values(["turn", "order"], kind="stable")
    rows = rows.assign(turn=rows.groupby("stratum").cumcount())
    coded = rows["stratum"] != _UNCODED
    in_turn = rows.loc[coded].sort_values(["turn", "order"], kind="stable")
    plain = rows.loc[~coded]
    n_plain = min(len(plain), max(n // 3, n - len(in_turn)))
    return pd.concat([in_turn.head(n - n_plain), plain.head(n_plain)])


def read_coding_sheets(
    paths: Iterable[Path], codes: pd.DataFrame, codebook: Codebook | None
) -> pd.DataFrame:
    """Read filled sheets and check every cell.

    A row counts once its coder is named; an empty theme cell of such a row says "no". Columns
    may be moved; other columns are left alone.

    Parameters
    ----------
    paths : iterable of Path
        XLSX files; of each the first sheet.
    codes : pandas.DataFrame
        What `feedback_codes` gave: the sentences that there are.
    codebook : Codebook or None
        The themes that there are.

    Returns
    -------
    pandas.DataFrame
        ``feedback_id``, ``sentence``, ``text``, ``language``, ``coder``, ``theme``, ``named``
        (bool), a row per coder, sentence and theme of their sheet.

    Raises
    ------
    DataError
        All that is wrong, one a line: file, row, column, what was found, what is allowed.
    """
    known = codes.loc[codes["sentence"].notna(), [*KEYS, "language"]]
    known = known.drop_duplicates(["feedback_id", "sentence"])
    said = {
        (str(name), int(number)): (str(text), str(language))
        for name, number, text, language in zip(
            *(known[c].tolist() for c in (*KEYS, "language")), strict=True
        )
    }
    themes = list(codebook.kinds) if codebook else []
    problems: list[str] = []
    rows: list[dict[str, Any]] = []
    where: dict[tuple[str, int, str], str] = {}
    for path in sorted(paths):
        for number, cells, own in _coded_rows(path, themes, problems):
            place = f"{path.name}, row {number}"
            about = _about(cells, said, place, problems)
            if about is None:
                continue
            key = (about[KEYS[0]], about[KEYS[1]], about[CODER])
            if key in where:
                problems.append(
                    f"{place}: {key[2]!r} has coded this sentence already ({where[key]})."
                )
                continue
            where[key] = place
            for theme in own:
                named = _named(cells.get(theme), f"{place}, column {theme!r}", problems)
                rows.append(about | {"theme": theme, "named": named})
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        shown = problems[:_MOST_PROBLEMS] + ([f"and {more} more."] if more > 0 else [])
        raise DataError("\n".join(shown))
    columns = [*KEYS, "language", CODER, "theme", "named"]
    return pd.DataFrame(rows, columns=columns)


def _coded_rows(
    path: Path, known: Sequence[str], problems: list[str]
) -> list[tuple[int, dict[str, Any], list[str]]]:
    """Return row number, cells by column and themes of the rows of a sheet that have a coder."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001  # whatever a broken archive raises
        problems.append(f"{path.name}: this is no XLSX workbook that can be read ({error}).")
        return []
    lines = [list(line) for line in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    top = next((i for i, line in enumerate(lines[:10]) if KEYS[0] in line), None)
    if top is None:
        problems.append(f"{path.name}: no row begins the table: a column {KEYS[0]!r} is needed.")
        return []
    heads = ["" if h is None else str(h).strip() for h in lines[top]]
    missing = [c for c in (KEYS[0], KEYS[1], CODER) if c not in heads]
    problems += [f"{path.name}, row {top + 1}: there is no column {c!r}." for c in missing]
    themes = [h for h in heads if h in known]
    near = [h for h in heads if h and h not in (*KEYS, CODER, *known) and nearest(h, known)]
    problems += [
        f"{path.name}, row {top + 1}: column {h!r} is no theme of the codebook.{nearest(h, known)}"
        for h in near
    ]
    if not themes:
        problems.append(f"{path.name}, row {top + 1}: no column is a theme of the codebook.")
    if missing or not themes:
        return []
    found = []
    for number, line in enumerate(lines[top + 1 :], start=top + 2):
        cells = dict(zip(heads, line, strict=False))
        if cells.get(CODER) not in (None, ""):
            found.append((number, cells, themes))
    return found


def _about(
    cells: dict[str, Any],
    said: dict[tuple[str, int], tuple[str, str]],
    place: str,
    problems: list[str],
) -> dict[str, Any] | None:
    """Return which sentence a row is about and who coded it; None if that is wrong."""
    name, number = cells.get(KEYS[0]), cells.get(KEYS[1])
    try:
        key = (str(name), int(float(str(number))))
    except (ValueError, OverflowError):
        problems.append(f"{place}, column 'sentence': {number!r} is no number of a sentence.")
        return None
    if key not in said:
        problems.append(
            f"{place}, column 'feedback_id': the feedback has no sentence {key[1]} of {key[0]!r}."
        )
        return None
    text, language = said[key]
    given = cells.get(KEYS[2])
    if given is not None and sameness_key(str(given)) != sameness_key(text):
        problems.append(
            f"{place}, column 'text': the feedback has another text there: {text[:60]!r}."
            " Write a new sheet, or leave the text as it was."
        )
        return None
    coder = str(cells[CODER]).strip().casefold()
    return dict(zip((*KEYS, "language", CODER), (*key, text, language, coder), strict=True))


def _named(value: object, place: str, problems: list[str]) -> bool:
    text = "" if value is None else str(value).strip().casefold()
    if text not in _YES and text not in _NO:
        problems.append(f"{place}: 1 or 0 (or empty, x, yes, no) is allowed; got {value!r}.")
    return text in _YES
