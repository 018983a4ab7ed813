"""Files written whole or not at all, whoever else writes them. Standard library only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all: a reader sees the old one or the new one.

    Several processes, threads and machines may write one file at once: the last one stays.

    Parameters
    ----------
    path : Path
        Its folder is made if it is not there.
    content : bytes or str
        A text is written in UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        staged.write_bytes(content if isinstance(content, bytes) else content.encode())
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
