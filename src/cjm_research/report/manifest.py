"""What is known of each published report: one small JSON beside its pages."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cjm_research.store.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

KEPT = 30
"""So many earlier findings of a report are kept."""

_BANNER = re.compile(r"<!--stale-->.*?<!--/stale-->", re.DOTALL)


def manifest_path(reports: Path, study: str, stem: str) -> Path:
    """Return where the manifest of a report lies."""
    return reports / study / f"{stem}.manifest.json"


def read_manifest(reports: Path, study: str, stem: str) -> dict[str, Any]:
    """Return the manifest of a report; empty when there is none or it is damaged."""
    return read_json(manifest_path(reports, study, stem))


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object; empty when the file is missing or damaged."""
    with suppress(OSError, ValueError):
        plain = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(plain, dict):
            return plain
    return {}


def to_json(plain: Mapping[str, Any]) -> str:
    """Return the text of a JSON file: the same data, the same bytes."""
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def all_manifests(reports: Path) -> list[dict[str, Any]]:
    """Return every manifest, by study and in the order of each study's reports."""
    found = [read_json(p) for p in sorted(reports.glob("*/*.manifest.json"))]
    whole = [m for m in found if {"study", "report", "stem", "status"} <= m.keys()]
    return sorted(whole, key=lambda m: (m["study"], m.get("order", 0), m["stem"]))


def content_hash(page: str) -> str:
    """Return a hash of a page without its banner, which comes and goes.

    Examples
    --------
    >>> with_banner = "<p><!--stale--><b>Old</b><!--/stale--></p>"
    >>> content_hash(with_banner) == content_hash("<p><!--stale--><!--/stale--></p>")
    True
    """
    return hashlib.sha256(with_banner(page, "").encode()).hexdigest()


def with_banner(page: str, banner: str) -> str:
    """Return a page with another banner; an empty one takes it away."""
    return _BANNER.sub(lambda _: f"<!--stale-->{banner}<!--/stale-->", page, count=1)


def is_whole(reports: Path, manifest: Mapping[str, Any]) -> bool:
    """Tell whether every page that a manifest names is there with its content.

    Of the files beside a page only their being there is looked at.
    """
    folder = reports / str(manifest.get("study"))
    pages = manifest.get("pages") or {}
    if not all((folder / str(file)).is_file() for file in manifest.get("files", ())):
        return False
    with suppress(OSError, UnicodeDecodeError):
        return bool(pages) and all(
            content_hash((folder / p["file"]).read_text(encoding="utf-8")) == p["sha256"]
            for p in pages.values()
        )
    return False


def history(reports: Path, study: str, stem: str) -> list[Path]:
    """Return the earlier ``findings.json`` of a report, the oldest first."""
    return sorted((reports / study / ".history" / stem).glob("*.json"))


def baseline(reports: Path, study: str, stem: str, *, data: str) -> Path | None:
    """Return the newest published findings that rest on other data; None at the first report."""
    earlier = [p for p in history(reports, study, stem) if not p.stem.endswith(data[:12])]
    return earlier[-1] if earlier else None


def next_in_history(reports: Path, study: str, stem: str, *, data: str) -> Path:
    """Return where the findings of these data go: a place of their own in the order of runs.

    Findings of the same data as the newest replace it: they are no new state of the world.
    """
    known = history(reports, study, stem)
    if known and known[-1].stem.endswith(data[:12]):
        return known[-1]
    number = int(known[-1].stem.partition("-")[0]) + 1 if known else 1
    return reports / study / ".history" / stem / f"{number:06d}-{data[:12]}.json"


def retire(reports: Path, study: str, *, kept: Collection[str]) -> None:
    """Say of pages that left the study that they did; they stay. `kept` names the others."""
    for manifest in all_manifests(reports):
        is_own = manifest["study"] == study and "~" not in manifest["stem"]
        if is_own and manifest["stem"] not in kept and manifest["status"] != "stale":
            left = manifest | {"status": "stale", "reason": "index.retired"}
            write_whole(manifest_path(reports, study, manifest["stem"]), to_json(left))
