"""The command: ``python -m benchmarks.simulated [--quick]`` writes the trust tables and figures.

`docs/trust-experiments.md` comes of `benchmarks.trust`, `docs/trust-peers.md` of
`benchmarks.defects`, `docs/trust-research.md` of this package, and each method card's figure of the
tables on these pages.
"""

from __future__ import annotations

import argparse
import re
import sys
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import defects, trust
from benchmarks.simulated import (
    families,
    features,
    journeys,
    labelled,
    rfm,
    segments,
    surveys,
    value,
)
from benchmarks.simulated.picture import draw_all
from benchmarks.simulated.row import Part, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.simulated.row import Measured

DOCS = Path(__file__).parents[2] / "docs"
SEED = 20261122
MEASURED = {"tone": "Tone of ", "identity": "Records of one person "}
"""Parts on data that this machine may lack, and how the titles of their tables begin."""
PARTS = (
    surveys.scores, surveys.theme_shares, surveys.equal_segments, families.several_arms,
    families.several_metrics, families.many_questions, families.splits, segments.lifts,
    segments.noise, segments.structure, value.purchases, value.contracts,
    journeys.open_windows, journeys.last_touch, features.kano_ties, features.driver_weights,
    rfm.rfm_regions, labelled.tone, labelled.identity,
)  # fmt: skip
HEAD = """# Can the rest be trusted

Each line is a simulation with a known truth. *Held* is how often the promise held, as said above
the table; the two numbers behind are the 99 % interval of the simulation itself. At the end stand
public data whose truth is known.

Made by `make trust`, seed {seed}."""


def main() -> int:
    """Write the pages and figures; ``--quick`` draws a hundredth and writes elsewhere."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulated", description=__doc__)
    parser.add_argument("--quick", metavar="FOLDER", help="a hundredth of the runs, into FOLDER")
    names = [p.__name__ for p in PARTS]
    parser.add_argument("--only", action="append", default=[], choices=names, help="tables anew")
    parser.add_argument("--figures", action="store_true", help="only draw the figures anew")
    asked = parser.parse_args()
    docs = Path(asked.quick) if asked.quick else DOCS
    docs.mkdir(exist_ok=True)
    for name in asked.only:
        _put(docs / "trust-research.md", name)
    if not (asked.figures or asked.only):
        _write(docs / "trust-research.md", part=0.01 if asked.quick else 1.0)
        if not asked.quick:
            (docs / "trust-experiments.md").write_text(trust.page(), encoding="utf-8")
            (docs / "trust-peers.md").write_text(defects.page(), encoding="utf-8")
    draw_all(docs if asked.quick else DOCS)
    return 0


def _write(page: Path, *, part: float) -> None:
    text = [HEAD.format(seed=SEED)]
    for number, simulate in enumerate(PARTS):
        found = simulate(np.random.default_rng([SEED, number]), _runs(simulate, part))
        text += [line for table in found for line in lines(table)]
        if simulate.__name__ in MEASURED and not found:
            text += _standing(page, MEASURED[simulate.__name__])
        sys.stderr.write(f"{simulate.__module__}.{simulate.__name__}\n")
    page.write_text("\n".join([*text, ""]), encoding="utf-8")


def _standing(page: Path, begins: str) -> list[str]:
    """Return the tables of a page whose titles begin so."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.findall(rf"(?ms)^## {begins}.*?(?=^## |\Z)", text)
    return [line for table in found for line in ["", *table.rstrip().splitlines()]]


def _put(page: Path, name: str) -> None:
    """Replace the tables of one part; new ones come before what is measured on public data."""
    number, simulate = next((i, p) for i, p in enumerate(PARTS) if p.__name__ == name)
    text = page.read_text(encoding="utf-8")
    for table in simulate(np.random.default_rng([SEED, number]), _runs(simulate, 1.0)):
        own = "\n".join(lines(table)[1:]) + "\n\n"
        place = re.search(rf"(?ms)^## {re.escape(table.title)}\n.*?(?=^## |\Z)", text)
        last = len(text) if name in MEASURED else _first_measured(text)
        start, end = place.span() if place else (last, last)
        text = text[:start] + own + text[end:]
    page.write_text(text.rstrip() + "\n", encoding="utf-8")


def _first_measured(text: str) -> int:
    found = [text.find(f"## {begins}") for begins in MEASURED.values()]
    return min((at for at in found if at >= 0), default=len(text))


def _runs(simulate: Callable[..., Sequence[Part | Measured]], part: float) -> int:
    usual: int = signature(simulate).parameters["runs"].default
    return max(2, int(usual * part))


if __name__ == "__main__":
    sys.exit(main())
