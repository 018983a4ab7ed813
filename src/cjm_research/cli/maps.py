"""What ``cjm map`` does: the journey map of a study as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.export_log import write_xes
from cjm_research.journey.scope import JourneyChoices, end_of
from cjm_research.present.figures.journey_map.export import FORMATS, export_map
from cjm_research.present.session import open_study
from cjm_research.workspace.journeys import journey_tables
from cjm_research.workspace.project import project_root

if TYPE_CHECKING:
    from collections.abc import Sequence

XES = "xes"
ALL_FORMATS = (*FORMATS, XES)


def write_map(
    study: str, formats: Sequence[str], *, grouping: str = "", segment: str = "", folder: str = ""
) -> list[Path]:
    """Write the journey map of a study into a folder; return the files.

    Parameters
    ----------
    study : str
        Name of a file in ``studies/``.
    formats : sequence of str
        Some of ``svg png pdf csv json mermaid xes``; all but xes if none is named, for xes
        holds every journey and not only their numbers.
    grouping, segment : str
        Draw one segment of a grouping; all customers if empty.
    folder : str
        Where the files go; ``reports/STUDY/map`` if empty.

    Raises
    ------
    ParameterError
        If a format, grouping or segment is not known.
    NoDataError
        If there is no journey to draw.
    """
    for name in formats:
        if name not in ALL_FORMATS:
            raise ParameterError.unknown("format", name, known=ALL_FORMATS)
    root = project_root()
    world = open_study(study, root=root)
    journey = analyse_journey(
        journey_tables(world, grouping),
        world.study.stages,
        choices=JourneyChoices(
            segment=segment, observed_until=end_of(world.as_of, world.study.zone)
        ),
        plan=world.study.journey,
        limits=world.limits,
    )
    target = Path(folder) if folder else root / "reports" / study / "map"
    drawn = [f for f in FORMATS if f in formats or not formats]
    files = list(export_map(journey.map, target, formats=drawn, moves=journey.moves))
    if XES in formats:
        files.append(target / "journeys.xes.gz")
        write_xes(world.event_stages, files[-1])
    return files
