"""How long the steps of a run took."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cjm_research.report.done import Done


@dataclass(slots=True)
class Steps:
    """Seconds of each step of one run, as they pass on the wall."""

    clock: Callable[[], float] = time.perf_counter
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what is done meanwhile to a step."""
        begun = self.clock()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + self.clock() - begun


def told_steps(seconds: Mapping[str, float], done: Sequence[Done]) -> dict[str, float]:
    """Return the steps, with the reports taken apart into notebooks and pages.

    Reports are made several at a time: the time that passed is shared out as their own seconds
    are.

    Examples
    --------
    >>> from cjm_research.report.done import Done
    >>> made = Done(stem="map", report="map", status="fresh", seconds=3.0, page_seconds=1.0)
    >>> told_steps({"cleaning": 2.0, "reports": 8.0}, [made])
    {'cleaning': 2.0, 'notebooks': 6.0, 'pages': 2.0}
    """
    notebooks, pages = sum(d.seconds for d in done), sum(d.page_seconds for d in done)
    told: dict[str, float] = {}
    for name, passed in seconds.items():
        if name == "reports" and notebooks + pages:
            told["notebooks"] = passed * notebooks / (notebooks + pages)
            told["pages"] = passed * pages / (notebooks + pages)
        else:
            told[name] = passed
    return told
