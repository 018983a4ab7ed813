"""Why a report has nothing to say, in the words of each language.

A package function says it in English, as every error does (`NoDataError`). The catalogues hold
the same sentences as templates ``no_data.*``: what was said is found among the English ones and
told again in the language of the page, with the names and numbers that it held.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cjm_research.present.catalogue import catalogue

if TYPE_CHECKING:
    from cjm_research.present.words import Words

_FIELD = re.compile(r"\{(\w+)\}")


def said_reason(reason: str, words: Words) -> str:
    """Return a reason in words.

    Parameters
    ----------
    reason : str
        A key of the catalogues, or the message of a `NoDataError`.
    words : Words
        Of the language asked for.

    Returns
    -------
    str
        In that language. A message that no template fits stays as it is in English; elsewhere it
        is only said that data are missing.

    Examples
    --------
    >>> from cjm_research.present.words import Words
    >>> said_reason("The study 'shop' declares no experiment.", Words("ru"))
    'В исследовании «shop» не описан ни один эксперимент.'
    >>> said_reason("Something else.", Words("en"))
    'Something else.'
    """
    if not reason or words.has(reason):
        return words(reason) if reason else ""
    if words.language == "en":
        return reason
    for key, pattern in _patterns():
        found = pattern.fullmatch(reason)
        if found:
            return words(key, **found.groupdict())
    return words("index.no_data")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the English templates as patterns; of two that fit the longer text is meant."""
    texts = {k: t for k, t in catalogue("en").texts.items() if k.startswith("no_data.")}
    longest_first = sorted(texts.items(), key=lambda item: -len(item[1]))
    return tuple((key, _pattern(template)) for key, template in longest_first)


def _pattern(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)  # texts and names take turns
    return re.compile(
        "".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(parts)),
        re.DOTALL,
    )
