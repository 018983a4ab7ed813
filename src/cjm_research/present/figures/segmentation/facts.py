"""What stands beside the numbers of one segment: strategy, words, moves, journey, model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.mood import Mood
    from cjm_research.segmentation.clusters import ClusterModel
    from cjm_research.segmentation.moves import Migration
    from cjm_research.segmentation.roles import RoleShare
    from cjm_research.segmentation.segment_care import SegmentCare
    from cjm_research.segmentation.tops import Tops
    from cjm_research.segmentation.value.prospects import Prospects
    from cjm_research.segmentation.value.retention import Retention
    from cjm_research.study.phrase import Phrase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """Each part is absent where the study has no such data, and its block is left out."""

    strategy: Phrase | None = None
    roles: Sequence[RoleShare] = ()
    quotes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each language, a sentence by theme: marked up and escaped."""
    tops: Tops | None = None
    migration: Migration | None = None
    mood: tuple[Mood, Mood] | None = None
    """By stage: of the segment, and of all customers."""
    model: ClusterModel | None = None
    window: tuple[str, str] | None = None
    prospects: Prospects | None = None
    retention: Retention | None = None
    care: Mapping[str, SegmentCare] = field(default_factory=dict)
    has_contacts: bool = False
    """Contacts made are written down, so that who is due can be told."""
    horizon: int = 90
    """Days that a forecast looks ahead."""
