"""Messages about a run: what is worth one, and its way out.

This is the only part of the package that speaks to a network, and only to the addresses that a
study's owner put into the environment.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from cjm_research.errors import StoreError
from cjm_research.report.manifest import read_json, to_json
from cjm_research.report.publish import runs_folder
from cjm_research.store.lock import locked
from cjm_research.store.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cjm_research.report.done import Done
    from cjm_research.study.notify import Notify, Threshold

TELLING = 60.0
"""Seconds that a shard waits for another one that sends its messages."""
PATIENCE = 10.0
"""Seconds that a server may take to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a run."""

    kind: str
    """``failure``, ``recovery`` or ``finding``."""
    about: str
    """The page, or the finding's id."""
    text: str


def notify(reports: Path, study: str, done: Sequence[Done], *, plan: Notify) -> list[str]:
    """Tell what changed since the last message; return what went wrong with the telling.

    Parameters
    ----------
    reports : Path
    study : str
    done : sequence of Done
        What came of each page of this run.
    plan : Notify
        What the study declares.

    Notes
    -----
    A page that goes on failing is told once, and its recovery once; a finding when it crosses
    its line, not while it stays beyond. What could not be delivered is told by the next run.
    """
    folder = runs_folder(reports, study)
    try:
        with locked(folder / ".telling.lock", what=f"The telling of {study!r}", patience=TELLING):
            return _told(reports, study, done, plan=plan)
    except StoreError as error:  # the next run tells it
        return [str(error)]


def _told(reports: Path, study: str, done: Sequence[Done], *, plan: Notify) -> list[str]:
    kept = runs_folder(reports, study) / "notified.json"
    before = read_json(kept)
    after = _state(reports, study, done, before=before, plan=plan)
    events = [e for e in _events(before, after) if e.kind in plan.on]
    problems = _deliver(study, events, plan) if events else []
    if not problems:
        plain = {k: {n: v["is"] for n, v in after[k].items()} for k in after}
        write_whole(kept, to_json(plain))
    return problems


def _state(
    reports: Path,
    study: str,
    done: Sequence[Done],
    *,
    before: Mapping[str, Any],
    plan: Notify,
) -> dict[str, dict[str, Any]]:
    """Return which pages fail and which findings lie beyond their line, with the words for it."""
    pages: dict[str, Any] = {
        stem: {"is": value, "text": ""} for stem, value in before.get("failed", {}).items()
    }
    for one in done:
        failed = one.status == "failed"
        said = f"{one.stem} failed: {_for_others(one)}" if failed else f"{one.stem} works again."
        pages[one.stem] = {"is": failed, "text": said}
    findings = {}
    for threshold in plan.thresholds:
        found = _finding(reports / study, threshold.finding)
        if found is None:
            continue
        beyond = _is_beyond(float(found["estimate"]), threshold)
        findings[threshold.finding] = {"is": beyond, "text": _sentence(found)}
    return {"failed": pages, "beyond": findings}


def _events(before: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> list[Event]:
    events = []
    for stem, now in after["failed"].items():
        was = bool(before.get("failed", {}).get(stem, False))
        if now["is"] != was and now["text"]:
            kind = "failure" if now["is"] else "recovery"
            events.append(Event(kind=kind, about=stem, text=now["text"]))
    for name, now in after["beyond"].items():
        if now["is"] and not before.get("beyond", {}).get(name, False):
            events.append(Event(kind="finding", about=name, text=now["text"]))
    return events


def _finding(folder: Path, name: str) -> Mapping[str, Any] | None:
    for path in sorted(folder.glob("*.findings.json")):
        for finding in read_json(path).get("findings", ()):
            if finding["id"] == name and finding.get("estimate") is not None:
                return dict(finding)
    return None


def _is_beyond(value: float, threshold: Threshold) -> bool:
    if threshold.above is not None:
        return value > threshold.above
    return threshold.below is not None and value < threshold.below


def _sentence(finding: Mapping[str, Any]) -> str:
    words = finding.get("words") or {}
    said = [w["sentence"] for w in words.values() if w.get("sentence")]
    return str(said[0]) if said else f"{finding['id']}: {finding['estimate']}"


def _for_others(failed: Done) -> str:
    from cjm_research.report.failure import masked  # noqa: PLC0415  # loads the words of pages

    return failed.told or masked(failed.reason)


def _deliver(study: str, events: Sequence[Event], plan: Notify) -> list[str]:
    lines = [f"{study}: {event.text}" for event in events]
    problems = []
    if plan.webhook_env:
        problems += _post(plan.webhook_env, study, lines, events)
    if plan.email_to:
        problems += _mail(plan, study, lines)
    return problems


def _post(name: str, study: str, lines: Sequence[str], events: Sequence[Event]) -> list[str]:
    address = os.environ.get(name, "")
    parts = _parts(address)
    if parts is None or parts.scheme not in {"https", "http"}:
        return [f"No message was sent: {name} of the environment holds no address of a hook."]
    known = [{"kind": e.kind, "about": e.about, "text": e.text} for e in events]
    body = json.dumps({"text": "\n".join(lines), "study": study, "events": known})
    try:
        request = urllib.request.Request(  # noqa: S310  # http or https, looked at above
            address, data=body.encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310
            return []
    except (
        OSError,
        ValueError,
        HTTPException,
    ) as error:  # the address is a secret and is not repeated
        why = error.code if isinstance(error, urllib.error.HTTPError) else type(error).__name__
        return [f"The hook in {name} did not take the message: {why}."]


def _parts(address: str) -> SplitResult | None:
    """Return the parts of an address; None if it is none, or its port is no number."""
    try:
        found = urlsplit(address)
        _ = found.port
    except ValueError:
        return None
    return found


def _mail(plan: Notify, study: str, lines: Sequence[str]) -> list[str]:
    server = _parts(os.environ.get(plan.smtp_env, ""))
    if server is None or server.scheme not in {"smtp", "smtps"} or not server.hostname:
        kind = "smtps://user:password@host:465"
        return [f"No e-mail was sent: {plan.smtp_env} of the environment holds no {kind}."]
    message = EmailMessage()
    message["Subject"] = f"Reports of {study}: {len(lines)} message{'s' * (len(lines) > 1)}"
    message["Date"] = formatdate(localtime=True)
    message["From"] = plan.email_from or unquote(server.username or "") or "cjm@localhost"
    message["To"] = ", ".join(plan.email_to)
    message.set_content("\n".join(lines) + "\n")
    context = ssl.create_default_context()
    try:
        if server.scheme == "smtps":
            mail: smtplib.SMTP = smtplib.SMTP_SSL(
                server.hostname, server.port or 465, timeout=PATIENCE, context=context
            )
        else:
            mail = smtplib.SMTP(server.hostname, server.port or 25, timeout=PATIENCE)
        with mail:
            if server.username:
                if server.scheme == "smtp":
                    mail.starttls(context=context)  # no password goes out in the clear
                mail.login(unquote(server.username), unquote(server.password or ""))
            mail.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:  # a letter that no server reads
        return [f"The mail server in {plan.smtp_env} took no e-mail: {type(error).__name__}."]
    return []
