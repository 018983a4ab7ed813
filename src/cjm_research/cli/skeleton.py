"""A notebook to begin a report with: ``cjm new report NAME``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError
from cjm_research.store.whole import write_whole
from cjm_research.study.phrase import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

_ID = re.compile(r"[a-z][a-z0-9_]*")
_HEADS = {
    "en": ("Question", "Reader", "Decision", "Findings", "Exhibits", "What the page keeps"),
    "ru": ("Вопрос", "Читатель", "Решение", "Выводы", "Доказательства", "Что остаётся от страницы"),
    "zh": ("问题", "读者", "决策", "发现", "图表", "页面保留的内容"),
}
_PARAMETERS = """study: str = "{study}"  # name of a file in studies/
as_of: str = ""  # ISO date; empty: the newest day of the data
confidence: float = 0.95  # of every interval, between 0 and 1"""
_SETUP = """from cjm_research import open_study, present, report
from cjm_research.segmentation.rfm import rfm

world = open_study(study, as_of=as_of)"""
_RESULT = """# Replace this by your analysis: any function that gives a Result.
result = rfm(world.features, confidence=confidence, window=world.window)"""
_EXHIBIT = """present.Exhibit(
    title=present.lead(result, "title.customer_matrix"),
    body=present.table(result, limit=10),
)"""


def new_report(name: str, root: Path, *, study: str, language: str = "en") -> Path:
    """Write a notebook with every part that a report has, ready to run.

    Parameters
    ----------
    name : str
        Id of the report: small Latin letters, digits and underscores.
    root : Path
        The project's folder.
    study : str
        Default of the notebook's parameter.
    language : str
        Of the notes to the researcher; the page has the study's languages.

    Returns
    -------
    Path
        ``notebooks/NN_NAME.ipynb``, its number the next one.

    Raises
    ------
    ParameterError
        If the name is no id or taken, or the language unknown.
    """
    if not _ID.fullmatch(name):
        raise ParameterError(
            f"{name!r} is no id of a report: small Latin letters, digits and underscores."
        )
    if language not in LANGUAGES:
        raise ParameterError.unknown("language", language, known=LANGUAGES)
    folder = root / "notebooks"
    stems = [p.stem for p in folder.glob("*.ipynb")]
    taken = [s for s in stems if s == name or s.partition("_")[2] == name]
    if taken:
        raise ParameterError(f"There is a notebook {taken[0]!r} already.")
    numbers = [int(s[:2]) for s in stems if s[:2].isdecimal()]
    path = folder / f"{max(numbers, default=0) + 1:02d}_{name}.ipynb"
    folder.mkdir(exist_ok=True)
    text = json.dumps(_notebook(name, study, _HEADS[language]), ensure_ascii=False, indent=1)
    write_whole(path, text + "\n")
    return path


def _notebook(name: str, study: str, heads: tuple[str, ...]) -> dict[str, Any]:
    question, reader, decision, findings, exhibits, kept = heads
    cells = [
        _cell("title", f"# {name}\n\n**{question}.**\n\n**{reader}.**\n\n**{decision}.**"),
        _cell("parameters", _PARAMETERS.format(study=study), tags=["parameters"]),
        _cell("setup", _SETUP, tags=["setup"]),
        _cell("result", _RESULT, tags=[]),
        _cell("question", f'present.question(world, "{name}")', tags=[]),
        _cell("findings-read", f"## {findings}"),
        _cell("headline", "present.headline(result)", tags=[]),
        _cell("data", 'present.data_card(world, tables=["orders"])', tags=[]),
        _cell("exhibits-read", f"## {exhibits}"),
        _cell("exhibit", _EXHIBIT, tags=["exhibit"]),
        _cell("kept-read", f"## {kept}"),
        _cell("outputs", "report.keep(result)", tags=["outputs"]),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(name: str, source: str, *, tags: list[str] | None = None) -> dict[str, Any]:
    """Return a cell: of code when tags are given, else of notes to the researcher."""
    own: dict[str, Any] = {"id": name, "source": source.splitlines(keepends=True)}
    if tags is None:
        return {"cell_type": "markdown", "metadata": {}, **own}
    metadata = {"tags": tags} if tags else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
        **own,
    }
