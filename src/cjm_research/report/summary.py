"""The executive summary of a study: its questions answered, its findings ranked, its actions.

It is made from what the reports published, so that it says nothing that no report proves.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from cjm_research.present.markup import tag, text
from cjm_research.present.reasons import said_reason
from cjm_research.present.sentences import closed
from cjm_research.present.words import Words
from cjm_research.report.action_table import action_table, link, on_paper, owner_of
from cjm_research.report.changed import told_uncompared
from cjm_research.report.describe import COUNTS
from cjm_research.report.document import document
from cjm_research.report.wording import in_language, moment, page_links
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.report.request import SummaryRequest

SHOWN = 8
"""So many findings stand on the page."""
_BADGES = {"failed": "bad", "stale": "warn", "skipped": ""}
_ABOUT_DATA = "data_quality"
"""The report whose findings are about the data and not about customers: they come last."""


def summary_pages(about: SummaryRequest) -> dict[str, str]:
    """Return the summary by language."""
    return {language: _page(about, Words(language, about.currency)) for language in about.languages}


def summary_headline(about: SummaryRequest) -> dict[str, str]:
    """Return the weightiest finding of the study by language: what the index says of it."""
    first = next(iter(ranked(about)), None)
    told = first["words"] if first else {}
    return {la: told[la]["sentence"] for la in about.languages if la in told}


def ranked(about: SummaryRequest) -> list[Mapping[str, Any]]:
    """Return the findings of all reports, the weightiest first.

    Only what a page tells among its main findings is taken. The first of each page goes before
    the second of any, and what asks for action before what describes. Weight is the mean of two
    places: by money and by customers concerned. What a finding does not know puts it behind
    those that know it; answers, visits and impressions are no customers.
    """
    rounds: list[tuple[int, Mapping[str, Any]]] = []
    for manifest in about.manifests:
        found = about.findings.get(manifest["stem"], {})
        by_id = {f["id"]: f for f in found.get("findings", ())}
        told = [by_id[i] for i in found.get("told", ()) if i in by_id]
        shown = [f for f in told if f.get("status") == "shown" and f.get("words")]
        shown.sort(key=lambda f: f.get("direction") == "neutral")
        own = {"stem": manifest["stem"], "report": manifest["report"]}
        rounds += [(i, {**f, **own}) for i, f in enumerate(shown)]
    every = [f for _, f in rounds]
    rounds.sort(key=lambda r: (r[0], *_place(every, r[1]), r[1]["id"]))
    return [f for _, f in rounds[:SHOWN]]


def _place(
    every: Sequence[Mapping[str, Any]], finding: Mapping[str, Any]
) -> tuple[bool, bool, float]:
    """Return what a finding is sorted by: whom it is about, whether it acts, its weight."""
    ahead = [
        _size(f, name) > _size(finding, name) for f in every for name in ("money", "customers")
    ]
    is_about_data = finding["report"] == _ABOUT_DATA
    is_neutral = finding.get("direction") == "neutral"
    return is_about_data, is_neutral, sum(ahead) / len(ahead)


def _size(finding: Mapping[str, Any], name: str) -> float:
    return abs(float(finding.get(name) or 0))


def _page(about: SummaryRequest, words: Words) -> str:
    language = words.language
    body = "".join([
        tag("p", text(in_language(about.research.get("question"), language)), class_="question"),
        tag("p", text(_about(about, words)), class_="meta"),
        _findings(about, words),
        _changes(about, words),
        _answers(about, words),
        action_table(about, words),
    ])  # fmt: skip
    links = page_links({other: f"summary.{other}.html" for other in about.languages}, words)
    return document(
        words, body, title=words("title.summary"), kind="summary",
        over=in_language(about.title, language), links=links,
    )  # fmt: skip


def _about(about: SummaryRequest, words: Words) -> str:
    language = words.language
    lines = []
    decision = in_language(about.research.get("decision"), language)
    if decision:
        lines.append(words("summary.decision", decision=decision))
    owner = about.research.get("owner")
    if owner:
        lines.append(words("summary.owner", owner=owner_of(about, owner, words)))
    lines.append(words("page.updated", at=moment(about.made_at, words)))
    return " · ".join(lines)


def _findings(about: SummaryRequest, words: Words) -> str:
    items = []
    for finding in ranked(about):
        said = _said(about, finding, words)
        weight = [
            words("summary.money", x=finding["money"]) if _size(finding, "money") else "",
            words("summary.customers", n=round(finding["customers"]))
            if _size(finding, "customers")
            else "",
        ]
        source = link(about, finding["stem"], words, at=str(finding.get("exhibit") or ""))
        meta = " · ".join([*(text(w) for w in weight if w), source])
        way = finding.get("direction")
        items.append(
            tag("li", text(said) + tag("span", meta, class_="meta"),
                class_=way if way in {"good", "bad"} else None)
        )  # fmt: skip
    inner = tag("ol", "".join(items)) if items else tag("p", text(words("headline.none")))
    heading = tag("h2", text(words("headline.title")))
    order = tag("p", text(words("summary.order")), class_="meta print-less") if items else ""
    return tag("section", heading + inner + order, class_="box headline", id="main-findings")


def _said(about: SummaryRequest, finding: Mapping[str, Any], words: Words) -> str:
    """Return the sentence of a finding; that of a test names the test, as no page does it here."""
    said = in_language({k: v["sentence"] for k, v in finding["words"].items()}, words.language)
    page = next((m for m in about.manifests if m["stem"] == finding["stem"]), {})
    name = in_language(page.get("subject"), words.language)
    if "experiment" in (finding.get("subject") or {}) and name:
        said = words("summary.of_test", name=name, said=said)
    return closed(said, words.language)


def _changes(about: SummaryRequest, words: Words) -> str:
    """Tell what moved by more than noise, over all reports."""
    items: list[str] = []
    for manifest in about.manifests:
        for move in (manifest.get("changes") or {}).get("moved", ()):
            unit = Unit(move["unit"])
            way = "up" if move["after"] > move["before"] else "down"
            was = words(f"page.was_{way}", before=words.value(move["before"], unit),
                        after=words.value(move["after"], unit))  # fmt: skip
            said = in_language(move["sentence"], words.language)
            arrow = {"up": "▲", "down": "▼"}[way]
            source = link(about, manifest["stem"], words)
            meta = tag("span", f"{arrow} {text(was)} · {source}", class_="meta")
            items.append(tag("li", f"{text(said)} {meta}", class_=on_paper(len(items))))
    heading = tag("h2", text(words("page.changes")))
    if items:
        counted = tag("p", text(words("index.changed", n=len(items))))
        return heading + counted + tag("ul", "".join(items))
    told = [m["changes"] for m in about.manifests if (m.get("changes") or {}).get("since")]
    return heading + tag("p", text(_unchanged(told, words)))


def _unchanged(told: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Say that nothing moved, or why that cannot be said."""
    if not told:
        return words("page.changes_first")
    counts = {k: sum(c.get(k, 0) for c in told) for k in COUNTS}
    if counts["n_compared"]:
        return words("summary.no_change")
    return told_uncompared(counts, words)


def _answers(about: SummaryRequest, words: Words) -> str:
    """Write each report's question once, with the answer of each of its pages."""
    questions = about.research.get("questions") or {}
    items = []
    for report, pages in groupby(about.manifests, key=lambda m: str(m["report"])):
        key = f"title.{report}"
        asked = in_language(questions.get(report), words.language)
        items.append(tag("dt", text(asked or (words(key) if words.has(key) else report))))
        items += [tag("dd", _answer(about, manifest, words)) for manifest in pages]
    heading = tag("h2", text(words("summary.answers")), class_="print-less")
    return heading + tag("dl", "".join(items), class_="answers")


def _answer(about: SummaryRequest, manifest: Mapping[str, Any], words: Words) -> str:
    """Write what a page answers, or why it does not."""
    answer = _decided(about, manifest, words) or in_language(
        manifest.get("headline"), words.language
    )
    status, reason = str(manifest["status"]), str(manifest.get("reason") or "")
    if not answer and status == "skipped":
        answer = said_reason(reason, words)
    badge = f"badge {_BADGES.get(status, '')}".strip()
    shown = "" if status == "fresh" else tag("span", text(words(f"index.{status}")), class_=badge)
    page = tag("span", f"{link(about, manifest['stem'], words)} {shown}".strip(), class_="meta")
    return f"{text(closed(answer or words('headline.none'), words.language))} {page}"


def _decided(about: SummaryRequest, manifest: Mapping[str, Any], words: Words) -> str:
    """Say what a test decided: the answer of its page, whatever that opens with."""
    found = about.findings.get(manifest["stem"], {})
    told = found.get("told", ())
    decisions = (f for f in found.get("findings", ()) if str(f["kind"]).startswith("decision_"))
    first = next((f for f in decisions if f["id"] in told and f.get("words")), None)
    if first is None:
        return ""
    return in_language({k: v["sentence"] for k, v in first["words"].items()}, words.language)
