"""The index: every study and report, its state, its main finding, its pages."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cjm_research.present.markup import tag, text
from cjm_research.present.reasons import said_reason
from cjm_research.present.words import Words
from cjm_research.report.document import document
from cjm_research.report.wording import LANGUAGE_NAMES, html_language, in_language, moment
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEARCH = """
const box = document.getElementById('search');
const items = [...document.querySelectorAll('.reports li')];
box.closest('p').hidden = false;
box.addEventListener('input', () => {
  const words = box.value.toLocaleLowerCase().split(/\\s+/);
  for (const item of items) {
    const text = item.textContent.toLocaleLowerCase() + item.parentElement.dataset.study;
    item.hidden = !words.every(w => text.includes(w));
  }
});
"""
"""Hides the reports that do not hold every word of the search; without it all are shown."""

BADGES = {"fresh": "good", "stale": "warn", "failed": "bad", "skipped": ""}
"""Class of the badge of each state."""


def index_files(manifests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the index by file name: one in each language that has pages, and ``index.html``.

    Pages link to the one in their language; ``index.html`` is in English if any page is, else in
    the first study's language.
    """
    given = dict.fromkeys(lang for m in manifests for lang in m.get("languages", ()))
    languages = [lang for lang in LANGUAGE_NAMES if lang in given] or ["en"]
    pages = {lang: index_page(manifests, lang, languages=languages) for lang in languages}
    named = {f"index.{lang}.html": page for lang, page in pages.items()}
    return {**named, "index.html": next(iter(pages.values()))}


def index_page(
    manifests: Sequence[Mapping[str, Any]], language: str, *, languages: Sequence[str] = ()
) -> str:
    """Return the index in one language."""
    words = Words(language)
    studies = [
        _study(list(found), words) for _, found in groupby(manifests, key=lambda m: m["study"])
    ]
    links = [
        {"href": f"index.{other}.html", "lang": html_language(other), "text": LANGUAGE_NAMES[other]}
        for other in languages
        if other != language
    ]
    body = _search(words) + "".join(studies) if studies else tag("p", text(words("index.empty")))
    return document(
        words, body, title=words("index.title"), kind="index", links=links,
        script=SEARCH if studies else "",
    )  # fmt: skip


def _search(words: Words) -> str:
    """Return the search box, hidden until the script that serves it runs."""
    label = text(words("index.search"))
    return f'<p hidden><label>{label} <input id="search" type="search"></label></p>'


def _study(manifests: Sequence[Mapping[str, Any]], words: Words) -> str:
    """One study: its title and its reports in reading order."""
    first = manifests[0]
    title = in_language(first.get("study_title"), words.language) or str(first["study"])
    rows = "".join(_report(m, words) for m in manifests)
    heading = tag("h2", text(title), id=f"study-{first['study']}") + _states(manifests, words)
    return heading + tag("ul", rows, class_="reports", data_study=title.casefold())


def _states(manifests: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Count the reports by state, unless all are fresh."""
    counts = Counter(str(m["status"]) for m in manifests)
    if counts["fresh"] == len(manifests):
        return ""
    said = (words("index.count", state=words(f"index.{s}"), n=counts[s]) for s in BADGES)
    shown = (text(one) for one, state in zip(said, BADGES, strict=True) if counts[state])
    return tag("p", " · ".join(shown), class_="meta")


def _report(manifest: Mapping[str, Any], words: Words) -> str:
    """One report: links first, then what it says and how fresh it is."""
    language = words.language
    title = (manifest.get("title") or {}).get(language) or _title(manifest, words)
    subject = in_language(manifest.get("subject"), language)
    name = words("index.name", title=title, subject=subject) if subject else title
    pages: Mapping[str, Mapping[str, str]] = manifest.get("pages") or {}
    folder = str(manifest["study"])
    own = pages.get(language) or next(iter(pages.values()), None)
    linked = tag("a", text(name), href=f"{folder}/{own['file']}") if own else text(name)
    headlines = (manifest.get("headline") or {}) if pages else {}
    headline = in_language(headlines, language)
    own_language = None if language in headlines else next(iter(headlines), None)
    lines = [
        tag("h3", linked + " " + _badge(str(manifest["status"]), words)),
        tag("p", text(headline), lang=own_language) if headline else "",
        tag("p", text(_why(manifest, words)), class_="meta") if _why(manifest, words) else "",
        _moved(manifest, words),
        tag("p", _facts(manifest, words), class_="meta") if _facts(manifest, words) else "",
    ]
    return tag("li", "".join(lines))


def _moved(manifest: Mapping[str, Any], words: Words) -> str:
    """Say what moved by more than noise since the report before: the surest, and how many."""
    moved = (manifest.get("changes") or {}).get("moved", ())
    if not moved or not manifest.get("pages"):
        return ""
    first, n = moved[0], int(manifest.get("n_changes") or len(moved))
    unit = Unit(first["unit"])
    way, arrow = ("up", "▲") if first["after"] > first["before"] else ("down", "▼")
    was = words(f"page.was_{way}", before=words.value(first["before"], unit),
                after=words.value(first["after"], unit))  # fmt: skip
    said = f"{words('index.changed', n=n)} {in_language(first['sentence'], words.language)}"
    return tag("p", f"{text(said)} {arrow} {text(was)}", class_="meta")


def _facts(manifest: Mapping[str, Any], words: Words) -> str:
    """When it was made, and its pages in every language."""
    folder, facts = str(manifest["study"]), []
    given: Mapping[str, object] = manifest.get("given") or {}
    if given:
        said = ", ".join(f"{k} = {v}" for k, v in given.items())
        facts.append(text(words("page.given", given=said)))
    if manifest.get("made_at"):
        at = moment(str(manifest["made_at"]), words)
        facts.append(text(words("index.run", at=at)))
    pages: Mapping[str, Mapping[str, str]] = manifest.get("pages") or {}
    facts += [
        tag("a", text(LANGUAGE_NAMES.get(lang, lang)), href=f"{folder}/{p['file']}",
            lang=html_language(lang), hreflang=html_language(lang))
        for lang, p in pages.items()
    ]  # fmt: skip
    pdfs: Mapping[str, str] = manifest.get("pdfs") or {}
    facts += [
        tag("a", text(f"PDF ({LANGUAGE_NAMES.get(lang, lang)})"), href=f"{folder}/{file}")
        for lang, file in pdfs.items()
    ]
    failures: Mapping[str, str] = manifest.get("failure_pages") or {}
    failure = failures.get(words.language) or manifest.get("failure_page")
    if failure:
        facts.append(tag("a", text(words("index.failure")), href=f"{folder}/{failure}"))
    return " · ".join(facts)


def _badge(status: str, words: Words) -> str:
    return tag("span", text(words(f"index.{status}")), class_=f"badge {BADGES[status]}".strip())


def _why(manifest: Mapping[str, Any], words: Words) -> str:
    """Why a report is not fresh; empty when it is."""
    if manifest["status"] == "failed":
        has_page = bool(manifest.get("pages"))
        return words("index.failed_stale" if has_page else "index.failed_never")
    return said_reason(str(manifest.get("reason") or ""), words)


def _title(manifest: Mapping[str, Any], words: Words) -> str:
    key = f"title.{manifest['report']}"
    return words(key) if words.has(key) else str(manifest["report"])
