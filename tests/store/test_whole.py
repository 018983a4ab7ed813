"""Files are whole at any moment, whoever writes them."""

from __future__ import annotations

import os
import threading

import pytest

from cjm_research.store.whole import write_whole


def test_threads_that_write_one_file_at_once_leave_it_whole(tmp_path):
    path, failed = tmp_path / "below" / "model.json", []
    texts = [letter * 50_000 for letter in "abcd"]

    def write(text):
        try:
            for _ in range(50):
                write_whole(path, text)
                assert path.read_text("utf-8") in texts
        except BaseException as error:  # noqa: BLE001  # told by the test
            failed.append(error)

    threads = [threading.Thread(target=write, args=[text]) for text in texts]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert failed == []
    assert os.listdir(path.parent) == ["model.json"]  # noqa: PTH208  # hidden ones too


def test_a_name_as_long_as_may_be_is_written(tmp_path):
    path = tmp_path / ("ы" * 127)
    write_whole(path, "текст")
    assert path.read_bytes() == "текст".encode()


def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a"
    write_whole(path, b"old")

    def full(self, _content):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
