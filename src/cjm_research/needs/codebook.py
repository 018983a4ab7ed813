"""The codebook: themes that feedback is read for, written by people in a TOML file."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from cjm_research.errors import StudyError, nearest
from cjm_research.needs.lemmas import tokens
from cjm_research.needs.text import fold
from cjm_research.study.metric import Id
from cjm_research.study.phrase import Language, Phrase, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

ThemeKind = Literal["pain", "need_basic", "need_form", "delight", "question", "reason", "emotion"]
"""What naming a theme means."""

Tone = Annotated[float, Field(ge=-2, le=2)]


class Near(Settings):
    """Words or phrases that stand near each other, in any order."""

    words: Annotated[list[str], Field(min_length=2)]
    within: Annotated[int, Field(ge=1, le=50)] = 5
    """Words from the first to the last at most; a Chinese word counts as two signs."""


class Theme(Settings):
    """One theme: what it is called, where it belongs, which words tell it.

    A pattern is one or several words in this order. A word stands for all its forms, ``слово*``
    for every word that begins so. A pattern right after a negation ("не опоздал") does not
    count, unless it begins with one itself.
    """

    id: Id
    label: Phrase
    kind: ThemeKind
    stage: Id | None = None
    """Stage of the journey that the theme belongs to when the feedback names none."""
    any: dict[Language, list[str]] = Field(default_factory=dict)
    near: dict[Language, list[Near]] = Field(default_factory=dict)
    not_: dict[Language, list[str]] = Field(alias="not", default_factory=dict)
    """A sentence with one of these does not tell the theme."""
    regex: dict[Language, list[str]] = Field(default_factory=dict)
    """Regular expressions over the sentence in small letters, ё as е."""
    need: Id | None = None
    """Theme of a need that this pain blocks."""
    change: Phrase | None = None
    """What to change so that the pain goes."""
    owner: str | None = None
    test: Id | None = None
    """A hypothesis or an experiment of the study that tries the change."""

    @model_validator(mode="after")
    def _has_rules_that_can_match(self) -> Self:
        if not (self.any or self.near or self.regex):
            raise ValueError("a theme needs one of 'any', 'near', 'regex'")
        for key, patterns in self._patterns():
            if not tokens(fold(patterns.replace("*", ""))):
                raise ValueError(f"{key}: pattern {patterns!r} has no letters")
        for language, expressions in self.regex.items():
            for n, expression in enumerate(expressions, start=1):
                try:
                    compiled = re.compile(expression)
                except re.error as error:
                    raise ValueError(
                        f"regex.{language}: pattern {n}, {expression!r}, is broken: {error}"
                    ) from None
                if compiled.match(""):
                    raise ValueError(
                        f"regex.{language}: pattern {n}, {expression!r}, matches every sentence"
                    )
        return self

    def _patterns(self) -> list[tuple[str, str]]:
        lists = [(f"any.{lang}", p) for lang, ps in self.any.items() for p in ps]
        lists += [(f"not.{lang}", p) for lang, ps in self.not_.items() for p in ps]
        lists += [
            (f"near.{lang}", p) for lang, rules in self.near.items() for r in rules for p in r.words
        ]
        return lists


class Codebook(Settings):
    """All themes of a study."""

    themes: list[Theme] = Field(default_factory=list)
    sentiment: dict[Language, dict[str, Tone]] = Field(default_factory=dict)
    """Words of the trade with their tone, -2 to 2: they win over the lexicon."""
    stop_words: dict[Language, list[str]] = Field(default_factory=dict)
    """Words that name no theme here: the shop's own name, for one."""
    dictionary: dict[Language, list[str]] = Field(default_factory=dict)
    """Chinese words of the trade that are never cut."""

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [t.id for t in self.themes]
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        if doubled:
            raise ValueError(f"theme id {doubled[0]!r} stands twice")
        for theme in self.themes:
            if theme.need is not None and theme.need not in ids:
                raise ValueError(
                    f"theme {theme.id!r}: need {theme.need!r} is no theme."
                    f"{nearest(theme.need, ids)}"
                )
        return self

    @property
    def kinds(self) -> Mapping[str, str]:
        """Kind of each theme, by id, in the order of the file."""
        return {t.id: t.kind for t in self.themes}

    @property
    def stages(self) -> Mapping[str, str | None]:
        """Default stage of each theme, by id."""
        return {t.id: t.stage for t in self.themes}


def load_codebook(path: Path) -> Codebook:
    """Read a codebook.

    Parameters
    ----------
    path : Path
        ``studies/NAME.codebook.toml``.

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, or does not fit: all problems, one a line, each
        with its theme, key, what is allowed, and the nearest name.
    """
    if not path.is_file():
        raise StudyError(f"There is no codebook {path.name!r} in {path.parent}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        plain = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.name} is not valid TOML in UTF-8: {error}.") from error
    try:
        return Codebook.model_validate(plain)
    except ValidationError as error:
        problems = [f"{_line(e, text)}{_problem(e, plain)}" for e in error.errors()]
        raise StudyError.problems(path.name, problems) from None


def need_stages(codebook: Codebook, stages: Sequence[str], *, file: str) -> None:
    """Refuse a theme whose stage looks like a misspelt one of the study.

    A stage that is like none is let be: a starter codebook may know stages that this business
    has not, and what is written about them counts as told without a stage.

    Parameters
    ----------
    codebook : Codebook
        Themes, each with its usual stage.
    stages : sequence of str
        Stages of the study.
    file : str
        Name of the codebook's file.

    Raises
    ------
    StudyError
        If there is such a theme: all of them, one a line.
    """
    problems = [
        f"theme {theme.id!r}, stage: there is no stage {theme.stage!r}.{near} Stages are"
        f" {list(stages)}."
        for theme in codebook.themes
        if theme.stage is not None
        and theme.stage not in stages
        and (near := nearest(theme.stage, stages))
    ]
    if problems:
        raise StudyError.problems(file, problems)


def _line(error: ErrorDetails, text: str) -> str:
    """Return where in the file the problem is: the line of the key or pattern, else the theme's."""
    place = error["loc"]
    if len(place) < 2 or place[0] != "themes" or not isinstance(place[1], int):
        return ""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.strip().startswith("[[themes]]")]
    if place[1] >= len(heads):
        return ""
    end = heads[place[1] + 1] if place[1] + 1 < len(heads) else len(lines)
    own = range(heads[place[1]], end)
    quoted = re.search(r"pattern (?:\d+, )?'(.+?)'(?:, is| has|, matches)", error["msg"])
    sought = quoted[1] if quoted else str(place[-1])
    found = next((n for n in own if sought in lines[n].replace("\\\\", "\\")), own[0])
    return f"line {found + 1}, "


def _problem(error: ErrorDetails, plain: dict[str, Any]) -> str:
    """One problem in the words of a person: theme, key, what is wrong, what is allowed."""
    place = list(error["loc"])
    where = ""
    if len(place) > 1 and place[0] == "themes" and isinstance(place[1], int):
        theme = plain["themes"][place[1]]
        name = theme.get("id") if isinstance(theme, dict) else None
        where = f"theme {name!r}" if name else f"theme {place[1] + 1} of the file"
        place = place[2:]
    key = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in place if p != "[key]")
    where = ", ".join(w for w in (where, key) if w) or "file"
    if error["type"] == "extra_forbidden":
        known = _keys(place)
        return f"{where}: there is no such key.{nearest(str(place[-1]), known)} Keys: {known}."
    if error["type"] == "missing":
        return f"{where}: this key is needed and missing."
    given = error.get("input")
    shown = f" Got {given!r}." if isinstance(given, str | int | float | bool) else ""
    near = ""
    if error["type"] == "literal_error" and isinstance(given, str):
        near = nearest(given, re.findall(r"'([^']+)'", error["msg"]))
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message}.{near}{shown}"


def _keys(place: list[int | str]) -> list[str]:
    if len(place) == 1:
        fields = Theme.model_fields | Codebook.model_fields
        return sorted(f.alias or name for name, f in fields.items())
    return sorted(Near.model_fields)
