"""How many units each arm has, beside what was planned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.errors import DesignError
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.plans import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSize:
    """Units of one arm."""

    arm: str
    is_control: bool
    planned_share: float
    n: int
    share: float
    expected_units: float
    """Units that the planned share of all would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSizes(Result):
    """Units of every arm, planned and met: what the sample-ratio check rests on."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "is_control": Unit.YES_NO,
        "planned_share": Unit.SHARE,
        "expected_units": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
    }

    experiment: str
    arms: tuple[ArmSize, ...]

    @property
    def n(self) -> int:
        """Units of all arms."""
        return sum(a.n for a in self.arms)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm, in the order of the plan."""
        return pd.DataFrame([asdict(a) for a in self.arms], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the checks speak of the split."""
        return ()


def need_control(experiment: Experiment) -> None:
    """Refuse to look for effects where no arm is the control.

    Raises
    ------
    DesignError
        Names the arms.
    """
    if not experiment.has_control:
        raise DesignError(
            f"The campaign {experiment.id!r} has no control, so that it has no effects. Name one"
            f" of its arms {list(experiment.arms)} as 'control', or only describe it."
        )


def sizes_of(counts: Mapping[str, int], experiment: Experiment) -> ArmSizes:
    """Set counted units beside the planned shares."""
    total = sum(counts.values())
    return ArmSizes(
        experiment=experiment.id,
        arms=tuple(
            ArmSize(
                arm=name,
                is_control=name == experiment.control,
                planned_share=arm.share,
                n=counts[name],
                share=counts[name] / total if total else float("nan"),
                expected_units=arm.share * total,
            )
            for name, arm in experiment.arms.items()
        ),
    )
