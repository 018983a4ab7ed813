"""Lines that a spreadsheet wrapped in quotes whole, separators and all."""

from __future__ import annotations

import re

_WRAPPED = re.compile(rb'"(?:[^"\n]|"")*"\r?')
_FIRST = 20


def unwrapped(data: bytes) -> bytes:
    r"""Take off the quotes in which every line stands whole; any other text stays as it is.

    A spreadsheet that opened a file without splitting it, and saved it again, writes such lines.

    Examples
    --------
    >>> unwrapped(b'"id;name"\n"7;""Oak"" Ltd"\n')
    b'id;name\n7;"Oak" Ltd\n'
    >>> unwrapped(b'"id";"name"\n"7";"Oak"\n') == b'"id";"name"\n"7";"Oak"\n'
    True
    """
    if not data.startswith(b'"'):
        return data
    first = [line for line in data[: 1 << 16].split(b"\n")[: _FIRST + 1] if line.strip()]
    whole = first[:-1] if len(data) > 1 << 16 else first
    if len(whole) < 2 or not all(_WRAPPED.fullmatch(line) for line in whole):
        return data
    if not any(all(s in line for line in whole) for s in (b";", b"\t", b",", b"|")):
        return data
    return b"\n".join(map(_inner, data.split(b"\n")))


def _inner(line: bytes) -> bytes:
    if not _WRAPPED.fullmatch(line):
        return line
    plain = line.rstrip(b"\r")
    return plain[1:-1].replace(b'""', b'"') + line[len(plain) :]
