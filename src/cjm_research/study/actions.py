"""The action log of a study: what was decided about which finding, by whom, until when.

It is a table that people keep by hand, ``studies/NAME.actions.csv``; only the standard library
reads it, as the runner asks for it before anything is loaded.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from cjm_research.errors import StudyError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LANGUAGES = ("en", "ru", "zh")
TRANSLATED = tuple(f"action_{language}" for language in LANGUAGES)
COLUMNS = ("finding", "action", "owner", "due", "status", "done_on", *TRANSLATED)
REQUIRED = ("finding", "action")
STATES = ("planned", "in_progress", "done", "dropped")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of the action log."""

    finding: str
    """Id of the finding that it answers, as ``findings.json`` has it."""
    action: str
    """In the words of who wrote it."""
    owner: str = ""
    """A name, or a key of the study's ``[labels.owner]``."""
    due: date | None = None
    status: str = "planned"
    """``planned``, ``in_progress``, ``done`` or ``dropped``."""
    done_on: date | None = None
    translated: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The action in the languages that it was written in too."""

    def said(self, language: str) -> str:
        """Return the action in a language, or as it was written.

        Examples
        --------
        >>> cut = Action(finding="a", action="Cut the form", translated={"ru": "Сократить форму"})
        >>> cut.said("ru"), cut.said("zh")
        ('Сократить форму', 'Cut the form')
        """
        return self.translated.get(language, self.action)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in {"planned", "in_progress"}

    def is_overdue(self, today: date) -> bool:
        """Tell whether it should have been done before `today`.

        Examples
        --------
        >>> late = Action(finding="a", action="b", due=date(2026, 5, 1))
        >>> late.is_overdue(date(2026, 5, 1)), late.is_overdue(date(2026, 5, 2))
        (False, True)
        """
        return self.is_open and self.due is not None and self.due < today


def actions_path(study_file: Path) -> Path:
    """Return where the action log of a study lies: beside its file."""
    return study_file.with_name(f"{study_file.stem}.actions.csv")


def read_actions(path: Path) -> list[Action]:
    """Read an action log; none is an empty one.

    Parameters
    ----------
    path : Path
        UTF-8, a header, columns `COLUMNS` in any order, separated by commas or semicolons (as
        a spreadsheet in Russian writes them).

    Raises
    ------
    StudyError
        If a column is missing or unknown, or a value does not fit: all problems, each with its
        row as a spreadsheet counts them.
    """
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path.name} is not UTF-8: {error}.") from error
    first = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if first.count(";") > first.count(",") else ",",
    )
    head = [h.strip() for h in next(rows, [])]
    problems = _head_problems(head)
    if problems:
        raise StudyError.problems(path.name, problems)
    actions: list[Action] = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        action, wrong = _of_row(head, row)
        problems += [f"row {number}: {w}" for w in wrong]
        if action is not None:
            actions.append(action)
    if problems:
        raise StudyError.problems(path.name, problems)
    return actions


def _head_problems(head: list[str]) -> list[str]:
    missing = [c for c in REQUIRED if c not in head]
    unknown = [c for c in head if c not in COLUMNS]
    doubled = sorted({c for c in head if head.count(c) > 1})
    return [
        *(f"there is no column {c!r}. Columns are {list(COLUMNS)}." for c in missing),
        *(f"column {c!r} is not known.{nearest(c, COLUMNS)} Columns are {list(COLUMNS)}."
          for c in unknown),
        *(f"column {c!r} stands twice." for c in doubled),
    ]  # fmt: skip


def _of_row(head: list[str], row: list[str]) -> tuple[Action | None, list[str]]:
    if any(cell.strip() for cell in row[len(head) :]):
        asked = 'a text that holds the separator stands in quotes ("...")'
        return None, [f"{len(row)} cells under {len(head)} columns; {asked}."]
    return _action({k: v.strip() for k, v in zip(head, row, strict=False)})


def _action(given: dict[str, str]) -> tuple[Action | None, list[str]]:
    wrong = [f"{c} is empty." for c in REQUIRED if not given.get(c)]
    wrong += [
        f"{c}: an e-mail address would be published; write a name."
        for c in ("action", "owner", *TRANSLATED)
        if _EMAIL.search(given.get(c, ""))
    ]
    status = given.get("status") or ("done" if given.get("done_on") else "planned")
    if status not in STATES:
        wrong.append(f"status {status!r} is not one of {list(STATES)}.{nearest(status, STATES)}")
    days: dict[str, date | None] = {}
    for column in ("due", "done_on"):
        try:
            days[column] = date.fromisoformat(given[column]) if given.get(column) else None
        except ValueError:
            wrong.append(f"{column}: {given[column]!r} is no day of the kind 2026-11-30.")
    if not wrong and status == "done" and days["done_on"] is None:
        wrong.append("done_on is empty, though the status is done.")
    if wrong:
        return None, wrong
    action = Action(
        finding=given["finding"],
        action=given["action"],
        owner=given.get("owner", ""),
        due=days["due"],
        status=status,
        done_on=days["done_on"],
        translated={
            x: given[c] for x, c in zip(LANGUAGES, TRANSLATED, strict=True) if given.get(c)
        },
    )
    return action, []
