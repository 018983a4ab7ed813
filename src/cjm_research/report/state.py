"""Whether there is anything to do: asked before the command line loads anything else.

Only the standard library is used. After a run the hash of all inputs and the state of each
report are kept; while the hash is the same and every page is there as published, a run has
nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjm_research.report.inputs import Hashes, all_inputs
from cjm_research.report.manifest import is_whole, read_json, read_manifest, to_json
from cjm_research.store.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DONE = ("fresh", "skipped")


def state_path(reports: Path, study: str) -> Path:
    """Return where the state of a study is kept."""
    return reports / ".runs" / study / "state.json"


def up_to_date(root: Path, study: str, *, wanted: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return the reports that were asked for if none of them has to be made, else None.

    Parameters
    ----------
    root : Path
    study : str
    wanted : sequence of str
        Ids of reports or names of pages; all that were planned if empty. A part of a name is
        not looked up here: the answer is then None, and the run itself looks.
    """
    reports = root / "reports"
    state = read_json(state_path(reports, study))
    jobs: dict[str, Any] = state.get("jobs", {})
    chosen = _chosen(jobs, state.get("planned", []), wanted)
    if not chosen or not (reports / "index.html").is_file():
        return None
    if any(jobs[stem]["status"] not in DONE for stem in chosen):
        return None
    hashes = Hashes.open(reports)
    if state.get("inputs") != all_inputs(root, study, hashes):
        return None
    hashes.save()
    fresh = [stem for stem in chosen if jobs[stem]["status"] == "fresh"]
    if not all(is_whole(reports, read_manifest(reports, study, stem)) for stem in fresh):
        return None
    return {stem: jobs[stem] for stem in chosen}


def _chosen(jobs: Mapping[str, Any], planned: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the pages that were asked for; nothing if one of them is not known."""
    if not wanted:
        return list(planned) if planned and set(planned) <= set(jobs) else []
    found: list[str] = []
    for name in wanted:
        own = [s for s in planned if name == s or jobs.get(s, {}).get("report") == name]
        if not own or not set(own) <= set(jobs):
            return []
        found += own
    return list(dict.fromkeys(found))


def save_state(
    reports: Path,
    study: str,
    *,
    inputs: str,
    jobs: Mapping[str, Mapping[str, str]],
    planned: Sequence[str],
) -> None:
    """Keep what came of the reports of a run.

    Parameters
    ----------
    reports : Path
    study : str
    inputs : str
        Hash of all inputs when the run began.
    jobs : mapping
        For each page: its report, status and reason.
    planned : sequence of str
        Every page of the study, also those that this run was not asked for.
    """
    before = read_json(state_path(reports, study))
    kept = before.get("jobs", {}) if before.get("inputs") == inputs else {}
    known = {s: j for s, j in {**kept, **jobs}.items() if s in planned}
    plain = {"inputs": inputs, "planned": list(planned), "jobs": known}
    write_whole(state_path(reports, study), to_json(plain))
