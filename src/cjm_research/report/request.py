"""What the building of a page is given, and what it gives back. Light, for both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a page is built from."""

    notebook: NotebookNode
    context: Mapping[str, Any]
    """Title, subject, parameters, provenance: plain data, kept in the notebook's metadata."""
    baseline: Mapping[str, Any] | None = None
    """The ``findings.json`` that this one is compared with."""
    store: Path | None = None
    """Folder of the store where the identifiers are; None skips that check."""
    allowed: tuple[str, ...] = ()
    """Texts of the study file, which its author wrote to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The texts of one report, ready to be published."""

    pages: Mapping[str, str]
    """Page by language."""
    findings: Mapping[str, Any]
    """Content of ``findings.json``."""
    title: Mapping[str, str]
    headline: Mapping[str, str]
    """The first of the main findings by language."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies beside the pages, by path: workbooks and figures."""
    n_changes: int = 0
