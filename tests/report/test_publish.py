"""A report is put in place whole, or not at all, whenever the run dies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from cjm_research.errors import StoreError
from cjm_research.report.manifest import (
    baseline,
    content_hash,
    is_whole,
    next_in_history,
    with_banner,
)
from cjm_research.report.publish import publish, repair, runs_folder, study_lock

OLD = {"s/a.html": "old page", "s/a.json": "old findings", "s/a.manifest.json": "old manifest"}
NEW = {name: text.replace("old", "new") for name, text in OLD.items()}


class DiedError(BaseException):
    """The process is gone: nothing catches this."""


@pytest.fixture
def reports(tmp_path):
    publish(tmp_path, runs_folder(tmp_path, "s") / "a", files=OLD)
    return tmp_path


def _read(reports):
    return {name: (reports / name).read_text() for name in OLD}


def test_all_files_are_put_in_place_and_nothing_is_left(reports):
    assert _read(reports) == OLD
    assert not list(runs_folder(reports, "s").iterdir())


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
def test_a_run_that_dies_while_moving_is_finished_by_the_next(reports, monkeypatch, moves):
    done = []
    real = os.replace

    def die_after(source, target):
        is_move = target in {reports / name for name in OLD}
        if is_move and len(done) == moves:
            raise DiedError
        done.extend([target] if is_move else [])
        real(source, target)

    staging = runs_folder(reports, "s") / "a"
    with monkeypatch.context() as patch, suppress(DiedError):
        patch.setattr(os, "replace", die_after)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)  # it dies before it cleans up
        publish(reports, staging, files=NEW)
    assert repair(reports, "s") == 1
    assert _read(reports) == NEW
    assert not staging.exists()


def test_a_run_that_dies_while_writing_changes_nothing(reports, monkeypatch):
    real = Path.write_bytes

    def full(self, content):
        if content == b"new findings":
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        publish(reports, runs_folder(reports, "s") / "a", files=NEW)
    assert repair(reports, "s") == 1
    assert _read(reports) == OLD
    assert not list(runs_folder(reports, "s").iterdir())


def test_files_that_go_away_do_so_last(reports):
    publish(reports, runs_folder(reports, "s") / "a", files={}, remove=["s/a.html", "s/none"])
    assert not (reports / "s/a.html").exists()


def test_a_second_run_of_a_study_is_told_at_once(reports):
    with study_lock(reports, "s"), pytest.raises(StoreError, match="in use by another run"):
        study_lock(reports, "s").__enter__()


def test_another_study_can_run_meanwhile(reports):
    with study_lock(reports, "s"), study_lock(reports, "t"):
        pass


def test_a_banner_comes_and_goes_outside_the_content():
    page = "<p><!--stale--><!--/stale--></p>"
    stale = with_banner(page, r"<b>\1 old</b>")
    assert stale == r"<p><!--stale--><b>\1 old</b><!--/stale--></p>"
    assert content_hash(stale) == content_hash(page)
    assert with_banner(stale, "") == page


def test_a_page_that_was_edited_by_hand_is_not_whole(reports):
    manifest = {
        "study": "s",
        "pages": {"en": {"file": "a.html", "sha256": content_hash("old page")}},
    }
    assert is_whole(reports, manifest)
    (reports / "s/a.html").write_text("edited")
    assert not is_whole(reports, manifest)


def test_the_baseline_is_the_newest_of_other_data(reports):
    for data in ("aaaaaaaaaaaaa", "bbbbbbbbbbbbb"):
        path = next_in_history(reports, "s", "a", data=data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data)
    assert baseline(reports, "s", "a", data="ccc").read_text() == "bbbbbbbbbbbbb"
    assert baseline(reports, "s", "a", data="bbbbbbbbbbbbb").read_text() == "aaaaaaaaaaaaa"
    assert next_in_history(reports, "s", "a", data="bbbbbbbbbbbbb").name.startswith("000002")
    assert next_in_history(reports, "s", "a", data="aaaaaaaaaaaaa").name.startswith("000003")
