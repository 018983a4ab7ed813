"""The commands of ``cjm``: words in, calls of the layers below, one clear message out."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads annotations
from typing import Annotated

import typer

from cjm_research import __version__
from cjm_research.cli.examples import example
from cjm_research.cli.exits import OK
from cjm_research.cli.words import given_parameters, shard_of
from cjm_research.workspace.project import project_root

app = typer.Typer(
    name="cjm",
    help="Customer research: from raw files to reports.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Study = Annotated[str, typer.Argument(help="Name of a file in studies/, without .toml.")]
Reports = Annotated[
    list[str] | None,
    typer.Argument(help="Reports or pages, or a part of a name; all of the study if none."),
]
Given = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="name=value for the notebooks; may be repeated."),
]
Force = Annotated[bool, typer.Option("--force", help="Do it again even if nothing changed.")]
Csv = Annotated[bool, typer.Option("--csv", help="As CSV: the only form, so it may be left out.")]


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        typer.echo(f"cjm_research {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    _version_wanted: Annotated[  # noqa: FBT002
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Make reports from raw files of customer research."""


@app.command(short_help="Make the reports that are not up to date.", epilog=example("run"))
def run(  # noqa: PLR0913  # options of a command line
    study: Study,
    reports: Reports = None,
    *,
    force: Force = False,
    workers: Annotated[int, typer.Option(min=0, help="Notebooks at a time; 0: by cores.")] = 0,
    parameter: Given = None,
    grouping: Annotated[str, typer.Option(help="Only pages about this grouping.")] = "",
    experiment: Annotated[str, typer.Option(help="Only pages about this experiment.")] = "",
    job: Annotated[
        list[str] | None,
        typer.Option("--job", help="Exact name of a page, as cjm plan lists it; may be repeated."),
    ] = None,
    shard: Annotated[str, typer.Option(help="i/n: every nth page, from the ith.")] = "",
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each page too; needs Chromium.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one notebook.")] = 1800,
    memory: Annotated[
        float, typer.Option(min=0, help="Gigabytes for one notebook; 0: no limit.")
    ] = 0,
    executor: Annotated[
        str,
        typer.Option(help="Where derived tables are made: processes:4, dask://scheduler:8786."),
    ] = "",
) -> int:
    """Make the reports of a study that are not up to date; raw files are cleaned first."""
    from cjm_research.cli.commands import run_reports  # noqa: PLC0415  # loads the runner
    from cjm_research.report.limits import NotebookLimits  # noqa: PLC0415
    from cjm_research.report.pdf import find_browser  # noqa: PLC0415
    from cjm_research.report.prepare import Selection  # noqa: PLC0415
    from cjm_research.report.run import Options  # noqa: PLC0415

    selection = Selection(
        reports=tuple(reports or ()),
        grouping=grouping,
        experiment=experiment,
        jobs=tuple(job or ()),
        shard=shard_of(shard) if shard else None,
        given=given_parameters(parameter or ()),
    )
    options = Options(
        selection=selection,
        is_forced=force,
        workers=workers,
        limits=NotebookLimits(notebook=timeout, memory=memory),
        browser=find_browser() if pdf else "",
        executor=executor,
    )
    return run_reports(study, options)


@app.command(short_help="Clean the raw files into the store.", epilog=example("clean"))
def clean(study: Study) -> int:
    """Clean the raw files of a study into a new version of its store."""
    from cjm_research.cli.commands import clean_raw  # noqa: PLC0415

    clean_raw(study)
    return OK


@app.command(short_help="Read everything and change nothing.", epilog=example("check"))
def check(study: Study) -> int:
    """Look whether study, raw files and notebooks fit together, and change nothing."""
    from cjm_research.cli.checking import check_study  # noqa: PLC0415  # loads pandas

    check_study(study)
    return OK


@app.command(short_help="Write the raw files of a made-up business.", epilog=example("demo"))
def demo(
    name: Annotated[str, typer.Argument(help="retail or freight.")], *, force: Force = False
) -> int:
    """Write the raw files of a made-up business, unless they are there."""
    from cjm_research.cli.commands import write_demo  # noqa: PLC0415

    write_demo(name, force=force)
    return OK


@app.command(short_help="Begin a study, report, codebook or survey.", epilog=example("new"))
def new(  # noqa: PLR0913  # options of a command line
    study: Annotated[
        str, typer.Argument(help="Name of the study, or report, codebook or templates.")
    ],
    files: Annotated[
        list[Path], typer.Argument(help="Raw files or a folder of them; the id of a new report.")
    ],
    *,
    language: Annotated[
        str, typer.Option(help="Of a report's notes or of templates: en, ru or zh.")
    ] = "en",
    table: Annotated[
        list[str] | None,
        typer.Option("--table", help="FILE=TABLE where the headers do not tell; may be repeated."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="COLUMN=HEADER, as customer_id=Country; may be repeated."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> int:
    """Write a first study file for raw files; or new report NAME; new codebook STUDY retail.

    new templates retail|freight NAME: questionnaire, interview sheet, the study that reads them.
    """
    from cjm_research.cli.beginning import Asked, begin  # noqa: PLC0415

    asked = Asked(language=language, tables=table or (), columns=column or (), force=force, yes=yes)
    begin(study, files, asked)
    return OK


@app.command(short_help="Take this version's report notebooks.", epilog=example("upgrade"))
def upgrade(
    *, force: Annotated[bool, typer.Option("--force", help="Changed ones too.")] = False
) -> int:
    """Bring a project's notebooks to this version; changed ones are left alone, or kept as .old."""
    from cjm_research.cli.upgrading import upgrade_lines  # noqa: PLC0415

    for line in upgrade_lines(project_root(), force=force):
        typer.echo(line)
    return OK


@app.command(short_help="Say why a report would be made again.", epilog=example("why"))
def why(study: Study, reports: Reports = None) -> int:
    """Say which reports would be made again, and which part of them changed."""
    from cjm_research.cli.explain import explain  # noqa: PLC0415

    for line in explain(study, reports or [], project_root()):
        typer.echo(line)
    return OK


@app.command(short_help="List the pages and which can be made.", epilog=example("plan"))
def plan(
    study: Study,
    *,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for another program.")] = False,
) -> int:
    """List the pages that a study has, and which of them its data allow."""
    from cjm_research.cli.listing import plan_json, planned  # noqa: PLC0415
    from cjm_research.cli.progress import in_words  # noqa: PLC0415

    if json:
        typer.echo(plan_json(study, project_root()))
        return OK
    for job in planned(study, project_root()):
        typer.echo(f"{job.stem}{': skipped: ' + in_words(job.skipped) if job.skipped else ''}")
    return OK


@app.command(short_help="Write a list of customers to contact.", epilog=example("export"))
def export(  # noqa: PLR0913  # options of a command line
    study: Study,
    name: Annotated[
        str,
        typer.Argument(
            metavar="LIST",
            help="due, overdue, occasions, potential, borderline, offers, audience; coding_sheet.",
        ),
    ],
    *,
    language: Annotated[str, typer.Option(help="en, ru or zh; the study's first if none.")] = "",
    hash_: Annotated[
        str, typer.Option("--hash", help="Addresses of an audience: plain, sha256 or md5.")
    ] = "plain",
    grouping: Annotated[str, typer.Option(help="Grouping that the segment is of.")] = "",
    segment: Annotated[str, typer.Option(help="Only customers of this segment.")] = "",
    allow_unknown_consent: Annotated[
        bool,
        typer.Option(
            "--allow-unknown-consent",
            help="Keep customers whose consent nobody knows: for contacts that need none.",
        ),
    ] = False,
) -> int:
    """Write a list of customers to contact, to data/contacts/; or sentences to code by hand."""
    from cjm_research.cli.commands import export_coding_sheet, export_contacts  # noqa: PLC0415

    if name == "coding_sheet":
        export_coding_sheet(study, language=language)
        return OK
    export_contacts(study, name, language=language, kind=hash_,
                    segment=(grouping, segment), allow_unknown=allow_unknown_consent)  # fmt: skip
    return OK


@app.command(epilog=example("history"))
def history(study: Study, *, _csv: Csv = False) -> int:
    """Write every finding of every run as CSV."""
    from cjm_research.cli.listing import history_csv  # noqa: PLC0415

    typer.echo(history_csv(study, project_root()), nl=False)
    return OK


@app.command(short_help="Run a study again and again.", epilog=example("schedule"))
def schedule(
    study: Annotated[str, typer.Argument(help="Name of a study; none with --list.")] = "",
    when: Annotated[str, typer.Argument(help="Such as 'weekly mon 06:00' or 'daily 06:00'.")] = "",
    *,
    listed: Annotated[bool, typer.Option("--list", help="Show what is scheduled here.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the schedule back.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print it.")] = False,
) -> int:
    """Run a study again and again: a systemd timer, or cron where there is none."""
    from cjm_research.cli.commands import schedule_study  # noqa: PLC0415

    wish = "list" if listed else "remove" if remove else "print" if dry_run else "install"
    for line in schedule_study(study, when, wish=wish):
        typer.echo(line)
    return OK


@app.command("map", short_help="Write the journey map as files.", epilog=example("map"))
def journey_map(
    study: Study,
    formats: Annotated[
        list[str] | None,
        typer.Argument(help="svg png pdf csv json mermaid xes; all but xes if none."),
    ] = None,
    *,
    grouping: Annotated[str, typer.Option(help="The grouping of the segment.")] = "",
    segment: Annotated[str, typer.Option(help="Draw this segment only.")] = "",
    to: Annotated[str, typer.Option(help="Folder; reports/STUDY/map if none.")] = "",
) -> int:
    """Write the journey map of a study as pictures, tables and data."""
    from cjm_research.cli.maps import write_map  # noqa: PLC0415  # loads pandas

    files = write_map(study, formats or (), grouping=grouping, segment=segment, folder=to)
    typer.echo("\n".join(str(path) for path in files))
    return OK


@app.command(short_help="List what can be set in a report.", epilog=example("params"))
def params(
    report: Annotated[str, typer.Argument(help="Report or notebook, or a part of its name.")],
) -> int:
    """List the parameters of a report: type, default, what is allowed, help."""
    from cjm_research.cli.explain import parameter_lines  # noqa: PLC0415

    typer.echo("\n".join(parameter_lines(report, project_root())))
    return OK
