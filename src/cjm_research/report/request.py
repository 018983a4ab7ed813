"""What the building of a page is given, and what it gives back. Light, for both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from cjm_research.study.actions import Action


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
    changes: Mapping[str, Any] = field(default_factory=dict)
    """What changed against the baseline; see `build.changes_of`."""

    @property
    def n_changes(self) -> int:
        """How many findings moved by more than noise."""
        return len(self.changes.get("moved", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """What the summary of a study is made from: plain data."""

    study: str
    title: Mapping[str, str]
    research: Mapping[str, Any]
    """The study's question, decision, owner and questions by report."""
    languages: tuple[str, ...]
    currency: str
    made_at: str
    """ISO stamp in the study's zone."""
    manifests: Sequence[Mapping[str, Any]]
    """Of the study's pages, in reading order."""
    findings: Mapping[str, Mapping[str, Any]]
    """Content of ``findings.json`` by page."""
    owners: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the study calls an owner, by language."""
    actions: Sequence[Action] = ()
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By ``FINDING@DAY`` of a done action: the finding in the last report before that day."""
