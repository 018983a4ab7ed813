"""A demo business is written whole, the same every time, or not at all."""

from __future__ import annotations

import hashlib

import pytest

from cjm_research import demo
from cjm_research.demo.freight import files as freight_files
from cjm_research.demo.retail import files as retail_files
from cjm_research.errors import ParameterError


def digests(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


@pytest.mark.parametrize("name", demo.NAMES)
def test_the_same_seed_gives_the_same_bytes(name, demo_project, tmp_path):
    demo.write(name, tmp_path / name)
    assert digests(tmp_path / name) == digests(demo_project / "data" / "raw" / name)


def test_another_seed_gives_other_bytes_in_every_file(demo_project, tmp_path):
    demo.write("freight", tmp_path / "freight", seed=1)
    one, other = digests(demo_project / "data" / "raw" / "freight"), digests(tmp_path / "freight")
    assert one.keys() == other.keys()
    assert not set(one.values()) & set(other.values())


def test_the_written_files_are_named(tmp_path):
    written = demo.write("freight", tmp_path / "freight")
    assert sorted(written) == sorted((tmp_path / "freight").iterdir())


def test_a_folder_with_cyrillic_and_chinese_letters_will_do(tmp_path):
    folder = tmp_path / "данные 数据" / "перевозки"
    assert len(demo.write("freight", folder)) == len(list(folder.iterdir()))


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    own = tmp_path / "freight" / "my own.csv"
    own.parent.mkdir()
    own.write_text("kept", encoding="utf-8")
    demo.write("freight", own.parent)
    assert own.read_text(encoding="utf-8") == "kept"


def test_an_interrupted_run_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(folder, *, seed, **_):
        (folder / "half.csv").write_text(f"half {seed}", encoding="utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(freight_files, "write_files", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo.write("freight", tmp_path / "freight")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ask", [demo.truth, lambda name: demo.write(name, "nowhere")])
def test_an_unknown_business_is_named_with_the_nearest(ask):
    with pytest.raises(ParameterError, match="Did you mean 'freight'"):
        ask("frieght")


@pytest.mark.parametrize(("name", "module"), [("retail", retail_files), ("freight", freight_files)])
def test_all_dirt_is_of_a_file_that_is_written(name, module, demo_project):
    written = {p.name for p in (demo_project / "data" / "raw" / name).iterdir()}
    assert {d.file for d in module.planted().dirt} <= written
