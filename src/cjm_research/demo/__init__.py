"""Two made-up businesses with planted truths: raw files as real systems write them.

``write(name, folder)`` writes the files, ``truth(name)`` tells what was planted in them.
"""

from __future__ import annotations

from cjm_research.demo.business import NAMES, planted_groups, truth, write

__all__ = ["NAMES", "planted_groups", "truth", "write"]
