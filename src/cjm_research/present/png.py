"""From pixels to a PNG file: plain rows packed by zlib, as a picture of few colours needs it.

Pillow tries each filter of the format on each row, which serves photographs: of a chart it takes
twice the time and a fifth more bytes.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_HEAD = b"\x89PNG\r\n\x1a\n"
_PACKED = 3
"""Half the time of the usual 6, for a file larger by one part in thirty."""
_INCH = 0.0254


def png_file(pixels: NDArray[np.uint8], *, dpi: float) -> bytes:
    r"""Return a PNG of an opaque picture; the same pixels give the same bytes.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
        Red, green and blue.
    dpi : float
        Dots per inch, which is how large a program shows it.

    Raises
    ------
    ParameterError
        If the array is no such picture.

    References
    ----------
    .. [1] W3C, *Portable Network Graphics (PNG) Specification*, https://www.w3.org/TR/png-3/

    Examples
    --------
    >>> import numpy as np
    >>> png_file(np.zeros((2, 3, 3), dtype=np.uint8), dpi=200)[:4]
    b'\x89PNG'
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        got = f"{pixels.dtype} {pixels.shape}"
        raise ParameterError.expected("pixels", "uint8 of shape (height, width, 3)", got=got)
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # a row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    metre = round(dpi / _INCH)
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0),
        b"pHYs": struct.pack(">IIB", metre, metre, 1),
        b"IDAT": zlib.compress(rows.tobytes(), _PACKED),
        b"IEND": b"",
    }
    return _HEAD + b"".join(piece for name, data in parts.items() for piece in _chunk(name, data))


def _chunk(name: bytes, data: bytes) -> Iterator[bytes]:
    yield struct.pack(">I", len(data))
    yield name
    yield data
    yield struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
