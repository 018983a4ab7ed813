"""The journeys as an event log in XES, for process mining tools."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <classifier name="Stage" keys="stage"/>
  <classifier name="Event" keys="concept:name"/>
"""
_EXTRA = ("stage", "touchpoint", "channel")
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def write_xes(event_stages: pd.DataFrame, path: Path) -> int:
    """Write journeys as XES, a trace per customer; packed if the name ends in ``.gz``.

    Customers are numbered by the time of their first event: the file has none of their ids.
    Events without a time are left out.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave.
    path : Path
        The file, such as ``journeys.xes.gz``. The same table gives the same bytes.

    Returns
    -------
    int
        How many events were written.

    Raises
    ------
    NoDataError
        If no event has a time.
    SchemaError
        If a column is missing.

    References
    ----------
    IEEE Standard for eXtensible Event Stream (XES), IEEE 1849-2016.
    doi:10.1109/IEEESTD.2016.7740858
    """
    need(event_stages, ("customer_id", "occurred_at", "name", *_EXTRA), table="event_stages")
    rows = event_stages.loc[event_stages["occurred_at"].notna()]
    if rows.empty:
        raise NoDataError("No event of the journey has a time, so there is no log to write.")
    first = rows.groupby("customer_id", observed=True)["occurred_at"].transform("min")
    rows = rows.assign(_first=first).sort_values(["_first", "customer_id", "occurred_at"],
                                                 kind="stable")  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.part")
    with staged.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                packed.writelines(line.encode() for line in _lines(rows))
        else:
            raw.writelines(line.encode() for line in _lines(rows))
    staged.replace(path)
    return len(rows)


def _lines(rows: pd.DataFrame) -> Iterator[str]:
    """Give the log piece by piece, a trace at a time."""
    yield HEAD
    stamps = pd.to_datetime(rows["occurred_at"], utc=True).dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    told = [_attributes(rows[column], key) for column, key in
            (("name", "concept:name"), *((c, c) for c in _EXTRA))]  # fmt: skip
    customers, _ = pd.factorize(rows["customer_id"])
    events = [
        f'    <event>{text}<date key="time:timestamp" value="{stamp[:-3]}+00:00"/></event>\n'
        for stamp, text in zip(stamps.tolist(), map("".join, zip(*told, strict=True)), strict=True)
    ]
    ends = np.flatnonzero(np.append(customers[1:] != customers[:-1], True)) + 1
    start = 0
    for number, end in enumerate(ends.tolist(), start=1):
        yield f'  <trace>\n    <string key="concept:name" value="{number}"/>\n'
        yield "".join(events[start:end])
        yield "  </trace>\n"
        start = end
    yield "</log>\n"


def _attributes(column: pd.Series, key: str) -> list[str]:
    """Return the attribute of each event, written once per distinct value."""
    codes, values = pd.factorize(column)
    written = [f'<string key="{key}" value={quoteattr(str(v).translate(_NOT_XML))}/>'
               for v in values]  # fmt: skip
    return [written[code] if code >= 0 else "" for code in codes.tolist()]
