"""Whole runs of a small study: what is made, kept, skipped, and what happens when things break."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cjm_research.errors import ParameterError, SourceError, StoreError, StudyError
from cjm_research.report.inputs import Hashes, raw_files
from cjm_research.report.limits import NotebookLimits
from cjm_research.report.listener import Listener
from cjm_research.report.prepare import Selection
from cjm_research.report.publish import study_lock
from cjm_research.report.run import Options, run_study
from cjm_research.report.state import up_to_date


def _run(project, *reports, **more):
    options = Options(selection=Selection(reports=reports), workers=2, **more)
    return {d.stem: d for d in run_study("shop", project.root, options=options)}


def _statuses(done):
    return {stem: d.status for stem, d in done.items()}


def test_a_first_run_makes_what_it_can_and_says_why_not(cleaned):
    assert {d.stem: (d.status, d.reason) for d in cleaned.done} == {
        "data_quality": ("fresh", ""),
        "customer_matrix": ("fresh", ""),
        "pains_and_needs": ("skipped", "report.needs.pains_and_needs"),
    }


def test_pages_findings_and_manifest_lie_where_they_belong(cleaned):
    names = sorted(p.name for p in cleaned.pages.glob("data_quality*"))
    assert names == [
        "data_quality.en.html", "data_quality.findings.json", "data_quality.manifest.json",
        "data_quality.ru.html",
    ]  # fmt: skip


def test_the_index_names_every_report_and_its_links_work(cleaned):
    reports = cleaned.root / "reports"
    for name in ("index.html", "index.en.html", "index.ru.html"):
        index = (reports / name).read_text(encoding="utf-8")
        links = re.findall(r'href="([^"#]+)"', index)
        assert len(re.findall("<h1>", index)) == 1
        assert "shop/data_quality.ru.html" in links
        assert all((reports / link).is_file() for link in links)
    assert "It needs feedback" in (reports / "index.html").read_text(encoding="utf-8")
    assert "Нужна обратная связь" in (reports / "index.ru.html").read_text(encoding="utf-8")


def test_a_second_run_finds_nothing_to_do(project):
    before = {p: p.read_bytes() for p in project.root.glob("reports/**/*.html")}
    assert _statuses(_run(project)) == {
        "data_quality": "unchanged", "customer_matrix": "unchanged", "pains_and_needs": "skipped",
    }  # fmt: skip
    assert {p: p.read_bytes() for p in before} == before


def test_the_quick_answer_knows_it_without_a_run(cleaned):
    assert set(up_to_date(cleaned.root, "shop")) == {
        "data_quality", "customer_matrix", "pains_and_needs", "summary",
    }  # fmt: skip
    assert list(up_to_date(cleaned.root, "shop", wanted=["data_quality"])) == ["data_quality"]
    assert up_to_date(cleaned.root, "shop", wanted=["quality"]) is None


@pytest.mark.parametrize(
    "file",
    ["data/raw/shop/orders.csv", "studies/shop.toml", "notebooks/01_data_quality.ipynb",
     "reports/shop/data_quality.en.html", "reports/index.html", "data/processed/shop/CURRENT"],
)  # fmt: skip
def test_the_quick_answer_notices_whatever_changes(project, file):
    path = project.root / file
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    is_index = file.endswith("index.html")
    if is_index:
        path.unlink()
    assert up_to_date(project.root, "shop") is None


@pytest.mark.parametrize("kept", ["[1]", "null", '{"x": 5}', "{", "5"])
def test_damaged_hashes_only_mean_that_files_are_read_again(tmp_path, kept):
    (tmp_path / ".runs").mkdir()
    (tmp_path / ".runs/hashes.json").write_text(kept, encoding="utf-8")
    file = tmp_path / "x"
    file.write_text("1", encoding="utf-8")
    assert Hashes.open(tmp_path).of(file) == hashlib.sha256(b"1").hexdigest()


@pytest.mark.parametrize("pattern", ["**x.csv", "/", "./", "", "..", "a\0b", "gone.csv"])
def test_a_source_that_names_no_file_is_left_to_the_cleaning(tmp_path, pattern):
    assert raw_files(tmp_path, pattern) == []


def test_an_action_that_becomes_overdue_is_work(project):
    log = project.root / "studies/shop.actions.csv"
    log.write_text("finding,action,due\na,Do it,2100-01-01\n", encoding="utf-8")
    run_study("shop", project.root)
    assert up_to_date(project.root, "shop") is not None
    log.write_text("finding,action,due\na,Do it,2000-01-01\n", encoding="utf-8")
    assert up_to_date(project.root, "shop") is None
    assert {d.status for d in run_study("shop", project.root)} <= {"unchanged", "skipped"}
    assert "overdue" in (project.pages / "summary.en.html").read_text(encoding="utf-8")


def test_a_wrong_action_log_stops_the_run_before_it_begins(project):
    (project.root / "studies/shop.actions.csv").write_text("finding\na\n", encoding="utf-8")
    with pytest.raises(StudyError, match="no column 'action'"):
        run_study("shop", project.root)


def test_only_the_report_whose_notebook_changed_is_made(project):
    project.show("01_data_quality", "another body")
    assert _statuses(_run(project))["data_quality"] == "fresh"
    assert _statuses(_run(project))["customer_matrix"] == "unchanged"
    assert "another body" in project.page()


def test_new_raw_files_make_everything_anew_and_say_what_changed(project):
    raw = project.root / "data/raw/shop/orders.csv"
    raw.write_text(raw.read_text(encoding="utf-8") + "client-0001,5,2026-01-05\n", encoding="utf-8")
    done = _run(project)
    assert done["data_quality"].status == "fresh"
    assert "What changed since" in project.page()
    assert len(list((project.pages / ".history/data_quality").glob("*.json"))) == 2


def test_force_makes_the_page_again(project):
    assert _statuses(_run(project, "data_quality", is_forced=True)) == {"data_quality": "fresh"}
    assert "This is the first report" in project.page()


def test_a_page_that_was_edited_by_hand_is_made_again(project):
    (project.pages / "data_quality.en.html").write_text("edited", encoding="utf-8")
    assert _statuses(_run(project))["data_quality"] == "fresh"
    assert "edited" not in project.page()


def _broken(project, cell="raise ValueError('no client-0007 here')"):
    project.cells("01_data_quality", cell)


def test_a_failed_notebook_keeps_its_last_good_page_under_a_banner(project):
    before = project.page()
    _broken(project)
    done = _run(project)
    assert done["data_quality"].status == "failed"
    assert done["customer_matrix"].status == "unchanged"
    page = project.page()
    assert re.search(r'<p class="stale"[^>]*>This report was made on', page)
    assert re.sub(r"<!--stale-->.*?<!--/stale-->", "<!--stale--><!--/stale-->", page) == before


def test_the_page_of_a_failure_names_cell_message_and_command_and_no_customer(project):
    _broken(project)
    _run(project)
    page = project.page("data_quality.failed")
    assert "Cell 3 of the notebook 01_data_quality.ipynb" in page
    assert "ValueError: no ••• here" in page
    assert "raise ValueError(" in page
    assert "cjm run shop data_quality" in page
    index = (project.root / "reports/index.html").read_text(encoding="utf-8")
    assert "shop/data_quality.failed.en.html" in index
    assert "badge bad" in index


def test_a_failure_is_told_in_every_language_of_the_study(project):
    _broken(project)
    _run(project)
    page = project.page("data_quality.failed", "ru")
    assert "Ячейка 3 ноутбука" in page
    assert '<a href="data_quality.failed.en.html"' in page
    assert 'href="../index.ru.html"' in page
    index = (project.root / "reports/index.ru.html").read_text(encoding="utf-8")
    assert "shop/data_quality.failed.ru.html" in index


def test_the_next_good_run_takes_banner_and_failure_away(project):
    _broken(project)
    _run(project)
    project.show("01_data_quality")
    assert _statuses(_run(project))["data_quality"] == "fresh"
    assert 'class="stale"' not in project.page()
    assert not list(project.pages.glob("*.failed.*"))


def test_a_failed_report_is_tried_again_without_any_change(project):
    _broken(project)
    _run(project)
    assert up_to_date(project.root, "shop") is None
    assert _statuses(_run(project))["data_quality"] == "failed"


def test_a_report_that_never_was_good_has_only_a_failure(project):
    _broken(project)
    for path in project.pages.glob("data_quality*"):
        path.unlink()
    assert _statuses(_run(project))["data_quality"] == "failed"
    assert not (project.pages / "data_quality.en.html").exists()


def test_a_notebook_that_has_nothing_to_say_is_skipped_with_its_message(project):
    cell = "from cjm_research.errors import NoDataError\nraise NoDataError('Nobody bought.')"
    _broken(project, cell)
    done = _run(project)
    assert (done["data_quality"].status, done["data_quality"].reason) == (
        "skipped",
        "Nobody bought.",
    )
    assert project.manifest()["status"] == "stale"
    assert "The last run had no data for it" in project.page()


def test_a_kernel_that_dies_is_tried_once_more_and_then_fails(project):
    _broken(project, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    done = _run(project)
    assert done["data_quality"].status == "failed"
    assert "kernel died" in done["data_quality"].reason


def test_a_cell_that_hangs_fails_in_time(project):
    _broken(project, "import time; time.sleep(60)")
    start = time.monotonic()
    done = _run(project, limits=NotebookLimits(cell=1, notebook=20))
    assert "longer than it may" in done["data_quality"].reason
    assert time.monotonic() - start < 30


def test_a_page_with_an_identifier_fails_and_is_not_published(project):
    before = project.page()
    project.show("01_data_quality", "see client-0007")
    done = _run(project)
    assert done["data_quality"].status == "failed"
    assert "must not be published" in done["data_quality"].reason
    assert "client-0007" not in done["data_quality"].reason
    assert "client-0007" not in project.page()
    assert 'class="stale"' in project.page()
    assert before.count("</section>") == project.page().count("</section>")


def test_a_notebook_that_shows_nothing_fails(project):
    project.cells("01_data_quality", "1 + 1")
    assert "shows nothing" in _run(project)["data_quality"].reason


def test_parameters_by_hand_make_a_page_of_their_own(project):
    before = project.page()
    options = Options(selection=Selection(reports=("data_quality",), given={"confidence": "0.9"}))
    (done,) = run_study("shop", project.root, options=options)
    assert done.stem == "data_quality~confidence=0.9"
    assert "Set by hand: confidence = 0.9" in project.page(done.stem)
    assert project.page() == before


def test_a_wrong_parameter_stops_the_run_before_anything_is_done(project):
    given = {"confidnce": "0.9", "as_of": "7"}
    with pytest.raises(ParameterError, match="Did you mean 'confidence'"):
        run_study("shop", project.root, options=Options(selection=Selection(given=given)))


def test_a_raw_file_that_is_gone_is_said_and_the_pages_stand(project):
    before = project.page()
    (project.root / "data/raw/shop/orders.csv").unlink()
    with pytest.raises(SourceError, match=r"orders\.csv"):
        _run(project)
    assert project.page() == before


def test_a_second_run_at_once_is_refused(project):
    with study_lock(project.root / "reports", "shop"), pytest.raises(StoreError, match="in use"):
        _run(project)


def test_a_run_that_died_between_two_moves_is_healed_by_the_next(project, monkeypatch):
    project.show("01_data_quality", "after the crash")
    real, seen = os.replace, []

    def die(source, target):
        seen.append(target)
        if str(target).endswith("data_quality.ru.html"):
            raise SystemExit("died")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", die)
        with pytest.raises(SystemExit):
            _run(project)
    assert "after the crash" in project.page(language="en")
    assert "after the crash" not in project.page(language="ru")
    _run(project)
    assert "after the crash" in project.page(language="ru")
    assert project.manifest()["status"] == "fresh"


def test_a_study_edited_during_a_run_makes_its_page_again_next_time(project):
    edit = "open('studies/shop.toml', 'a', encoding='utf-8').write('# edited')"
    project.show("01_data_quality", "edited", edit)
    assert _statuses(_run(project, "data_quality")) == {"data_quality": "fresh"}
    assert up_to_date(project.root, "shop") is None
    project.show("01_data_quality", "edited")
    assert _statuses(_run(project))["data_quality"] == "fresh"


class _Meanwhile(Listener):
    """Does something when the raw files begin to be cleaned."""

    def __init__(self, act):
        self._act = act

    def cleaning(self, _study):
        self._act()


def _one_order_more(project):
    with (project.root / "data/raw/shop/orders.csv").open("a", encoding="utf-8") as file:
        file.write("client-0007,5,2026-01-28\n")


def test_a_study_edited_while_it_is_cleaned_is_made_again_next_time(project):
    path = project.root / "studies/shop.toml"
    text = path.read_text(encoding="utf-8")
    edited = text.replace('en = "Shop"', 'en = "Edited"')
    _one_order_more(project)
    listener = _Meanwhile(lambda: path.write_text(edited, encoding="utf-8"))
    run_study("shop", project.root, listener=listener)
    assert "Edited" not in project.page()
    assert up_to_date(project.root, "shop") is None
    assert _statuses(_run(project))["data_quality"] == "fresh"
    assert "Edited" in project.page()
    assert up_to_date(project.root, "shop") is not None


def test_a_raw_file_that_changes_while_it_is_cleaned_is_read_again_next_time(project):
    _one_order_more(project)
    run_study("shop", project.root, listener=_Meanwhile(lambda: _one_order_more(project)))
    assert up_to_date(project.root, "shop") is None
    _run(project)
    assert up_to_date(project.root, "shop") is not None


def test_a_report_that_left_the_study_is_kept_and_called_stale(project):
    path = project.root / "studies/shop.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('[[reports]]\nid = "customer_matrix"\n', ""), encoding="utf-8")
    _run(project)
    assert project.manifest("customer_matrix")["reason"] == "index.retired"
    assert (project.pages / "customer_matrix.en.html").is_file()


def test_a_clock_that_goes_backwards_does_no_harm(project):
    project.show("01_data_quality", "earlier")
    run_study("shop", project.root, clock=lambda: 1_000_000_000.0)
    assert "Updated 9 September 2001, 05:46" in project.page()


def test_a_cell_that_runs_out_of_memory_fails_alone(project):
    project.cells("01_data_quality", "len(bytearray(2**33))")
    limits = NotebookLimits(memory=2)
    done = {d.stem: d for d in run_study("shop", project.root, options=Options(limits=limits))}
    assert done["data_quality"].status == "failed"
    assert "MemoryError" in done["data_quality"].reason
    assert "2 GB (--memory)" in done["data_quality"].reason
    assert done["customer_matrix"].status == "unchanged"
    assert "stale" in project.page()
    project.show("01_data_quality", "again")
    done = {d.stem: d for d in run_study("shop", project.root, options=Options(limits=limits))}
    assert done["data_quality"].status == "fresh"  # the limit leaves room for honest work


def test_a_full_disk_leaves_what_stood_and_the_next_run_heals(project, monkeypatch):
    before = project.page()
    project.show("01_data_quality", "too large")
    real = Path.write_bytes

    def full(self, content):
        if b"too large" in content:
            raise OSError(28, "No space left on device", str(self))
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        run_study("shop", project.root)
    assert project.page() == before
    monkeypatch.undo()
    assert {d.stem: d.status for d in run_study("shop", project.root)}["data_quality"] == "fresh"
    assert "too large" in project.page()


def test_a_reports_folder_that_cannot_be_written_is_one_clear_message(raw_project):
    (raw_project.root / "reports").write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "cjm_research.cli.main", "run", "shop"]
    done = subprocess.run(
        command, cwd=raw_project.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "reports" in done.stderr
    assert "Traceback" not in done.stderr


def test_stopping_a_run_leaves_the_pages_as_they_are(project):
    before = project.page()
    _broken(project, "import time; time.sleep(60)")

    class Stops(Listener):
        def started(self, stem):  # noqa: ARG002
            threading.Timer(1.5, _interrupt).start()

    start = time.monotonic()
    options = Options(selection=Selection(reports=("data_quality",)))
    with pytest.raises(KeyboardInterrupt):
        run_study("shop", project.root, options=options, listener=Stops())
    assert time.monotonic() - start < 30
    assert project.page() == before


def _interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_manifest_says_what_the_page_was_made_from(cleaned):
    manifest = cleaned.manifest()
    assert set(manifest["parts"]) == {
        "code", "parameters", "data", "study", "package", "environment", "baseline",
    }  # fmt: skip
    assert manifest["attempts"] == 1
    assert manifest["peak_memory"] > 0
    assert manifest["headline"] == {"en": "Orders: 300.", "ru": "Orders: 300."}


def test_findings_json_holds_the_kept_findings(cleaned):
    plain = json.loads((cleaned.pages / "data_quality.findings.json").read_text(encoding="utf-8"))
    assert [f["id"] for f in plain["findings"]] == ["a"]
    assert plain["window"] == ["2026-01-01", "2026-01-28"]
