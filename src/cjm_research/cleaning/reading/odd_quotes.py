"""Quotes as databases and people write them, written as tables have them."""

from __future__ import annotations

import re

_SAMPLE = 1 << 16
_MOSTLY = 0.9
_SINGLE_LINE = re.compile(rb"'.*[^\\]'\r?", re.DOTALL)
_BETWEEN = re.compile(rb"'([;,|\t])'")
_ESCAPED = re.compile(rb'\\"(?![;,|\t\r\n]|$)')
_ENDING = re.compile(rb'\\"(?=[;,|\t\r\n]|$)')
_DOUBLED = re.compile(rb'[^\\;,|\t\r\n"]""[^;,|\t\r\n"]')
_SPACED = re.compile(rb'([;,|]) +"(?=(?:[^"\n]|"")*" *(?:[;,|\r\n]|$))')
_SPACED_OR_NOT = re.compile(rb'(?:^|[;,|]) *"', re.MULTILINE)


def plain_quotes(data: bytes) -> bytes:
    r"""Turn single quotes, quotes behind a backslash and quotes behind a blank into plain ones.

    Only where the first lines show that it is the file's own way; any other text stays as it is.

    Examples
    --------
    >>> plain_quotes(b"'id','name'\n'1','tea, green'\n'2','O''Neil'\n")
    b'"id","name"\n"1","tea, green"\n"2","O\'Neil"\n'
    >>> plain_quotes(rb'1,"say \"hi\", ok"')
    b'1,"say ""hi"", ok"'
    >>> plain_quotes(b'id, name\n1, "tea, green"\n')
    b'id, name\n1,"tea, green"\n'
    """
    sample = data[:_SAMPLE]
    if sample.startswith(b"'") and _has_single_quotes(sample):
        data = b"\n".join(map(_with_double_quotes, data.split(b"\n")))
    if b'"' not in sample:
        return data
    if (
        not _DOUBLED.search(sample)
        and len(_ESCAPED.findall(sample)) > len(_ENDING.findall(sample)) / 2
    ):
        data = data.replace(b'\\"', b'""')
    n_spaced = len(_SPACED.findall(sample))
    if n_spaced and n_spaced >= _MOSTLY * len(_SPACED_OR_NOT.findall(sample)):
        data = _SPACED.sub(rb'\1"', data)
    return data


def _has_single_quotes(sample: bytes) -> bool:
    """Tell whether nearly every whole line begins and ends with one, and its cells do."""
    lines = [line for line in sample.split(b"\n") if line.strip()]
    lines = lines[:-1] if len(sample) == _SAMPLE else lines
    fits = [bool(_SINGLE_LINE.fullmatch(line) and _BETWEEN.search(line)) for line in lines]
    return len(fits) > 1 and sum(fits) >= _MOSTLY * len(fits)


def _with_double_quotes(line: bytes) -> bytes:
    if not _SINGLE_LINE.fullmatch(line):
        return line
    plain = line.rstrip(b"\r")
    body = plain[1:-1].replace(b'"', b'""')
    body = _BETWEEN.sub(rb'"\1"', body).replace(b"\\'", b"'").replace(b"''", b"'")
    return b'"' + body + b'"' + line[len(plain) :]
