"""The tone of sentences by a model that was trained in the run; plain numbers, no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from cjm_research.needs.grams import Grams, Row, gram_matrix
from cjm_research.needs.sentiment import sentence_tones
from cjm_research.needs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.lemmas import Tokenised

ToneWay = Literal["ratings", "self_trained", "lexicon"]
"""How the tone of a language was found: from the customers' own grades, from their texts where
the lexicon is sure, or by the lexicon alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Texts with a like probability of being bad, and how many were."""

    language: str
    predicted: float
    """Mean probability of the texts."""
    observed: float
    """Share of them with a bad grade."""
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneRow:
    """How the tone of one language was found, and how right it is."""

    language: str
    learnt_from: ToneWay
    texts: int
    """Distinct texts that were read for it."""
    n_bad: int
    """Texts with a bad grade (or, self-trained, that the lexicon is sure are bad)."""
    n_good: int
    spoken: float
    """Share of the texts in which a word of the lexicon stands."""
    n_measured: int
    """Texts with a grade that the accuracy was measured on; 0 where there are too few."""
    macro_f1: float
    """Mean F1 of bad and good; of texts that the model had not seen. NaN if not measured."""
    low: float
    high: float
    lexicon_f1: float
    """Of the lexicon alone, on the same texts."""
    calibration_error: float
    """Mean distance of predicted probability and observed share; NaN if not calibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A linear model over the features of `gram_matrix`; above 0 is good."""

    grams: Grams
    coefficients: tuple[float, ...]
    bias: float
    of_lexicon: float
    """For a lexicon tone of 1."""
    slope: float = 1.0
    """Of the log odds: Platt's, from texts that the model had not seen."""

    def scores(
        self, texts: Sequence[str] | Tokenised, lexicon_tones: NDArray[np.float64]
    ) -> NDArray[Any]:
        """Return a score per folded text, before the slope."""
        matrix = gram_matrix(texts, self.grams)
        found: NDArray[Any] = (
            matrix @ np.array(self.coefficients) + self.bias + self.of_lexicon * lexicon_tones
        )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneModel:
    """Tone by language: trained where there was enough to train on, else the lexicon."""

    rows: tuple[ToneRow, ...] = ()
    bins: tuple[CalibrationBin, ...] = ()
    weights: Mapping[str, Weights] = field(default_factory=dict)

    def tones(
        self,
        sentences: Sequence[str],
        language: str,
        *,
        own_words: Mapping[str, float] | None = None,
    ) -> list[float]:
        """Score sentences of one language from -1 (bad) to 1 (good).

        Parameters
        ----------
        sentences : sequence of str
            As written.
        language : str
            Of all of them.
        own_words : mapping of str to float, optional
            Words of the trade with their tone.

        Examples
        --------
        >>> ToneModel().tones(["Late again"], "en")[0] < 0
        True
        """
        folded = [fold(s) for s in sentences]
        plain = sentence_tones(sentences, language, own_words=own_words, folded=folded)
        return self.learnt(plain, folded, language)

    def learnt(
        self, plain: list[float], folded: Sequence[str] | Tokenised, language: str
    ) -> list[float]:
        """Score folded sentences, given what the lexicon says of them."""
        known = self.weights.get(language)
        if known is None or not plain:
            return plain
        scores = known.scores(folded, np.array(plain))
        return [float(t) for t in np.tanh(known.slope * scores / 2)]

    def to_json(self) -> str:
        """Return the model as text; the same model gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> ToneModel:
        """Read what `to_json` wrote."""
        plain = json.loads(text)
        return cls(
            rows=tuple(ToneRow(**r) for r in plain["rows"]),
            bins=tuple(CalibrationBin(**b) for b in plain["bins"]),
            weights={language: _weights(w) for language, w in plain["weights"].items()},
        )


def probability_bad(scores: NDArray[Any], *, slope: float, intercept: float) -> NDArray[Any]:
    """Return Platt's probability that a text is bad."""
    found: NDArray[Any] = special.expit(-(slope * scores + intercept))
    return found


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _weights(plain: dict[str, Any]) -> Weights:
    grams = plain["grams"]
    rows = {k: Row(tuple(names), np.array(idf)) for k in ("runs", "pieces")
            for names, idf in [grams[k]]}  # fmt: skip
    return Weights(
        **plain
        | {
            "grams": Grams(grams["language"], rows["runs"], rows["pieces"]),
            "coefficients": tuple(plain["coefficients"]),
        }
    )
