"""A questionnaire and an interview guide to begin with: ``cjm new templates BUSINESS NAME``."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError, StudyError
from cjm_research.study.load import load_study
from cjm_research.study.phrase import LANGUAGES
from cjm_research.workspace.project import raw_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cjm_research.study.model import Study

BUSINESSES = ("retail", "freight")
ANSWERS, INTERVIEWS = "answers.xlsx", "interviews.xlsx"
SHEET = "answers"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 5), "importance": (1, 5),
           "satisfaction": (1, 5), "kano_functional": (1, 5),
           "kano_dysfunctional": (1, 5)}  # fmt: skip
_WIDE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the sheet of answers."""

    question: str
    kind: str
    header: str
    how: str
    """How it is answered, in words."""
    needs: Mapping[str, Any]
    """The question as the template file has it."""


def write_templates(root: Path, business: str, name: str, *, language: str = "en") -> list[Path]:
    """Write a questionnaire, an interview sheet with its guide, and a study that reads both.

    The study file maps every column already: fill in the sheets, then ``cjm run NAME``.

    Parameters
    ----------
    root : Path
        The project's folder.
    business : str
        ``retail`` (people who buy) or ``freight`` (companies that buy carriage).
    name : str
        Of the study.
    language : str
        Of the sheets: en, ru or zh.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        If there is no such business or language, or a study of that name is there.
    """
    if business not in BUSINESSES:
        raise ParameterError.unknown("template", business, known=BUSINESSES)
    if language not in LANGUAGES:
        raise ParameterError.unknown("language", language, known=LANGUAGES)
    if not _NAME.fullmatch(name):
        raise ParameterError.expected("NAME", "small Latin letters, digits, - and _", got=name)
    path, folder = study_path(root, name), raw_folder(root, name)
    sheets = [folder / ANSWERS, folder / INTERVIEWS]
    there = next((p for p in (path, *sheets) if p.exists()), None)
    if there is not None:
        raise ParameterError(f"There is a file {there.name!r} of study {name!r} already.")
    template, words = _read(business), _read("words")
    columns = tuple(_columns(template, words, language))
    folder.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_answers(sheets[0], columns, words, language)
    _write_interviews(sheets[1], template, words, language)
    written = [*sheets, path]
    codebook = study_path(root, business).with_name(f"{business}.codebook.toml")
    if codebook.is_file():
        copy = path.with_name(f"{name}.codebook.toml")
        if not copy.exists():
            shutil.copyfile(codebook, copy)
            written.append(copy)
    starter = _starter(root, business) if codebook.is_file() else None
    text = "\n".join(_study_lines(name, (template, words, language), columns, starter))
    path.write_text(text + "\n", encoding="utf-8")
    load_study(path)
    return written


def _read(name: str) -> dict[str, Any]:
    place = files("cjm_research.workspace") / "templates" / f"{name}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


def _starter(root: Path, business: str) -> Study | None:
    try:
        return load_study(study_path(root, business))
    except StudyError:
        return None


def _columns(template: Mapping[str, Any], words: Mapping[str, Any], to: str) -> Iterator[Column]:
    asked = [(kind, q) for q in template["asked"] for kind in q["kinds"]]
    for kind, question in asked:
        options = "; ".join(o[to] for o in question.get("options", {}).values())
        how = words["how"]["several" if question.get("several") else kind][to]
        yield Column(
            question=question["id"],
            kind=kind,
            header=words["column"][kind][to].format(question["text"][to]),
            how=how.format(options),
            needs=question,
        )


def _write_answers(
    path: Path, columns: tuple[Column, ...], words: Mapping[str, Any], to: str
) -> None:
    from openpyxl import Workbook  # noqa: PLC0415  # slow to load

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([words["head"][h][to] for h in words["head"]] + [c.header for c in columns])
    sheet.freeze_panes = "B2"
    told = book.create_sheet(words["sheet"]["questions"][to])
    told.append([words["sheet"]["question"][to], words["sheet"]["answer"][to]])
    for column in columns:
        told.append([column.header, column.how])
    for letter in "AB":
        told.column_dimensions[letter].width = _WIDE
    book.save(path)


def _write_interviews(
    path: Path, template: Mapping[str, Any], words: Mapping[str, Any], to: str
) -> None:
    from openpyxl import Workbook  # noqa: PLC0415  # slow to load

    book = Workbook()
    sheet = book.active
    sheet.title = "interviews"
    sheet.append([words["interview"][c][to] for c in words["interview"]])
    sheet.freeze_panes = "A2"
    guide = book.create_sheet(words["sheet"]["guide"][to])
    guide.append([words["sheet"]["question"][to], words["sheet"]["why"][to]])
    for step in template["guide"]:
        guide.append([step["text"][to], step["why"][to]])
    for letter in "AB":
        guide.column_dimensions[letter].width = _WIDE
    book.save(path)


def _study_lines(
    name: str,
    about: tuple[Mapping[str, Any], Mapping[str, Any], str],
    columns: tuple[Column, ...],
    starter: Study | None,
) -> Iterator[str]:
    template, words, to = about
    yield "# Study of a questionnaire and interviews."
    yield f"# Fill in the sheets of data/raw/{name}/, then: cjm run {name}"
    yield ""
    yield f"title = {_phrase(template['title'])}"
    yield f"languages = [{_text(to)}]"
    yield f"currency = {_text(template['currency'][to])}"
    yield f"zone = {_text(template['zone'][to])}"
    if starter is not None:
        yield f'codebook = "{name}.codebook.toml"'
    yield from ("", "[research]", f"question = {_phrase(template['question'])}", "")
    yield from _sources(columns, words, to)
    for stage in starter.stages if starter is not None else ():
        yield from (
            "[[stages]]",
            f"id = {_text(stage.id)}",
            f"label = {_phrase(stage.label.root)}",
            "",
        )
    yield from _survey(template, to)
    if any(stage for stage in (starter.stages if starter is not None else ())):
        yield '[[reports]]\nid = "data_quality"\n\n[[reports]]\nid = "pains_and_needs"'
    else:
        yield '[[reports]]\nid = "pains_and_needs"'


def _sources(columns: tuple[Column, ...], words: Mapping[str, Any], to: str) -> Iterator[str]:
    head = ", ".join(f"{c} = {_text(h[to])}" for c, h in words["head"].items())
    for kind in dict.fromkeys(c.kind for c in columns):
        own = [c for c in columns if c.kind == kind]
        scale = _SCALES.get(kind)
        ends = f", scale_min = {scale[0]}, scale_max = {scale[1]}" if scale else ""
        yield from (
            "[[sources]]",
            'table = "feedback"',
            f'file = "{ANSWERS}"',
            f'sheet = "{SHEET}"',
        )
        yield f'constants = {{ kind = "{kind}", language = "{to}"{ends} }}'
        yield f"columns = {{ {head} }}"
        yield 'unknown_customers = "keep"'
        if scale is None:
            yield 'unpivot_into = ["question", "text"]'
        yield "[sources.unpivot]"
        yield from (f"{_text(c.header)} = {_text(c.question)}" for c in own)
        if scale is not None:
            none = words["not_applicable"]["word"]
            yield "[sources.values.score] # never a grade"
            yield from (f'{_text(w)} = ""' for w in dict.fromkeys(none.values()))
        elif kind == "choice":
            single = [c.needs for c in own if not c.needs.get("several")]
            yield "[sources.values.text]"
            yield from (
                f"{_text(o[to])} = {_text(k)}" for q in single for k, o in q["options"].items()
            )
        yield ""
    names = ", ".join(f"{c} = {_text(h[to])}" for c, h in words["interview"].items())
    yield "# interviews; take this source out where none are held"
    yield from (
        "[[sources]]",
        'table = "feedback"',
        f'file = "{INTERVIEWS}"',
        'sheet = "interviews"',
    )
    yield f'constants = {{ kind = "interview", language = "{to}" }}'
    yield f"columns = {{ {names} }}"
    yield 'unknown_customers = "keep"'
    yield "[sources.values.speaker]"
    yield from (f"{_text(w[to])} = {_text(k)}" for k, w in words["speaker"].items())
    yield ""


def _survey(template: Mapping[str, Any], to: str) -> Iterator[str]:
    yield "[survey]"
    bought = next((q["id"] for q in template["asked"] if q.get("is_purchase")), "")
    yield f"purchase_question = {_text(bought)}"
    yield ""
    for question in template["asked"]:
        yield f"[survey.questions.{question['id']}]"
        yield f"label = {_phrase(question['text'])}"
        if question.get("several"):
            yield "several = true"
        for key, words in question.get("options", {}).items():
            # several in one cell stay as they are written
            name = words[to] if question.get("several") else key
            yield f"options.{_text(name)} = {_phrase(words)}"
        yield ""


def _phrase(words: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{k} = {_text(v)}" for k, v in words.items()) + " }"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
