"""The quick answer to ``cjm run``: everything is up to date. Standard library only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cjm_research.cli.words import number_of
from cjm_research.errors import CjmError
from cjm_research.report.state import up_to_date
from cjm_research.workspace.project import project_root

if TYPE_CHECKING:
    from collections.abc import Sequence


def nothing_to_do(study: str, reports: Sequence[str]) -> bool:
    """Say that every page stands as it would be made, if so; else leave it to the run."""
    try:
        jobs = up_to_date(project_root(), study, wanted=reports)
    except (CjmError, OSError):
        return False  # the run itself says what is wrong
    if jobs is None:
        return False
    n_skipped = sum(job["status"] == "skipped" for job in jobs.values())
    rest = f", {n_skipped} skipped" if n_skipped else ""
    n = number_of(len(jobs) - n_skipped, "report")
    sys.stdout.write(f"{study}: {n} up to date{rest}.\n")
    return True
