"""A study opened on one pinned version of its store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.stages import event_stages
from cjm_research.needs.codebook import load_codebook
from cjm_research.needs.coding import feedback_codes
from cjm_research.segmentation.features import (
    features_partial,
    finish_features,
    merge_features,
)
from cjm_research.segmentation.groupings import memberships
from cjm_research.store.store import Store
from cjm_research.study.load import load_study
from cjm_research.workspace.days import NO_DAY, data_window
from cjm_research.workspace.labels import study_labels
from cjm_research.workspace.project import project_root, store_folder, study_path
from cjm_research.workspace.sql import query

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjm_research.needs.codebook import Codebook
    from cjm_research.study.model import Limits, Study
    from cjm_research.workspace.labels import Labels


@dataclass(frozen=True)
class Workspace:
    """A study's tables, derived tables and words; every analysis starts from one.

    Tables are plain pandas frames, read when asked for and kept. Derived tables are made in
    their fixed order, `event_stages`, `feedback_codes`, `features`, `memberships`, each stored
    under a key that holds the keys of those it was made from.
    """

    root: Path
    study: Study
    store: Store
    as_of: pd.Timestamp
    """The day that recency is counted to."""
    window: tuple[str, str] | None
    """First and last day of the data up to `as_of`, ISO; None when no row has a day."""

    @property
    def limits(self) -> Limits:
        """How many customers a statement needs."""
        return self.study.limits

    @cached_property
    def codebook(self) -> Codebook | None:
        """The study's codebook; None when it has none."""
        path = self.study.codebook_path
        return load_codebook(path) if path else None

    @cached_property
    def labels(self) -> Labels:
        """The study's words by vocabulary and key."""
        return study_labels(self.study, self.codebook)

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, or one that the cleaning left (``quarantine``)."""
        kept: dict[str, pd.DataFrame] = self.__dict__.setdefault("_tables", {})
        if name not in kept:
            kept[name] = self.store.read(name)
        return kept[name]

    @property
    def customers(self) -> pd.DataFrame:
        """One row per person or company."""
        return self.table("customers")

    @property
    def orders(self) -> pd.DataFrame:
        """One row per order line or shipment."""
        return self.table("orders")

    @property
    def deals(self) -> pd.DataFrame:
        """One row per lead or deal."""
        return self.table("deals")

    @property
    def contacts(self) -> pd.DataFrame:
        """One row per person at a company."""
        return self.table("contacts")

    @property
    def contracts(self) -> pd.DataFrame:
        """One row per contract."""
        return self.table("contracts")

    @property
    def care_contacts(self) -> pd.DataFrame:
        """One row per visit, call or greeting that was made."""
        return self.table("care_contacts")

    @property
    def events(self) -> pd.DataFrame:
        """One row per contact with the brand."""
        return self.table("events")

    @property
    def feedback(self) -> pd.DataFrame:
        """One row per answer, review, ticket or remark."""
        return self.table("feedback")

    @property
    def exposures(self) -> pd.DataFrame:
        """One row per unit shown an arm of an experiment."""
        return self.table("exposures")

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per metric of a unit."""
        return self.table("outcomes")

    @property
    def campaign_totals(self) -> pd.DataFrame:
        """One row per sum of an arm."""
        return self.table("campaign_totals")

    @property
    def quarantine(self) -> pd.DataFrame:
        """One row per raw row that was put aside, with the reason."""
        return self.table("quarantine")

    @property
    def loads(self) -> pd.DataFrame:
        """One row per raw file: rows in, kept and put aside."""
        return self.table("loads")

    @property
    def issues(self) -> pd.DataFrame:
        """One row per kind of flaw that was found and not put aside."""
        return self.table("issues")

    @property
    def choices(self) -> pd.DataFrame:
        """One row per choice that the cleaning made from a column's values."""
        return self.table("choices")

    @cached_property
    def event_stages(self) -> pd.DataFrame:
        """Events with the stage of the journey that each belongs to."""
        return self._all_buckets(self._event_stages)

    @cached_property
    def feedback_codes(self) -> pd.DataFrame:
        """Sentences of feedback with language, sentiment and themes."""
        return self._all_buckets(self._feedback_codes)

    @cached_property
    def features(self) -> pd.DataFrame:
        """One row per customer: what they did, bought and said up to `as_of`."""
        return self.store.derived("features", key=self._features_key, bucket=0, make=self._features)

    @cached_property
    def memberships(self) -> pd.DataFrame:
        """Which segment of each grouping a customer is in."""
        groupings = self.study.groupings
        return self.store.derived(
            "memberships",
            key=_key(self._features_key, str(groupings)),
            bucket=0,
            make=lambda: memberships(self.customers, self.features, groupings),
        )

    def segments(self, grouping: str = "") -> pd.DataFrame:
        """Return `customer_id` and `segment` of one grouping; the study's first if not named."""
        name = self.study.grouping(grouping).id
        rows = self.memberships
        return rows.loc[rows["grouping"] == name, ["customer_id", "segment"]].reset_index(drop=True)

    def sql(self, text: str) -> pd.DataFrame:
        """Answer a SQL question over the study's tables, with DuckDB, read-only.

        Canonical tables and the four derived tables go by their names.
        """
        return query(self, text)

    def _all_buckets(self, one: Callable[[int], pd.DataFrame]) -> pd.DataFrame:
        frames = [one(b) for b in range(self.store.version.n_buckets)]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def _event_stages(self, bucket: int) -> pd.DataFrame:
        stages = self.study.stages
        return self.store.derived(
            "event_stages",
            key=_key(self.store.version.id, str(stages)),
            bucket=bucket,
            make=lambda: event_stages(self.store.read("events", bucket=bucket), stages),
        )

    @property
    def _codes_key(self) -> str:
        path = self.study.codebook_path
        return _key(self.store.version.id, path.read_text(encoding="utf-8") if path else "")

    def _feedback_codes(self, bucket: int) -> pd.DataFrame:
        return self.store.derived(
            "feedback_codes",
            key=self._codes_key,
            bucket=bucket,
            make=lambda: feedback_codes(self.store.read("feedback", bucket=bucket), self.codebook),
        )

    @property
    def _features_key(self) -> str:
        return _key(self._codes_key, self.as_of.isoformat(), self.study.zone)

    def _features(self) -> pd.DataFrame:
        as_of = self.as_of.tz_localize(self.study.zone)
        read = ("customers", "orders", "events", "contracts")
        partials = (
            features_partial(
                {
                    **{t: self.store.read(t, bucket=b) for t in read},
                    "feedback_codes": self._feedback_codes(b),
                },
                as_of,
            )
            for b in range(self.store.version.n_buckets)
        )
        return finish_features(reduce(merge_features, partials))


def _key(*upstream: str) -> str:
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


def open_study(name: str, *, as_of: str = "", root: Path | None = None) -> Workspace:
    """Open a study.

    Parameters
    ----------
    name : str
        Name of a file in ``studies/``.
    as_of : str
        ISO day that recency is counted to; empty: the study's, else the newest of the data.
    root : Path, optional
        The project's folder; found from the working folder upwards if absent.

    Raises
    ------
    StudyError
        If the study file is missing or wrong.
    StoreError
        If the study was not cleaned yet.
    ParameterError
        If `as_of` is no day, or before the data begin.
    """
    root = root or project_root()
    study = load_study(study_path(root, name))
    store = Store.open(store_folder(root, name))
    observed = data_window(store, study)
    first, last = observed or (NO_DAY, NO_DAY)
    day = _day(as_of) if as_of else pd.Timestamp(study.as_of or last)
    if day < first:
        raise ParameterError.expected("as_of", f"{first:%Y-%m-%d} or later", got=as_of)
    return Workspace(
        root=root,
        study=study,
        store=store,
        as_of=day,
        window=(f"{first:%Y-%m-%d}", f"{min(last, day):%Y-%m-%d}") if observed else None,
    )


def _day(text: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise ParameterError.expected("as_of", "a day such as 2026-11-22", got=text) from None
