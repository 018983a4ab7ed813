"""Files that hold no table get one clear sentence; packed ones are unpacked."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from cjm_research.cleaning.reading.content import ReadLimits, read_content
from cjm_research.errors import SourceError

TEXT = b"client,sum\n1,2\n"


def _zip(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_missing_file_names_its_nearest_neighbour(write, tmp_path):
    write(TEXT, "orders.csv")
    with pytest.raises(SourceError, match=r"no file 'ordrs.csv'.*Did you mean 'orders.csv'\?"):
        read_content(tmp_path / "ordrs.csv")


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\r\n\t"])
def test_an_empty_file_is_refused(write, content):
    with pytest.raises(SourceError, match=r"^File 'orders.csv' is empty\.$"):
        read_content(write(content))


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="is a folder, not a file"):
        read_content(tmp_path)


def test_a_file_without_permission_is_refused(write, monkeypatch):
    path = write(TEXT)

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(SourceError, match="may not be read: permission is denied"):
        read_content(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x7fELF\x02\x01", "a program"),
        (bytes(range(256)) * 20, "is binary, not a table"),
    ],
)
def test_what_is_no_table_is_named(write, content, what):
    with pytest.raises(SourceError, match=what):
        read_content(write(content))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: _zip(**{"a.csv": data})])
def test_a_packed_file_is_unpacked(write, pack):
    content = read_content(write(pack(TEXT)))
    assert (content.kind, content.data) == ("text", TEXT)


def test_an_archive_of_several_files_is_refused(write):
    packed = _zip(**{"a.csv": TEXT, "b.csv": TEXT})
    with pytest.raises(SourceError, match=r"must hold exactly one file; it holds 2"):
        read_content(write(packed))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: _zip(**{"a.csv": data})])
def test_a_bomb_is_stopped_by_the_limit(write, pack):
    path = write(pack(b"0" * 1_000_000))
    with pytest.raises(SourceError, match=r"unpacks to .* at most 10,000 are read"):
        read_content(path, limits=ReadLimits(max_bytes=10_000))


@pytest.mark.parametrize("cut", [30, 60, -5])
def test_a_truncated_archive_is_named(write, cut):
    with pytest.raises(SourceError, match="damaged"):
        read_content(write(_zip(**{"a.csv": TEXT * 50})[:cut]))


def test_the_kind_is_told_by_the_bytes_not_by_the_name(write):
    page = b"<html><table><tr><td>client</td></tr></table></html>"
    assert read_content(write(page, "export.xls")).kind == "html"
    assert read_content(write(b"PAR1....", "export.csv")).kind == "parquet"


def test_a_file_that_packs_well_is_read_where_the_ratio_allows_it(tmp_path):
    path = tmp_path / "o.csv.gz"
    path.write_bytes(gzip.compress(b"1,a,5\n" * 6_000_000))
    with pytest.raises(SourceError, match=r"500 times that.*max_ratio"):
        read_content(path)
    found = read_content(path, limits=ReadLimits(max_ratio=2_000))
    assert len(found.data) == 36_000_000


def test_a_file_that_is_not_there_is_named_with_what_lies_beside_it(tmp_path):
    (tmp_path / ".made-by").touch()
    for i in range(30):
        (tmp_path / f"week_{i:02}.csv").touch()
    with pytest.raises(SourceError) as failed:
        read_content(tmp_path / "wek_07.csv")
    said = str(failed.value)
    assert "Did you mean 'week_07.csv'?" in said
    assert said.endswith("'week_24.csv'] and 5 more.")
    assert ".made-by" not in said
