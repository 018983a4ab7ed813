"""How a run shows itself: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cjm_research.cli.words import number_of
from cjm_research.present.catalogue import catalogue
from cjm_research.report.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.progress import TaskID

    from cjm_research.report.done import Done

_MARKS = {"fresh": "made", "unchanged": "up to date", "skipped": "skipped", "failed": "FAILED"}


def console() -> Console:
    """Return where messages go; without colour and width limits when it is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=10_000, no_color=True, highlight=False)


def in_words(reason: str) -> str:
    """Return a reason in English: a key of the catalogues, or words already."""
    return catalogue("en").texts.get(reason, reason)


class Lines(Listener):
    """One line for each report that is finished."""

    def __init__(self, shown: Console) -> None:
        self.shown = shown
        self._lock = Lock()

    def cleaning(self, study: str) -> None:
        """Say that raw files are cleaned."""
        self._say(f"{study}: cleaning raw files")

    def warned(self, message: str) -> None:
        """Say what went wrong beside the reports."""
        self._say(message)

    def done(self, done: Done) -> None:
        """Say what came of one report."""
        self._say(line_of(done))

    def finished(self, seconds: Mapping[str, float]) -> None:
        """Say which steps took how much of the time, if there was work."""
        if any(name in seconds for name in ("notebooks", "pages")):
            self._say(steps_line(seconds))

    def _say(self, text: str) -> None:
        with self._lock:
            self.shown.print(text, markup=False, highlight=False)


class Live(Lines):
    """The same lines, above what is under way."""

    def __init__(self, shown: Console) -> None:
        super().__init__(shown)
        self.bars = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
            console=shown, transient=True,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def cleaning(self, study: str) -> None:
        """Show that raw files are cleaned."""
        self._tasks["cleaning"] = self.bars.add_task(f"{study}: cleaning raw files", total=None)

    def planned(self, stems: Sequence[str]) -> None:  # noqa: ARG002
        """Take away what came before the reports."""
        self._end("cleaning")

    def started(self, stem: str) -> None:
        """Show that a report is under way."""
        self._tasks[stem] = self.bars.add_task(stem, total=None)

    def done(self, done: Done) -> None:
        """Say what came of one report."""
        self._end(done.stem)
        super().done(done)

    def _end(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            self.bars.remove_task(task)


def line_of(done: Done) -> str:
    """Return what came of a report as one line.

    Examples
    --------
    >>> from cjm_research.report.done import Done
    >>> line_of(Done(stem="journey_map", report="journey_map", status="fresh", seconds=2.34))
    'journey_map: made in 2.3 s'
    """
    text = f"{done.stem}: {_MARKS[done.status]}"
    if done.status == "fresh":
        changes = f", {number_of(done.n_changes, 'change')}" if done.n_changes else ""
        return f"{text} in {done.seconds:.1f} s{changes}"
    return f"{text}: {in_words(done.reason)}" if done.reason else text


def steps_line(seconds: Mapping[str, float]) -> str:
    """Return where the time of a run went as one line.

    Examples
    --------
    >>> steps_line({"cleaning": 10.0, "notebooks": 24.0, "pages": 6.0})
    '40 s in all: cleaning 25 %, notebooks 60 %, pages 15 %'
    """
    total = sum(seconds.values())
    shares = ", ".join(f"{name} {s / total:.0%}" for name, s in seconds.items() if s > 0)
    return f"{total:.0f} s in all: {shares.replace('%', ' %')}"
