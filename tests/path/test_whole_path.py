"""From dirty raw files to published pages, as `make reports` does it."""

from __future__ import annotations

import re
import shutil

import pytest

pytestmark = pytest.mark.path

REPORTS = ("data_quality", "segment_portraits", "pains_and_needs", "journey_map",
           "campaign_results", "customer_matrix")  # fmt: skip


@pytest.mark.parametrize("study", ["retail", "freight"])
def test_a_run_ends_well(published, study):
    _, runs = published
    assert runs[study].returncode == 0, runs[study].stdout + runs[study].stderr


def test_every_report_has_a_page_in_every_language(published):
    root, _ = published
    wanted = [("retail", r, lang) for r in REPORTS for lang in ("en", "ru")]
    wanted += [("freight", r, lang) for r in REPORTS for lang in ("ru", "zh")]
    missing = [
        w for w in wanted if not list((root / "reports" / w[0]).glob(f"{w[1]}*.{w[2]}.html"))
    ]
    assert missing == []


def test_the_index_links_every_page_and_every_link_works(published, pages):
    root, _ = published
    index = (root / "reports" / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="?([^"#> ]+\.html)', index))
    assert {str(p.relative_to(root / "reports")) for p in pages} <= linked
    assert all((root / "reports" / h).is_file() for h in linked)


def test_pages_have_no_script_and_make_no_request(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text.casefold(), page.name
        assert "default-src 'none'" in text, page.name
        assert not re.findall(r'(?:src|href)="?https?:', text), page.name


def test_pages_have_one_heading_and_say_their_language(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        language = page.name.split(".")[-2]
        assert len(re.findall(r"<h1[ >]", text)) == 1, page.name
        assert re.search(rf'<html lang="?{language}', text), page.name


def test_a_russian_page_is_russian(pages):
    for page in pages:
        if not page.name.endswith(".ru.html"):
            continue
        text = re.sub(r"<(style|details|footer|pre|code|blockquote)[^>]*>.*?</\1>", " ",
                      page.read_text(encoding="utf-8"), flags=re.DOTALL)  # fmt: skip
        words = re.findall(r"[^\W\d_]{3,}", re.sub(r"<[^>]+>", " ", text))
        russian = sum(bool(re.match("[а-яё]", w.casefold())) for w in words)
        assert russian > 0.9 * len(words), page.name


def test_a_second_run_finds_nothing_to_do(published, cjm):
    root, _ = published
    before = {p: p.read_bytes() for p in (root / "reports").glob("*/*.html")}
    again = cjm(root, "run", "retail")
    assert again.returncode == 0
    assert {p: p.read_bytes() for p in before} == before
    assert "up to date" in again.stdout or "unchanged" in again.stdout


def test_a_study_with_one_source_skips_the_other_reports(demo_project, tmp_path, cjm):
    root = tmp_path / "папка 客户"
    for name in ("studies", "notebooks"):
        shutil.copytree(demo_project / name, root / name)
    raw = root / "data" / "raw" / "small"
    raw.mkdir(parents=True)
    lines = [f"c{i % 40};{100 + i},50;{1 + i % 28:02d}.{1 + i % 6:02d}.2026" for i in range(400)]
    (raw / "продажи.csv").write_text("\n".join(["Клиент;Сумма;Дата", *lines]), encoding="cp1251")
    (root / "studies" / "small.toml").write_text(
        'title = "Малая"\nlanguages = ["ru"]\ncurrency = "RUB"\n'
        '[research]\nquestion = "Кто покупает?"\n'
        '[[sources]]\ntable = "orders"\nfile = "продажи.csv"\n'
        'columns = {customer_id = "Клиент", amount = "Сумма", ordered_at = "Дата"}\n',
        encoding="utf-8",
    )
    done = cjm(root, "run", "small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (root / "reports" / "small" / "data_quality.ru.html").is_file()
    assert (root / "reports" / "small" / "customer_matrix.ru.html").is_file()
    assert not list((root / "reports" / "small").glob("pains_and_needs.*.html"))
    assert "skipped" in done.stdout
