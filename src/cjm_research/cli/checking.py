"""``cjm check``: everything that a run would read is read, and nothing is changed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from cjm_research.cleaning.clean_study import clean_study
from cjm_research.cleaning.codes import Code
from cjm_research.cli.upgrading import notice
from cjm_research.cli.words import number_of
from cjm_research.needs.codebook import load_codebook, need_stages
from cjm_research.present.words import Words
from cjm_research.report.prepare import Selection, checked_jobs
from cjm_research.segmentation.rule_check import check_rules
from cjm_research.study.actions import actions_path, read_actions
from cjm_research.study.load import load_study
from cjm_research.workspace.project import project_root, raw_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_REASONS = 3
"""Reasons for putting rows aside that are named by file."""


def check_study(study: str) -> None:
    """Read everything that a run would read, and say what would be kept and made."""
    root = project_root()
    plan = load_study(study_path(root, study))
    checked_jobs(plan, root, selection=Selection())
    if plan.codebook_path is not None:
        codebook = load_codebook(plan.codebook_path)
        need_stages(codebook, plan.stage_ids(), file=plan.codebook_path.name)
    read_actions(actions_path(plan.path))
    cleaned = clean_study(plan, raw_folder(root, study))
    check_rules(plan.groupings, list(map(str, cleaned.tables["customers"].columns)))
    tables = {name: t for name, t in cleaned.tables.items() if len(t)}
    jobs = checked_jobs(plan, root, selection=Selection(), tables=tuple(tables))
    for line in _load_lines(cleaned.tables["loads"], cleaned.tables["quarantine"]):
        typer.echo(line)
    ready = [job.stem for job in jobs if not job.skipped]
    typer.echo(f"{study}: {number_of(len(ready), 'report')} can be made: {', '.join(ready)}")
    skipped = [job.stem for job in jobs if job.skipped]
    if skipped:
        typer.echo(
            f"{study}: {len(skipped)} would be skipped for want of data: {', '.join(skipped)}"
        )
    if plan.codebook is None and _has_texts(tables):
        typer.echo(
            f"{study}: there are texts and no codebook: pains and needs are not counted. One to"
            f" begin with: cjm new codebook {study} retail (or freight)"
        )
    if old := notice(root):
        typer.echo(old)


def _has_texts(tables: Mapping[str, pd.DataFrame]) -> bool:
    return "feedback" in tables and bool(tables["feedback"]["text"].notna().any())


def _load_lines(loads: pd.DataFrame, quarantine: pd.DataFrame) -> list[str]:
    """Return a line for each file and table, and one for why rows were put aside."""
    lines = []
    for row in loads.to_dict("records"):
        lines.append(
            f"{row['source_file']} -> {row['table']}: {number_of(row['rows_in'], 'row')} in,"
            f" {row['rows_kept']} kept, {row['rows_quarantined']} put aside"
        )
        is_here = quarantine["source_file"].eq(row["source_file"])
        aside = quarantine[is_here & quarantine["table"].eq(row["table"])]
        if len(aside):
            lines.append(f"  put aside: {_reasons(aside)}")
        if aside["code"].eq(Code.UNKNOWN_CUSTOMER).sum() > row["rows_kept"]:
            lines.append(
                "  most are of customers that the customer list lacks; to keep them:"
                ' unknown_customers = "keep" under that source in the study file'
            )
    return lines


def _reasons(aside: pd.DataFrame) -> str:
    """Return the commonest reasons in words, with their columns and rows.

    Examples
    --------
    >>> import pandas as pd
    >>> _reasons(pd.DataFrame({"code": ["double", "missing_required"], "column": ["", "amount"]}))
    'the same row twice (1), a needed value is missing: amount (1)'
    """
    words = Words("en")
    counts = Counter(zip(aside["code"], aside["column"].fillna(""), strict=True))
    said = [
        f"{words.label('code', code)}{f': {column}' if column else ''} ({n})"
        for (code, column), n in counts.most_common(_REASONS)
    ]
    left = len(counts) - len(said)
    return ", ".join(said) + (f" and {number_of(left, 'other reason')}" if left else "")
