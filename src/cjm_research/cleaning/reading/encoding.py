"""Which encoding a text is in: its mark, strict UTF-8, else the evidence of its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import lru_cache

import chardet

from cjm_research.cleaning.reading.high_lines import high_lines
from cjm_research.errors import SourceError

SURE_FROM = 0.25
"""Confidence of the detection from which an encoding is not reported as uncertain."""
_MOSTLY = 0.9
_SAMPLE = 200_000
_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY = 0.97
_LIKELY_LETTER = re.compile(
    "[\t\n\r -~\u00a0-\u024f\u0400-\u04ff\u2000-\u206f\u20a0-\u20bf\u2116\u3000-\u303f\u4e00-\u9fff"
    "\uff00-\uffef]"
)
_ONE_BYTE = frozenset({"cp1251", "koi8-r", "cp866", "mac-cyrillic", "cp1252", "iso8859-1"})
_FALLBACKS = ("cp1251", "gb18030", "cp1252", "iso8859-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text without a mark, with what was found about it."""

    data: bytes
    encoding: str
    written: str = "utf-8"
    """Encoding of `data`: UTF-8, or one that has a byte for each letter and ASCII as it is."""
    confidence: float = 1.0
    repaired: tuple[int, ...] = ()
    """Lines of a UTF-8 file that were not UTF-8 and were read by their own bytes."""

    def in_utf8(self) -> Decoded:
        """Return the text as UTF-8."""
        if self.written == "utf-8":
            return self
        return replace(self, data=_transcoded(self.data, self.written, ""), written="utf-8")


def decode(raw: bytes, *, encoding: str | None = None, name: str = "") -> Decoded:
    r"""Turn bytes into UTF-8.

    Raises
    ------
    SourceError
        As `recognised`.

    Examples
    --------
    >>> found = decode("Фамилия;Город\nИванов;Казань\nПетрова;Омск".encode("cp1251"))
    >>> found.encoding, found.data.decode()[:13]
    ('cp1251', 'Фамилия;Город')
    """
    return recognised(raw, encoding=encoding, name=name).in_utf8()


def recognised(raw: bytes, *, encoding: str | None = None, name: str = "") -> Decoded:
    """Find the encoding of bytes; turn them into UTF-8 unless a letter is a byte in it.

    In order: the encoding that is given, a byte-order mark, strict UTF-8, UTF-8 with a few bad
    lines, and what the bytes look like (chardet, with its confidence).

    Raises
    ------
    SourceError
        If the given encoding is not known or does not fit.
    """
    if encoding is not None:
        return _as_given(raw, encoding, name)
    for mark, found in _MARKS:
        if raw.startswith(mark):
            if found == "utf-8":
                return _utf8(raw[len(mark) :]) or _repaired(raw[len(mark) :])
            return Decoded(data=_transcoded(raw, found, name), encoding=found)
    return _utf16(raw, name) or _utf8(raw) or _mostly_utf8(raw) or _detected(raw, name)


def _as_given(raw: bytes, encoding: str, name: str) -> Decoded:
    try:
        known = codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(
            f"File {name!r}: encoding {encoding!r} is not known."
            " Encodings are of the kind 'utf-8', 'cp1251', 'gb18030'."
        ) from None
    if known in ("utf-8", "utf-8-sig"):
        plain = raw.removeprefix(codecs.BOM_UTF8)
        return _utf8(plain) or _repaired(plain)
    return replace(_in(raw, known, name), encoding=encoding)


def _in(raw: bytes, encoding: str, name: str) -> Decoded:
    """Take bytes for an encoding; those that are a letter each stay as they are.

    Raises
    ------
    SourceError
        If they cannot be of that encoding.
    """
    if encoding not in _ONE_BYTE:
        return Decoded(data=_transcoded(raw, encoding, name), encoding=encoding)
    for free in _free_bytes(encoding):
        if free in raw:
            _transcoded(raw, encoding, name)  # says which
    return Decoded(data=raw, encoding=encoding, written=encoding)


@lru_cache
def _free_bytes(encoding: str) -> tuple[bytes, ...]:
    """Return the bytes that stand for no letter."""
    high = [bytes([b]) for b in range(0x80, 0x100)]
    return tuple(b for b in high if not b.decode(encoding, errors="ignore"))


def _utf8(raw: bytes) -> Decoded | None:
    return Decoded(data=raw, encoding="utf-8") if is_utf8(raw) else None


def is_utf8(raw: bytes) -> bool:
    """Tell whether bytes are UTF-8; block by block, so that a large file is not held twice."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for start in range(0, len(raw), _BLOCK):
            block = raw[start : start + _BLOCK]
            if not block.isascii() or decoder.getstate()[0]:  # a letter may go over its edge
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(raw: bytes, name: str) -> Decoded | None:
    found = unmarked_utf16(raw)
    return None if found is None else Decoded(data=_transcoded(raw, found, name), encoding=found)


def unmarked_utf16(raw: bytes) -> str | None:
    r"""Return which UTF-16 a text without a mark is in: the one that gives likely letters.

    Examples
    --------
    >>> unmarked_utf16("Имя;7\n".encode("utf-16-le")), unmarked_utf16(b"a;b\n")
    ('utf-16-le', None)
    """
    sample = raw[:4096]
    sample = sample[: len(sample) // 2 * 2]
    if b"\x00" not in sample:
        return None
    shares = {e: _likely_share(sample, e) for e in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda e: shares[e])
    return best if shares[best] > _LIKELY else None


def _likely_share(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, errors="replace")
    return len(_LIKELY_LETTER.findall(text)) / max(len(text), 1)


def _mostly_utf8(raw: bytes) -> Decoded | None:
    """UTF-8 with a few foreign lines, as joined exports are."""
    sample = _telling_lines(raw).split(b"\n")
    if sum(map(_is_utf8_line, sample)) < _MOSTLY * len(sample) / 2:
        return None
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    good = sum(map(_is_utf8_line, lines))
    return _repaired(raw) if good and good >= _MOSTLY * len(lines) else None


def _is_utf8_line(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _repaired(raw: bytes) -> Decoded:
    lines = raw.split(b"\n")
    bad = [i for i, line in enumerate(lines) if not line.isascii() and not _is_utf8_line(line)]
    own = _guess(b"\n".join(lines[i] for i in bad))[0]
    for i in bad:
        lines[i] = lines[i].decode(own, errors="replace").encode()
    return Decoded(data=b"\n".join(lines), encoding="utf-8", repaired=tuple(i + 1 for i in bad))


def _detected(raw: bytes, name: str) -> Decoded:
    lines = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    found, confidence = _guess(_telling_lines(lines))
    for encoding in (found, *_FALLBACKS):
        try:
            text = _in(raw, encoding, name)
        except SourceError:
            confidence = 0.0
            continue
        return replace(text, confidence=confidence)
    raise SourceError(f"File {name!r} is in no encoding that is known here.")


def _telling_lines(raw: bytes) -> bytes:
    """Return the first lines that hold more than ASCII: only they tell encodings apart."""
    lines: list[bytes] = []
    size = 0
    for start, stop in high_lines(raw):
        lines.append(raw[start : min(stop, start + 2 * _SAMPLE)])
        size += len(lines[-1])
        if size > _SAMPLE:
            break
    return b"\n".join(lines)


def _guess(sample: bytes) -> tuple[str, float]:
    found = chardet.detect(sample[: 2 * _SAMPLE])
    encoding, confidence = found["encoding"], float(found["confidence"] or 0)
    if not encoding:
        return "cp1252", 0.0
    name = codecs.lookup(encoding).name
    return ("gb18030" if name in ("gb2312", "gbk") else name), confidence


def _transcoded(raw: bytes, encoding: str, name: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(raw)
    pieces: list[bytes] = []
    try:
        for start in range(0, len(raw), _BLOCK):
            pieces.append(decoder.decode(view[start : start + _BLOCK]).encode())  # noqa: PERF401  # inside try
        pieces.append(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        why = (
            f"byte {error.object[error.start]:#04x} does not occur there"
            if isinstance(error, UnicodeDecodeError)
            else "it does not begin as it must"
        )
        raise SourceError(f"File {name!r} is not in encoding {encoding!r}: {why}.") from None
    return b"".join(pieces).removeprefix(codecs.BOM_UTF8)
