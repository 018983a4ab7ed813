"""How the tone was found in each language, and how far to trust it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.needs.tone_model import CalibrationBin, ToneModel, ToneRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneQuality(Result):
    """Way, material and accuracy of the tone, one row per language."""

    units: ClassVar[Mapping[str, Unit]] = {
        "language": Unit.LABEL,
        "learnt_from": Unit.LABEL,
        "texts": Unit.COUNT,
        "n_bad": Unit.COUNT,
        "n_good": Unit.COUNT,
        "spoken": Unit.SHARE,
        "n_measured": Unit.COUNT,
        "macro_f1": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "lexicon_f1": Unit.SHARE,
        "calibration_error": Unit.POINTS,
    }

    rows: tuple[ToneRow, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per language, the one with most texts first."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: accuracy says how far to trust the page."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneCalibration(Result):
    """Predicted probability of a bad text against the share that was bad."""

    units: ClassVar[Mapping[str, Unit]] = {
        "language": Unit.LABEL,
        "predicted": Unit.SHARE,
        "observed": Unit.SHARE,
        "n": Unit.COUNT,
    }

    rows: tuple[CalibrationBin, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per language and bin."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: see `ToneQuality`."""
        return ()


def tone_quality(model: ToneModel) -> ToneQuality:
    """Tell how the tone was found and how right it is.

    Parameters
    ----------
    model : ToneModel
        What `fit_tone` learnt.

    Examples
    --------
    >>> from cjm_research.needs.tone_model import ToneModel
    >>> tone_quality(ToneModel()).rows
    ()
    """
    return ToneQuality(rows=tuple(sorted(model.rows, key=lambda r: (-r.texts, r.language))))


def tone_calibration(model: ToneModel) -> ToneCalibration:
    """Return the calibration of the tone, bin by bin.

    Parameters
    ----------
    model : ToneModel
        What `fit_tone` learnt.
    """
    return ToneCalibration(rows=model.bins)
