"""A pattern tried on the feedback before it goes into the codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from cjm_research.errors import ParameterError
from cjm_research.needs.lemmas import tokens
from cjm_research.needs.matching import SentenceIndex
from cjm_research.needs.text import fold
from cjm_research.study.phrase import Language

if TYPE_CHECKING:
    import pandas as pd


def sentences_with(codes: pd.DataFrame, pattern: str, *, language: Language) -> pd.DataFrame:
    """Return the sentences that a pattern finds, with the themes that they have.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    pattern : str
        As in a codebook: words in this order, each for all its forms, ``слово*`` for a stem.
    language : str
        ``ru``, ``zh`` or ``en``.

    Raises
    ------
    ParameterError
        If the pattern has no letters, or patterns of the language do not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> codes = pd.DataFrame({"text": ["Приложение не работает", "Работает"], "language": "ru"})
    >>> sentences_with(codes, "не работать", language="ru")["text"].tolist()
    ['Приложение не работает']
    """
    if language not in get_args(Language):
        raise ParameterError.unknown("language", language, known=get_args(Language))
    if not tokens(fold(pattern.replace("*", ""))):
        raise ParameterError.expected("pattern", "words with letters", got=pattern)
    said = codes.loc[codes["text"].notna() & codes["language"].eq(language)]
    texts = said["text"].unique().tolist()
    index = SentenceIndex([fold(t) for t in texts], language)
    hits = {texts[n] for n in index.with_phrase(fold(pattern))}
    return said.loc[np.array([t in hits for t in said["text"]], dtype=bool)]
