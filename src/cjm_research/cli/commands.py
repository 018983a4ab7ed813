"""What the commands do once they know that there is work."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import typer

from cjm_research.cli.exits import BAD_INPUT, FAILED, OK
from cjm_research.cli.here import project_here
from cjm_research.cli.progress import Lines, Live, console
from cjm_research.cli.upgrading import notice
from cjm_research.cli.words import number_of
from cjm_research.errors import ParameterError
from cjm_research.report.inputs import Hashes, package_part_digest
from cjm_research.report.publish import study_lock
from cjm_research.report.run import run_study
from cjm_research.store.whole import write_whole
from cjm_research.study.load import load_study
from cjm_research.workspace.project import project_root, raw_folder, study_path
from cjm_research.workspace.starter import begin_demo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.report.done import Done
    from cjm_research.report.run import Options

OF_INPUT = (
    "StudyError", "ParameterError", "SchemaError", "SourceError", "DataError", "DesignError",
    "StoreError",
)  # fmt: skip
"""Errors of a notebook that are of the study or its files, not of the notebook."""


def run_reports(study: str, options: Options) -> int:
    """Make reports and say what came of each.

    Returns
    -------
    int
        The exit code: `BAD_INPUT` where all that failed did so on what they were given.
    """
    root, shown = project_root(), console()
    listener = Live(shown) if shown.is_terminal else Lines(shown)
    with listener.bars if isinstance(listener, Live) else nullcontext():
        done = run_study(study, root, options=options, listener=listener)
    shown.print(summary(study, done), markup=False, highlight=False)
    if old := notice(root):
        shown.print(old, markup=False, highlight=False)
    failed = [d for d in done if d.status == "failed"]
    if not failed:
        return OK
    return BAD_INPUT if all(is_of_input(d.reason) for d in failed) else FAILED


def is_of_input(reason: str) -> bool:
    """Tell whether a report failed on a study file, parameter or table that somebody can mend.

    Examples
    --------
    >>> is_of_input("StudyError (cell 5): segment 'best': no column 'revenu'.")
    True
    >>> is_of_input("ZeroDivisionError (cell 2): division by zero")
    False
    """
    return reason.partition(":")[0].partition(" ")[0] in OF_INPUT


def summary(study: str, done: Sequence[Done]) -> str:
    """Return the last line of a run.

    Examples
    --------
    >>> from cjm_research.report.done import Done
    >>> summary("retail", [Done(stem="a", report="a", status="unchanged")])
    'retail: 1 up to date. Open reports/index.html'
    """
    words = {"fresh": "made", "unchanged": "up to date", "skipped": "skipped", "failed": "failed"}
    counts = {s: sum(d.status == s for d in done) for s in words}
    parts = ", ".join(f"{n} {words[s]}" for s, n in counts.items() if n)
    return f"{study}: {parts or 'no reports'}. Open reports/index.html"


def clean_raw(study: str) -> None:
    """Clean a study and say what was kept."""
    from cjm_research.workspace.build import clean  # noqa: PLC0415  # loads pandas

    root = project_root()
    with study_lock(root / "reports", study):
        version = clean(study, root)
    for table in version.tables:
        typer.echo(f"{table}: {number_of(version.rows(table), 'row')}")
    typer.echo(f"{study}: version {version.id}")


def write_demo(name: str, *, force: bool) -> None:
    """Write the raw files of a made-up business, unless this version's are there."""
    from cjm_research import demo  # noqa: PLC0415  # loads numpy

    if name not in demo.NAMES:
        raise ParameterError.unknown("demo", name, known=demo.NAMES)
    root = project_here()
    for file in begin_demo(root, name):
        typer.echo(f"{name}: {file.relative_to(root)} written")
    folder = raw_folder(root, name)
    there = [p for p in folder.glob("[!.]*") if p.is_file()] if folder.is_dir() else []
    made_by = folder / ".made-by"
    version = package_part_digest(Hashes(made_by), "demo")
    is_same = made_by.is_file() and made_by.read_text(encoding="ascii") == version
    if there and is_same and not force:
        typer.echo(f"{name}: {len(there)} raw files are there already (--force writes them again).")
        return
    n_files = len(demo.write(name, folder))
    write_whole(made_by, version)
    typer.echo(f"{name}: {number_of(n_files, 'raw file')} written to data/raw/{name}")


def schedule_study(study: str, when: str, *, wish: str) -> list[str]:
    """Install, print, list or take back a schedule; return what to say of it."""
    from cjm_research.cli import schedule  # noqa: PLC0415

    root = project_root()
    if wish == "list":
        return schedule.installed(root) or ["Nothing is scheduled for this project."]
    if not study or not (when or wish == "remove"):
        raise ParameterError(
            "cjm schedule takes a study and a time, as in: cjm schedule retail 'weekly mon 06:00';"
            " cjm schedule --list shows what is scheduled."
        )
    if wish == "remove" and schedule.remove(study, root):  # of a study that is gone too
        return [f"{study}: no longer scheduled."]
    plan = load_study(study_path(root, study))
    if wish == "remove":
        return [f"{study}: was not scheduled."]
    moment = schedule.read_when(when)
    when = " ".join(when.split())
    timer = schedule.Timer(study=study, root=root, when=moment, text=when, zone=plan.zone)
    shown = [timer.service(), timer.timer(), *timer.cron_lines()]
    if wish == "print":
        return shown
    taken = schedule.install(timer)
    zone = plan.zone if taken == "systemd" else "this machine's zone"
    return [
        *shown,
        f"{study}: {when}, {zone}, by {taken}. Take it back: cjm schedule {study} --remove",
    ]


def export_contacts(
    study: str, name: str, *, language: str, kind: str, segment: tuple[str, str],
    allow_unknown: bool,
) -> None:  # fmt: skip
    """Write a list of customers to contact and say who was left out."""
    from cjm_research.report.contacts.export import Choice, export_list  # noqa: PLC0415  # pandas
    from cjm_research.workspace.workspace import open_study  # noqa: PLC0415

    root = project_root()
    choice = Choice(language=language, hash=kind, allow_unknown=allow_unknown,  # type: ignore[arg-type]  # checked there
                    grouping=segment[0], segment=segment[1])  # fmt: skip
    done = export_list(open_study(study, root=root), name, choice)
    for file in done.files:
        typer.echo(str(file.relative_to(root)))
    left_out = f"{done.n_refused} left out for want of consent"
    if done.n_without_address:
        left_out += f", {done.n_without_address} without an address of their own"
    typer.echo(f"{study}: {name}: {done.n_written} of {done.n_listed} written; {left_out}")


def export_coding_sheet(study: str, *, language: str) -> None:
    """Write a sheet of sentences for people to code, and say where the filled ones go."""
    from cjm_research.report.coding_file import write_coding_sheet  # noqa: PLC0415  # pandas
    from cjm_research.workspace.workspace import open_study  # noqa: PLC0415

    root = project_root()
    path, n = write_coding_sheet(open_study(study, root=root), language=language)
    typer.echo(f"{path.relative_to(root)}: {n} sentences")
    typer.echo(
        f"Each coder fills a copy (1 or x where a theme is named, own name under 'coder') and"
        f" saves it as data/raw/{study}/coding/NAME.xlsx; the next run reads them."
    )


def write_templates(names: Sequence[str], *, language: str) -> None:
    """Write a questionnaire and an interview sheet, with the study that reads them."""
    from cjm_research.workspace import questionnaire  # noqa: PLC0415

    if len(names) != 2:  # a business and a name
        raise ParameterError(
            "cjm new templates takes a business and a name, as in: cjm new templates retail"
            f" my_survey; got {list(names)}. Businesses are {list(questionnaire.BUSINESSES)}."
        )
    root = project_here()
    business, name = names
    for path in questionnaire.write_templates(root, business, name, language=language):
        typer.echo(f"{path.relative_to(root)} is written.")
    typer.echo(f"Fill in the sheets, then: cjm run {name}")


def write_report(names: Sequence[str], *, language: str) -> None:
    """Write a notebook to begin a report with, and say how a study gets it."""
    from cjm_research.cli.skeleton import new_report  # noqa: PLC0415

    if len(names) != 1:
        raise ParameterError(f"cjm new report takes one id; got {list(names)}.")
    root = project_root()
    studies = sorted(p.stem for p in (root / "studies").glob("*.toml") if p.stem.count(".") == 0)
    path = new_report(names[0], root, study=(studies or ["retail"])[0], language=language)
    typer.echo(f"{path.relative_to(root)} is written. A study shows it with these lines:")
    typer.echo(f'[[reports]]\nid = "{names[0]}"')
    typer.echo("A study that lists none has the six of the package: with the first, name them too.")


def write_codebook(names: Sequence[str], *, force: bool) -> None:
    """Write a codebook to begin with, and say how the study gets it."""
    from cjm_research.cli.starter_codebook import KINDS, new_codebook  # noqa: PLC0415

    if len(names) != 2:
        known = " or ".join(KINDS)
        raise ParameterError(f"cjm new codebook takes a study and {known}; got {list(names)}.")
    root = project_root()
    path = new_codebook(names[0], root, kind=names[1], force=force)
    typer.echo(f"{path.relative_to(root)} is written. The study takes it with this line,")
    typer.echo("which stands above its first [...]:")
    typer.echo(f'codebook = "{path.name}"')
