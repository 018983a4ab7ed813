"""A schedule is handed to the system's own scheduler, and taken back."""

from __future__ import annotations

import os
import stat

import pytest

from cjm_research.cli import schedule
from cjm_research.cli.commands import schedule_study
from cjm_research.cli.schedule import Timer, When, install, installed, read_when, remove
from cjm_research.errors import ParameterError, StudyError

CRON = """#!/bin/sh
if [ "$1" = "-l" ]; then cat "$CRON_FILE" 2>/dev/null || exit 1; else cat > "$CRON_FILE"; fi
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$CALLS"
"""


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Return a function that puts a made-up tool on an otherwise empty path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat"):
        source = next(p for p in ("/bin", "/usr/bin") if os.path.exists(f"{p}/{name}"))  # noqa: PTH110
        (folder / name).symlink_to(f"{source}/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CRON_FILE", str(tmp_path / "cron"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))

    def put(name, text):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(stat.S_IRWXU)

    return put


def timer(tmp_path, study="shop", text="weekly mon 06:00", zone="Europe/Moscow"):
    return Timer(study=study, root=tmp_path, when=read_when(text), text=text, zone=zone)


@pytest.mark.parametrize(
    ("text", "calendar", "cron"),
    [
        ("hourly", "*-*-* *:00:00", "0 * * * *"),
        ("daily 06:05", "*-*-* 06:05:00", "5 6 * * *"),
        ("Weekly SUN 23:59", "Sun *-*-* 23:59:00", "59 23 * * 0"),
        ("monthly 28 0:00", "*-*-28 00:00:00", "0 0 28 * *"),
    ],
)
def test_moments_in_both_languages(text, calendar, cron):
    assert read_when(text) == When(calendar=calendar, cron=cron)


@pytest.mark.parametrize(
    "text",
    ["", "now", "daily", "daily 24:00", "daily 6", "weekly 06:00", "weekly foo 06:00",
     "monthly 29 06:00", "monthly 0 06:00", "hourly 5", "daily 06:00 twice"],
)  # fmt: skip
def test_what_is_no_moment_is_told_what_is(text):
    with pytest.raises(ParameterError, match="weekly mon 06:00"):
        read_when(text)


def test_cron_keeps_foreign_lines_and_has_one_schedule_a_study(tools, tmp_path):
    tools("crontab", CRON)
    (tmp_path / "cron").write_text("5 4 * * * backup\n", encoding="utf-8")
    assert install(timer(tmp_path, text="daily 05:00")) == "cron"
    assert install(timer(tmp_path)) == "cron"
    install(timer(tmp_path, study="shop2"))
    lines = (tmp_path / "cron").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "5 4 * * * backup"
    assert len(lines) == 5  # one that was there; for each study its moment and the catching up
    assert installed(tmp_path) == [
        "shop: weekly mon 06:00 (cron)", "shop2: weekly mon 06:00 (cron)",
    ]  # fmt: skip
    assert installed(tmp_path / "other") == []
    assert remove("shop", tmp_path)
    assert not remove("shop", tmp_path)
    left = (tmp_path / "cron").read_text(encoding="utf-8")
    assert "backup" in left
    assert "shop2" in left
    assert "run shop " not in left


def test_systemd_catches_up_in_the_zone_of_the_study(tools, tmp_path):
    tools("systemctl", SYSTEMCTL)
    own = timer(tmp_path)
    assert install(own) == "systemd"
    units = tmp_path / "config/systemd/user"
    text = (units / f"{own.name}.timer").read_text(encoding="utf-8")
    assert "OnCalendar=Mon *-*-* 06:00:00 Europe/Moscow\n" in text
    assert "Persistent=true" in text
    assert f"WorkingDirectory={tmp_path}" in (units / f"{own.name}.service").read_text("utf-8")
    assert f"--user enable --now {own.name}.timer" in (tmp_path / "calls").read_text("utf-8")
    assert installed(tmp_path) == [f"shop: weekly mon 06:00 (systemd, {own.name})"]
    assert remove("shop", tmp_path)
    assert not list(units.iterdir())


def test_without_any_scheduler_it_says_so(tools, tmp_path):
    del tools
    with pytest.raises(ParameterError, match="Neither systemd"):
        install(timer(tmp_path))


def test_a_percent_sign_in_a_folder_is_no_end_of_the_command(tmp_path):
    own = timer(tmp_path / "100% real")
    assert all(r"100\% real" in line for line in own.cron_lines())
    assert "100%% real" in own.service()


def test_two_projects_share_no_name(tmp_path):
    assert timer(tmp_path / "a").name != timer(tmp_path / "b").name
    assert schedule.HELP


def test_the_schedule_of_a_study_that_is_gone_is_taken_back(tools, tmp_path, monkeypatch):
    tools("crontab", CRON)
    (tmp_path / "studies").mkdir()
    monkeypatch.chdir(tmp_path)
    install(timer(tmp_path))
    assert schedule_study("shop", "", wish="remove") == ["shop: no longer scheduled."]
    with pytest.raises(StudyError, match="no study file 'shop"):
        schedule_study("shop", "", wish="remove")


def test_a_crontab_that_cannot_be_read_is_not_written_over(tools, tmp_path):
    tools("crontab", '#!/bin/sh\necho "$@" >> "$CALLS"\necho "crontab: not allowed" >&2; exit 1\n')
    with pytest.raises(ParameterError, match=r"could not be read.*not allowed"):
        install(timer(tmp_path))
    assert (tmp_path / "calls").read_text("utf-8") == "-l\n"


def test_a_dollar_in_a_folder_is_no_variable_of_systemd(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule.sys, "executable", "/opt/$HOME/python")
    assert "ExecStart='/opt/$$HOME/python' -m" in timer(tmp_path).service()
