"""A release tried as a stranger would: ``python -m release.try_it [EXPORT] [--python PYTHON]``.

Wheel and sdist are built; the wheel is installed into an environment of its own outside the
repository, there `cjm new` begins a project in an empty folder from somebody else's export, and
`cjm run` makes the first report. Without an export a small one is written. ``--lowest`` installs
the lowest versions that pyproject.toml allows, and needs uv.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDERS = """Номер заказа;Код клиента;Дата заказа;Категория;Сумма, руб.
1001;007;04.05.2026;Обувь;1 200,50
1002;008;05.05.2026;Книги;350,00
1003;007;25.05.2026;Обувь;2 100,00
"""


def main() -> int:
    """Build, install, begin, check, run; say what came."""
    parser = argparse.ArgumentParser(prog="python -m release.try_it", description=__doc__)
    parser.add_argument("export", nargs="?", type=Path, help="a raw file; a small one if none")
    parser.add_argument("--python", default=sys.executable, help="for the new environment")
    parser.add_argument("--lowest", action="store_true", help="lowest versions allowed; needs uv")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cjm-release-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        bin_folder = install(wheel, folder / "env", python=asked.python, lowest=asked.lowest)
        page = first_report(bin_folder, folder / "own", asked.export)
        sys.stdout.write(f"{wheel.name}: {page.name}, {page.stat().st_size // 1000} kB\n")
    return 0


def build(folder: Path) -> Path:
    """Build sdist and wheel (of the sdist) and return the wheel."""
    if uv := shutil.which("uv"):
        _call(uv, "build", "--quiet", "--out-dir", str(folder), str(ROOT))
    else:
        _call(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir",
              str(folder), str(ROOT))  # fmt: skip
    return next(folder.glob("*.whl"))


def install(wheel: Path, environment: Path, *, python: str, lowest: bool) -> Path:
    """Install the wheel into a new environment; return the folder of its commands."""
    _call(python, "-m", "venv", str(environment))
    commands = environment / ("Scripts" if os.name == "nt" else "bin")
    own = str(commands / "python")
    uv = shutil.which("uv")
    if lowest and uv is None:
        raise SystemExit("--lowest needs uv.")
    if uv is not None:
        chosen = ("--resolution", "lowest-direct") if lowest else ()
        _call(uv, "pip", "install", "--quiet", "--python", own, *chosen, str(wheel))
    else:
        _call(own, "-m", "pip", "install", "--quiet", str(wheel))
    return commands


def first_report(commands: Path, folder: Path, export: Path | None) -> Path:
    """Begin a project in an empty folder and return the page of its first report."""
    folder.mkdir()
    given = folder / (export.name if export else "orders.csv")
    if export is None:
        given.write_bytes(ORDERS.encode("cp1251"))
    else:
        shutil.copyfile(export, given)
    cjm = str(commands / "cjm")
    _call(cjm, "--version", folder=folder)
    _call(cjm, "new", "own", given.name, "--yes", folder=folder)
    _call(cjm, "check", "own", folder=folder)
    _call(cjm, "run", "own", "data_quality", folder=folder)
    return next((folder / "reports" / "own").glob("data_quality.*.html"))


def _call(*words: str, folder: Path | None = None) -> None:
    outside = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(words, cwd=folder, env=outside, check=True)


if __name__ == "__main__":
    sys.exit(main())
