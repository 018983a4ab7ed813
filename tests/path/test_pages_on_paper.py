"""Every page printed by a real browser: A4, and no figure cut in two."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import date

import pypdf
import pytest

from cjm_research.report.pdf import print_page
from cjm_research.report.request import SummaryRequest
from cjm_research.report.summary import summary_pages
from cjm_research.study.actions import Action

pytestmark = [pytest.mark.path, pytest.mark.slow]

A4 = (595, 842)
"""Points."""
FIGURE = re.compile(r'<figure[^>]*\bexhibit\b[^>]*\bid="([^"]+)".*?</figure>', re.DOTALL)
PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)
LABEL = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)
RADICALS = re.compile("[\u2e80-\u2fdf]")
A_RADICAL = "\u2e80"
"""A print may hold the radical of the same shape where the page has a Chinese character."""


def plain(text):
    """Take ligatures apart: a printed "first" begins with one letter of two."""
    return unicodedata.normalize("NFKC", RADICALS.sub(A_RADICAL, text))


def stands(word, sheet):
    """Tell whether a word is on a sheet."""
    chars = (f"[{c}{A_RADICAL}]" if c > A_RADICAL else re.escape(c) for c in word)
    return re.search("".join(chars), sheet) is not None


def words(markup):
    """Return the words that stand in a picture; one label may be broken into lines."""
    labels = (plain(html.unescape(re.sub(r"<[^>]+>", " ", m))) for m in LABEL.findall(markup))
    return {word for label in labels for word in label.split()}


def cut(page, sheets):
    """Name each figure of a page whose words do not stand on one sheet."""
    told = [re.sub(r"\s", "", plain(sheet)) for sheet in sheets]
    faults = []
    for figure in FIGURE.finditer(page):
        for picture in PICTURE.findall(figure[0]):
            wanted = words(picture)
            if wanted and not any(all(stands(w, sheet) for w in wanted) for sheet in told):
                faults.append(figure[1])
    return faults


@pytest.fixture(scope="module")
def printed(chromium, every_kind, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    found = {}
    for i, page in enumerate(every_kind):
        target = folder / f"{i}.pdf"
        print_page(page, target, browser=chromium)
        found[page] = pypdf.PdfReader(target)
    return found


def test_sheets_are_a4(printed):
    sizes = {
        tuple(round(float(x)) for x in sheet.mediabox[2:])
        for reader in printed.values()
        for sheet in reader.pages
    }
    assert sizes == {A4}


def test_a_summary_is_one_sheet(printed):
    sheets = {p.name: len(r.pages) for p, r in printed.items() if p.name.startswith("summary.")}
    assert sheets
    assert {name: n for name, n in sheets.items() if n != 1} == {}


def test_no_figure_is_cut(printed):
    faults = {}
    for page, reader in printed.items():
        sheets = [sheet.extract_text() for sheet in reader.pages]
        if found := cut(page.read_text(encoding="utf-8"), sheets):
            faults[page.name] = found
    assert faults == {}


def test_a_figure_on_two_sheets_is_found():
    page = '<figure class="exhibit" id="a"><svg><text>one</text><text>two</text></svg></figure>'
    assert cut(page, ["one", "two"]) == ["a"]
    assert cut(page, ["other", "one two"]) == []


LONG = (
    "Внедрять «Скидка 10 %». Заказ в течение 28 дней: +7,6 п. п. (от +5,1 до +10,2 п. п.) к «Без»"
)


def _finding(number):
    return {
        "id": f"f{number}", "kind": "a", "subject": {}, "estimate": 0.3, "unit": "share",
        "n": 4138, "status": "shown",
        "direction": "bad", "customers": 5000 - number, "money": 1e6, "exhibit": "ex",
        "words": {"ru": {"sentence": LONG}},
    }  # fmt: skip


def test_a_summary_is_one_sheet_however_much_changed_and_is_planned(chromium, tmp_path):
    findings = {f"report_{i}": {"findings": [_finding(i)], "told": [f"f{i}"]} for i in range(10)}
    moved = [{"unit": "share", "before": 0.2, "after": 0.3, "sentence": {"ru": LONG}}] * 2
    manifests = [
        {
            "study": "shop", "report": stem, "stem": stem, "status": "fresh", "title": {"ru": stem},
            "headline": {"ru": LONG}, "pages": {"ru": {"file": f"{stem}.ru.html", "sha256": ""}},
            "changes": {"since": "2026-05-03", "moved": moved},
        }
        for stem in findings
    ]  # fmt: skip
    actions = [
        Action(finding=f"f{i % 10}", action="Запланировать весеннюю скидку на следующий год",
               owner="Маркетинг", due=date(2026, 12, 1), status="planned")
        for i in range(20)
    ]  # fmt: skip
    about = SummaryRequest(
        study="shop", title={"ru": "Магазин"}, languages=("ru",), currency="RUB",
        research={"question": {"ru": "Где на пути от первого визита до заказа мы теряем людей?"}},
        made_at="2026-05-10T09:00:00+03:00", manifests=manifests, findings=findings,
        actions=tuple(actions),
    )  # fmt: skip
    path, target = tmp_path / "summary.ru.html", tmp_path / "summary.pdf"
    path.write_text(summary_pages(about)["ru"], encoding="utf-8")
    print_page(path, target, browser=chromium)
    reader = pypdf.PdfReader(target)
    assert len(reader.pages) == 1
    # what is left off the sheet is counted on it
    told = re.sub(r"\s", "", reader.pages[0].extract_text())
    assert "колебаний:20." in told
    assert "Открыто:20" in told
