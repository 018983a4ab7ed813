"""Letters that were read in a wrong encoding before the export: put right where that is certain.

Two kinds of damage are known. UTF-8 that was read as a one-byte encoding leaves runs of foreign
letters that are valid UTF-8 when they are written back: nothing else does that by chance. A
one-byte encoding that was read as another one leaves a whole file of unlikely letters, which is
told by how often letters follow in Russian text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import log2
from typing import TYPE_CHECKING

from cjm_research.cleaning.reading.high_lines import high_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RUN = re.compile(r"[^\x00-\x7f]+")
_SOURCES = ("cp1251", "cp1252", "koi8-r", "cp866", "mac-cyrillic", "latin-1")
_PAIRS = (
    ("cp1252", "cp1251"), ("latin-1", "cp1251"), ("cp1251", "koi8-r"), ("koi8-r", "cp1251"),
    ("cp1251", "cp866"), ("cp866", "cp1251"), ("latin-1", "koi8-r"), ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
)  # fmt: skip
"""Encoding that a text was read in, and the one that it was in."""
_FREQUENT = dict(
    zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (11, 8.5, 8, 7.4, 6.7, 6.3, 5.5, 4.7, 4.5, 4.4, 3.5, 3.2, 3, 2.8, 2.6, 2, 1.9, 1.7, 1.7,
         1.6, 1.6, 1.4, 1.2, 1, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.1, 0.1), strict=True)
)  # fmt: skip
"""Per cent of Russian letters."""
_RARE = 0.05
_SAMPLE = 20_000
TELLING = 400
"""Lines that tell."""
_BETTER = 1.8
"""Times that letters must be likelier after the repair, in the mean of their logarithms."""
_SHARE = 0.3
_LOST = ("\ufffd", "пїЅ", "ï¿½", "锟斤拷")
_SHOWN = 60
_BLOCK = 1 << 18
_SUSPECT = re.compile(
    rb"\xd0[\xa0\xa1](?:\xc2|\xe2|\xd1[\x90-\x9f]|\xd0[\x80-\x8f])"
    rb"|\xc3[\x82-\x86\x90\x91\xa2-\xa9](?:\xc2|\xc5|\xc6|\xcb|\xe2)"
    rb"|\xd0\xbf(?:\xe2|\xc2|\xd1\x97)|\xd1\x8f(?:\xe2|\xc2)"
    rb"|\xe2\x95[\xa4\xa8]|\xe2\x80[\x93\x94][\xc2-\xf4]|\xef\xbf\xbd|\xe9\x94\x9f"
)
"""Bytes of the letters that first bytes of UTF-8 become in other encodings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A text without wrong letters, and how many lines had them."""

    data: bytes
    restored: int = 0
    """Lines whose letters were put right."""
    lost: int = 0
    """Lines with letters that nothing can bring back."""
    example: str = ""


def repaired(data: bytes) -> Repair:
    r"""Put right the letters of a UTF-8 text that was in a wrong encoding before.

    Examples
    --------
    >>> spoilt = "Иванов;Казань".encode().decode("cp1251", "replace").replace("\ufffd", "\x98")
    >>> repaired(spoilt.encode()).data.decode()
    'Иванов;Казань'
    >>> repaired("Сёмга №5, café".encode()).restored
    0
    """
    pair = _whole_pair(data)
    restored, lost, example = 0, 0, ""
    pieces: list[bytes] = []
    end = 0
    for start, stop in _suspect_blocks(data, everything=pair is not None):
        for begin, finish in high_lines(data, start, stop):
            line = data[begin:finish].decode("utf-8", errors="replace")
            lost += any(mark in line for mark in _LOST)
            right = _line_of_pair(line, *pair) if pair else _line(line)
            if right != line:
                restored += 1
                example = example or right[:_SHOWN]
                pieces += [data[end:begin], right.encode()]
                end = finish
    if not restored:
        return Repair(data=data, lost=lost)
    pieces.append(data[end:])
    return Repair(data=b"".join(pieces), restored=restored, lost=lost, example=example)


def _suspect_blocks(data: bytes, *, everything: bool) -> Iterator[tuple[int, int]]:
    """Return the blocks, cut at line ends, in which wrong letters may stand."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _BLOCK)
        end = len(data) if end < 0 else end + 1
        if everything or (not data[start:end].isascii() and _SUSPECT.search(data, start, end)):
            yield start, end
        start = end


def _line(line: str) -> str:
    """Write back every run of letters that turns into UTF-8 of letters."""
    if not _may_be_utf8(line):
        return line
    sure = [m for m in _RUN.finditer(line) if len(_run(m.group()) or "") > 1]
    if not sure and not _LATIN.search(line):
        return line
    return _RUN.sub(lambda m: _run(m.group()) or m.group(), line)


_LATIN = re.compile("[ÂÃ][\u0080-\u00bf]|â[\u0080€][\u0080-\u00bf™œ“”˜¦]")
_LEADS = re.compile("[РСÐÑÃÂâÄÅåæçèéä╨╤п–—][^\x00-\x7fА-Яа-яЁё]|[РС][РС°-ї]|я╗|[浣锟]")


def _may_be_utf8(line: str) -> bool:
    return bool(_LEADS.search(line) or _LATIN.search(line))


@lru_cache(maxsize=65_536)
def _run(run: str) -> str | None:
    for source in _SOURCES:
        written = _written(run, source)
        if written is None:
            continue
        try:
            right = written.decode()
        except UnicodeDecodeError:
            continue
        if len(right) < len(run) and all(c.isprintable() or c == "\xa0" for c in right):
            return right
    return None


def _written(run: str, encoding: str) -> bytes | None:
    """Write letters in an encoding; bytes that it leaves free stand for themselves."""
    try:
        return run.encode(encoding)
    except UnicodeEncodeError:
        pass
    table, written = _bytes_of(encoding), bytearray()
    for letter in run:
        byte = table.get(letter, ord(letter) if 0x80 <= ord(letter) < 0xA0 else None)
        if byte is None:
            return None
        written.append(byte)
    return bytes(written)


@lru_cache
def _bytes_of(encoding: str) -> dict[str, int]:
    letters = {}
    for byte in range(0x80, 0x100):
        letter = bytes([byte]).decode(encoding, errors="ignore")
        if letter:
            letters[letter] = byte
    return letters


def _whole_pair(data: bytes) -> tuple[str, str] | None:
    """Find the encoding that a whole file was read in by mistake; None if its letters are fine."""
    return pair_of(telling_lines(data))


def telling_lines(data: bytes, *, limit: int = TELLING) -> list[bytes]:
    """Return the first lines with letters beyond ASCII: all that tells a whole file's encoding."""
    lines = islice(high_lines(data), limit)
    return [data[start : min(stop, start + _SAMPLE)] for start, stop in lines]


def pair_of(lines: Sequence[bytes]) -> tuple[str, str] | None:
    """Find the encoding that a file of such lines was read in by mistake; see `telling_lines`."""
    sample = b"\n".join(lines)
    text = sample[:_SAMPLE].decode("utf-8", errors="ignore")
    runs = [r for r in _RUN.findall(text) if len(r) > 2]
    if len(runs) < 3 or sum(map(len, runs)) < 0.5 * len("".join(_RUN.findall(text))):
        return None
    if sum(bool(_run(r)) for r in runs) > _SHARE * len(runs):
        return None  # UTF-8, which is told run by run
    before = _likeliness(" ".join(runs))
    best: tuple[float, tuple[str, str] | None] = (before + _BETTER, None)
    for read_in, was_in in _PAIRS:
        turned = [_turned(r, read_in, was_in) for r in runs]
        good = [t for t in turned if t]
        if len(good) < 0.9 * len(runs):
            continue
        score = _likeliness(" ".join(good))
        if score > best[0]:
            best = score, (read_in, was_in)
    return best[1]


def _turned(run: str, read_in: str, was_in: str) -> str | None:
    written = _written(run, read_in)
    try:
        return written.decode(was_in) if written is not None else None
    except UnicodeDecodeError:
        return None


def _line_of_pair(line: str, read_in: str, was_in: str) -> str:
    return _RUN.sub(lambda m: _turned(m.group(), read_in, was_in) or m.group(), line)


def _likeliness(text: str) -> float:
    """Return the mean logarithm of how frequent the letters are, in the case that words have."""
    total, n = 0.0, 0
    for word in text.split():
        for place, letter in enumerate(word):
            n += 1
            if "\u4e00" <= letter <= "\u9fff":
                total += log2(3.0)
                continue
            share = _FREQUENT.get(letter.lower(), _RARE)
            odd = letter.isupper() and place > 0 and not word.isupper()
            total += log2(share / (16 if odd else 1))
    return total / max(n, 1)
