"""Answers to ``cjm why`` and ``cjm params``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cjm_research.cli.progress import in_words
from cjm_research.errors import ParameterError
from cjm_research.report.cleaned import is_clean
from cjm_research.report.describe import data_key
from cjm_research.report.inputs import Hashes
from cjm_research.report.manifest import baseline, is_whole, read_manifest
from cjm_research.report.parameters import read_parameters
from cjm_research.report.prepare import (
    Selection,
    checked_jobs,
    current_version,
    key_parts,
    shared_parts,
)
from cjm_research.study.load import load_study
from cjm_research.workspace.project import study_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cjm_research.report.plan import Job

PARTS = {
    "code": "the notebook's code",
    "parameters": "the parameters",
    "data": "the cleaned data",
    "study": "the study file or its codebook",
    "package": "the package's sources",
    "environment": "Python or requirements.lock",
    "baseline": "the report that it is compared with",
}


def explain(study: str, reports: Sequence[str], root: Path) -> list[str]:
    """Say for each page of some reports, or of all, whether it would be made again, and why."""
    plan = load_study(study_path(root, study))
    selection = Selection(reports=tuple(reports))
    checked_jobs(plan, root, selection=selection)
    version = current_version(root, study)
    if version is None:
        return [f"{study}: not cleaned yet; cjm run {study} cleans and makes everything."]
    hashes = Hashes.open(root / "reports")
    lines = []
    if not is_clean(study, root, hashes):
        lines.append(f"{study}: raw files or their description changed; they are cleaned first.")
    shared = shared_parts(root, study, hashes)
    jobs = checked_jobs(plan, root, selection=selection, tables=version.tables)
    return lines + [f"{job.stem}: {_reason(job, root, version.id, shared)}" for job in jobs]


def _reason(job: Job, root: Path, version: str, shared: dict[str, str]) -> str:
    reports = root / "reports"
    before = read_manifest(reports, job.study, job.stem)
    if job.skipped:
        return f"skipped: {in_words(job.skipped)}"
    if not before.get("pages"):
        return "made: there is no page yet."
    if before["status"] == "failed":
        return f"made again: the last run failed ({before.get('reason', '')})."
    path = baseline(reports, job.study, job.stem, data=data_key(job, version))
    old = before.get("parts", {})
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
    parts = key_parts(job, root, version=version, shared=shared, baseline=digest)
    changed = [PARTS[name] for name, value in parts.items() if old.get(name) != value]
    if changed:
        return f"made again: {', '.join(changed)} changed."
    if not is_whole(reports, before):
        return "made again: a page is missing or was edited by hand."
    return "up to date."


def parameter_lines(report: str, root: Path) -> list[str]:
    """List the parameters of a notebook, one a line."""
    notebooks = {p.stem: p for p in sorted((root / "notebooks").glob("*.ipynb"))}
    fitting = [n for n in notebooks if n == report] or [n for n in notebooks if report in n]
    if len(fitting) != 1:
        raise ParameterError.unknown("report", report, known=list(notebooks))
    (name,) = fitting
    lines = [f"{name}.ipynb"]
    for parameter in read_parameters(notebooks[name]):
        lines.append(f"  {parameter.name} = {parameter.default!r}: {parameter.allowed}")
        if parameter.help:
            lines.append(f"      {parameter.help}")
    return lines
