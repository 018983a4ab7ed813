"""A schedule handed to the system: a systemd timer, or a line of cron where there is none.

Nothing of ours stays running. A run that finds nothing new ends at once, so that catching up
after the machine was off costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("hourly", "daily", "weekly", "monthly")
HELP = "'hourly', 'daily 06:00', 'weekly mon 06:00' or 'monthly 1 06:00'"
_WORDS = {"daily": 1, "weekly": 2, "monthly": 2}
_EVERY_MONTH = tuple(str(day) for day in range(1, 29))
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_MARK = "# cjm schedule"
_NO_CRONTAB = re.compile(r"no crontab|no such file", re.IGNORECASE)
"""What cron says of somebody who has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment that comes again, in both languages of schedulers."""

    calendar: str
    """systemd's ``OnCalendar``."""
    cron: str
    """The five fields of cron."""


def read_when(text: str) -> When:
    """Read when a study is run.

    Parameters
    ----------
    text : str
        ``hourly``, ``daily 06:00``, ``weekly mon 06:00`` or ``monthly 1 06:00`` (a day from 1 to
        28, so that every month has it).

    Raises
    ------
    ParameterError
        If it is none of these.

    Examples
    --------
    >>> read_when("weekly mon 06:00")
    When(calendar='Mon *-*-* 06:00:00', cron='0 6 * * 1')
    >>> read_when("monthly 1 23:30").cron
    '30 23 1 * *'
    """
    words = text.lower().split()
    kind, rest = (words[0], words[1:]) if words else ("", [])
    if kind not in KINDS:
        raise _no_moment(text, nearest(kind, KINDS))
    if words == ["hourly"]:
        return When(calendar="*-*-* *:00:00", cron="0 * * * *")
    found = _TIME.fullmatch(rest[-1]) if rest else None
    if found is None or len(rest) != _WORDS.get(kind):
        raise _no_moment(text)
    hour, minute = int(found[1]), int(found[2])
    clock = f"{hour:02d}:{minute:02d}:00"
    if kind == "daily":
        return When(calendar=f"*-*-* {clock}", cron=f"{minute} {hour} * * *")
    days = f"{minute} {hour}"
    if kind == "weekly":
        if rest[0] not in DAYS:
            raise _no_moment(text, nearest(rest[0], DAYS))
        number = (DAYS.index(rest[0]) + 1) % 7  # cron begins with Sunday
        return When(calendar=f"{rest[0].title()} *-*-* {clock}", cron=f"{days} * * {number}")
    if rest[0] not in _EVERY_MONTH:
        raise _no_moment(text, " A day of the month is from 1 to 28.")
    return When(calendar=f"*-*-{int(rest[0]):02d} {clock}", cron=f"{days} {rest[0]} * *")


def _no_moment(text: str, hint: str = "") -> ParameterError:
    return ParameterError(f"{text!r} is no moment to run at.{hint} Write {HELP}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """What the system is told about one study of one project."""

    study: str
    root: Path
    when: When
    text: str
    """The moment as it was given."""
    zone: str = ""

    @property
    def name(self) -> str:
        """Name of the systemd units: no two projects share one."""
        place = hashlib.sha256(str(self.root).encode()).hexdigest()[:8]
        return f"cjm-{self.study}-{place}"

    @property
    def command(self) -> str:
        """The command that is run, in the project's folder."""
        return shlex.join([sys.executable, "-m", "cjm_research.cli.main", "run", self.study])

    def service(self) -> str:
        """Return the unit that runs the study."""
        return (
            f"[Unit]\nDescription=Reports of {self.study} ({self.root})\n\n"
            f"[Service]\nType=oneshot\nWorkingDirectory={_escaped(self.root)}\n"
            f"ExecStart={_escaped(self.command).replace('$', '$$')}\n"
            f"EnvironmentFile=-{_escaped(self.root)}/.env\n"
        )

    def timer(self) -> str:
        """Return the unit that says when; it catches up when the machine was off."""
        zone = f" {self.zone}" if self.zone else ""
        return (
            f"[Unit]\nDescription=Reports of {self.study}: {self.text}\n\n"
            f"[Timer]\nOnCalendar={self.when.calendar}{zone}\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        )

    def cron_lines(self) -> list[str]:
        """Return the lines of cron: at the moment, and after a start to catch up."""
        # cron reads % as the end of the command.
        run = f"cd {shlex.quote(str(self.root))} && {self.command}".replace("%", r"\%")
        mark = f"{_MARK} {self.name} {self.text}"
        return [f"{self.when.cron} {run} {mark}", f"@reboot sleep 60; {run} {mark}"]


def install(timer: Timer) -> str:
    """Hand a timer to the system; return which of its schedulers took it.

    Raises
    ------
    ParameterError
        If there is neither systemd for this user nor cron.
    """
    if _has_systemd():
        folder = _units()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{timer.name}.service").write_text(timer.service(), encoding="utf-8")
        (folder / f"{timer.name}.timer").write_text(timer.timer(), encoding="utf-8")
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", f"{timer.name}.timer")
        return "systemd"
    if shutil.which("crontab"):
        kept = [line for line in _crontab() if f"{_MARK} {timer.name} " not in f"{line} "]
        _write_crontab([*kept, *timer.cron_lines()])
        return "cron"
    raise ParameterError(
        "Neither systemd for this user nor cron is there to hand the schedule to."
        " Let your own scheduler run the command that stands above."
    )


def installed(root: Path) -> list[str]:
    """Return what is scheduled for a project: a line for each study."""
    place = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    lines = []
    for unit in sorted(_units().glob(f"cjm-*-{place}.timer")):
        text = unit.read_text(encoding="utf-8").partition("Description=Reports of ")[2]
        lines.append(f"{text.splitlines()[0]} (systemd, {unit.stem})")
    for line in _crontab():
        name, _, said = line.partition(f"{_MARK} ")[2].partition(" ")
        if name.endswith(f"-{place}") and not line.startswith("@reboot"):
            study = name.removeprefix("cjm-").removesuffix(f"-{place}")
            lines.append(f"{study}: {said} (cron)")
    return lines


def remove(study: str, root: Path) -> bool:
    """Take a study's schedule back; return whether there was one."""
    timer = Timer(study=study, root=root, when=When(calendar="", cron=""), text="")
    units = [_units() / f"{timer.name}.{kind}" for kind in ("timer", "service")]
    was_there = units[0].is_file()
    if was_there:
        if _has_systemd():
            _systemctl("disable", "--now", f"{timer.name}.timer")
        for unit in units:
            unit.unlink(missing_ok=True)
        if _has_systemd():
            _systemctl("daemon-reload")
    lines = _crontab()
    kept = [line for line in lines if f"{_MARK} {timer.name} " not in f"{line} "]
    if kept != lines:
        _write_crontab(kept)
    return was_there or kept != lines


def _escaped(value: object) -> str:
    """Return a value as a unit file has it, where % begins a specifier."""
    return str(value).replace("%", "%%")


def _units() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user"


def _has_systemd() -> bool:
    if not shutil.which("systemctl"):
        return False
    return _run(["systemctl", "--user", "list-timers", "--no-pager"]).returncode == 0


def _systemctl(*words: str) -> None:
    done = _run(["systemctl", "--user", *words])
    if done.returncode:
        raise ParameterError(f"systemctl {' '.join(words)} failed: {done.stderr.strip()}")


def _crontab() -> list[str]:
    if not shutil.which("crontab"):
        return []
    done = _run(["crontab", "-l"])
    said = done.stderr.strip()
    if done.returncode and said and not _NO_CRONTAB.search(said):
        raise ParameterError(f"crontab could not be read, and is left as it is: {said}")
    return done.stdout.splitlines() if done.returncode == 0 else []


def _write_crontab(lines: Sequence[str]) -> None:
    done = _run(["crontab", "-"], said="".join(f"{line}\n" for line in lines))
    if done.returncode:
        raise ParameterError(f"crontab could not be written: {done.stderr.strip()}")


def _run(command: list[str], *, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=said, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
