"""What a run is about to do: its jobs, checked, and the key of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError
from cjm_research.report.inputs import (
    Hashes,
    digest_of,
    environment_digest,
    package_digest,
    study_digest,
)
from cjm_research.report.manifest import all_manifests
from cjm_research.report.parameters import check_parameters, code_of, read_parameters
from cjm_research.report.plan import SUMMARY, plan, select
from cjm_research.schema.tables import TABLES
from cjm_research.store.versions import Version
from cjm_research.workspace.project import store_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from cjm_research.report.parameters import Value
    from cjm_research.report.plan import Job
    from cjm_research.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which reports were asked for, and the parameters given by hand."""

    reports: tuple[str, ...] = ()
    grouping: str = ""
    experiment: str = ""
    jobs: tuple[str, ...] = ()
    """Exact names of pages, as ``cjm plan`` lists them."""
    shard: tuple[int, int] | None = None
    """Which part of how many, from 1: every so manyth of the pages that were asked for."""
    given: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def is_everything(self) -> bool:
        """Whether every report of the study was asked for, as it stands."""
        named = self.reports or self.grouping or self.experiment or self.jobs or self.shard
        return not (named or self.given)


def checked_jobs(
    study: Study, root: Path, *, selection: Selection, tables: Collection[str] = tuple(TABLES)
) -> list[Job]:
    """Plan the jobs that were asked for and check the parameters of all of them.

    Parameters
    ----------
    study : Study
    root : Path
        The project's folder.
    selection : Selection
    tables : collection of str
        Tables that have rows; all of them while this is not known yet.

    Raises
    ------
    ParameterError
        If a report, grouping, experiment or parameter does not exist or fit; all at once.
    """
    wanted = tuple(r for r in selection.reports if r != SUMMARY)
    if selection.reports and not wanted:
        return []  # only the summary was asked for: it is made of the pages that stand
    jobs = select(
        all_jobs(study, root, tables=tables, given=selection.given),
        reports=wanted,
        grouping=selection.grouping,
        experiment=selection.experiment,
    )
    jobs = _part(jobs, selection)
    found, problems = [], []
    for job in jobs:
        try:
            found.append(_checked(job, root, study))
        except ParameterError as error:
            problems += str(error).splitlines()
    if problems:
        raise ParameterError("\n".join(dict.fromkeys(problems)))
    return found


def _part(jobs: Sequence[Job], selection: Selection) -> list[Job]:
    """Return the pages named exactly, and of them those of the shard."""
    chosen = list(jobs)
    if selection.jobs:
        known = [job.stem for job in jobs]
        for name in selection.jobs:
            if name not in known:
                raise ParameterError.unknown("job", name, known=known)
        chosen = [job for job in jobs if job.stem in selection.jobs]
    if selection.shard:
        number, n_shards = selection.shard
        chosen = chosen[number - 1 :: n_shards]
    return chosen


def all_jobs(
    study: Study,
    root: Path,
    *,
    tables: Collection[str],
    given: Mapping[str, Value] | None = None,
) -> list[Job]:
    """Plan every job of the study; parameters are not looked at."""
    notebooks = [p.stem for p in (root / "notebooks").glob("*.ipynb")]
    return plan(study, tables=tables, notebooks=notebooks, overrides=given)


def _checked(job: Job, root: Path, study: Study) -> Job:
    """Return the job with every parameter as its declared type."""
    schema = read_parameters(notebook_path(job, root))
    values = check_parameters(job.parameters, schema, notebook=job.notebook)
    if values.get("grouping") and not job.skipped:
        study.grouping(str(values["grouping"]))
    if values.get("experiment") and not job.skipped:
        study.experiment(str(values["experiment"]))
    return replace(job, parameters=values)


def notebook_path(job: Job, root: Path) -> Path:
    """Return the file of a job's notebook."""
    return root / "notebooks" / f"{job.notebook}.ipynb"


_LONG = {"pains_and_needs": 5, "journey_map": 5, "customer_matrix": 4, "data_quality": 3,
         "segment_portraits": 2, "campaign_results": 1}  # fmt: skip
"""How long the package's own notebooks take beside each other, roughly."""


def slowest_first(jobs: Sequence[Job], root: Path) -> list[Job]:
    """Order by the seconds of the last run.

    What never ran stands by what its notebook takes as a rule, and one that is not the
    package's own among the longest, by its size.
    """
    known = all_manifests(root / "reports")
    seconds = {(m["study"], m["stem"]): float(m.get("seconds", 0)) for m in known}
    size = {j.notebook: notebook_path(j, root).stat().st_size for j in jobs}
    rank = {name: _LONG.get(name.partition("_")[2], max(_LONG.values())) for name in size}
    return sorted(
        jobs,
        key=lambda j: (
            -seconds.get((j.study, j.stem), 0.0),
            -rank[j.notebook],
            -size[j.notebook],
        ),
    )


def current_version(root: Path, study: str) -> Version | None:
    """Return the current version of a study's store; None before the first cleaning."""
    folder = store_folder(root, study)
    current = folder / "CURRENT"
    if not current.is_file():
        return None
    return Version.read(folder / "versions" / f"{current.read_text(encoding='ascii').strip()}.json")


def code_parts(root: Path, hashes: Hashes) -> dict[str, str]:
    """Return the parts of a key that all studies share."""
    return {"package": package_digest(hashes), "environment": environment_digest(root, hashes)}


def shared_parts(root: Path, study: str, hashes: Hashes) -> dict[str, str]:
    """Return the parts of a key that all jobs of a study share."""
    return {"study": study_digest(root, study, hashes), **code_parts(root, hashes)}


def key_parts(
    job: Job, root: Path, *, version: str, shared: Mapping[str, str], baseline: str
) -> dict[str, Any]:
    """Return what a page is made from; a page is made again when one of it is another.

    Parameters
    ----------
    job : Job
    root : Path
    version : str
        Id of the store's version.
    shared : mapping
        See `shared_parts`.
    baseline : str
        Hash of the findings that the page is compared with; empty when there are none.
    """
    return {
        "code": digest_of({"cells": code_of(notebook_path(job, root))}),
        "parameters": dict(sorted(job.parameters.items())),
        "data": version,
        **shared,
        "baseline": baseline,
    }
