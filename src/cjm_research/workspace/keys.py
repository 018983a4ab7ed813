"""Keys of derived tables: the code, keys and settings that they were made from."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


def key(*upstream: str) -> str:
    """Return the key of a derived table from the code, keys and settings that it was made from."""
    text = "\0".join((_code(), *upstream))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Return a hash of the code and word lists that make the derived tables."""
    digest = hashlib.sha256()
    for package in ("journey", "needs", "segmentation", "stats"):
        files = Path(__file__).parents[1].joinpath(package).rglob("*")
        for file in sorted(f for f in files if f.is_file() and f.suffix != ".pyc"):
            digest.update(file.read_bytes())
    return digest.hexdigest()
