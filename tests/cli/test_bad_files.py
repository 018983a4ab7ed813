"""Every bad file ends the cleaning, and so `cjm run`, with code 2 and one clear message."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from cjm_research.cleaning.reading.content import ReadLimits
from cjm_research.cli.main import run_app
from cjm_research.study.model import Study
from cjm_research.workspace.workspace import open_study

ROOT = Path(__file__).resolve().parents[2]
GOOD = b"order_id,customer_id,ordered_at,amount\n1,a,2024-05-01,5\n2,b,2024-05-02,6\n"
HEADER = GOOD.split(b"\n", maxsplit=1)[0]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Return a project whose study was loaded once."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "studies").mkdir()
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    (folder / "orders.csv").write_bytes(GOOD)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run_app(["new", "shop", "orders.csv", "--yes"]) == 0
        assert run_app(["clean", "shop"]) == 0
    return folder


@pytest.fixture
def project(loaded, tmp_path, monkeypatch):
    """Return a copy of it, in which commands run."""
    folder = tmp_path / "project"
    shutil.copytree(loaded, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def raw(project):
    """Return the raw file of the study."""
    return project / "data" / "raw" / "shop" / "orders.csv"


def _hash(project):
    """Return what the store and the pages hold."""
    files = sorted(p for p in (project / "data").rglob("*") if p.is_file() and "raw" not in p.parts)
    seen = [(str(p.relative_to(project)), hashlib.sha256(p.read_bytes()).hexdigest())
            for p in files if p.suffix == ".parquet"]  # fmt: skip
    return seen, sorted(str(p) for p in (project / "reports").rglob("*.html"))


def _message(capsys):
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return " ".join(said.split())


def _zip(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return made.getvalue()


def _workbook():
    made = io.BytesIO()
    pd.read_csv(io.BytesIO(GOOD)).to_excel(made, index=False)
    return made.getvalue()


def _parquet():
    made = io.BytesIO()
    pd.read_csv(io.BytesIO(GOOD)).to_parquet(made)
    return made.getvalue()


def _ods():
    """Return the rows as an office suite of the open format writes them."""
    rows = (
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{cell}</text:p></table:table-cell>"
            for cell in line.split(",")
        )
        + "</table:table-row>"
        for line in GOOD.decode().split()
    )
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = "".join(f' xmlns:{n}="{office}{n}:1.0"' for n in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="a">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<m:manifest xmlns:m="{office}manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


def _record(kind, body=b""):
    """Return a record of a binary workbook: its kind and size, seven bits to a byte."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = bytes([len(body) & 127 | 128, len(body) >> 7]) if len(body) > 127 else bytes([len(body)])
    return head + size + body


def _wide(text):
    return len(text).to_bytes(4, "little") + text.encode("utf-16-le")


def _xlsb():
    """Return the rows as the binary workbook of Excel, [MS-XLSB] 2.1.7."""
    rows = [line.split(",") for line in GOOD.decode().split()]
    cells = b""
    for i, row in enumerate(rows):
        cells += _record(0, i.to_bytes(4, "little") + bytes(13))
        for j, text in enumerate(row):
            cells += _record(6, j.to_bytes(4, "little") + bytes(4) + _wide(text))
    last = (len(rows) - 1).to_bytes(4, "little"), (len(rows[0]) - 1).to_bytes(4, "little")
    size = bytes(4) + last[0] + bytes(4) + last[1]
    sheet = _record(129) + _record(148, size) + _record(145) + cells + _record(146) + _record(130)
    named = bytes(4) + (1).to_bytes(4, "little") + _wide("rId1") + _wide("a")
    book = _record(131) + _record(143) + _record(156, named) + _record(144) + _record(132)
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/{{}}"'
        ' Target="{}"/></Relationships>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("_rels/.rels", links.format("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels", links.format("worksheet", "worksheets/sheet1.bin")
        )
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return made.getvalue()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;">]><rows><row><order_id>&d;</order_id></row></rows>"""
WIDE = b",".join(b"c%d" % i for i in range(5_000))
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n\n", "is empty"),
    "binary": (bytes(range(256)) * 40, "is binary, not a table"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a table"),
    "only a header": (HEADER + b"\n", "has a header and no rows"),
    "no such header": (b"7;8\n9;10\n", "no column"),
    "five thousand columns": (HEADER + b"," + WIDE + b"\n1,a,2024-05-01,5", "max_columns"),
    "a bomb in gzip": (gzip.compress(bytes(64 << 20)), "max_ratio"),
    "a bomb in zip": (_zip(a_csv=bytes(64 << 20)), "max_ratio"),
    "a bomb in a workbook": (_zip(xl__worksheets__sheet1_xml=bytes(64 << 20)), "max_ratio"),
    "a bomb of entities": (ENTITIES, "declares XML entities"),
    "two files in a zip": (_zip(a_csv=GOOD, b_csv=GOOD), "must hold exactly one file"),
    "a cut zip": (_zip(a_csv=GOOD * 99)[:60], "zip archive"),
    "a cut gzip": (gzip.compress(GOOD * 99)[:40], "damaged gzip archive"),
    "a cut workbook": (_workbook()[:3000], "damaged or locked"),
    "a cut parquet": (_parquet()[:-20], "is a damaged parquet file"),
    "a binary workbook that is none": (_zip(xl__workbook_bin=b"\x83\x01\x00"), "workbook"),
    "an old workbook that is none": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook"),
}  # fmt: skip


def test_a_run_ends_as_the_cleaning_does(project, raw, capsys):
    before = _hash(project)
    raw.write_bytes(HEADER + b"\n")
    assert run_app(["run", "shop", "01_data_quality"]) == 2
    assert "has a header and no rows" in _message(capsys)
    assert _hash(project) == before


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_message_and_nothing_is_written(project, raw, capsys, name):
    content, said = BAD[name]
    before = _hash(project)
    raw.write_bytes(content)
    assert run_app(["clean", "shop"]) == 2
    message = _message(capsys)
    assert said in message
    assert "orders.csv" in message
    assert _hash(project) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.unlink(), "orders.csv"),
        (lambda raw: (raw.unlink(), raw.mkdir()), "is a folder, not a file"),
        (lambda raw: (raw.unlink(), raw.symlink_to("nowhere.csv")), "orders.csv"),
    ],
    ids=["missing", "folder", "link to nothing"],
)
def test_a_file_that_is_none_is_one_message(project, raw, capsys, change, said):
    before = _hash(project)
    change(raw)
    assert run_app(["clean", "shop"]) == 2
    assert said in _message(capsys)
    assert _hash(project) == before


def test_a_file_without_permission_is_one_message(project, raw, capsys, monkeypatch):
    raw.write_bytes(GOOD + b"3,c,2024-05-03,7\n")
    read = Path.read_bytes

    def refuse(self):
        if self.name == raw.name:
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    before = _hash(project)
    assert run_app(["clean", "shop"]) == 2
    assert "permission is denied" in _message(capsys)
    assert _hash(project) == before


def test_a_file_that_changes_while_it_is_read_is_one_message(project, raw, capsys, monkeypatch):
    read = Path.read_bytes

    def grow(self):
        data = read(self)
        if self.name == raw.name:
            self.write_bytes(data + b"4,d,2024-05-04,8\n")
        return data

    raw.write_bytes(GOOD + b"3,c,2024-05-03,7\n")
    monkeypatch.setattr(Path, "read_bytes", grow)
    before = _hash(project)
    assert run_app(["clean", "shop"]) == 2
    assert "changed while it was read" in _message(capsys)
    assert _hash(project) == before


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("max_bytes = 10", "max_bytes"),
        ("max_columns = 3", "max_columns"),
        ("max_cell = 4", "max_cell"),
    ],
)
def test_each_limit_is_a_setting_of_the_study_file(project, raw, capsys, limit, said):
    raw.write_bytes(GOOD + b"3,c,2024-05-03,7\n")
    path = project / "studies" / "shop.toml"
    path.write_text(f"reading = {{ {limit} }}\n" + path.read_text(encoding="utf-8"))
    assert run_app(["clean", "shop"]) == 2
    assert said in _message(capsys)


def test_the_study_file_can_set_every_limit_of_reading():
    settings = Study.model_fields["reading"].annotation.model_fields
    assert set(settings) == set(ReadLimits.__dataclass_fields__)


def test_the_guide_names_every_limit():
    guide = (ROOT / "docs" / "guide-bring-your-own-export.md").read_text(encoding="utf-8")
    assert [n for n in ReadLimits.__dataclass_fields__ if f"`{n}`" not in guide] == []


@pytest.mark.parametrize("content", [GOOD, _zip(o_csv=GOOD), gzip.compress(GOOD), _workbook(),
                                     _parquet(), _ods(), _xlsb(), GOOD.replace(b",a", b",a\x00")],
                         ids=["text", "zip", "gzip", "workbook", "parquet", "ods", "xlsb",
                              "zeros in a text"])  # fmt: skip
def test_the_ending_of_a_name_is_not_believed(raw, content):
    raw.write_bytes(content)
    assert run_app(["clean", "shop"]) == 0
    orders = open_study("shop", root=raw.parents[3]).orders
    assert orders[["customer_id", "amount"]].to_numpy().tolist() == [["a", 5.0], ["b", 6.0]]
