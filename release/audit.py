"""The command: ``python -m release.audit`` looks pinned packages up among known flaws.

pip-audit lies in an environment of its own and asks the Python Package Index. A package that it
could not look up is not a package without a flaw: the command says how many those are and fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
CLEAN, VULNERABLE, NOT_LOOKED_UP = 0, 1, 2


class Review(NamedTuple):
    """What became of every pinned package."""

    looked_up: int
    vulnerable: list[str]
    skipped: list[str]

    @property
    def code(self) -> int:
        """The exit code: any known flaw, else any package that nobody looked at."""
        return VULNERABLE if self.vulnerable else NOT_LOOKED_UP if self.skipped else CLEAN

    def lines(self) -> list[str]:
        """Say it."""
        said = [f"{self.looked_up} packages looked up, {len(self.vulnerable)} with a known flaw."]
        said += self.vulnerable
        if self.skipped:
            said.append(f"{len(self.skipped)} could not be looked up; nothing is known of them.")
        return said


def main() -> int:
    """Review requirements.lock; return 1 for a known flaw, 2 where a package was not looked up."""
    with tempfile.TemporaryDirectory(prefix="cjm") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pip-audit"], check=True)
        done = subprocess.run(
            [python, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json",
             "--progress-spinner", "off", "-r", ROOT / "requirements.lock"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if not done.stdout.strip():
        sys.stderr.write(done.stderr)
        return NOT_LOOKED_UP
    found = review(json.loads(done.stdout))
    sys.stdout.write("\n".join([*found.lines(), ""]))
    return found.code


def review(told: dict[str, Any]) -> Review:
    """Read pip-audit's JSON.

    Examples
    --------
    >>> flaw = {"id": "PYSEC-1", "fix_versions": ["2.1"]}
    >>> told = [
    ...     {"name": "a", "version": "1", "vulns": []},
    ...     {"name": "b", "version": "2", "vulns": [flaw]},
    ...     {"name": "c", "skip_reason": "not found"},
    ... ]
    >>> review({"dependencies": told}).lines()[:2]
    ['2 packages looked up, 1 with a known flaw.', 'b 2: PYSEC-1, mended in 2.1']
    """
    every = told["dependencies"]
    looked_up = [d for d in every if "skip_reason" not in d]
    vulnerable = [
        f"{d['name']} {d['version']}: {v['id']}, mended in {', '.join(v['fix_versions']) or 'none'}"
        for d in looked_up
        for v in d["vulns"]
    ]
    return Review(len(looked_up), vulnerable, [d["name"] for d in every if "skip_reason" in d])


if __name__ == "__main__":
    sys.exit(main())
