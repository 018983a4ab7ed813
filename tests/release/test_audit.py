"""The review of installed packages never takes silence for health."""

from __future__ import annotations

from release.audit import CLEAN, NOT_LOOKED_UP, VULNERABLE, review

FINE = {"name": "a", "version": "1", "vulns": []}
FLAWED = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


def test_all_looked_up_and_fine_is_clean():
    assert review({"dependencies": [FINE]}).code == CLEAN


def test_a_package_that_nobody_looked_at_is_not_clean():
    found = review({"dependencies": [FINE, SKIPPED]})
    assert found.code == NOT_LOOKED_UP
    assert found.lines()[-1] == "1 could not be looked up; nothing is known of them."


def test_a_known_flaw_comes_first():
    assert review({"dependencies": [FLAWED, SKIPPED]}).code == VULNERABLE
