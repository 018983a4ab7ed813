"""Segments that a researcher saved while exploring: a file beside the study file.

They make one more grouping, ``saved``, in which a customer may be in several segments. The file
is written by the package and may be edited; the study file itself is never touched.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cjm_research.errors import ParameterError, StudyError
from cjm_research.study.phrase import Settings
from cjm_research.study.plans import Segment
from cjm_research.study.quoted import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cjm_research.study.phrase import Phrase

SAVED = "saved"
"""Id of the grouping of saved segments."""
LABEL = {"en": "Saved segments", "ru": "Сохранённые сегменты", "zh": "已保存的客户分群"}
_HEAD = "# Segments saved while exploring: study.save_segment(name, condition) writes them.\n"


class SavedSegments(Settings):
    """The content of the file."""

    segments: list[Segment] = []


def saved_path(study_file: Path) -> Path:
    """Return where the saved segments of a study lie: beside its file."""
    return study_file.with_name(f"{study_file.stem}.segments.toml")


def read_saved(path: Path) -> list[Segment]:
    """Read the saved segments; no file means none.

    Raises
    ------
    StudyError
        If the file is no TOML or a segment does not fit: every problem with its key.
    """
    if not path.is_file():
        return []
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        found = SavedSegments.model_validate(plain).segments
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.name} is not valid TOML in UTF-8: {error}.") from error
    except ValidationError as error:
        lines = [".".join(map(str, e["loc"])) + f": {e['msg']}." for e in error.errors()]
        raise StudyError.problems(path.name, lines) from None
    ids = [s.id for s in found]
    doubled = sorted({i for i in ids if ids.count(i) > 1})
    if doubled:
        raise StudyError.problems(path.name, [f"segment {doubled[0]!r} stands twice."])
    return found


def saved_grouping(segments: Sequence[Segment]) -> dict[str, Any]:
    """Return the grouping of saved segments as plain data of a study file."""
    return {
        "id": SAVED,
        "label": LABEL,
        "several": True,
        "segments": [s.model_dump(mode="json", exclude_none=True) for s in segments],
    }


def add_saved(path: Path, segment: Segment, *, replace: bool = False) -> None:
    """Write one more segment to the file, whole or not at all.

    Raises
    ------
    ParameterError
        If there is a segment of that id and `replace` is false.
    """
    known = read_saved(path)
    if any(s.id == segment.id for s in known) and not replace:
        raise ParameterError(
            f"There is a segment {segment.id!r} already; replace=True writes it anew."
        )
    kept = [s for s in known if s.id != segment.id]
    parts = [_HEAD, *(_written(s) for s in [*kept, segment])]
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    draft.replace(path)


def _written(segment: Segment) -> str:
    lines = ["[[segments]]", f"id = {quoted(segment.id)}", f"label = {_phrase(segment.label)}",
             f"when = {quoted(segment.when)}"]  # fmt: skip
    lines += [f"strategy = {_phrase(segment.strategy)}"] if segment.strategy is not None else []
    return "\n".join([*lines, ""])


def _phrase(words: Phrase) -> str:
    return f"{{ {', '.join(f'{k} = {quoted(v)}' for k, v in words.root.items())} }}"
