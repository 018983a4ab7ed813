"""A study opened on one pinned version of its store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.stages import event_stages
from cjm_research.needs.codebook import load_codebook, need_stages
from cjm_research.needs.coding import feedback_codes
from cjm_research.segmentation.features import (
    USED,
    features_partial,
    finish_features,
    merge_features,
    used_columns,
)
from cjm_research.segmentation.groupings import memberships
from cjm_research.store.reading import read_part, read_parts
from cjm_research.store.store import Store
from cjm_research.study.days import begin_of
from cjm_research.study.load import load_study
from cjm_research.workspace.days import NO_DAY, data_window, read_day
from cjm_research.workspace.keys import key
from cjm_research.workspace.labels import study_labels
from cjm_research.workspace.project import coding_sheets, project_root, store_folder, study_path
from cjm_research.workspace.sql import query
from cjm_research.workspace.tables import Tables
from cjm_research.workspace.tone import learnt_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.suggested import SuggestedThemes
    from cjm_research.needs.tone_model import ToneModel
    from cjm_research.segmentation.clusters import ClusterModel
    from cjm_research.segmentation.features import FeaturePartial
    from cjm_research.segmentation.rfm import RfmCard
    from cjm_research.store.extents import Extent
    from cjm_research.study.model import Limits, Study
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.labels import Labels
    from cjm_research.workspace.segments import CustomerGroup


@dataclass(frozen=True)
class Workspace(Tables):
    """A study's tables, derived tables and words; every analysis starts from one.

    Tables are plain pandas frames, read when asked for and kept. Derived tables are made in
    their fixed order, `event_stages`, `feedback_codes`, `features`, `memberships`, each stored
    under a key that holds the keys of those it was made from.
    """

    root: Path
    study: Study
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
        if path is None:
            return None
        codebook = load_codebook(path)
        need_stages(codebook, self.study.stage_ids(), file=path.name)
        return codebook

    @property
    def coding_sheets(self) -> list[Path]:
        """Sheets that people coded feedback in, for agreement and precision."""
        return coding_sheets(self.root, self.study.name)

    @cached_property
    def labels(self) -> Labels:
        """The study's words by vocabulary and key."""
        return study_labels(self.study, self.codebook)

    @cached_property
    def tone(self) -> ToneModel:
        """How the tone of texts is found, learnt from the study's own feedback."""
        return learnt_tone(self, self.codes_key)

    @cached_property
    def suggested_themes(self) -> SuggestedThemes:
        """Themes suggested for the sentences that the codebook leaves over."""
        from cjm_research.workspace.suggestions import study_suggestions  # noqa: PLC0415  # slow

        return study_suggestions(self)

    @cached_property
    def event_stages(self) -> pd.DataFrame:
        """Events with the stage of the journey that each belongs to."""
        return read_parts([self._event_stages(b) for b in self.buckets])

    @cached_property
    def feedback_codes(self) -> pd.DataFrame:
        """Sentences of feedback with language, sentiment and themes."""
        return read_parts([self._feedback_codes(b) for b in self.buckets])

    @cached_property
    def features(self) -> pd.DataFrame:
        """One row per customer: what they did, bought and said up to `as_of`."""
        return self.features_from(map(self.features_part, self.buckets))

    def extent(self, name: str, clocks: Sequence[str]) -> Extent:
        """Return how many rows and customers a table has, and from when to when."""
        if name in {"event_stages", "feedback_codes"} - self.__dict__.keys():
            return self._extent_of([self.make(name, bucket) for bucket in self.buckets], clocks)
        return super().extent(name, clocks)

    @property
    def buckets(self) -> range:
        """Numbers of the store's buckets."""
        return range(self.store.version.n_buckets)

    def make(self, table: str, bucket: int) -> Path:
        """Make and keep one bucket of ``event_stages`` or ``feedback_codes``; return its file."""
        makers = {"event_stages": self._event_stages, "feedback_codes": self._feedback_codes}
        return makers[table](bucket)

    @cached_property
    def memberships(self) -> pd.DataFrame:
        """Which segment of each grouping a customer is in; see `settling.memberships_at_hand`."""
        from cjm_research.workspace.settling import memberships_at_hand  # noqa: PLC0415

        return memberships_at_hand(self)

    def memberships_of(self, grouping: Grouping) -> pd.DataFrame:
        """Which segment of one grouping a customer is in; its thresholds may be a run's own."""
        grouping, model = self.settled(grouping), self.model(grouping)
        return self.store.derived(
            "memberships",
            key=key(self._features_key, str(grouping), model.card.version if model else ""),
            bucket=0,
            make=lambda: memberships(
                self.customers,
                self.features,
                [grouping],
                models={grouping.id: model} if model else {},
            ),
        )

    def settled(self, grouping: Grouping) -> Grouping:
        """Return the grouping with small values of its column together, as on this day."""
        from cjm_research.workspace.settling import settled_grouping  # noqa: PLC0415

        return settled_grouping(self, grouping)

    def model(self, grouping: Grouping) -> ClusterModel | None:
        """Return the frozen clusters of a grouping that is found; None for declared segments."""
        if grouping.kind != "clusters":
            return None
        from cjm_research.workspace.models import frozen_model  # noqa: PLC0415  # slow import

        kept: dict[str, ClusterModel] = self.__dict__.setdefault("_models", {})
        if str(grouping) not in kept:
            kept[str(grouping)] = frozen_model(self, grouping)
        return kept[str(grouping)]

    def rfm_card(self) -> RfmCard:
        """Return the frozen cuts of RFM scores; see `workspace.rfm_cards.frozen_rfm_card`."""
        from cjm_research.workspace.rfm_cards import frozen_rfm_card  # noqa: PLC0415

        return frozen_rfm_card(self)

    def rfm_table(self) -> pd.DataFrame:
        """Recency, orders and revenue of each customer, straight from order lines."""
        from cjm_research.workspace.rfm_cards import rfm_by_bucket  # noqa: PLC0415

        return rfm_by_bucket(self)

    def at(self, day: pd.Timestamp) -> Workspace:
        """Return the same version of the study as of an earlier day: what was known then."""
        last = f"{day:%Y-%m-%d}"
        window = (self.window[0], min(self.window[1], last)) if self.window else None
        return replace(self, as_of=day, window=window)

    def segments(self, grouping: str = "") -> pd.DataFrame:
        """Return `customer_id` and `segment` of one grouping; the study's first if not named."""
        rows = self.memberships_of(self.study.grouping(grouping))
        return rows[["customer_id", "segment"]].reset_index(drop=True)

    def segment(self, text: str) -> CustomerGroup:
        """Return customers: ``study.segment("lifecycle/active")``, or ``"n_orders >= 3"``.

        See `workspace.segments.customer_group`.
        """
        from cjm_research.workspace.segments import customer_group  # noqa: PLC0415

        return customer_group(self, text)

    def save_segment(self, name: str, condition: str, *, replace: bool = False) -> CustomerGroup:
        """Keep a condition as a segment of the grouping ``saved``; open the study again to use it.

        See `workspace.segments.save_segment`.
        """
        from cjm_research.workspace.segments import save_segment  # noqa: PLC0415

        return save_segment(self, name, condition, replace=replace)

    def sql(self, text: str) -> pd.DataFrame:
        """Answer a SQL question over canonical and derived tables, with DuckDB, read-only."""
        return query(self, text)

    def _event_stages(self, bucket: int) -> Path:
        stages = self.study.stages
        return self.store.made(
            "event_stages",
            key=key(self.store.version.id, str(stages)),
            bucket=bucket,
            make=lambda: event_stages(self.store.read("events", bucket=bucket), stages),
        )

    @property
    def codes_key(self) -> str:
        """Key of the feedback's codes: the version of the data and the codebook."""
        path = self.study.codebook_path
        return key(self.store.version.id, path.read_text(encoding="utf-8") if path else "")

    def _feedback_codes(self, bucket: int) -> Path:
        return self.store.made(
            "feedback_codes",
            key=self.codes_key,
            bucket=bucket,
            make=lambda: feedback_codes(
                self.store.read("feedback", bucket=bucket), self.codebook, tone=self.tone
            ),
        )

    @property
    def _features_key(self) -> str:
        return key(self.codes_key, self.as_of.isoformat(), self.study.zone)

    def features_part(self, bucket: int) -> FeaturePartial:
        """Summarise the customers of one bucket, before what needs all of them."""
        used = {t: used_columns(t, self.store.columns(t)) for t in USED}
        tables = {t: self.store.read(t, columns=c, bucket=bucket) for t, c in used.items()}
        codes = {"feedback_codes": read_part(self._feedback_codes(bucket))}
        return features_partial(tables | codes, begin_of(self.as_of, self.study.zone))

    def features_from(self, parts: Iterable[FeaturePartial]) -> pd.DataFrame:
        """Return `features`; where they are not kept yet they are made of the parts."""
        return self.store.derived(
            "features",
            key=self._features_key,
            bucket=0,
            make=lambda: finish_features(merge_features(*parts)),
        )


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
    study, store = load_study(study_path(root, name)), Store.open(store_folder(root, name))
    observed = data_window(store, study)
    first, last = observed or (NO_DAY, NO_DAY)
    day = read_day(as_of) if as_of else pd.Timestamp(study.as_of or last)
    if day < first:
        raise ParameterError.expected("as_of", f"{first:%Y-%m-%d} or later", got=str(day.date()))
    return Workspace(
        root=root,
        study=study,
        store=store,
        as_of=day,
        window=(f"{first:%Y-%m-%d}", f"{min(last, day):%Y-%m-%d}") if observed else None,
    )
