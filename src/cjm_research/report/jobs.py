"""One report: executed, built, checked and put in place, or said why not."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cjm_research.errors import CjmError
from cjm_research.report import remote
from cjm_research.report.describe import (
    context_of,
    data_key,
    manifest_of,
    one_line,
    page_name,
    texts_of,
    told_moves,
)
from cjm_research.report.done import Done
from cjm_research.report.inputs import digest_of
from cjm_research.report.manifest import (
    KEPT,
    baseline,
    content_hash,
    history,
    is_whole,
    manifest_path,
    next_in_history,
    read_json,
    read_manifest,
    to_json,
    with_banner,
)
from cjm_research.report.prepare import key_parts, notebook_path
from cjm_research.report.publish import publish, runs_folder
from cjm_research.report.request import Request
from cjm_research.workspace.project import store_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cjm_research.report.execute import Execution, Failure
    from cjm_research.report.limits import NotebookLimits
    from cjm_research.report.plan import Job
    from cjm_research.report.session import Session
    from cjm_research.study.model import Study

Plain = dict[str, Any]


class StoppedError(CjmError):
    """The run was stopped by hand: whatever is under way is dropped."""


@dataclass(frozen=True, kw_only=True)
class Reports:
    """The reports of one study in one run."""

    root: Path
    study: Study
    session: Session
    version: str
    """Id of the store's version; the run is pinned to it."""
    shared: Mapping[str, str]
    """The parts of the key that all reports share, as they were when the run began."""
    is_edited: Callable[[], bool]
    """Tells whether the study is another one by now than the run began with."""
    stamp: Callable[[], str]
    """Gives the time as ISO text, in the study's zone."""
    revision: str = ""
    is_forced: bool = False
    limits: NotebookLimits | None = None
    order: Mapping[str, int] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where pages lie."""
        return self.root / "reports"

    def make(self, job: Job) -> Done:
        """Make one report, unless the page that stands was made from the same.

        Raises
        ------
        StoppedError
            If the run was stopped meanwhile; what stands is left as it is.
        """
        before = read_manifest(self.folder, self.study.name, job.stem)
        if job.skipped:
            return self.skip(job, before, job.skipped)
        parts, earlier = self._parts(job)
        if not self.is_forced and self._stands(before, digest_of(parts)):
            return self._keep(job, before)
        done, memory = self.session.execute(
            notebook_path(job, self.root), job.parameters, limits=self.limits
        )
        self._go_on()
        if done.failure is None:
            return self._publish(job, before, executed=(done, memory), made_from=(parts, earlier))
        if done.failure.is_no_data:
            return self.skip(job, before, done.failure.message, seconds=done.seconds)
        return self._fail(job, before, done.failure, seconds=done.seconds)

    def is_unchanged(self, job: Job) -> bool:
        """Tell whether `make` would leave the page as it stands."""
        before = read_manifest(self.folder, self.study.name, job.stem)
        if job.skipped:
            return before.get("reason") == job.skipped
        parts, _ = self._parts(job)
        return not self.is_forced and self._stands(before, digest_of(parts))

    def _go_on(self) -> None:
        if self.session.is_stopped:
            raise StoppedError("The run was stopped.")

    def _stands(self, before: Plain, key: str) -> bool:
        good = before.get("status") in {"fresh", "stale"} and before.get("key") == key
        return good and is_whole(self.folder, before)

    def _parts(self, job: Job) -> tuple[Plain, Plain | None]:
        """Return what the page is made from, and the findings it is compared with."""
        data = data_key(job, self.version)
        path = baseline(self.folder, self.study.name, job.stem, data=data)
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
        parts = key_parts(job, self.root, version=self.version, shared=self.shared, baseline=digest)
        return parts, read_json(path) if path else None

    def _publish(
        self,
        job: Job,
        before: Plain,
        *,
        executed: tuple[Execution, int],
        made_from: tuple[Plain, Plain | None],
    ) -> Done:
        done, memory = executed
        parts, earlier = made_from
        now, begun = self.stamp(), time.perf_counter()
        code = {**self.shared, "revision": self.revision}
        request = Request(
            notebook=done.notebook,
            context=context_of(job, self.study, now=now, version=self.version, code=code),
            baseline=earlier,
            store=store_folder(self.root, self.study.name),
            allowed=texts_of(self.study.model_dump(mode="json")),
        )
        try:
            built = self.session.call(remote.build_pages, request)
        except Exception as error:  # noqa: BLE001  # one page's fault must not stop the others
            self._go_on()
            return self._fail(job, before, _refusal(error), seconds=done.seconds)
        self._go_on()
        # A study that was edited meanwhile leaves it open what the page was made from.
        is_sure = self._parts(job)[0] == parts and not self.is_edited()
        pages = {page_name(job.stem, lang): page for lang, page in built.pages.items()}
        manifest = self._manifest(job, now) | {
            "status": "fresh",
            "key": digest_of(parts) if is_sure else "",
            "parts": parts,
            "made_at": now,
            "title": dict(built.title),
            "headline": dict(built.headline),
            "pages": {
                lang: {"file": page_name(job.stem, lang), "sha256": content_hash(page)}
                for lang, page in built.pages.items()
            },
            "files": list(built.files),
            "n_changes": built.n_changes,
            "changes": told_moves(built.changes),
            "seconds": round(done.seconds, 2),
            "peak_memory": memory,
            "attempts": done.attempts,
        }
        gone = set(before.get("files") or ()) - set(built.files)
        gone |= set((before.get("pdfs") or {}).values())  # they are of the page that goes
        self._put(
            job, manifest, {**built.files, **pages}, findings=built.findings, remove=sorted(gone)
        )
        return Done(
            stem=job.stem,
            report=job.report,
            status="fresh",
            seconds=done.seconds,
            page_seconds=time.perf_counter() - begun,
            n_changes=built.n_changes,
        )

    def _keep(self, job: Job, before: Plain) -> Done:
        """Leave a page that was made from the same; a banner on it goes away."""
        order = self.order.get(job.stem, 0)
        if before.get("status") != "fresh" or before.get("order") != order:
            manifest = before | {"status": "fresh", "reason": "", "order": order}
            self._put(job, manifest, self._with_banner(before, {}))
        return Done(stem=job.stem, report=job.report, status="unchanged")

    def skip(self, job: Job, before: Plain, reason: str, *, seconds: float = 0.0) -> Done:
        """Say why there is no page; one that stands is kept and says of when it is."""
        has_page = bool(before.get("pages"))
        kept = {k: v for k, v in before.items() if has_page and not k.startswith("failure_page")}
        status = "stale" if has_page else "skipped"
        manifest = kept | self._manifest(job, self.stamp()) | {"status": status, "reason": reason}
        if _without_time(before) != _without_time(manifest):
            self._put(job, manifest, self._bannered(before, "page.stale_skipped"))
        return Done(
            stem=job.stem, report=job.report, status="skipped", reason=reason, seconds=seconds
        )

    def _fail(self, job: Job, before: Plain, failure: Failure, *, seconds: float) -> Done:
        """Keep the last good page under a banner, beside a page that says what happened."""
        names = {str(w): page_name(f"{job.stem}.failed", w) for w in self.study.languages}
        kept = before if before.get("pages") else {}
        manifest = kept | self._manifest(job, self.stamp())
        manifest |= {"status": "failed", "reason": failure.name}
        manifest |= {"failure_page": next(iter(names.values())), "failure_pages": names}
        store = store_folder(self.root, self.study.name)
        pages, told = self.session.call(remote.failure_pages, failure, manifest, store)
        self._put(job, manifest, self._bannered(before, "page.stale") | pages)
        return Done(
            stem=job.stem,
            report=job.report,
            status="failed",
            reason=one_line(failure),
            told=one_line(told),
            seconds=seconds,
        )

    def _bannered(self, before: Plain, key: str) -> dict[str, str]:
        languages = tuple(before.get("pages") or ())
        if not languages:
            return {}
        texts = self.session.call(remote.banners, key, str(before.get("made_at", "")), languages)
        return self._with_banner(before, texts)

    def _with_banner(self, before: Plain, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the pages that stand with another banner; none when they have it already."""
        pages = {}
        for language, page in (before.get("pages") or {}).items():
            path = self.folder / self.study.name / page["file"]
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                pages[page["file"]] = with_banner(text, texts.get(language, ""))
        return pages

    def _manifest(self, job: Job, now: str) -> Plain:
        return manifest_of(job, self.study, now=now, order=self.order.get(job.stem, 0))

    def _put(
        self,
        job: Job,
        manifest: Plain,
        pages: Mapping[str, str | bytes],
        *,
        findings: Mapping[str, Any] | None = None,
        remove: Sequence[str] = (),
    ) -> None:
        """Put pages, findings and manifest in place, in this order; forget what is too old."""
        name = self.study.name
        files = {f"{name}/{file}": content for file, content in pages.items()}
        if findings is not None:
            text = to_json(findings)
            data = data_key(job, self.version)
            own = next_in_history(self.folder, name, job.stem, data=data)
            files[f"{name}/{job.stem}.findings.json"] = text
            files[self._relative(own)] = text
        target = manifest_path(self.folder, name, job.stem)
        files[self._relative(target)] = to_json(manifest)
        old = history(self.folder, name, job.stem)[:-KEPT]
        if "failure_page" not in manifest:
            old += sorted((self.folder / name).glob(f"{job.stem}.failed.*.html"))
        gone = [*(self._relative(p) for p in old), *(f"{name}/{file}" for file in remove)]
        publish(self.folder, runs_folder(self.folder, name) / job.stem, files=files, remove=gone)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _without_time(manifest: Plain) -> Plain:
    return {k: v for k, v in manifest.items() if k != "tried_at"}


def _refusal(error: Exception) -> Failure:
    from cjm_research.report.execute import AFTER_LAST  # noqa: PLC0415  # papermill
    from cjm_research.report.execute import Failure as Refused  # noqa: PLC0415

    name = type(error).__name__
    return Refused(name=name, message=str(error), cell=AFTER_LAST, cell_id="", source="")
