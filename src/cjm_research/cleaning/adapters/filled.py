"""Sources of a study that leave it to a layout what fills which column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cjm_research.cleaning.adapters.find import Found, find_sources
from cjm_research.cleaning.adapters.library import ANY, adapter
from cjm_research.cleaning.ledger import CHOICES
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.cleaning.reading.request import Shape
    from cjm_research.study.sources import Source


def adapter_shape(name: str, folder: Path | None) -> Shape:
    """Return how the files of a system are laid out."""
    return adapter(name, folder).layout.shape


def filled_sources(
    source: Source, path: Path, *, folder: Path | None, limits: ReadLimits
) -> list[Source]:
    """Return the sources that a source without columns stands for, by its layout."""
    given: dict[str, Any] = source.model_dump(exclude_defaults=True)
    hints = {k: v for k, v in given.items() if k not in ("table", "file", "adapter")}
    found = find_sources(
        path, source.table, adapter_name=source.adapter, hints=hints, folder=folder, limits=limits
    )
    if not all(s.columns or s.unpivot for s in found.sources):
        raise SourceError(f"Adapter {source.adapter!r} finds no known header in {path.name!r}.")
    return [s.model_copy(update={"file": source.file}) for s in found.sources]


def mapping_evidence(found: Found, file: str, given: Collection[str]) -> pd.DataFrame:
    """Say which layout was found and which header was taken for which column."""
    rows: list[tuple[str, ...]] = []
    for source in found.sources[:1]:
        named = found.adapter.name if found.adapter.name != ANY else ""
        why = f"headers of {found.adapter.title}" if named else "known names of headers"
        if named:
            rows.append((file, source.table, "", f"adapter={named}", found.adapter.known_from,
                         f'adapter = "{named}"'))  # fmt: skip
        for column, header in source.columns.items():
            if column not in given:
                rows.append((file, source.table, column, f"header={header}", why,
                             f'columns.{column} = "{header}"'))  # fmt: skip
        for column, headers in source.otherwise.items():
            rows.append((file, source.table, column, f"otherwise={' + '.join(headers)}", why,
                         f"otherwise.{column} = []"))  # fmt: skip
        for column, headers in source.joined.items():
            rows.append((file, source.table, column, f"headers={' + '.join(headers)}", why,
                         f"joined.{column} = {headers}"))  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHOICES))
