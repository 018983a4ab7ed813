"""The command ``cjm``: first asks whether there is work, then loads what the work needs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> int:
    """Run the command line; return its exit code.

    0: all is well, or was skipped for a reason. 1: a report failed. 2: bad input, with one
    message. 130: stopped by hand.
    """
    words = sys.argv[1:]
    if words[:1] == ["run"] and len(words) > 1 and not any(w.startswith("-") for w in words):
        from cjm_research.cli.nothing_to_do import nothing_to_do  # noqa: PLC0415

        if nothing_to_do(words[1], words[2:]):
            return 0
    return run_app(words)


def run_app(words: Sequence[str]) -> int:
    """Run a command whatever it needs loaded; return its exit code."""
    from cjm_research.cli.app import app  # noqa: PLC0415  # loads typer
    from cjm_research.cli.exits import run_guarded  # noqa: PLC0415

    return run_guarded(app, words)


if __name__ == "__main__":
    sys.exit(main())
