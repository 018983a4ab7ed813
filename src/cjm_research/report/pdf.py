"""Pages as PDF, printed by a browser that is installed; ours has none of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError, ReportError
from cjm_research.report.manifest import manifest_path, to_json
from cjm_research.store.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BROWSER = "CJM_BROWSER"
"""Variable of the environment that names the browser, where it is not found by its name."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "microsoft-edge", "msedge")  # fmt: skip
PATIENCE = 120.0
"""Seconds that printing one page may take."""
_FLAGS = ("--headless", "--disable-gpu", "--disable-extensions", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--disable-quic", "--no-pdf-header-footer")  # fmt: skip


def find_browser() -> str:
    """Return the path of an installed Chromium, Chrome or Edge.

    Raises
    ------
    ParameterError
        If there is none.
    """
    named = os.environ.get(BROWSER, "")
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found:
            return found
    looked = repr(named) if named else ", ".join(NAMES)
    raise ParameterError(
        f"--pdf needs a browser that prints: none of {looked} is installed."
        f" Install Chromium, or name one in {BROWSER}."
    )


def print_pages(
    reports: Path, manifests: Sequence[Mapping[str, Any]], *, browser: str, workers: int
) -> int:
    """Print the pages that have no PDF yet and note it in their manifests.

    A page that is made again loses its PDF, so one that is there is of the page that stands.

    Returns
    -------
    int
        How many were printed.

    Raises
    ------
    ReportError
        If the browser prints none.
    """
    printed = 0
    with ThreadPoolExecutor(max(1, workers)) as threads:
        for manifest in manifests:
            folder = reports / str(manifest["study"])
            pages = [str(p["file"]) for p in (manifest.get("pages") or {}).values()]
            missing = [p for p in pages if not (folder / pdf_name(p)).is_file()]
            work = [
                threads.submit(print_page, folder / p, folder / pdf_name(p), browser=browser)
                for p in missing
            ]
            for printing in work:
                printing.result()
            printed += len(missing)
            pdfs = {lang: pdf_name(str(p["file"])) for lang, p in manifest["pages"].items()}
            if manifest.get("pdfs") != pdfs:
                path = manifest_path(reports, str(manifest["study"]), str(manifest["stem"]))
                write_whole(path, to_json({**manifest, "pdfs": pdfs}))
    return printed


def pdf_name(page: str) -> str:
    """Return the file name of a page's PDF.

    Examples
    --------
    >>> pdf_name("journey_map.ru.html")
    'journey_map.ru.pdf'
    """
    return f"{page.removesuffix('.html')}.pdf"


def print_page(page: Path, target: Path, *, browser: str) -> None:
    """Print one page, whole or not at all.

    Raises
    ------
    ReportError
        If the browser prints nothing.
    """
    with tempfile.TemporaryDirectory(prefix="cjm") as own:
        made = Path(own) / "page.pdf"
        command = [browser, *_FLAGS, *_sandbox(), f"--user-data-dir={own}/profile",
                   f"--print-to-pdf={made}", page.resolve().as_uri()]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603  # our own words
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(f"{page.name} could not be printed: {error}") from error
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise ReportError(f"{page.name} could not be printed by {browser}: {said}")
        draft = target.with_name(f".{target.name}.draft")
        shutil.copyfile(made, draft)
        draft.replace(target)


def _sandbox() -> tuple[str, ...]:
    """Return the flag that Chromium asks of the superuser; a page of ours runs no script."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
