"""Pages as PDF through a browser that is installed."""

from __future__ import annotations

import stat

import pytest

from cjm_research.errors import ParameterError, ReportError
from cjm_research.report.pdf import find_browser
from cjm_research.report.run import Options, run_study

PRINTS = """#!/bin/sh
for word in "$@"; do
  case "$word" in --print-to-pdf=*) printf '%%PDF-1.4 made' > "${word#*=}" ;; esac
done
echo called >> "$CALLS"
"""


@pytest.fixture
def browser(tmp_path, monkeypatch):
    path = tmp_path / "browser"
    path.write_text(PRINTS, encoding="utf-8")
    path.chmod(stat.S_IRWXU)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return path


def calls(tmp_path):
    path = tmp_path / "calls"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0


def test_each_page_is_printed_once_until_it_is_made_again(project, browser, tmp_path):
    options = Options(browser=str(browser))
    run_study("shop", project.root, options=options)
    first = calls(tmp_path)
    assert first == len(list(project.pages.glob("*.pdf"))) > 0
    run_study("shop", project.root, options=options)
    assert calls(tmp_path) == first
    assert "data_quality.en.pdf" in (project.root / "reports/index.html").read_text("utf-8")
    project.show("01_data_quality", "another body")
    run_study("shop", project.root)
    assert not (project.pages / "data_quality.en.pdf").exists()
    assert (project.pages / "customer_matrix.en.pdf").exists()


def test_a_browser_that_prints_nothing_is_an_error_and_leaves_no_file(project, browser):
    browser.write_text("#!/bin/sh\necho broken >&2\n", encoding="utf-8")
    with pytest.raises(ReportError, match=r"could not be printed.*broken"):
        run_study("shop", project.root, options=Options(browser=str(browser)))
    assert not list(project.pages.glob("*.pdf*"))
    index = (project.root / "reports/index.html").read_text(encoding="utf-8")
    assert "shop/data_quality.en.html" in index


def test_a_missing_browser_is_told_before_there_is_work(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CJM_BROWSER", raising=False)
    with pytest.raises(ParameterError, match="Install Chromium"):
        find_browser()
    monkeypatch.setenv("CJM_BROWSER", "my-browser")
    with pytest.raises(ParameterError, match="my-browser"):
        find_browser()


def test_chromium_prints_a_page(project, chromium):
    run_study("shop", project.root, options=Options(browser=chromium))
    assert (project.pages / "data_quality.en.pdf").read_bytes().startswith(b"%PDF")
