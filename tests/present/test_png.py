"""Pictures of figures as PNG files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cjm_research.errors import ParameterError
from cjm_research.present.png import png_file


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
)
def test_another_reader_finds_every_pixel(pixels):
    seen = Image.open(io.BytesIO(png_file(pixels, dpi=200)))
    assert seen.mode == "RGB"
    assert (np.asarray(seen) == pixels).all()


def test_its_size_on_a_slide_is_written_in_it():
    # 200 dots in 2.54 cm are 7,874 in a metre; Pillow gives them back as inches
    seen = Image.open(io.BytesIO(png_file(np.zeros((2, 2, 3), np.uint8), dpi=200)))
    assert seen.info["dpi"] == pytest.approx((200, 200), rel=1e-4)


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 2), (2, 2, 4)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ParameterError, match="height, width, 3"):
        png_file(np.zeros(shape, np.uint8), dpi=200)
