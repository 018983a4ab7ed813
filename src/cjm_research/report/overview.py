"""The summary of a study kept in step with its reports."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from cjm_research import __version__
from cjm_research.report import remote
from cjm_research.report.describe import page_name
from cjm_research.report.inputs import Hashes, digest_of, package_digest
from cjm_research.report.manifest import (
    all_manifests,
    content_hash,
    history,
    is_whole,
    manifest_path,
    read_json,
    read_manifest,
    to_json,
)
from cjm_research.report.plan import SUMMARY
from cjm_research.report.publish import publish, runs_folder
from cjm_research.report.request import SummaryRequest
from cjm_research.study.actions import Action, actions_path, read_actions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cjm_research.report.session import Session
    from cjm_research.study.model import Study


def refresh_summary(root: Path, study: Study, session: Session, *, stamp: str) -> str:
    """Make the summary of a study again if anything on it is another.

    Parameters
    ----------
    root : Path
        The project's folder.
    study : Study
    session : Session
        Builds the pages where everything is imported already.
    stamp : str
        ISO time in the study's zone.

    Returns
    -------
    str
        ``fresh`` if it was made, ``unchanged``, or ``skipped`` while no report has a page.
    """
    reports = root / "reports"
    manifests = [m for m in all_manifests(reports) if _is_page(m, study.name)]
    if not any(m.get("pages") for m in manifests):
        return "skipped"
    actions = read_actions(actions_path(study.path))
    before = read_manifest(reports, study.name, SUMMARY)
    key = _key(root, study, manifests, actions, today=stamp[:10])
    if before.get("key") == key and is_whole(reports, before):
        return "unchanged"
    request = _request(reports, study, manifests, actions=actions, stamp=stamp)
    pages: dict[str, str] = session.call(remote.summary_pages, request)
    named = {page_name(SUMMARY, language): page for language, page in pages.items()}
    headline = session.call(remote.summary_headline, request)
    manifest = _manifest(study, pages, key=key, stamp=stamp) | {"headline": headline}
    files = {f"{study.name}/{name}": page for name, page in named.items()}
    target = manifest_path(reports, study.name, SUMMARY).relative_to(reports).as_posix()
    publish(
        reports, runs_folder(reports, study.name) / SUMMARY,
        files={**files, target: to_json(manifest)},
        remove=[f"{study.name}/{pdf}" for pdf in (before.get("pdfs") or {}).values()],
    )  # fmt: skip
    return "fresh"


def _is_page(manifest: dict[str, Any], study: str) -> bool:
    """Tell whether a page belongs on the summary: of the study, as it stands, not retired."""
    is_own = manifest["study"] == study and "~" not in manifest["stem"]
    return is_own and manifest["stem"] != SUMMARY and manifest.get("reason") != "index.retired"


def _key(
    root: Path,
    study: Study,
    manifests: Sequence[dict[str, Any]],
    actions: Sequence[Action],
    *,
    today: str,
) -> str:
    """Return the hash of what the summary shows; times of making are no part of it."""
    shown = ("stem", "status", "reason", "title", "headline", "subject", "pages", "changes")
    folder = root / "reports" / study.name
    found = [folder / f"{m['stem']}.findings.json" for m in manifests]
    return digest_of({
        "manifests": [{k: m.get(k) for k in shown} for m in manifests],
        "findings": [hashlib.sha256(p.read_bytes()).hexdigest() for p in found if p.is_file()],
        "actions": [{k: str(v) for k, v in asdict(a).items()} for a in actions],
        "overdue": [a.finding for a in actions if a.is_overdue(date.fromisoformat(today))],
        "study": study.model_dump(mode="json", include={"title", "research", "languages"}),
        "package": package_digest(Hashes.open(root / "reports")),
    })  # fmt: skip


def _request(
    reports: Path,
    study: Study,
    manifests: Sequence[dict[str, Any]],
    *,
    actions: Sequence[Action],
    stamp: str,
) -> SummaryRequest:
    folder = reports / study.name
    stems = [m["stem"] for m in manifests if m.get("pages")]
    return SummaryRequest(
        study=study.name,
        title=dict(study.title.root),
        research=study.research.model_dump(mode="json"),
        languages=tuple(str(language) for language in study.languages),
        currency=study.currency,
        made_at=stamp,
        manifests=tuple(manifests),
        findings={stem: read_json(folder / f"{stem}.findings.json") for stem in stems},
        owners={key: dict(said.root) for key, said in study.labels.get("owner", {}).items()},
        actions=tuple(actions),
        earlier=_earlier(reports, study.name, stems, actions),
    )


def _earlier(
    reports: Path, study: str, stems: Sequence[str], actions: Sequence[Action]
) -> dict[str, dict[str, Any]]:
    """Return, for each done action, its finding in the last report before it was done."""
    wanted = {
        (a.finding, a.done_on.isoformat()) for a in actions if a.status == "done" and a.done_on
    }
    found: dict[str, dict[str, Any]] = {}
    for stem in stems if wanted else ():
        for path in history(reports, study, stem):
            plain = read_json(path)
            day = str(plain.get("made_at", ""))[:10]
            by_id = {f["id"]: f for f in plain.get("findings", ())}
            for name, done_on in wanted:
                if name in by_id and day <= done_on:
                    found[f"{name}@{done_on}"] = by_id[name]
    return found


def _manifest(study: Study, pages: dict[str, str], *, key: str, stamp: str) -> dict[str, Any]:
    return {
        "format": 1,
        "study": study.name,
        "report": SUMMARY,
        "stem": SUMMARY,
        "order": -1,
        "languages": [str(language) for language in study.languages],
        "study_title": dict(study.title.root),
        "command": f"cjm run {study.name}",
        "version": __version__,
        "tried_at": stamp,
        "made_at": stamp,
        "reason": "",
        "status": "fresh",
        "key": key,
        "title": {},
        "pages": {
            language: {"file": page_name(SUMMARY, language), "sha256": content_hash(page)}
            for language, page in pages.items()
        },
    }
