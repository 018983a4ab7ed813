"""Which derived tables the pages of a run share: a function of its jobs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cjm_research.report.parameters import read_parameters
from cjm_research.report.prepare import notebook_path
from cjm_research.workspace.derived import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cjm_research.report.parameters import Value
    from cjm_research.report.plan import Job


USUAL = Shared(table="forecasts").confidence


def shared_tables(jobs: Sequence[Job], root: Path) -> list[Shared]:
    """Return the tables that more than one page of a run reads; what one reads, it makes itself.

    Parameters
    ----------
    jobs : sequence of Job
        Pages to be made; those that are skipped read nothing.
    root : Path
        The project's folder: what a job is not told stands in its notebook.
    """
    reading = [dict.fromkeys(_read_by(job, root)) for job in jobs if not job.skipped]
    readers = Counter(table for tables in reading for table in tables)
    return [table for table, n in readers.items() if n > 1]


def _read_by(job: Job, root: Path) -> Iterator[Shared]:
    declared = {p.name: p.default for p in read_parameters(notebook_path(job, root))}
    values = {**declared, **job.parameters}
    as_of = str(values.get("as_of", ""))
    yield Shared(table="features", as_of=as_of)
    if job.kind == "segment_portraits":
        for name in ("compare_days", "horizon"):
            if _days(values, name) > 0:
                yield Shared(table="features", as_of=as_of, days_before=_days(values, name))
        yield Shared(table="habits", as_of=as_of)
    if job.kind in ("segment_portraits", "customer_matrix"):
        said = values.get("confidence")
        confidence = float(said) if isinstance(said, int | float) else USUAL
        yield Shared(
            table="forecasts", as_of=as_of, horizon=_days(values, "horizon"), confidence=confidence
        )


def _days(values: Mapping[str, Value], name: str) -> int:
    value = values.get(name, 0)  # a notebook of one's own may say them in words
    return int(value) if isinstance(value, int | float) else 0
