"""Which pages a study has: a pure function from the study to jobs."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError, ReportError, StudyError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cjm_research.report.parameters import Value
    from cjm_research.study.model import Study
    from cjm_research.study.plans import ReportPlan

NEEDS: dict[str, tuple[frozenset[str], ...]] = {
    "segment_portraits": (frozenset({"customers"}), frozenset({"orders"})),
    "pains_and_needs": (frozenset({"feedback"}),),
    "journey_map": (frozenset({"events"}), frozenset({"orders"})),
    "campaign_results": (
        frozenset({"exposures", "outcomes"}),
        frozenset({"exposures", "orders"}),
        frozenset({"exposures", "events"}),
        frozenset({"campaign_totals"}),
    ),
    "customer_matrix": (frozenset({"orders"}),),
}
"""For each notebook, sets of tables of which one must have rows; all else needs nothing."""

FAN_OUT = {"segment_portraits": "grouping", "campaign_results": "experiment"}
"""Notebooks that make a page for every grouping or experiment, unless the study says else."""


SUMMARY = "summary"
"""Name of the page that is made of the others: no report may have it."""

LONGEST = 80
"""Bytes that a page's name may take for parameters: a file's name has 255 in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One notebook with its parameters: one page in every language of the study."""

    study: str
    report: str
    notebook: str
    """Name of a file in ``notebooks/``, without its ending."""
    stem: str
    """Name of the page, without language and ending; unique within the study."""
    parameters: Mapping[str, Value] = field(hash=False)
    skipped: str = ""
    """Why it cannot run: a key of the catalogues; empty when it can."""
    subject: str = ""
    """The grouping or experiment that the page is about."""
    given: Mapping[str, Value] = field(default_factory=dict, hash=False)
    """Parameters that were given by hand and differ from the study's."""

    @property
    def kind(self) -> str:
        """The notebook's name without its number."""
        return _base(self.notebook)


def plan(
    study: Study,
    *,
    tables: Collection[str],
    notebooks: Collection[str],
    overrides: Mapping[str, Value] | None = None,
) -> list[Job]:
    """List the jobs of a study, in the order of its reports.

    Parameters
    ----------
    study : Study
    tables : collection of str
        Tables that have rows. A report that needs others is planned as skipped.
    notebooks : collection of str
        Names of the notebooks there are, without ending.
    overrides : mapping, optional
        Parameters given by hand. A page made with them has a name of its own, so that trying
        something out never replaces a published page.

    Raises
    ------
    StudyError
        If a report names a notebook that does not exist, or two pages would have one name.
    """
    given = overrides or {}
    jobs: list[Job] = []
    for report in study.reports:
        notebook = _notebook(report, notebooks, study.name)
        subjects = _subjects(report, _base(notebook), study, given)
        jobs.extend(_job(study, report, notebook, (s, tables, given)) for s in subjects)
    taken = Counter([SUMMARY, *(job.stem for job in jobs)])
    problems = [
        f"reports.{job.report}: there is another page {job.stem!r}; give the report another id."
        for job in jobs
        if taken[job.stem] > 1
    ]
    if problems:
        raise StudyError.problems(f"{study.name}.toml", problems[-1:])
    return jobs


def select(
    jobs: Sequence[Job],
    *,
    reports: Sequence[str] = (),
    grouping: str = "",
    experiment: str = "",
) -> list[Job]:
    """Return the jobs that were asked for.

    Parameters
    ----------
    jobs : sequence of Job
    reports : sequence of str
        Ids of reports or names of pages, or a part that only one report (``portraits``) or one
        page (``age``) has; all reports if empty.
    grouping, experiment : str
        Keep only the pages about these.

    Raises
    ------
    ParameterError
        If a name fits no report, or several.
    """
    wanted = {r: _matching(r, jobs) for r in reports}
    chosen = [j for j in jobs if not reports or any(j.stem in w for w in wanted.values())]
    for name, value in (("grouping", grouping), ("experiment", experiment)):
        if not value:
            continue
        subjects = {j.subject for j in chosen if name in j.parameters}
        if value not in subjects:
            raise ParameterError.unknown(f"page about the {name}", value, known=subjects)
        chosen = [j for j in chosen if j.parameters.get(name) == value]
    return chosen


def _matching(name: str, jobs: Sequence[Job]) -> set[str]:
    exact = {j.stem for j in jobs if name in (j.report, j.stem, j.notebook)}
    if exact:
        return exact
    reports = {j.report for j in jobs if name in j.report}
    if len(reports) == 1:
        return {j.stem for j in jobs if j.report in reports}
    pages = [j.stem for j in jobs if name in j.stem]
    if len(pages) == 1:
        return set(pages)
    if reports or pages:
        kind, found = ("reports", sorted(reports)) if reports else ("pages", pages)
        raise ParameterError(f"{name!r} fits several {kind}: {found}.")
    known = list(dict.fromkeys(j.report for j in jobs))
    raise ParameterError(f"There is no report {name!r}.{nearest(name, known)} There are {known}.")


def _job(
    study: Study,
    report: ReportPlan,
    notebook: str,
    about: tuple[str, Collection[str], Mapping[str, Value]],
) -> Job:
    subject, tables, overrides = about
    kind = _base(notebook)
    axis = report.for_each or FAN_OUT.get(kind)
    parameters: dict[str, Value] = {"study": study.name, **report.parameters}
    if axis and subject:
        parameters[axis] = subject
    stem = f"{report.id}-{subject}" if subject and axis not in report.parameters else report.id
    given = {k: v for k, v in sorted(overrides.items()) if parameters.get(k) != v}
    return Job(
        study=study.name,
        report=report.id,
        notebook=notebook,
        stem=stem + _suffix(given),
        parameters={**parameters, **overrides},
        skipped=_why_not(kind, study, tables),
        subject=subject,
        given=given,
    )


def _subjects(
    report: ReportPlan, kind: str, study: Study, overrides: Mapping[str, Value]
) -> tuple[str, ...]:
    """Return the groupings or experiments that get a page each; one empty name for none."""
    axis = report.for_each or FAN_OUT.get(kind)
    if axis is None:
        return ("",)
    known = study.groupings if axis == "grouping" else study.experiments
    named = overrides.get(axis) or report.parameters.get(axis)
    if named:
        one = study.grouping(str(named)) if axis == "grouping" else study.experiment(str(named))
        return (one.id,)
    return tuple(k.id for k in known) or ("",)


def _why_not(kind: str, study: Study, tables: Collection[str]) -> str:
    needs = NEEDS.get(kind, ())
    if needs and not any(need <= set(tables) for need in needs):
        return f"report.needs.{kind}"
    if kind == "segment_portraits" and not study.groupings:
        return "report.needs.grouping"
    if kind == "campaign_results" and not study.experiments:
        return "report.needs.experiment"
    return ""


def _suffix(given: Mapping[str, Value]) -> str:
    """Name a page by the parameters that were given by hand."""
    words = "".join(f"~{k}={v}" for k, v in given.items())
    plain = "".join(c if c.isalnum() or c in "~=.-_" else "-" for c in words)
    if plain == words and len(plain.encode()) <= LONGEST:
        return plain
    short = plain.encode()[: LONGEST - 9].decode(errors="ignore")
    return f"{short}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"  # no two pages share a name


def _base(notebook: str) -> str:
    """Return the notebook's name without its number.

    Examples
    --------
    >>> _base("04_journey_map")
    'journey_map'
    """
    number, _, rest = notebook.partition("_")
    return rest if number.isdigit() and rest else notebook


def _notebook(report: ReportPlan, notebooks: Collection[str], study: str) -> str:
    known = sorted(notebooks)
    if report.notebook is not None:
        named = [n for n in known if n == report.notebook]
        problem = f"reports.{report.id}.notebook: there is no notebook {report.notebook!r}."
    else:
        named = [n for n in known if report.id in (n, _base(n))]
        problem = f"reports.{report.id}: no notebook ends in {report.id!r}."
    if not named:
        hint = nearest(report.notebook or report.id, [*known, *map(_base, known)])
        there = f"Notebooks are {known}." if known else "None are here; lay them: cjm upgrade."
        raise StudyError.problems(f"{study}.toml", [f"{problem}{hint} {there}"])
    if len(named) > 1:
        raise ReportError(f"Report {report.id!r} fits several notebooks: {named}.")
    return named[0]
