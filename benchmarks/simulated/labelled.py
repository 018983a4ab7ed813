"""Data whose truth is known: tone of public texts, records of one person.

They are read from the folder that CJM_SHARED_DATA names; where it is not there the page keeps its
last tables.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.contest import find
from benchmarks.identity.people import make as make_people
from benchmarks.needs.labelled import load
from benchmarks.needs.tones import told_tones
from benchmarks.simulated.row import Measure, Measured
from cjm_research.cleaning.identity.resolve import resolve
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.identity import Identity

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARED = Path(os.environ.get("CJM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
LANGUAGES = {"en": "English", "ru": "Russian", "zh": "Chinese"}
_FEBRL = {"rec_id": "customer_id", "suburb": "city", "soc_sec_id": "tax_id"}
_TONE = (
    "Mean of the F1 of good and bad, on the half of the texts on which no lexicon was written; a "
    "text without a tone counts as wrong. Behind it the 95 % interval, texts drawn again."
)
_PAIRS = (
    "{about} *Precision*: pairs of records joined that are one person; *recall*: pairs of one "
    "person that were joined. Behind them the 95 % interval, persons drawn again; where all are "
    "right, Wilson's for so many persons."
)
_ABOUT = {
    "Records of one person (FEBRL 3)": "2,000 people, up to six records each, with slips in "
    "every field.",
    "Records of one person (families)": "Made up: a quarter of the people stand there two or "
    "three times, with slips, other telephones and other alphabets; one in 25 shares the "
    "telephone with a relative of the same family name.",
}


class People(NamedTuple):
    """Records, whose they are in truth, and the country of their telephones."""

    records: pd.DataFrame
    person: pd.Series
    region: str


class Draws(NamedTuple):
    """Chance, and how often everything is drawn again for an interval."""

    rng: np.random.Generator
    n: int

    def of(self, size: int) -> NDArray[np.int64]:
        """Return one draw a row, each of `size` from as many."""
        return self.rng.integers(size, size=(self.n, size))


def tone(rng: np.random.Generator, runs: int = 2_000) -> list[Measured]:
    """Score the lexicons, and the tools that a Python here has, on each language's texts."""
    if not SHARED.is_dir():
        return []
    found = []
    for language, name in LANGUAGES.items():
        contest = find(f"needs.tone_{language}")
        with TemporaryDirectory() as folder:
            contest.make(Path(folder), contest.size)
            is_good = (load(Path(folder))["label"] == "positive").to_numpy()
            told = {t.name: told_tones(contest.name, Path(folder), t.name) for t in contest.tools}
        rows = [
            Measure(tool, is_good.size, *_macro_f1(is_good, np.sign(tones), Draws(rng, runs)))
            for tool, tones in told.items()
            if tones
        ]
        found.append(Measured(f"Tone of {name} texts (macro-F1)", _TONE, "texts", rows))
    return found


def identity(rng: np.random.Generator, runs: int = 2_000) -> list[Measured]:
    """Join the records of FEBRL 3 by each setting, and those of made-up families by each rule."""
    if not SHARED.is_dir():
        return []
    fields = {"match": "all", "names": ["given_name", "surname"],
              "compare": ["address_1", "postcode"]}  # fmt: skip
    slips = [{"other_names": names, **fields} for names in ("apart", "auto", "may_be_slips")]
    rules = [{"match": match} for match in ("keys", "all")]
    return [
        _joined(title, people, settings, draws=Draws(rng, runs))
        for title, people, settings in (
            ("Records of one person (FEBRL 3)", _febrl(), slips),
            ("Records of one person (families)", _families(max(2_000, 10 * runs)), rules),
        )
    ]


def _macro_f1(
    is_good: NDArray[np.bool_], signs: NDArray[np.float64], draws: Draws
) -> tuple[float, float, float]:
    """Return the mean F1 of both classes with its 95 % interval."""

    def score(good: NDArray[np.bool_], sign: NDArray[np.float64]) -> NDArray[np.float64]:
        both = [
            2 * ((good == label) & (sign == told)).sum(axis=-1)
            / ((good == label).sum(axis=-1) + (sign == told).sum(axis=-1))
            for label, told in ((True, 1), (False, -1))
        ]  # fmt: skip
        return np.asarray(np.mean(both, axis=0))

    chosen = draws.of(is_good.size)
    low, high = np.quantile(score(is_good[chosen], signs[chosen]), [0.025, 0.975])
    return float(score(is_good, signs)), float(low), float(high)


def _joined(
    title: str, people: People, settings: list[dict[str, Any]], *, draws: Draws
) -> Measured:
    rows = []
    for setting in settings:
        plan = Identity.model_validate(setting)
        found = resolve(people.records, plan, region=people.region)
        ids = people.records["customer_id"].astype(object)
        group = ids.map(found.customer_of).fillna(ids)
        name, value = next(iter(setting.items()))
        rows += _shares(f'{name} = "{value}"', people.person, group, draws)
    return Measured(title, _PAIRS.format(about=_ABOUT[title]), "pairs", rows)


def _shares(what: str, person: pd.Series, group: pd.Series, draws: Draws) -> list[Measure]:
    """Return precision and recall; a joined pair counts for the person of its earlier record."""
    true, both = (_pairs_by(person, keys) for keys in ([person], [person, group]))
    joined = _pairs_by(person.groupby(group).transform("first"), [group])
    rows = []
    for name, of in (("precision", joined), ("recall", true)):
        one, all_of = both.align(of, fill_value=0)
        chosen = draws.of(one.size)
        again = one.to_numpy()[chosen].sum(axis=1) / all_of.to_numpy()[chosen].sum(axis=1)
        low, high = np.quantile(again, [0.025, 0.975])
        n = int(all_of.sum())
        if one.sum() == n:  # drawn again it is all right again: count the persons
            low, high = wilson_interval(*[int((all_of > 0).sum())] * 2)
        rows.append(Measure(f"{what}: {name}", n, float(one.sum()) / n, float(low), float(high)))
    return rows


def _pairs_by(person: pd.Series, keys: list[pd.Series]) -> pd.Series:
    """Return the pairs of records with the same keys, counted by person."""
    sizes = person.groupby(keys).agg(["size", "first"])
    pairs = sizes["size"] * (sizes["size"] - 1) // 2
    return pairs.groupby(sizes["first"]).sum()


def _febrl() -> People:
    plain = pd.read_csv(SHARED / "febrl3" / "febrl3.csv", dtype=str, skipinitialspace=True)
    plain.columns = plain.columns.str.strip()
    table = plain.map(lambda v: v.strip() or None, na_action="ignore").rename(columns=_FEBRL)
    day = pd.to_datetime(table["date_of_birth"], format="%Y%m%d", errors="coerce")
    person = table["customer_id"].str.extract(r"rec-(\d+)-")[0]
    return People(_numbered(table.assign(birth_date=day.astype("datetime64[us]"))), person, "AU")


def _families(size: int) -> People:
    with TemporaryDirectory() as folder:
        make_people(Path(folder), size)
        table = pd.read_parquet(Path(folder) / "people.parquet")
    return People(_numbered(table.drop(columns="person")), table["person"], "RU")


def _numbered(records: pd.DataFrame) -> pd.DataFrame:
    lines = pd.array(range(len(records)), dtype="Int64")
    return records.assign(source_file="people.csv", source_line=lines)
