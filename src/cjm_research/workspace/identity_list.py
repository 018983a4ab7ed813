"""The list in which a person decides who is one customer: merges and doubtful pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.cleaning.identity.decisions import APART, SAME, Decision, read_decisions
from cjm_research.cleaning.privacy import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cjm_research.study.model import Study


def identity_list_path(study: Study, root: Path) -> Path:
    """Return where the list of a study lies."""
    return root / "data" / "contacts" / f"{study.name}.identity.csv"


def write_identity_list(study: Study, tables: Mapping[str, pd.DataFrame], root: Path) -> None:
    """Write every merge and every doubtful pair, with what was decided so far.

    Save the list beside the study file, write ``same`` or ``apart`` under `decision`, and name
    it in the study file: ``[identity] decisions = "shop.identity.csv"``. Decisions that stand
    in the list already, or in that file, are kept.

    Parameters
    ----------
    study : Study
        The study.
    tables : mapping of str to pandas.DataFrame
        As the cleaning leaves them.
    root : Path
        The project's folder.
    """
    merged, review = tables["identities"], tables["identity_review"]
    path = identity_list_path(study, root)
    if study.identity.match == "off" or not (len(merged) or len(review) or path.is_file()):
        return
    pairs = pd.concat(
        [
            merged.rename(columns={"source_customer_id": "other_id"}).assign(state="merged"),
            review.assign(state="review"),
        ],
        ignore_index=True,
    ).reindex(columns=["customer_id", "other_id", "state", "rule", "why", "probability"])
    named = study.decisions_path
    known = [p for p in (path, named) if p is not None and p.is_file()]
    decided = _decided(d for p in known for d in read_decisions(p))
    keys = [frozenset(k) for k in pairs[["customer_id", "other_id"]].to_numpy().tolist()]
    pairs.insert(2, "decision", [decided.pop(k, None) for k in keys])
    older = pd.DataFrame(
        [{**dict(zip(("customer_id", "other_id"), sorted(k), strict=True)), "decision": word,
          "state": "decided"} for k, word in decided.items()]
    )  # fmt: skip
    write_csv(pd.concat([pairs, older], ignore_index=True), path)


def _decided(decisions: Iterable[Decision]) -> dict[frozenset[str], str]:
    """Return the last decision on each pair."""
    pairs = {frozenset((d.first, d.second)): d for d in decisions if d.first != d.second}
    return {pair: SAME if d.is_same else APART for pair, d in pairs.items()}
