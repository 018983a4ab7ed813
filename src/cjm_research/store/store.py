"""The store of one study: read a pinned version, commit a new one, keep derived tables."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from cjm_research.errors import StoreError
from cjm_research.schema.tables import TABLES
from cjm_research.store.buckets import ROWS_PER_BUCKET, bucket_count, bucket_of
from cjm_research.store.extents import span
from cjm_research.store.lock import locked, once
from cjm_research.store.reading import column_names, read_part, read_parts
from cjm_research.store.versions import Part, Version
from cjm_research.store.whole import write_whole
from cjm_research.store.writing import parquet_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path


_WRITERS = 2
"""Buckets that are written side by side: each is held twice while it is."""


@dataclass(frozen=True, slots=True)
class Store:
    """One version of a study's tables, pinned: a commit elsewhere does not change it."""

    folder: Path
    version: Version

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the current version.

        Raises
        ------
        StoreError
            If nothing was loaded yet, or the manifest is damaged.
        """
        current = folder / "CURRENT"
        if not current.is_file():
            raise StoreError(
                f"Study {folder.name!r} has no cleaned data yet. Run: cjm clean {folder.name}"
            )
        name = current.read_text(encoding="ascii").strip()
        return cls(folder, Version.read(folder / "versions" / f"{name}.json"))

    def read(
        self, table: str, *, columns: Sequence[str] | None = None, bucket: int | None = None
    ) -> pd.DataFrame:
        """Return a table, or one bucket of it; an absent table is empty with its own columns."""
        parts = self.parts(table, bucket)
        return read_parts(parts, columns) if parts else _empty(table, columns)

    def parts(self, table: str, bucket: int | None = None) -> list[Path]:
        """Return the files of a table, or those of one bucket of it."""
        return [
            self._part(p)
            for p in self.version.parts
            if p.table == table and bucket in (None, p.bucket)
        ]

    def span(self, table: str, column: str) -> tuple[Any, Any] | None:
        """Return the least and the greatest value of a column; None where nothing is known."""
        return span(self.parts(table), column)

    def read_filled(self, table: str, *, valued: Collection[str]) -> pd.DataFrame:
        """Return a table to see what is filled: only some columns surely hold their values.

        Parameters
        ----------
        table : str
        valued : collection of str
            Columns whose values are asked for. Of the others only missing is missing: those that
            every row fills are not read, and hold True.
        """
        parts = self.parts(table)
        return read_parts(parts, valued=valued) if parts else _empty(table, None)

    def has(self, table: str) -> bool:
        """Tell whether a table has at least one row."""
        return self.version.rows(table) > 0

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        part = next((p for p in self.version.parts if p.table == table), None)
        return column_names(self._part(part)) if part else [str(c) for c in _empty(table, None)]

    def derived(
        self, table: str, *, key: str, bucket: int, make: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """Return a derived table of one bucket, made and kept when `key` is new."""
        return read_part(self.made(table, key=key, bucket=bucket, make=make))

    def made(self, table: str, *, key: str, bucket: int, make: Callable[[], pd.DataFrame]) -> Path:
        """Return the file of a derived table of one bucket, made when `key` is new."""
        folder = self.folder / "derived" / table
        path = folder / f"{key}-{self.version.n_buckets}-{bucket}.parquet"
        if not path.is_file():
            with once(path):
                if not path.is_file():  # another made it meanwhile
                    write_whole(path, parquet_bytes(make()))
        return path

    def _part(self, part: Part) -> Path:
        path = self.folder / "parts" / part.table / f"{part.name}.parquet"
        if not path.is_file():
            raise StoreError(
                f"Part {part.name} of table {part.table!r} is missing from the store."
                " Run the cleaning again."
            )
        return path


def commit(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    info: Mapping[str, Any],
    rows_per_bucket: int = ROWS_PER_BUCKET,
) -> Version:
    """Write a version of all tables and make it the current one, or change nothing.

    Part files are written first, then the manifest, then ``CURRENT`` is replaced: a load that
    dies in between leaves the store as it was. The same tables give the same version.

    Parameters
    ----------
    folder : Path
        Folder of the study's store; made when absent.
    tables : mapping of str to pandas.DataFrame
        Canonical tables, and tables without a customer such as ``quarantine``.
    info : mapping
        Plain data about the load, kept in the manifest.
    rows_per_bucket : int
        Size of a bucket, in rows of the largest table.
    """
    with locked(folder / ".lock", what=f"The store of study {folder.name!r}"):
        largest = max((len(t) for t in tables.values()), default=0)
        n_buckets = bucket_count(largest, rows_per_bucket=rows_per_bucket)
        with ThreadPoolExecutor(_WRITERS) as pool:  # arrow packs without Python's lock
            parts = tuple(
                part
                for name in sorted(tables)
                for part in _write_table(folder, name, tables[name], n_buckets, pool)
            )
        version = Version.of(parts, n_buckets=n_buckets, info=dict(info))
        manifest = folder / "versions" / f"{version.id}.json"
        write_whole(manifest, version.to_json())
        write_whole(folder / "CURRENT", version.id)
    return version


def sweep(folder: Path, *, keep: int = 2) -> int:
    """Delete part files that none of the newest `keep` versions use; return how many."""
    with locked(folder / ".lock", what=f"The store of study {folder.name!r}"):
        current = Store.open(folder).version.id
        manifests = sorted((folder / "versions").glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
        kept = {*manifests[-keep:], folder / "versions" / f"{current}.json"}
        used = {p.name for m in kept for p in Version.read(m).parts}
        dead = [p for p in (folder / "parts").glob("*/*.parquet") if p.stem not in used]
        for path in (*dead, *(m for m in manifests if m not in kept)):
            path.unlink(missing_ok=True)
    return len(dead)


def customer_column(table: str) -> str | None:
    """Return the column by which a table is bucketed; None keeps it in bucket 0."""
    declared = TABLES.get(table)
    return declared.customer if declared else None


def _write_table(
    folder: Path, name: str, frame: pd.DataFrame, n_buckets: int, pool: Executor
) -> list[Part]:
    column = customer_column(name)
    if column is None or n_buckets == 1:
        return [_write_part(folder, name, 0, frame)]
    buckets = bucket_of(frame[column], n_buckets).astype(np.int32)

    def write(bucket: int) -> Part:
        return _write_part(folder, name, bucket, frame.take(np.flatnonzero(buckets == bucket)))

    return list(pool.map(write, np.flatnonzero(np.bincount(buckets)).tolist()))


def _write_part(folder: Path, table: str, bucket: int, frame: pd.DataFrame) -> Part:
    content = parquet_bytes(frame)
    name = hashlib.sha256(content).hexdigest()[:24]
    path = folder / "parts" / table / f"{name}.parquet"
    if not path.is_file():
        write_whole(path, content)
    return Part(table=table, bucket=bucket, name=name, rows=len(frame))


def _empty(table: str, columns: Sequence[str] | None) -> pd.DataFrame:
    declared = TABLES.get(table)
    frame = pd.DataFrame(
        {c.name: pd.Series(dtype=c.dtype) for c in declared.columns} if declared else {}
    )
    return frame.reindex(columns=list(columns)) if columns else frame
