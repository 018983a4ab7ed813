"""Public data whose truth is known: tone of texts, records of one person.

They are read from the folder that CJM_SHARED_DATA names; without it the page keeps its last
tables.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.contest import NoDataError, find
from cjm_research.cleaning.identity.resolve import resolve
from cjm_research.study.identity import Identity

SHARED = Path(os.environ.get("CJM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
_FEBRL = {"rec_id": "customer_id", "given_name": "first", "surname": "last",
          "date_of_birth": "birth_date"}  # fmt: skip


def tone() -> list[str]:
    """Return the accuracy of the lexicons, and of the tools that are installed here."""
    rows = []
    for language in ("en", "ru", "zh"):
        contest = find(f"needs.tone_{language}")
        with TemporaryDirectory() as folder:
            try:
                contest.make(Path(folder), contest.size)
            except NoDataError:
                return []
            for tool in contest.tools:
                try:
                    answer = tool.work(tool.load(Path(folder)))
                except ImportError:
                    continue
                rows.append(f"| {language} | {tool.name} | {answer['n']:,} "
                            f"| {answer['macro_f1']:.3f} |")  # fmt: skip
    meaning = (
        "Two classes; the half of the texts on which no lexicon was written; a text without a "
        "tone counts as wrong."
    )
    head = ["| language | tool | texts | macro-F1 |", "| --- | --- | ---: | ---: |"]
    return ["", "## Tone of public labelled texts", "", meaning, "", *head, *rows]


def identity() -> list[str]:
    """Return how well records of one person are joined, on FEBRL 3 and on its keys alone."""
    path = SHARED / "febrl3" / "febrl3.csv"
    if not path.is_file():
        return []
    plain = pd.read_csv(path, dtype=str, skipinitialspace=True)
    plain.columns = plain.columns.str.strip()
    table = plain.rename(columns=_FEBRL)
    person = table["customer_id"].str.extract(r"rec-(\d+)-")[0]
    name = table["first"].fillna("") + " " + table["last"].fillna("")
    day = pd.to_datetime(table["birth_date"], format="%Y%m%d", errors="coerce")
    lines = pd.array(range(len(table)), dtype="Int64")
    customers = table.assign(name=name.str.strip(), birth_date=day, source_file="febrl3.csv",
                             source_line=lines).drop(columns=["first", "last"])  # fmt: skip
    rows = []
    for slips in ("apart", "may_be_slips"):
        plan = Identity.model_validate(
            {"match": "all", "keys": ["soc_sec_id"], "other_names": slips,
             "compare": ["address_1", "suburb", "postcode"]})  # fmt: skip
        found = resolve(customers, plan, region="AU")
        group = customers["customer_id"].map(found.customer_of).fillna(customers["customer_id"])
        precision, recall, f1 = _pairs(group, person)
        rows.append(f"| {slips} | {len(table):,} | {precision:.4f} | {recall:.4f} | {f1:.4f} |")
    meaning = "Pairs of records; 2,000 people, up to six records each, with slips in every field."
    head = ["| other_names | records | precision | recall | F1 |",
            "| --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    return ["", "## Records of one person (FEBRL 3)", "", meaning, "", *head, *rows]


def _pairs(group: pd.Series, person: pd.Series) -> tuple[float, float, float]:
    def count(*columns: pd.Series) -> int:
        sizes = pd.concat(columns, axis=1).value_counts().to_numpy()
        return int((sizes * (sizes - 1) // 2).sum())

    found, true, both = count(group), count(person), count(group, person)
    return both / found, both / true, 2 * both / (found + true)
