"""All sources of a study to its canonical tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjm_research.cleaning.across import (
    BY_CUSTOMER,
    merged_sources,
    point_out_references,
    point_out_returns,
    without_doubles,
    without_orphans,
)
from cjm_research.cleaning.checks import check_days
from cjm_research.cleaning.history import keeping
from cjm_research.cleaning.ledger import CHANGES, CHOICES, FLAGS, ISSUES, QUARANTINE, Ledger
from cjm_research.cleaning.loaded import INFO, Loaded, balance, concatenated, summed_info
from cjm_research.cleaning.observed_until import newest_day, usual_end, without_far_future
from cjm_research.cleaning.outliers import point_out_outliers
from cjm_research.cleaning.parsing.typed import missing
from cjm_research.cleaning.read_sources import load_sources, names_file, planned
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.threads import each
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cjm_research.cleaning.history import History
    from cjm_research.cleaning.read_sources import Planned
    from cjm_research.study.model import Study
    from cjm_research.study.sources import Source

METHOD_VERSION = 4
"""Grows when the same raw files give other tables."""

_BOOKS = {"quarantine": QUARANTINE, "issues": ISSUES, "changes": CHANGES, "flags": FLAGS,
          "choices": CHOICES}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedStudy:
    """A study's tables, ready for the store."""

    tables: dict[str, pd.DataFrame]
    """Every canonical table (empty where no source fills it) and the books of the cleaning:
    ``quarantine``, ``loads``, ``issues``, ``changes``, ``flags``, ``choices``, identity's."""
    info: dict[str, Any]
    """Plain data for the manifest: files with their hashes, and the sums of rows."""


def clean_study(
    study: Study,
    raw_folder: Path,
    *,
    limits: ReadLimits = DEFAULT_LIMITS,
    history: History | None = None,
    plan: Sequence[Planned] | None = None,
) -> CleanedStudy:
    """Load every source, join them by table, and check across rows and tables.

    Parameters
    ----------
    study : Study
        Names the sources.
    raw_folder : Path
        Folder of the raw files; names and patterns of the sources are relative to it.
    limits : ReadLimits
        How much one file may hold, where the study file does not say it.
    history : History, optional
        Earlier loads: what they read is not read again, and a source that keeps its history
        keeps the rows of files that are gone.
    plan : sequence of Planned, optional
        As `planned` gives it for the same study, folder and history, if it is at hand: every
        file is hashed for it.

    Raises
    ------
    SourceError
        If any file is missing or does not fit: one line for each source that fails.
    DataError
        If a row was lost.
    """
    plan = planned(study, raw_folder, history=history) if plan is None else plan
    limits = replace(limits, **study.reading.model_dump(exclude_none=True))
    ledgers = {name: Ledger(name) for name in TABLES}
    with keeping(history) as keep:
        loaded = load_sources(study, plan, limits=limits, history=history, keep=keep)
        tables = {name: _joined(name, loaded, ledgers[name]) for name in TABLES}
        loaded = [(s, replace(found, table=found.table.iloc[:0])) for s, found in loaded]  # let go
        day = _checked(study, tables, ledgers)
    from cjm_research.cleaning.identity.of_study import identify  # noqa: PLC0415  # scipy, splink

    identity = identify(study, tables, ledgers)
    _set_orphans_aside(study, tables, ledgers)
    _point_out(study, tables, ledgers)
    books = {name: _book(name, loaded, ledgers) for name in _BOOKS}
    loads = _loads(loaded, tables, books["quarantine"])
    return CleanedStudy(
        tables={**tables, **books, "loads": loads, **identity},
        info={**_info(study, loads, day), "sources": {p.name: p.key for p in plan}},
    )


def _checked(
    study: Study, tables: dict[str, pd.DataFrame], ledgers: dict[str, Ledger]
) -> pd.Timestamp | None:
    """Set aside what stands twice or cannot have been yet; return the newest day of the rest."""
    usual = usual_end(tables)

    def seen_once(name: str, ledger: Ledger) -> None:
        tables[name] = without_far_future(tables[name], ledger, usual=usual)
        tables[name] = without_doubles(tables[name], ledger, unique=_unique(study, name))

    rows = max(map(len, tables.values()))
    each(seen_once, ledgers, rows=rows)  # which lets every table go as soon as it is changed
    day = newest_day(tables, study.zone)
    for name in TABLES:
        tables[name] = check_days(tables[name], ledgers[name], newest=day)
    return day


def _joined(name: str, loaded: list[tuple[Source, Loaded]], ledger: Ledger) -> pd.DataFrame:
    """Join what the sources of one table gave; an absent table is empty and has its columns."""
    frames = [found.table for source, found in loaded if source.table == name]
    if len(frames) == 1:
        return frames[0]
    if not frames:
        return _empty(name)
    if name == "customers":
        frames = merged_sources([without_doubles(f, ledger) for f in frames], ledger)
    return concatenated(frames)


def _empty(name: str) -> pd.DataFrame:
    columns = {c.name: missing(0, c.kind) for c in TABLES[name].columns}
    where_from = {"source_file": Kind.TEXT, "source_line": Kind.INTEGER,
                  "id_is_generated": Kind.BOOLEAN}  # fmt: skip
    return pd.DataFrame({**columns, **{c: missing(0, k) for c, k in where_from.items()}})


def _unique(study: Study, table: str) -> list[str]:
    return list(dict.fromkeys(c for s in study.sources if s.table == table for c in s.unique))


def _set_orphans_aside(
    study: Study, tables: dict[str, pd.DataFrame], ledgers: dict[str, Ledger]
) -> None:
    """Set aside rows of unknown customers, when the study has a list of customers.

    Rows from the files of a source that keeps them stay.
    """
    known = tables["customers"]["customer_id"]
    if known.empty:
        return

    def aside(name: str, ledger: Ledger) -> None:
        files = set(tables[name]["source_file"].dropna().unique())
        kept = {
            file
            for file in files
            for source in study.sources
            if source.table == name
            and source.unknown_customers == "keep"
            and names_file(source, file)
        }
        if not files or kept != files:
            tables[name] = without_orphans(tables[name], known, ledger, kept=kept)

    rows = max(map(len, tables.values()))
    each(aside, {name: ledgers[name] for name in BY_CUSTOMER}, rows=rows)


def _point_out(study: Study, tables: dict[str, pd.DataFrame], ledgers: dict[str, Ledger]) -> None:
    """Flag what a reader should know of and nothing follows from."""
    point_out_references(tables, ledgers)
    point_out_returns(tables["orders"], ledgers["orders"])

    def far_from_others(name: str, ledger: Ledger) -> None:
        point_out_outliers(tables[name], ledger, currency=study.currency)

    each(far_from_others, ledgers, rows=max(map(len, tables.values())))


def _book(
    name: str, loaded: list[tuple[Source, Loaded]], ledgers: dict[str, Ledger]
) -> pd.DataFrame:
    pieces: list[pd.DataFrame] = [getattr(found, name) for _, found in loaded]
    pieces += [getattr(ledger, name) for ledger in ledgers.values()]
    filled = [p for p in pieces if len(p)]
    return pd.concat(filled, ignore_index=True) if filled else pieces[0]


def _loads(
    loaded: list[tuple[Source, Loaded]],
    tables: dict[str, pd.DataFrame],
    quarantine: pd.DataFrame,
) -> pd.DataFrame:
    """Balance the books of every table once more, over all that was done to it."""
    files = pd.concat([found.info for _, found in loaded], ignore_index=True)
    summed = summed_info(files)
    parts = [
        balance(
            part.reset_index(drop=True),
            tables[str(name)],
            quarantine[quarantine["table"] == name],
        )
        for name, part in summed.groupby("table", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)[list(INFO)]


def _info(study: Study, loads: pd.DataFrame, day: pd.Timestamp | None) -> dict[str, Any]:
    sums = loads[["rows_in", "rows_kept", "rows_quarantined"]].sum()
    return {
        "study": study.name,
        "method_version": METHOD_VERSION,
        "newest_day": None if day is None else str(day.date()),
        "files": dict(zip(loads["source_file"], loads["sha256"], strict=True)),
        **{str(k): int(v) for k, v in sums.items()},
    }
