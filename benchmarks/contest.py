"""A contest: the same made-up data, several tools, one answer that all must give.

Every contest is a module of this package, named as the contest, with a `CONTEST`. A tool is two
functions: `load` brings the data into the form that the tool starts from and is not measured,
`work` is measured and returns the answer. Both run in a process of the tool's own, so that such a
module imports nothing but the standard library at its top.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = (
    "cleaning", "identity.people",
    "segmentation.rfm", "segmentation.value", "segmentation.bgnbd",
    "segmentation.features", "segmentation.profile", "segmentation.clusters", "experiments.effects",
    "experiments.units", "experiments.adjusted", "experiments.files", "experiments.quantile",
    "needs.codes", "needs.whole", "needs.meaning", "needs.tone_ru", "needs.tone_zh",
    "needs.tone_en", "journey", "runs.notebooks", "runs.unchanged",
)  # fmt: skip
"""All contests, in the order in which they run; the first word is the field."""

Role = Literal["floor", "ours", "peer"]
Answer = dict[str, float | list[float]]
"""Numbers that tools must agree on, by name; a tool may leave out what it does not compute."""


class NoDataError(Exception):
    """The data of a contest are not on this machine: it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One contestant."""

    name: str
    role: Role
    needs: tuple[str, ...]
    """Modules that it imports. Where they are not installed it does not take part."""
    load: Callable[[Path], Any]
    work: Callable[[Any], Answer]
    note: str
    """What a reader must know to judge its numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """At most so many times what the best of some tools takes."""

    at_most: float
    of: Literal["wall", "CPU", "peak"]
    against: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Contest:
    """Data, tools and what is compared."""

    name: str
    """The module's, below `benchmarks`."""
    task: str
    """What the tools do, in a sentence."""
    size: int
    of: str
    """What `size` counts."""
    make: Callable[[Path, int], None]
    """Writes the data for a size into a folder."""
    promises: tuple[Promise, ...] = ()
    repeat: int = 3
    """How often a process does the work; the best time counts. 1 where a second time is
    quicker because words or files are remembered."""
    warm_up: int = 2_000
    """Size of the data that each process works on first, so that imports are not measured;
    0 where the start is what is measured."""
    tolerance: float = 1e-9
    """Relative, of every number of the answer."""
    shown: tuple[str, ...] = ()
    """Parts of the answer that are printed instead of compared."""
    tools: list[Tool] = field(default_factory=list)

    def tool(
        self,
        name: str,
        *,
        load: Callable[[Path], Any],
        needs: tuple[str, ...],
        role: Role = "peer",
        note: str = "",
    ) -> Callable[[Callable[[Any], Answer]], Callable[[Any], Answer]]:
        """Make a tool of the decorated function, which does the work."""

        def add(work: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
            self.tools.append(
                Tool(name=name, role=role, needs=needs, load=load, work=work, note=note)
            )
            return work

        return add

    @property
    def floor(self) -> Tool:
        """The tool that the others are measured by."""
        return next(t for t in self.tools if t.role == "floor")


def find(name: str) -> Contest:
    """Return the contest of that name."""
    found: Contest = import_module(f"benchmarks.{name}").CONTEST
    return found
