"""The actions of a study as its summary shows them, each linked to the finding it answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cjm_research.present.markup import tag, text
from cjm_research.report.wording import in_language
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.present.words import Words
    from cjm_research.report.request import SummaryRequest
    from cjm_research.study.actions import Action

PRINTED = 3
"""So many changes, and actions, stand on the printed sheet: it is one, however many there are."""


def on_paper(row: int) -> str | None:
    """Leave what comes after the first `PRINTED` off the sheet, which has its number."""
    return None if row < PRINTED else "print-less"


def link(about: SummaryRequest, stem: str, words: Words, *, at: str = "") -> str:
    """Return the name of a page, linked to it if it is there."""
    manifest = next((m for m in about.manifests if m["stem"] == stem), {})
    title = in_language(manifest.get("title"), words.language)
    if not title:
        key = f"title.{manifest.get('report')}"
        title = words(key) if words.has(key) else str(manifest.get("report", stem))
    subject = in_language(manifest.get("subject"), words.language)
    name = text(words("index.name", title=title, subject=subject) if subject else title)
    pages: Mapping[str, Mapping[str, str]] = manifest.get("pages") or {}
    page = pages.get(words.language) or next(iter(pages.values()), None)
    if page is None:
        return name
    return tag("a", name, href=f"{page['file']}#{at}" if at else str(page["file"]))


def action_table(about: SummaryRequest, words: Words) -> str:
    """Return the log of actions: open and overdue first, what was done with before and after."""
    heading = tag("h2", text(words("summary.actions")), id="actions")
    if not about.actions:
        return heading + tag("p", text(words("summary.no_actions")))
    today = date.fromisoformat(about.made_at[:10])
    waiting = [a for a in about.actions if a.is_open]
    late = sum(a.is_overdue(today) for a in waiting)
    done = [a for a in about.actions if a.status == "done"]
    counts = words("summary.counts", waiting=len(waiting), overdue=late, done=len(done))
    first = sorted(waiting, key=lambda a: (a.due is None, a.due or today))
    rows = [
        tag("tr", _row(about, a, words, today=today), class_=on_paper(i))
        for i, a in enumerate((*first, *done))
    ]
    names = ("action", "finding", "owner", "due", "status", "effect")
    head = "".join(tag("th", text(words(f"summary.column_{name}")), scope="col") for name in names)
    caption = tag("caption", text(words("summary.actions")), class_="vh")
    table = tag("table", caption + tag("thead", tag("tr", head)) + tag("tbody", "".join(rows)))
    region = words("table.alt", title=words("summary.actions"))
    box = tag("div", table, class_="scroll", role="region", tabindex=0, aria_label=region)
    note = tag("p", text(words("summary.association")), class_="note") if done else ""
    return heading + tag("p", text(counts)) + box + note


def _row(about: SummaryRequest, action: Action, words: Words, *, today: date) -> str:
    finding, stem = _current(about, action.finding)
    if finding is None:
        said = tag("span", text(words("summary.unknown_finding")), class_="meta")
    else:
        named = {k: v["sentence"] for k, v in (finding.get("words") or {}).items()}
        sentence = tag("span", text(in_language(named, words.language)), class_="print-less")
        said = f"{sentence} {link(about, stem, words, at=str(finding.get('exhibit') or ''))}"
    due = words.value(action.due, Unit.DATE) if action.due else "–"
    status = words(f"summary.status_{action.status}")
    if action.is_overdue(today):
        status = words("summary.overdue")
    badge = {"done": "good"}.get(action.status, "bad" if action.is_overdue(today) else "")
    cells = [
        said,
        text(owner_of(about, action.owner, words) or "–"),
        text(due),
        tag("span", text(status), class_=f"badge {badge}".strip()),
        text(_effect(about, action, finding, words)),
    ]
    first = tag("th", text(action.said(words.language)), scope="row")
    return first + "".join(tag("td", cell) for cell in cells)


def owner_of(about: SummaryRequest, owner: str, words: Words) -> str:
    """Return what the study calls an owner."""
    return in_language(dict(about.owners.get(owner, {})), words.language) or owner


def _current(about: SummaryRequest, name: str) -> tuple[Mapping[str, Any] | None, str]:
    for stem, found in about.findings.items():
        for finding in found.get("findings", ()):
            if finding["id"] == name:
                return finding, stem
    return None, ""


def _effect(
    about: SummaryRequest, action: Action, finding: Mapping[str, Any] | None, words: Words
) -> str:
    """Say a done action's finding before and after; never as its effect."""
    if action.status != "done" or finding is None or action.done_on is None:
        return "–"
    before = about.earlier.get(f"{action.finding}@{action.done_on.isoformat()}")
    if before is None or before.get("estimate") is None or finding.get("estimate") is None:
        return words("summary.no_before")
    unit = Unit(finding["unit"])
    return words("summary.before_after", before=words.value(before["estimate"], unit),
                 after=words.value(finding["estimate"], unit))  # fmt: skip
