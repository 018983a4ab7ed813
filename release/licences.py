"""The licences of everything that an installation brings: ``python -m release.licences PAGE``."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "cjm-research"
HEAD = """# Licences of what is installed

What `pip install cjm-research` brings, the extra `lab` for JupyterLab apart, with the licence that
each package states about itself. Made by `make licences`; versions are those of the lock file.

| package | version | licence |
| --- | --- | --- |"""
_SHORT = {
    "Apache Software License": "Apache-2.0", "BSD License": "BSD", "MIT License": "MIT",
    "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF",
}  # fmt: skip


def installed(name: str = OWN) -> dict[str, str]:
    """Return name and version of every package that `name` needs here, itself apart."""
    found: dict[str, str] = {}
    ahead = [name]
    while ahead:
        for text in metadata.requires(ahead.pop()) or ():
            need = Requirement(text)
            key = canonicalize_name(need.name)
            if key in found or (need.marker and not need.marker.evaluate({"extra": ""})):
                continue
            found[key] = metadata.version(key)
            ahead.append(key)
    return dict(sorted(found.items()))


def licence(name: str) -> str:
    """Return what a package says of its licence, in short."""
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return str(expression)
    classes = [
        value.rpartition(" :: ")[2]
        for value in about.get_all("Classifier") or ()
        if value.startswith("License ::")
    ]
    if classes:
        return " or ".join(_SHORT.get(c, c) for c in classes)
    first = (about.get("License") or "").strip().splitlines()
    return re.sub(r"\s+", " ", first[0])[:60] if first else "not stated"


def page() -> str:
    """Return the page."""
    rows = [f"| {name} | {version} | {licence(name)} |" for name, version in installed().items()]
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
