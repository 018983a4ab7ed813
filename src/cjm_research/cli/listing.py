"""Answers to ``cjm plan`` and ``cjm history``: plain data for other programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError
from cjm_research.report.describe import command_of
from cjm_research.report.manifest import history, read_json
from cjm_research.report.prepare import Selection, checked_jobs, current_version
from cjm_research.schema.tables import TABLES
from cjm_research.study.load import load_study
from cjm_research.workspace.project import study_path

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.report.plan import Job

COLUMNS = ("study", "report", "page", "made_at", "window_from", "window_to", "id", "estimate",
           "low", "high", "unit", "n", "status")  # fmt: skip


def planned(study: str, root: Path) -> list[Job]:
    """Return the jobs of a study as a run would make them now."""
    plan = load_study(study_path(root, study))
    version = current_version(root, study)
    tables = version.tables if version else tuple(TABLES)
    return checked_jobs(plan, root, selection=Selection(), tables=tables)


def plan_json(study: str, root: Path) -> str:
    """Return the jobs as JSON; each names the command that makes it."""
    return json.dumps(
        [
            {
                "page": job.stem,
                "report": job.report,
                "notebook": f"notebooks/{job.notebook}.ipynb",
                "parameters": dict(job.parameters),
                "skipped": job.skipped or None,
                "command": command_of(job),
            }
            for job in planned(study, root)
        ],
        ensure_ascii=False,
        indent=1,
    )


def history_csv(study: str, root: Path) -> str:
    """Return every kept finding of every run of a study as CSV, the oldest run first.

    Raises
    ------
    ParameterError
        If the study has no published report.
    """
    reports = root / "reports"
    stems = sorted(p.name for p in (reports / study / ".history").glob("*") if p.is_dir())
    if not stems:
        load_study(study_path(root, study))
        raise ParameterError(f"Study {study!r} has no published reports yet.")
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for stem in stems:
        for path in history(reports, study, stem):
            plain = read_json(path)
            writer.writerows(_row(plain, f) for f in plain.get("findings", ()))
    return out.getvalue()


def _row(plain: dict[str, Any], finding: dict[str, Any]) -> dict[str, Any]:
    first, last = finding.get("window") or plain.get("window") or (None, None)
    about = {"study": plain["study"], "report": plain["report"], "page": plain["stem"]}
    own = {name: finding.get(name) for name in COLUMNS if name in finding}
    return {
        **about, "made_at": plain["made_at"], "window_from": first, "window_to": last, **own,
    }  # fmt: skip
