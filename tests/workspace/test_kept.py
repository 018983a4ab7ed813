"""A damaged file that a study keeps is named, with what to do about it."""

from __future__ import annotations

import pytest

from cjm_research.errors import StoreError
from cjm_research.needs.suggested import SuggestedThemes
from cjm_research.needs.tone_model import ToneModel
from cjm_research.workspace.kept import read_kept

REMEDY = "Delete it."


@pytest.mark.parametrize("read", [ToneModel.from_json, SuggestedThemes.from_json])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"{}", b'{"rows": 1}', b"\xff\xfe"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, read, damage):
    path = tmp_path / "tone" / "0001-ab.json"
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(StoreError, match=r"^tone/0001-ab\.json cannot be read: .+\. Delete it\.$"):
        read_kept(path, read, remedy=REMEDY)
    assert path.read_bytes() == damage


def test_a_whole_file_is_read_again(tmp_path):
    path = tmp_path / "kept.json"
    whole = SuggestedThemes(rows=(), n=3, last=(("en", 2),))
    path.write_text(whole.to_json(), encoding="utf-8")
    assert read_kept(path, SuggestedThemes.from_json, remedy=REMEDY) == whole
