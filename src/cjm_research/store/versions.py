"""A version of the store: which immutable part files make up each table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cjm_research.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part file, named by its content."""

    table: str
    bucket: int
    name: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """All tables at one moment. Its id is a hash of what it holds, so equal data, equal id."""

    id: str
    n_buckets: int
    parts: tuple[Part, ...]
    info: dict[str, Any]
    """What the load recorded: hashes of raw files, as-of day, currency."""

    @classmethod
    def of(cls, parts: tuple[Part, ...], *, n_buckets: int, info: dict[str, Any]) -> Version:
        """Make the version of these parts."""
        plain = [n_buckets, [asdict(p) for p in parts], info]
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return cls(id=digest, n_buckets=n_buckets, parts=parts, info=info)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that have at least one row."""
        return tuple(sorted({p.table for p in self.parts if p.rows}))

    def rows(self, table: str) -> int:
        """Return how many rows a table has; 0 for a table that is not there."""
        return sum(p.rows for p in self.parts if p.table == table)

    def to_json(self) -> str:
        """Return the manifest's text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, path: Path) -> Version:
        """Read a manifest.

        Raises
        ------
        StoreError
            If the file is missing or damaged.
        """
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            parts = tuple(Part(**p) for p in plain.pop("parts"))
            return cls(**plain, parts=parts)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                f"Manifest {path.name} of the store cannot be read ({error})."
                " Run the cleaning again."
            ) from error
