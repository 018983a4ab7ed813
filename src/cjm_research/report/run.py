"""All reports of a study: cleaned if need be, planned, made in parallel, indexed."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from cjm_research.report import remote
from cjm_research.report.cleaned import cleaned, is_clean
from cjm_research.report.describe import git_revision
from cjm_research.report.inputs import (
    Hashes,
    all_inputs,
    digest_of,
    package_digest,
    study_digest,
)
from cjm_research.report.jobs import Reports, StoppedError
from cjm_research.report.listener import Listener
from cjm_research.report.manifest import all_manifests, read_json, retire, to_json
from cjm_research.report.notify import notify
from cjm_research.report.overview import refresh_summary
from cjm_research.report.pdf import print_pages
from cjm_research.report.plan import SUMMARY
from cjm_research.report.prepare import (
    Selection,
    all_jobs,
    checked_jobs,
    code_parts,
    slowest_first,
)
from cjm_research.report.publish import index_lock, repair, study_lock
from cjm_research.report.session import Session
from cjm_research.report.state import save_state
from cjm_research.report.steps import Steps, told_steps
from cjm_research.report.warm import warm_up
from cjm_research.store.executors import check_executor
from cjm_research.store.whole import write_whole
from cjm_research.study.actions import actions_path, read_actions
from cjm_research.study.load import load_study
from cjm_research.workspace.project import study_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cjm_research.report.done import Done
    from cjm_research.report.limits import NotebookLimits
    from cjm_research.report.plan import Job
    from cjm_research.store.versions import Version
    from cjm_research.study.model import Study

MOST_WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a study is run."""

    selection: Selection = field(default_factory=Selection)
    is_forced: bool = False
    workers: int = 0
    """Notebooks at a time; as many as there are cores if 0, and one more in a small study."""
    limits: NotebookLimits | None = None
    browser: str = ""
    """Prints each page as PDF too; none does if empty."""
    executor: str = ""
    """Where the derived tables are made, see `store.executors`; here if empty."""


def run_study(
    name: str,
    root: Path,
    *,
    options: Options | None = None,
    listener: Listener | None = None,
    clock: Callable[[], float] = time.time,
) -> list[Done]:
    """Make the reports of a study that are not up to date.

    Parameters
    ----------
    name : str
        Name of the study.
    root : Path
        The project's folder.
    options : Options
    listener : Listener
        Is told how it goes on, from several threads.
    clock : callable
        Gives the time in seconds since 1970, for the stamps of pages.

    Returns
    -------
    list of Done
        One for each page that was asked for, in the order of the study.

    Raises
    ------
    CjmError
        If the study, a raw file, a notebook or a parameter is wrong, or another run is at work:
        nothing was changed then.
    """
    options, listener = options or Options(), listener or Listener()
    begun = study_digest(root, name, Hashes.open(root / "reports"))
    study = load_study(study_path(root, name))
    checked_jobs(study, root, selection=options.selection)
    if options.executor:
        check_executor(options.executor)
    read_actions(actions_path(study.path))
    workers = options.workers or min(os.cpu_count() or 1, MOST_WORKERS)
    memory = options.limits.memory if options.limits else 0
    is_part = options.selection.shard is not None
    with (
        study_lock(root / "reports", name, shared=is_part),
        Session(root, workers=workers, memory=memory) as session,
    ):
        if not is_part:
            repair(root / "reports", name)
        run = _Run(study, begun, root, options, listener, session, clock)
        try:
            return run.go()
        except KeyboardInterrupt:
            session.stop()
            raise


@dataclass(frozen=True)
class _Run:
    """One run under the study's lock."""

    study: Study
    begun: str
    """Hash of the study's files before they were read."""
    root: Path
    options: Options
    listener: Listener
    session: Session
    clock: Callable[[], float]
    steps: Steps = field(default_factory=Steps)

    def go(self) -> list[Done]:
        """Clean, plan, make, index."""
        hashes = Hashes.open(self.reports)
        with self.steps.step("cleaning"):
            version = cleaned(
                self.study.name, self.root, hashes, session=self.session, listener=self.listener
            )
        name, tables, selection = self.study.name, version.tables, self.options.selection
        planned = all_jobs(self.study, self.root, tables=tables)
        jobs = checked_jobs(self.study, self.root, selection=selection, tables=tables)
        inputs = self._inputs(hashes)
        hashes.save()
        if selection.shard is not None:
            repair(self.reports, name, stems=[job.stem for job in jobs])
        reports = self._made(version, {job.stem: i for i, job in enumerate(planned)})
        self.listener.planned([job.stem for job in jobs])
        work = [job for job in jobs if not reports.is_unchanged(job)]
        if any(not job.skipped for job in work):
            with self.steps.step("start and shared tables"):
                warm_up(self.session, version, name, jobs=work, executor=self.options.executor)
        with self.steps.step("reports"):
            done = self._make_all(jobs, reports, at_once=self._at_once(version))
        retire(self.reports, name, kept={SUMMARY, *(job.stem for job in planned)})
        with self.steps.step("summary and index"), ExitStack() as last:
            last.callback(self._index)  # a browser that fails leaves no page out of it
            with index_lock(self.reports):
                summary = refresh_summary(self.root, self.study, self.session, stamp=self._stamp())
            self._print([job.stem for job in jobs])
        stems = [job.stem for job in planned]
        with index_lock(self.reports):  # shards write one state
            self._remember(done, inputs=inputs, planned=stems, has_summary=summary != "skipped")
        self._tell(done)
        self.listener.finished(told_steps(self.steps.seconds, done))
        return done

    def _remember(
        self, done: Sequence[Done], *, inputs: str, planned: list[str], has_summary: bool
    ) -> None:
        """Keep the state of the pages."""
        name = self.study.name
        states = {
            d.stem: {
                "report": d.report,
                "status": "fresh" if d.status == "unchanged" else d.status,
                "reason": d.reason,
            }
            for d in done
        }
        if has_summary:
            planned = [*planned, SUMMARY]
            states[SUMMARY] = {"report": SUMMARY, "status": "fresh", "reason": ""}
        save_state(self.reports, name, inputs=inputs, jobs=states, planned=planned)

    def _tell(self, done: Sequence[Done]) -> None:
        """Send who wants to know what came of it; nobody waits for a slow server but this run."""
        if self.study.notify.is_on:
            for problem in notify(self.reports, self.study.name, done, plan=self.study.notify):
                self.listener.warned(problem)

    @property
    def reports(self) -> Path:
        """Where pages lie."""
        return self.root / "reports"

    def _made(self, version: Version, order: dict[str, int]) -> Reports:
        return Reports(
            root=self.root,
            study=self.study,
            session=self.session,
            version=version.id,
            shared={"study": self.begun, **code_parts(self.root, Hashes.open(self.reports))},
            is_edited=self._is_edited,
            stamp=self._stamp,
            revision=git_revision(self.root),
            is_forced=self.options.is_forced,
            limits=self.options.limits,
            order=order,
        )

    def _inputs(self, hashes: Hashes) -> str:
        """Return the hash of all inputs; none if some changed while they were read."""
        inputs = all_inputs(self.root, self.study.name, hashes, clock=self.clock)
        is_known = is_clean(self.study.name, self.root, hashes) and not self._is_edited()
        return inputs if is_known else ""

    def _is_edited(self) -> bool:
        """Tell whether the study was edited since the run began."""
        now = study_digest(self.root, self.study.name, Hashes.open(self.reports))
        return now != self.begun

    def _stamp(self) -> str:
        at = datetime.fromtimestamp(self.clock(), self.study.tzinfo)
        return at.isoformat(timespec="seconds")

    def _at_once(self, version: Version) -> int:
        """Return how many reports are made at a time.

        One more than there are cores keeps these busy while a kernel starts or a page is put in
        place. The tables of a study in several buckets are large: there, memory comes first.
        """
        is_small = version.n_buckets == 1 and not self.options.workers
        return self.session.workers + is_small

    def _make_all(self, jobs: Sequence[Job], reports: Reports, *, at_once: int) -> list[Done]:
        """Make the reports, several at a time; the slowest of the last run first."""
        done: dict[str, Done] = {}
        with ThreadPoolExecutor(at_once) as threads:
            work = partial(self._make, reports)
            waiting = [threads.submit(work, job) for job in slowest_first(jobs, self.root)]
            try:
                for future in as_completed(waiting):
                    result = future.result()
                    done[result.stem] = result
                    self.listener.done(result)
            except BaseException:
                self.session.stop()
                threads.shutdown(wait=True, cancel_futures=True)
                raise
        return [done[job.stem] for job in jobs]

    def _make(self, reports: Reports, job: Job) -> Done:
        if self.session.is_stopped:
            raise StoppedError("The run was stopped.")
        self.listener.started(job.stem)
        return reports.make(job)

    def _print(self, stems: Sequence[str]) -> None:
        """Print the pages that were asked for, and the summary."""
        if self.options.browser:
            wanted = {SUMMARY, *stems}
            found = [m for m in all_manifests(self.reports) if m["study"] == self.study.name]
            pages = [m for m in found if m["stem"] in wanted and m.get("pages")]
            print_pages(
                self.reports, pages, browser=self.options.browser, workers=self.session.workers
            )

    def _index(self) -> None:
        """Make the index of all studies from what stands, unless it is made from that already."""
        with index_lock(self.reports):
            manifests = all_manifests(self.reports)
            package = package_digest(Hashes.open(self.reports))
            made_from = {"from": digest_of({"manifests": manifests, "package": package})}
            kept = self.reports / ".runs" / "index.json"
            if read_json(kept) == made_from and (self.reports / "index.html").is_file():
                return
            for name, page in self.session.call(remote.index_files, manifests).items():
                write_whole(self.reports / name, page)
            write_whole(kept, to_json(made_from))
