"""What a fork of the server is asked to do. The runner imports this module, so it is light.

Each function imports what it needs when it is called: in a fork that is there already.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cjm_research.report.execute import Failure
    from cjm_research.report.request import Built, Request, SummaryRequest
    from cjm_research.workspace.derived import Shared


def clean(name: str, root: Path) -> str:
    """Clean a study's raw files; return the id of the store's version."""
    from cjm_research.workspace import build  # noqa: PLC0415

    return build.clean(name, root).id


def warm(name: str, root: Path, part: tuple[str, int]) -> None:
    """Make one bucket of a derived table (`part`), so that no two notebooks make it at once."""
    from cjm_research.workspace.workspace import open_study  # noqa: PLC0415

    open_study(name, root=root).make(*part)


def warm_shared(name: str, root: Path, wanted: Shared) -> None:
    """Make a derived table that several notebooks read."""
    from cjm_research.workspace.shared import make_shared  # noqa: PLC0415

    make_shared(name, root, wanted)


def derive(name: str, root: Path, where: str) -> None:
    """Make all derived tables on another executor."""
    from cjm_research.store.executors import opened_executor  # noqa: PLC0415
    from cjm_research.workspace import everywhere  # noqa: PLC0415

    with opened_executor(where) as executor:
        everywhere.derive(name, root, executor)


def warm_gate(name: str, root: Path) -> None:
    """Make the list of identifiers that every page is held against."""
    from cjm_research.report.identifiers import identifier_hashes  # noqa: PLC0415
    from cjm_research.store.store import Store  # noqa: PLC0415
    from cjm_research.workspace.project import store_folder  # noqa: PLC0415

    identifier_hashes(Store.open(store_folder(root, name)))


def build_pages(request: Request) -> Built:
    """Build and check the pages of an executed notebook."""
    from cjm_research.report.build import build  # noqa: PLC0415

    return build(request)


def failure_pages(
    failure: Failure, manifest: Mapping[str, Any], store: Path
) -> tuple[dict[str, str], Failure]:
    """Return the pages of a failure by their files, and the failure as others may read it.

    There is a page in every language of the study; nothing on them points at a customer.
    """
    from cjm_research.report import failure as pages  # noqa: PLC0415

    told = replace(failure, message=pages.masked(failure.message, store=store))
    names: Mapping[str, str] = manifest["failure_pages"]
    made = {n: pages.failure_page(told, manifest, language=la) for la, n in names.items()}
    return made, told


def banners(key: str, made_at: str, languages: Sequence[str]) -> dict[str, str]:
    """Return the banner of a page that is not of today, by language."""
    from cjm_research.report.failure import banner  # noqa: PLC0415

    return {language: banner(key, made_at, language=language) for language in languages}


def index_files(manifests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the index by file name."""
    from cjm_research.report import index  # noqa: PLC0415

    return index.index_files(manifests)


def summary_pages(request: SummaryRequest) -> dict[str, str]:
    """Return the summary of a study by language, checked as every page is."""
    from cjm_research.report import summary  # noqa: PLC0415

    return summary.summary_pages(request)


def summary_headline(request: SummaryRequest) -> dict[str, str]:
    """Return what the index says of a study's summary, by language."""
    from cjm_research.report import summary  # noqa: PLC0415

    return summary.summary_headline(request)
