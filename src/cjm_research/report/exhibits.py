"""Which exhibit of a page proves a finding, so that others can link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjm_research.present.markup import anchor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.report.page import Shown

MAIN = "main-findings"


def exhibit_of(finding: Mapping[str, Any], shown: Sequence[Shown]) -> str:
    """Return the anchor of a finding's exhibit: its own, else the table that has its row.

    Parameters
    ----------
    finding : mapping
        As ``findings.json`` keeps it.
    shown : sequence of Shown
        The blocks of the page.

    Returns
    -------
    str
        The anchor of the main findings when no exhibit has it.
    """
    exhibits = [s.block for s in shown if s.block["kind"] == "exhibit"]
    own = anchor(str(finding["id"]))
    known = {str(b["id"]) for b in exhibits}
    if finding.get("exhibit") in known:
        return str(finding["exhibit"])
    if own in known:
        return own
    subject: Mapping[str, str] = finding.get("subject") or {}
    for block in exhibits if subject else ():
        if any(_has_row(table, subject) for table in block.get("tables", ())):
            return str(block["id"])
    return MAIN


def _has_row(table: Mapping[str, Any], subject: Mapping[str, str]) -> bool:
    """Tell whether a table has a row about the subject."""
    columns = {k: i for i, k in enumerate(table["keys"])}
    if not subject.keys() <= columns.keys():
        return False
    return any(all(row[columns[k]] == v for k, v in subject.items()) for row in table["rows"])
