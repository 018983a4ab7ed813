"""Words of the command line that are more than a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence


def given_parameters(words: Sequence[str]) -> dict[str, str]:
    """Read ``name=value`` words; a value may hold further equals signs.

    Examples
    --------
    >>> given_parameters(["segment=007", "note=a=b"])
    {'segment': '007', 'note': 'a=b'}
    """
    wrong = [w for w in words if "=" not in w or not w.partition("=")[0].isidentifier()]
    if wrong:
        raise ParameterError(f"-p must be name=value; got {wrong[0]!r}.")
    return {name: value for name, _, value in (w.partition("=") for w in words)}


def shard_of(text: str) -> tuple[int, int]:
    """Read which shard of how many.

    Examples
    --------
    >>> shard_of("2/4")
    (2, 4)
    """
    first, _, last = text.partition("/")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise ParameterError(f"--shard must be i/n with i from 1 to n, such as 1/4; got {text!r}.")
    return int(first), int(last)


def number_of(n: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> number_of(1, "report"), number_of(2, "report")
    ('1 report', '2 reports')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"
