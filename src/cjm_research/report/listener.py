"""Who is told how a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.report.done import Done


class Listener:
    """Is told how a run goes on; this one says nothing."""

    def cleaning(self, study: str) -> None:
        """Know that raw files are cleaned."""

    def planned(self, stems: Sequence[str]) -> None:
        """Know which pages are looked at."""

    def started(self, stem: str) -> None:
        """Know that one is begun."""

    def warned(self, message: str) -> None:
        """Know that something beside the reports went wrong."""

    def done(self, done: Done) -> None:
        """Know what came of one."""

    def finished(self, seconds: Mapping[str, float]) -> None:
        """Know how long each step of the run took."""
