"""What manifests and pages say about a report beside its content."""

from __future__ import annotations

import shlex
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Any

from cjm_research import __version__
from cjm_research.report.inputs import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cjm_research.report.execute import Failure
    from cjm_research.report.plan import Job
    from cjm_research.study.model import Study


COUNTS = ("n_compared", "n_not_compared", "n_same_days", "n_corrected")
"""Counts of what was compared that manifests keep, for the summary to add up."""
MOVES = 3
"""So many moves of a report are told on index and summary."""


def manifest_of(job: Job, study: Study, *, now: str, order: int) -> dict[str, Any]:
    """Return what every manifest says, whatever came of the report."""
    return {
        "format": 1,
        "study": study.name,
        "report": job.report,
        "stem": job.stem,
        "notebook": job.notebook,
        "order": order,
        "languages": [str(language) for language in study.languages],
        "study_title": dict(study.title.root),
        "subject": subject_of(job, study),
        "parameters": dict(job.parameters),
        "given": dict(job.given),
        "command": command_of(job),
        "tried_at": now,
        "reason": "",
    }


def context_of(
    job: Job, study: Study, *, now: str, version: str, code: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a page says beside its notebook.

    Parameters
    ----------
    job : Job
    study : Study
    now : str
        ISO stamp in the study's zone.
    version : str
        Id of the store's version.
    code : mapping
        Hashes ``study`` and ``package``; ``revision`` of git if known.
    """
    git = f", git {code['revision']}" if code.get("revision") else ""
    return {
        "study": study.name,
        "report": job.report,
        "stem": job.stem,
        "data": data_key(job, version),
        "made_at": now,
        "parameters": dict(job.parameters),
        "given": dict(job.given),
        "title": dict(study.title.root),
        "subject": subject_of(job, study),
        "currency": study.currency,
        "pages": {str(lang): page_name(job.stem, str(lang)) for lang in study.languages},
        "index": "../index.html",
        "provenance": {
            "run": command_of(job),
            "notebook": f"{job.notebook}.ipynb",
            "parameters": ", ".join(f"{k} = {v}" for k, v in job.parameters.items() if v != ""),
            "study": f"{study.name}.toml, {code['study'][:12]}",
            "data": version,
            "code": f"cjm_research {__version__}{git}, {code['package'][:12]}",
            "environment": f"Python {sys.version.split()[0]}, pandas {metadata.version('pandas')}",
        },
    }


def page_name(stem: str, language: str) -> str:
    """Return the file name of a page."""
    return f"{stem}.{language}.html"


def data_key(job: Job, version: str) -> str:
    """Return which data a report rests on; another `as_of` of the same data counts as other."""
    return digest_of({"version": version, "as_of": job.parameters.get("as_of", "")})


def subject_of(job: Job, study: Study) -> dict[str, str]:
    """Return the words for the grouping or experiment that a page is about."""
    for known in (study.groupings, study.experiments):
        for thing in known:
            if thing.id == job.subject:
                return dict(thing.label.root)
    return {}


def command_of(job: Job) -> str:
    """Return the command that makes a page again."""
    name = job.stem.partition("~")[0]
    given = "".join(f" -p {shlex.quote(f'{k}={v}')}" for k, v in sorted(job.given.items()))
    return f"cjm run {job.study} {name}{given}"


def one_line(failure: Failure) -> str:
    """Return a failure as one line for a terminal."""
    first = failure.message.strip().splitlines()[0] if failure.message.strip() else ""
    where = f" (cell {failure.cell})" if failure.cell > 0 else ""
    return f"{failure.name}{where}: {first}"


def told_moves(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the moves that index and summary tell: the surest `MOVES` of a report."""
    moved = [{k: v for k, v in m.items() if k != "id"} for m in changes.get("moved", ())[:MOVES]]
    counts = {k: changes[k] for k in COUNTS if k in changes}
    return {"since": changes.get("since"), "moved": moved, **counts}


def texts_of(plain: object) -> tuple[str, ...]:
    """Return every text of the study file: its author wrote them to be read."""
    if isinstance(plain, str):
        return (plain,)
    if isinstance(plain, dict):
        return tuple(t for part in plain.values() for t in texts_of(part))
    if isinstance(plain, list | tuple):
        return tuple(t for part in plain for t in texts_of(part))
    return ()


def git_revision(root: Path) -> str:
    """Return the commit that a project's folder stands on; empty when it is no repository.

    Read from the files of git, so that git itself need not be there.
    """
    folder = root / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:9]
        name = head.removeprefix("ref: ")
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="ascii").strip()[:9]
        packed = (folder / "packed-refs").read_text(encoding="ascii").splitlines()
        return next((line[:9] for line in packed if line.endswith(f" {name}")), "")
    except (OSError, UnicodeDecodeError):
        return ""
